#include "server/core/plan_sealer.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/core/key_secret.h"
#include "server/core/sealing_key.h"
#include "server/ledger/sealed_row.h"

namespace sluis::core {
namespace {

constexpr char kSignalClass[] = "signal";
constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;

}  // namespace

PlanSealer::PlanSealer(ledger::Ledger& ledger, crypto::Random& random)
    : ledger_(ledger), random_(random), sealer_(ledger.origin(), ledger.keyring(), random) {}

// What sealing a record adds to an effect, and the keys that its subject part then lies under.
struct PlanSealer::SealedRows {
  std::vector<ledger::RowWrite> writes;
  std::vector<storage::Write> key_rows;
  std::vector<ledger::KeyUse> keys;
  std::optional<ledger::RecordKeys> fresh;
};

absl::Status PlanSealer::SealRecord(Effect& effect, const Call& call, SealedRows& sealed) {
  RecordWrite& write = *effect.record;
  const std::string& id = write.row.record_id();
  if (write.row.state() == record::v1::RECORD_STATE_ERASED) {
    sealed.writes.push_back({RecordKey(id), write.row.SerializeAsString()});
    return absl::OkStatus();
  }
  if (!effect.about) {
    absl::StatusOr<ledger::NewRecordKeys> made =
        ledger_.keyring().NewKeys(kSignalClass, call.now_us);
    if (!made.ok()) return made.status();
    sealed.key_rows.push_back(std::move(made->row));
    sealed.keys.push_back(made->use);
    sealed.fresh.emplace(std::move(made->keys));
  }
  const ledger::RecordKeys& keys = sealed.fresh ? *sealed.fresh : effect.about->keys;
  write.row.set_bucket(keys.ref.bucket);
  write.row.set_key_id(std::string(crypto::View(keys.ref.key_id)));
  write.row.set_sealed(SealBody(keys.data, write.row, write.body, random_));
  effect.entry.subject.set_sealed_digest(
      std::string(crypto::View(crypto::Sha256(write.row.sealed()))));
  sealed.writes.push_back({RecordKey(id), write.row.SerializeAsString()});
  if (sealed.fresh) {
    sealed.writes.push_back({RecordOrderKey(write.body.recorded_at_us(), id), std::string()});
    if (write.row.exercise()) sealed.writes.push_back({ExerciseKey(id), std::string()});
  }
  if (write.import_row) {
    sealed.writes.push_back({ImportKey(static_cast<uint32_t>(call.now_us / kDayUs), id),
                             SealImportRow(keys.data, id, *write.import_row, random_)});
  }
  return absl::OkStatus();
}

// Under keys that no erasure takes: what is owed about an exchange outlives its record.
absl::Status PlanSealer::SealRows(Effect& effect, const Call& call, SealedRows& sealed) {
  std::shared_ptr<const ledger::PartKeys> keys;
  for (ledger::RowWrite& row : effect.rows) {
    if (!row.value || !ledger::IsSealedRow(row.key)) continue;
    if (keys == nullptr) {
      auto found = ledger_.keyring().PartKeysFor(ledger::kSealedRowClass, call.now_us);
      if (!found.ok()) return found.status();
      keys = *std::move(found);
      sealed.keys.push_back(keys->use);
    }
    row.value = ledger::SealRow(*keys, row.key, *row.value, random_);
  }
  return absl::OkStatus();
}

// Keys of its own and none of the entry's: it is destroyed when the entry must stay readable.
absl::Status PlanSealer::SealSecret(const Effect& effect, const Call& call, SealedRows& sealed) {
  absl::StatusOr<ledger::NewRecordKeys> made =
      ledger_.keyring().NewKeys(ledger::kSealedRowClass, call.now_us);
  if (!made.ok()) return made.status();
  const SecretWrite& secret = *effect.secret;
  const std::string_view public_key = crypto::View(secret.public_key);
  record::v1::SealingKey row;
  row.set_expires_at_s(secret.expires_at_s);
  SealPrivateHalf(made->keys, public_key, *secret.private_key, random_, row);
  sealed.writes.push_back({SealingKeyKey(public_key), row.SerializeAsString()});
  sealed.key_rows.push_back(std::move(made->row));
  sealed.keys.push_back(made->use);
  return absl::OkStatus();
}

absl::Status PlanSealer::SealKeySecrets(const Effect& effect, const Call& call,
                                        SealedRows& sealed) {
  for (const KeySecretWrite& write : effect.key_secrets) {
    absl::StatusOr<ledger::NewRecordKeys> made =
        ledger_.keyring().NewKeys(ledger::kSealedRowClass, call.now_us);
    if (!made.ok()) return made.status();
    const record::v1::KeySecret row =
        SealKeySecret(made->keys, write.row_key, *write.secret, random_);
    sealed.writes.push_back({write.row_key, row.SerializeAsString()});
    sealed.key_rows.push_back(std::move(made->row));
    sealed.keys.push_back(made->use);
  }
  return absl::OkStatus();
}

absl::StatusOr<ledger::Submission> PlanSealer::Seal(Plan& plan, const View& view,
                                                    const Call& call) {
  ledger::Submission submission;
  submission.effects.reserve(plan.effects.size());
  for (Effect& effect : plan.effects) {
    SealedRows sealed;
    if (effect.record) {
      absl::Status status = SealRecord(effect, call, sealed);
      if (!status.ok()) return status;
    }
    if (effect.secret) {
      absl::Status status = SealSecret(effect, call, sealed);
      if (!status.ok()) return status;
    }
    if (absl::Status status = SealKeySecrets(effect, call, sealed); !status.ok()) return status;
    if (absl::Status status = SealRows(effect, call, sealed); !status.ok()) return status;
    const ledger::RecordKeys* keys = sealed.fresh   ? &*sealed.fresh
                                     : effect.about ? &effect.about->keys
                                                    : nullptr;
    if (effect.about) {
      absl::StatusOr<ledger::KeyUse> use = ledger_.keyring().UseOf(effect.about->keys.ref);
      if (!use.ok()) return use.status();
      sealed.keys.push_back(*use);
    }
    ledger::EntryParts parts;
    parts.act = effect.entry.act.SerializeAsString();
    parts.actor = effect.entry.actor.SerializeAsString();
    parts.subject = effect.entry.subject.SerializeAsString();
    if (effect.entry.decision) parts.decision = *effect.entry.decision;
    parts.counterpart = effect.entry.counterpart;
    parts.retention_class = effect.entry.act.retention_class();
    absl::StatusOr<ledger::Sealing> sealing = sealer_.Seal(parts, keys, call.now_us);
    if (!sealing.ok()) return sealing.status();

    ledger::Effect ready{.entry = std::move(sealing->entry),
                         .preconditions = std::move(effect.preconditions),
                         .writes = std::move(effect.rows),
                         .key_rows = std::move(sealed.key_rows),
                         .keys = std::move(sealed.keys),
                         .erase = std::move(effect.erase)};
    std::move(sealed.writes.begin(), sealed.writes.end(), std::back_inserter(ready.writes));
    std::move(sealing->rows.begin(), sealing->rows.end(), std::back_inserter(ready.key_rows));
    ready.keys.insert(ready.keys.end(), sealing->keys.begin(), sealing->keys.end());
    // A refusal must always be able to commit: nothing that changed meanwhile can make it untrue.
    if (!plan.refusal) {
      ready.preconditions.insert(ready.preconditions.end(), view.preconditions().begin(),
                                 view.preconditions().end());
      if (call.terms->stamp != ledger::kAbsent) {
        ready.preconditions.push_back({TermsKey(), call.terms->stamp});
      }
    }
    submission.effects.push_back(std::move(ready));
  }
  return submission;
}

}  // namespace sluis::core
