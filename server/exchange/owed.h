// What the ledger says a node owes a partner, in the order in which it is sent.
//
// Guarantee: at most one message for each exchange, those whose time has come only. A row that
// cannot be read is passed over and counted: it must not keep the others here. What is found is
// what the view's store holds: rows that were opened before are remembered by their stamp, which
// names the entry that wrote them, so that one look at a long outbox opens what is new in it, and
// one at a log that has not grown since reads none: no row changes without an entry. Not
// guaranteed: that a message may still leave. Thread-safe. Errors: those of the store. Source:
// docs/formats.md, row O.
#ifndef SLUIS_SERVER_EXCHANGE_OWED_H_
#define SLUIS_SERVER_EXCHANGE_OWED_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/view.h"
#include "server/envelope/form.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::exchange {

struct Owed {
  // Of a Notice the id of its own.
  envelope::ExchangeId exchange{};
  peer::v1::EnvelopeKind kind = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  uint64_t not_before_us = 0;
  std::string case_token;  // empty without a case
  std::string leaf;        // of a Notice or a letter, which are stored whole
  uint64_t stamp = 0;      // of its row: 1 + the index of the entry since which it is owed

  std::string_view id() const { return crypto::View(exchange); }
};

// Most Receipts, Keys and Offers, of each, that one look takes along: the oldest.
inline constexpr size_t kMostOwed = 4096;

// Of one ledger.
class OwedRows {
 public:
  // Of those that `wanted` takes, the most urgent first: Cancel, Erasure, Refusal, Opened,
  // Unopenable, Notice and letters of ceremonies, Receipt, Key, Offer; within a kind the oldest
  // first. Messages that nothing follows upon are all there, of the others no more than kMostOwed
  // of a kind.
  absl::StatusOr<std::vector<Owed>> To(const core::View& view, std::string_view partner,
                                       uint64_t now_us,
                                       const std::function<bool(const Owed&)>& wanted,
                                       size_t* unreadable = nullptr);

 private:
  // Most rows remembered of a partner: some 10 MiB. Others are opened at each look.
  static constexpr size_t kMostRemembered = 1 << 16;

  struct Row {
    uint64_t stamp = 0;
    std::shared_ptr<const Owed> owed;
  };
  struct Found {
    std::vector<Row> rows;  // by exchange id
    size_t unreadable = 0;
    // Entries of the log in which they were found, when these are all rows and all were read.
    std::optional<uint64_t> log_size;
  };
  absl::StatusOr<Found> Find(const core::View& view, std::string_view partner,
                             const std::vector<Row>& known) const;
  // The same, or `known` itself where the log has not grown.
  absl::StatusOr<std::shared_ptr<const Found>> Look(const core::View& view,
                                                    std::string_view partner);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Found>, std::less<>> known_;
};

// Messages that nothing follows upon: taken once, they are owed no more. Not an Erasure, of which
// several follow upon each other.
bool IsFinal(peer::v1::EnvelopeKind kind);

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_OWED_H_
