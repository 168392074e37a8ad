#include "client/cli/log_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "policies/pack_yaml.h"
#include "sluis/record/v1/entry.pb.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/example_protocol.h"
#include "tests/support/export_builder.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using record::v1::ActPart;
using record::v1::DecisionPart;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrigin[] = "caw-de-overzet.example/log";
constexpr char kRules[] = R"(sluis: 1
pack: {id: small, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab: {action: [read, record]}
attributes: {action: {type: action, source: node}}
fields: [statements]
rules:
  - {id: P-READ, effect: permit, when: {action: read}, grants: [statements], because: {nl: "dit kan omdat"}}
)";
// 2026-06-01 12:00 in Brussels.
constexpr uint64_t kNoonUs = 1'780'308'000'000'000;

struct Entry {
  ActPart act;
  DecisionPart decision;
  bool open = true;
};

// Exports of logs put together by hand, and the one small pack that they name.
class LogReplayTest : public testing::Test {
 protected:
  LogReplayTest() {
    absl::StatusOr<policies::Pack> pack = policies::ParsePack("small.yaml", kRules);
    EXPECT_TRUE(pack.ok()) << pack.status();
    digest_ = pack->digest;
    const auto set = policies::PackSet::Load({*std::move(pack)});
    EXPECT_TRUE(set.ok()) << set.status();
    effective_ = set->digests().effective;
    std::filesystem::create_directory(Path("regels"));
    std::filesystem::create_directory(Path("leeg"));
    Put("regels/small.yaml", kRules);
    Put("regels/LEESMIJ.txt", "geen regels");
  }

  // A read that is permitted and done.
  Entry Read() {
    Entry entry;
    entry.act.set_operation(record::v1::OPERATION_CONSULTATION);
    entry.act.set_outcome(record::v1::OUTCOME_DONE);
    entry.act.set_exact_time_us(kNoonUs);
    const std::pair<const char*, const crypto::Hash*> named[] = {{"statutory", &digest_},
                                                                 {"effective", &effective_}};
    for (const auto& [layer, digest] : named) {
      record::v1::PackDigest& one = *entry.act.add_pack_digests();
      one.set_layer(layer);
      one.set_digest(std::string(crypto::View(*digest)));
    }
    entry.act.add_rule_ids("P-READ");
    record::v1::AttributeValue& value = *entry.decision.add_attributes();
    value.set_name("action");
    value.set_value("read");
    entry.decision.add_granted_fields("statements");
    entry.decision.set_engine_version("compiled-1");
    return entry;
  }
  Entry Forged() {
    Entry entry = Read();
    entry.decision.mutable_attributes(0)->set_value("record");
    return entry;
  }
  Entry UnderOtherRules() {
    Entry entry = Read();
    entry.act.mutable_pack_digests(0)->set_digest(std::string(32, '\x07'));
    return entry;
  }
  Entry Unknown() {
    Entry entry = Read();
    record::v1::AttributeValue& value = *entry.decision.add_attributes();
    value.set_name("mood\x1b[2J");
    value.set_value("geheime-inhoud");
    return entry;
  }
  Entry Closed() {
    Entry entry = Read();
    entry.open = false;
    return entry;
  }
  Entry Administration() {
    Entry entry = Read();
    entry.act.clear_rule_ids();
    entry.decision.Clear();
    entry.act.set_operation(record::v1::OPERATION_ADMINISTRATION);
    return entry;
  }

