// The real daemon when the disk answers EIO or ENOSPC. strace makes each system call fail that
// changes or syncs a file of the ledger: which ones these are is counted first, in the same life
// without a fault. The daemon ends with code 70 or refuses to start; whatever it acknowledged is
// there when the disk is well again.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>

#include "tests/fault/daemon_world.h"
#include "tests/support/seeded_random.h"

namespace sluis::fault {
namespace {

// Not sync_file_range: RocksDB only asks with it whether the kernel has it, asserts on any other
// answer, and rests nothing on it.
constexpr char kCalls[] =
    "write,pwrite64,pwritev,fdatasync,fsync,rename,renameat,renameat2,openat,ftruncate,fallocate";
constexpr int kStoppedByLedger = 70;
constexpr int kCannotStart = 3;

// One system call on one file, its path from the data folder on.
struct Place {
  std::string call;
  std::string path;
  auto operator<=>(const Place&) const = default;
  std::string text() const { return call + " of " + path; }
};

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The daemon stays the child of the test: -D makes strace the grandchild.
std::vector<std::string> Strace(const std::string& output, const std::string& calls) {
  return {"strace", "-D", "-f", "-y", "-qq", "-s", "0", "-o", output, "-e", "trace=" + calls};
}

// A life with something of everything: records, an amendment, a consultation, an erasure and
// checkpoints in between. Goes on when calls fail.
void Live(DaemonWorld& world) {
  Author& author = world.authors()[0];
  for (int i = 0; i < 3; ++i) author.Record();
  const auto alive =
      std::ranges::find_if(author.records(), [](const OwnRecord& own) { return !own.erased; });
  if (alive != author.records().end()) {
    author.Amend(*alive);
    author.Open(*alive);
    world.SeeCheckpoint(author.calls());
    author.Erase(*alive);
  }
  author.Record();
  world.SeeCheckpoint(author.calls());
}

// An organisation whose daemon has lived once, without faults, and stopped.
std::unique_ptr<DaemonWorld> Settled() {
  auto world = std::make_unique<DaemonWorld>(1);
  EXPECT_TRUE(world->Start()) << world->node().Errors();
  world->AdmitAll();
  Live(*world);
  EXPECT_EQ(world->End(SIGTERM), 0);
  return world;
}

// Which calls change or sync which files of the ledger in a life.
std::map<Place, int> CountPlaces() {
  const std::unique_ptr<DaemonWorld> world = Settled();
  const std::string output = world->folder() + "/strace";
  EXPECT_TRUE(world->Start(Strace(output, kCalls))) << world->node().Errors();
  Live(*world);
  EXPECT_EQ(world->End(SIGTERM), 0);

  const std::string data = world->folder() + "/data";
  std::map<Place, int> places;
  std::ifstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    // "<thread> <call>(<arguments>"; the first path of the arguments stands in quotes or behind a
    // descriptor, and "(deleted)" may follow it.
    const size_t name = line.find_first_not_of("0123456789 ");
    const size_t open = line.find('(');
    if (name == std::string::npos || open == std::string::npos || open < name) continue;
    const std::string call = line.substr(name, open - name);
    const std::string arguments = line.substr(open + 1);
    if (call == "openat" && arguments.find("O_CREAT") == std::string::npos &&
        arguments.find("O_RDWR") == std::string::npos &&
        arguments.find("O_WRONLY") == std::string::npos) {
      continue;
    }
    const size_t at = arguments.find(data);
    if (at == std::string::npos) continue;
    std::string path =
        arguments.substr(at + data.size(), arguments.find_first_of(">\"", at) - at - data.size());
    if (path.empty()) path = "/.";
    path.erase(0, 1);
    // What can be made again, what only operators read, and what is never written.
    if (path.starts_with("derived") || path.starts_with("ledger/LOG") || path.ends_with("LOCK") ||
        path == "lock") {
      continue;
    }
    ++places[{call, path}];
  }
  return places;
}

// Whether the path is `form`, in which # stands for a number.
bool IsForm(std::string_view path, std::string_view form) {
  size_t at = 0;
  for (const char c : form) {
    if (c != '#') {
      if (at >= path.size() || path[at] != c) return false;
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < path.size() && path[at] >= '0' && path[at] <= '9') ++at;
    if (at == begin) return false;
  }
  return at == path.size();
}

// Failures that must never be survived: what they would take is what answers rest on.
bool MustStop(const Place& place) {
  for (const auto& [call, form] :
       std::initializer_list<std::pair<const char*, const char*>>{{"write", "ledger/#.log"},
                                                                  {"fdatasync", "ledger/#.log"},
                                                                  {"pwrite64", "mark"},
                                                                  {"fdatasync", "mark"},
                                                                  {"pwrite64", "kek-#.tmp"},
                                                                  {"fdatasync", "kek-#.tmp"},
                                                                  {"rename", "kek-#.tmp"},
                                                                  {"fsync", "."},
                                                                  {"pwrite64", "erasures"},
                                                                  {"fdatasync", "erasures"}}) {
    if (place.call == call && IsForm(place.path, form)) return true;
  }
  return false;
}

class ErrorsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    // Missing strace or forbidden ptrace is a failure that says so, not a test passed over.
    ASSERT_EQ(std::system("strace -qq -o /dev/null true"), 0)
        << "strace must be installed and allowed to trace";
  }

  // One life with this fault from the `from`-th such call of each thread on, and what came of it.
  // A place that was counted is reached at its first call: the two lives are the same. How often a
  // later one comes, and on which thread, depends on how the ticks fall.
  void Fail(const Place& place, const std::string& error, int from, bool may_miss = false) {
    SCOPED_TRACE(error + " at " + place.text() + " from " + std::to_string(from));
    const std::unique_ptr<DaemonWorld> world = Settled();
    const std::string output = world->folder() + "/strace";
    std::vector<std::string> prefix = Strace(output, place.call);
    prefix.insert(
        prefix.end(),
        {"-e", "inject=" + place.call + ":error=" + error + ":when=" + std::to_string(from) + "+",
         "-P", world->folder() + (place.path == "." ? "/data" : "/data/" + place.path)});
    const bool started = world->Start(std::move(prefix));
    if (started) Live(*world);
    const int code = world->End(started ? SIGTERM : 0);
    const std::string errors = ReadAll(world->organisation().config_file() + ".stderr");
    const bool hit = ReadAll(output).find("INJECTED") != std::string::npos;
    std::printf("%-6s %-52s %s: %s\n", error.c_str(), place.text().c_str(),
                hit ? "hit" : "not reached", code == 0 ? "went on" : std::to_string(code).c_str());
    EXPECT_TRUE(hit || may_miss);
    if (MustStop(place) && hit) {
      EXPECT_TRUE(code == kStoppedByLedger || (!started && code == kCannotStart)) << code;
    }
    EXPECT_TRUE(code == 0 || code == kStoppedByLedger || (!started && code == kCannotStart))
        << code << "\n"
        << errors;
    if (code != 0) {
      EXPECT_NE(errors.find("sluisd: "), std::string::npos) << "it must say why";
    }
    // The disk is well again.
    ASSERT_TRUE(world->Start()) << world->node().Errors();
    std::string violations;
    for (const std::string& violation : world->Check()) violations += violation + "\n";
    EXPECT_EQ(violations, "");
    EXPECT_EQ(world->End(SIGTERM), 0);
  }
};

