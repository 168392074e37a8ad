// The clause that an entry names is the one that the text of the protocol gives.
#include "client/lib/replay_clause.h"

#include <gtest/gtest.h>

#include "client/lib/replay.h"
#include "tests/support/example_protocol.h"

namespace sluis::client {
namespace {

using record::v1::ActPart;
using record::v1::DecisionPart;

constexpr char kRules[] = R"(sluis: 1
pack: {id: small, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2028-12-31}}
vocab:
  side: [local, release, accept]
  purpose: [doorverwijzing-hulp]
  basis: {values: {vl-livc-2021: {citations: [{cite: c}]}}}
  category: [gedrag-offline, fenomeen, veiligheidscontext]
  kind: [municipality, welfare, police-zone]
attributes:
  side: {type: side, source: node}
  purpose: {type: purpose, source: caller}
  basis: {type: basis, source: caller}
  record.category: {type: category, source: {local: record, release: record, accept: offer}}
  from.kind: {type: kind, source: node}
  to.kind: {type: kind, source: node}
  protocol.active: {type: bool, source: ledger}
fields: [statements, place]
rules:
  - {id: P-SHARE, effect: permit, when: {basis: vl-livc-2021}, grants: [statements],
     because: {nl: "dit kan omdat"}}
  - {id: F-NOISE, effect: forbid, when: {record.category: veiligheidscontext}, because: {nl: "dit kan niet omdat"}}
)";
constexpr uint64_t kNoonUs = 1'792'058'400'000'000;  // 2026-10-15 12:00 in Brussels
constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
constexpr char kOwn[] = "caw-de-overzet.example/log";
constexpr char kOnlyOneCity[] =
    "doel: doorverwijzing-hulp\n    van: [municipality, welfare]\n"
    "    naar: [lindervaart.example]";
constexpr char kBothCities[] =
    "doel: doorverwijzing-hulp\n    van: [municipality, welfare]\n"
    "    naar: [municipality, welfare]";

// A disclosure from welfare to a city that clause M-4 covers, done; each test changes something.
class ReplayClauseTest : public ::testing::Test {
 protected:
  ReplayClauseTest() {
    absl::StatusOr<policies::Pack> pack = policies::ParsePack("small.yaml", kRules);
    EXPECT_TRUE(pack.ok()) << pack.status();
    const auto set = policies::LoadTexts({{"small.yaml", kRules}});
    EXPECT_TRUE(set.ok()) << set.status();
    act_.set_operation(record::v1::OPERATION_DISCLOSURE);
    act_.set_outcome(record::v1::OUTCOME_DONE);
    act_.set_exact_time_us(kNoonUs);
    act_.add_rule_ids("P-SHARE");
    const std::pair<const char*, crypto::Hash> named[] = {{"statutory", pack->digest},
                                                          {"effective", set->digests().effective}};
    for (const auto& [layer, digest] : named) {
      record::v1::PackDigest& one = *act_.add_pack_digests();
      one.set_layer(layer);
      one.set_digest(std::string(crypto::View(digest)));
    }
    packs_.Add(*std::move(pack));
    const std::pair<const char*, const char*> values[] = {
        {"side", "release"},        {"purpose", "doorverwijzing-hulp"},
        {"basis", "vl-livc-2021"},  {"record.category", "gedrag-offline"},
        {"from.kind", "welfare"},   {"to.kind", "municipality"},
        {"protocol.active", "true"}};
    for (const auto& [name, value] : values) {
      record::v1::AttributeValue& added = *part_.add_attributes();
      added.set_name(name);
      added.set_value(value);
    }
    part_.add_granted_fields("statements");
    part_.set_engine_version("compiled-1");
    record::v1::Citation& cited = *part_.add_citations();
    cited.set_id("vl-livc-2021");
    cited.set_text("c");
    part_.set_clause("M-4");
    peer_.set_side("sender");
    peer_.set_kind("receipt");
    peer_.set_peer("lindervaart.example");
    Under(policies::ExampleProtocolText());
  }

