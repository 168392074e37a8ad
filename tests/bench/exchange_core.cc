#include "tests/bench/exchange_core.h"

#include <filesystem>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

#include "crypto/random.h"
#include "server/authn/certificate.h"
#include "server/core/held_manifest.h"
#include "server/core/received_exchange.h"
#include "server/core/received_tags.h"
#include "server/core/share_signal.h"
#include "server/core/view.h"
#include "server/exchange/acts.h"
#include "server/ledger/open_in.h"
#include "server/node_stores.h"
#include "tests/support/protocol_between.h"

namespace sluis::bench {
namespace {

// Of rule R-BEDENKTIJD, with a second to spare.
constexpr std::chrono::seconds kCoolingOff{4 * 3600 + 1};

using Finish = core::Executor::Finish;

// Starts `count` calls on as many threads as there are processors, so many outstanding at once, and
// waits for their end. The first error.
absl::Status RunAll(size_t count, size_t outstanding,
                    const std::function<void(size_t, Finish)>& start) {
  std::counting_semaphore<> free(static_cast<std::ptrdiff_t>(outstanding));
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  absl::Status first;
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) {
      free.acquire();
      start(i, [&](const absl::Status& status) {
        if (!status.ok()) {
          const std::lock_guard lock(mutex);
          first.Update(status);
        }
        free.release();
      });
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < outstanding; ++i) free.acquire();
  return first;
}

}  // namespace

ExchangeCore::~ExchangeCore() {
  if (outbound_) outbound_->Stop();
  executor_.reset();
  ledger_.reset();
}

absl::StatusOr<std::unique_ptr<ExchangeCore>> ExchangeCore::Open(
    const test::Organisation& organisation, Writes writes) {
  absl::StatusOr<server::Config> config = server::ReadConfig(organisation.config_file());
  if (!config.ok()) return config.status();
  std::unique_ptr<ExchangeCore> core(new ExchangeCore);
  config->data_folder = core->folder_.PathOf("data");
  std::filesystem::copy(organisation.data_folder(), config->data_folder,
                        std::filesystem::copy_options::recursive);
  if (absl::Status opened = core->OpenLedger(*config, writes); !opened.ok()) return opened;
  if (absl::Status terms = core->BringTermsIntoForce(*config); !terms.ok()) return terms;
  core->Link(*config);
  return core;
}

absl::Status ExchangeCore::OpenLedger(const server::Config& config, Writes writes) {
  const std::string today = storage::LegalDay(clock_.NowUs());
  absl::StatusOr<crypto::KeyFile> log_key = server::LoadLogKey(config, today);
  if (!log_key.ok()) return log_key.status();
  absl::StatusOr<server::ExchangeKeys> keys = server::LoadExchangeKeys(config, today);
  if (!keys.ok()) return keys.status();
  keys_.emplace(*std::move(keys));
  absl::StatusOr<server::NodeStores> stores = server::OpenNodeStores(config.data_folder);
  if (!stores.ok()) return stores.status();
  store_ = std::move(stores->ledger);
  derived_ = std::move(stores->derived);
  witness_ = std::move(stores->witness);
  if (writes == Writes::kRecord) recorder_ = std::make_unique<RecordingStore>(*store_);
  heads_.emplace(*witness_);
  acknowledgements_.emplace(*derived_, *witness_);
  ledger::LedgerOptions options;
  options.origin = config.organisation + "/log";
  options.folder = config.data_folder;
  options.tick = std::chrono::milliseconds(config.tick_ms);
  options.low_water_bytes = config.low_water_mb << 20;
  options.ballast_bytes = config.ballast_mb << 20;
  absl::StatusOr<std::unique_ptr<ledger::Ledger>> ledger = ledger::OpenLedgerIn(
      std::move(stores->folder), std::move(options), recorder_ ? *recorder_ : *store_, clock_,
      crypto::SystemRandom(), std::move(log_key->key));
  if (!ledger.ok()) return ledger.status();
  ledger_ = *std::move(ledger);
  if (recorder_) recorder_->Forget();
  return absl::OkStatus();
}

