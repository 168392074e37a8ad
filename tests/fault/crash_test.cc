// Five hundred crashes of a whole node core. Store and files lie on one simulated disk that loses
// whatever was not synced, renames included, at a random operation; what callers were told is held
// against what the node has afterwards. Two nodes that cheat must be caught by the same checks.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "server/storage/rocksdb_env.h"
#include "tests/fault/account.h"
#include "tests/fault/early_ledger.h"
#include "tests/fault/node_core.h"
#include "tests/fault/signal_calls.h"
#include "tests/support/crash_filesystem.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_files.h"
#include "tests/support/seeded_random.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/temp_folder.h"

namespace sluis::fault {
namespace {

using tests::SimulatedDisk;
using tests::Survival;

constexpr size_t kInFlight = 6;
constexpr int kCallsPerLife = 25;
constexpr int kCrashesPerDisk = 25;

struct Cheat {
  bool sync = true;
  bool answer_early = false;
  // What the cheat can be caught at without mistakes of its own making.
  bool records_only = false;
};

// One organisation for all tests: its keys and its person.
struct Office {
  tests::TempFolder folder;
  test::Organisation organisation{folder.path()};
  test::Person person = organisation.MakePerson("lotte.maes");
  authn::CertificateFacts facts = FactsOf(person);
};
Office& TheOffice() {
  static Office office;
  return office;
}

// A node on a disk that crashes, with the account of what it said.
class CrashWorld {
 public:
  CrashWorld(uint64_t seed, Cheat cheat) : cheat_(cheat), random_(seed) {}
  ~CrashWorld() { Close(); }

  // Opens the node, or crashes again while it opens. False when it did not come up.
  bool Open() {
    env_ = tests::NewCrashEnv(disk_);
    files_ = tests::NewFaultyFiles(disk_);
    // Small enough that tables are written and merged meanwhile.
    auto store = storage::OpenRocksDbStoreOn({env_.get(), cheat_.sync}, "/node-store",
                                             {.write_buffer_bytes = 64 << 10});
    if (!store.ok()) return Unopened(store.status());
    store_ = *std::move(store);
    NodeCore::Decorate decorate;
    if (cheat_.answer_early) {
      decorate = [this](std::unique_ptr<ledger::Ledger> inner) {
        auto early =
            std::make_unique<EarlyLedger>(std::move(inner), clock_, std::chrono::seconds(1));
        early_ = early.get();
        return early;
      };
    }
    absl::StatusOr<std::unique_ptr<NodeCore>> node = NodeCore::Open(
        TheOffice().organisation, {*store_, *files_, "/node", clock_, std::move(decorate)});
    if (!node.ok()) return Unopened(node.status());
    node_ = *std::move(node);
    before_reordering_.reset();
    return true;
  }

  absl::Status Admit() {
    return node_->Admit(TheOffice().organisation, TheOffice().person, {"maatschappelijk-werker"});
  }

  std::vector<std::string> Check() { return account_.Check(node_->ledger()); }
  const absl::Status& not_opened() const { return not_opened_; }

  // After a crash that kept later changes of a file or folder without earlier ones, RocksDB may
  // refuse to open: it syncs the folder once for several new names, and a file once for several
  // records of its manifest. It must say so, and never open to less than was acknowledged.
  bool MayRefuse() const {
    return before_reordering_ && (not_opened_.code() == absl::StatusCode::kDataLoss ||
                                  not_opened_.code() == absl::StatusCode::kNotFound);
  }

  // The crash after which RocksDB refused, once more, under the rule that keeps the first changes
  // of each file and folder. Nothing was told since it, so the account holds for both. True when
  // the node came up.
  bool OpenAsIfInOrder() {
    Close();
    disk_ = before_reordering_->AfterCrash(Survival::kPrefix, random_.Below(UINT32_MAX));
    before_reordering_.reset();
    return Open();
  }

  // Calls at random, several at a time, until the power goes or there were enough.
  void Live(uint64_t operations_left) {
    account_.Shown(node_->ledger().checkpoint());
    if (early_ != nullptr) early_->Begin();
    disk_->PowerOffAfter(operations_left);
    for (int call = 0; call < kCallsPerLife && !node_->died(); ++call) {
      if (!node_->WaitFor([this] { return under_way_ < kInFlight; })) break;
      // The clock stands still for the one who works out times by itself.
      if (!cheat_.answer_early && random_.Below(4) == 0) clock_.Advance(std::chrono::seconds(2));
      CallAtRandom();
      account_.Shown(node_->ledger().checkpoint());
    }
  }

