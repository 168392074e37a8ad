#include "client/cli/reconcile_keys.h"

#include <algorithm>
#include <utility>

#include "client/cli/receipt.h"
#include "client/cli/signal_view.h"
#include "client/lib/exchange_log.h"
#include "client/lib/export_reader.h"
#include "client/lib/partnership_files.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::cli {
namespace {

// Nothing when the node is in no partnership.
Result<std::optional<partnership::Manifest>> OfTheNode(Shell& shell) {
  const auto answer = Call<node::v1::GetExchangeResponse>(shell, node::v1::GetExchangeRequest());
  if (!answer.ok()) return answer.failure();
  if (answer->partnership().empty()) return std::optional<partnership::Manifest>();
  auto read = partnership::ReadSignedManifest(answer->signed_manifest());
  if (!read.ok()) return Failure{Exit::kInternal, {"partnership.bad_answer", {}}, nullptr};
  return std::optional<partnership::Manifest>(std::move(read->manifest));
}

Result<std::optional<partnership::Manifest>> OfTheFile(const std::string& path) {
  Result<partnership::SignedManifest> read = client::ReadManifestFile(path);
  if (!read.ok()) return read.failure();
  // A draft is nobody's word yet.
  if (read->signatures.size() != read->manifest.members.size()) {
    return Failure{Exit::kUsage, {"reconcile.draft", {{"path", path}}}, nullptr};
  }
  return std::optional<partnership::Manifest>(std::move(read->manifest));
}

// Of the log keys that the manifest gives this member the one that signed; the first when none did.
std::string KeyOfMember(const partnership::Member& member, const client::ExportHeader& header) {
  std::string first;
  for (const partnership::Key& key : member.keys) {
    if (key.purpose != crypto::KeyPurpose::kLog) continue;
    const auto verifier = crypto::VerifierKey::Create(header.origin, key.public_key);
    if (!verifier.ok()) continue;
    if (crypto::OpenNote(header.checkpoint, {&*verifier, 1}).ok()) return verifier->Format();
    if (first.empty()) first = verifier->Format();
  }
  return first;
}

}  // namespace

Result<LogKeys> LogKeys::Of(Shell& shell, const KeySources& sources) {
  LogKeys keys;
  for (const std::string& text : sources.keys) {
    absl::StatusOr<crypto::VerifierKey> key = crypto::VerifierKey::Parse(text);
    if (!key.ok()) return Failure{Exit::kUsage, {"reconcile.bad_key", {}}, nullptr};
    keys.keys_.push_back(*std::move(key));
  }
  if (!sources.manifest.empty() && !keys.keys_.empty()) {
    return Failure{Exit::kUsage, {"reconcile.two_sources", {}}, nullptr};
  }
  if (!keys.keys_.empty() || (sources.manifest.empty() && !sources.ask_node)) return keys;
  Result<std::optional<partnership::Manifest>> manifest =
      sources.manifest.empty() ? OfTheNode(shell) : OfTheFile(sources.manifest);
  if (!manifest.ok()) return manifest.failure();
  keys.manifest_ = *std::move(manifest);
  if (keys.manifest_) {
    if (keys.manifest_->state == record::v1::PARTNERSHIP_STATE_EXERCISE) shell.SayExercise();
    shell.Note("reconcile.manifest",
               {{"version", std::to_string(keys.manifest_->version)},
                {"digest", crypto::HexEncode(crypto::View(keys.manifest_->digest))}});
  }
  return keys;
}

Result<std::string> LogKeys::For(std::istream& exported) const {
  if (!manifest_ && keys_.empty()) return std::string();
  const absl::StatusOr<client::ExportHeader> header = client::ExportReader(exported).ReadHeader();
  if (!header.ok()) return std::string();
  const Args origin{{"origin", Harmless(header->origin)}};
  if (manifest_) {
    const partnership::Member* member = manifest_->Find(client::OrganisationOf(header->origin));
    if (member == nullptr) return Failure{Exit::kUsage, {"reconcile.no_member", origin}, nullptr};
    return KeyOfMember(*member, *header);
  }
  const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const crypto::VerifierKey& one) {
    return one.name() == header->origin;
  });
  if (key == keys_.end()) return Failure{Exit::kUsage, {"reconcile.no_key", origin}, nullptr};
  return key->Format();
}

}  // namespace sluis::cli
