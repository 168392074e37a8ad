#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "server/core/projection.h"
#include "server/envelope/field_commitment.h"

namespace sluis::core {
namespace {

TEST(TravellingFieldsTest, EveryFieldOfTheRecordTravelsOrIsKnownToStay) {
  std::vector<std::string> known(envelope::TravellingFields().begin(),
                                 envelope::TravellingFields().end());
  for (const char* stays : {"subject_ref", "contributor", "recorded_by"}) known.emplace_back(stays);
  std::vector<std::string> fields = FieldNames();
  fields.emplace_back("subject_kind");  // granted with every record
  std::sort(known.begin(), known.end());
  std::sort(fields.begin(), fields.end());
  EXPECT_EQ(known, fields);
}

}  // namespace
}  // namespace sluis::core
