// What the person signs is held against the code by which the own node and the partner verify it.

#include "client/lib/share_signing.h"

#include <gtest/gtest.h>

#include <functional>

#include "client/lib/signing.h"
#include "server/envelope/fault.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/user_signature.h"

namespace sluis::client {
namespace {

using envelope::Fault;

constexpr char kPartnership[] = "livc-r.vaartland.example";
constexpr char kOwn[] = "caw-de-overzet.example";
constexpr char kTown[] = "lindervaart.example";
constexpr char kZone[] = "pz-heidezoom.example";
constexpr int64_t kNow = 1763740800;
constexpr uint64_t kDay = 24 * 3600;

class ShareSigningTest : public ::testing::Test {
 protected:
  ShareSigningTest() {
    record::v1::Mandate& mandate = mandate_.mandate;
    mandate.set_mandate_id(std::string(16, 'm'));
    mandate.set_organisation(kOwn);
    mandate.set_signing_key(std::string(crypto::View(key_.public_key())));
    mandate.add_roles("maatschappelijk-werker");
    mandate.set_not_before_s(kNow - 3600);
    mandate.set_not_after_s(kNow + 60 * kDay);
    mandate.set_partnership(kPartnership);
    mandate.set_pseudonym(std::string(16, 'p'));
    Issue();

    asked_.mutable_context()->set_role("maatschappelijk-werker");
    asked_.mutable_context()->set_purpose("doorverwijzing-hulp");
    asked_.mutable_context()->set_basis("vl-prev-2024");
    asked_.mutable_context()->set_case_ref("C-2026-014");
    asked_.set_record_id(std::string(16, 'r'));
    asked_.set_recipient(kTown);
    asked_.set_recipient_role("lokale-coordinator");

    preview_.mutable_content()->set_place("Heikant");
    preview_.mutable_content()->set_category("gedrag-offline");
    preview_.mutable_content()->add_risk_factors("staat er alleen voor");
    for (const char* name : {"category", "place", "risk_factors"}) preview_.add_fields(name);
    preview_.set_case_token(std::string(32, 'c'));
    preview_.set_version(3);
    preview_.set_partnership(kPartnership);
    preview_.add_obligations("retention=P180D");
    preview_.set_retention_until("2026-05-20");
    conditions_.mutable_marks()->set_tlp(record::v1::TLP_AMBER);
    conditions_.mutable_onward()->set_none(true);
    *conditions_.mutable_fields() = preview_.fields();
    *conditions_.mutable_obligations() = preview_.obligations();
    conditions_.set_retention_until(preview_.retention_until());
    preview_.set_conditions(conditions_.SerializeAsString());
  }

  // Signs the mandate as it stands now.
  void Issue() { mandate_.signed_mandate = SignMandate(mandate_.mandate, mandate_key_); }
  Signer Person() { return {key_, mandate_, kNow}; }
  node::v1::ShareSignalRequest Shared() {
    auto request = SignShare(asked_, preview_, Person(), crypto::SystemRandom());
    EXPECT_TRUE(request.ok());
    return request.ok() ? *request : node::v1::ShareSignalRequest();
  }
  // The item as a node makes it again from what it received and from this content.
  envelope::StatementItem ItemOf(const node::v1::ShareSignalRequest& request,
                                 const record::v1::SignalContent& content) {
    envelope::Repeated<peer::v1::FieldCommitment> fields;
    const auto id = *crypto::ToFixed<16>(request.exchange_id());
    for (int i = 0; i < request.salts_size(); ++i) {
      const std::string& name = preview_.fields(i);
      peer::v1::FieldCommitment& field = *fields.Add();
      field.set_name(name);
      field.set_commitment(std::string(
          crypto::View(envelope::FieldCommitmentOf(id, name, *crypto::ToFixed<32>(request.salts(i)),
                                                   *envelope::FieldValue(content, name)))));
    }
    return {id, preview_.case_token(), envelope::FieldsRoot(fields),
            envelope::ConditionsDigest(conditions_)};
  }
  template <typename Request>
  absl::StatusOr<envelope::VerifiedPerson> Verify(const Request& request, const std::string& action,
                                                  const std::string& audience,
                                                  const envelope::StatementItem& item,
                                                  int64_t now_s = kNow) {
    record::v1::MandateStatus status;
    status.set_organisation(kOwn);
    status.set_number(1);
    envelope::UserSignatureVerifier verifier(kPartnership, kOwn, {mandate_key_.public_key()});
    const auto travelling =
        envelope::SignaturesFor(request.statement(), {item}, request.mandate(), 1);
    return verifier.Verify(travelling.at(0), {kPartnership, kOwn, audience, action, item}, status,
                           static_cast<uint64_t>(now_s) * 1'000'000);
  }

