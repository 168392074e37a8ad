// Who a signal is about, from one node to another: what lets it go, where it lies, how it goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "server/core/amend_signal.h"
#include "server/core/open_identity.h"
#include "server/core/record_signal.h"
#include "server/core/sealing_key.h"
#include "server/core/shared_identity.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/record_proof.h"
#include "server/ledger/sealed_row.h"
#include "tests/support/linked_pair.h"
#include "tests/support/protocol_between.h"

namespace sluis::exchange {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using tests::CodeOf;
using tests::ExchangeNode;

constexpr char kSurname[] = "Ouwelandse";
constexpr char kOtherSurname[] = "Terneuzense";

// Social workers read who it is at their own node; these sides let it cross, none when empty.
tests::PackEdits Rules(const std::string& sides) {
  std::string rules =
      "  - id: P-WIE\n    effect: permit\n    who: {actor.role: maatschappelijk-werker}\n"
      "    do: {action: read}\n    why: {purpose: signaal-intake, basis: vl-livc-2021}\n"
      "    when: {side: local}\n    grants: [identity]\n    because: {nl: \"wie het is\"}\n";
  if (!sides.empty()) {
    rules +=
        "  - id: P-WIE-DELEN\n    effect: permit\n    who: {actor.role: maatschappelijk-werker}\n"
        "    do: {action: share}\n    why: {purpose: doorverwijzing-hulp, basis: vl-livc-2021}\n"
        "    what: {record.subject_kind: person, record.client_agrees: \"yes\"}\n"
        "    when: {side: [" +
        sides +
        "], from.kind: [municipality, welfare], to.kind: [municipality, welfare]}\n"
        "    grants: [identity]\n    because: {nl: \"wie geholpen wordt\"}\n";
  }
  return {{"  - id: P-LIJST\n", rules + "  - id: P-LIJST\n"}};
}

record::v1::SubjectIdentity Person(const std::string& surname = kSurname) {
  record::v1::SubjectIdentity person;
  person.set_surname(surname);
  person.set_given("Lena");
  person.set_born("1985-03-14");
  return person;
}

class IdentityFlowTest : public tests::LinkedPair {
 protected:
  explicit IdentityFlowTest(const std::string& sides = "release, accept")
      : LinkedPair(Rules(sides)) {}

