#include "server/node.h"

#include <spdlog/spdlog.h>

#include "server/backup.h"
#include "server/core/erase_restored.h"
#include "server/core/import_signals.h"
#include "server/core/keep_tasks.h"
#include "server/core/node_acts.h"
#include "server/ledger/open_in.h"
#include "server/node_parts.h"
#include "server/node_stores.h"
#include "server/rpc/loopback_http.h"
#include "server/storage/files.h"
#include "server/terms_loader.h"

namespace sluis::server {
namespace {

constexpr auto kHousekeeping = std::chrono::minutes(1);
constexpr size_t kErasuresPerRound = 64;
constexpr size_t kImportsPerRound = 1000;
constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;

}  // namespace

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<Node>> Node::Start(Config config, storage::Clock& clock,
                                                  crypto::Random& random) {
  std::unique_ptr<Node> node(new Node(std::make_unique<Parts>(std::move(config), clock, random)));
  for (const auto step : {&Node::Open, &Node::FirstActs, &Node::Listen}) {
    absl::Status status = (node.get()->*step)();
    if (!status.ok()) return status;
  }
  Parts& parts = *node->parts_;
  parts.house = std::thread([&parts, running = node.get()] {
    std::unique_lock lock(parts.house_mutex);
    while (!parts.stopping) {
      lock.unlock();
      const absl::Status status = running->KeepHouse();
      if (!status.ok()) spdlog::warn("housekeeping: {}", std::string(status.message()));
      lock.lock();
      parts.house_wake.wait_for(lock, kHousekeeping, [&parts] { return parts.stopping; });
    }
  });
  return node;
}

Node::~Node() {
  parts_->draining = true;
  if (parts_->follower) parts_->follower->Tell();
  {
    std::lock_guard lock(parts_->house_mutex);
    parts_->stopping = true;
  }
  parts_->house_wake.notify_all();
  if (parts_->house.joinable()) parts_->house.join();
  if (parts_->link) parts_->link->Stop();
  parts_->follower.reset();
  if (parts_->listener) parts_->listener->Shutdown();
  if (parts_->ledger) parts_->ledger->Drain();
  parts_->executor.reset();
}

absl::Status Node::Open() {
  Parts& parts = *parts_;
  const Config& config = parts.config;
  absl::StatusOr<std::shared_ptr<core::Terms>> terms = LoadTerms(config);
  if (!terms.ok()) return terms.status();
  absl::StatusOr<crypto::KeyFile> log_key =
      LoadLogKey(config, storage::LegalDay(parts.clock.NowUs()));
  if (!log_key.ok()) return log_key.status();
  parts.log_key_not_after = log_key->not_after;
  parts.log_public = log_key->key.public_key();

  absl::StatusOr<NodeStores> stores = OpenNodeStores(config.data_folder);
  if (!stores.ok()) return stores.status();
  parts.store = std::move(stores->ledger);
  parts.derived = std::move(stores->derived);
  parts.witness = std::move(stores->witness);
  parts.heads.emplace(*parts.witness);
  absl::StatusOr<bool> restored = stores->folder.IsRestored();
  if (!restored.ok()) return restored.status();

  ledger::LedgerOptions options;
  options.origin = config.organisation + "/log";
  options.folder = config.data_folder;
  options.tick = std::chrono::milliseconds(config.tick_ms);
  options.heartbeat = std::chrono::seconds(config.heartbeat_s);
  options.low_water_bytes = config.low_water_mb << 20;
  options.ballast_bytes = config.ballast_mb << 20;
  options.key_copy_days = config.key_copy_days;
  absl::StatusOr<std::unique_ptr<ledger::Ledger>> ledger =
      ledger::OpenLedgerIn(std::move(stores->folder), std::move(options), *parts.store, parts.clock,
                           parts.random, std::move(log_key->key));
  if (!ledger.ok()) return ledger.status();
  parts.ledger = *std::move(ledger);
  if (*restored) parts.restored_to = parts.ledger->checkpoint();
  parts.index.emplace(*parts.derived, *parts.ledger);
  parts.verifier.emplace(config.organisation, config.mandate_public);
  // Until the configuration's own is judged, what the ledger holds is in force.
  absl::StatusOr<core::HeldManifest> held = HeldNow();
  if (!held.ok()) return held.status();
  core::TakeManifest(held->manifest, **terms);
  parts.terms.emplace(*std::move(terms));
  parts.executor = std::make_unique<core::Executor>(
      *parts.ledger, *parts.terms, *parts.verifier, parts.clock, parts.random,
      core::ExecutorOptions{.refusals_per_minute = config.refusals_per_minute});
  absl::StatusOr<ExchangeKeys> keys =
      LoadExchangeKeys(config, storage::LegalDay(parts.clock.NowUs()));
  if (keys.ok()) {
    parts.exchange_keys.emplace(*std::move(keys));
  } else if (!config.manifest_file.empty()) {
    return keys.status();
  }
  parts.link.emplace(config, *parts.terms,
                     PeerLink::Core{.ledger = *parts.ledger,
                                    .executor = *parts.executor,
                                    .derived = *parts.derived,
                                    .witness = *parts.witness,
                                    .heads = *parts.heads,
                                    .keys = parts.exchange_keys ? &*parts.exchange_keys : nullptr,
                                    .random = parts.random,
                                    .settled =
                                        [&parts] {
                                          return parts.settled.Look() &&
                                                 parts.ledger->serving() ==
                                                     ledger::Serving::kServing;
                                        }},
                     parts.clock, parts.metrics);
  return absl::OkStatus();
}

absl::Status Node::FirstActs() {
  Parts& parts = *parts_;
  if (parts.ledger->serving() == ledger::Serving::kRestored) {
    const absl::Status erased = core::EraseRestored(*parts.executor, *parts.ledger);
    if (!erased.ok()) return erased;
  }
  // What ended a restored state is known once the sequencer has been round.
  if (parts.ledger->serving() == ledger::Serving::kRestored) parts.ledger->Tick();
  if (parts.ledger->serving() != ledger::Serving::kServing) {
    spdlog::error("not serving: {}", parts.ledger->serving_detail());
    return absl::OkStatus();
  }
  return RecordFirst();
}

absl::Status Node::Listen() {
  Parts& parts = *parts_;
  absl::StatusOr<std::unique_ptr<rpc::LoopbackHttp>> loopback = rpc::LoopbackHttp::Start(
      parts.config.loopback_address,
      [this] {
        const std::string reason = ledger::ServingCode(ServingNow());
        return rpc::LoopbackHttp::Health{reason.empty(), reason};
      },
      [this] { return MetricsText(); });
  if (!loopback.ok()) return loopback.status();
  parts.loopback = *std::move(loopback);
  absl::StatusOr<std::unique_ptr<rpc::UserListener>> listener = rpc::UserListener::Start(
      {.address = parts.config.listen_address,
       .certificate_folder = parts.config.certificate_folder,
       .organisation = parts.config.organisation,
       .executor = *parts.executor,
       .ledger = *parts.ledger,
       .index = *parts.index,
       .terms = *parts.terms,
       .verifier = *parts.verifier,
       .clock = parts.clock,
       .random = parts.random,
       .metrics = parts.metrics,
       .backup = [this](node::v1::CreateBackupResponse& response) { return Backup(response); },
       .status = [this](node::v1::GetStatusResponse& response) { FillStatus(response); },
       .exchange =
           [&parts](node::v1::GetExchangeResponse& response) { parts.link->Fill(response); },
       .share_tools = {.random = parts.random,
                       .case_key =
                           parts.exchange_keys ? parts.exchange_keys->case_key : parts.no_case_key,
                       .heads = *parts.heads},
       .ceremonies = parts.link->ceremonies(),
       .evaluation = parts.link->evaluation(),
       .review = parts.link->review(),
       .exercise = [&parts] { return parts.terms->Get()->exercise; }});
  if (!listener.ok()) return listener.status();
  parts.listener = *std::move(listener);
  parts.follower.emplace([this] { return ServingNow() == ledger::Serving::kServing; },
                         [&parts](bool serving) { parts.listener->SetServing(serving); },
                         std::chrono::milliseconds(parts.config.tick_ms));
  absl::Status status = parts.link->Follow(parts.config);
  if (status.ok()) parts.link->Begin();
  return status;
}

ledger::Serving Node::ServingNow() const {
  const ledger::Serving serving = parts_->ledger->serving();
  const bool draining = serving == ledger::Serving::kServing && parts_->draining;
  return draining ? ledger::Serving::kDraining : serving;
}

int Node::user_port() const { return parts_->listener->port(); }
int Node::peer_port() const { return parts_->link->port(); }
void Node::MeetPeers() { parts_->link->Round(); }
int Node::loopback_port() const { return parts_->loopback->port(); }

std::string Node::not_serving() const {
  return parts_->ledger->serving() == ledger::Serving::kServing ? std::string()
                                                                : parts_->ledger->serving_detail();
}

absl::Status Node::EraseDue() {
  Parts& parts = *parts_;
  std::vector<std::string> due;
  std::vector<std::string> old_imports;
  {
    const auto snapshot = parts.ledger->store().NewSnapshot();
    const core::View view(*snapshot, parts.ledger->keyring());
    absl::StatusOr<std::vector<std::string>> found =
        parts.retention.Due(view, storage::LegalDay(parts.clock.NowUs()), kErasuresPerRound);
    if (!found.ok()) return found.status();
    due = *std::move(found);
    const auto today = static_cast<uint32_t>(parts.clock.NowUs() / kDayUs);
    const uint32_t oldest = today > core::kImportDays ? today - core::kImportDays : 0;
    absl::StatusOr<std::vector<std::string>> imports = view.ImportsBefore(oldest, kImportsPerRound);
    if (!imports.ok()) return imports.status();
    old_imports = *std::move(imports);
  }
  if (!old_imports.empty()) {
    absl::Status status = parts.executor->RunAsNodeAndWait(
        std::make_shared<core::ForgetImports>(std::move(old_imports)));
    if (!status.ok()) return status;
  }
  // One record that cannot be erased must not keep the others past their day.
  absl::Status first = absl::OkStatus();
  for (std::string& record_id : due) {
    first.Update(parts.executor->RunAsNodeAndWait(
        std::make_shared<core::ErasePastRetention>(std::move(record_id))));
  }
  return first;
}

absl::Status Node::KeepHouse() {
  Parts& parts = *parts_;
  // Looked at in every round, so that a step of the clock is seen whatever the node does.
  const bool settled = parts.settled.Look();
  const auto copy_keys = [&] { return CopyKeys(settled ? OldCopies::kRemove : OldCopies::kKeep); };
  if (parts.ledger->serving() != ledger::Serving::kServing) return copy_keys();
  // A medium for key copies that is away holds up nothing else.
  // What an exercise left goes before anything else is done.
  absl::Status first = parts.terms->Get()->stamp == ledger::kAbsent ? RecordFirst() : EndExercise();
  first.Update(parts.index->CatchUp());
  if (settled) {
    first.Update(EraseDue());
    first.Update(parts.link->KeepHouse());
  }
  // All that went before took its time, in which the clock may have stepped.
  if (settled && parts.settled.Look()) {
    first.Update(parts.executor->RunAsNodeAndWait(
        std::make_shared<core::KeepTasks>(*parts.verifier, parts.random)));
  }
  first.Update(copy_keys());
  return first;
}

absl::Status Node::CopyKeys(OldCopies old) {
  const Config config = parts_->ConfigNow();
  if (config.key_copy_folder.empty()) return absl::OkStatus();
  const std::optional<int> days =
      old == OldCopies::kRemove ? std::optional(config.key_copy_days) : std::nullopt;
  return KeepKeyCopies(config.data_folder, config.key_copy_folder, days, parts_->clock.NowUs());
}

absl::Status Node::RebuildIndex() { return parts_->index->Rebuild(); }

absl::Status Node::Backup(node::v1::CreateBackupResponse& response) {
  const Config config = parts_->ConfigNow();
  absl::StatusOr<server::Backup> backup =
      MakeBackup({*parts_->store, *parts_->witness}, config.data_folder, config.backup_folder,
                 parts_->clock.NowUs());
  if (!backup.ok()) return backup.status();
  response.set_folder(backup->folder);
  response.set_entries(backup->entries);
  // The key that opens this backup is copied with it, before an erasure can replace it.
  return CopyKeys(OldCopies::kKeep);
}

}  // namespace sluis::server