  void LiveInPeace() {
    Live(1 << 30);
    node_->WaitFor([this] { return under_way_ == 0; });
    node_->ledger().Tick();
    account_.Shown(node_->ledger().checkpoint());
    EXPECT_TRUE(node_->fatal().ok()) << node_->fatal();
  }

  void Crash() {
    disk_->PowerOffAfter(0);
    if (node_) account_.Shown(node_->ledger().checkpoint());
    const Survival how = tests::kSurvivals[random_.Below(std::size(tests::kSurvivals))];
    if (how == Survival::kSubset && !before_reordering_) before_reordering_ = disk_;
    const std::shared_ptr<SimulatedDisk> survivors =
        disk_->AfterCrash(how, random_.Below(UINT32_MAX));
    Close();
    disk_ = survivors;
  }

  SimulatedDisk& disk() { return *disk_; }
  tests::SeededRandom& random() { return random_; }
  const Account& account() const { return account_; }

 private:
  bool Unopened(const absl::Status& status) {
    not_opened_ = status;
    return false;
  }

  void Close() {
    node_.reset();
    early_ = nullptr;
    store_.reset();
    env_.reset();
    files_.reset();
    under_way_ = 0;
  }

  template <typename CallType>
  void Begin(std::shared_ptr<CallType> call, size_t number) {
    ++under_way_;
    node_->Run(TheOffice().facts, CallType::UseCaseOf(call),
               [this, call, number](absl::Status status) {
                 if (!status.ok()) {
                   account_.ToldError(number, status);
                 } else {
                   std::string record_id = account_.asked(number).record_id;
                   if constexpr (std::is_same_v<CallType, RecordCall>) {
                     record_id = call->response.record_id();
                   }
                   account_.ToldOk(number, record_id, call->response.log_receipt().leaf_hash());
                 }
                 --under_way_;
               });
  }

  static node::v1::RequestContext ContextOf(const Account::Asked& asked) {
    node::v1::RequestContext context = test::Intake();
    context.set_case_ref(asked.case_ref);
    return context;
  }

  void CallAtRandom() {
    const uint64_t dice = cheat_.records_only ? 0 : random_.Below(20);
    const std::optional<Account::Known> known = account_.AnyRecord(random_.Below(UINT32_MAX));
    if (dice < 8 || !known) {
      const size_t number = account_.Begin(Account::Kind::kRecord);
      const Account::Asked asked = account_.asked(number);
      node::v1::RecordSignalRequest request;
      *request.mutable_context() = ContextOf(asked);
      *request.mutable_signal() = SignalWith(asked.text);
      Begin(std::make_shared<RecordCall>(std::move(request), node_->random()), number);
    } else if (dice < 13) {
      const size_t number = account_.Begin(Account::Kind::kOpen, known->record_id);
      node::v1::OpenSignalRequest request;
      *request.mutable_context() = ContextOf(account_.asked(number));
      request.set_record_id(known->record_id);
      Begin(std::make_shared<OpenCall>(std::move(request)), number);
    } else if (dice < 18) {
      const size_t number =
          account_.Begin(Account::Kind::kAmend, known->record_id, known->version + 1);
      const Account::Asked asked = account_.asked(number);
      node::v1::AmendSignalRequest request;
      *request.mutable_context() = ContextOf(asked);
      request.set_record_id(known->record_id);
      request.set_version(known->version);
      *request.mutable_signal() = SignalWith(asked.text);
      request.set_reason("nagelezen");
      Begin(std::make_shared<AmendCall>(std::move(request)), number);
    } else {
      const size_t number = account_.Begin(Account::Kind::kErase, known->record_id);
      node::v1::EraseSignalRequest request;
      *request.mutable_context() = ContextOf(account_.asked(number));
      request.set_record_id(known->record_id);
      request.set_reason("op vraag van de betrokkene");
      Begin(std::make_shared<EraseCall>(std::move(request)), number);
    }
  }

