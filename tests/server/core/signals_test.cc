#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "server/core/list_signals.h"
#include "server/core/view.h"
#include "server/ledger/row.h"
#include "tests/support/core_harness.h"
#include "tests/support/use_case_box.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;
using tests::PersonSignal;

class SignalsTest : public ::testing::Test {
 protected:
  SignalsTest() : SignalsTest(tests::HarnessOptions{}) {}
  explicit SignalsTest(tests::HarnessOptions options)
      : h_(std::move(options)),
        jan_(h_.Admit("jan", {"maatschappelijk-werker"})),
        piet_(h_.Admit("piet", {"maatschappelijk-werker", "casemanager"})),
        dpo_(h_.Admit("dpo", {"privacy-officer"})) {}

  std::string Recorded(const record::v1::Signal& signal = PersonSignal()) {
    const auto recorded = h_.Record(jan_, signal);
    EXPECT_EQ(recorded.status, absl::OkStatus());
    return recorded.record_id;
  }
  node::v1::ListSignalsResponse List(const Person& who, uint32_t page = 0,
                                     const std::string& token = "",
                                     const std::string& case_ref = "") {
    node::v1::ListSignalsRequest request;
    node::v1::ListSignalsResponse response;
    *request.mutable_context() = tests::Intake();
    request.set_page_size(page);
    request.set_page_token(token);
    request.set_case_ref(case_ref);
    EXPECT_EQ(h_.Run(who, std::make_shared<ListSignals>(request, response)), absl::OkStatus());
    return response;
  }
  record::v1::StoredRecord Row(const std::string& record_id) {
    const auto row = ledger::SplitRow(**h_.store.Get(RecordKey(record_id)));
    record::v1::StoredRecord stored;
    EXPECT_TRUE(stored.ParseFromString(row->value));
    return stored;
  }

  CoreHarness h_;
  const Person jan_;
  const Person piet_;
  const Person dpo_;
};

TEST_F(SignalsTest, RecordingWritesOneEntryWithAllItsParts) {
  const uint64_t before = h_.size();
  node::v1::RequestContext context = tests::Intake();
  context.set_case_ref("ZAAK-12");
  const auto recorded = h_.Record(jan_, PersonSignal(), context);
  ASSERT_EQ(recorded.status, absl::OkStatus());
  EXPECT_EQ(recorded.record_id.size(), 16u);
  EXPECT_EQ(recorded.retention_until, "2027-10-05");
  ASSERT_EQ(h_.size(), before + 1);

  const Opened entry = h_.Last();
  EXPECT_EQ(entry.leaf_hash, recorded.leaf_hash);
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_COLLECTION);
  EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_DONE);
  EXPECT_EQ(entry.act.method(), "SignalService.RecordSignal");
  EXPECT_EQ(entry.act.purpose(), "signaal-intake");
  EXPECT_EQ(entry.act.basis(), "vl-livc-2021");
  EXPECT_THAT(entry.act.rule_ids(), ElementsAre("P-OPTEKENEN", "R-BEWAARTERMIJN"));
  EXPECT_EQ(entry.act.retention_class(), "log");
  EXPECT_EQ(entry.act.count(), 1u);
  EXPECT_EQ(entry.act.refusal(), "");
  std::vector<std::string> layers;
  for (const auto& digest : entry.act.pack_digests()) layers.push_back(digest.layer());
  EXPECT_THAT(layers, ElementsAre("statutory", "partnership", "effective"));

  EXPECT_EQ(entry.actor.user_id(), "jan");
  EXPECT_EQ(entry.actor.role(), "maatschappelijk-werker");
  EXPECT_EQ(entry.actor.mandate_digest().size(), 32u);
  EXPECT_EQ(entry.actor.certificate_digest(), crypto::View(jan_.facts.certificate_digest));

  EXPECT_THAT(entry.subject.record_ids(), ElementsAre(recorded.record_id));
  EXPECT_EQ(entry.subject.case_ref(), "ZAAK-12");
  EXPECT_EQ(entry.subject.subject_ref(), "dossier-1");
  EXPECT_EQ(entry.subject.version(), 1u);
  EXPECT_EQ(entry.subject.sealed_digest(),
            crypto::View(crypto::Sha256(Row(recorded.record_id).sealed())));

  std::map<std::string, std::string> attributes;
  for (const auto& value : entry.decision.attributes()) attributes[value.name()] = value.value();
  EXPECT_EQ(attributes["action"], "record");
  EXPECT_EQ(attributes["actor.role"], "maatschappelijk-werker");
  EXPECT_EQ(attributes["case.given"], "given");
  EXPECT_EQ(attributes["record.category"], "gedrag-online");
  EXPECT_EQ(attributes["record.age_days"], "0");
  EXPECT_EQ(attributes["actor.is_author"], "true");
  EXPECT_EQ(attributes["from.kind"], "welfare");
  EXPECT_EQ(attributes["subject.minor"], "false");
  size_t supplied = 0;
  for (const auto& attribute : h_.terms.Get()->packs.schema().attributes) {
    supplied += attribute.derivation ? 0 : 1;
  }
  EXPECT_EQ(attributes.size(), supplied) << "every attribute that is not derived";
  EXPECT_EQ(entry.decision.attributes_size(), static_cast<int>(supplied)) << "once";
  EXPECT_THAT(entry.decision.obligations(), ElementsAre(::testing::HasSubstr("365")));
  EXPECT_NE(entry.decision.engine_version(), "");
  // On what it rests: what its rules cite, and the basis under which it was asked.
  std::map<std::string, std::string> cited;
  for (const auto& one : entry.decision.citations()) cited[one.id()] = one.text();
  EXPECT_EQ(cited["eu-gdpr-storage"], "art. 5, lid 1, e), AVG");
  EXPECT_NE(cited[tests::Intake().basis()], "");
  // No words of the signal are anywhere in the entry but its references.
  for (const char* word : {"dagbesteding", "Vaartwijk", "straathoekwerker", "nachtjob"}) {
    EXPECT_EQ(entry.all_bytes.find(word), std::string::npos) << word;
  }
}

