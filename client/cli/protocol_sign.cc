// `sluis protocol sign` adds the signature of the own organisation beside the text; `show` says
// what the protocol is on a day.
#include <algorithm>

#include "client/cli/policy_files.h"
#include "client/cli/protocol_commands.h"
#include "client/cli/protocol_files.h"
#include "client/cli/request_context.h"
#include "client/cli/signal_view.h"
#include "client/lib/key_file.h"
#include "client/lib/node_configuration.h"
#include "client/lib/own_files.h"
#include "crypto/bytes.h"
#include "policies/protocol_check.h"

namespace sluis::cli {
namespace {

struct SignOptions {
  std::string protocol;
  std::string config = "/etc/sluis/sluisd.yaml";
  std::string key;
  std::vector<std::string> manifests;
  std::string signatures;
  bool yes = false;
};

struct ShowOptions {
  std::string protocol;
  std::vector<std::string> manifests;
  std::string signatures;
  std::string on;
};

Step Refused(const char* key, const Args& args) {
  return Failure{Exit::kUsage, {key, args}, nullptr};
}

// That this node enforces what the text says, and nothing else.
Step CheckOwnPacks(const policies::Protocol& protocol, const client::NodeConfiguration& node) {
  const auto asked = AskedPacks::Read({node.statutory_pack, node.partnership_pack});
  if (!asked.ok()) return asked.failure();
  if (Step failure = CheckPacksOf(protocol, (*asked)->packs())) return failure;
  const auto gaps = policies::CoverageGaps(protocol, (*asked)->flows());
  if (!gaps.ok()) return NoAnswer(gaps.status());
  if (gaps->empty()) return std::nullopt;
  return Refused("protocol.gaps_left", {{"count", std::to_string(gaps->size())}});
}

bool Contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// That this organisation may still sign there. Only a signature that counts today under the keys
// of the newest manifest stands in the way: after a renewal of keys the parties sign again.
Step CheckMaySign(const policies::Protocol& protocol, const std::string& organisation,
                  const policies::ProtocolSignatures& signatures, const ManifestKeys& keys,
                  const std::string& path, const std::string& today) {
  if (protocol.FindParty(organisation) == nullptr) {
    return Refused("protocol.not_a_party", {{"organisation", organisation}});
  }
  if (signatures.digest != protocol.digest) {
    return Refused("protocol.other_text", {{"path", path}});
  }
  if (Contains(policies::ProtocolState(protocol, signatures, keys.newest, today).signed_by,
               organisation)) {
    return Refused("protocol.signed_before", {{"organisation", organisation}, {"path", path}});
  }
  if (today < policies::FirstDayToSign(protocol)) {
    return Refused("protocol.too_early", {{"day", std::string(FirstDayToSign(protocol))}});
  }
  return std::nullopt;
}

std::string DigestOf(const policies::Protocol& protocol) {
  return crypto::HexEncode(crypto::View(protocol.digest));
}

Args HeadOf(const policies::Protocol& protocol) {
  return {{"title", Harmless(protocol.title)},
          {"id", protocol.id},
          {"version", std::to_string(protocol.version)},
          {"digest", DigestOf(protocol)}};
}

Exit Sign(Shell& shell, const SignOptions& options) {
  const Result<client::NodeConfiguration> node = client::ReadNodeConfiguration(options.config);
  if (!node.ok()) return shell.Fail(node.failure());
  const Result<policies::Protocol> protocol = ReadProtocolFile(options.protocol);
  if (!protocol.ok()) return shell.Fail(protocol.failure());
  const std::string path = SignaturesPath(options.signatures, options.protocol);
  Result<policies::ProtocolSignatures> signatures = ReadSignaturesFile(path, *protocol);
  if (!signatures.ok()) return shell.Fail(signatures.failure());
  const auto keys = KeysOfManifests(options.manifests);
  if (!keys.ok()) return shell.Fail(keys.failure());
  if (Step failure =
          CheckMaySign(*protocol, node->organisation, *signatures, *keys, path, shell.today())) {
    return shell.Fail(*failure);
  }
  if (Step failure = CheckOwnPacks(*protocol, *node)) return shell.Fail(*failure);
  if (Step failure = CheckKinds(*protocol, options.manifests)) return shell.Fail(*failure);
  const std::string key_path = options.key.empty() ? node->identity_key : options.key;
  const Result<crypto::KeyFile> key = client::ReadKey(key_path, crypto::KeyPurpose::kIdentity);
  if (!key.ok()) return shell.Fail(key.failure());
  const policies::ProtocolSignature made =
      policies::SignProtocol(protocol->digest, node->organisation, shell.today(), key->key);
  // The others will look for one of the keys that the manifest gives this organisation.
  if (!policies::SignatureHolds(protocol->digest, made, keys->newest)) {
    return shell.Fail(Exit::kUsage, "protocol.other_key", {{"path", key_path}});
  }
  const bool replaces = signatures->Find(node->organisation) != nullptr;
  if (replaces) {
    shell.Note("protocol.replaces", {{"organisation", node->organisation}, {"path", path}});
  }
  if (!options.yes) {
    shell.Note("protocol.head", HeadOf(*protocol));
    if (!shell.Confirm("protocol.confirm_sign", {{"organisation", node->organisation}})) {
      return shell.Fail(Exit::kUsage, "protocol.not_signed_now");
    }
  }
  signatures->Add(made);
  if (Step failure = client::WriteOver(path, signatures->Serialise(), client::FileMode::kPublic)) {
    return shell.Fail(*failure);
  }
  if (shell.json) {
    shell.Print({{"organisation", node->organisation},
                 {"day", made.day},
                 {"replaced", replaces},
                 {"digest", DigestOf(*protocol)},
                 {"signatures", path}});
  } else {
    shell.Say("protocol.signed", {{"organisation", node->organisation}, {"path", path}});
  }
  return Exit::kDone;
}

// Whose signature does not count under the newest manifest and did under an earlier one of those
// given: a node holds the newest only, so these sign again.
std::vector<std::string> SignedWithEarlierKeys(const policies::Protocol& protocol,
                                               const policies::ProtocolSignatures& signatures,
                                               const ManifestKeys& keys, const std::string& day,
                                               const policies::ProtocolStanding& standing) {
  std::vector<std::string> found;
  for (const std::string& one :
       policies::ProtocolState(protocol, signatures, keys.all, day).signed_by) {
    if (!Contains(standing.signed_by, one)) found.push_back(one);
  }
  return found;
}

Json StandingJson(const policies::Protocol& protocol, const policies::ProtocolStanding& standing,
                  const ManifestKeys& keys, const std::vector<std::string>& earlier,
                  const std::string& day) {
  Json reasons = Json::array();
  for (const policies::ProtocolReason& reason : standing.reasons) {
    reasons.push_back({{"reason", policies::ProtocolReasonName(reason.kind)},
                       {"about", reason.about},
                       {"day", reason.day}});
  }
  return {{"id", protocol.id},
          {"version", protocol.version},
          {"digest", DigestOf(protocol)},
          {"on", day},
          {"manifest", {{"path", keys.path}, {"version", keys.version}}},
          {"signed_with_earlier_keys", earlier},
          {"state", policies::ProtocolPhaseName(standing.phase)},
          {"new_disclosures", standing.new_disclosures},
          {"signed_by", standing.signed_by},
          {"reasons", reasons}};
}

Exit Show(Shell& shell, const ShowOptions& options) {
  const Result<policies::Protocol> protocol = ReadProtocolFile(options.protocol);
  if (!protocol.ok()) return shell.Fail(protocol.failure());
  const Result<std::string> day =
      options.on.empty() ? Result<std::string>(shell.today()) : DayOf(options.on, "--on");
  if (!day.ok()) return shell.Fail(day.failure());
  if (Step failure = CheckKinds(*protocol, options.manifests)) return shell.Fail(*failure);
  const auto keys = KeysOfManifests(options.manifests);
  if (!keys.ok()) return shell.Fail(keys.failure());
  const auto signatures =
      ReadSignaturesFile(SignaturesPath(options.signatures, options.protocol), *protocol);
  if (!signatures.ok()) return shell.Fail(signatures.failure());
  const policies::ProtocolStanding standing =
      policies::ProtocolState(*protocol, *signatures, keys->newest, *day);
  const std::vector<std::string> earlier =
      SignedWithEarlierKeys(*protocol, *signatures, *keys, *day, standing);
  const Exit exit = standing.new_disclosures ? Exit::kDone : Exit::kFinding;
  if (shell.json) {
    shell.Print(StandingJson(*protocol, standing, *keys, earlier, *day));
    return exit;
  }
  shell.Say("protocol.head", HeadOf(*protocol));
  shell.Say("protocol.keys_of", {{"path", keys->path}, {"version", std::to_string(keys->version)}});
  shell.Say("protocol.phase." + std::string(policies::ProtocolPhaseName(standing.phase)),
            {{"day", *day}});
  for (const policies::ProtocolReason& reason : standing.reasons) {
    shell.Say("protocol.reason." + std::string(policies::ProtocolReasonName(reason.kind)),
              {{"about", reason.about}, {"day", reason.day}});
  }
  if (!earlier.empty()) {
    shell.Say("protocol.earlier_keys", {{"organisations", Listed(earlier)}});
  }
  if (!standing.signed_by.empty()) {
    shell.Say("protocol.signed_by", {{"organisations", Listed(standing.signed_by)}});
  }
  shell.Say(standing.new_disclosures ? "protocol.may_disclose" : "protocol.may_not_disclose");
  return exit;
}

void TakeSignOptions(Command& command, SignOptions& options) {
  TakeSignatures(command, options.manifests, options.signatures, Need::kRequired);
  command.Text("--key", &options.key, Need::kOptional, "identity_key")
      .Text("--config", &options.config, Need::kOptional, "node_config")
      .Flag("--yes", &options.yes, "sign_yes");
}

void TakeShowOptions(Command& command, ShowOptions& options) {
  TakeSignatures(command, options.manifests, options.signatures, Need::kRequired);
  command.Text("--on", &options.on, Need::kOptional, "protocol_on");
}

}  // namespace

void AddProtocolSignCommand(CommandSet& set, CLI::App& group) {
  AddProtocolCommand(set, group, "sign",
                     "sluis protocol sign protocol.yaml --manifest vaartland.manifest",
                     TakeSignOptions, Sign);
}

void AddProtocolShowCommand(CommandSet& set, CLI::App& group) {
  AddProtocolCommand(set, group, "show",
                     "sluis protocol show protocol.yaml --manifest vaartland.manifest",
                     TakeShowOptions, Show);
}

}  // namespace sluis::cli