  static record::v1::Signal Signal() {
    record::v1::Signal signal = tests::PersonSignal();
    signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
    return signal;
  }
  std::string Named(const record::v1::SubjectIdentity& person = Person()) {
    node::v1::RecordSignalRequest request;
    node::v1::RecordSignalResponse response;
    *request.mutable_context() = tests::Intake();
    *request.mutable_signal() = Signal();
    *request.mutable_identity() = person;
    EXPECT_EQ(welfare_.h.Run(welfare_.jan, std::make_shared<core::RecordSignal>(request, response,
                                                                                welfare_.h.random)),
              absl::OkStatus());
    return response.record_id();
  }
  absl::Status Amend(const std::string& record, uint32_t version,
                     const record::v1::SubjectIdentity* person) {
    node::v1::AmendSignalRequest request;
    node::v1::AmendSignalResponse response;
    *request.mutable_context() = tests::Intake();
    request.set_record_id(record);
    request.set_version(version);
    *request.mutable_signal() = Signal();
    request.set_reason("verbeterd");
    if (person != nullptr) *request.mutable_identity() = *person;
    request.set_remove_identity(person == nullptr);
    return welfare_.h.Run(welfare_.jan, std::make_shared<core::AmendSignal>(request, response));
  }
  std::string Corrected(const std::string& record, const std::string& earlier) {
    const auto preview = welfare_.Preview(record);
    EXPECT_TRUE(preview.ok()) << preview.status();
    node::v1::ShareSignalRequest request = welfare_.Signed(record, *preview);
    request.set_corrects(earlier);
    EXPECT_EQ(welfare_.Share(request), absl::OkStatus());
    Advance(std::chrono::hours(4));
    return request.exchange_id();
  }
  absl::StatusOr<record::v1::SubjectIdentity> WhoIs(const std::string& record_id) {
    node::v1::OpenIdentityRequest request;
    node::v1::OpenIdentityResponse response;
    *request.mutable_context() = tests::Intake();
    request.set_record_id(record_id);
    const absl::Status status =
        city_.h.Run(reader_, std::make_shared<core::OpenIdentity>(request, response));
    if (!status.ok()) return status;
    return response.identity();
  }
  template <typename Use>
  auto Look(ExchangeNode& node, Use use) {
    const auto snapshot = node.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, node.h.ledger->keyring());
    return use(view);
  }
  record::v1::StoredRecord RowOf(ExchangeNode& node, const std::string& record_id) {
    return Look(node, [&](const core::View& view) {
      const auto row = view.ReadRecordRow(record_id);
      EXPECT_TRUE(row.ok()) << row.status();
      return row.ok() ? *row : record::v1::StoredRecord();
    });
  }
  static ledger::KeyRef KeyIn(const record::v1::StoredRecord& row) {
    return {row.identity().bucket(), crypto::ToFixed<16>(row.identity().key_id()).value()};
  }
  bool IsGone(ExchangeNode& node, const ledger::KeyRef& key) {
    return Look(node, [&](const core::View& view) {
      return absl::IsNotFound(view.keyring().Unwrap(view.snapshot(), key).status());
    });
  }
  // Whether a row of that node holds these bytes, as it lies there or opened, or an entry does.
  bool InPlain(ExchangeNode& node, const std::string& bytes) {
    bool found = Look(node, [&](const core::View& view) {
      bool holds = false;
      EXPECT_EQ(
          view.snapshot().Scan({}, "\xff",
                               [&](std::string_view key, std::string_view stored) {
                                 const auto row = ledger::OpenRow(view.keyring(), key, stored);
                                 holds = holds || stored.find(bytes) != stored.npos ||
                                         (row.ok() && row->value.find(bytes) != std::string::npos);
                                 return true;
                               }),
          absl::OkStatus());
      return holds;
    });
    for (const tests::Opened& entry : node.h.Entries()) {
      found = found || entry.all_bytes.find(bytes) != std::string::npos;
    }
    return found;
  }
  peer::v1::Key KeyThatCame(const std::string& id) {
    const auto proof = envelope::ReadRecordProof(Received(id).key_proof());
    EXPECT_TRUE(proof.ok()) << proof.status();
    return proof.ok() ? std::get<peer::v1::Key>(proof->leaf) : peer::v1::Key();
  }
  // Of the last act of that operation at the sender, of that method where one is named.
  std::vector<std::string> ScopeOf(const std::string& method, record::v1::Operation operation) {
    std::optional<std::vector<std::string>> scope;
    for (const tests::Opened& entry : welfare_.h.Entries()) {
      if (entry.act.operation() != operation) continue;
      if (!method.empty() && entry.act.method() != method) continue;
      scope.emplace(entry.act.scope().begin(), entry.act.scope().end());
    }
    EXPECT_TRUE(scope.has_value()) << "there is no such act";
    return scope.value_or(std::vector<std::string>{"?"});
  }
  bool AcceptedIt(const std::string& id) {
    peer::v1::Conditions accepted;
    EXPECT_TRUE(accepted.ParseFromString(Received(id).accepted()));
    return envelope::NamesIdentity(accepted.fields());
  }

  tests::Person reader_ = city_.h.Admit("els", {"maatschappelijk-werker"});
};

class ReleaseAlone : public IdentityFlowTest {
 protected:
  ReleaseAlone() : IdentityFlowTest("release") {}
};
class AcceptAlone : public IdentityFlowTest {
 protected:
  AcceptAlone() : IdentityFlowTest("accept") {}
};

