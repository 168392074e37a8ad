// Who records are about, as it may be asked of other nodes: of which records, for whom, by what.
#include "server/core/known_persons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "server/core/record_signal.h"
#include "server/core/withdraw_signal.h"
#include "server/evaluation/hidden_subject.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using identity::KeyKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Person;

// What the calls of a person to Find come to, as the entries that follow from it.
class FindPersons : public UseCase {
 public:
  FindPersons(std::vector<std::string> records, std::vector<FoundPerson>& found)
      : records_(std::move(records)), found_(found), context_(tests::Intake()) {}
  const Method& method() const override { return MethodNamed("EvaluationService.DraftEvaluation"); }
  const node::v1::RequestContext* context() const override { return &context_; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override {
    const auto scope = identity::KeyScope::Of("livc-r.vaartland.example", call.purpose);
    auto found = KnownPersons().Find(call, view, records_, *scope);
    if (!found.ok()) return found.status();
    if (auto* refused = std::get_if<Plan>(&*found)) return std::move(*refused);
    found_ = std::get<std::vector<FoundPerson>>(*std::move(found));
    Plan plan;
    for (FoundPerson& one : found_) plan.effects.push_back(std::move(one.looked_up));
    plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
    return plan;
  }

 private:
  const std::vector<std::string> records_;
  std::vector<FoundPerson>& found_;
  const node::v1::RequestContext context_;
};

class KnownPersonsTest : public ::testing::Test {
 protected:
  static tests::HarnessOptions Granting() {
    return {.pack_edits = {{"  - id: P-LIJST\n",
                            "  - id: P-WIE\n    effect: permit\n"
                            "    who: {actor.role: maatschappelijk-werker, actor.is_author: true}\n"
                            "    do: {action: read}\n"
                            "    why: {purpose: signaal-intake, basis: vl-livc-2021}\n"
                            "    when: {side: local}\n    grants: [identity]\n"
                            "    because: {nl: \"wie je zelf noemde\"}\n  - id: P-LIJST\n"}}};
  }
  static record::v1::SubjectIdentity Lena() {
    record::v1::SubjectIdentity identity;
    identity.set_surname("Ouwelandse");
    identity.set_given("Lena");
    identity.set_born("14/3/1985");
    return identity;
  }
  std::string Recorded(const record::v1::SubjectIdentity& identity) {
    node::v1::RecordSignalRequest request;
    node::v1::RecordSignalResponse response;
    *request.mutable_context() = tests::Intake();
    *request.mutable_signal() = tests::PersonSignal();
    if (identity.ByteSizeLong() != 0) *request.mutable_identity() = identity;
    EXPECT_EQ(h_.Run(jan_, std::make_shared<RecordSignal>(request, response, h_.random)),
              absl::OkStatus());
    return response.record_id();
  }
  std::string Find(const std::vector<std::string>& records, const Person* who = nullptr) {
    found_.clear();
    return CodeOf(
        h_.Run(who == nullptr ? jan_ : *who, std::make_shared<FindPersons>(records, found_)));
  }
  void Use(KeyKind number) {
    auto terms = h_.MakeTerms();
    terms->identity_kinds = identity::KeyKinds().With(number);
    terms->exercise = true;
    ASSERT_EQ(h_.PutTerms(terms), absl::OkStatus());
  }

  CoreHarness h_{Granting()};
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person piet_ = h_.Admit("piet", {"maatschappelijk-werker"});
  std::vector<FoundPerson> found_;
};

TEST_F(KnownPersonsTest, EachIsFoundByWhatMayCrossAndEachLookIsLogged) {
  record::v1::SubjectIdentity other = Lena();
  other.set_surname("Terneuzense");
  Recorded(Lena());
  const std::string one = Recorded(other);
  const uint64_t before = h_.size();
  ASSERT_EQ(Find({one}), "ok");
  ASSERT_THAT(found_, SizeIs(1));
  EXPECT_EQ(found_[0].identity.surname(), "Terneuzense");
  ASSERT_THAT(found_[0].keys, SizeIs(1));
  EXPECT_EQ(found_[0].keys[0].kind(), KeyKind::kNameAndDate) << "how names sound takes a grant";
  ASSERT_EQ(h_.size(), before + 1);
  const tests::Opened entry = h_.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_CONSULTATION);
  EXPECT_THAT(entry.act.scope(), ElementsAre("identity"));
  EXPECT_THAT(entry.subject.record_ids(), ElementsAre(one));
}

TEST_F(KnownPersonsTest, ANumberCountsOnlyWhileItIsUsed) {
  Use(KeyKind::kNationalNumber);
  record::v1::SubjectIdentity numbered = Lena();
  numbered.set_national_number("85073003328");
  const std::string id = Recorded(numbered);
  ASSERT_EQ(Find({id}), "ok");
  EXPECT_THAT(found_[0].keys, SizeIs(2));
  ASSERT_EQ(h_.PutTerms(h_.MakeTerms()), absl::OkStatus());
  ASSERT_EQ(Find({id}), "ok");
  EXPECT_THAT(found_[0].keys, SizeIs(1));
  EXPECT_EQ(found_[0].identity.national_number(), "") << "nor is it shown";
}

TEST_F(KnownPersonsTest, WhoMayNotKnowWhoItIsLearnsNothing) {
  const std::string named = Recorded(Lena()), nobody = Recorded({});
  EXPECT_EQ(Find({named}, &piet_), "identity_not_granted");
  EXPECT_EQ(Find({nobody}, &piet_), "identity_not_granted") << "nor whether anybody is named";
  EXPECT_THAT(found_, IsEmpty());
  EXPECT_EQ(h_.Last().act.outcome(), record::v1::OUTCOME_DENIED);
  EXPECT_EQ(Find({nobody}), "no_identity");
  EXPECT_THAT(found_, IsEmpty());
  EXPECT_EQ(Find({std::string(16, 'x')}), "not_found");
}

TEST_F(KnownPersonsTest, OfTooLittleNobodyIsFound) {
  record::v1::SubjectIdentity vague = Lena();
  vague.set_born("1985");
  EXPECT_EQ(Find({Recorded(vague)}), "no_match_key");
}

TEST_F(KnownPersonsTest, WhatWasTakenBackIsNotAskedAbout) {
  const std::string id = Recorded(Lena());
  node::v1::WithdrawSignalRequest request;
  node::v1::WithdrawSignalResponse response;
  *request.mutable_context() = tests::Intake();
  request.set_record_id(id);
  request.set_reason("verkeerde persoon");
  ASSERT_EQ(h_.Run(jan_, std::make_shared<WithdrawSignal>(request, response)), absl::OkStatus());
  EXPECT_EQ(Find({id}), "withdrawn");
}

// Whoever erased the one would have destroyed what the log keeps of the question about the other.
TEST_F(KnownPersonsTest, OneQuestionIsAboutOnePerson) {
  const std::string one = Recorded(Lena()), other = Recorded(Lena());
  EXPECT_EQ(Find({}), "bad_persons");
  EXPECT_EQ(Find({one, other}), "bad_persons");
  EXPECT_EQ(h_.Last().act.refusal(), "bad_persons");
  EXPECT_EQ(Find({one}), "ok");
}

}  // namespace
}  // namespace sluis::core
