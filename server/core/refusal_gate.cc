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

bool RefusalGate::Count(const std::string& caller, uint64_t now_us, size_t refusals) {
  const uint64_t minute = now_us / kMinuteUs;
  if (windows_.size() > kMaxCallers) windows_.clear();
  Window& window = windows_[caller];
  if (window.minute != minute) window = {minute, 0};
  window.count += static_cast<uint32_t>(refusals);
  return window.count <= per_minute_;
}

bool RefusalGate::Admit(const std::string& caller, uint64_t now_us, const Call& call, Plan& plan,
                        Finish& finish) {
  const size_t refusals = std::max<size_t>(plan.effects.size(), 1);
  {
    std::lock_guard lock(mutex_);
    if (Count(caller, now_us, refusals)) return true;
    Waiting& waiting = waiting_[caller];
    if (waiting.refusals == 0) {
      waiting.call = call;
      waiting.first_us = now_us;
    }
    KeepShared(waiting.call, call);
    waiting.refusals += refusals;
    if (waiting_calls_ < kMaxWaiting) {
      waiting.plans.push_back(std::move(plan));
      waiting.finishes.push_back(std::move(finish));
      ++waiting_calls_;
      return false;
    }
  }
  // Outside the lock: whoever hears it may call again at once. It learns nothing of why, because no
  // entry is durable yet: after a crash within the second this one was never counted.
  finish(absl::ResourceExhaustedError("too much is refused at once; wait a second and try again"));
  return false;
}

void RefusalGate::Gather(const std::string& caller, uint64_t now_us, const Call& call, Plan& plan,
                         std::optional<bool>& within_limit) {
  if (plan.refused_parts.empty()) return;
  if (!within_limit) {
    std::lock_guard lock(mutex_);
    within_limit = Count(caller, now_us, plan.refused_parts.size());
  }
  if (!*within_limit) Join(call, now_us, plan);
}

void RefusalGate::Join(const Call& call, uint64_t now_us, Plan& plan) {
  // Where each effect of before stands now: the first refused one keeps its place for all of them.
  std::vector<size_t> place(plan.effects.size());
  std::vector<Effect> effects;
  std::optional<size_t> gathered;
  auto refused = plan.refused_parts.begin();
  for (size_t i = 0; i < place.size(); ++i) {
    const bool is_refused = refused != plan.refused_parts.end() && *refused == i;
    if (is_refused) ++refused;
    if (is_refused && gathered) {
      place[i] = *gathered;
      continue;
    }
    place[i] = effects.size();
    effects.push_back(is_refused ? Effect() : std::move(plan.effects[i]));
    if (!is_refused) continue;
    gathered = place[i];
    effects.back().entry = GatheredEntry(call, plan.refused_parts.size(), now_us);
  }
  plan.effects = std::move(effects);
  plan.refused_parts.clear();
  if (gathered) plan.refused_parts.push_back(*gathered);
  plan.reply = [place = std::move(place),
                reply = std::move(plan.reply)](std::span<const ledger::Logged> logged) {
    std::vector<ledger::Logged> of_each;
    for (const size_t at : place) of_each.push_back(logged[at]);
    return reply(of_each);
  };
}

Plan RefusalGate::PlanOf(const std::shared_ptr<Waiting>& waiting) {
  Plan plan;
  plan.refusal = true;
  plan.effects.emplace_back().entry =
      GatheredEntry(waiting->call, waiting->refusals, waiting->first_us);
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