TEST_F(ErrorsTest, EveryFailedCallStopsTheDaemonOrTakesNothing) {
  const std::map<Place, int> places = CountPlaces();
  for (const auto& [place, count] : places) {
    std::printf("%4d %s\n", count, place.text().c_str());
  }
  int must_stop = 0;
  for (const auto& [place, count] : places) must_stop += MustStop(place) ? 1 : 0;
  // Log, mark, key file and journal, each written and synced, and the key file's name twice.
  ASSERT_GE(must_stop, 10) << "the count of calls misses what durability rests on";
  const char* const wanted = std::getenv("SLUIS_SEED");
  const uint64_t seed =
      wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : std::random_device()();
  std::printf("SLUIS_SEED=%llu\n", static_cast<unsigned long long>(seed));
  tests::SeededRandom random(seed);
  for (const auto& [place, count] : places) {
    Fail(place, "EIO", 1);
    if (HasFatalFailure()) return;
    if (MustStop(place) && count > 2) Fail(place, "EIO", 2, /*may_miss=*/true);
    // Once more at some later call, another one in each run.
    if (count > 2) {
      Fail(place, "EIO", 2 + static_cast<int>(random.Below(static_cast<uint64_t>(count) - 1)),
           /*may_miss=*/true);
    }
    const bool takes_space = place.call == "write" || place.call == "pwrite64" ||
                             place.call == "fallocate" || place.call == "openat";
    if (takes_space && MustStop(place)) Fail(place, "ENOSPC", 1);
  }
}

}  // namespace
}  // namespace sluis::fault
