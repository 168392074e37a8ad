#include "server/core/erasure.h"

#include "server/core/received_exchange.h"
#include "server/core/sealing_key.h"
#include "server/core/subject_identity.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

// Puts the bucket of the keys right where it is found in another one.
absl::Status FindKeys(const View& view, ledger::KeyRef& key) {
  absl::StatusOr<std::optional<std::string>> row = view.snapshot().Get(ledger::KeyRowKey(key));
  if (!row.ok()) return row.status();
  if (row->has_value()) return absl::OkStatus();
  const std::string all = ledger::RowKey(ledger::Table::kKey);
  return view.snapshot().Scan(all, storage::PrefixEnd(all),
                              [&key](std::string_view row_key, std::string_view) {
                                const auto ref = ledger::ParseKeyRowKey(row_key);
                                if (!ref || ref->key_id != key.key_id) return true;
                                key = *ref;
                                return false;
                              });
}

// Adds the one-time key of the exchange that brought the record, when it can still be used. What
// else of the same envelope waits for its key cannot be opened then: erasing comes first.
absl::Status AddOneTimeKey(const View& view, Erasable& found) {
  if (!found.exchange) return absl::OkStatus();
  absl::StatusOr<std::optional<ledger::KeyRef>> key = OneTimeKey(view, found.exchange->row);
  if (!key.ok()) return key.status();
  found.one_time = *std::move(key);
  return absl::OkStatus();
}

// Adds the exchange that brought the record.
absl::Status AddExchange(const View& view, const record::v1::RecordBody& body, Erasable& found) {
  if (!body.has_received()) return absl::OkStatus();
  absl::StatusOr<ReceivedRow> exchange = ReadReceived(view, body.received().exchange_id());
  // What cannot be read must not keep a record from being erased.
  if (absl::IsNotFound(exchange.status()) || absl::IsDataLoss(exchange.status())) {
    return absl::OkStatus();
  }
  if (!exchange.ok()) return exchange.status();
  found.exchange = *std::move(exchange);
  return AddOneTimeKey(view, found);
}

// The same for a record whose body does not say it: by the exchange that names the record.
absl::Status SearchExchange(const View& view, std::string_view record_id, Erasable& found) {
  const absl::Status visited =
      VisitReceivedNewestFirst(view, {}, [&](std::string_view, const ReceivedRow& received) {
        if (received.row.record_id() != record_id) return true;
        found.exchange = received;
        return false;
      });
  return visited.ok() ? AddOneTimeKey(view, found) : visited;
}

// Whether a row of another record names this key.
absl::StatusOr<bool> NamedElsewhere(const View& view, std::string_view record_id,
                                    std::string_view key_id) {
  bool named = false;
  const absl::Status visited =
      view.VisitRecordsNewestFirst({}, [&](std::string_view, std::string_view id) {
        if (id == record_id) return true;
        const auto other = view.ReadRecordRow(id);
        named = other.ok() && (other->key_id() == key_id || other->identity().key_id() == key_id);
        return !named;
      });
  if (!visited.ok()) return visited;
  return named;
}

}  // namespace

absl::StatusOr<std::optional<ledger::KeyRef>> IdentityKey(const View& view,
                                                          const record::v1::StoredRecord& row) {
  if (!row.has_identity()) return std::nullopt;
  const absl::Status damaged =
      absl::DataLossError("a stored identity cannot be read; run the node's doctor");
  absl::StatusOr<crypto::FixedBytes<16>> key_id = crypto::ToFixed<16>(row.identity().key_id());
  if (!key_id.ok()) return damaged;
  ledger::KeyRef key{row.identity().bucket(), *key_id};
  absl::StatusOr<std::optional<uint64_t>> erased = view.keyring().ErasedBy(key);
  if (!erased.ok()) return erased.status();
  if (erased->has_value()) return std::nullopt;
  // Dear, so only for what an erasure did not take yet.
  if (absl::Status found = FindKeys(view, key); !found.ok()) return found;
  if (!view.keyring().UseOf(key).ok()) return damaged;
  // A key under which it opens is its own; another one may be anybody's.
  const absl::StatusOr<ledger::RecordKeys> keys = view.keyring().Unwrap(view.snapshot(), key);
  if (keys.ok() && UnsealIdentity(keys->data, row.record_id(), row.identity().sealed()).ok()) {
    return key;
  }
  const absl::StatusOr<bool> elsewhere =
      NamedElsewhere(view, row.record_id(), row.identity().key_id());
  if (!elsewhere.ok()) return elsewhere.status();
  if (*elsewhere || row.identity().key_id() == row.key_id()) return damaged;
  return key;
}

std::string ErasedEverywhereOn(const Call& call) {
  // Copies of key-encryption keys may live for that many days; the day after, none is left.
  return storage::AddDays(call.today, call.terms->key_copy_days + 1);
}