  // In force, and the only text that is given.
  void Under(const std::string& text) {
    policies::ProtocolReading reading = policies::ReadProtocol("p.yaml", text);
    ASSERT_TRUE(reading.protocol.has_value());
    part_.set_protocol_digest(std::string(crypto::View(reading.protocol->digest)));
    texts_.clear();
    texts_.emplace(reading.protocol->digest, *std::move(reading.protocol));
  }
  void Set(const std::string& name, const std::string& value) {
    for (record::v1::AttributeValue& one : *part_.mutable_attributes()) {
      if (one.name() == name) one.set_value(value);
    }
  }
  void Refuse() {
    act_.set_operation(record::v1::OPERATION_REFUSAL);
    act_.set_outcome(record::v1::OUTCOME_REFUSED);
    act_.set_refusal("not_in_protocol");
    act_.clear_rule_ids();
    part_.clear_granted_fields();
    part_.clear_citations();
    part_.clear_clause();
  }
  // "equal", "mismatch clause", "not-replayable partner".
  std::string Run() {
    const std::string act = act_.SerializeAsString();
    const std::string part = part_.SerializeAsString();
    const std::string peer = peer_.SerializeAsString();
    const auto open = [](const std::string& bytes) {
      return ExportPart{.state = ExportPart::State::kOpen, .bytes = bytes};
    };
    Replayer replayer(packs_, texts_);
    replayer.SetOrigin(kOwn);
    last_ = replayer.Replay(7, open(act), open(part), peer.empty() ? ExportPart() : open(peer));
    std::string out(ReplayVerdictName(last_.verdict));
    for (const std::string_view word : last_.differs) out += " " + std::string(word);
    return last_.why.empty() ? out : out + " " + std::string(last_.why);
  }

  RulePacks packs_;
  ProtocolTexts texts_;
  ActPart act_;
  DecisionPart part_;
  record::v1::CounterpartPart peer_;
  Replayed last_;
};

TEST_F(ReplayClauseTest, TheClauseIsTheOneOfTheText) {
  EXPECT_EQ(Run(), "equal");
  EXPECT_FALSE(last_.unchecked_protocol);
  for (const char* other : {"M-1", "M-99", ""}) {
    part_.set_clause(other);
    EXPECT_EQ(Run(), "mismatch clause") << other;
  }
  part_.set_clause("M-4");
  Set("record.category", "fenomeen");
  EXPECT_EQ(Run(), "mismatch clause") << "no clause of the text has this category";
}

TEST_F(ReplayClauseTest, SenderAndRecipientAreThoseOfTheEntry) {
  Under(policies::Edited(policies::ExampleProtocolText(), kBothCities, kOnlyOneCity));
  EXPECT_EQ(Run(), "equal");
  peer_.set_peer("zandrode.example");
  EXPECT_EQ(Run(), "mismatch clause");
  peer_.set_peer("elders.example");
  EXPECT_EQ(Run(), "mismatch clause") << "no party";
  // Received by the own organisation, which this text does not name.
  peer_.set_peer("lindervaart.example");
  peer_.set_side("receiver");
  peer_.set_kind("offer");
  act_.set_operation(record::v1::OPERATION_COLLECTION);
  Set("side", "accept");
  Set("from.kind", "municipality");
  Set("to.kind", "welfare");
  EXPECT_EQ(Run(), "mismatch clause");
}

// A node takes no protocol that says another kind than the manifest does.
TEST_F(ReplayClauseTest, WhoIsNamedIsOfTheKindOfTheText) {
  Set("to.kind", "welfare");
  EXPECT_EQ(Run(), "mismatch clause") << "the city is a municipality there";
  Set("to.kind", "municipality");
  peer_.set_peer("zandrode.example");
  EXPECT_EQ(Run(), "equal") << "another of that kind";
  Set("from.kind", "municipality");
  EXPECT_EQ(Run(), "mismatch clause") << "the own organisation is welfare there";
  Set("from.kind", "welfare");
  peer_.set_peer("pz-heidezoom.example");
  EXPECT_EQ(Run(), "mismatch clause");
  // The node says so of what it refused, or it would have named no protocol.
  Refuse();
  Set("record.category", "fenomeen");
  EXPECT_EQ(Run(), "mismatch clause");
  peer_.set_peer("elders.example");
  EXPECT_EQ(Run(), "mismatch clause");
  peer_.set_peer("zandrode.example");
  EXPECT_EQ(Run(), "equal");
}

// With the counterpart part closed the kind says enough, unless clauses name organisations.
TEST_F(ReplayClauseTest, WithoutThePartnerItsKindIsAsked) {
  peer_.Clear();
  EXPECT_EQ(Run(), "equal");
  part_.set_clause("M-1");
  EXPECT_EQ(Run(), "mismatch clause");
  part_.set_clause("M-4");
  Under(policies::Edited(policies::ExampleProtocolText(), kBothCities, kOnlyOneCity));
  EXPECT_EQ(Run(), "not-replayable partner");
  part_.set_clause("M-1");
  EXPECT_EQ(Run(), "mismatch clause") << "whoever it was";
  Refuse();
  EXPECT_EQ(Run(), "not-replayable partner");
}

