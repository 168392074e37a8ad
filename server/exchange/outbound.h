// What leaves for other nodes: sends what the ledger says is owed to each partner, until it is
// taken.
//
// Guarantee: nothing leaves that was not written down before; every Offer and every key is decided
// again first, and stopped with an entry when it may not go on; wraps of keys are made for each
// attempt and never stored; at least once, and harmless more often, because partners tell copies by
// exchange and kind. A receipt is the same bytes however often it is sent. While the partnership
// exchanges nothing, what takes back or erases still goes, and of what corrects a version that a
// partner has, the word that this version is wrong. Cancel and answers go before keys, keys
// before offers; within a kind the oldest first. What a partner does not believe is parked and
// tried again later: the same case waits for it, everything else goes on. Not guaranteed: when a
// partner answers. Thread-safe. All references must outlive it; Stop first, from none of its
// callbacks.
#ifndef SLUIS_SERVER_EXCHANGE_OUTBOUND_H_
#define SLUIS_SERVER_EXCHANGE_OUTBOUND_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "server/core/executor.h"
#include "server/core/received_exchange.h"
#include "server/core/terms.h"
#include "server/core/view.h"
#include "server/envelope/envelope.h"
#include "server/exchange/acknowledgements.h"
#include "server/exchange/offers_ahead.h"
#include "server/exchange/owed.h"
#include "server/exchange/peers.h"
#include "server/ledger/ledger.h"
#include "server/storage/clock.h"

namespace sluis::exchange {

struct OutboundParts {
  // The own organisation.
  std::string organisation;
  ledger::Ledger& ledger;
  core::TermsInForce& terms;
  core::Executor& executor;
  Peers& peers;
  Acknowledgements& acknowledgements;
  envelope::EnvelopeKeys keys;
  storage::Clock& clock;
  crypto::Random& random;
  // Called, on any thread, when there may be more to send at once.
  std::function<void()> wake = [] {};
  // Told, on any thread, of a fault of this node that no caller hears of.
  std::function<void(const absl::Status&)> fault = [](const absl::Status&) {};
};

class Outbound {
 public:
  // How long a partner has to act on what it took before it is sent once more.
  static constexpr std::chrono::seconds kAgain{60};
  // How long what a partner did not believe is left alone.
  static constexpr std::chrono::seconds kParked{600};
  // What waits there for this node's newest list of revoked mandates, which comes with the next
  // heartbeat, is parked as long as this, then twice as long, up to kParked.
  static constexpr std::chrono::seconds kLaterPause{1};
  // Longest pause after a partner was not reached; the first is a second, each doubles it.
  static constexpr std::chrono::seconds kLongestPause{60};

  // Most exchanges that one look at an outbox ends: each is a write.
  static constexpr size_t kMostStopped = 32;

  explicit Outbound(OutboundParts parts)
      : parts_(std::move(parts)), started_us_(parts_.clock.NowUs()) {}
  ~Outbound() { Stop(); }

  // Hands one envelope to every partner that is owed something and is not being sent to already.
  // An error is a fault of this node; partners that are not concerned were served.
  absl::Status Round();

  // A partner that was not reached may be tried again, a second after the last time at the soonest:
  // one that calls may still not be reachable itself.
  void Reached(const std::string& organisation);

  // What a partner is owed now and has not settled, and what it took for good, as OwedRows. For
  // every now and then: both look at the whole outbox of the partner.
  absl::StatusOr<std::vector<Owed>> Outstanding(const std::string& partner) const;
  absl::StatusOr<std::vector<Owed>> Settled(const std::string& partner) const;

  // Exchanges whose messages a partner did not believe.
  size_t parked() const;

  // Whether the partner knew a longer log of this node than there is here, and has followed no
  // receipt since: this node was put back from a copy, and the partner has to accept that.
  bool KnowsLongerLog(const std::string& partner) const;

  // Exchanges that this remembers something of, and forgets that of those that have ended.
  std::vector<envelope::ExchangeId> Remembered() const;
  void Forget(std::span<const envelope::ExchangeId> exchanges);

  // Grows with each envelope handed over, taken or not, with each exchange that is ended, and when
  // the terms change while an envelope is filled: a look that leaves it as it was, was in vain.
  uint64_t progress() const { return progress_; }

  // Sends no more, and waits for what is under way.
  void Stop();

