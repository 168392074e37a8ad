#include "server/core/ceremonies.h"

#include <algorithm>
#include <vector>

#include "server/core/key_secret.h"

namespace sluis::core {
namespace {

// Most machines that are kept: each is some megabytes at most.
constexpr size_t kMostKept = 16;
// Parameters with the packages in them are some tens of kilobytes.
constexpr size_t kMostTerms = 64;
constexpr size_t kMostMissing = 1024;
constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kLookEveryUs = 5 * kSecondUs;
constexpr uint64_t kDayUs = 24 * 3600 * kSecondUs;

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
  std::lock_guard lock(mutex_);
  ++made_;
  return machine;
}

absl::StatusOr<std::shared_ptr<const KnownTerms>> Ceremonies::TermsOf(const CeremonyRow& ceremony) {
  {
    std::lock_guard lock(mutex_);
    const auto found = terms_.find(ceremony.id);
    // Parameters follow from the id, but who reads a row wants to know that it can be read.
    if (found != terms_.end() &&
        found->second->agreed.parameters.bytes == ceremony.row.parameters()) {
      return found->second;
    }
  }
  absl::StatusOr<AgreedTerms> agreed = AgreedTermsOf(ceremony.row);
  if (!agreed.ok()) return agreed.status();
  absl::StatusOr<keys::Roster> roster =
      keys::Roster::Of(agreed->parameters, agreed->manifest.manifest);
  if (!roster.ok()) return roster.status();
  auto known =
      std::make_shared<const KnownTerms>(KnownTerms{*std::move(agreed), *std::move(roster)});
  std::lock_guard lock(mutex_);
  if (terms_.size() >= kMostTerms) terms_.erase(terms_.begin());
  terms_.insert_or_assign(ceremony.id, known);
  return known;
}

bool Ceremonies::MayJudge(const std::string& partner, uint64_t now_us) {
  std::lock_guard lock(mutex_);
  const auto [found, is_new] = judged_.try_emplace(partner);
  Judged& judged = found->second;
  // Also when the clock was set back.
  if (is_new || now_us < judged.since_us || now_us >= judged.since_us + kDayUs) {
    judged = {now_us, 0};
  }
  if (judged.count >= kMostJudgedADay) return false;
  ++judged.count;
  return true;
}

bool Ceremonies::IsKnownMissing(const std::string& ceremony, const std::string& mark,
                                uint64_t now_us) const {
  std::lock_guard lock(mutex_);
  const auto found = missing_us_.find({ceremony, mark});
  return found != missing_us_.end() && now_us >= found->second &&
         now_us < found->second + kAskedAgainSeconds * kSecondUs;
}

void Ceremonies::NoteMissing(const std::string& ceremony, const std::string& mark,
                             uint64_t now_us) {
  std::lock_guard lock(mutex_);
  if (missing_us_.size() >= kMostMissing) missing_us_.erase(missing_us_.begin());
  missing_us_[{ceremony, mark}] = now_us;
}

void Ceremonies::Keep(const std::string& ceremony, Kept kept) {
  kept_.erase(ceremony);
  if (kept_.size() >= kMostKept) kept_.erase(kept_.begin());
  kept_.emplace(ceremony, std::move(kept));
}

void Ceremonies::Give(const CeremonyRow& ceremony, keys::Ceremony machine) {
  std::lock_guard lock(mutex_);
  // A row of an earlier version may say another time.
  NoteDueLocked(ceremony.id, machine.DueAt().value_or(0));
  Keep(ceremony.id, {ceremony.row.chain(), std::move(machine)});
}

std::function<void()> Ceremonies::GiveBack(const CeremonyRow& ceremony, keys::Ceremony machine) {
  auto kept = std::make_shared<Kept>(Kept{ceremony.row.chain(), std::move(machine)});
  return [this, id = ceremony.id, due_s = ceremony.row.due_s(), stays = HasMachine(ceremony.row),
          kept = std::move(kept)] {
    std::lock_guard lock(mutex_);
    NoteDueLocked(id, stays ? due_s : 0);
    if (stays) {
      Keep(id, std::move(*kept));
    } else {
      kept_.erase(id);
    }
  };
}

void Ceremonies::Drop(const std::string& ceremony) {
  std::lock_guard lock(mutex_);
  kept_.erase(ceremony);
  due_s_.erase(ceremony);
}

uint64_t Ceremonies::made() const {
  std::lock_guard lock(mutex_);
  return made_;
}

void Ceremonies::NoteDueLocked(const std::string& ceremony, uint64_t due_s) {
  if (due_s == 0) {
    due_s_.erase(ceremony);
  } else {
    due_s_[ceremony] = due_s;
  }
}

void Ceremonies::NoteDue(const std::map<std::string, uint64_t>& due_s, uint64_t now_us) {
  std::lock_guard lock(mutex_);
  // What is known already is of what was written since; but one that ended otherwise is told of
  // here alone.
  std::erase_if(due_s_, [&](const auto& one) {
    return one.second * kSecondUs <= now_us && !due_s.contains(one.first);
  });
  for (const auto& [ceremony, at_s] : due_s) due_s_.try_emplace(ceremony, at_s);
}

bool Ceremonies::IsDue(uint64_t now_us) const {
  std::lock_guard lock(mutex_);
  return std::any_of(due_s_.begin(), due_s_.end(),
                     [&](const auto& one) { return one.second * kSecondUs <= now_us; });
}

bool Ceremonies::IsTimeToLook(uint64_t now_us) {
  std::lock_guard lock(mutex_);
  const bool became_due = std::any_of(due_s_.begin(), due_s_.end(), [&](const auto& one) {
    return one.second * kSecondUs <= now_us && one.second * kSecondUs > looked_us_;
  });
  // Also when the clock was set back.
  if (!became_due && now_us >= looked_us_ && now_us - looked_us_ < kLookEveryUs) return false;
  looked_us_ = now_us;
  return true;
}

}  // namespace sluis::core
