// A signal about a person whom somebody named: where the name lies, who reads it, how it goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "server/core/amend_signal.h"
#include "server/core/node_acts.h"
#include "server/core/open_identity.h"
#include "server/core/record_signal.h"
#include "server/ledger/row.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;
using tests::PersonSignal;
using tests::PlaceSignal;

constexpr char kSurname[] = "Ouwelandse";
constexpr char kOtherSurname[] = "Terneuzense";

record::v1::SubjectIdentity Named(const std::string& surname = kSurname) {
  record::v1::SubjectIdentity identity;
  identity.set_surname(surname);
  identity.set_given("Lena");
  identity.set_born("14/3/1985");
  return identity;
}

class IdentitySignalTest : public ::testing::Test {
 protected:
  // The author reads back whom she named.
  static tests::HarnessOptions Granting() {
    return {.pack_edits = {{"  - id: P-LIJST\n",
                            "  - id: P-WIE\n    effect: permit\n"
                            "    who: {actor.role: maatschappelijk-werker, actor.is_author: true}\n"
                            "    do: {action: read}\n"
                            "    why: {purpose: signaal-intake, basis: vl-livc-2021}\n"
                            "    when: {side: local}\n    grants: [identity]\n"
                            "    because: {nl: \"wie je zelf noemde\"}\n  - id: P-LIJST\n"}}};
  }
  explicit IdentitySignalTest(tests::HarnessOptions options = Granting())
      : h_(std::move(options)) {}

  absl::Status Record(const record::v1::Signal& signal, const record::v1::SubjectIdentity& identity,
                      std::string* id = nullptr) {
    node::v1::RecordSignalRequest request;
    node::v1::RecordSignalResponse response;
    *request.mutable_context() = tests::Intake();
    *request.mutable_signal() = signal;
    *request.mutable_identity() = identity;
    const absl::Status status =
        h_.Run(jan_, std::make_shared<RecordSignal>(request, response, h_.random));
    if (id != nullptr) *id = response.record_id();
    return status;
  }
  std::string Recorded(const record::v1::SubjectIdentity& identity = Named()) {
    std::string id;
    EXPECT_EQ(Record(PersonSignal(), identity, &id), absl::OkStatus());
    return id;
  }
  absl::StatusOr<record::v1::SubjectIdentity> WhoIs(const Person& who, const std::string& id) {
    node::v1::OpenIdentityRequest request;
    node::v1::OpenIdentityResponse response;
    *request.mutable_context() = tests::Intake();
    request.set_record_id(id);
    const absl::Status status = h_.Run(who, std::make_shared<OpenIdentity>(request, response));
    if (!status.ok()) {
      EXPECT_FALSE(response.has_identity()) << "a refusal released a name";
      return status;
    }
    return response.identity();
  }
  absl::Status Amend(const std::string& id, uint32_t version,
                     const std::function<void(node::v1::AmendSignalRequest&)>& change) {
    node::v1::AmendSignalRequest request;
    node::v1::AmendSignalResponse response;
    *request.mutable_context() = tests::Intake();
    request.set_record_id(id);
    request.set_version(version);
    *request.mutable_signal() = PersonSignal();
    request.set_reason("verbeterd");
    change(request);
    return h_.Run(jan_, std::make_shared<AmendSignal>(request, response));
  }
  record::v1::StoredRecord Row(const std::string& id) {
    record::v1::StoredRecord row;
    EXPECT_TRUE(row.ParseFromString(ledger::SplitRow(**h_.store.Get(RecordKey(id)))->value));
    return row;
  }
  static ledger::KeyRef KeyIn(const record::v1::StoredRecord& row) {
    return {row.identity().bucket(), crypto::ToFixed<16>(row.identity().key_id()).value()};
  }
  absl::Status Unwrapped(const ledger::KeyRef& key) {
    return h_.ledger->keyring().Unwrap(*h_.store.NewSnapshot(), key).status();
  }
  // Whether these bytes stand anywhere in the store, or in any part of any entry.
  bool AnywhereInPlain(std::string_view bytes) {
    bool found = false;
    EXPECT_EQ(h_.store.NewSnapshot()->Scan("", std::string(8, '\xff'),
                                           [&](std::string_view key, std::string_view value) {
                                             found = found || value.find(bytes) != value.npos ||
                                                     key.find(bytes) != key.npos;
                                             return true;
                                           }),
              absl::OkStatus());
    for (const Opened& entry : h_.Entries()) {
      found = found || entry.all_bytes.find(bytes) != std::string::npos;
    }
    return found;
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person piet_ = h_.Admit("piet", {"maatschappelijk-werker"});
  const Person dpo_ = h_.Admit("dpo", {"privacy-officer"});
};

class ShippedIdentityTest : public IdentitySignalTest {
 protected:
  ShippedIdentityTest() : IdentitySignalTest(tests::HarnessOptions{}) {}
};

TEST_F(IdentitySignalTest, ItLiesSealedUnderAKeyOfItsOwnAndNowhereElse) {
  const std::string id = Recorded();
  const record::v1::StoredRecord row = Row(id);
  ASSERT_TRUE(row.has_identity());
  EXPECT_NE(row.identity().key_id(), row.key_id());
  EXPECT_EQ(h_.Last().subject.identity_digest(),
            crypto::View(crypto::Sha256(row.identity().sealed())));
  const auto view = h_.Open(jan_, id);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->SerializeAsString().find(kSurname), std::string::npos)
      << "opening the signal shows nobody";
  ASSERT_TRUE(WhoIs(jan_, id).ok());
  EXPECT_FALSE(AnywhereInPlain(kSurname));
  EXPECT_FALSE(AnywhereInPlain("1985-03-14"));
  // Nor does it lie under the key of the content.
  const auto record = View(*h_.store.NewSnapshot(), h_.ledger->keyring()).OpenRecord(id);
  EXPECT_EQ((*record)->body.SerializeAsString().find(kSurname), std::string::npos);
}

