#include "client/cli/policy_check.h"

#include <span>
#include <utility>
#include <vector>

#include "client/cli/policy_files.h"
#include "crypto/bytes.h"
#include "policies/pack_test.h"

namespace sluis::cli {
namespace {

std::string Hex(const crypto::Hash& hash) { return crypto::HexEncode(crypto::View(hash)); }

size_t Count(const policies::Pack& pack, std::string_view section) {
  const policies::YamlNode* node = pack.tree.Find(section);
  return node == nullptr ? 0 : node->items.size();
}

std::string LayerText(const Shell& shell, policies::Layer layer) {
  return shell.Text("policy.layer." + std::string(policies::LayerName(layer)));
}

Json PackJson(const policies::Pack& pack) {
  return {{"id", pack.id},
          {"version", pack.version},
          {"layer", policies::LayerName(pack.layer)},
          {"file", pack.file_name},
          {"valid_from", pack.valid_from},
          {"valid_until", pack.valid_until},
          {"digest", Hex(pack.digest)},
          {"rules", Count(pack, "rules")},
          {"tests", Count(pack, "tests")},
          {"invariants", Count(pack, "invariants")}};
}

void SayPack(Shell& shell, const policies::Pack& pack) {
  shell.Say("policy.pack", {{"id", pack.id},
                            {"version", std::to_string(pack.version)},
                            {"layer", LayerText(shell, pack.layer)},
                            {"from", pack.valid_from},
                            {"until", pack.valid_until}});
  shell.Say("policy.counts", {{"rules", std::to_string(Count(pack, "rules"))},
                              {"tests", std::to_string(Count(pack, "tests"))},
                              {"invariants", std::to_string(Count(pack, "invariants"))}});
  shell.Say("policy.digest", {{"digest", Hex(pack.digest)}});
}

Json PacksJson(const std::vector<policies::Pack>& packs) {
  Json out = Json::array();
  for (const policies::Pack& pack : packs) out.push_back(PackJson(pack));
  return out;
}

Exit Check(Shell& shell, const std::vector<std::string>& files) {
  Result<ReadPacks> read = ReadPackFiles(files);
  if (!read.ok()) return shell.Fail(read.failure());
  std::vector<std::string>& refusals = read->refusals;
  const Json listed = PacksJson(read->packs);
  absl::StatusOr<policies::PackSet> packs;
  if (refusals.empty()) {
    packs = policies::PackSet::Load(std::move(read->packs));
    if (!packs.ok()) refusals.push_back(WordsOf(packs.status()));
  }
  if (!refusals.empty()) {
    return shell.Fail(PacksRefused(refusals), {{"packs", listed}, {"refusals", refusals}});
  }
  if (shell.json) {
    shell.Print({{"packs", listed},
                 {"valid_from", packs->valid_from()},
                 {"valid_until", packs->valid_until()},
                 {"effective", Hex(packs->digests().effective)}});
    return Exit::kDone;
  }
  for (const policies::Pack& pack : packs->layers()) SayPack(shell, pack);
  shell.Say("policy.loads", {{"from", packs->valid_from()},
                             {"until", packs->valid_until()},
                             {"digest", Hex(packs->digests().effective)}});
  return Exit::kDone;
}

Json RunJson(const policies::Pack& pack, const policies::PackTestRun& run) {
  Json failed = Json::array();
  for (const absl::Status& status : run.failed) failed.push_back(WordsOf(status));
  return {{"id", pack.id}, {"version", pack.version}, {"ran", run.ran}, {"failed", failed}};
}

void SayRun(Shell& shell, const policies::Pack& pack, const policies::PackTestRun& run) {
  shell.Say("policy.tests", {{"id", pack.id},
                             {"version", std::to_string(pack.version)},
                             {"ran", std::to_string(run.ran)},
                             {"failed", std::to_string(run.failed.size())}});
  for (const absl::Status& status : run.failed) {
    shell.out() << "  " << WordsOf(status) << '\n';
  }
}

Exit Test(Shell& shell, const std::vector<std::string>& files) {
  Result<ReadPacks> read = ReadPackFiles(files);
  if (!read.ok()) return shell.Fail(read.failure());
  if (!read->refusals.empty()) return shell.Fail(PacksRefused(read->refusals));
  const std::span<const policies::Pack> layers(read->packs);
  const auto runs = policies::RunAllPackTests(layers);
  if (!runs.ok()) return shell.Fail(PacksRefused({WordsOf(runs.status())}));
  Json listed = Json::array();
  bool failed = false;
  for (size_t i = 0; i < runs->size(); ++i) {
    const policies::PackTestRun& run = (*runs)[i];
    failed = failed || !run.failed.empty();
    if (shell.json) {
      listed.push_back(RunJson(layers[i], run));
    } else {
      SayRun(shell, layers[i], run);
    }
  }
  // A promise that does not hold keeps packs from loading as well, whatever their tests say.
  if (!failed) {
    const auto packs = policies::PackSet::Load(std::move(read->packs));
    if (!packs.ok()) {
      return shell.Fail(PacksRefused({WordsOf(packs.status())}), {{"tests", listed}});
    }
  }
  if (shell.json) shell.Print({{"ok", !failed}, {"tests", listed}});
  return failed ? Exit::kFinding : Exit::kDone;
}

}  // namespace

void AddPolicyCheckCommand(CommandSet& set, CLI::App& group) {
  const auto files = Options<std::vector<std::string>>();
  Shell& shell = set.shell();
  Command(set, group, "check", "sluis policy check statutory.be.yaml livc-r.yaml")
      .Files("file", files.get(), Need::kRequired, "pack_files")
      .AnswersJson()
      .Runs([&shell, files] { return Check(shell, *files); });
}

void AddPolicyTestCommand(CommandSet& set, CLI::App& group) {
  const auto files = Options<std::vector<std::string>>();
  Shell& shell = set.shell();
  Command(set, group, "test", "sluis policy test statutory.be.yaml livc-r.yaml")
      .Files("file", files.get(), Need::kRequired, "pack_files")
      .AnswersJson()
      .Runs([&shell, files] { return Test(shell, *files); });
}

}  // namespace sluis::cli
