#ifndef SLUIS_SERVER_CORE_ERASURE_H_
#define SLUIS_SERVER_CORE_ERASURE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/core/asked_evaluation.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/received_exchange.h"
#include "server/core/view.h"

namespace sluis::core {

// A record as erasing it needs it: of one whose body cannot be opened, the row alone.
struct Erasable {
  record::v1::StoredRecord row;
  ledger::KeyRef key;
  uint64_t stamp = 0;
  // Row of the order in which records are listed; empty when there is none.
  std::string order_key;
  // The exchange by which it came, when it was received: its terms go with it.
  std::optional<ReceivedRow> exchange = {};
  // The one-time key by which a partner's record came here, while it is there: with it, what is
  // kept of the exchange would open the content again.
  std::optional<ledger::KeyRef> one_time = {};
  // The key of who it is about, while it is there.
  std::optional<ledger::KeyRef> identity = {};
  // What evaluations left of who it is about.
  Forgotten asked = {};
  // Null when the body cannot be opened.
  std::shared_ptr<const OpenedRecord> opened;
};

// NOT_FOUND when there is no such record, it was erased or its keys are gone. DATA_LOSS when even
// the row cannot be relied on: it does not parse, or names no keys, or those of another record,
// which must not go with it. For a record that cannot be opened this reads all rows of records.
absl::StatusOr<Erasable> FindErasable(const View& view, std::string_view record_id);

// The key of who a record is about; nothing when there is none, or none that is left to destroy.
// DATA_LOSS when the row names no key, or that of another record, which must not go with it.
absl::StatusOr<std::optional<ledger::KeyRef>> IdentityKey(const View& view,
                                                          const record::v1::StoredRecord& row);

// The one-time key by which an exchange came, while it is there and can be used. With it, what is
// kept of the exchange opens again what it brought.
absl::StatusOr<std::optional<ledger::KeyRef>> OneTimeKey(const View& view,
                                                         const record::v1::ReceivedExchange& row);

// Day from which no copy of a key that is destroyed today exists anywhere, YYYY-MM-DD, legal time.
std::string ErasedEverywhereOn(const Call& call);

// Makes `effect` destroy the keys of the record, of who it is about, and the one-time key of one
// that was received, provided that its row is unchanged, and leave its tombstone, and of the Offer
// of `exchange` its binding, and of evaluations nothing; adds the subject. That of a record that
// cannot be opened names its id only and lies under a key of its own, like the subject of a list.
// Returns the day from which no copy of the old keys exists anywhere (YYYY-MM-DD, legal time),
// which the act part states too.
std::string AddErasure(const Call& call, const Erasable& record, Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ERASURE_H_
