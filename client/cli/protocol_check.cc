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
  const auto read = ReadWithPacks(options.protocol, options.packs);
  if (!read.ok()) return shell.Fail(read.failure());
  const policies::Protocol* protocol = &read->protocol;
  const auto gaps = policies::CoverageGaps(*protocol, read->packs->flows());
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

void TakeOptions(Command& command, CheckOptions& options) { TakePacks(command, options.packs); }

}  // namespace

void AddProtocolCheckCommand(CommandSet& set, CLI::App& group) {
  AddProtocolCommand(set, group, "check",
                     "sluis protocol check protocol.yaml statutory.be.yaml livc-r.yaml",
                     TakeOptions, Check);
}

}  // namespace sluis::cli