TEST_F(SignalsTest, NothingOfASignalIsReadableInTheStore) {
  Recorded();
  h_.store.NewSnapshot()
      ->Scan("", "",
             [](std::string_view key, std::string_view value) {
               for (const char* word :
                    {"dagbesteding", "Vaartwijk", "straathoekwerker", "dossier-1"}) {
                 EXPECT_EQ(value.find(word), std::string_view::npos)
                     << word << " under " << key.substr(0, 1);
                 EXPECT_EQ(key.find(word), std::string_view::npos);
               }
               return true;
             })
      .IgnoreError();
}

TEST_F(SignalsTest, AuthorReadsEverythingAColleagueNotTheContributor) {
  const std::string id = Recorded();
  const auto own = h_.Open(jan_, id);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->content().SerializeAsString(), PersonSignal().content().SerializeAsString());
  EXPECT_EQ(own->recorded_by(), "jan");
  EXPECT_THAT(own->reduced_fields(), IsEmpty());
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_CONSULTATION);

  const auto seen = h_.Open(piet_, id);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->content().contributor(), "");
  EXPECT_THAT(seen->reduced_fields(), ElementsAre("contributor"));
  EXPECT_THAT(seen->granted_fields(), ::testing::Not(::testing::Contains("contributor")));
  EXPECT_EQ(seen->SerializeAsString().find("straathoekwerker"), std::string::npos);
  record::v1::SignalContent expected = PersonSignal().content();
  expected.clear_contributor();
  EXPECT_EQ(seen->content().SerializeAsString(), expected.SerializeAsString());
  EXPECT_THAT(h_.Last().decision.reduced_fields(), ElementsAre("contributor:remove"));

  EXPECT_EQ(CodeOf(h_.Open(dpo_, id, tests::Oversight()).status()), "denied");
  EXPECT_THAT(h_.Last().act.rule_ids(), ElementsAre("F-PRIVACY-INHOUD"));
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(id));
}

