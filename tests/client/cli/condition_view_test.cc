#include "client/cli/condition_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/client/cli/run_sluis.h"

namespace sluis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ConditionViewTest : public testing::Test {
 protected:
  std::string Words(const std::vector<std::string>& obligations,
                    client::Language language = client::Language::kDutch) {
    return ConditionWords(Shell({in_, out_, err_, "", [] { return kTestNow; }}, language),
                          obligations);
  }

  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(ConditionViewTest, EveryConditionOfTheShippedRulesIsSaidInWords) {
  EXPECT_EQ(Words({"cooling_off=PT4H", "fields=contributor:remove,recorded_by:remove",
                   "no_evidence=true", "notify=contributor:P14D,subject:P30D",
                   "onward=none,originator_consent,tlp_max=green", "retention=P180D", "log=full"}),
            "bedenktijd van 4 uur; zonder inbrenger, wie het optekende; niet als bewijs te "
            "gebruiken; de inbrenger inlichten binnen 14 dagen; de betrokkene inlichten binnen 30 "
            "dagen; niet verder delen; verder delen alleen als de afzender het toelaat; verder "
            "delen hoogstens als TLP green; hoogstens 180 dagen bewaren; volledig opgetekend in "
            "het log");
  EXPECT_EQ(Words({"fields=age_band:keep,observed_on:generalise=month,place:generalise="
                   "municipality"}),
            "grover gemaakt: datum (maand), wijk (gemeente)");
  for (const auto language : {client::Language::kEnglish, client::Language::kFrench}) {
    EXPECT_THAT(Words({"notify=subject:P30D"}, language), HasSubstr("30"));
    EXPECT_THAT(Words({"notify=subject:P30D"}, language), Not(HasSubstr("notify")));
  }
  EXPECT_EQ(Words({}), "");
}

// What both sides ask stands side by side in the terms: "notify" was printed twice.
TEST_F(ConditionViewTest, WhatTwoSidesAskIsSaidOnceAndAsStrictAsTheStrictest) {
  EXPECT_EQ(Words({"notify=contributor:P14D", "notify=contributor:P7D,subject:P30D"}),
            "de inbrenger inlichten binnen 7 dagen; de betrokkene inlichten binnen 30 dagen");
  EXPECT_EQ(Words({"notify=contributor:P7D", "notify=contributor:P14D"}),
            "de inbrenger inlichten binnen 7 dagen");
  EXPECT_EQ(Words({"retention=P180D", "retention=P90D"}), "hoogstens 90 dagen bewaren");
  EXPECT_EQ(Words({"cooling_off=PT4H", "cooling_off=PT24H"}), "bedenktijd van 24 uur");
  EXPECT_EQ(Words({"onward=none", "onward=none"}), "niet verder delen");
  EXPECT_EQ(Words({"onward=tlp_max=amber", "onward=tlp_max=green", "onward=tlp_max=amber_strict"}),
            "verder delen hoogstens als TLP green");
  EXPECT_EQ(Words({"fields=place:generalise=municipality", "fields=place:remove"}), "zonder wijk");
}

TEST_F(ConditionViewTest, WhatThisVersionDoesNotKnowStandsAsTheNodeSaidIt) {
  for (const char* unknown :
       {"quorum=3", "approval=burgemeester:1", "retention=soon", "word", "notify=contributor",
        "notify=contributor:PxD", "cooling_off=PTH", "fields=place", "retention=P99999999999D"}) {
    EXPECT_EQ(Words({unknown}), unknown);
  }
  EXPECT_EQ(Words({"log=standard"}), "") << "what is always so is no condition";
  EXPECT_EQ(Words({"notify=mayor:P3D"}), "mayor inlichten binnen 3 dagen");
  EXPECT_EQ(Words({"quorum=\x1B[2J"}), "quorum=?[2J");
}

}  // namespace
}  // namespace sluis::cli
