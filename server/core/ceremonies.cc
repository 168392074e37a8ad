#include "server/core/ceremonies.h"

#include <vector>

#include "server/core/key_secret.h"

namespace sluis::core {
namespace {

// Most machines that are kept: each is some megabytes at most.
constexpr size_t kMostKept = 16;
// Rounds last ten seconds at least.
constexpr uint64_t kLookEveryUs = 5'000'000;

absl::Status Unreadable() {
  return absl::DataLossError(
      "the rows of a ceremony do not make what this node said in it; run the node's doctor, and "
      "have the ceremony started again");
}

}  // namespace

absl::StatusOr<AgreedTerms> AgreedTermsOf(const record::v1::StoredCeremony& row) {
  absl::StatusOr<keys::Parameters> parameters = keys::ReadParameters(row.parameters());
  absl::StatusOr<partnership::SignedManifest> manifest =
      partnership::ReadSignedManifest(row.manifest());
  if (!parameters.ok() || !manifest.ok()) return Unreadable();
  return AgreedTerms{*std::move(parameters), *std::move(manifest)};
}

bool HasMachine(const record::v1::StoredCeremony& row) {
  return row.state() == record::v1::CEREMONY_STATE_RUNNING ||
         (row.state() == record::v1::CEREMONY_STATE_ENDED &&
          row.round() == static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_CONFIRM));
}

absl::StatusOr<keys::Ceremony::Own> Ceremonies::OwnFor(const View& view,
                                                       const keys::Parameters& parameters,
                                                       crypto::Secret<32> seed, bool pinned) const {
  keys::Ceremony::Own own{organisation_, identity_, std::move(seed), {}, std::nullopt};
  if (!parameters.previous) return own;
  if (pinned) own.pinned = parameters.previous->digest;
  if (parameters.Draws()) return own;
  for (const keys::KeyHolder& holder : parameters.previous->holders) {
    if (holder.organisation != organisation_ || !parameters.Deals(holder.index)) continue;
    absl::StatusOr<crypto::oprf::SecretScalar> share = OpenKeyShare(view, *parameters.previous);
    // One that is lost is none: Begin says what to do then.
    if (!share.ok() && !absl::IsNotFound(share.status()) && !absl::IsDataLoss(share.status())) {
      return share.status();
    }
    if (share.ok()) own.held.previous = *std::move(share);
    if (!parameters.factor) continue;
    absl::StatusOr<crypto::oprf::SecretScalar> factor = OpenKeyShare(view, *parameters.factor);
    if (!factor.ok() && !absl::IsNotFound(factor.status()) && !absl::IsDataLoss(factor.status())) {
      return factor.status();
    }
    if (factor.ok()) own.held.factor = *std::move(factor);
  }
  return own;
}

absl::StatusOr<keys::Ceremony> Ceremonies::Take(const View& view, const CeremonyRow& ceremony) {
  {
    std::lock_guard lock(mutex_);
    const auto found = kept_.find(ceremony.id);
    if (found != kept_.end()) {
      Kept kept = std::move(found->second);
      kept_.erase(found);
      if (kept.chain == ceremony.row.chain()) return std::move(kept.machine);
    }
  }
  absl::StatusOr<AgreedTerms> agreed = AgreedTermsOf(ceremony.row);
  if (!agreed.ok()) return agreed.status();
  absl::StatusOr<crypto::Secret<32>> seed =
      OpenKeySecret(view, KeySecretKey(KeySecretKind::kSeed, ceremony.id));
  if (absl::IsNotFound(seed.status())) return Unreadable();
  if (!seed.ok()) return seed.status();
  absl::StatusOr<keys::Ceremony::Own> own =
      OwnFor(view, agreed->parameters, *std::move(seed), ceremony.row.pinned());
  if (!own.ok()) return own.status();
  const absl::StatusOr<std::vector<keys::Event>> events = ReadEvents(view, ceremony);
  if (!events.ok()) return events.status();
  absl::StatusOr<keys::Ceremony> machine =
      keys::Ceremony::Rebuild(std::move(agreed->parameters), agreed->manifest.manifest,
                              *std::move(own), ceremony.row.begun_s(), *events);
  if (!machine.ok()) return Unreadable();
  return machine;
}

void Ceremonies::Give(const CeremonyRow& ceremony, keys::Ceremony machine) {
  std::lock_guard lock(mutex_);
  kept_.erase(ceremony.id);
  if (!HasMachine(ceremony.row)) return;
  if (kept_.size() >= kMostKept) kept_.erase(kept_.begin());
  kept_.emplace(ceremony.id, Kept{ceremony.row.chain(), std::move(machine)});
}

void Ceremonies::Drop(const std::string& ceremony) {
  std::lock_guard lock(mutex_);
  kept_.erase(ceremony);
}

bool Ceremonies::IsTimeToLook(uint64_t now_us) {
  std::lock_guard lock(mutex_);
  // Also when the clock was set back.
  if (now_us >= looked_us_ && now_us - looked_us_ < kLookEveryUs) return false;
  looked_us_ = now_us;
  return true;
}

}  // namespace sluis::core
