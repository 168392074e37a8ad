#include "server/core/plan_sealer.h"

#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/core/key_secret.h"
#include "server/core/received_tags.h"
#include "server/core/sealing_key.h"
#include "server/core/subject_identity.h"
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

// Under keys of its own: it is read, given and destroyed apart from the content.
absl::Status PlanSealer::SealSubject(Effect& effect, const Call& call, SealedRows& sealed) {
  RecordWrite& write = *effect.record;
  absl::StatusOr<ledger::NewRecordKeys> made = ledger_.keyring().NewKeys(kSignalClass, call.now_us);
  if (!made.ok()) return made.status();
  record::v1::SealedIdentity& row = *write.row.mutable_identity();
  row.set_bucket(made->keys.ref.bucket);
  row.set_key_id(std::string(crypto::View(made->keys.ref.key_id)));
  row.set_sealed(SealIdentity(made->keys.data, write.row.record_id(), *write.identity, random_));
  effect.entry.subject.set_identity_digest(std::string(crypto::View(crypto::Sha256(row.sealed()))));
  sealed.key_rows.push_back(std::move(made->row));
  sealed.keys.push_back(made->use);
  return absl::OkStatus();
}

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
  if (write.identity) {
    if (absl::Status status = SealSubject(effect, call, sealed); !status.ok()) return status;
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
  for (const TagWrite& tag : write.tags) {
    sealed.writes.push_back({tag.row_key, SealReceivedTag(keys.data, tag, random_)});
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

absl::StatusOr<ledger::Effect> PlanSealer::SealEntry(const Effect& effect,
                                                     const ledger::RecordKeys* keys,
                                                     const Call& call) {
  ledger::EntryParts parts;
  parts.act = effect.entry.act.SerializeAsString();
  parts.actor = effect.entry.actor.SerializeAsString();
  parts.subject = effect.entry.subject.SerializeAsString();
  if (effect.entry.decision) parts.decision = *effect.entry.decision;
  parts.counterpart = effect.entry.counterpart;
  parts.retention_class = effect.entry.act.retention_class();
  if (effect.step) {
    const auto write = [&](const evaluation::StoredRow& row, ledger::Effect& out) {
      auto part_keys = ledger_.keyring().PartKeysFor(ledger::kSealedRowClass, call.now_us);
      if (!part_keys.ok()) return part_keys.status();
      const std::string key = ledger::RowKey(effect.step->table, row.key);
      out.writes.push_back({key, ledger::SealRow(**part_keys, key, row.bytes, random_)});
      out.keys.push_back((*part_keys)->use);
      return absl::OkStatus();
    };
    absl::StatusOr<evaluation::PlannedEffect> planned =
        evaluation::PlanEffect(effect.step->to_log, std::move(parts), write, sealer_, call.now_us);
    if (!planned.ok()) return planned.status();
    *effect.step->ticket = planned->ticket;
    return std::move(planned->effect);
  }
  absl::StatusOr<ledger::Sealing> sealing = sealer_.Seal(parts, keys, call.now_us);
  if (!sealing.ok()) return sealing.status();
  return ledger::Effect{.entry = std::move(sealing->entry),
                        .preconditions = {},
                        .writes = {},
                        .key_rows = std::move(sealing->rows),
                        .keys = std::move(sealing->keys),
                        .erase = {}};
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
    absl::StatusOr<ledger::Effect> made = SealEntry(effect, keys, call);
    if (!made.ok()) return made.status();
    ledger::Effect& ready = *made;
    const auto append = [](auto& from, auto& to) {
      std::move(from.begin(), from.end(), std::back_inserter(to));
    };
    append(effect.preconditions, ready.preconditions);
    append(effect.rows, ready.writes);
    append(sealed.writes, ready.writes);
    append(sealed.key_rows, ready.key_rows);
    append(sealed.keys, ready.keys);
    ready.erase = std::move(effect.erase);
    // A refusal must always be able to commit: nothing that changed meanwhile can make it untrue.
    if (!plan.refusal) {
      ready.preconditions.insert(ready.preconditions.end(), view.preconditions().begin(),
                                 view.preconditions().end());
      if (call.terms->stamp != ledger::kAbsent) {
        ready.preconditions.push_back({TermsKey(), call.terms->stamp});
      }
    }
    submission.effects.push_back(*std::move(made));
  }
  return submission;
}

}  // namespace sluis::core