TEST_F(ReplayClauseTest, ARefusalAsInNoClauseIsRightWhenThereIsNone) {
  Refuse();
  EXPECT_EQ(Run(), "mismatch clause") << "M-4 covers it";
  Set("record.category", "fenomeen");
  EXPECT_EQ(Run(), "equal");
  part_.set_clause("M-4");
  EXPECT_EQ(Run(), "mismatch clause") << "refused, and still names one";
  part_.clear_clause();
  Set("record.category", "veiligheidscontext");
  EXPECT_NE(Run(), "equal") << "the rules did not permit it: no clause was asked for";
  Set("record.category", "fenomeen");
  part_.add_citations()->set_text("c");
  EXPECT_EQ(Run(), "mismatch citations") << "it rests on no rule";
}

// Rules that do not ask for a protocol: the node does, and the entry says that there was none.
TEST_F(ReplayClauseTest, ARefusalUnderNoProtocolIsRightWhenNoneWasInForce) {
  Refuse();
  part_.clear_protocol_digest();
  EXPECT_EQ(Run(), "mismatch clause") << "one was in force, says the entry, and names none";
  Set("protocol.active", "false");
  EXPECT_EQ(Run(), "equal");
  EXPECT_FALSE(last_.unchecked_protocol);
  part_.set_clause("M-4");
  EXPECT_EQ(Run(), "mismatch clause") << "of no protocol";
  part_.clear_clause();
  Set("record.category", "veiligheidscontext");
  EXPECT_EQ(Run(), "mismatch decision rules clause") << "the rules forbid it";
  Set("record.category", "gedrag-offline");
  Set("side", "local");
  EXPECT_EQ(Run(), "mismatch clause") << "nobody is asked for a protocol on the own node";
  Set("side", "release");
  act_.add_rule_ids("P-SHARE");
  EXPECT_EQ(Run(), "mismatch fields clause citations") << "no refusal, by what it holds";
  act_.clear_rule_ids();
  // A node in an exercise goes on without one, unless one is named that does not hold.
  act_.set_exercise(true);
  EXPECT_EQ(Run(), "not-replayable withheld");
}

TEST_F(ReplayClauseTest, WithoutTheTextOnlyTheRulesAreCompared) {
  texts_.clear();
  part_.set_clause("M-99");
  EXPECT_EQ(Run(), "equal");
  ASSERT_TRUE(last_.unchecked_protocol);
  EXPECT_EQ(crypto::View(*last_.unchecked_protocol), part_.protocol_digest());
  part_.clear_clause();
  EXPECT_EQ(Run(), "mismatch clause") << "done, and names none";
  Refuse();
  EXPECT_EQ(Run(), "not-replayable protocol");
  EXPECT_TRUE(last_.unchecked_protocol);
}

// Old entries name no protocol; since then it is named.
TEST_F(ReplayClauseTest, OutsideAnExerciseWhatIsDoneNamesItsProtocol) {
  part_.clear_protocol_digest();
  part_.clear_clause();
  EXPECT_EQ(Run(), "mismatch clause");
  Set("protocol.active", "false");
  EXPECT_EQ(Run(), "mismatch clause") << "rules that ask for none do not change that";
  part_.set_engine_version("plain-1");
  EXPECT_EQ(Run(), "equal") << "is from before";
  part_.set_engine_version("compiled-1");
  act_.set_exercise(true);
  EXPECT_EQ(Run(), "equal");
}

// From its first day until the grace after its review is over, as at the node.
TEST_F(ReplayClauseTest, WhatNamesAProtocolOutsideItsDaysDiffers) {
  struct {
    int day;  // from 2026-10-15
    const char* verdict;
  } const cases[] = {{-45, "mismatch validity"},
                     {-44, "equal"},
                     {288, "equal"},
                     {289, "mismatch validity"},
                     {321, "mismatch validity"}};
  for (const auto& one : cases) {
    act_.set_exact_time_us(kNoonUs + static_cast<uint64_t>(one.day + 45) * kDayUs - 45 * kDayUs);
    EXPECT_EQ(Run(), one.verdict) << one.day;
  }
  // Also of what was refused: on that day the node held no protocol for one in force.
  Refuse();
  EXPECT_EQ(Run(), "mismatch clause validity");
  Set("record.category", "fenomeen");
  EXPECT_EQ(Run(), "mismatch validity");
  texts_.clear();
  EXPECT_EQ(Run(), "not-replayable protocol") << "without the text its days are not known";
}

}  // namespace
}  // namespace sluis::client
