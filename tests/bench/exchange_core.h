// A node between its listeners: what a daemon wires around its core to exchange, on a copy of the
// data folder of an organisation whose node is stopped, driven call by call.
//
// RocksDB, ledger, rules, signatures and outbox are those of the daemon; what is missing is gRPC.
// What leaves is caught instead of being sent. Not thread-safe. Errors say which step failed.
#ifndef SLUIS_TESTS_BENCH_EXCHANGE_CORE_H_
#define SLUIS_TESTS_BENCH_EXCHANGE_CORE_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/authn/mandate.h"
#include "server/config.h"
#include "server/core/ceremonies.h"
#include "server/core/executor.h"
#include "server/core/terms.h"
#include "server/exchange/acknowledgements.h"
#include "server/exchange/inbound.h"
#include "server/exchange/known_heads.h"
#include "server/exchange/outbound.h"
#include "server/exchange/peers.h"
#include "server/ledger/ledger.h"
#include "server/storage/clock.h"
#include "server/storage/store.h"
#include "server/terms_loader.h"
#include "tests/bench/exchange_sites.h"
#include "tests/bench/raw_writes.h"
#include "tests/support/temp_folder.h"

namespace sluis::bench {

// The machine's clock until it is moved ahead, and from then on one that stands: a cooling-off time
// passes at once, and nothing is sent again because a busy machine took a minute. What only waits
// does not notice.
class AheadClock final : public storage::Clock {
 public:
  uint64_t NowUs() const override {
    const uint64_t stands_at_us = stands_at_us_;
    return stands_at_us != 0 ? stands_at_us : storage::SystemClock().NowUs();
  }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return storage::SystemClock().Monotonic();
  }
  void StandAhead(std::chrono::microseconds by) {
    stands_at_us_ = NowUs() + static_cast<uint64_t>(by.count());
  }

 private:
  std::atomic<uint64_t> stands_at_us_ = 0;
};

// Takes every envelope at once, and keeps it.
class CatchingPeers final : public exchange::Peers {
 public:
  void Heartbeat(const std::string&, peer::v1::HeartbeatRequest,
                 Done<peer::v1::HeartbeatResponse> done) override {
    done(absl::UnavailableError("nobody is there"));
  }
  void Deliver(const std::string&, peer::v1::DeliverRequest request,
               Done<peer::v1::DeliverResponse> done) override {
    caught.push_back(std::move(request));
    done(peer::v1::DeliverResponse());
  }
  void Evaluate(const std::string&, peer::v1::EvaluateRequest,
                Done<peer::v1::EvaluateResponse> done) override {
    done(absl::UnimplementedError("holds no keys"));
  }
  void ProveEvaluations(const std::string&, peer::v1::ProveEvaluationsRequest,
                        Done<peer::v1::ProveEvaluationsResponse> done) override {
    done(absl::UnimplementedError("holds no keys"));
  }
  void GiveEvaluationList(const std::string&, peer::v1::GiveEvaluationListRequest,
                          Done<peer::v1::GiveEvaluationListResponse> done) override {
    done(absl::UnimplementedError("holds no keys"));
  }
  void RevealEvaluationNonces(const std::string&, peer::v1::RevealEvaluationNoncesRequest,
                              Done<peer::v1::RevealEvaluationNoncesResponse> done) override {
    done(absl::UnimplementedError("holds no keys"));
  }

  std::vector<peer::v1::DeliverRequest> caught;
};

enum class Writes { kPass, kRecord };

class ExchangeCore {
 public:
  // `organisation` must outlive it.
  static absl::StatusOr<std::unique_ptr<ExchangeCore>> Open(const test::Organisation& organisation,
                                                            Writes writes = Writes::kPass);
  ~ExchangeCore();

  // Every share through the executor, in the name of who signed it, from as many threads as there
  // are processors and kShares at once; returns when all entries are durable.
  absl::Status Share(const std::vector<std::unique_ptr<Sharer>>& sharers,
                     const std::vector<SignedShare>& shares);
  // The cooling-off time of the shipped rules passes, and what is owed leaves: `exchanges` of them.
  absl::StatusOr<std::vector<peer::v1::DeliverRequest>> Depart(size_t exchanges);

  // Takes these serialised DeliverRequests of `sender`, read by as many threads as there are
  // processors and kEnvelopes at once; returns when all is durable.
  absl::Status Take(const std::string& sender, const std::vector<std::string>& requests);
  // How many received exchanges there are, collected and not refused.
  absl::StatusOr<size_t> Collected() const;

  // For what is not an exchange.
  core::Executor& executor() { return *executor_; }
  core::TermsInForce& terms() { return *terms_; }
  core::PartnerHeads& heads() { return *heads_; }
  const server::ExchangeKeys& keys() const { return *keys_; }
  storage::Clock& clock() { return clock_; }

  // What the ledger wrote since it was opened; with Writes::kRecord.
  std::vector<Batch> Written() { return recorder_->Take(); }

 private:
  static constexpr size_t kShares = 256;
  static constexpr size_t kEnvelopes = 4;

  ExchangeCore() = default;
  absl::Status OpenLedger(const server::Config& config, Writes writes);
  absl::Status BringTermsIntoForce(const server::Config& config);
  void Link(const server::Config& config);

  tests::TempFolder folder_;
  AheadClock clock_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::Store> derived_;
  std::unique_ptr<storage::Store> witness_;
  std::unique_ptr<RecordingStore> recorder_;
  std::optional<exchange::KnownHeads> heads_;
  std::optional<exchange::Acknowledgements> acknowledgements_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::optional<authn::MandateVerifier> verifier_;
  std::optional<core::TermsInForce> terms_;
  std::optional<server::ExchangeKeys> keys_;
  std::unique_ptr<core::Executor> executor_;
  CatchingPeers peers_;
  std::atomic<size_t> faults_ = 0;
  std::optional<core::Ceremonies> ceremonies_;
  std::optional<crypto::Secret<32>> tag_key_;
  std::optional<exchange::Inbound> inbound_;
  std::optional<exchange::Outbound> outbound_;
};

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_EXCHANGE_CORE_H_
