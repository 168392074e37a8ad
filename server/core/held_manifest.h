#ifndef SLUIS_SERVER_CORE_HELD_MANIFEST_H_
#define SLUIS_SERVER_CORE_HELD_MANIFEST_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/plan.h"
#include "server/core/terms.h"
#include "server/core/view.h"
#include "server/partnership/manifest.h"

namespace sluis::core {

// The manifest that the ledger holds: the one brought into force last.
struct HeldManifest {
  // Null while the node is in no partnership.
  std::shared_ptr<const partnership::SignedManifest> manifest;
  // Stamp of its row.
  uint64_t stamp = ledger::kAbsent;

  const partnership::Manifest* get() const { return manifest ? &manifest->manifest : nullptr; }
};

// Reads it from its row. DATA_LOSS when the row is not the one that the row of the terms names, or
// cannot be read. Not looked at again: its signatures, which were when it came into force.
absl::StatusOr<HeldManifest> ReadHeldManifest(const View& view);

// Puts a manifest into terms, with what follows from it for the entries; null for none. Leaves
// may_exchange false: whoever brings the terms into force knows what an exercise has left.
void TakeManifest(std::shared_ptr<const partnership::SignedManifest> manifest, Terms& terms);

// Manifests that follow one after another.
using ManifestChain = std::vector<std::shared_ptr<const partnership::SignedManifest>>;

// Adds the row of the manifest in `terms` to the effect that brings them into force, unless it is
// held already. FAILED_PRECONDITION when it does not follow the one held through those `between`,
// or there is none although one is held.
absl::Status AddManifest(const View& view, const Terms& terms, const ManifestChain& between,
                         Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_HELD_MANIFEST_H_
