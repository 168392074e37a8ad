#include "server/core/refusal_gate.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace sluis::core {
namespace {

constexpr uint64_t kMinuteUs = 60ull * 1'000'000;

// Keeps of `shared` what the next call says too, and the time of that one.
void KeepShared(Call& shared, const Call& next) {
  static const Method& various = *new Method();
  if (shared.method != next.method) shared.method = &various;
  if (shared.role != next.role) shared.role.clear();
  if (shared.purpose != next.purpose) shared.purpose.clear();
  if (shared.basis != next.basis) shared.basis.clear();
  shared.now_us = std::max(shared.now_us, next.now_us);
}

// The entry that stands for many: what they have in common, their count, the times of the first and
// the last.
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
  KeepShared(waiting.call, call);
  waiting.plans.push_back(std::move(plan));
  waiting.finishes.push_back(std::move(finish));
  ++waiting_calls_;
  return false;
}

Plan RefusalGate::PlanOf(const std::shared_ptr<Waiting>& waiting) {
  Plan plan;
  plan.refusal = true;
  plan.effects.emplace_back().entry =
      GatheredEntry(waiting->call, waiting->plans.size(), waiting->first_us);
  plan.reply = [waiting](std::span<const ledger::Logged> logged) {
    for (size_t i = 0; i < waiting->plans.size(); ++i) {
      waiting->finishes[i](waiting->plans[i].reply(logged));
    }
    return absl::OkStatus();
  };
  return plan;
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
    auto shared = std::make_shared<Waiting>(std::move(waiting));
    all.push_back({[shared] { return PlanOf(shared); }, shared->call,
                   [shared](absl::Status status) {
                     for (const Finish& finish : shared->finishes) finish(status);
                   }});
  }
  return all;
}

}  // namespace sluis::core
