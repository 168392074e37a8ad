#include "policies/protocol_check.h"

#include "client/cli/policy_files.h"
#include "client/cli/protocol_commands.h"
#include "client/cli/protocol_files.h"
#include "crypto/bytes.h"

namespace sluis::cli {
namespace {

struct CheckOptions {
  std::string protocol;
  std::vector<std::string> packs;
};

Json GapJson(const policies::CoverageGap& gap) {
  return {{"kind", policies::GapKindName(gap.kind)},
          {"purpose", gap.purpose},
          {"categories", gap.categories},
          {"from", gap.from},
          {"to", gap.to},
          {"word", gap.word},
          {"clause", gap.clause},
          {"example", gap.example}};
}

void SayGap(Shell& shell, const policies::CoverageGap& gap) {
  shell.Say("protocol.gap." + std::string(policies::GapKindName(gap.kind)),
            {{"purpose", gap.purpose},
             {"from", gap.from},
             {"to", gap.to},
             {"word", gap.word},
             {"clause", gap.clause}});
  if (!gap.categories.empty()) {
    shell.Say("protocol.gap_categories", {{"categories", Listed(gap.categories)}});
  }
  if (!gap.example.empty()) shell.Say("protocol.gap_example", {{"values", gap.example}});
}

Exit Check(Shell& shell, const CheckOptions& options) {
  const auto asked = AskedPacks::Read(options.packs);
  if (!asked.ok()) return shell.Fail(asked.failure());
  const Result<policies::Protocol> protocol = ReadProtocolFile(options.protocol);
  if (!protocol.ok()) return shell.Fail(protocol.failure());
  if (Step failure = CheckPacksOf(*protocol, (*asked)->packs())) return shell.Fail(*failure);
  const auto gaps = policies::CoverageGaps(*protocol, (*asked)->flows());
  if (!gaps.ok()) return shell.Fail(NoAnswer(gaps.status()));
  const std::string digest = crypto::HexEncode(crypto::View(protocol->digest));
  if (shell.json) {
    Json listed = Json::array();
    for (const policies::CoverageGap& gap : *gaps) listed.push_back(GapJson(gap));
    shell.Print({{"id", protocol->id},
                 {"version", protocol->version},
                 {"digest", digest},
                 {"ok", gaps->empty()},
                 {"gaps", listed}});
  } else {
    const Args args = {{"id", protocol->id},
                       {"version", std::to_string(protocol->version)},
                       {"clauses", std::to_string(protocol->clauses.size())}};
    shell.Say(gaps->empty() ? "protocol.good" : "protocol.differs", args);
    for (const policies::CoverageGap& gap : *gaps) SayGap(shell, gap);
    shell.Say("policy.digest", {{"digest", digest}});
  }
  return gaps->empty() ? Exit::kDone : Exit::kFinding;
}

}  // namespace

void AddProtocolCheckCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<CheckOptions>();
  Command(set, group, "check", "sluis protocol check protocol.yaml statutory.be.yaml livc-r.yaml")
      .Text("protocol", &options->protocol, Need::kRequired, "protocol_file")
      .Files("pack", &options->packs, Need::kRequired, "protocol_packs")
      .AnswersJson()
      .Runs([&shell, options] { return Check(shell, *options); });
}

}  // namespace sluis::cli
