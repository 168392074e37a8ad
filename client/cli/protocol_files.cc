#include "client/cli/protocol_files.h"

#include <utility>

#include "client/cli/policy_files.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_files.h"
#include "policies/protocol_check.h"
#include "policies/protocol_yaml.h"
#include "server/partnership/identity_keys.h"

namespace sluis::cli {
namespace {

Failure Refused(const char* key, const std::vector<absl::Status>& faults) {
  std::string text;
  for (const absl::Status& fault : faults) text += (text.empty() ? "" : "\n") + WordsOf(fault);
  return {Exit::kUsage, {key, {{"text", text}}}, nullptr};
}

}  // namespace

Result<policies::Protocol> ReadProtocolFile(const std::string& path) {
  const Result<std::string> text = client::ReadWhole(path, kMaxPackFileBytes);
  if (!text.ok()) return text.failure();
  policies::ProtocolReading reading = policies::ReadProtocol(path, *text);
  if (!reading.protocol) return Refused("protocol.refused", reading.faults);
  return *std::move(reading.protocol);
}

Result<std::unique_ptr<AskedPacks>> AskedPacks::Read(const std::vector<std::string>& files) {
  Result<policies::PackSet> packs = LoadPacks(files);
  if (!packs.ok()) return packs.failure();
  const auto& layers = packs->layers();
  if (layers.size() != 2 || layers[1].layer != policies::Layer::kPartnership) {
    return Failure{Exit::kUsage, {"protocol.two_packs", {}}, nullptr};
  }
  std::unique_ptr<AskedPacks> asked(new AskedPacks(*std::move(packs)));
  absl::StatusOr<policies::RuleSpace> rules = policies::RuleSpace::Of(asked->packs_);
  if (!rules.ok()) return NoAnswer(rules.status());
  asked->rules_.emplace(*std::move(rules));
  absl::StatusOr<policies::DisclosureFlows> flows = policies::DisclosureFlows::Of(*asked->rules_);
  if (!flows.ok()) return NoAnswer(flows.status());
  asked->flows_.emplace(*std::move(flows));
  return asked;
}

Step CheckPacksOf(const policies::Protocol& protocol, const policies::PackSet& packs) {
  const std::vector<absl::Status> faults = policies::CheckAgainstPacks(protocol, packs);
  if (faults.empty()) return std::nullopt;
  return Refused("protocol.other_packs", faults);
}

Result<TextWithPacks> ReadWithPacks(const std::string& protocol,
                                    const std::vector<std::string>& packs) {
  Result<std::unique_ptr<AskedPacks>> asked = AskedPacks::Read(packs);
  if (!asked.ok()) return asked.failure();
  Result<policies::Protocol> read = ReadProtocolFile(protocol);
  if (!read.ok()) return read.failure();
  if (Step failure = CheckPacksOf(*read, (*asked)->packs())) return *failure;
  return TextWithPacks{std::move(*asked), std::move(*read)};
}

Result<ManifestKeys> KeysOfManifests(const std::vector<std::string>& paths) {
  ManifestKeys keys;
  std::optional<partnership::Manifest> newest;
  for (const std::string& path : paths) {
    Result<partnership::SignedManifest> read = client::ReadManifestFile(path);
    if (!read.ok()) return read.failure();
    partnership::Manifest& manifest = read->manifest;
    const bool besides =
        newest && (manifest.partnership != newest->partnership ||
                   (manifest.version == newest->version && manifest.digest != newest->digest));
    if (besides) {
      return Failure{
          Exit::kUsage, {"protocol.other_line", {{"path", keys.path}, {"other", path}}}, nullptr};
    }
    std::vector<policies::PartyKey> these;
    for (const auto& [organisation, key] : partnership::IdentityKeysOf(manifest)) {
      these.push_back({organisation, key.public_key, key.not_before, key.not_after});
    }
    keys.all.insert(keys.all.end(), these.begin(), these.end());
    if (newest && manifest.version <= newest->version) continue;
    keys.path = path;
    keys.version = manifest.version;
    keys.newest = std::move(these);
    newest = std::move(manifest);
  }
  return keys;
}

Step CheckKinds(const policies::Protocol& protocol, const std::vector<std::string>& manifests) {
  for (const std::string& path : manifests) {
    const Result<partnership::SignedManifest> read = client::ReadManifestFile(path);
    if (!read.ok()) return read.failure();
    for (const policies::ProtocolParty& party : protocol.parties) {
      const partnership::Member* member = read->manifest.Find(party.organisation.text);
      if (member == nullptr || member->kind == party.kind.text) continue;
      return Failure{Exit::kUsage,
                     {"protocol.other_kind",
                      {{"organisation", party.organisation.text},
                       {"kind", party.kind.text},
                       {"other", member->kind},
                       {"path", path}}},
                     nullptr};
    }
  }
  return std::nullopt;
}

std::string SignaturesPath(const std::string& option, const std::string& protocol) {
  return option.empty() ? protocol + ".signatures" : option;
}

Result<policies::ProtocolSignatures> ReadSignaturesFile(const std::string& path,
                                                        const policies::Protocol& protocol) {
  policies::ProtocolSignatures none;
  none.digest = protocol.digest;
  if (!client::Exists(path)) return none;
  const Result<std::string> text = client::ReadWhole(path, policies::kMaxSignaturesBytes);
  if (!text.ok()) return text.failure();
  absl::StatusOr<policies::ProtocolSignatures> read = policies::ReadSignatures(path, *text);
  if (!read.ok()) return Refused("protocol.bad_signatures", {read.status()});
  return *std::move(read);
}

std::string Listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace sluis::cli