TEST_F(IdentitySignalTest, ASignalWithoutOneStaysPossible) {
  const std::string id = h_.Record(jan_, PersonSignal()).record_id;
  EXPECT_FALSE(Row(id).has_identity());
  EXPECT_EQ(h_.Last().subject.identity_digest(), "");
  EXPECT_EQ(CodeOf(WhoIs(jan_, id).status()), "no_identity");
  EXPECT_EQ(h_.Record(jan_, PlaceSignal()).status, absl::OkStatus());
}

TEST_F(IdentitySignalTest, ReadingItIsAnActOfItsOwnWhichTheRulesDecide) {
  const std::string id = Recorded();
  const uint64_t before = h_.size();
  const auto identity = WhoIs(jan_, id);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->surname(), kSurname);
  EXPECT_EQ(identity->born(), "1985-03-14");
  ASSERT_EQ(h_.size(), before + 1);
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_CONSULTATION);
  EXPECT_EQ(h_.Last().act.method(), "SignalService.OpenIdentity");
  EXPECT_THAT(h_.Last().act.rule_ids(), ::testing::Contains("P-WIE"));
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(id));

  // Piet reads the signal and not who it is about; that there is one, he is not told.
  EXPECT_TRUE(h_.Open(piet_, id).ok());
  EXPECT_EQ(CodeOf(WhoIs(piet_, id).status()), "identity_not_granted");
  EXPECT_EQ(h_.Last().act.outcome(), record::v1::OUTCOME_DENIED);
  EXPECT_EQ(h_.Last().act.refusal(), "identity_not_granted");
  const std::string without = h_.Record(jan_, PersonSignal()).record_id;
  EXPECT_EQ(CodeOf(WhoIs(piet_, without).status()), "identity_not_granted");
  EXPECT_EQ(CodeOf(WhoIs(jan_, std::string(16, 'x')).status()), "not_found");
  EXPECT_EQ(CodeOf(WhoIs(jan_, "short").status()), "bad_request");
  ASSERT_EQ(h_.Withdraw(jan_, id), absl::OkStatus());
  EXPECT_EQ(CodeOf(WhoIs(jan_, id).status()), "withdrawn");
}

TEST_F(ShippedIdentityTest, NoShippedRuleLetsAnybodyReadIt) {
  const std::string id = Recorded();
  EXPECT_EQ(CodeOf(WhoIs(jan_, id).status()), "identity_not_granted");
}