 private:
  struct Partner {
    bool busy = false;
    int failures = 0;
    std::chrono::steady_clock::time_point not_before;
    std::chrono::steady_clock::time_point failed_at;  // last, when there were failures
    // Size of the newest head of the own log that the partner is known to know; 0 before it said
    // so.
    uint64_t known_size = 0;
    // It knew a longer log than there was here, and gave no key since.
    bool knows_longer = false;
  };
  // One envelope to be.
  struct Parcel {
    peer::v1::EnvelopeKind kind = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
    std::vector<std::string> leaves;  // serialised
    std::vector<envelope::ExchangeId> exchanges;
    // The newest time from which one of them was owed; ahead of the clock once that was set back.
    uint64_t newest_us = 0;
    // Of receipts: the size of the head under which all of them prove what they do, and the proof
    // that ties it to the head that the partner knows.
    uint64_t head_size = 0;
    std::optional<peer::v1::HeadProof> head_proof;
  };
  // Leaves and keys of a parcel while it is filled.
  struct Packing;

  absl::Status Serve(const std::string& partner, const std::shared_ptr<const core::Terms>& terms);
  // Makes owed what tells the partner that a version is wrong whose correction is due and cannot
  // go: nothing may be exchanged, or the partner did not take it.
  absl::Status CloseCorrected(const std::string& partner, const core::Terms& terms);
  // The partner turned down this message itself, a while ago.
  bool WasTurnedDown(const envelope::ExchangeId& exchange) const;
  // The partner can be served again.
  absl::Status Free(const std::string& partner, absl::Status status);
  bool IsStopping() const;
  // What is most urgent, of one kind; no leaves when nothing can leave now.
  absl::StatusOr<Parcel> Pack(const std::string& partner,
                              const std::shared_ptr<const core::Terms>& terms);
  // Adds the message owed. False when it does not fit this parcel, or may not leave now.
  absl::StatusOr<bool> Add(const Owed& owed, const core::Call& call, const core::View& view,
                           Packing& packing);
  absl::StatusOr<bool> AddOffer(const Owed& owed, MadeOffer made, Packing& packing);
  absl::StatusOr<bool> AddKey(const Owed& owed, const core::Call& call, const core::View& view,
                              Packing& packing);
  absl::StatusOr<bool> AddReceipt(const Owed& owed, const core::ReceivedRow& received,
                                  Packing& packing);
  // What a partner knows of the own log is not here, or it follows that log again.
  void NoteLongerLog(const std::string& partner);
  void NoteFollowed(const std::string& partner);
  // The proof that goes along with the receipts of a parcel; none when the partner needs none.
  absl::StatusOr<std::optional<peer::v1::HeadProof>> HeadProofFor(const std::string& partner,
                                                                  const Packing& packing);
  absl::StatusOr<bool> AddCancel(const Owed& owed, const core::Call& call, const core::View& view,
                                 Packing& packing);
  absl::StatusOr<bool> AddErasure(const Owed& owed, const core::Call& call, const core::View& view,
                                  Packing& packing);
  absl::StatusOr<bool> AddNotice(const Owed& owed, Packing& packing);
  // `released`: its key was owed, so that the partner surely has the Offer.
  absl::Status Stop(const Owed& owed, bool released, Packing& packing);
  bool TakenLately(const Owed& owed) const;
  bool IsSettled(const Owed& owed) const;
  absl::Status Send(const std::string& partner, const core::Terms& terms, Parcel parcel);
  void Sent(const std::string& partner, const Parcel& parcel, const absl::Status& status);
  struct Parked {
    std::chrono::steady_clock::time_point until;
    std::chrono::seconds pause{0};  // of the last time that it had to come later
  };
  enum class Standing { kFree, kAlone, kParked };
  Standing StandingOf(const envelope::ExchangeId& exchange) const;

  const OutboundParts parts_;
  mutable OwedRows rows_;
  const uint64_t started_us_;
  std::atomic<uint64_t> progress_ = 0;
  OffersAhead offers_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  bool stopping_ = false;
  std::map<std::string, Partner> partners_;
  // Until when; sent one by one from the first time that they were not believed.
  std::map<envelope::ExchangeId, Parked> parked_;
  // Offers handed over, or tried to, that no partner took yet.
  std::set<envelope::ExchangeId> tried_;
  // Exchanges that cannot go on, of which no wrong version is left to tell of.
  std::set<envelope::ExchangeId> told_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_OUTBOUND_H_