TEST_F(IdentityFlowTest, ItGoesAlongWhereBothSidesGrantItAndLiesApartThere) {
  const std::string record = Named();
  const auto preview = welfare_.Preview(record);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(preview->fields(), Contains("identity"));
  EXPECT_EQ(preview->identity().surname(), kSurname) << "who signs for it sees it";
  EXPECT_EQ(preview->content().SerializeAsString().find(kSurname), std::string::npos);
  const std::string id = DueOf(record);
  EXPECT_NE(welfare_.Row(id).row.sealed_identity_key(), "");
  EXPECT_NE(welfare_.Offer(id).offer.identity(), "");
  Cross();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(welfare_.Row(id).row.sealed_identity_key(), "") << "no key can be given any more";

  const std::string there = Received(id).record_id();
  const record::v1::StoredRecord row = RowOf(city_, there);
  ASSERT_TRUE(row.has_identity());
  EXPECT_NE(row.identity().key_id(), row.key_id());
  const auto view = city_.h.Open(reader_, there);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->SerializeAsString().find(kSurname), std::string::npos);
  const auto who = WhoIs(there);
  ASSERT_TRUE(who.ok()) << who.status();
  EXPECT_EQ(who->SerializeAsString(), Person().SerializeAsString());
  EXPECT_EQ(city_.h.Last().act.method(), "SignalService.OpenIdentity");
  EXPECT_THAT(city_.h.Last().act.scope(), ElementsAre("identity"));
  // Who looks at the log sees who got to know it.
  EXPECT_THAT(ScopeOf("ExchangeService.PreviewShare", record::v1::OPERATION_CONSULTATION),
              ElementsAre("identity"));
  EXPECT_THAT(ScopeOf("", record::v1::OPERATION_DISCLOSURE), ElementsAre("identity"));
  for (ExchangeNode* node : {static_cast<ExchangeNode*>(&welfare_), &city_}) {
    EXPECT_FALSE(InPlain(*node, kSurname));
    EXPECT_FALSE(InPlain(*node, "1985-03-14"));
  }
}

// Compared with a signal of nobody: not even a length tells them apart.
TEST_F(AcceptAlone, WithoutAGrantAtTheSenderNoTraceOfItLeaves) {
  const std::string named = Named(), nobody = welfare_.Recorded();
  const auto preview = welfare_.Preview(named);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(preview->fields(), Not(Contains("identity")));
  EXPECT_FALSE(preview->has_identity());
  const std::string id = welfare_.Shared(named), other = welfare_.Shared(nobody);
  const core::TravellingOffer with = welfare_.Offer(id), without = welfare_.Offer(other);
  EXPECT_EQ(with.offer.identity(), "");
  EXPECT_EQ(with.bytes.size(), without.bytes.size());
  EXPECT_EQ(with.offer.ciphertext().size(), without.offer.ciphertext().size());
  ASSERT_EQ(with.offer.fields_size(), without.offer.fields_size());
  for (int i = 0; i < with.offer.fields_size(); ++i) {
    EXPECT_EQ(with.offer.fields(i).name(), without.offer.fields(i).name());
  }
  peer::v1::Terms of_named, of_nobody;
  ASSERT_TRUE(of_named.ParseFromString(with.offer.terms()));
  ASSERT_TRUE(of_nobody.ParseFromString(without.offer.terms()));
  of_named.set_salt(of_nobody.salt());
  EXPECT_EQ(of_named.SerializeAsString(), of_nobody.SerializeAsString());
  EXPECT_EQ(welfare_.Row(id).row.ByteSizeLong(), welfare_.Row(other).row.ByteSizeLong());

  Advance(std::chrono::hours(4));
  Cross();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(KeyThatCame(id).ByteSizeLong(), KeyThatCame(other).ByteSizeLong());
  EXPECT_EQ(RowOf(city_, Received(id).record_id()).ByteSizeLong(),
            RowOf(city_, Received(other).record_id()).ByteSizeLong());
}

