// The decisions of two cores that really record, refuse, share and erase, made again from their
// exports and the shipped packs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "client/lib/replay_log.h"
#include "crypto/bytes.h"
#include "policies/pack_yaml.h"
#include "tests/integration/crossing.h"
#include "tests/support/export_builder.h"
#include "tests/support/shipped_packs.h"

namespace sluis::tests {
namespace {

using client::ReplayReport;
using client::ReplayVerdict;
using client::RulePacks;
using policies::kPartnershipPack;
using policies::kStatutoryPack;

RulePacks Packs(std::initializer_list<std::pair<std::string_view, std::string>> texts) {
  RulePacks packs;
  for (const auto& [name, text] : texts) {
    absl::StatusOr<policies::Pack> pack = policies::ParsePack(name, text);
    EXPECT_TRUE(pack.ok()) << pack.status();
    packs.Add(*std::move(pack));
  }
  return packs;
}

std::string Text(std::string_view path) { return policies::ReadSourceFile(path); }

RulePacks Shipped() {
  return Packs({{"statutory", Text(kStatutoryPack)}, {"partnership", Text(kPartnershipPack)}});
}

std::string Export(CoreHarness& h, bool decisions = true) {
  h.ledger->Tick();
  node::v1::OpenParts open;
  open.set_subject(true);
  open.set_decision(decisions);
  core::ExportStream stream(*h.ledger, h.ledger->checkpoint(), open, false);
  return Crossing::Rest(stream);
}

ReplayReport Replay(const std::string& bytes, RulePacks packs = Shipped()) {
  std::istringstream input(bytes);
  auto report = client::ReplayLog(input, packs);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *std::move(report) : ReplayReport();
}

// What is not as it should be, in words.
std::string Told(const ReplayReport& report) {
  std::string out;
  for (const client::Replayed& one : report.listed) {
    out += std::to_string(one.index) + " " + std::string(ReplayVerdictName(one.verdict)) + " " +
           std::string(one.why) + one.name;
    for (const std::string_view word : one.differs) out += " " + std::string(word);
    out += "; ";
  }
  return out;
}

class ReplayFlowTest : public ::testing::Test {
 protected:
  // Decisions of every outcome at the welfare organisation, and of taking and opening at the city.
  ReplayFlowTest() {
    CoreHarness& h = two_.welfare.h;
    const Person worker = h.Admit("wim", {"maatschappelijk-werker"});
    const Person officer = h.Admit("lien", {"privacy-officer"});
    const CoreHarness::Recorded first = h.Record(worker, PersonSignal());
    EXPECT_TRUE(first.status.ok()) << first.status;
    EXPECT_TRUE(h.Open(worker, first.record_id).ok());
    EXPECT_TRUE(h.Record(worker, PlaceSignal()).status.ok());
    // For a purpose for which nothing permits it, and as somebody who may do nothing of the kind.
    node::v1::RequestContext other = Intake();
    other.set_purpose("doorverwijzing-hulp");
    EXPECT_EQ(CodeOf(h.Open(worker, first.record_id, other).status()), "denied");
    // A word that no pack knows is not written down.
    other.set_purpose("ergens voor");
    EXPECT_FALSE(h.Open(worker, first.record_id, other).ok());
    // Permitted, and refused for another reason: held.
    EXPECT_EQ(h.Hold(officer, first.record_id, true), absl::OkStatus());
    held_erasure_ = CodeOf(h.Erase(worker, first.record_id));
    EXPECT_EQ(h.Hold(officer, first.record_id, false), absl::OkStatus());
    EXPECT_EQ(CodeOf(h.Erase(worker, first.record_id, "x")), "bad_request");
    // Shared and opened there; shared and taken back; shared and never answered.
    const std::string shared = two_.Due();
    two_.Cross();
    EXPECT_EQ(two_.Sent(shared), record::v1::SENT_STATE_OPENED);
    const Person reader = two_.city.h.Admit("els", {"maatschappelijk-werker"});
    EXPECT_TRUE(two_.city.h.Open(reader, two_.Received(shared).record_id()).ok());
    EXPECT_EQ(two_.welfare.Withdraw(two_.Due(), true), absl::OkStatus());
    // Who shared it is registered no more when it would leave: the rules are not asked again.
    two_.Due();
    EXPECT_EQ(h.RevokeUser(h.administrator, "jan"), absl::OkStatus());
    two_.SendFromWelfare();
    EXPECT_EQ(h.Erase(worker, first.record_id), absl::OkStatus());
  }

