// What is equal and what differs.
#include "client/lib/replay.h"

#include <gtest/gtest.h>

#include "tests/client/lib/logged_decision.h"

namespace sluis::client {
namespace {

using ReplayTest = LoggedDecision;

TEST_F(ReplayTest, APermitIsEqual) {
  ExpectEqual();
  EXPECT_EQ(Run().time_us, kNoonUs);
}

// A later node may add to the part, such as which clause covered it: what was decided stays.
TEST_F(ReplayTest, WhatAPartSaysBesidesIsNoPartOfTheDecision) {
  const std::string more = "\xFA\x01\x03M-2";  // field 31, text
  const auto replay = [&] {
    const std::string act = act_.SerializeAsString();
    const std::string part = part_.SerializeAsString() + more;
    const std::string act_with_more = act + more;
    return Replayer(packs_, protocols_).Replay(7, Open(act_with_more), Open(part));
  };
  EXPECT_EQ(replay().verdict, ReplayVerdict::kEqual);
  part_.set_obligations(2, "retention=P900D");
  EXPECT_EQ(replay().verdict, ReplayVerdict::kMismatch);
}

TEST_F(ReplayTest, TheWordOfEachEngineIsRead) {
  ExpectEqual();
  part_.set_engine_version("compiled-1");
  part_.add_citations()->set_text("protocol, art. 4");
  ExpectEqual();
  part_.set_engine_version("guess-9");
  EXPECT_EQ(ExpectObstacle("engine").name, "guess-9");
}

TEST_F(ReplayTest, ADenialIsEqual) {
  Set("record.category", "noise");
  Refused(record::v1::OUTCOME_DENIED, "denied", {"F-NOISE", "P-READ"});
  ExpectEqual();
}

TEST_F(ReplayTest, ADenialBecauseNothingPermitsIsEqual) {
  Set("action", "record");
  Refused(record::v1::OUTCOME_DENIED, "denied");
  ExpectEqual();
  // The same words, said not to have been evaluated.
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectMismatch({"decision"});
}

TEST_F(ReplayTest, WhatWasDoneAlthoughItWasForbiddenDiffers) {
  Set("record.category", "noise");
  ExpectMismatch({"decision", "rules", "fields", "obligations"});
  // Also when the entry names the very rules that forbid it.
  Refused(record::v1::OUTCOME_DONE, "", {"F-NOISE", "P-READ"});
  ExpectMismatch({"decision"});
  // A word of refusal does not undo it, and an outcome that is none rests on nothing.
  Refused(record::v1::OUTCOME_DONE, "denied", {"F-NOISE", "P-READ"});
  ExpectMismatch({"decision"});
  Refused(record::v1::OUTCOME_ABORTED, "denied", {"F-NOISE", "P-READ"});
  ExpectMismatch({"decision"});
  Refused(record::v1::OUTCOME_UNSPECIFIED, "denied", {"F-NOISE", "P-READ"});
  ExpectMismatch({"decision"});
}

TEST_F(ReplayTest, WhatWasDeniedAlthoughItWasPermittedDiffers) {
  Refused(record::v1::OUTCOME_DENIED, "denied");
  ExpectMismatch({"decision", "rules", "fields", "obligations"});
}

TEST_F(ReplayTest, APermittedActMayBeRefusedForAnotherReason) {
  act_.set_outcome(record::v1::OUTCOME_REFUSED);
  act_.set_refusal("bad_request");
  ExpectEqual();
  act_.set_outcome(record::v1::OUTCOME_HELD);
  act_.set_refusal("held");
  ExpectEqual();
  // Not on a decision that was none: the entry names what forbids it.
  Refused(record::v1::OUTCOME_HELD, "held", {"F-NOISE", "P-READ"});
  ExpectMismatch({"decision", "rules", "fields", "obligations"});
}

TEST_F(ReplayTest, OtherRulesDiffer) {
  act_.mutable_rule_ids()->RemoveLast();
  ExpectMismatch({"rules"});
}

TEST_F(ReplayTest, OtherFieldsDiffer) {
  part_.mutable_granted_fields()->RemoveLast();
  ExpectMismatch({"fields"});
}

TEST_F(ReplayTest, AFieldOtherwiseShownDiffers) {
  part_.clear_reduced_fields();
  ExpectMismatch({"fields"});
}

TEST_F(ReplayTest, OtherConditionsDiffer) {
  part_.set_obligations(2, "retention=P900D");
  ExpectMismatch({"obligations"});
}

// Entries from before legal texts were kept hold none.
TEST_F(ReplayTest, OtherLegalTextsDiffer) {
  record::v1::Citation& cited = *part_.add_citations();
  cited.set_text("protocol, art. 4");
  ExpectEqual();
  cited.set_text("protocol, art. 5");
  ExpectMismatch({"citations"});
  cited.set_text("protocol, art. 4");
  cited.set_id("law");
  ExpectMismatch({"citations"});
  cited.clear_id();
  *part_.add_citations() = cited;
  ExpectMismatch({"citations"});
}

TEST_F(ReplayTest, LegalTextsThatAreLeftOutDiffer) {
  ExpectEqual();  // by the word of its engine from before they were kept
  part_.set_engine_version("compiled-1");
  ExpectMismatch({"citations"});
  part_.add_citations()->set_text("protocol, art. 4");
  ExpectEqual();
  part_.clear_citations();
  act_.mutable_rule_ids()->RemoveLast();
  ExpectMismatch({"rules", "citations"});
}

// Refused for what no rule says: there is nothing to cite.
TEST_F(ReplayTest, LegalTextsOfARefusalThatRestsOnNoRuleDiffer) {
  part_.set_engine_version("compiled-1");
  Values("local", "audit",
         {{"actor.role", "worker"},
          {"actor.is_author", "false"},
          {"record.category", "none"},
          {"record.subject_kind", "none"},
          {"record.age_days", "none"},
          {"record.held", "false"}});
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectEqual();
  part_.add_citations()->set_text("protocol, art. 4");
  ExpectMismatch({"citations"});
  part_.clear_attributes();
  Refused(record::v1::OUTCOME_REFUSED, "person_unknown");
  ExpectMismatch({"citations"});
  act_.set_exact_time_us(kNoonUs + 365 * kDayUs);
  ExpectMismatch({"citations"});
  part_.clear_citations();
  ExpectEqual();
}

TEST_F(ReplayTest, OutsideTheDaysOfThePacksNothingIsAsked) {
  act_.set_exact_time_us(kNoonUs + 365 * kDayUs);
  ExpectMismatch({"validity"});
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectMismatch({"validity"});  // its values were read
  part_.clear_attributes();
  ExpectEqual();
  // Done without asking is no refusal.
  act_.set_outcome(record::v1::OUTCOME_DONE);
  act_.clear_refusal();
  ExpectMismatch({"validity"});
}

// The last day of the packs ends in Brussels, an hour before it does in UTC.
TEST_F(ReplayTest, TheDayIsThatOfTheEntryInLegalTime) {
  constexpr uint64_t kLastSecondUs = 1'798'757'999'000'000;  // 2026-12-31 23:59:59 in Brussels
  act_.set_exact_time_us(kLastSecondUs);
  ExpectEqual();
  act_.set_exact_time_us(kLastSecondUs + 1'000'000);
  ExpectMismatch({"validity"});
}

// The day by which packs and protocol are judged is that of the act part: it is no other than that
// of the log.
TEST_F(ReplayTest, WhatWasLoggedAtAnotherTimeThanItWasDecidedDiffers) {
  for (const uint64_t logged_at_us : {kNoonUs, kNoonUs + kMostApartUs, kNoonUs - kMostApartUs}) {
    logged_at_us_ = logged_at_us;
    ExpectEqual();
  }
  for (const uint64_t logged_at_us : {kNoonUs + kMostApartUs + 1, kNoonUs - kMostApartUs - 1,
                                      kNoonUs + 400 * kDayUs, uint64_t{0}, ~uint64_t{0}}) {
    logged_at_us_ = logged_at_us;
    ExpectMismatch({"validity"});
  }
  // Nothing was decided, so no day matters.
  part_.Clear();
  act_.clear_rule_ids();
  act_.set_operation(record::v1::OPERATION_ADMINISTRATION);
  EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision);
}

// A version of a manifest has one state: the entry that says another than the first differs.
TEST_F(ReplayTest, WhetherItIsAnExerciseIsThatOfTheManifest) {
  Replayer replayer(packs_, protocols_);
  const auto replay = [&](uint64_t version, bool exercise, const ExportPart& decision) {
    act_.set_manifest_version(version);
    act_.set_exercise(exercise);
    const std::string act = act_.SerializeAsString();
    const Replayed found = replayer.Replay(7, Open(act), decision);
    return std::string(ReplayVerdictName(found.verdict)) + Words(found) + std::string(found.why);
  };
  const std::string bytes = part_.SerializeAsString();
  const ExportPart part = Open(bytes);
  act_.set_partnership("vaartland");
  EXPECT_EQ(replay(1, true, part), "equal");
  EXPECT_EQ(replay(1, true, part), "equal");
  EXPECT_EQ(replay(2, false, part), "equal") << "the next one is in force";
  EXPECT_EQ(replay(2, true, part), "mismatch exercise");
  EXPECT_EQ(replay(2, false, part), "equal") << "the first said so";
  EXPECT_EQ(replay(1, false, part), "mismatch exercise");
  // Also where there is nothing to decide, or no decision to see.
  EXPECT_EQ(replay(2, true, ExportPart()), "mismatch exercise");
  EXPECT_EQ(replay(3, true, ExportPart()), "not-replayableclosed");
  EXPECT_EQ(replay(3, false, part), "mismatch exercise");
  act_.set_partnership("elders");
  EXPECT_EQ(replay(2, true, part), "equal") << "of another partnership";
  act_.clear_rule_ids();
  act_.set_operation(record::v1::OPERATION_ADMINISTRATION);
  EXPECT_EQ(replay(2, true, Open("")), "no-decision");
  EXPECT_EQ(replay(2, false, Open("")), "mismatch exercise");
}

TEST_F(ReplayTest, TheDigestOfTheWholeMustBeThatOfTheLayers) {
  act_.mutable_pack_digests(1)->set_digest(std::string(32, 'e'));
  ExpectMismatch({"packs"});
  part_.set_obligations(2, "retention=P900D");
  ExpectMismatch({"obligations", "packs"});
}

TEST_F(ReplayTest, AValueThatNobodyGaveRefuses) {
  part_.mutable_attributes()->RemoveLast();
  ExpectMismatch({"decision", "rules", "fields", "obligations"});
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectEqual();
}

// An unknown word is not written down: it is empty, and was refused.
TEST_F(ReplayTest, AnUnknownWordRefuses) {
  Set("record.category", "");
  ExpectMismatch({"decision", "rules", "fields", "obligations"});
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectEqual();
}

// Of a record that cannot be opened nothing of the body is known: what tests it permits nothing.
TEST_F(ReplayTest, AnUnreadableRecordIsDecidedWithoutItsBody) {
  Values("local", "erase",
         {{"actor.role", "worker"},
          {"actor.is_author", ""},
          {"record.category", ""},
          {"record.subject_kind", ""},
          {"record.age_days", ""},
          {"record.held", "false"}});
  Refused(record::v1::OUTCOME_DENIED, "denied", {"F-NOISE"});
  ExpectEqual();
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectMismatch({"decision", "rules"});
}

TEST_F(ReplayTest, AConditionThatNothingCarriesOutMustRefuse) {
  Values("local", "audit",
         {{"actor.role", "worker"},
          {"actor.is_author", "false"},
          {"record.category", "none"},
          {"record.subject_kind", "none"},
          {"record.age_days", "none"},
          {"record.held", "false"}});
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectEqual();
  act_.set_outcome(record::v1::OUTCOME_DONE);
  act_.clear_refusal();
  act_.add_rule_ids("P-AUDIT");
  part_.add_obligations("approval=worker:1");
  ExpectMismatch({"decision"});
}

TEST_F(ReplayTest, ARefusalOfAPermitThatNothingExplainsDiffers) {
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectMismatch({"decision", "rules", "fields", "obligations"});
  // Long past the retention it is explained, near its last day nobody can tell.
  Set("record.age_days", "200");
  ExpectEqual();
  Set("record.age_days", "90");
  ExpectObstacle("withheld");
  // A hold keeps the record readable.
  Set("record.held", "true");
  ExpectMismatch({"decision", "rules", "fields", "obligations"});
}

// Under a protocol the entry names the clause that covers what was disclosed.
TEST_F(ReplayTest, WhatIsDisclosedUnderAProtocolNamesItsClause) {
  Values("release", "share",
         {{"actor.role", "worker"},
          {"actor.is_author", "false"},
          {"record.category", "light"},
          {"record.subject_kind", "place"},
          {"record.age_days", "12"},
          {"record.held", "false"}});
  Refused(record::v1::OUTCOME_DONE, "", {"P-SHARE"});
  act_.set_operation(record::v1::OPERATION_DISCLOSURE);
  part_.add_granted_fields("statements");
  part_.add_obligations("notify=subject:P30D");
  ExpectEqual();
  part_.set_clause("M-1");
  ExpectMismatch({"clause"});
  part_.set_protocol_digest(std::string(32, 'p'));
  ExpectEqual();
  EXPECT_TRUE(Run().unchecked_protocol.has_value());
  part_.clear_clause();
  ExpectMismatch({"clause"});
  // That no clause covered it only the text could say.
  Refused(record::v1::OUTCOME_REFUSED, "not_in_protocol");
  ExpectObstacle("protocol");
}

TEST_F(ReplayTest, WhatTheRecordWouldSaySeenFromOutsideIsNotGuessed) {
  Values("release", "share",
         {{"actor.role", "worker"},
          {"actor.is_author", "false"},
          {"record.category", "light"},
          {"record.subject_kind", "person"},
          {"record.age_days", "1"},
          {"record.held", "false"}});
  Refused(record::v1::OUTCOME_REFUSED, "not_evaluated");
  ExpectObstacle("withheld");
  Set("record.subject_kind", "place");
  ExpectMismatch({"decision", "rules", "fields", "obligations"});
}

}  // namespace
}  // namespace sluis::client