  std::string Path(const std::string& name) { return folder_.PathOf(name); }
  void Put(const std::string& name, const std::string& text) {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  tests::BuiltExport Build(const std::vector<Entry>& entries) {
    tests::BuiltExport built =
        tests::BuildExport(random_, kOrigin, key_, {.entries = entries.size(), .open_percent = 0});
    for (size_t i = 0; i < entries.size(); ++i) {
      built.entries[i].logged_at_us = kNoonUs;
      Show(built.entries[i], 1, entries[i].act.SerializeAsString());
      if (entries[i].open) Show(built.entries[i], 4, entries[i].decision.SerializeAsString());
    }
    tests::Sign(built, key_);
    return built;
  }
  static void Show(tests::BuiltEntry& entry, uint8_t part, const std::string& bytes) {
    const std::string salt(32, 's');
    entry.commitments[part - 1u] = tests::Commit(kOrigin, part, salt, bytes);
    entry.parts[part - 1u] = {tests::kOpen, salt, bytes, 0};
  }
  Ended Replay(const std::vector<Entry>& entries, std::vector<std::string> options = {},
               const std::string& packs = "regels") {
    Put("log.sluislog", Build(entries).Encode());
    options.insert(options.begin(),
                   {"log", "replay", Path("log.sluislog"), "--packs", Path(packs)});
    return RunSluis(options);
  }
  Json ReplayJson(const std::vector<Entry>& entries) {
    return Json::parse(Replay(entries, {"--json"}).out);
  }

  tests::Generator random_{20261101};  // NOLINT(cert-msc51-cpp): the same bytes in every run
  const crypto::SigningKey key_ = tests::RandomKey(random_);
  tests::TempFolder folder_;
  crypto::Hash digest_{}, effective_{};
};

TEST_F(LogReplayTest, AllEqualIsDone) {
  const Ended ended = Replay({Read(), Administration(), Read()}, {"--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kDone) << ended.err << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("3 handelingen gelezen, waarvan 2 met een beslissing"));
  EXPECT_THAT(ended.out, HasSubstr("gelijk: 2\n"));
  EXPECT_THAT(ended.out, HasSubstr("zonder beslissing: 1\n"));
  EXPECT_THAT(ended.out, HasSubstr("In orde: elke beslissing"));
  EXPECT_THAT(ended.out, HasSubstr("De sleutel komt uit de uitvoer zelf"));
  EXPECT_EQ(ended.err, "") << "what is no pack by its name is not read";
}

TEST_F(LogReplayTest, AMismatchIsAFindingAndNamed) {
  const std::vector<Entry> entries = {Read(), Forged(), UnderOtherRules(), Closed()};
  const Ended ended = Replay(entries, {"--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(
      ended.out,
      HasSubstr("Afwijkend: handeling 1, 01/06/2026 12:00: anders beslist, of "
                "gedaan zonder dat het mocht; andere regels; andere velden, of anders getoond\n"));
  EXPECT_THAT(ended.out, HasSubstr("NIET in orde: er is anders beslist"));
  const Json json = ReplayJson(entries);
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["verified"], true);
  EXPECT_EQ(json["totals"], Json::parse(R"({"equal":1,"mismatch":1,"pack-missing":1,
                                            "not-replayable":1,"no-decision":0})"));
  EXPECT_EQ(json["listed_total"], 3);
  EXPECT_EQ(json["listed"][0]["index"], 1);
  EXPECT_EQ(json["listed"][0]["decided_at_us"], kNoonUs);
  EXPECT_EQ(json["listed"][0]["differs"], Json::parse(R"(["decision","rules","fields"])"));
}

TEST_F(LogReplayTest, AMissingPackIsNamedByLayerAndDigest) {
  const std::vector<Entry> entries = {Read(), UnderOtherRules(), UnderOtherRules(), Closed()};
  const Ended ended = Replay(entries, {"--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kPartly);
  EXPECT_THAT(ended.out, HasSubstr("vingerafdruk 0707070707"));
  EXPECT_THAT(ended.out, HasSubstr(": 2 beslissing(en), handeling(en) 1-2\n"));
  EXPECT_THAT(ended.out, HasSubstr("geef ook de map"));
  const Json json = ReplayJson(entries);
  EXPECT_EQ(json["missing_packs"][0]["layer"], "statutory");
  EXPECT_EQ(json["missing_packs"][0]["entries"], 2);
}

TEST_F(LogReplayTest, WhatCannotBeReplayedSaysWhyAndNoValue) {
  const Ended ended = Replay({Read(), Closed(), Unknown()}, {"--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kRefused);
  EXPECT_THAT(ended.out, HasSubstr("handeling 2: kenmerk mood?[2J bestaat niet in deze regels\n"));
  EXPECT_THAT(ended.out, HasSubstr("niet open in deze uitvoer (sluis log export --open decision): "
                                   "1, handeling(en) 1\n"));
  EXPECT_THAT(ended.out, HasSubstr("niet alles kon opnieuw beslist worden"));
  EXPECT_THAT(ended.out, Not(HasSubstr("geheime-inhoud")));
  const Ended json = Replay({Read(), Closed(), Unknown()}, {"--json"});
  EXPECT_THAT(json.out, Not(HasSubstr("geheime-inhoud")));
  EXPECT_EQ(Json::parse(json.out)["not_replayable"], Json::parse(R"({"attribute":1,"closed":1})"));
}

TEST_F(LogReplayTest, AnErasedPartNamesTheEntryThatErasedIt) {
  tests::BuiltExport built = Build({Read(), Read(), Read()});
  built.entries[1].parts[3] = {tests::kErased, "", "", 2};
  tests::Sign(built, key_);
  Put("gewist.sluislog", built.Encode());
  const Ended ended =
      RunSluis({"log", "replay", Path("gewist.sluislog"), "--packs", Path("regels"), "--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kFinding) << "no erasure reaches this part";
  EXPECT_THAT(ended.out, HasSubstr("handeling 1: kenmerken gewist door handeling 2\n"));
  EXPECT_THAT(ended.out, HasSubstr("de uitvoer zelf klopt niet (1 bevinding(en))"));
}

TEST_F(LogReplayTest, AnExportThatDoesNotVerifyIsAFinding) {
  EXPECT_EQ(
      Replay({Read()}, {"--key", tests::VerifierKeyText(kOrigin, tests::RandomKey(random_))}).exit,
      Exit::kFinding);
  EXPECT_EQ(Replay({Read()}, {"--key", tests::VerifierKeyText(kOrigin, key_)}).exit, Exit::kDone);
  const std::string whole = Build({Read()}).Encode();
  Put("half.sluislog", whole.substr(0, whole.size() - 10));
  EXPECT_EQ(RunSluis({"log", "replay", Path("half.sluislog"), "--packs", Path("regels")}).exit,
            Exit::kFinding);
}

TEST_F(LogReplayTest, PacksAreFoldersOrFilesAndWhatIsNoneIsSaid) {
  EXPECT_EQ(Replay({Read()}, {}, "regels/small.yaml").exit, Exit::kDone);
  Put("regels/kapot.yml", "sluis: 9\n");
  const Ended ended = Replay({Read()}, {"--packs", Path("leeg"), "--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kDone);
  EXPECT_THAT(ended.err, HasSubstr("Overgeslagen, geen regelpakket: "));
  EXPECT_THAT(ended.err, HasSubstr("kapot.yml"));
  EXPECT_EQ(Replay({Read()}, {}, "leeg").exit, Exit::kUsage);
  EXPECT_EQ(Replay({Read()}, {}, "nergens").exit, Exit::kUsage);
}

// What no text was given for is equal as far as the rules go, and that is no clean bill.
TEST_F(LogReplayTest, AClauseThatWasNotCheckedIsSaid) {
  Entry under = Read();
  under.decision.set_protocol_digest(std::string(32, '\x08'));
  under.decision.set_clause("M-99");
  const Ended ended = Replay({Read(), under, under}, {"--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kPartly);
  EXPECT_THAT(ended.out,
              HasSubstr("Mededeling niet nagekeken, protocol met vingerafdruk 08080808"));
  EXPECT_THAT(ended.out, HasSubstr(" niet gegeven: 2 beslissing(en), handeling(en) 1-2\n"));
  EXPECT_THAT(ended.out, HasSubstr("geef ook de tekst die toen gold met --protocol.\n"));
  EXPECT_THAT(ended.out, Not(HasSubstr("In orde")));
  const Json json = ReplayJson({Read(), under, under});
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["totals"]["equal"], 3);
  EXPECT_EQ(json["missing_protocols"][0]["entries"], 2);
}

// The text that is given is found by its digest, and its clauses are asked.
TEST_F(LogReplayTest, AProtocolIsFoundByItsDigest) {
  const std::string text = policies::ExampleProtocolText();
  Put("protocol.yaml", text);
  Put("kapot.yaml", "sluis: 9\n");
  Entry under = Read();
  const policies::ProtocolReading reading = policies::ReadProtocol("p.yaml", text);
  ASSERT_TRUE(reading.protocol.has_value());
  under.decision.set_protocol_digest(std::string(crypto::View(reading.protocol->digest)));
  under.decision.set_clause("M-99");
  const Ended ended = Replay({under}, {"--protocol", Path("protocol.yaml"), "--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, HasSubstr("een andere mededeling dan die van het protocol"));
  EXPECT_EQ(Replay({Read()}, {"--protocol", Path("protocol.yaml")}).exit, Exit::kDone);
  EXPECT_EQ(Replay({Read()}, {"--protocol", Path("kapot.yaml")}).exit, Exit::kUsage);
  EXPECT_EQ(Replay({Read()}, {"--protocol", Path("nergens")}).exit, Exit::kUsage);
}

TEST_F(LogReplayTest, WhatIsAskedMustBeWhole) {
  EXPECT_EQ(Replay({Read()}, {"--out", Path("x")}).exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "replay", "--packs", Path("regels")}).exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "replay", "--packs", Path("regels"), "--out", Path("x")}).exit,
            Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "replay", Path("nergens"), "--packs", Path("regels")}).exit,
            Exit::kUsage);
  Put("log.sluislog", Build({Read()}).Encode());
  EXPECT_EQ(RunSluis({"log", "replay", Path("log.sluislog")}).exit, Exit::kUsage) << "no packs";
}

TEST_F(LogReplayTest, ALogWithoutDecisionsSaysSo) {
  const Ended ended = Replay({Administration()}, {"--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kDone);
  EXPECT_THAT(ended.out, HasSubstr("In dit log staat geen beslissing.\n"));
}

}  // namespace
}  // namespace sluis::cli