  Crossing two_;
  std::string held_erasure_;
};

TEST_F(ReplayFlowTest, EveryDecisionOfBothIsEqual) {
  EXPECT_EQ(held_erasure_, "held");
  for (CoreHarness* h : {&two_.welfare.h, &two_.city.h}) {
    const ReplayReport report = Replay(Export(*h));
    EXPECT_TRUE(report.verification.ok());
    EXPECT_TRUE(report.exercise);
    EXPECT_EQ(report.verification.entries, h->size());
    EXPECT_EQ(report.listed_total(), 0u) << Told(report);
    EXPECT_EQ(report.Total(ReplayVerdict::kEqual) + report.Total(ReplayVerdict::kNoDecision),
              h->size());
  }
  // Each kind of outcome is among them, or this says nothing.
  std::map<record::v1::Outcome, int> outcomes;
  for (const Opened& entry : two_.welfare.h.Entries()) {
    if (entry.decision.attributes_size() > 0) ++outcomes[entry.act.outcome()];
  }
  EXPECT_GE(outcomes[record::v1::OUTCOME_DONE], 8);
  EXPECT_GE(outcomes[record::v1::OUTCOME_DENIED], 1);
  EXPECT_GE(outcomes[record::v1::OUTCOME_REFUSED], 1);
  EXPECT_GE(outcomes[record::v1::OUTCOME_HELD], 1);
  const ReplayReport city = Replay(Export(two_.city.h));
  EXPECT_GE(city.Total(ReplayVerdict::kEqual), 3u) << "taken, opened, read";
}

// What was decided about a record survives it: vocabulary only, under a key that stays.
TEST_F(ReplayFlowTest, AnErasedRecordIsReplayedLikeAnother) {
  const ReplayReport report = Replay(Export(two_.welfare.h));
  EXPECT_GE(report.verification.erased_total, 3u);
  EXPECT_EQ(report.listed_total(), 0u) << Told(report);
}

TEST_F(ReplayFlowTest, APackLeftOutIsMissing) {
  const std::string bytes = Export(two_.welfare.h);
  const ReplayReport whole = Replay(bytes);
  const ReplayReport report = Replay(bytes, Packs({{"statutory", Text(kStatutoryPack)}}));
  EXPECT_EQ(report.Total(ReplayVerdict::kPackMissing), whole.Total(ReplayVerdict::kEqual));
  EXPECT_EQ(report.Total(ReplayVerdict::kEqual), 0u);
  ASSERT_EQ(report.missing.size(), 1u);
  EXPECT_EQ(report.missing.begin()->first.first, policies::Layer::kPartnership);
  EXPECT_EQ(report.missing.begin()->first.second,
            *two_.welfare.h.terms.Get()->packs.digests().partnership);
}

// A changed pack is another pack: it stands in for nothing.
TEST_F(ReplayFlowTest, AChangedPackIsNotTheOneThatWasInForce) {
  std::string changed = Text(kPartnershipPack);
  const size_t at = changed.find("P180D");
  ASSERT_NE(at, std::string::npos);
  changed.replace(at, 5, "P170D");
  const ReplayReport report =
      Replay(Export(two_.welfare.h),
             Packs({{"statutory", Text(kStatutoryPack)}, {"partnership", changed}}));
  EXPECT_GT(report.Total(ReplayVerdict::kPackMissing), 0u);
  EXPECT_EQ(report.Total(ReplayVerdict::kEqual), 0u);
}

// Packs of before and after stand beside each other; each entry finds its own.
TEST(ReplayAcrossPacksTest, EachEntryFindsThePacksOfItsTime) {
  CoreHarness h;
  const Person worker = h.Admit("nele", {"maatschappelijk-werker"});
  ASSERT_TRUE(h.Record(worker, PersonSignal()).status.ok());
  const CoreHarness other(
      {.seed = 99, .pack_edits = {{"zelf signalen optekent", "zelf optekent"}}});
  auto terms = h.MakeTerms();
  terms->packs = other.terms.Get()->packs;
  ASSERT_EQ(h.PutTerms(terms), absl::OkStatus());
  ASSERT_TRUE(h.Record(worker, PersonSignal()).status.ok());
  const std::string bytes = Export(h);
  const ReplayReport before = Replay(bytes);
  EXPECT_EQ(before.Total(ReplayVerdict::kEqual), 1u);
  EXPECT_EQ(before.Total(ReplayVerdict::kPackMissing), 1u);
  RulePacks both = Shipped();
  for (const policies::Pack& pack : terms->packs.layers()) both.Add(pack);
  const ReplayReport report = Replay(bytes, std::move(both));
  EXPECT_EQ(report.Total(ReplayVerdict::kEqual), 2u) << Told(report);
}

TEST_F(ReplayFlowTest, WithTheDecisionsClosedNothingIsReplayed) {
  const ReplayReport report = Replay(Export(two_.welfare.h, false));
  EXPECT_EQ(report.Total(ReplayVerdict::kNotReplayable), two_.welfare.h.size());
  EXPECT_EQ(report.obstacles.at("closed").count(), two_.welfare.h.size());
}

// The same entries as a log that somebody with the key of the log made anew: leaves, tree and
// signature hold.
class RewrittenLogTest : public ReplayFlowTest {
 protected:
  RewrittenLogTest() : key_(RandomKey(generator_)) {
    const std::string bytes = Export(two_.welfare.h);
    std::istringstream input(bytes);
    client::ExportReader reader(input);
    built_.origin = reader.ReadHeader()->origin;
    built_.verifier_key = VerifierKeyText(built_.origin, key_);
    client::ExportEntry entry;
    for (uint64_t index = 0; reader.Next(entry).ok(); ++index) Copy(index, entry);
  }