absl::StatusOr<Erasable> FindErasable(const View& view, std::string_view record_id) {
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> opened = view.OpenRecord(record_id);
  if (opened.ok()) {
    const OpenedRecord& record = **opened;
    Erasable found{
        .row = record.row,
        .key = record.keys.ref,
        .stamp = record.stamp,
        .order_key = RecordOrderKey(record.body.recorded_at_us(), record.row.record_id()),
        .opened = *opened};
    const absl::Status added = AddExchange(view, record.body, found);
    if (!added.ok()) return added;
    auto identity = IdentityKey(view, record.row);
    if (!identity.ok()) return identity.status();
    found.identity = *std::move(identity);
    auto asked = ForgottenWith(view, record_id);
    if (!asked.ok()) return asked.status();
    found.asked = *std::move(asked);
    return found;
  }
  if (!absl::IsDataLoss(opened.status())) return opened.status();

  Erasable found;
  absl::StatusOr<record::v1::StoredRecord> row = view.ReadRecordRow(record_id);
  if (!row.ok()) return row.status();
  absl::StatusOr<crypto::FixedBytes<16>> key_id = crypto::ToFixed<16>(row->key_id());
  if (!key_id.ok() || row->record_id() != record_id) return opened.status();
  found.row = *std::move(row);
  found.key = {found.row.bucket(), *key_id};
  // What the row says of the bucket is damaged when the keys lie in another one: they must not stay
  // there with an erasure on record.
  if (absl::Status found_keys = FindKeys(view, found.key); !found_keys.ok()) return found_keys;
  if (!view.keyring().UseOf(found.key).ok()) return opened.status();
  absl::StatusOr<uint64_t> stamp = view.StampOf(RecordKey(record_id));
  if (!stamp.ok()) return stamp.status();
  found.stamp = *stamp;

  bool shared = false;
  absl::Status visited =
      view.VisitRecordsNewestFirst({}, [&](std::string_view position, std::string_view id) {
        if (id == record_id) {
          found.order_key = ledger::RowKey(ledger::Table::kRecordOrder, position);
          return true;
        }
        const auto other = view.ReadRecordRow(id);
        shared = other.ok() && other->key_id() == found.row.key_id();
        return !shared;
      });
  if (!visited.ok()) return visited;
  if (shared) return opened.status();
  const absl::Status searched = SearchExchange(view, record_id, found);
  if (!searched.ok()) return searched;
  auto identity = IdentityKey(view, found.row);
  if (!identity.ok()) return identity.status();
  found.identity = *std::move(identity);
  auto asked = ForgottenWith(view, record_id);
  if (!asked.ok()) return asked.status();
  found.asked = *std::move(asked);
  return found;
}

absl::StatusOr<std::optional<ledger::KeyRef>> OneTimeKey(const View& view,
                                                         const record::v1::ReceivedExchange& row) {
  const absl::StatusOr<HeldSealingKey> held = ReadSealingKey(view, row.sealing_key());
  if (absl::IsNotFound(held.status()) || absl::IsDataLoss(held.status())) return std::nullopt;
  if (!held.ok()) return held.status();
  const absl::Status there = view.keyring().Unwrap(view.snapshot(), held->ref).status();
  if (absl::IsNotFound(there)) return std::nullopt;
  if (!there.ok()) return there;
  return held->ref;
}

std::string AddErasure(const Call& call, const Erasable& record, Effect& effect) {
  const std::string everywhere = ErasedEverywhereOn(call);
  effect.entry.act.set_erased_everywhere_on(everywhere);
  effect.record.emplace();
  record::v1::StoredRecord& tombstone = effect.record->row;
  tombstone.set_record_id(record.row.record_id());
  tombstone.set_version(record.row.version());
  tombstone.set_state(record::v1::RECORD_STATE_ERASED);
  if (!record.order_key.empty()) effect.rows.push_back({record.order_key, std::nullopt});
  if (record.row.exercise()) {
    effect.rows.push_back({ExerciseKey(record.row.record_id()), std::nullopt});
  }
  effect.erase.push_back(record.key);
  if (record.identity) effect.erase.push_back(*record.identity);
  // Its row stays until the upkeep finds it: several records of one erasure may share the key.
  if (record.one_time) effect.erase.push_back(*record.one_time);
  if (record.exchange) {
    record::v1::ReceivedExchange after = record.exchange->row;
    ForgetTerms(after);
    WriteReceived(*record.exchange, std::move(after), effect);
  }
  AddForgotten(call, record.asked, effect);
  effect.preconditions.push_back({RecordKey(record.row.record_id()), record.stamp});
  effect.about = record.opened;
  if (record.opened) {
    AddSubject(*record.opened, effect.entry);
  } else {
    effect.entry.subject.add_record_ids(record.row.record_id());
    effect.entry.subject.set_version(record.row.version());
  }
  return everywhere;
}

}  // namespace sluis::core
