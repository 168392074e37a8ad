// Two verifiers that share no code, ours and tests/second_verifier/verify.mjs, give the same
// verdict on 300 random exports, good and falsified in every way we know.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "client/lib/verifier.h"
#include "tests/support/export_builder.h"
#include "tests/support/export_tamper.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis {
namespace {

using nlohmann::json;
using tests::BuildExport;
using tests::BuiltExport;
using tests::Generator;
using tests::Tampered;
using tests::Way;

constexpr int kCases = 300;
constexpr char kOrigin[] = "lindervaart.example/log";
const std::string kScript =
    tests::InSources("/tests/second_verifier/verify.mjs");  // NOLINT: tests only

struct Case {
  Way way = Way::kNone;
  std::string bytes;
  std::string key;  // empty: the claimed one
  std::vector<std::string> seen;
};

// Earlier checkpoints: honest ones, now and then one that cannot hold.
std::vector<std::string> SomeSeen(const BuiltExport& log, const crypto::SigningKey& key,
                                  Generator& random) {
  std::vector<std::string> out;
  for (uint64_t n = tests::Below(random, 4); n > 0; --n) {
    const uint64_t size = tests::Below(random, log.entries.size() + 1);
    const std::string root = log.Root(size);
    switch (tests::Below(random, 12)) {
      case 0:
        out.push_back(tests::SignedCheckpoint(kOrigin, size, root, tests::RandomKey(random)));
        break;
      case 1:
        out.push_back(tests::SignedCheckpoint(kOrigin, log.entries.size() + 1, root, key));
        break;
      case 2:
        out.push_back(tests::SignedCheckpoint("other.example/log", size, root, key));
        break;
      case 3:
        out.push_back("not a note\n");
        break;
      default:
        out.push_back(tests::SignedCheckpoint(kOrigin, size, root, key));
    }
  }
  return out;
}

std::vector<Case> MakeCases(uint64_t seed) {
  Generator random(seed);
  std::vector<Case> out;
  for (int i = 0; i < kCases; ++i) {
    const crypto::SigningKey key = tests::RandomKey(random);
    const BuiltExport built =
        BuildExport(random, kOrigin, key,
                    {.entries = 8 + tests::Below(random, 40),
                     .open_percent = tests::Below(random, 101),
                     .hash_only_percent = tests::Below(random, 2) * tests::Below(random, 40)});
    // A third is good; the rest goes through all ways in turn.
    Case made;
    made.way = i % 3 == 0
                   ? Way::kNone
                   : static_cast<Way>(1 + (i - i / 3 - 1) % (static_cast<int>(Way::kWayCount) - 1));
    if (tests::Below(random, 2) == 0) made.key = built.verifier_key;
    if (made.way == Way::kBadKey) made.key.clear();
    made.seen = SomeSeen(built, key, random);
    made.bytes = tests::Tamper(made.way, built, key, random).bytes;
    out.push_back(std::move(made));
  }
  return out;
}

json FirstVerdict(const Case& one) {
  std::istringstream input(one.bytes);
  const absl::StatusOr<client::VerifyReport> report =
      client::VerifyExport(input, {.verifier_key = one.key, .seen = one.seen});
  if (!report.ok()) return report.status().ToString();
  json findings = json::array();
  for (const client::Finding& finding : report->findings) {
    findings.push_back(
        {{"index", finding.index ? json(*finding.index) : json()},
         {"part", finding.part ? json(std::string(client::LogPartName(*finding.part))) : json()},
         {"kind", std::string(client::FindingKindName(finding.kind))}});
  }
  const json root =
      report->head ? json(crypto::HexEncode(crypto::View(report->head->root))) : json();
  return {{"ok", report->ok()},
          {"entries", report->entries},
          {"root", root},
          {"findings", std::move(findings)}};
}

class SecondVerifier : public ::testing::Test {
 protected:
  SecondVerifier() : cases_(MakeCases(20260713)) {
    for (size_t i = 0; i < cases_.size(); ++i) {
      const std::string path = Write("case-" + std::to_string(i) + ".sluislog", cases_[i].bytes);
      const json key = cases_[i].key.empty() ? json() : json(cases_[i].key);
      list_ += json{{"export", path}, {"key", key}, {"seen", cases_[i].seen}}.dump() + "\n";
      first_.push_back(FirstVerdict(cases_[i]));
    }
    Write("list", list_);
  }

  std::string Write(const std::string& name, const std::string& content) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  // Verdicts of a script over all cases, in one run of Node.
  std::vector<json> SecondVerdicts(const std::string& script) {
    const std::string command = "node '" + script + "' --batch '" + folder_.path() + "/list'";
    FILE* const node = popen(command.c_str(), "r");
    std::string output;
    char buffer[4096];
    for (size_t got = 0; (got = fread(buffer, 1, sizeof buffer, node)) > 0;) {
      output.append(buffer, got);
    }
    EXPECT_EQ(pclose(node), 0) << command;
    std::vector<json> out;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line));
    return out;
  }

  tests::TempFolder folder_;
  std::vector<Case> cases_;
  std::string list_;
  std::vector<json> first_;
};

TEST_F(SecondVerifier, AgreesOnGoodAndFalsifiedExports) {
  const std::vector<json> second = SecondVerdicts(kScript);
  ASSERT_EQ(second.size(), cases_.size());
  int good = 0;
  std::set<std::string> kinds;
  for (size_t i = 0; i < cases_.size(); ++i) {
    const json& first = first_[i];
    EXPECT_EQ(first, second[i]) << "case " << i << ", " << tests::WayName(cases_[i].way);
    if (first["ok"] == true) ++good;
    for (const json& finding : first["findings"]) kinds.insert(finding["kind"]);
  }
  // The comparison is worth something only when both verdicts occur, and every word.
  EXPECT_GT(good, 40);
  EXPECT_LT(good, 200);
  for (int kind = 0; kind <= static_cast<int>(client::FindingKind::kShorterThanSeen); ++kind) {
    const auto word = std::string(client::FindingKindName(static_cast<client::FindingKind>(kind)));
    EXPECT_TRUE(kinds.contains(word)) << word << " never occurred";
  }
}

// Proves that the comparison can fail: each rule taken out of the second verifier is noticed.
TEST_F(SecondVerifier, SabotagedRuleIsNoticed) {
  std::ifstream file(kScript);
  const std::string script((std::istreambuf_iterator<char>(file)), {});
  const std::vector<std::pair<std::string, std::string>> sabotage = {
      {"found('commitment'", "void ('commitment'"},
      {"found('index'", "void ('index'"},
      {"found('time'", "void ('time'"},
      {"found('erasure'", "void ('erasure'"},
      {"name !== 'subject'", "false"},
      {"found('rewritten'", "void ('rewritten'"},
      {"found('trailing')", "void 0"},
      {"sha256('\\x00', leaf)", "sha256('\\x01', leaf)"},
      {"sha256('\\x01', left.hash, peak.hash)", "sha256('\\x01', peak.hash, left.hash)"},
      {"return good ? 'good' : 'bad'", "return 'good'"},
      {"'sluis/part/v1'", "'sluis/part/v2'"},
  };
  for (const auto& [rule, broken] : sabotage) {
    const size_t at = script.find(rule);
    ASSERT_NE(at, std::string::npos) << rule;
    std::string changed = script;
    changed.replace(at, rule.size(), broken);
    EXPECT_NE(SecondVerdicts(Write("broken.mjs", changed)), first_) << "nobody noticed: " << rule;
  }
}

}  // namespace
}  // namespace sluis
