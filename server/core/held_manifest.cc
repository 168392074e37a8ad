#include "server/core/held_manifest.h"

#include <string>
#include <utility>

#include "server/ledger/row.h"
#include "sluis/record/v1/ledger.pb.h"

namespace sluis::core {
namespace {

absl::Status Unreadable() {
  return absl::DataLossError(
      "the manifest in force cannot be read from the ledger; run the node's doctor");
}

}  // namespace

absl::StatusOr<HeldManifest> ReadHeldManifest(const View& view) {
  absl::StatusOr<ledger::Row> terms = ledger::ReadRow(view.snapshot(), TermsKey());
  if (!terms.ok()) return terms.status();
  record::v1::TermsRow row;
  if (terms->stamp != ledger::kAbsent && !row.ParseFromString(terms->value)) return Unreadable();

  HeldManifest held;
  absl::Status fault = absl::OkStatus();
  const std::string from = ManifestKey({});
  absl::Status scanned = view.snapshot().Scan(
      from, storage::PrefixEnd(from), [&](std::string_view key, std::string_view stored) {
        absl::StatusOr<ledger::Row> found = ledger::SplitRow(stored);
        if (!found.ok()) {
          fault = found.status();
          return false;
        }
        absl::StatusOr<partnership::SignedManifest> manifest =
            partnership::ReadSignedManifest(found->value);
        // A node is in one partnership, and a row says only what its name says.
        if (!manifest.ok() || held.manifest || key != ManifestKey(manifest->manifest.partnership)) {
          fault = Unreadable();
          return false;
        }
        held.manifest = std::make_shared<const partnership::SignedManifest>(*std::move(manifest));
        held.stamp = found->stamp;
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!fault.ok()) return fault;
  // The entry that brought it into force commits to the row of the terms, and so to this digest.
  const std::string digest =
      held.manifest ? std::string(crypto::View(held.get()->digest)) : std::string();
  if (digest != row.manifest_digest()) return Unreadable();
  return held;
}

void TakeManifest(std::shared_ptr<const partnership::SignedManifest> manifest, Terms& terms) {
  terms.manifest = std::move(manifest);
  terms.manifest_version = terms.manifest ? terms.manifest->manifest.version : 0;
  terms.partnership = terms.manifest ? terms.manifest->manifest.partnership : std::string();
  terms.exercise =
      terms.manifest && terms.manifest->manifest.state == record::v1::PARTNERSHIP_STATE_EXERCISE;
  terms.may_exchange = false;
}

absl::Status AddManifest(const View& view, const Terms& terms, const ManifestChain& between,
                         Effect& effect) {
  absl::StatusOr<HeldManifest> held = ReadHeldManifest(view);
  if (!held.ok()) return held.status();
  if (!terms.manifest) {
    if (!held->manifest) return absl::OkStatus();
    return absl::FailedPreconditionError("the node is in the partnership \"" +
                                         held->get()->partnership +
                                         "\"; name its manifest in the configuration");
  }
  const partnership::Manifest& next = terms.manifest->manifest;
  const std::string key = ManifestKey(next.partnership);
  if (held->manifest && held->get()->digest == next.digest) {
    effect.preconditions.push_back({key, held->stamp});
    return absl::OkStatus();
  }
  const partnership::Manifest* before = held->get();
  for (const auto& one : between) {
    absl::Status follows = partnership::CheckFollows(before, one->manifest);
    if (!follows.ok()) return follows;
    before = &one->manifest;
  }
  absl::Status follows = partnership::CheckFollows(before, next);
  if (!follows.ok()) return follows;
  effect.preconditions.push_back({key, held->stamp});
  effect.rows.push_back({key, terms.manifest->Serialise()});
  return absl::OkStatus();
}

}  // namespace sluis::core