  void Copy(uint64_t index, const client::ExportEntry& entry) {
    BuiltEntry& copy = built_.entries.emplace_back();
    copy.index = index;
    crypto::Reader leaf(entry.leaf.substr(16));
    leaf.U64(&copy.logged_at_us);
    for (size_t i = 0; i < client::kLogPartCount; ++i) {
      const client::ExportPart& part = entry.parts[i];
      copy.commitments[i] = std::string(entry.leaf.substr(24 + 32 * i, 32));
      copy.parts[i] = {static_cast<uint8_t>(part.state), std::string(part.salt),
                       std::string(part.bytes), part.erased_by};
    }
  }
  // The first decision that grants fields.
  BuiltEntry& Granting() {
    for (BuiltEntry& entry : built_.entries) {
      record::v1::DecisionPart part;
      part.ParseFromString(entry.parts[3].bytes);
      if (part.granted_fields_size() > 0) return entry;
    }
    ADD_FAILURE() << "no decision grants a field";
    return built_.entries.front();
  }
  void Change(BuiltEntry& entry, const std::function<void(record::v1::DecisionPart&)>& how) {
    record::v1::DecisionPart part;
    ASSERT_TRUE(part.ParseFromString(entry.parts[3].bytes));
    how(part);
    entry.parts[3].bytes = part.SerializeAsString();
    entry.commitments[3] = Commit(built_.origin, 4, entry.parts[3].salt, entry.parts[3].bytes);
  }
  ReplayReport Resigned() {
    Sign(built_, key_);
    return Replay(built_.Encode());
  }

  Generator generator_{5};
  crypto::SigningKey key_;
  BuiltExport built_;
};

TEST_F(RewrittenLogTest, IsEqualAsItStands) {
  const ReplayReport report = Resigned();
  EXPECT_TRUE(report.verification.ok()) << report.verification.findings.at(0).text;
  EXPECT_EQ(report.listed_total(), 0u) << Told(report);
}

TEST_F(RewrittenLogTest, AFieldGrantedTooManyIsAMismatch) {
  BuiltEntry& entry = Granting();
  Change(entry, [](record::v1::DecisionPart& part) { part.add_granted_fields("contributor"); });
  const ReplayReport report = Resigned();
  EXPECT_TRUE(report.verification.ok());
  EXPECT_EQ(Told(report), std::to_string(entry.index) + " mismatch  fields; ");
}

TEST_F(RewrittenLogTest, LegalTextsThatAreLeftOutAreAMismatch) {
  BuiltEntry& entry = Granting();
  Change(entry, [](record::v1::DecisionPart& part) {
    ASSERT_GT(part.citations_size(), 0);
    part.clear_citations();
  });
  EXPECT_EQ(Told(Resigned()), std::to_string(entry.index) + " mismatch  citations; ");
}

TEST_F(RewrittenLogTest, AValueThatWasNotSoIsAMismatch) {
  BuiltEntry& entry = Granting();
  Change(entry, [](record::v1::DecisionPart& part) {
    for (auto& value : *part.mutable_attributes()) {
      if (value.name() == "actor.role") value.set_value("burgemeester");
    }
  });
  EXPECT_EQ(Resigned().Total(ReplayVerdict::kMismatch), 1u);
}

// No erasure reaches a decision part. Where one is said to be erased, the entry named stands in the
// report, and the export does not verify.
TEST_F(RewrittenLogTest, AttributesSaidToBeErasedAreNotReplayable) {
  BuiltEntry& entry = Granting();
  entry.parts[3] = {kErased, "", "", built_.entries.size() - 1};
  const ReplayReport report = Resigned();
  EXPECT_FALSE(report.verification.ok());
  ASSERT_EQ(report.listed.size(), 1u) << Told(report);
  EXPECT_EQ(report.listed[0].index, entry.index);
  EXPECT_EQ(report.listed[0].why, "erased");
  EXPECT_EQ(report.listed[0].erased_by, built_.entries.size() - 1);
}

TEST_F(RewrittenLogTest, APartThatIsNotWhatWasCommittedToIsNotReplayed) {
  BuiltEntry& entry = Granting();
  const std::string commitment = entry.commitments[3];
  Change(entry, [](record::v1::DecisionPart& part) { part.add_obligations("x"); });
  entry.commitments[3] = commitment;
  const ReplayReport report = Resigned();
  EXPECT_FALSE(report.verification.ok());
  EXPECT_EQ(Told(report), std::to_string(entry.index) + " not-replayable missing; ");
}

}  // namespace
}  // namespace sluis::tests
