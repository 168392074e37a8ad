// What partners took, and the receipts that this node gave: kept beside the ledger, because a
// delivery is no act.
//
// Guarantee: durable when the call returns. Not guaranteed: that what was taken survives; when it
// is lost every message that is still owed is sent once more, and partners answer what they
// answered before. What was asked about is remembered, kMostKnown at most: a look at what is owed
// asks about all of it. The receipts lie in the witness store, because they cannot be made again: a
// Key names one. Thread-safe. Borrows the derived store with its rows 'a', and the witness store
// with its rows 'g'. Errors: those of the store; rows that cannot be read count as absent.
#ifndef SLUIS_SERVER_EXCHANGE_ACKNOWLEDGEMENTS_H_
#define SLUIS_SERVER_EXCHANGE_ACKNOWLEDGEMENTS_H_

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/given_receipts.h"
#include "server/envelope/form.h"
#include "server/storage/store.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::exchange {

struct Taken {
  crypto::Hash leaf_digest{};
  uint64_t at_us = 0;
};

class Acknowledgements final : public core::GivenReceipts {
 public:
  Acknowledgements(storage::Store& derived, storage::Store& witness)
      : derived_(derived), witness_(witness) {}

  // The message of that kind which the partner last took in that exchange.
  absl::StatusOr<std::optional<Taken>> Of(const envelope::ExchangeId& exchange,
                                          peer::v1::EnvelopeKind kind) const;

  // Whether the partner took the Key: it owes the answer, unless the Key came too late.
  bool KeyWasTaken(const envelope::ExchangeId& exchange) const;

  struct Delivered {
    envelope::ExchangeId exchange{};
    crypto::Hash leaf_digest{};
  };
  // The partner took these messages of one envelope.
  absl::Status Take(peer::v1::EnvelopeKind kind, std::span<const Delivered> delivered,
                    uint64_t now_us);

  // Receipts about to be sent, by exchange: a Key names the digest of the one that was given, so it
  // is the same bytes however often it is sent. They are made again from the row of the exchange
  // and the log under the head that they show; the Receipt itself, with what it says of a person,
  // is not kept.
  struct Given {
    envelope::ExchangeId exchange{};
    crypto::Hash leaf_digest{};
    std::string checkpoint;  // signed note

    bool operator==(const Given&) const = default;
  };
  absl::Status Give(std::span<const Given> receipts);
  // Nothing when none was given, or its row cannot be read.
  absl::StatusOr<std::optional<Given>> ReceiptOf(const envelope::ExchangeId& exchange) const;
  absl::StatusOr<std::optional<crypto::Hash>> DigestOf(
      const envelope::ExchangeId& exchange) const override;

  // Exchanges of which something is kept, in the order of their ids, from just after `after` (one
  // of them, or empty to begin with); at most `most`.
  absl::StatusOr<std::vector<envelope::ExchangeId>> Kept(std::string_view after, size_t most) const;

  // Nothing is kept of these exchanges any more.
  absl::Status Forget(std::span<const envelope::ExchangeId> exchanges);

 private:
  static constexpr size_t kMostKnown = 1 << 16;
  // Exchange id and kind.
  using KnownKey = std::array<char, envelope::kExchangeIdBytes + 1>;
  static KnownKey KnownKeyOf(const envelope::ExchangeId& exchange, peer::v1::EnvelopeKind kind);

  storage::Store& derived_;
  storage::Store& witness_;
  std::mutex mutex_;  // Apply is one at a time
  mutable std::mutex known_mutex_;
  // As the store has it: what was taken, or that nothing was.
  mutable absl::flat_hash_map<KnownKey, std::optional<Taken>> known_;
  uint64_t changes_ = 0;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_ACKNOWLEDGEMENTS_H_
