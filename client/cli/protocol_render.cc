#include "client/cli/policy_files.h"
#include "client/cli/protocol_commands.h"
#include "client/cli/protocol_files.h"
#include "client/cli/signal_view.h"
#include "client/lib/own_files.h"
#include "policies/protocol_check.h"
#include "policies/protocol_document.h"
#include "policies/protocol_exports.h"

namespace sluis::cli {
namespace {

struct RenderOptions {
  std::string protocol;
  std::vector<std::string> packs;
  std::string format;
  std::vector<std::string> manifests;
  std::string signatures;
  std::string out;
};

// The signatures that hold today; none without a manifest to know keys from.
Result<std::vector<policies::ProtocolSignature>> HeldSignatures(const Shell& shell,
                                                                const RenderOptions& options,
                                                                const policies::Protocol& text) {
  std::vector<policies::ProtocolSignature> held;
  if (options.manifests.empty()) return held;
  const auto keys = KeysOfManifests(options.manifests);
  if (!keys.ok()) return keys.failure();
  const auto read = ReadSignaturesFile(SignaturesPath(options.signatures, options.protocol), text);
  if (!read.ok()) return read.failure();
  const auto standing = policies::ProtocolState(text, *read, keys->all, shell.today());
  for (const std::string& organisation : standing.signed_by) {
    held.push_back(*read->Find(organisation));
  }
  return held;
}

Result<std::string> Rendered(const Shell& shell, const RenderOptions& options) {
  const auto read = ReadWithPacks(options.protocol, options.packs);
  if (!read.ok()) return read.failure();
  const policies::Protocol* protocol = &read->protocol;
  const AskedPacks& packs = *read->packs;
  if (options.format == "odrl") {
    return policies::ProtocolOdrl(*protocol, packs.rules(), packs.flows());
  }
  if (options.format == "register") return policies::ProtocolRegister(*protocol, packs.packs());
  if (options.format == "csv") return policies::ProtocolRegisterCsv(*protocol, packs.packs());
  const auto held = HeldSignatures(shell, options, *protocol);
  if (!held.ok()) return held.failure();
  const auto flows = packs.flows().Between(policies::KindsBetween(*protocol));
  if (!flows.ok()) return NoAnswer(flows.status());
  const auto groups = packs.flows().Grouped(*flows);
  if (!groups.ok()) return NoAnswer(groups.status());
  const auto document =
      policies::DescribeProtocol(*protocol, *groups, packs.packs().schema(), *held);
  return options.format == "md" ? policies::DocumentMarkdown(document)
                                : policies::DocumentHtml(document);
}

Exit Render(Shell& shell, const RenderOptions& asked) {
  RenderOptions options = asked;
  if (options.format.empty()) options.format = "html";
  bool known = false;
  for (const char* format : {"html", "md", "odrl", "register", "csv"}) {
    known = known || options.format == format;
  }
  if (!known) {
    return shell.Fail(Exit::kUsage, "protocol.bad_format", {{"format", Harmless(options.format)}});
  }
  const Result<std::string> text = Rendered(shell, options);
  if (!text.ok()) return shell.Fail(text.failure());
  if (options.out.empty()) {
    shell.out() << *text;
    return Exit::kDone;
  }
  if (Step failure = client::WriteNew(options.out, *text, client::FileMode::kPublic)) {
    return shell.Fail(*failure);
  }
  if (shell.json) {
    shell.Print({{"out", options.out}, {"format", options.format}});
  } else {
    shell.Say("protocol.rendered", {{"path", options.out}});
  }
  return Exit::kDone;
}

void TakeOptions(Command& command, RenderOptions& options) {
  TakePacks(command, options.packs);
  command.Text("--format", &options.format, Need::kOptional, "protocol_format");
  TakeSignatures(command, options.manifests, options.signatures, Need::kOptional);
  command.Text("--out", &options.out, Need::kOptional, "protocol_render_out");
}

}  // namespace

void AddProtocolRenderCommand(CommandSet& set, CLI::App& group) {
  AddProtocolCommand(set, group, "render",
                     "sluis protocol render protocol.yaml statutory.be.yaml livc-r.yaml --format "
                     "html --out protocol.html",
                     TakeOptions, Render);
}

}  // namespace sluis::cli
