#ifndef SLUIS_TESTS_FAULT_RANDOM_EXCHANGES_H_
#define SLUIS_TESTS_FAULT_RANDOM_EXCHANGES_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/fault/exchange_account.h"
#include "tests/fault/five_nodes.h"
#include "tests/fault/notice_account.h"
#include "tests/support/seeded_random.h"

namespace sluis::fault {

// Five organisations that share, take back, correct, erase and hand over what an authority orders,
// at random, over a network that loses, doubles, delays and reorders, while their nodes die at any
// change of their disks and come back.
class RandomExchanges {
 public:
  RandomExchanges(uint64_t seed, size_t exchanges);

  // Until so many were shared; then everything is mended and time passes until nothing waits.
  void Run();

  struct Findings {
    LogsAccount logs;
    std::vector<std::string> violations;  // those of the logs as well
    size_t shared = 0;
    size_t kills = 0;
    // Acts that were done: withdrawn, corrected, erased, read, new lists, handed over.
    std::array<size_t, 6> done = {};
    size_t told = 0, barred_still = 0;  // of what was handed over
    uint64_t envelopes = 0;
  };
  // What logs and stores say in the end.
  Findings Check();

 private:
  struct Made {
    size_t from = 0, to = 0;
    About about = About::kPlace;
    std::string record_id;
    std::string text;
    bool acknowledged = false;
  };
  struct Kept {  // a record that can be shared
    size_t owner = 0;
    About about = About::kPlace;
    std::string id;
    bool erased = false;
  };

  void Step();
  void ShareSomething();
  void CorrectSomething();
  void WithdrawSomething();
  void EraseSomething();
  void HandOverSomething();
  void Share(const Kept& kept, size_t to, const std::string& corrects);
  // Kills what is dead, and brings back some of what is down.
  void MindTheDead();
  void Revive(size_t at, bool may_die_again);
  size_t AnyNode() { return random_.Below(FiveNodes::kCount); }
  // The state of a sent exchange; unspecified when it is not there.
  record::v1::SentState SentStateOf(const std::string& id, const Made& made);
  bool IsClosing(const std::string& id, const Made& made);
  // Version and text of a record as it is now; 0 without one.
  std::pair<uint32_t, std::string> NowOf(const Kept& kept);
  void CheckRows(Findings& findings);

  tests::SeededRandom random_;
  const size_t wanted_;
  FiveNodes five_;
  WireAccount wire_;
  NoticeAccount notices_;
  std::map<std::string, Made> made_;  // by exchange id
  std::vector<std::string> order_;
  std::vector<Kept> kept_;
  size_t written_ = 0;
  Findings findings_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_RANDOM_EXCHANGES_H_