  const crypto::SigningKey mandate_key_ = crypto::SigningKey::Generate(crypto::SystemRandom());
  const crypto::SigningKey key_ = crypto::SigningKey::Generate(crypto::SystemRandom());
  PartnershipMandate mandate_;
  node::v1::PreviewShareRequest asked_;
  node::v1::PreviewShareResponse preview_;
  peer::v1::Conditions conditions_;
};

// Who it is about is signed for like any other field, and is shown exactly when it is among them.
TEST_F(ShareSigningTest, APersonThatTravelsIsSignedFor) {
  preview_.mutable_identity()->set_surname("Ouwelandse");
  EXPECT_FALSE(SignShare(asked_, preview_, Person(), crypto::SystemRandom()).ok())
      << "shown and not among the fields";
  for (auto* fields : {preview_.mutable_fields(), conditions_.mutable_fields()}) {
    fields->Clear();
    for (const char* name : {"category", "identity", "place", "risk_factors"}) {
      fields->Add()->assign(name);
    }
  }
  preview_.set_conditions(conditions_.SerializeAsString());
  const node::v1::ShareSignalRequest request = Shared();
  ASSERT_EQ(request.salts_size(), 4);
  const auto item = [&](const record::v1::SubjectIdentity& person) {
    envelope::Repeated<peer::v1::FieldCommitment> fields;
    const auto id = *crypto::ToFixed<16>(request.exchange_id());
    for (int i = 0; i < request.salts_size(); ++i) {
      const std::string& name = preview_.fields(i);
      const std::string value = name == "identity"
                                    ? envelope::IdentityValue(person)
                                    : *envelope::FieldValue(preview_.content(), name);
      peer::v1::FieldCommitment& field = *fields.Add();
      field.set_name(name);
      field.set_commitment(std::string(crypto::View(
          envelope::FieldCommitmentOf(id, name, *crypto::ToFixed<32>(request.salts(i)), value))));
    }
    return envelope::StatementItem{id, preview_.case_token(), envelope::FieldsRoot(fields),
                                   envelope::ConditionsDigest(conditions_)};
  };
  EXPECT_TRUE(Verify(request, "share", kTown, item(preview_.identity())).ok());
  record::v1::SubjectIdentity another;
  another.set_surname("Terneuzense");
  EXPECT_FALSE(Verify(request, "share", kTown, item(another)).ok());
  preview_.clear_identity();
  EXPECT_FALSE(SignShare(asked_, preview_, Person(), crypto::SystemRandom()).ok())
      << "among the fields and not shown";
}

TEST_F(ShareSigningTest, AShareIsWhatThePartnerVerifies) {
  const node::v1::ShareSignalRequest request = Shared();
  EXPECT_EQ(request.record_id(), asked_.record_id());
  EXPECT_EQ(request.version(), 3u);
  EXPECT_EQ(request.recipient(), kTown);
  EXPECT_EQ(request.recipient_role(), "lokale-coordinator");
  EXPECT_EQ(request.context().case_ref(), "C-2026-014");
  ASSERT_EQ(request.salts_size(), 3);
  const auto person = Verify(request, "share", kTown, ItemOf(request, preview_.content()));
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->pseudonym, std::string(16, 'p'));
  EXPECT_EQ(person->statement->audience_role(), "lokale-coordinator");
  EXPECT_EQ(person->statement->role(), "maatschappelijk-werker");
  EXPECT_EQ(person->statement->purpose(), "doorverwijzing-hulp");
  EXPECT_EQ(person->statement->basis(), "vl-prev-2024");
  EXPECT_EQ(person->statement->signed_at_s(), static_cast<uint64_t>(kNow));
  const auto marks = SignedMarks(preview_);
  ASSERT_TRUE(marks.has_value());
  EXPECT_EQ(marks->tlp(), record::v1::TLP_AMBER);
  EXPECT_FALSE(marks->no_onward());
}

TEST_F(ShareSigningTest, SeveralStandUnderOneSignatureEachAlone) {
  node::v1::PreviewShareRequest asked = asked_;
  asked.set_record_id(std::string(16, 's'));
  asked.mutable_context()->set_case_ref("C-2026-015");
  node::v1::PreviewShareResponse preview = preview_;
  preview.set_case_token(std::string(32, 'd'));
  const std::vector<Previewed> three = {{asked_, preview_}, {asked, preview}, {asked_, preview}};
  const auto requests = SignShares(three, Person(), crypto::SystemRandom());
  ASSERT_TRUE(requests.ok());
  ASSERT_EQ(requests->size(), 3u);
  EXPECT_EQ((*requests)[1].record_id(), asked.record_id());
  EXPECT_EQ((*requests)[1].context().case_ref(), "C-2026-015");
  record::v1::MandateStatus status;
  status.set_organisation(kOwn);
  status.set_number(1);
  envelope::UserSignatureVerifier verifier(kPartnership, kOwn, {mandate_key_.public_key()});
  for (size_t at = 0; at < 3; ++at) {
    const node::v1::ShareSignalRequest& request = (*requests)[at];
    EXPECT_EQ(request.statement().SerializeAsString(),
              requests->front().statement().SerializeAsString());
    EXPECT_EQ(request.item(), at);
    peer::v1::UserSignature signature;
    *signature.mutable_statement() = request.statement();
    *signature.mutable_mandate() = request.mandate();
    signature.set_mandate_status_number(1);
    signature.set_item(request.item());
    *signature.mutable_path() = request.path();
    envelope::StatementItem item = ItemOf(request, preview_.content());
    item.case_token = three[at].preview.case_token();
    const auto verify = [&] {
      return verifier.Verify(signature, {kPartnership, kOwn, kTown, "share", item}, status,
                             static_cast<uint64_t>(kNow) * 1'000'000);
    };
    EXPECT_TRUE(verify().ok()) << at;
    signature.set_item((request.item() + 1) % 3);
    EXPECT_EQ(envelope::FaultOf(verify().status()), Fault::kStatement) << "each in its own place";
  }
  node::v1::PreviewShareRequest elsewhere = asked_;
  elsewhere.set_recipient(kZone);
  const std::vector<Previewed> two_partners = {{asked_, preview_}, {elsewhere, preview_}};
  EXPECT_FALSE(SignShares(two_partners, Person(), crypto::SystemRandom()).ok());
  EXPECT_FALSE(SignShares({}, Person(), crypto::SystemRandom()).ok());
}

TEST_F(ShareSigningTest, OneFieldOtherThanPreviewedIsNotCovered) {
  const node::v1::ShareSignalRequest request = Shared();
  for (const auto& change : std::vector<std::function<void(record::v1::SignalContent&)>>{
           [](auto& content) { content.set_place("Sluiskouter"); },
           [](auto& content) { content.clear_category(); },
           [](auto& content) { content.add_risk_factors("nog een"); }}) {
    record::v1::SignalContent content = preview_.content();
    change(content);
    const auto person = Verify(request, "share", kTown, ItemOf(request, content));
    EXPECT_EQ(envelope::FaultOf(person.status()), Fault::kStatement) << content.DebugString();
  }
}

// A node could take the marks off, keep it longer or let it go further: the signature said nothing
// about that.
TEST_F(ShareSigningTest, OtherConditionsThanPreviewedAreNotCovered) {
  const node::v1::ShareSignalRequest request = Shared();
  const peer::v1::Conditions shown = conditions_;
  for (const auto& change : std::vector<std::function<void(peer::v1::Conditions&)>>{
           [](auto& conditions) { conditions.mutable_marks()->set_tlp(record::v1::TLP_GREEN); },
           [](auto& conditions) { conditions.mutable_onward()->set_none(false); },
           [](auto& conditions) { conditions.set_retention_until("2036-05-20"); },
           [](auto& conditions) { conditions.clear_obligations(); }}) {
    conditions_ = shown;
    change(conditions_);
    const auto person = Verify(request, "share", kTown, ItemOf(request, preview_.content()));
    EXPECT_EQ(envelope::FaultOf(person.status()), Fault::kStatement) << conditions_.DebugString();
  }
}

TEST_F(ShareSigningTest, WhatIsShownAndWhatIsSignedAreTheSame) {
  for (const auto& change : std::vector<std::function<void(node::v1::PreviewShareResponse&)>>{
           [](auto& preview) { preview.set_retention_until("2026-05-19"); },
           [](auto& preview) { preview.add_obligations("no_evidence=true"); },
           [](auto& preview) { preview.add_reduced_fields("place:remove"); },
           [](auto& preview) { preview.clear_fields(); },
           [](auto& preview) { preview.clear_conditions(); }}) {
    node::v1::PreviewShareResponse preview = preview_;
    change(preview);
    const auto request = SignShare(asked_, preview, Person(), crypto::SystemRandom());
    ASSERT_FALSE(request.ok()) << preview.DebugString();
    EXPECT_EQ(request.failure().exit, Exit::kInternal);
  }
}

TEST_F(ShareSigningTest, AShareServesNobodyElseAndNothingElse) {
  const node::v1::ShareSignalRequest request = Shared();
  const envelope::StatementItem item = ItemOf(request, preview_.content());
  EXPECT_EQ(envelope::FaultOf(Verify(request, "share", kZone, item).status()), Fault::kStatement);
  EXPECT_EQ(envelope::FaultOf(Verify(request, "withdraw", kTown, item).status()),
            Fault::kStatement);
  envelope::StatementItem other = item;
  other.exchange[0] ^= 1;
  EXPECT_EQ(envelope::FaultOf(Verify(request, "share", kTown, other).status()), Fault::kStatement);
  other = item;
  other.case_token.clear();
  EXPECT_EQ(envelope::FaultOf(Verify(request, "share", kTown, other).status()), Fault::kStatement);
}

TEST_F(ShareSigningTest, ExchangeIdAndSaltsAreNewEachTime) {
  const node::v1::ShareSignalRequest one = Shared();
  const node::v1::ShareSignalRequest two = Shared();
  EXPECT_EQ(one.exchange_id().size(), 16u);
  EXPECT_NE(one.exchange_id(), two.exchange_id());
  EXPECT_NE(one.salts(0), two.salts(0));
  EXPECT_NE(one.salts(0), one.salts(1));
}

TEST_F(ShareSigningTest, EndsWithinTheDeliveryWindowAndWithTheMandate) {
  const auto expiry = [&] {
    return envelope::ReadStatement(Shared().statement().statement())->expires_at_s();
  };
  EXPECT_EQ(expiry(), kNow + 14 * kDay - 3600);
  mandate_.mandate.set_not_after_s(kNow + 2 * kDay);
  Issue();
  EXPECT_EQ(expiry(), kNow + 2 * kDay);
  const node::v1::ShareSignalRequest request = Shared();
  const envelope::StatementItem item = ItemOf(request, preview_.content());
  EXPECT_TRUE(Verify(request, "share", kTown, item, kNow + 2 * kDay).ok());
  EXPECT_FALSE(Verify(request, "share", kTown, item, kNow + 2 * kDay + 1).ok());
}

TEST_F(ShareSigningTest, AWithdrawalIsWhatThePartnerVerifies) {
  node::v1::SentSummary sent;
  sent.set_exchange_id(std::string(16, 'x'));
  sent.set_recipient(kTown);
  sent.set_partnership(kPartnership);
  sent.set_case_token(std::string(32, 'c'));
  const auto request = SignWithdrawal(asked_.context(), sent, "bij nader inzien", Person());
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->reason(), "bij nader inzien");
  EXPECT_EQ(request->exchange_id(), sent.exchange_id());
  const envelope::StatementItem item{*crypto::ToFixed<16>(sent.exchange_id()), sent.case_token(),
                                     envelope::FieldsRoot({})};
  const auto person = Verify(*request, "withdraw", kTown, item);
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->statement->audience_role(), "") << "to no role in particular";
  EXPECT_EQ(envelope::FaultOf(Verify(*request, "share", kTown, item).status()), Fault::kStatement);

  const auto erasure = SignErasure(asked_.context(), sent, Person());
  ASSERT_TRUE(erasure.ok());
  EXPECT_EQ(erasure->exchange_id(), sent.exchange_id());
  EXPECT_TRUE(Verify(*erasure, "erase", kTown, item).ok());
  EXPECT_EQ(envelope::FaultOf(Verify(*erasure, "withdraw", kTown, item).status()),
            Fault::kStatement);
}

TEST_F(ShareSigningTest, WhatIsShownIsWhatIsSigned) {
  // A node that sends a field along without naming it shows the person nothing that is not signed.
  preview_.mutable_content()->set_positive_development("werkt weer");
  const record::v1::SignalContent shown = SignedContent(preview_);
  EXPECT_EQ(shown.positive_development(), "");
  EXPECT_EQ(shown.place(), "Heikant");
  EXPECT_EQ(shown.risk_factors_size(), 1);
}

TEST_F(ShareSigningTest, WhatCannotBeSignedIsSaidHere) {
  asked_.mutable_context()->set_role("Geen Woord");
  const auto request = SignShare(asked_, preview_, Person(), crypto::SystemRandom());
  ASSERT_FALSE(request.ok());
  EXPECT_EQ(request.failure().exit, Exit::kUsage);
  EXPECT_EQ(request.failure().message.key, "share.not_signable");
}

}  // namespace
}  // namespace sluis::client
