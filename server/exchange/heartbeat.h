#ifndef SLUIS_SERVER_EXCHANGE_HEARTBEAT_H_
#define SLUIS_SERVER_EXCHANGE_HEARTBEAT_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/status_lists.h"
#include "server/core/terms.h"
#include "server/exchange/peers.h"
#include "server/exchange/protocol.h"
#include "server/exchange/reachability.h"
#include "server/storage/clock.h"

namespace sluis::exchange {

// Longest heartbeat: twice the longest list of revoked mandates, and the rest.
inline constexpr int kMaxHeartbeatBytes = 512 << 10;

// How often every partner is asked.
inline constexpr std::chrono::seconds kHeartbeatInterval{10};

// What the heartbeat works with. All references must outlive it.
struct HeartbeatParts {
  // The own organisation.
  std::string organisation;
  Protocol protocol;
  core::TermsInForce& terms;
  Peers& peers;
  Reachability& reachability;
  storage::Clock& clock;
  // The newest list of revoked mandates of the own organisation; nothing while there is none, or
  // when it cannot be read.
  std::function<std::optional<record::v1::SignedMandateStatus>()> own_status = [] {
    return std::optional<record::v1::SignedMandateStatus>();
  };
  // The lists that are held of other members, in the order of organisation.
  std::function<std::vector<core::HeldStatus>()> held_statuses = [] {
    return std::vector<core::HeldStatus>();
  };
  // Told of each list that a member sends: `organisation` is whose list it has to be. Returns at
  // once.
  std::function<void(const std::string& sender, const std::string& organisation,
                     record::v1::SignedMandateStatus)>
      heard_status = [](const std::string&, const std::string&, record::v1::SignedMandateStatus) {};
};

// Keeps asking every other member whether it is there and what it holds, and answers the same.
//
// Never written in the ledger: two idle nodes must not make each other's logs grow. Nothing is
// learnt that is not in the manifest, but for the lists of revoked mandates: the own one travels
// along, who asks says which lists of others it holds, and who answers hands on those that are
// newer. So a revocation is known everywhere within two rounds, nobody can show a list to one
// partner and hide it from another, and whoever keeps them writes the newer ones only. What else is
// found stands in Reachability. Thread-safe.
class Heartbeat {
 public:
  explicit Heartbeat(HeartbeatParts parts) : parts_(std::move(parts)) {}

  // Asks every other member of the manifest in force at once, and returns when each has answered
  // or failed. Without a manifest nothing is asked. The caller repeats it at kHeartbeatInterval.
  void Round();

  // The answer to a member whose certificate was verified for this call. RefusedToPeer when it is
  // no member now, or says that it is another; UpdateNeeded when the versions do not meet.
  absl::StatusOr<peer::v1::HeartbeatResponse> Answer(const std::string& sender,
                                                     const peer::v1::HeartbeatRequest& request);

 private:
  void Take(const std::string& organisation,
            const absl::StatusOr<peer::v1::HeartbeatResponse>& answer,
            const partnership::Manifest& manifest, uint64_t asked_at_us);

  const HeartbeatParts parts_;
  // One round after the other: an answer to an earlier one must not hide that to a later.
  std::mutex round_;
  std::atomic<size_t> turn_ = 0;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_HEARTBEAT_H_
