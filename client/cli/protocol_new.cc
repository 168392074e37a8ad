#include <set>

#include "client/cli/policy_files.h"
#include "client/cli/protocol_commands.h"
#include "client/cli/protocol_files.h"
#include "client/cli/signal_view.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_files.h"
#include "policies/protocol_template.h"

namespace sluis::cli {
namespace {

struct NewOptions {
  std::vector<std::string> packs;
  std::string id;
  std::string manifest;
  std::string out;
};

// One of each kind that the packs know, when no manifest says who they are.
std::vector<policies::TemplateParty> OneOfEachKind(const policies::DisclosureFlows& flows) {
  std::vector<policies::TemplateParty> parties;
  for (const std::string& kind : flows.Kinds()) parties.push_back({"", "", kind});
  return parties;
}

Result<std::vector<policies::TemplateParty>> PartiesOf(const NewOptions& options,
                                                       const policies::DisclosureFlows& flows) {
  if (options.manifest.empty()) return OneOfEachKind(flows);
  const Result<partnership::SignedManifest> read = client::ReadManifestFile(options.manifest);
  if (!read.ok()) return read.failure();
  std::vector<policies::TemplateParty> parties;
  for (const partnership::Member& member : read->manifest.members) {
    parties.push_back({member.organisation, member.name, member.kind});
  }
  return parties;
}

// Between any two parties; without a manifest there may be several of one kind.
std::set<policies::KindPair> KindsOf(const std::vector<policies::TemplateParty>& parties,
                                     bool known) {
  std::set<policies::KindPair> kinds;
  for (const policies::TemplateParty& from : parties) {
    for (const policies::TemplateParty& to : parties) {
      if (&from != &to || !known) kinds.emplace(from.kind, to.kind);
    }
  }
  return kinds;
}

bool IsName(const std::string& id) {
  return !id.empty() && id.size() <= 48 && id[0] >= 'a' && id[0] <= 'z' &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos;
}

Exit New(Shell& shell, const NewOptions& options) {
  const auto asked = AskedPacks::Read(options.packs);
  if (!asked.ok()) return shell.Fail(asked.failure());
  const policies::PackSet& packs = (*asked)->packs();
  // The one that the pack says it is the machine form of.
  const std::string id = options.id.empty() ? packs.layers()[1].protocol : options.id;
  if (!IsName(id)) return shell.Fail(Exit::kUsage, "protocol.bad_id", {{"id", Harmless(id)}});
  const auto parties = PartiesOf(options, (*asked)->flows());
  if (!parties.ok()) return shell.Fail(parties.failure());
  const auto flows = (*asked)->flows().Between(KindsOf(*parties, !options.manifest.empty()));
  if (!flows.ok()) return shell.Fail(NoAnswer(flows.status()));
  const auto groups = (*asked)->flows().Grouped(*flows);
  if (!groups.ok()) return shell.Fail(NoAnswer(groups.status()));
  const std::string text = policies::ProtocolTemplate(id, packs, *parties, *groups);
  if (Step failure = client::WriteNew(options.out, text, client::FileMode::kPublic)) {
    return shell.Fail(*failure);
  }
  if (shell.json) {
    shell.Print({{"out", options.out}, {"id", id}, {"clauses", groups->size()}});
  } else {
    shell.Say("protocol.made",
              {{"path", options.out}, {"clauses", std::to_string(groups->size())}});
  }
  return Exit::kDone;
}

}  // namespace

void AddProtocolNewCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<NewOptions>();
  Command(set, group, "new",
          "sluis protocol new statutory.be.yaml livc-r.yaml --manifest vaartland.manifest "
          "--out protocol.yaml")
      .Files("pack", &options->packs, Need::kRequired, "protocol_packs")
      .Text("--manifest", &options->manifest, Need::kOptional, "protocol_parties")
      .Text("--id", &options->id, Need::kOptional, "protocol_id")
      .Text("--out", &options->out, Need::kRequired, "protocol_out")
      .AnswersJson()
      .Runs([&shell, options] { return New(shell, *options); });
}

}  // namespace sluis::cli
