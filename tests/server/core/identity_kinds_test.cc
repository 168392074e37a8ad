// By what a person may be found: what decides, the protocol or the configuration of an exercise.
#include "server/core/identity_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>

#include "server/core/record_signal.h"
#include "tests/support/core_harness.h"
#include "tests/support/protocol_between.h"

namespace sluis::core {
namespace {

using identity::KeyKind;
using identity::KeyKinds;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using tests::CoreHarness;

constexpr char kOwn[] = "caw-de-overzet.example";
constexpr char kOther[] = "lindervaart.example";
// The protocol of the tests holds on the first and is over on the second.
constexpr char kDay[] = "2026-10-06";
constexpr char kAfter[] = "2030-01-01";

class IdentityKindsTest : public ::testing::Test {
 protected:
  policies::Protocol Text(const std::vector<const char*>& kinds,
                          const std::vector<const char*>& parties = {kOwn, kOther}) const {
    partnership::Manifest manifest;
    for (const char* party : parties) {
      manifest.members.emplace_back().organisation = party;
      manifest.members.back().kind = "welfare";
    }
    policies::Protocol text = tests::ProtocolOf(manifest, terms_->packs);
    if (kinds.empty()) return text;
    text.identity.emplace().why = {"waarom"};
    for (const char* kind : kinds) text.identity->kinds.push_back({kind, {}});
    return text;
  }
  std::vector<std::string_view> On(const std::string& day = kDay) const {
    return IdentityKindsOn(*terms_, day).Words();
  }

  CoreHarness h_;
  std::shared_ptr<Terms> terms_ = h_.MakeTerms();
};

TEST_F(IdentityKindsTest, TextAndNodeKnowTheSameWordsInOneOrder) {
  EXPECT_THAT(KeyKinds::All().Words(), ElementsAreArray(policies::kIdentityKinds));
  for (const KeyKind kind : identity::kKeyKinds) {
    EXPECT_EQ(KeyKinds().Uses(kind), !policies::IsIdentityNumber(IdType(kind))) << IdType(kind);
  }
}

TEST_F(IdentityKindsTest, TheProtocolDecidesWhileItHolds) {
  const std::vector<std::string_view> usual = KeyKinds().Words();
  terms_->protocol = tests::SignedByAll(Text({}));
  EXPECT_EQ(On(), usual);
  terms_->protocol = tests::SignedByAll(Text({"be-nrn", "name-date"}));
  EXPECT_THAT(On(), ElementsAre("be-nrn", "name-date"));
  EXPECT_EQ(On(kAfter), usual);
  terms_->protocol = tests::SignedByAll(Text({"be-nrn"}), kOther);
  EXPECT_EQ(On(), usual) << "not all have signed";
  terms_->protocol = tests::SignedByAll(Text({"be-nrn"}, {kOther, "zandrode.example"}));
  EXPECT_EQ(On(), usual) << "a protocol of others";
}

TEST_F(IdentityKindsTest, TheConfigurationDecidesInAnExerciseWithoutAProtocolOnly) {
  const std::vector<std::string_view> usual = KeyKinds().Words();
  terms_->identity_kinds = KeyKinds::None().With(KeyKind::kNationalNumber);
  EXPECT_EQ(On(), usual) << "outside an exercise it says nothing";
  terms_->exercise = true;
  EXPECT_THAT(On(), ElementsAre("be-nrn"));
  terms_->protocol = tests::SignedByAll(Text({}));
  EXPECT_EQ(On(), usual);
  EXPECT_EQ(On(kAfter), usual) << "a text that is over does not give way to the configuration";
}

TEST_F(IdentityKindsTest, APersonIsRecordedWithTheNumbersThatTheProtocolNames) {
  const tests::Person jan = h_.Admit("jan", {"maatschappelijk-werker"});
  const auto record = [&] {
    node::v1::RecordSignalRequest request;
    node::v1::RecordSignalResponse response;
    *request.mutable_context() = tests::Intake();
    *request.mutable_signal() = tests::PersonSignal();
    request.mutable_identity()->set_surname("Ouwelandse");
    request.mutable_identity()->set_national_number("85.07.30-033.28");
    return h_.Run(jan, std::make_shared<RecordSignal>(request, response, h_.random));
  };
  EXPECT_EQ(tests::DetailOf(record()).field(), "identity.national_number");
  terms_->protocol = tests::SignedByAll(Text({}));
  ASSERT_EQ(h_.PutTerms(terms_), absl::OkStatus());
  EXPECT_EQ(tests::DetailOf(record()).field(), "identity.national_number");
  auto named = h_.MakeTerms();
  named->protocol = tests::SignedByAll(Text({"be-nrn", "name-date"}));
  ASSERT_EQ(h_.PutTerms(named), absl::OkStatus());
  EXPECT_EQ(record(), absl::OkStatus());
}

}  // namespace
}  // namespace sluis::core