TEST_F(SignalsTest, OpeningWhatDoesNotExistIsLoggedWithoutWhatWasAsked) {
  EXPECT_EQ(CodeOf(h_.Open(jan_, std::string(16, 'x')).status()), "not_found");
  EXPECT_THAT(h_.Last().subject.record_ids(), IsEmpty());
  EXPECT_EQ(CodeOf(h_.Open(jan_, "kort").status()), "bad_request");
  EXPECT_EQ(CodeOf(h_.Open(jan_, "").status()), "bad_request");
  EXPECT_EQ(CodeOf(h_.Open(jan_, std::string(1000, 'x')).status()), "bad_request");
}

TEST_F(SignalsTest, AmendingReplacesTheVersion) {
  const std::string id = Recorded();
  record::v1::Signal better = PersonSignal("dossier-1");
  better.mutable_content()->mutable_statements(0)->set_text("kwam twee weken niet");
  const uint64_t before = h_.size();
  h_.clock.Advance(std::chrono::hours(24));
  ASSERT_EQ(h_.Amend(jan_, id, 1, better), absl::OkStatus());
  ASSERT_EQ(h_.size(), before + 1);
  const Opened entry = h_.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ALTERATION);
  EXPECT_EQ(entry.act.reason(), "verbeterd");
  EXPECT_EQ(entry.subject.version(), 2u);
  EXPECT_EQ(entry.subject.sealed_digest(), crypto::View(crypto::Sha256(Row(id).sealed())));
  const auto view = h_.Open(piet_, id);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->version(), 2u);
  EXPECT_EQ(view->content().statements(0).text(), "kwam twee weken niet");
  EXPECT_EQ(view->recorded_by(), "jan");

  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 1, better)), "version_changed");
  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 3, better)), "version_changed");
  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 0, better)), "version_changed");
  EXPECT_EQ(CodeOf(h_.Amend(piet_, id, 2, better)), "denied");
  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 2, better, "ok")), "bad_request");
  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 2, better, std::string(501, 'a'))), "bad_request");
  better.mutable_content()->clear_category();
  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 2, better)), "bad_signal");
  EXPECT_EQ(h_.Open(jan_, id)->version(), 2u) << "no refusal changed anything";
}

// The role is that of the recording, also when the author has another one later.
TEST_F(SignalsTest, AmendingKeepsTheRoleOfTheRecording) {
  const auto role_of = [this](const std::string& id) {
    const auto snapshot = h_.store.NewSnapshot();
    const auto record = View(*snapshot, h_.ledger->keyring()).OpenRecord(id);
    return record.ok() ? (*record)->body.recorded_role() : record.status().ToString();
  };
  const auto recorded = h_.Record(piet_, PersonSignal(), tests::Intake("casemanager"));
  ASSERT_EQ(recorded.status, absl::OkStatus());
  EXPECT_EQ(role_of(recorded.record_id), "casemanager");
  ASSERT_EQ(h_.Amend(piet_, recorded.record_id, 1, PersonSignal()), absl::OkStatus());
  EXPECT_EQ(h_.Last().actor.role(), "maatschappelijk-werker");
  EXPECT_EQ(role_of(recorded.record_id), "casemanager");
}

// A person with two mandates wrote as a helper and shared as case manager, and the other way round.
TEST_F(SignalsTest, WhatWasOnceWrittenInAHelpingRoleStaysSo) {
  const auto mode_of = [this](const std::string& id) {
    const auto snapshot = h_.store.NewSnapshot();
    const auto record = View(*snapshot, h_.ledger->keyring()).OpenRecord(id);
    return record.ok() ? (*record)->body.author_mode() : record.status().ToString();
  };
  const auto recorded = h_.Record(piet_, PersonSignal(), tests::Intake("casemanager"));
  ASSERT_EQ(recorded.status, absl::OkStatus());
  EXPECT_EQ(mode_of(recorded.record_id), "preventive");
  ASSERT_EQ(h_.Amend(piet_, recorded.record_id, 1, PersonSignal()), absl::OkStatus());
  EXPECT_EQ(mode_of(recorded.record_id), "helping") << "amended as a social worker";
  EXPECT_EQ(mode_of(Recorded()), "helping");
}