TEST_F(ReleaseAlone, WhoDoesNotTakeItGetsNothingToOpenItWith) {
  const std::string id = DueOf(Named());
  EXPECT_NE(welfare_.Offer(id).offer.identity(), "");
  Cross();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_FALSE(AcceptedIt(id));
  EXPECT_THAT(ScopeOf("", record::v1::OPERATION_DISCLOSURE), IsEmpty()) << "nobody got to know it";
  EXPECT_EQ(KeyThatCame(id).wrapped_identity_key(), "");
  const std::string there = Received(id).record_id();
  EXPECT_FALSE(RowOf(city_, there).has_identity());
  EXPECT_TRUE(city_.h.Open(reader_, there).ok()) << "the rest was taken";
  EXPECT_EQ(CodeOf(WhoIs(there).status()), "no_identity");
}

TEST_F(IdentityFlowTest, AClauseMustNameItToo) {
  welfare_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
  city_.Follow(welfare_);
  const std::string record = Named();
  EXPECT_EQ(CodeOf(welfare_.Preview(record).status()), "ok");
  policies::Protocol less = tests::ProtocolOf(welfare_.manifest(), welfare_.h.terms.Get()->packs);
  for (policies::ProtocolClause& clause : less.clauses) {
    std::erase_if(clause.fields, [](const policies::Word& one) { return one.text == "identity"; });
  }
  auto terms = welfare_.TermsWithManifest();
  terms->protocol = tests::SignedByAll(std::move(less));
  welfare_.Put(terms);
  EXPECT_EQ(CodeOf(welfare_.Preview(record).status()), "not_in_protocol");
}

// In an exercise each node may use other numbers: what the recipient does not use it does not keep.
TEST_F(IdentityFlowTest, NumbersThatAreNotUsedThereAreNotKept) {
  auto terms = welfare_.TermsWithManifest();
  terms->identity_kinds = identity::KeyKinds().With(identity::KeyKind::kNationalNumber);
  welfare_.Put(terms);
  record::v1::SubjectIdentity numbered = Person();
  numbered.set_national_number("85073003328");
  record::v1::SubjectIdentity number_only;
  number_only.set_national_number("85073003328");
  const std::string of_both = Named(numbered), of_number = Named(number_only);
  const std::string both = welfare_.Shared(of_both), number = welfare_.Shared(of_number);
  Advance(std::chrono::hours(4));
  Cross();
  ASSERT_EQ(Received(both).state(), record::v1::RECEIVED_STATE_OPENED);
  ASSERT_EQ(Received(number).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(WhoIs(Received(both).record_id())->SerializeAsString(), Person().SerializeAsString());
  EXPECT_FALSE(RowOf(city_, Received(number).record_id()).has_identity());
  // Nor does the sender send one that is not used any more.
  welfare_.Put(welfare_.TermsWithManifest());
  EXPECT_EQ(welfare_.Preview(of_both)->identity().national_number(), "");
  EXPECT_FALSE(welfare_.Preview(of_number)->has_identity());
}

// Sealed when it was shared; what the protocol says when it would leave, or be opened, counts.
TEST_F(IdentityFlowTest, ANumberThatIsNotUsedAnyMoreStopsTheShareThatHoldsIt) {
  record::v1::SubjectIdentity numbered = Person();
  numbered.set_national_number("85073003328");
  for (const bool key_is_due : {false, true}) {
    auto terms = welfare_.TermsWithManifest();
    terms->identity_kinds = identity::KeyKinds().With(identity::KeyKind::kNationalNumber);
    welfare_.Put(terms);
    const std::string id = welfare_.Shared(Named(numbered)), without = DueOf(Named());
    if (key_is_due) {
      SendFromWelfare();
      SendFromCity();
      ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
    }
    welfare_.Put(welfare_.TermsWithManifest());
    for (int i = 0; i < 2; ++i) Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_STOPPED) << key_is_due;
    EXPECT_EQ(welfare_.Row(id).row.reason(), "rule");
    EXPECT_EQ(Sent(without), record::v1::SENT_STATE_OPENED) << key_is_due;
  }
}

