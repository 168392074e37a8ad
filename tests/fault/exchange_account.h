#ifndef SLUIS_TESTS_FAULT_EXCHANGE_ACCOUNT_H_
#define SLUIS_TESTS_FAULT_EXCHANGE_ACCOUNT_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sluis/peer/v1/peer.pb.h"
#include "tests/fault/five_nodes.h"

namespace sluis::fault {

// What arrived at whom, for what must have come before what.
class WireAccount {
 public:
  void Take(const std::string& from, const std::string& to,
            const peer::v1::DeliverRequest& request);

  // Keys that were handed over to somebody who had not given a receipt before.
  const std::vector<std::string>& violations() const { return violations_; }
  uint64_t envelopes() const { return envelopes_; }

 private:
  // Exchange and whoever gave the receipt.
  std::set<std::pair<std::string, std::string>> receipts_;
  std::vector<std::string> violations_;
  uint64_t envelopes_ = 0;
};

// What the logs of every two nodes say of each exchange between them, by the code of
// `sluis log reconcile`.
struct LogsAccount {
  struct Exchange {
    std::string sender, recipient;
    std::string verdict;  // "matched opened"
    size_t opened = 0;    // entries at the recipient about a key that opened it
  };
  std::map<std::string, Exchange> exchanges;  // by id
  std::map<std::string, size_t> verdicts;
  // What no honest node writes: something twice, a key without a receipt, a log that does not
  // verify, heads that contradict each other.
  std::vector<std::string> violations;
};
LogsAccount AccountOf(FiveNodes& five);

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_EXCHANGE_ACCOUNT_H_