TEST_F(IdentitySignalTest, FaultsNameTheFieldAndWriteNothing) {
  const uint64_t before = h_.size();
  const absl::Status place = Record(PlaceSignal(), Named());
  EXPECT_EQ(CodeOf(place), "bad_signal");
  EXPECT_EQ(tests::DetailOf(place).field(), "identity");
  record::v1::SubjectIdentity numbered = Named();
  numbered.set_national_number("85.07.30-033.28");
  const absl::Status number = Record(PersonSignal(), numbered);
  EXPECT_EQ(tests::DetailOf(number).field(), "identity.national_number");
  EXPECT_EQ(tests::DetailOf(Record(PersonSignal(), Named("L3"))).field(), "identity.surname");
  EXPECT_EQ(h_.size(), before + 3) << "three refusals";
  for (const Opened& entry : h_.Entries(before)) {
    EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_REFUSAL);
  }
  EXPECT_FALSE(AnywhereInPlain(kSurname));
  EXPECT_FALSE(AnywhereInPlain("85073003328"));

  auto terms = h_.MakeTerms();
  terms->exercise = true;
  terms->identity_kinds = identity::KeyKinds().With(identity::KeyKind::kNationalNumber);
  ASSERT_EQ(h_.PutTerms(terms), absl::OkStatus());
  const auto identity = WhoIs(jan_, Recorded(numbered));
  EXPECT_EQ(identity->national_number(), "85073003328");
}

TEST_F(IdentitySignalTest, ACorrectionLeavesReplacesOrDestroysIt) {
  const std::string id = Recorded();
  const ledger::KeyRef first = KeyIn(Row(id));
  ASSERT_EQ(Amend(id, 1, [](auto&) {}), absl::OkStatus());
  EXPECT_EQ(WhoIs(jan_, id)->surname(), kSurname) << "a correction of the rest leaves it";
  EXPECT_EQ(Unwrapped(first), absl::OkStatus());

  ASSERT_EQ(Amend(id, 2, [](auto& r) { *r.mutable_identity() = Named(kOtherSurname); }),
            absl::OkStatus());
  EXPECT_EQ(h_.Last().act.erased_everywhere_on(), "2026-10-20") << "the key of who it was not";
  EXPECT_EQ(h_.Last().subject.identity_digest(),
            crypto::View(crypto::Sha256(Row(id).identity().sealed())));
  EXPECT_EQ(WhoIs(jan_, id)->surname(), kOtherSurname);
  EXPECT_TRUE(absl::IsNotFound(Unwrapped(first)));
  EXPECT_TRUE(h_.Open(jan_, id).ok());

  const ledger::KeyRef second = KeyIn(Row(id));
  const auto place = [](auto& r) { *r.mutable_signal() = PlaceSignal(); };
  const absl::Status half = Amend(id, 3, place);
  EXPECT_EQ(tests::DetailOf(half).field(), "remove_identity") << "a place is nobody";
  const absl::Status both = Amend(id, 3, [](auto& r) {
    *r.mutable_identity() = Named();
    r.set_remove_identity(true);
  });
  EXPECT_EQ(tests::DetailOf(both).field(), "remove_identity");
  EXPECT_EQ(Unwrapped(second), absl::OkStatus());
  ASSERT_EQ(Amend(id, 3,
                  [&](auto& r) {
                    place(r);
                    r.set_remove_identity(true);
                  }),
            absl::OkStatus());
  EXPECT_FALSE(Row(id).has_identity());
  EXPECT_TRUE(absl::IsNotFound(Unwrapped(second)));
  EXPECT_EQ(CodeOf(WhoIs(jan_, id).status()), "no_identity");
  // None was there: adding one later is a correction like any other.
  const std::string later = h_.Record(jan_, PersonSignal()).record_id;
  ASSERT_EQ(Amend(later, 1, [](auto& r) { *r.mutable_identity() = Named(); }), absl::OkStatus());
  EXPECT_EQ(h_.Last().act.erased_everywhere_on(), "") << "nothing went";
  EXPECT_EQ(WhoIs(jan_, later)->surname(), kSurname);
}

