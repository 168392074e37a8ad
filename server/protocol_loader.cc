#include "server/protocol_loader.h"

#include <filesystem>
#include <string>
#include <utility>

#include "crypto/hash.h"
#include "policies/protocol_check.h"
#include "policies/protocol_yaml.h"
#include "policies/source_text.h"
#include "server/terms_loader.h"

namespace sluis::server {
namespace {

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

struct Signed {
  policies::ProtocolSignatures signatures;
  crypto::Hash digest{};
};

absl::StatusOr<Signed> ReadSigned(const std::string& path, const policies::Protocol& protocol) {
  Signed read;
  read.signatures.digest = protocol.digest;
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return read;
  absl::StatusOr<std::string> text = ReadWholeFile(path, policies::kMaxSignaturesBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<policies::ProtocolSignatures> signatures = policies::ReadSignatures(path, *text);
  if (!signatures.ok()) return signatures.status();
  read.signatures = *std::move(signatures);
  read.digest = crypto::Sha256(*text);
  return read;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const core::ProtocolInForce>> LoadProtocol(
    const Config& config, const core::Terms& terms) {
  const std::string& path = config.protocol_file;
  if (path.empty()) return nullptr;
  if (!terms.manifest) {
    return absl::FailedPreconditionError(
        Quoted(path) +
        ": a protocol holds between the members of a partnership; name its manifest under "
        "\"partnership.manifest\"");
  }
  absl::StatusOr<std::string> text = ReadWholeFile(path, kMaxPackBytes);
  if (!text.ok()) return text.status();
  policies::ProtocolReading reading = policies::ReadProtocol(path, *text);
  if (!reading.protocol) return reading.faults.front();
  policies::Protocol& protocol = *reading.protocol;
  const std::vector<absl::Status> differs = policies::CheckAgainstPacks(protocol, terms.packs);
  if (!differs.empty()) {
    return absl::FailedPreconditionError(std::string(differs.front().message()) +
                                         "; install the protocol that is the text of the rule "
                                         "packs in force (sluis protocol check)");
  }
  if (protocol.FindParty(config.organisation) == nullptr) {
    return absl::FailedPreconditionError(Quoted(config.organisation) + " is not a party in " +
                                         Quoted(path) +
                                         "; install the protocol of its own partnership");
  }
  for (const policies::ProtocolParty& party : protocol.parties) {
    const partnership::Member* member = terms.manifest->manifest.Find(party.organisation.text);
    if (member == nullptr || member->kind == party.kind.text) continue;
    policies::Complaint complaint(path);
    complaint.About(party.kind, "the manifest in force says that " +
                                    Quoted(party.organisation.text) + " is of kind " +
                                    Quoted(member->kind) +
                                    "; install a manifest and a protocol that say the same");
    return absl::FailedPreconditionError(complaint.status().message());
  }
  absl::StatusOr<Signed> read = ReadSigned(path + ".signatures", protocol);
  if (!read.ok()) return read.status();
  return std::make_shared<const core::ProtocolInForce>(
      std::move(protocol), std::move(read->signatures), core::PartyKeysOf(terms.manifest->manifest),
      read->digest);
}

}  // namespace sluis::server