  const Cheat cheat_;
  tests::SeededRandom random_;
  tests::FakeClock clock_{storage::SystemClock().NowUs()};
  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<storage::Files> files_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<NodeCore> node_;
  EarlyLedger* early_ = nullptr;
  Account account_;
  std::atomic<size_t> under_way_ = 0;
  absl::Status not_opened_;
  // As it was before the first kSubset crash since it last opened; null when there was none.
  std::shared_ptr<SimulatedDisk> before_reordering_;
};

struct Findings {
  int crashes = 0;
  int while_opening = 0;
  int refused = 0;  // see CrashWorld::MayRefuse
  uint64_t told = 0;
  uint64_t found_unanswered = 0;
  std::vector<std::string> violations;
};

// Crashes nodes until there were `crashes`, or, for a cheat, until one violation was seen.
Findings CrashOften(int crashes, Cheat cheat, bool stop_when_caught) {
  Findings findings;
  for (uint64_t seed = 1; findings.crashes < crashes; ++seed) {
    CrashWorld world(seed, cheat);
    if (!world.Open()) {
      ADD_FAILURE() << world.not_opened();
      return findings;
    }
    EXPECT_EQ(world.Admit(), absl::OkStatus());
    for (int life = 0; life < kCrashesPerDisk && findings.crashes < crashes; ++life) {
      world.Live(world.random().Below(90));
      world.Crash();
      ++findings.crashes;
      // Now and then the power goes again while the node opens.
      while (world.random().Below(4) == 0 && findings.crashes < crashes) {
        world.disk().PowerOffAfter(world.random().Below(60));
        if (world.Open()) world.Live(0);
        world.Crash();
        ++findings.crashes;
        ++findings.while_opening;
      }
      std::vector<std::string> violations;
      if (world.Open()) {
        violations = world.Check();
      } else {
        const bool may_refuse = world.MayRefuse();
        if (may_refuse) ++findings.refused;
        if (may_refuse && world.OpenAsIfInOrder()) {
          violations = world.Check();
        } else {
          violations = {"does not open: " + world.not_opened().ToString()};
        }
      }
      for (std::string& violation : violations) {
        findings.violations.push_back("disk " + std::to_string(seed) + ", life " +
                                      std::to_string(life) + ": " + violation);
      }
      if (!violations.empty()) break;
    }
    findings.told += world.account().told();
    findings.found_unanswered += world.account().found_unanswered();
    if (stop_when_caught && !findings.violations.empty()) break;
  }
  return findings;
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

int Crashes() {
  const char* wanted = std::getenv("SLUIS_CRASHES");
  return wanted != nullptr ? std::atoi(wanted) : 500;
}

TEST(CrashTest, NothingAcknowledgedIsEverLost) {
  const Findings findings = CrashOften(Crashes(), {}, false);
  EXPECT_TRUE(findings.violations.empty()) << Lines(findings.violations);
  EXPECT_EQ(findings.crashes, Crashes());
  EXPECT_GT(findings.while_opening, 0);
  EXPECT_LE(findings.refused, std::max(2, Crashes() / 50));
  // Enough was at stake each time.
  EXPECT_GT(findings.told, static_cast<uint64_t>(Crashes()) * 2);
  EXPECT_GT(findings.found_unanswered, 0u);
  std::printf(
      "%llu answers held against %d crashes, %d of them while opening, %d that RocksDB "
      "refused to open after; %llu calls were done but not answered\n",
      static_cast<unsigned long long>(findings.told), findings.crashes, findings.while_opening,
      findings.refused, static_cast<unsigned long long>(findings.found_unanswered));
}

TEST(CrashTest, AStoreThatDoesNotSyncIsCaught) {
  const Findings findings = CrashOften(50, {.sync = false}, true);
  EXPECT_FALSE(findings.violations.empty());
}

// Without a crash the early answers are all right: what catches them below is the crash.
TEST(CrashTest, AnsweringEarlyLooksRightInPeace) {
  CrashWorld world(1, {.answer_early = true, .records_only = true});
  ASSERT_TRUE(world.Open()) << world.not_opened();
  ASSERT_EQ(world.Admit(), absl::OkStatus());
  world.LiveInPeace();
  EXPECT_EQ(Lines(world.Check()), "");
  EXPECT_GT(world.account().told(), 10u);
}

TEST(CrashTest, AnsweringBeforeTheWriteIsCaught) {
  const Findings findings = CrashOften(50, {.answer_early = true, .records_only = true}, true);
  EXPECT_FALSE(findings.violations.empty());
  for (const std::string& violation : findings.violations) {
    EXPECT_NE(violation.find("lost"), std::string::npos) << violation;
  }
}

}  // namespace
}  // namespace sluis::fault
