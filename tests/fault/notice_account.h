#ifndef SLUIS_TESTS_FAULT_NOTICE_ACCOUNT_H_
#define SLUIS_TESTS_FAULT_NOTICE_ACCOUNT_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/fault/five_nodes.h"

namespace sluis::fault {

// What was handed over because an authority ordered it, and whether whoever had shared it was told
// of that: each time, once, and not before it was allowed.
class NoticeAccount {
 public:
  struct HandedOver {
    size_t from = 0, to = 0;  // who had shared it, and who handed it over
    std::string exchange_id;
    // By the clock of whoever handed it over, who does nothing else of this kind in that second.
    uint64_t at_s = 0;
    std::string barred_until;  // empty when it may be told at once
    // Whoever did it was told that it was done; otherwise the node died of it.
    bool acknowledged = false;
  };
  void Add(HandedOver handed_over);

  struct Findings {
    size_t told = 0, barred_still = 0;
    std::vector<std::string> violations;
  };
  // What logs and stores say, once everything that can leave has left. What the order still bars
  // is to be owed, and not known to whoever it is owed to; what is not barred is to be known there,
  // and owed no more; nothing else is known to anybody, or owed.
  Findings Check(FiveNodes& five) const;

 private:
  // Exchange and second.
  std::map<std::pair<std::string, uint64_t>, HandedOver> handed_over_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_NOTICE_ACCOUNT_H_
