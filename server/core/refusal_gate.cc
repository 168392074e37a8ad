#include "server/core/refusal_gate.h"

#include <memory>
#include <utility>

namespace sluis::core {
namespace {

constexpr uint64_t kMinuteUs = 60ull * 1'000'000;

// The entry that stands for many: what they have in common, their count and the time of the first.
Entry GatheredEntry(const Call& call, size_t count, uint64_t first_us) {
  Entry entry = EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED);
  entry.act.set_refusal("repeated");
  entry.act.set_count(static_cast<uint32_t>(count));
  entry.act.set_first_time_us(first_us);
  entry.subject.clear_case_ref();
  return entry;
}

}  // namespace

bool RefusalGate::Admit(const std::string& caller, uint64_t now_us, const Call& call, Plan& plan,
                        Finish& finish) {
  std::lock_guard lock(mutex_);
  const uint64_t minute = now_us / kMinuteUs;
  if (windows_.size() > kMaxCallers) windows_.clear();
  Window& window = windows_[caller];
  if (window.minute != minute) window = {minute, 0};
  if (++window.count <= per_minute_ || waiting_calls_ >= kMaxWaiting) return true;

  Waiting& waiting = waiting_[caller];
  if (waiting.plans.empty()) {
    waiting.call = call;
    waiting.first_us = now_us;
  }
  waiting.plans.push_back(std::move(plan));
  waiting.finishes.push_back(std::move(finish));
  ++waiting_calls_;
  return false;
}

std::vector<RefusalGate::Gathered> RefusalGate::Take() {
  std::map<std::string, Waiting> taken;
  {
    std::lock_guard lock(mutex_);
    taken.swap(waiting_);
    waiting_calls_ = 0;
  }
  std::vector<Gathered> all;
  for (auto& [caller, waiting] : taken) {
    Gathered& gathered = all.emplace_back();
    gathered.call = waiting.call;
    gathered.plan.refusal = true;
    gathered.plan.effects.emplace_back().entry =
        GatheredEntry(waiting.call, waiting.plans.size(), waiting.first_us);
    auto shared = std::make_shared<Waiting>(std::move(waiting));
    gathered.plan.reply = [shared](std::span<const ledger::Logged> logged) {
      for (size_t i = 0; i < shared->plans.size(); ++i) {
        shared->finishes[i](shared->plans[i].reply(logged));
      }
      return absl::OkStatus();
    };
    gathered.fail = [shared](absl::Status status) {
      for (const Finish& finish : shared->finishes) finish(status);
    };
  }
  return all;
}

}  // namespace sluis::core
