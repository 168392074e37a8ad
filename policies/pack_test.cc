#include "policies/pack_test.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policies/evaluate.h"
#include "policies/given_values.h"
#include "policies/pack_resolver.h"
#include "policies/plain_evaluate.h"
#include "policies/yaml_reader.h"

namespace sluis::policies {
namespace {

constexpr auto kTestKeys = std::to_array<std::string_view>({"name", "given", "with", "expect"});
constexpr auto kExpectKeys =
    std::to_array<std::string_view>({"decision", "rules", "includes", "granted", "removed",
                                     "generalised", "retention", "obligations"});
constexpr auto kOutcomes = std::to_array<std::string_view>({"permit", "deny", "refused"});

std::string Listed(const std::set<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) text += (text.size() > 1 ? ", " : "") + word;
  return text + "]";
}

std::set<std::string> Texts(const std::vector<Word>& words) {
  std::set<std::string> texts;
  for (const Word& word : words) texts.insert(word.text);
  return texts;
}

std::set<std::string> DecidingRules(const Decision& decision) {
  if (decision.outcome != Outcome::kPermit) {
    return {decision.forbids.begin(), decision.forbids.end()};
  }
  std::set<std::string> rules(decision.permits.begin(), decision.permits.end());
  rules.insert(decision.requires_.begin(), decision.requires_.end());
  return rules;
}

// Compares one decision with what a test expects of it, key by key.
class Expectation {
 public:
  Expectation(const YamlReader& reader, const YamlNode& node, const Word& name,
              const Decision& decision)
      : reader_(reader), node_(node), name_(name), decision_(decision) {}

  void Check() {
    CheckOutcome();
    const std::set<std::string> rules = DecidingRules(decision_);
    CheckSet("rules", rules, /*exact=*/true);
    CheckSet("includes", rules, /*exact=*/false);
    std::set<std::string> granted;
    for (const GrantedField& field : decision_.granted) granted.insert(field.name);
    CheckSet("granted", granted, /*exact=*/true);
    std::set<std::string> removed;
    if (const auto* treatments = decision_.Find<FieldTreatments>()) {
      for (const auto& [field, treatment] : treatments->fields) {
        if (treatment.kind == Treatment::Kind::kRemove) removed.insert(field);
      }
    }
    CheckSet("removed", removed, /*exact=*/true);
    // By kind, or in full: a kind can be there for less than what was agreed.
    std::set<std::string> obligations;
    for (const JoinedObligation& joined : decision_.obligations) {
      obligations.insert(std::string(ObligationName(KindOf(joined.obligation))));
      obligations.insert(ObligationText(joined.obligation));
    }
    CheckSet("obligations", obligations, /*exact=*/false);
    CheckGeneralised();
    CheckRetention();
  }

 private:
  void Fail(Position at, const std::string& expected, const std::string& got) {
    if (!reader_.ok()) return;
    reader_.complaint().At(at, "test \"" + name_.text + "\": expected " + expected + ", got " +
                                   got + (decision_.refusal.empty() ? "" : " (") +
                                   decision_.refusal + (decision_.refusal.empty() ? "" : ")"));
  }

  void CheckOutcome() {
    const Word word = reader_.One(reader_.Required(node_, "decision"), "decision");
    if (!reader_.ok()) return;
    const std::string_view got = kOutcomes[static_cast<std::size_t>(decision_.outcome)];
    if (std::find(kOutcomes.begin(), kOutcomes.end(), word.text) == kOutcomes.end()) {
      reader_.complaint().Unknown(word, "unknown decision", kOutcomes);
    } else if (word.text != got) {
      Fail(word.at, word.text, std::string(got) + " by " + Listed(DecidingRules(decision_)));
    }
  }

  void CheckSet(std::string_view key, const std::set<std::string>& got, bool exact) {
    const YamlNode* list = node_.Find(key);
    if (list == nullptr || !reader_.ok()) return;
    const std::set<std::string> expected = Texts(reader_.OneOrMore(*list, key, true));
    const bool good = exact
                          ? expected == got
                          : std::includes(got.begin(), got.end(), expected.begin(), expected.end());
    if (!good) Fail(list->word.at, std::string(key) + " " + Listed(expected), Listed(got));
  }

