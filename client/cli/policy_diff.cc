#include "client/cli/policy_diff.h"

#include <sstream>
#include <vector>

#include "client/cli/policy_files.h"
#include "crypto/bytes.h"
#include "policies/pack_diff.h"

namespace sluis::cli {
namespace {

using policies::DifferenceKind;

struct DiffCommand {
  std::vector<std::string> before;
  std::vector<std::string> after;
};

constexpr DifferenceKind kKinds[] = {DifferenceKind::kNewlyPermitted,
                                     DifferenceKind::kNoLongerPermitted, DifferenceKind::kFields,
                                     DifferenceKind::kObligations};

std::string Number(absl::uint128 count) {
  std::ostringstream text;
  text << count;
  return text.str();
}

Json SideJson(const policies::PackSet& packs) {
  return {{"packs", PackNames(packs)},
          {"effective", crypto::HexEncode(crypto::View(packs.digests().effective))}};
}

// Counts are texts: they can be larger than a number of JSON holds.
Json DiffJson(const policies::PackSet& before, const policies::PackSet& after,
              const policies::PackDiff& diff) {
  Json out{{"before", SideJson(before)},
           {"after", SideJson(after)},
           {"same", !diff.any()},
           {"classes", Number(diff.classes)}};
  for (const DifferenceKind kind : kKinds) {
    const policies::Difference& one = diff.Of(kind);
    out[std::string(policies::DifferenceName(kind))] = {{"classes", Number(one.classes)},
                                                        {"example", one.example}};
  }
  return out;
}

void SayDiff(Shell& shell, const policies::PackSet& before, const policies::PackSet& after,
             const policies::PackDiff& diff) {
  shell.Say("policy.diff_of", {{"before", PackNames(before)}, {"after", PackNames(after)}});
  if (!diff.any()) return shell.Say("policy.diff_none", {{"classes", Number(diff.classes)}});
  for (const DifferenceKind kind : kKinds) {
    const policies::Difference& one = diff.Of(kind);
    const std::string name(policies::DifferenceName(kind));
    shell.Say("policy.diff." + name, {{"count", Number(one.classes)}});
    if (one.classes > 0) shell.Say("policy.diff_example", {{"values", one.example}});
  }
  shell.Say("policy.diff_total", {{"classes", Number(diff.classes)}});
}

Exit Diff(Shell& shell, const DiffCommand& options) {
  const Result<policies::PackSet> before = LoadPacks(options.before);
  if (!before.ok()) return shell.Fail(before.failure());
  const Result<policies::PackSet> after = LoadPacks(options.after);
  if (!after.ok()) return shell.Fail(after.failure());
  const absl::StatusOr<policies::PackDiff> diff = policies::ComparePacks(*before, *after);
  if (!diff.ok()) return shell.Fail(NoAnswer(diff.status()));
  if (shell.json) {
    shell.Print(DiffJson(*before, *after, *diff));
  } else {
    SayDiff(shell, *before, *after, *diff);
  }
  return diff->any() ? Exit::kFinding : Exit::kDone;
}

}  // namespace

void AddPolicyDiffCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<DiffCommand>();
  Shell& shell = set.shell();
  Command(set, group, "diff",
          "sluis policy diff --before statutory.be.yaml livc-r.6.yaml "
          "--after statutory.be.yaml livc-r.7.yaml")
      .Files("--before", &options->before, Need::kRequired, "packs_before")
      .Files("--after", &options->after, Need::kRequired, "packs_after")
      .AnswersJson()
      .Runs([&shell, options] { return Diff(shell, *options); });
}

}  // namespace sluis::cli