TEST_F(SignalsTest, WhatWasLookedForIsWrittenDownWithAMandateOnly) {
  record::v1::Signal signal = PersonSignal();
  signal.mutable_content()->set_source_mode(record::v1::SOURCE_MODE_LOOKED_FOR);
  const uint64_t before = h_.size();
  EXPECT_EQ(CodeOf(h_.Record(jan_, signal).status), "denied");
  ASSERT_EQ(h_.size(), before + 1);
  EXPECT_THAT(h_.Last().act.rule_ids(), ::testing::Contains("F-OPGEZOCHT"));
  signal.mutable_content()->set_mandate_reference("OPDR-2026/14");
  const std::string id = Recorded(signal);
  EXPECT_EQ(h_.Open(jan_, id)->content().mandate_reference(), "OPDR-2026/14");
}

TEST_F(SignalsTest, RefusalAboutARecordNamesItUnderItsOwnKey) {
  const std::string id = Recorded();
  ASSERT_EQ(CodeOf(h_.Amend(piet_, id, 1, PersonSignal())), "denied");
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(id));
  ASSERT_EQ(CodeOf(h_.Amend(jan_, id, 7, PersonSignal())), "version_changed");
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(id));
  const uint64_t refusal = h_.size() - 1;
  ASSERT_EQ(h_.Erase(jan_, id), absl::OkStatus());
  EXPECT_EQ(h_.Entries(refusal)[0].subject_state, ledger::OpenedPart::State::kErased);
}

// An amendment can make a signal one that is kept shorter; it can never be kept longer by it.
TEST_F(SignalsTest, AmendingToAMinorShortensRetention) {
  const std::string id = Recorded();
  ASSERT_EQ(Row(id).retention_until(), "2027-10-05");
  record::v1::Signal minor = PersonSignal();
  minor.mutable_content()->set_age_band(record::v1::AGE_BAND_16_TO_17);
  minor.mutable_content()->set_minor(true);
  h_.clock.Advance(std::chrono::hours(24 * 10));
  ASSERT_EQ(h_.Amend(jan_, id, 1, minor), absl::OkStatus());
  EXPECT_EQ(Row(id).retention_until(), "2027-01-03") << "90 days from recording";
  ASSERT_EQ(h_.Amend(jan_, id, 2, PersonSignal()), absl::OkStatus());
  EXPECT_EQ(Row(id).retention_until(), "2027-01-03") << "the strictest stays";
}

TEST_F(SignalsTest, AmendingPutsOnTheMarksThatTheRulesAskFor) {
  const std::string id = Recorded();
  record::v1::Signal red = PersonSignal();
  red.mutable_marks()->set_tlp(record::v1::TLP_RED);
  const std::string recorded_red = h_.Record(jan_, red).record_id;
  ASSERT_TRUE(h_.Open(jan_, recorded_red)->marks().no_onward()) << "R-ROOD";
  ASSERT_EQ(h_.Amend(jan_, id, 1, red), absl::OkStatus());
  EXPECT_TRUE(h_.Open(jan_, id)->marks().no_onward());
  // And what is on stays on.
  ASSERT_EQ(h_.Amend(jan_, id, 2, PersonSignal()), absl::OkStatus());
  EXPECT_TRUE(h_.Open(jan_, id)->marks().no_onward());
}

TEST_F(SignalsTest, WithdrawnIsNoLongerRead) {
  const std::string id = Recorded();
  EXPECT_EQ(CodeOf(h_.Withdraw(piet_, id)), "denied");
  EXPECT_EQ(CodeOf(h_.Withdraw(jan_, id, "a")), "bad_request");
  ASSERT_EQ(h_.Withdraw(jan_, id), absl::OkStatus());
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_ALTERATION);
  EXPECT_EQ(h_.Last().act.reason(), "teruggenomen");
  EXPECT_EQ(CodeOf(h_.Open(jan_, id).status()), "withdrawn");
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(CodeOf(h_.Open(piet_, id).status()), "withdrawn");
  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 1, PersonSignal())), "withdrawn");
  EXPECT_EQ(CodeOf(h_.Withdraw(jan_, id)), "withdrawn");
  ASSERT_EQ(List(jan_).signals_size(), 1);
  EXPECT_EQ(List(jan_).signals(0).state(), record::v1::RECORD_STATE_WITHDRAWN);
  EXPECT_EQ(h_.Erase(jan_, id), absl::OkStatus());
}

