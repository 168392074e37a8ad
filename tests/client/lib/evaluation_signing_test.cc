// Whoever is asked to sign a question signs what is shown, or nothing.

#include "client/lib/evaluation_signing.h"

#include <gtest/gtest.h>

#include <functional>

#include "client/lib/signing.h"
#include "server/envelope/user_signature.h"
#include "tests/support/drafted_question.h"

namespace sluis::client {
namespace {

constexpr char kPartnership[] = "livc-r.vaartland.example";
constexpr char kPurpose[] = "casusoverleg-458ter";
constexpr int64_t kNow = 1763740800;
constexpr char kCase[] = "C-2026-014";

record::v1::SubjectIdentity Person(const std::string& surname) {
  record::v1::SubjectIdentity person;
  person.set_surname(surname);
  person.set_given("Lena");
  person.set_born("1985-03-14");
  return person;
}

class EvaluationSigningTest : public ::testing::Test {
 protected:
  EvaluationSigningTest() {
    record::v1::Mandate& mandate = mandate_.mandate;
    mandate.set_mandate_id(std::string(16, 'm'));
    mandate.set_organisation("caw-de-overzet.example");
    mandate.set_signing_key(std::string(crypto::View(key_.public_key())));
    mandate.add_roles("maatschappelijk-werker");
    mandate.set_not_after_s(kNow + 24 * 3600);
    mandate.set_partnership(kPartnership);
    mandate.set_pseudonym(std::string(16, 'p'));
    mandate_.signed_mandate =
        SignMandate(mandate, crypto::SigningKey::Generate(crypto::SystemRandom()));

    asked_.mutable_context()->set_role("maatschappelijk-werker");
    asked_.mutable_context()->set_purpose(kPurpose);
    asked_.mutable_context()->set_basis("vl-livc-2021");
    asked_.mutable_context()->set_case_ref(kCase);
    asked_.add_record_ids(std::string(16, 'r'));
  }

  node::v1::DraftEvaluationResponse DraftOf(const record::v1::SubjectIdentity& shown,
                                            const record::v1::SubjectIdentity& meant) {
    return tests::DraftedQuestion(asked_, kPartnership, shown, meant);
  }
  Result<node::v1::EvaluateRequest> Sign(const node::v1::DraftEvaluationResponse& draft) {
    return SignEvaluation(asked_, draft, {key_, mandate_, kNow});
  }

  crypto::SigningKey key_ = crypto::SigningKey::Generate(crypto::SystemRandom());
  PartnershipMandate mandate_;
  node::v1::DraftEvaluationRequest asked_;
};

TEST_F(EvaluationSigningTest, WhatIsShownIsSigned) {
  const auto draft = DraftOf(Person("Ouwelandse"), Person("Ouwelandse"));
  const auto request = Sign(draft);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->request_id(), draft.request_id());
  EXPECT_EQ(request->mandate().SerializeAsString(), mandate_.signed_mandate.SerializeAsString());
  EXPECT_FALSE(request->statement().signature().empty());
}

TEST_F(EvaluationSigningTest, AboutAnybodyElseNothingIsSigned) {
  const auto refused = Sign(DraftOf(Person("Ouwelandse"), Person("Terneuzense")));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().message.key, "tag.draft_differs");
  const auto honest = DraftOf(Person("Ouwelandse"), Person("Ouwelandse"));
  const auto another = DraftOf(Person("Ouwelandse"), Person("Ouwelandse"));
  const std::function<void(node::v1::DraftEvaluationResponse&)> lies[] = {
      [](auto& draft) { draft.mutable_persons(0)->set_record_id(std::string(16, 'x')); },
      [](auto& draft) { draft.mutable_subject()->set_record_ids(0, std::string(16, 'x')); },
      [](auto& draft) { draft.mutable_subject()->clear_record_ids(); },
      [](auto& draft) { *draft.add_persons() = draft.persons(0); },
      [](auto& draft) { draft.clear_persons(); },
      [](auto& draft) { draft.mutable_subject()->set_case_ref("C-2026-015"); },
      [](auto& draft) { draft.set_count(2); },
      [&another](auto& draft) { draft.set_blinded_digest(another.blinded_digest()); },
      [](auto& draft) { draft.set_partnership("livc-r.heidezoom.example"); },
      [](auto& draft) { draft.set_request_id("kort"); },
      [](auto& draft) { draft.set_key_id("kort"); },
  };
  for (size_t i = 0; i < std::size(lies); ++i) {
    node::v1::DraftEvaluationResponse draft = honest;
    ASSERT_TRUE(Sign(draft).ok());
    lies[i](draft);
    EXPECT_FALSE(Sign(draft).ok()) << i;
  }
}

TEST_F(EvaluationSigningTest, NothingOfADraftIsLeft) {
  auto draft = DraftOf(Person("Ouwelandse"), Person("Ouwelandse"));
  WipeDraft(draft);
  EXPECT_EQ(draft.persons(0).identity().ByteSizeLong(), 0);
  EXPECT_EQ(draft.subject().evaluated_size(), 0);
}

}  // namespace
}  // namespace sluis::client