  void CheckGeneralised() {
    const YamlNode* map = node_.Find("generalised");
    if (map == nullptr || !reader_.ok()) return;
    for (const auto& [field, step_node] : map->entries) {
      const Word step = reader_.One(step_node, "a step");
      const auto found =
          std::find_if(decision_.granted.begin(), decision_.granted.end(),
                       [&name = field.text](const GrantedField& g) { return g.name == name; });
      const std::string got =
          found == decision_.granted.end() ? "not granted" : found->treatment.step_name;
      if (got != step.text) Fail(field.at, field.text + " as " + step.text, "\"" + got + "\"");
    }
  }

  void CheckRetention() {
    const YamlNode* retention = node_.Find("retention");
    if (retention == nullptr) return;
    const Word word = reader_.One(*retention, "retention");
    const int32_t days = reader_.Days(word);
    const auto* got = decision_.Find<Retention>();
    if (got == nullptr || got->days != days) {
      Fail(word.at, word.text, got == nullptr ? "none" : "P" + std::to_string(got->days) + "D");
    }
  }

  const YamlReader& reader_;
  const YamlNode& node_;
  const Word& name_;
  const Decision& decision_;
};

void RunTest(const YamlReader& reader, const YamlNode& node, const PackSet& packs,
             GivenValues values) {
  if (!reader.Mapping(node, "a test", kTestKeys)) return;
  const Word name = reader.One(reader.Required(node, "name"), "the name of a test");
  const Word given = reader.One(reader.Required(node, "given"), "given");
  if (reader.ok() && given.text != "base") {
    reader.complaint().About(given, "a test can only be given the base");
  }
  if (const YamlNode* with = node.Find("with")) {
    ReadGivenValues(reader, *with, packs.schema(), values);
  }
  const YamlNode& expect = reader.Required(node, "expect");
  if (!reader.Mapping(expect, "expect", kExpectKeys)) return;
  const Request request = RequestFrom(packs, values);
  const Decision decision = Decide(packs, request);
  if (decision != DecidePlainly(packs, request)) {
    reader.complaint().About(name, "the two engines do not agree; report this pack, test");
    return;
  }
  Expectation(reader, expect, name, decision).Check();
}

}  // namespace

absl::StatusOr<PackTestRun> RunEachPackTest(std::span<const Pack> layers, const PackSet& packs) {
  const absl::StatusOr<GivenValues> base = BaseOf(layers, packs.schema());
  if (!base.ok()) return base.status();
  PackTestRun run;
  const YamlNode* tests = layers.back().tree.Find("tests");
  if (tests == nullptr) return run;
  Complaint list(layers.back().file_name);
  for (const YamlNode& test : YamlReader(list).Items(*tests, "tests", kMaxPackTests)) {
    Complaint complaint(layers.back().file_name);
    RunTest(YamlReader(complaint), test, packs, *base);
    ++run.ran;
    if (complaint.any()) run.failed.push_back(complaint.status());
  }
  if (list.any()) return list.status();
  return run;
}

absl::Status RunPackTests(std::span<const Pack> layers, const PackSet& packs) {
  const absl::StatusOr<PackTestRun> run = RunEachPackTest(layers, packs);
  if (!run.ok()) return run.status();
  return run->failed.empty() ? absl::OkStatus() : run->failed.front();
}

absl::StatusOr<std::vector<PackTestRun>> RunAllPackTests(std::span<const Pack> layers) {
  std::vector<PackTestRun> runs;
  for (std::size_t i = 1; i <= layers.size(); ++i) {
    const auto down_to_own = layers.first(i);
    const absl::StatusOr<PackSet> packs = PackSetResolver::Resolve(down_to_own);
    if (!packs.ok()) return packs.status();
    absl::StatusOr<PackTestRun> run = RunEachPackTest(down_to_own, *packs);
    if (!run.ok()) return run.status();
    runs.push_back(*std::move(run));
  }
  return runs;
}

}  // namespace sluis::policies