// As the node that stopped recorded them.
absl::Status ExchangeCore::BringTermsIntoForce(const server::Config& config) {
  absl::StatusOr<std::shared_ptr<core::Terms>> terms = server::LoadTerms(config);
  if (!terms.ok()) return terms.status();
  const auto snapshot = ledger_->store().NewSnapshot();
  const core::View view(*snapshot, ledger_->keyring());
  const absl::StatusOr<core::HeldManifest> held = core::ReadHeldManifest(view);
  if (!held.ok()) return held.status();
  const absl::StatusOr<uint64_t> stamp = view.StampOf(core::TermsKey());
  if (!stamp.ok()) return stamp.status();
  core::TakeManifest(held->manifest, **terms);
  (*terms)->stamp = *stamp;
  (*terms)->may_exchange = true;
  (*terms)->protocol = tests::ProtocolBetween(held->manifest->manifest, (*terms)->packs);
  terms_.emplace(*std::move(terms));
  return absl::OkStatus();
}

void ExchangeCore::Link(const server::Config& config) {
  verifier_.emplace(config.organisation, config.mandate_public);
  executor_ = std::make_unique<core::Executor>(*ledger_, *terms_, *verifier_, clock_,
                                               crypto::SystemRandom(), core::ExecutorOptions{});
  const auto fault = [this](const absl::Status&) { ++faults_; };
  ceremonies_.emplace(config.organisation, keys_->identity, crypto::SystemRandom());
  tag_key_.emplace(core::TagKeyOf(keys_->case_key));
  inbound_.emplace(
      exchange::InboundParts{.organisation = config.organisation,
                             .protocol = {},
                             .terms = *terms_,
                             .executor = *executor_,
                             .clock = clock_,
                             .parked = [this](const std::string&, envelope::Fault) { ++faults_; },
                             .fault = fault,
                             .acts = exchange::ActsOf(*heads_, *acknowledgements_, *ceremonies_,
                                                      crypto::SystemRandom(), *tag_key_)});
  outbound_.emplace(exchange::OutboundParts{.organisation = config.organisation,
                                            .ledger = *ledger_,
                                            .terms = *terms_,
                                            .executor = *executor_,
                                            .peers = peers_,
                                            .acknowledgements = *acknowledgements_,
                                            .keys = {keys_->identity, keys_->receipt},
                                            .clock = clock_,
                                            .random = crypto::SystemRandom(),
                                            .fault = fault});
}

absl::Status ExchangeCore::Share(const std::vector<std::unique_ptr<Sharer>>& sharers,
                                 const std::vector<SignedShare>& shares) {
  std::vector<absl::StatusOr<authn::CertificateFacts>> facts;
  for (const auto& sharer : sharers) {
    facts.push_back(authn::FactsOfPem(sharer->person().certificate_pem));
  }
  const core::ShareTools tools{crypto::SystemRandom(), keys_->case_key, *heads_};
  std::vector<node::v1::ShareSignalResponse> responses(shares.size());
  return RunAll(shares.size(), kShares, [&](size_t i, Finish finish) {
    executor_->Run(facts[shares[i].sharer],
                   std::make_shared<core::ShareSignal>(shares[i].request, responses[i], tools),
                   std::move(finish));
  });
}

absl::StatusOr<std::vector<peer::v1::DeliverRequest>> ExchangeCore::Depart(size_t exchanges) {
  clock_.StandAhead(kCoolingOff);
  for (size_t left = exchanges; left > 0;) {
    const size_t before = peers_.caught.size();
    if (absl::Status round = outbound_->Round(); !round.ok()) return round;
    if (peers_.caught.size() != before + 1 || faults_ != 0) {
      return absl::InternalError("what is owed did not leave");
    }
    left -=
        std::min<size_t>(left, static_cast<size_t>(peers_.caught.back().envelope().leaves_size()));
  }
  return std::exchange(peers_.caught, {});
}

absl::Status ExchangeCore::Take(const std::string& sender,
                                const std::vector<std::string>& requests) {
  absl::Status taken = RunAll(requests.size(), kEnvelopes, [&](size_t i, Finish finish) {
    peer::v1::DeliverRequest request;
    if (!request.ParseFromString(requests[i])) {
      finish(absl::InternalError("an envelope cannot be read"));
      return;
    }
    inbound_->Deliver(sender, request, std::move(finish));
  });
  if (taken.ok() && faults_ != 0) return absl::InternalError("an envelope was not believed");
  return taken;
}

absl::StatusOr<size_t> ExchangeCore::Collected() const {
  const auto snapshot = ledger_->store().NewSnapshot();
  const core::View view(*snapshot, ledger_->keyring());
  size_t collected = 0;
  const absl::Status visited = core::VisitReceivedNewestFirst(
      view, {}, [&collected](std::string_view, const core::ReceivedRow& received) {
        if (received.row.state() == record::v1::RECEIVED_STATE_COLLECTED) ++collected;
        return true;
      });
  if (!visited.ok()) return visited;
  return collected;
}

}  // namespace sluis::bench
