#include "tests/fault/mortal_node.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <future>
#include <optional>

#include "server/core/export_log.h"
#include "server/core/held_manifest.h"
#include "server/core/node_acts.h"
#include "server/ledger/sealed_row.h"
#include "server/storage/rocksdb_env.h"
#include "tests/fault/mortal_ledger.h"
#include "tests/support/crash_filesystem.h"
#include "tests/support/faulty_files.h"
#include "tests/support/protocol_between.h"

namespace sluis::fault {
namespace {

using crypto::KeyPurpose;

tests::TestMember MemberOf(const std::string& organisation, const std::string& kind,
                           uint64_t seed) {
  tests::SeededRandom random(seed);
  tests::TestMember member = tests::MakeTestMember(organisation, random);
  member.statement.set_kind(kind);
  member.statement.set_secrecy_regime(false);
  return member;
}

crypto::SigningKey CopyOf(const tests::TestMember& member, KeyPurpose purpose) {
  return crypto::SigningKey::FromSeed(member.keys.at(purpose).seed().Clone());
}

server::ExchangeKeys KeysOf(const tests::TestMember& member, uint64_t seed) {
  tests::SeededRandom random(~seed);
  crypto::Secret<32> case_key;
  random.Fill(case_key.mutable_span());
  return {CopyOf(member, KeyPurpose::kIdentity), CopyOf(member, KeyPurpose::kReceipt),
          std::move(case_key)};
}

std::string Rest(core::ExportStream& stream) {
  std::string bytes;
  for (;;) {
    auto piece = stream.Next();
    if (!piece.ok() || !*piece) return bytes;
    bytes += **piece;
  }
}

// Sealed rows as who holds these keys reads them.
void AddAllOf(const storage::Store& store, std::vector<std::string>& all,
              const ledger::Keyring* keyring = nullptr) {
  const absl::Status scanned =
      store.NewSnapshot()->Scan({}, {}, [&](std::string_view key, std::string_view value) {
        all.emplace_back(key);
        const bool opens = keyring != nullptr && ledger::IsSealedRow(key);
        all.push_back(opens ? ledger::OpenRow(*keyring, key, value).value().value
                            : std::string(value));
        return true;
      });
  EXPECT_EQ(scanned, absl::OkStatus());
}

}  // namespace

MortalNode::MortalNode(const std::string& organisation, const std::string& kind, uint64_t seed,
                       uint64_t now_us, tests::LossyNetwork& network)
    : clock(now_us),
      random(seed),
      member_(MemberOf(organisation, kind, seed)),
      network_(network),
      verifier_(organisation, member_.keys.at(KeyPurpose::kMandate).public_key()),
      keys_(KeysOf(member_, seed)),
      packs_(tests::PartnershipPacks()) {
  // What is lost, killed or not believed here is meant to be.
  spdlog::set_level(spdlog::level::off);
}

MortalNode::~MortalNode() {
  if (up_) network_.Remove(organisation());
}

MortalNode::Up::~Up() {
  if (link) link->Stop();
  if (ledger) ledger->Drain();
  // It waits for calls on their way, whose ends are told to the link.
  executor.reset();
  heartbeat.reset();
  link.reset();
}

void MortalNode::Use(std::shared_ptr<const partnership::SignedManifest> manifest,
                     tests::PackEdits edits) {
  manifest_ = std::move(manifest);
  if (!edits.empty()) packs_ = tests::PartnershipPacks(edits);
}

std::shared_ptr<core::Terms> MortalNode::MakeTerms() const {
  auto terms = std::make_shared<core::Terms>(packs_);
  terms->organisation = organisation();
  terms->kind = member_.statement.kind();
  core::TakeManifest(manifest_, *terms);
  terms->may_exchange = manifest_ != nullptr && (terms->exercise || terms->active());
  if (terms->active()) terms->protocol = tests::ProtocolBetween(manifest_->manifest, packs_);
  return terms;
}

absl::Status MortalNode::OpenStores() {
  up_->env = tests::NewCrashEnv(disk_);
  up_->files = tests::NewFaultyFiles(disk_);
  for (const auto& [folder, store] : {std::pair{"/ledger", &up_->store},
                                      {"/derived", &up_->derived},
                                      {"/witness", &up_->witness}}) {
    auto opened = storage::OpenRocksDbStoreOn(
        {up_->env.get()}, folder,
        {.block_cache_bytes = size_t{4} << 20, .write_buffer_bytes = size_t{2} << 20});
    if (!opened.ok()) return opened.status();
    *store = *std::move(opened);
  }
  return absl::OkStatus();
}

absl::Status MortalNode::OpenLedger() {
  ledger::LedgerOptions options;
  options.origin = organisation() + "/log";
  options.folder = "/node";
  options.files = up_->files.get();
  options.free_bytes = [](const std::string&) -> absl::StatusOr<uint64_t> { return 1ull << 40; };
  options.low_water_bytes = 1 << 20;
  options.ballast_bytes = 4096;
  options.on_fatal = [up = up_.get()](const absl::Status&) { up->fatal = true; };
  auto opened = ledger::Ledger::Open(std::move(options), *up_->store, clock, random,
                                     CopyOf(member_, KeyPurpose::kLog));
  if (!opened.ok()) return opened.status();
  up_->ledger = std::make_unique<MortalLedger>(*std::move(opened));
  if (up_->ledger->serving() != ledger::Serving::kServing) {
    return absl::DataLossError("the ledger does not serve: " + up_->ledger->serving_detail());
  }
  return absl::OkStatus();
}

void MortalNode::Link() {
  up_->heads = std::make_unique<exchange::KnownHeads>(*up_->witness);
  up_->peers = network_.PeersOf(organisation());
  up_->metrics = std::make_unique<rpc::Metrics>();
  up_->link = std::make_unique<server::ExchangeLink>(
      server::ExchangeLink::Parts{.organisation = organisation(),
                                  .terms = *up_->terms,
                                  .ledger = *up_->ledger,
                                  .executor = *up_->executor,
                                  .derived = *up_->derived,
                                  .witness = *up_->witness,
                                  .heads = *up_->heads,
                                  .peers = *up_->peers,
                                  .keys = keys_,
                                  .clock = clock,
                                  .random = random,
                                  .metrics = *up_->metrics,
                                  .period = std::chrono::seconds(1),
                                  .settled = [] { return true; }});
  up_->reachability = std::make_unique<exchange::Reachability>();
  up_->heartbeat = std::make_unique<exchange::Heartbeat>(exchange::HeartbeatParts{
      .organisation = organisation(),
      .protocol = {},
      .terms = *up_->terms,
      .peers = *up_->peers,
      .reachability = *up_->reachability,
      .clock = clock,
      .own_status = [this] { return OwnStatus(); },
      .held_statuses =
          [this] {
            std::vector<core::HeldStatus> held;
            Look([&held](const core::View& view) { held = core::HeldStatuses(view).value(); });
            return held;
          },
      .heard_status =
          [this](const std::string& from, const std::string& whose,
                 record::v1::SignedMandateStatus status) {
            up_->link->HeardStatus(from, whose, std::move(status));
          }});
  network_.Put(organisation(),
               {.heartbeat =
                    [this](const std::string& sender, const peer::v1::HeartbeatRequest& request) {
                      auto answer = up_->heartbeat->Answer(sender, request);
                      if (answer.ok()) up_->link->Reached(sender);
                      // What it heard is written before anything else happens.
                      up_->ledger->Tick();
                      return answer;
                    },
                .deliver =
                    [this](const std::string& sender, const peer::v1::DeliverRequest& request,
                           std::function<void(absl::Status)> done) {
                      up_->link->Deliver(sender, request, std::move(done));
                    }});
}

absl::Status MortalNode::Open() {
  up_ = std::make_unique<Up>();
  absl::Status opened = OpenStores();
  if (opened.ok()) opened = OpenLedger();
  if (opened.ok()) {
    const std::shared_ptr<core::Terms> terms = MakeTerms();
    up_->terms = std::make_unique<core::TermsInForce>(terms);
    up_->executor =
        std::make_unique<core::Executor>(*up_->ledger, *up_->terms, verifier_, clock, random,
                                         core::ExecutorOptions{.refusals_per_minute = 1'000'000});
    opened = Put(terms);
  }
  if (!opened.ok()) {
    up_.reset();
    return opened;
  }
  Link();
  return absl::OkStatus();
}

absl::Status MortalNode::Put(std::shared_ptr<core::Terms> terms) {
  bool recorded = false;
  absl::Status read;
  Look([&](const core::View& view) {
    const auto known = core::TermsRecorded(view, *terms);
    read = known.status();
    recorded = known.ok() && *known;
  });
  if (!read.ok()) return read;
  if (!recorded) {
    absl::Status written = RunAsNode(std::make_shared<core::RecordTerms>(terms));
    if (!written.ok()) return written;
  }
  Look([&](const core::View& view) {
    const auto stamp = view.StampOf(core::TermsKey());
    read = stamp.status();
    if (stamp.ok()) terms->stamp = *stamp;
  });
  if (read.ok()) up_->terms->Set(std::move(terms));
  return read;
}

void MortalNode::PowerOffAfter(uint64_t operations) {
  disk_->PowerOffAfter(operations);
  power_until_ = disk_->operations() + operations;
}

bool MortalNode::dead() const { return disk_->operations() >= power_until_ || (up_ && up_->fatal); }

void MortalNode::Kill(tests::Survival how, uint64_t seed) {
  disk_->PowerOffAfter(0);
  network_.Remove(organisation());
  std::shared_ptr<tests::SimulatedDisk> survivors = disk_->AfterCrash(how, seed);
  up_.reset();
  disk_ = std::move(survivors);
  power_until_ = tests::SimulatedDisk::kUnbounded;
}

std::shared_ptr<tests::SimulatedDisk> MortalNode::Copy() const {
  return disk_->AfterCrash(tests::Survival::kSyncedOnly, 0);
}

void MortalNode::PutBack(const std::shared_ptr<tests::SimulatedDisk>& copy) {
  network_.Remove(organisation());
  up_.reset();
  disk_ = copy->AfterCrash(tests::Survival::kSyncedOnly, 0);
  power_until_ = tests::SimulatedDisk::kUnbounded;
}

node::v1::PeerState MortalNode::StandingOf(const std::string& partner) const {
  node::v1::PeerState peer;
  peer.set_organisation(partner);
  up_->link->Fill(peer);
  return peer;
}

absl::Status MortalNode::Run(const tests::Person& who, std::shared_ptr<core::UseCase> use_case) {
  std::promise<absl::Status> done;
  up_->executor->Run(who.facts, std::move(use_case),
                     [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

absl::Status MortalNode::RunAsNode(std::shared_ptr<core::UseCase> use_case) {
  return up_->executor->RunAsNodeAndWait(std::move(use_case));
}

absl::Status MortalNode::Round() {
  up_->ledger->Tick();
  return up_->link->Round();
}

void MortalNode::Heartbeat() {
  up_->heartbeat->Round();
  const auto manifest = up_->terms->Get()->manifest;
  for (const partnership::Member& member : manifest->manifest.members) {
    if (up_->reachability->Of(member.organisation, clock.NowUs()).trouble.empty()) {
      up_->link->Reached(member.organisation);
    }
  }
  up_->ledger->Tick();
}

absl::Status MortalNode::KeepHouse() { return up_->link->KeepHouse(); }

std::optional<record::v1::SignedMandateStatus> MortalNode::OwnStatus() const {
  std::optional<record::v1::SignedMandateStatus> own;
  Look([&own](const core::View& view) {
    if (auto status = view.ReadMandateStatus(); status.ok()) own = *std::move(status);
  });
  return own;
}

std::vector<std::string> MortalNode::Stored() const {
  std::vector<std::string> all = StoredBeside();
  AddAllOf(*up_->store, all, &up_->ledger->keyring());
  return all;
}

std::vector<std::string> MortalNode::StoredBeside() const {
  std::vector<std::string> all;
  AddAllOf(*up_->derived, all);
  AddAllOf(*up_->witness, all);
  return all;
}

void MortalNode::Look(const std::function<void(const core::View&)>& use) const {
  const auto snapshot = up_->ledger->store().NewSnapshot();
  use(core::View(*snapshot, up_->ledger->keyring()));
}

std::string MortalNode::ExportFor(const std::string& partner) {
  up_->ledger->Tick();
  core::ExportStream stream(*up_->ledger, up_->ledger->checkpoint(), partner);
  return Rest(stream);
}

std::string MortalNode::WholeExport() {
  up_->ledger->Tick();
  node::v1::OpenParts all;
  all.set_actor(true);
  all.set_subject(true);
  all.set_decision(true);
  core::ExportStream stream(*up_->ledger, up_->ledger->checkpoint(), all, false);
  return Rest(stream);
}

}  // namespace sluis::fault