TEST_F(SignalsTest, IllFormedSignalIsRefusedByFieldWithoutItsValue) {
  record::v1::Signal signal = PersonSignal();
  signal.mutable_content()->set_category("ideologie");
  const auto recorded = h_.Record(jan_, signal);
  EXPECT_EQ(CodeOf(recorded.status), "bad_signal");
  EXPECT_EQ(std::string(recorded.status.message()).substr(0, 9), "category:");
  EXPECT_EQ(h_.Last().all_bytes.find("ideologie"), std::string::npos);
}

// A reason stays in the act part for good, whatever is erased.
TEST_F(SignalsTest, ReasonWithARegisterNumberIsRefused) {
  const std::string id = Recorded();
  const std::string reason = "vergissing bij 85.07.30-033.28, zie dossier";
  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 1, PersonSignal(), reason)), "bad_request");
  EXPECT_EQ(CodeOf(h_.Withdraw(jan_, id, reason)), "bad_request");
  EXPECT_EQ(CodeOf(h_.Erase(jan_, id, reason)), "bad_request");
  EXPECT_EQ(CodeOf(h_.Hold(dpo_, id, true, "2026-12-01", reason)), "bad_request");
  for (const Opened& entry : h_.Entries()) {
    EXPECT_EQ(entry.all_bytes.find("033.28"), std::string::npos);
  }
}

TEST_F(SignalsTest, ListShowsNoContentAndIsOneEntry) {
  const std::string first = Recorded();
  h_.clock.Advance(std::chrono::seconds(1));
  const std::string second = Recorded(tests::PlaceSignal());
  h_.clock.Advance(std::chrono::seconds(1));
  node::v1::RequestContext context = tests::Intake();
  context.set_case_ref("ZAAK-9");
  const std::string third = h_.Record(jan_, PersonSignal(), context).record_id;

  const uint64_t before = h_.size();
  const auto list = List(piet_);
  ASSERT_EQ(h_.size(), before + 1);
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_CONSULTATION);
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(third, second, first)) << "newest first";
  ASSERT_EQ(list.signals_size(), 3);
  EXPECT_EQ(list.next_page_token(), "");
  EXPECT_EQ(list.signals(0).record_id(), third);
  EXPECT_EQ(list.signals(0).case_ref(), "ZAAK-9");
  EXPECT_EQ(list.signals(0).category(), "gedrag-online");
  EXPECT_EQ(list.signals(1).subject_kind(), record::v1::SUBJECT_KIND_PLACE);
  EXPECT_EQ(list.signals(0).recorded_on(), "2026-10-05");
  for (const char* word : {"dagbesteding", "Vaartwijk", "straathoekwerker", "dossier-1"}) {
    EXPECT_EQ(list.SerializeAsString().find(word), std::string::npos) << word;
  }
  EXPECT_THAT(List(piet_, 0, "", "ZAAK-9").signals_size(), 1);
  EXPECT_THAT(List(piet_, 0, "", "ZAAK-8").signals_size(), 0);
}

