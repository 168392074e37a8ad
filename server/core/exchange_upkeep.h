// What the node itself does about what partners offered: run with Executor::RunAsNode.
//
// Whoever looks for what is due reads what is still owed to partners (outbox.h), and nothing of
// exchanges that have ended: of these there are ever more.
#ifndef SLUIS_SERVER_CORE_EXCHANGE_UPKEEP_H_
#define SLUIS_SERVER_CORE_EXCHANGE_UPKEEP_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Public halves of one-time keys that no exchange waits for any more, or that have expired, at most
// `most`. Reads the one-time keys that are held, too.
absl::StatusOr<std::vector<std::string>> SealingKeysDone(const View& view, uint64_t now_us,
                                                         size_t most);

// Erases these, with one entry and one erasure for all. One that is waited for after all is left;
// refused when none is due. An erasure makes the ledger wrap many keys again: gather them, and run
// it at most once an hour.
class EraseSealingKeys : public UseCase {
 public:
  explicit EraseSealingKeys(std::vector<std::string> public_keys)
      : public_keys_(std::move(public_keys)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::vector<std::string> public_keys_;
};

// Ids of collected exchanges whose key never came within their window, at most `most`.
absl::StatusOr<std::vector<std::string>> ReceivedPastWindow(const View& view, uint64_t now_us,
                                                            size_t most);

// Ids of sent exchanges whose delivery window ended more than an hour ago, at most `most`: the
// outbox ends those of members as their turn comes, and nobody else's.
absl::StatusOr<std::vector<std::string>> SentPastWindow(const View& view, uint64_t now_us,
                                                        size_t most);

// Ends one of these: nothing is owed for it any more, and no key to it is taken. Refused when it is
// not due.
class ExpireReceived : public UseCase {
 public:
  explicit ExpireReceived(std::string exchange_id) : exchange_id_(std::move(exchange_id)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string exchange_id_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EXCHANGE_UPKEEP_H_