TEST_F(IdentitySignalTest, AHoldKeepsItToo) {
  const std::string id = Recorded();
  ASSERT_EQ(h_.Hold(dpo_, id, true), absl::OkStatus());
  EXPECT_EQ(WhoIs(jan_, id)->surname(), kSurname) << "acts that rewrite the row carry it along";
  EXPECT_EQ(CodeOf(Amend(id, 1, [](auto& r) { r.set_remove_identity(true); })), "held");
  EXPECT_EQ(CodeOf(Amend(id, 1, [](auto& r) { *r.mutable_identity() = Named(kOtherSurname); })),
            "held");
  EXPECT_EQ(WhoIs(jan_, id)->surname(), kSurname);
  ASSERT_EQ(h_.Hold(dpo_, id, false), absl::OkStatus());
  EXPECT_EQ(Amend(id, 1, [](auto& r) { r.set_remove_identity(true); }), absl::OkStatus());
}

TEST_F(IdentitySignalTest, ErasingTheRecordDestroysIt) {
  const std::string id = Recorded(), kept = Recorded(Named(kOtherSurname));
  const ledger::KeyRef key = KeyIn(Row(id));
  ASSERT_EQ(h_.Erase(jan_, id), absl::OkStatus());
  EXPECT_FALSE(Row(id).has_identity());
  EXPECT_TRUE(absl::IsNotFound(Unwrapped(key)));
  EXPECT_EQ(CodeOf(WhoIs(jan_, id).status()), "not_found");
  EXPECT_EQ(WhoIs(jan_, kept)->surname(), kOtherSurname) << "survivors open";
}

TEST_F(IdentitySignalTest, RetentionDestroysItAlsoWhereTheBodyCannotBeOpened) {
  const std::string id = Recorded();
  record::v1::StoredRecord row = Row(id);
  const ledger::KeyRef key = KeyIn(row);
  row.mutable_sealed()->back() = static_cast<char>(row.sealed().back() ^ 1);
  const uint64_t stamp = ledger::SplitRow(**h_.store.Get(RecordKey(id)))->stamp;
  h_.store.Tamper(RecordKey(id), ledger::JoinRow(stamp, row.SerializeAsString()));
  h_.clock.Advance(std::chrono::hours(24 * 400));
  ASSERT_EQ(h_.executor->RunAsNodeAndWait(std::make_shared<ErasePastRetention>(id)),
            absl::OkStatus());
  EXPECT_TRUE(absl::IsNotFound(Unwrapped(key)));
}

// A row changed behind the node's back names the key of another person: that one does not go.
TEST_F(IdentitySignalTest, ARowThatNamesTheKeyOfAnotherTakesItNot) {
  const std::string id = Recorded(), other = Recorded(Named(kOtherSurname));
  record::v1::StoredRecord row = Row(id);
  *row.mutable_identity() = Row(other).identity();
  const uint64_t stamp = ledger::SplitRow(**h_.store.Get(RecordKey(id)))->stamp;
  h_.store.Tamper(RecordKey(id), ledger::JoinRow(stamp, row.SerializeAsString()));
  EXPECT_FALSE(WhoIs(jan_, id).ok()) << "nor is it shown as that of this record";
  EXPECT_FALSE(h_.Erase(jan_, id).ok());
  EXPECT_EQ(WhoIs(jan_, other)->surname(), kOtherSurname);
}

// After a restore: keys that came back with the copy go again, with the record and alone.
TEST_F(IdentitySignalTest, WhatARestoreBringsBackGoesAgain) {
  const std::string whole = Recorded(), alone = Recorded(Named(kOtherSurname));
  const record::v1::StoredRecord row = Row(whole);
  const ledger::KeyRef body{row.bucket(), crypto::ToFixed<16>(row.key_id()).value()};
  const ledger::KeyRef both[] = {KeyIn(row), KeyIn(Row(alone))};
  const uint64_t before = h_.size();
  ASSERT_EQ(h_.executor->RunAsNodeAndWait(
                std::make_shared<EraseAgain>(std::vector{body, both[0], both[1]})),
            absl::OkStatus());
  EXPECT_EQ(h_.size(), before + 2) << "the record with who it is about, and the other alone";
  for (const ledger::KeyRef& key : both) EXPECT_TRUE(absl::IsNotFound(Unwrapped(key)));
  EXPECT_FALSE(Row(whole).has_identity());
  EXPECT_TRUE(h_.Open(jan_, alone).ok());
  EXPECT_EQ(CodeOf(WhoIs(jan_, alone).status()), "no_identity");
  EXPECT_EQ(h_.Erase(jan_, alone), absl::OkStatus()) << "what is gone does not hold the rest up";
}

}  // namespace
}  // namespace sluis::core
