#ifndef SLUIS_SERVER_CORE_REFUSAL_GATE_H_
#define SLUIS_SERVER_CORE_REFUSAL_GATE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/core/call.h"
#include "server/core/plan.h"

namespace sluis::core {

// Keeps a caller who is refused again and again from filling the log: above a number per minute,
// refusals wait and are logged together, one entry for each caller and flush with their count and
// the time of the first. Refused rows of a table count one by one.
//
// Guarantee: a refused call hears why only after an entry that counts it is durable. Bounded: while
// `kMaxWaiting` wait, one more hears to come later, and the next entry counts it too. Thread-safe.
class RefusalGate {
 public:
  static constexpr size_t kMaxWaiting = 1024;
  static constexpr size_t kMaxCallers = 4096;

  explicit RefusalGate(uint32_t per_minute) : per_minute_(per_minute) {}

  using Finish = std::function<void(absl::Status)>;

  // Whether this refusal, of as many things as it has effects, may have an entry of its own now. If
  // not, the plan waits here with its `finish`, or is finished with RESOURCE_EXHAUSTED.
  bool Admit(const std::string& caller, uint64_t now_us, const Call& call, Plan& plan,
             Finish& finish);

  // Counts the refused parts of a plan that is no refusal. Above the limit one entry with their
  // count takes their place, and the plan's reply gets it for each of them. Nothing waits.
  // `within_limit` is of the call: what was found the first time holds for a plan that is made
  // again, and nothing is counted twice.
  void Gather(const std::string& caller, uint64_t now_us, const Call& call, Plan& plan,
              std::optional<bool>& within_limit);

  // One plan per caller with waiting refusals; its reply finishes all of them. It can be made
  // again, for when it could not be committed as it was. When no entry can be written (the node
  // does not serve), `fail` finishes them with that status instead.
  struct Gathered {
    std::function<Plan()> plan;
    Call call;
    Finish fail;
  };
  std::vector<Gathered> Take();

 private:
  struct Window {
    uint64_t minute = 0;
    uint32_t count = 0;
  };
  struct Waiting {
    Call call;
    size_t refusals = 0;
    std::vector<Plan> plans;
    std::vector<Finish> finishes;
    uint64_t first_us = 0;
  };

  // Whether so many more refusals of this caller stay within the limit.
  bool Count(const std::string& caller, uint64_t now_us, size_t refusals);
  // Puts one entry in the place of the refused parts.
  static void Join(const Call& call, uint64_t now_us, Plan& plan);
  static Plan PlanOf(const std::shared_ptr<Waiting>& waiting);

  const uint32_t per_minute_;
  std::mutex mutex_;
  std::map<std::string, Window> windows_;
  std::map<std::string, Waiting> waiting_;
  size_t waiting_calls_ = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_REFUSAL_GATE_H_