TEST_F(SignalsTest, ListGoesOnFromItsToken) {
  std::vector<std::string> recorded;
  for (int i = 0; i < 7; ++i) {
    recorded.insert(recorded.begin(), Recorded());
    h_.clock.Advance(std::chrono::seconds(1));
  }
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto list = List(jan_, 3, token);
    EXPECT_LE(list.signals_size(), 3);
    for (const auto& signal : list.signals()) seen.push_back(signal.record_id());
    token = list.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(seen, recorded);

  node::v1::ListSignalsRequest wrong;
  *wrong.mutable_context() = tests::Intake();
  wrong.set_page_size(201);
  EXPECT_EQ(CodeOf(h_.Run(jan_, tests::Boxed<ListSignals, node::v1::ListSignalsResponse>(wrong))),
            "bad_request");
  wrong.set_page_size(0);
  wrong.set_page_token("x");
  EXPECT_EQ(CodeOf(h_.Run(jan_, tests::Boxed<ListSignals, node::v1::ListSignalsResponse>(wrong))),
            "bad_page_token");
  wrong.clear_page_token();
  wrong.set_case_ref("Jan Janssens");
  EXPECT_EQ(CodeOf(h_.Run(jan_, tests::Boxed<ListSignals, node::v1::ListSignalsResponse>(wrong))),
            "bad_request");
  EXPECT_EQ(h_.Last().all_bytes.find("Janssens"), std::string::npos);
}

TEST_F(SignalsTest, ListOfARegisterNumberIsRefusedAndNotWrittenDown) {
  node::v1::ListSignalsRequest request;
  *request.mutable_context() = tests::Intake();
  request.set_case_ref("85-07-30-033-28");
  EXPECT_EQ(CodeOf(h_.Run(jan_, tests::Boxed<ListSignals, node::v1::ListSignalsResponse>(request))),
            "bad_request");
  request.mutable_context()->set_case_ref("85-07-30-033-28");
  request.clear_case_ref();
  EXPECT_EQ(CodeOf(h_.Run(jan_, tests::Boxed<ListSignals, node::v1::ListSignalsResponse>(request))),
            "no_case_ref");
  EXPECT_EQ(h_.Last().all_bytes.find("033-28"), std::string::npos);
}

// A row that answers for another record would make the log name the wrong one.
TEST_F(SignalsTest, RowCopiedUnderAnotherIdIsNotOpened) {
  const std::string a = Recorded(), b = Recorded(PersonSignal("dossier-2"));
  h_.store.Tamper(RecordKey(b), **h_.store.Get(RecordKey(a)));
  EXPECT_EQ(h_.Open(jan_, b).status().code(), absl::StatusCode::kDataLoss);
  // The same with the id in the row put right: what is sealed says to which record it belongs.
  record::v1::StoredRecord row = Row(a);
  row.set_record_id(b);
  h_.store.Tamper(RecordKey(b), ledger::JoinRow(1, row.SerializeAsString()));
  EXPECT_EQ(h_.Open(jan_, b).status().code(), absl::StatusCode::kDataLoss);
}

class NarrowPackTest : public SignalsTest {
 protected:
  NarrowPackTest()
      : SignalsTest(
            {.pack_edits = {
                 {"grants: [category, onlife, observed_on, place]\n    because: "
                  "{nl: \"dit kan omdat een lijst",
                  "grants: [onlife]\n    because: {nl: \"dit kan omdat een lijst"},
                 {"granted: [category, onlife, observed_on, place]", "granted: [onlife]"}}}) {}
};

TEST_F(NarrowPackTest, ListShowsOnlyWhatTheRulesGrant) {
  Recorded();
  const auto list = List(jan_);
  ASSERT_EQ(list.signals_size(), 1);
  EXPECT_EQ(list.signals(0).category(), "");
  EXPECT_EQ(list.signals(0).onlife(), record::v1::ONLIFE_ONLINE);
}

class OutOfDateTest : public SignalsTest {};

TEST_F(OutOfDateTest, NothingIsPermittedWhenThePacksAreNotValid) {
  const std::string id = Recorded();
  h_.clock.SetNowUs(1'830'000'000'000'000);  // December 2027
  ASSERT_EQ(h_.AddMandate(
                h_.administrator,
                tests::SignMandate(h_.Mandate(jan_, {"maatschappelijk-werker"}), h_.mandate_key)),
            absl::OkStatus());
  EXPECT_EQ(CodeOf(h_.Open(jan_, id).status()), "not_evaluated");
  EXPECT_EQ(h_.Last().act.outcome(), record::v1::OUTCOME_REFUSED);
  EXPECT_EQ(CodeOf(h_.Record(jan_, PersonSignal()).status), "not_evaluated");
}

}  // namespace
}  // namespace sluis::core