TEST_F(IdentityFlowTest, ACorrectionTakesThePlaceOfWhoItWasAbout) {
  const std::string record = Named(), id = DueOf(record);
  Cross();
  const std::string first = Received(id).record_id();
  const ledger::KeyRef first_key = KeyIn(RowOf(city_, first));
  const ledger::KeyRef one_time = Look(city_, [&](const core::View& view) {
    const auto held = core::ReadSealingKey(view, Received(id).sealing_key());
    EXPECT_TRUE(held.ok()) << held.status();
    return held->ref;
  });
  EXPECT_FALSE(IsGone(city_, one_time));
  const record::v1::SubjectIdentity other = Person(kOtherSurname);
  ASSERT_EQ(Amend(record, 1, &other), absl::OkStatus());
  const std::string later = Corrected(record, id);
  Cross();
  ASSERT_EQ(Received(id).reason(), "corrected");
  EXPECT_EQ(WhoIs(Received(later).record_id())->surname(), kOtherSurname);
  EXPECT_FALSE(RowOf(city_, first).has_identity());
  EXPECT_TRUE(IsGone(city_, first_key));
  EXPECT_TRUE(IsGone(city_, one_time)) << "it opens what is kept of the exchange";

  const ledger::KeyRef later_key = KeyIn(RowOf(city_, Received(later).record_id()));
  ASSERT_EQ(Amend(record, 2, nullptr), absl::OkStatus());
  const std::string last = Corrected(record, later);
  Cross();
  ASSERT_EQ(Received(last).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(CodeOf(WhoIs(Received(last).record_id()).status()), "no_identity");
  EXPECT_TRUE(IsGone(city_, later_key)) << "also when the correction names nobody";
}

TEST_F(IdentityFlowTest, WhereErasureIsSuspendedACorrectionLeavesIt) {
  const tests::Person officer = city_.h.Admit("officier", {"privacy-officer"});
  const std::string record = Named(), id = DueOf(record);
  Cross();
  const std::string first = Received(id).record_id();
  const ledger::KeyRef key = KeyIn(RowOf(city_, first));
  ASSERT_EQ(city_.h.Hold(officer, first, true), absl::OkStatus());
  const record::v1::SubjectIdentity other = Person(kOtherSurname);
  ASSERT_EQ(Amend(record, 1, &other), absl::OkStatus());
  Corrected(record, id);
  Cross();
  ASSERT_EQ(Received(id).reason(), "corrected");
  EXPECT_FALSE(IsGone(city_, key));
}

TEST_F(IdentityFlowTest, ErasedAtItsOriginItIsErasedThere) {
  const std::string record = Named(), id = DueOf(record);
  Cross();
  const ledger::KeyRef there = KeyIn(RowOf(city_, Received(id).record_id()));
  const ledger::KeyRef here = KeyIn(RowOf(welfare_, record));
  EXPECT_FALSE(IsGone(city_, there));
  ASSERT_EQ(welfare_.Erase(record), absl::OkStatus());
  EXPECT_TRUE(IsGone(welfare_, here));
  for (int i = 0; i < 2; ++i) Cross();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_TRUE(IsGone(city_, there));
}

// What could open a share that waits dies with who it is about, and the share with it.
TEST_F(IdentityFlowTest, WhatWasReplacedBeforeTheKeyOpensNothingAnyMore) {
  const std::string record = Named(), id = DueOf(record);
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
  const record::v1::SentExchange before = welfare_.Row(id).row;
  const auto opens = [&] {
    return Look(welfare_, [&](const core::View& view) {
      return core::OpenIdentityKey(view, RowOf(welfare_, record), before).ok();
    });
  };
  EXPECT_TRUE(opens());
  const record::v1::SubjectIdentity other = Person(kOtherSurname);
  ASSERT_EQ(Amend(record, 1, &other), absl::OkStatus());
  EXPECT_FALSE(opens());
  for (int i = 0; i < 2; ++i) Cross();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(welfare_.Row(id).row.sealed_identity_key(), "");
  EXPECT_EQ(Received(id).record_id(), "");
}

}  // namespace
}  // namespace sluis::exchange
