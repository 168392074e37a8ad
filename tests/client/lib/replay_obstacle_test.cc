// What cannot be decided again, and what holds no decision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/replay.h"
#include "tests/client/lib/logged_decision.h"

namespace sluis::client {
namespace {

using policies::ParsePack;
using record::v1::ActPart;
using ReplayObstacleTest = LoggedDecision;

TEST_F(ReplayObstacleTest, APackThatIsNotGivenIsMissing) {
  act_.clear_pack_digests();
  Name("statutory", digest_);
  crypto::Hash other{};
  other.fill(9);
  Name("node", other);
  Name("effective", effective_);
  const Replayed found = Run();
  EXPECT_EQ(found.verdict, ReplayVerdict::kPackMissing);
  EXPECT_EQ(found.layer, policies::Layer::kNode);
  EXPECT_EQ(found.digest, other);
}

TEST_F(ReplayObstacleTest, PacksThatDoNotLoadSaySo) {
  constexpr char kBroken[] = R"(sluis: 1
pack: {id: lower, layer: node, version: 1, extends: [{id: small, version: 1}], valid: {from: 2026-01-01, until: 2026-12-31}}
rules:
  - {id: F-X, effect: forbid, when: {no.such: word}, because: {nl: "dit kan niet omdat"}}
)";
  absl::StatusOr<policies::Pack> pack = ParsePack("lower.yaml", kBroken);
  ASSERT_TRUE(pack.ok()) << pack.status();
  Name("node", pack->digest);
  packs_.Add(*std::move(pack));
  EXPECT_THAT(ExpectObstacle("refused").name, ::testing::HasSubstr("lower.yaml"));
}

TEST_F(ReplayObstacleTest, AnAttributeThatThePacksDoNotKnowIsNamed) {
  Add("subject.shoe_size", "44");
  const Replayed found = ExpectObstacle("attribute");
  EXPECT_EQ(found.name, "subject.shoe_size");
  // A long one is cut, between two characters.
  part_.mutable_attributes(part_.attributes_size() - 1)->set_name("x" + Repeated("é", 500));
  EXPECT_EQ(ExpectObstacle("attribute").name, "x" + Repeated("é", 99));
}

TEST_F(ReplayObstacleTest, AnEntryWithoutADecisionHasNone) {
  act_.set_operation(record::v1::OPERATION_ADMINISTRATION);
  act_.clear_rule_ids();
  part_.Clear();
  EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision);
  // It names rules that no decision part explains.
  act_.add_rule_ids("P-READ");
  ExpectMismatch({"decision"});
}

// Taken out of an entry, the decision would leave an act that no rule is asked about.
TEST_F(ReplayObstacleTest, AnActOnContentNeedsADecision) {
  act_.clear_rule_ids();
  part_.Clear();
  for (const auto operation : {record::v1::OPERATION_COLLECTION, record::v1::OPERATION_ALTERATION,
                               record::v1::OPERATION_CONSULTATION, record::v1::OPERATION_DISCLOSURE,
                               record::v1::OPERATION_COMBINATION}) {
    act_.set_operation(operation);
    ExpectMismatch({"decision"});
  }
  // The node erases by itself, and asks nobody whether a refusal is one.
  act_.set_operation(record::v1::OPERATION_ERASURE);
  EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision);
  act_.set_operation(record::v1::OPERATION_REFUSAL);
  act_.set_outcome(record::v1::OUTCOME_REFUSED);
  act_.set_refusal("bad_request");
  EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision);
}

// A share that ran out before the rules were asked again.
TEST_F(ReplayObstacleTest, AnActThatAskedNothingHasNone) {
  Refused(record::v1::OUTCOME_REFUSED, "");
  act_.set_operation(record::v1::OPERATION_ADMINISTRATION);
  part_.clear_attributes();
  EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision);
  // Also where the packs of that time are not at hand.
  const ActPart named = act_;
  act_.mutable_pack_digests(0)->set_digest(std::string(32, 'x'));
  EXPECT_EQ(Run().verdict, ReplayVerdict::kNoDecision);
  act_ = named;
  // Done without asking is something else.
  act_.set_outcome(record::v1::OUTCOME_DONE);
  ExpectMismatch({"decision"});
}

TEST_F(ReplayObstacleTest, PartsThatAreNotThereSaySo) {
  Run();
  const auto replay = [this](const ExportPart& act, const ExportPart& part) {
    const Replayed found = Replayer(packs_, protocols_).Replay(7, act, part);
    EXPECT_EQ(found.verdict, ReplayVerdict::kNotReplayable);
    return found;
  };
  const ExportPart closed;
  EXPECT_EQ(replay(Open(act_bytes_), closed).why, "closed");
  EXPECT_EQ(replay(closed, Open(part_bytes_)).why, "closed");
  EXPECT_EQ(replay(Open(act_bytes_), {.state = ExportPart::State::kMissing}).why, "missing");
  const Replayed erased =
      replay(Open(act_bytes_), {.state = ExportPart::State::kErased, .erased_by = 41});
  EXPECT_EQ(erased.why, "erased");
  EXPECT_EQ(erased.erased_by, 41u);
  EXPECT_EQ(replay(Open("\xff"), Open(part_bytes_)).why, "malformed");
  EXPECT_EQ(replay(Open(act_bytes_), Open("\xff")).why, "malformed");
}

TEST_F(ReplayObstacleTest, AnActPartThatNoNodeLogsIsMalformed) {
  const ActPart good = act_;
  act_.clear_pack_digests();
  ExpectObstacle("malformed");
  act_ = good;
  Name("statutory", digest_);
  ExpectObstacle("malformed");
  act_ = good;
  act_.mutable_pack_digests(0)->set_digest("short");
  ExpectObstacle("malformed");
  act_ = good;
  act_.set_exact_time_us(~uint64_t{0});
  ExpectObstacle("malformed");
}

}  // namespace
}  // namespace sluis::client
