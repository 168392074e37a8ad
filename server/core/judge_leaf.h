#ifndef SLUIS_SERVER_CORE_JUDGE_LEAF_H_
#define SLUIS_SERVER_CORE_JUDGE_LEAF_H_

#include "absl/status/status.h"
#include "server/core/plan.h"

namespace sluis::core {

// Judges one leaf of an envelope by `judge`. When it cannot be judged because a row or a record
// that it needs cannot be read (DATA_LOSS), it leaves nothing in the plan and `unreadable` holds
// why, so that the others go on; a use case then answers with that status. Every other error ends
// the whole.
template <typename JudgeOne>
absl::Status JudgeLeaf(const JudgeOne& judge, Plan& plan, absl::Status& unreadable) {
  const auto effects = static_cast<ptrdiff_t>(plan.effects.size());
  const size_t refused = plan.refused_parts.size();
  absl::Status judged = judge();
  if (!absl::IsDataLoss(judged)) return judged;
  plan.effects.erase(plan.effects.begin() + effects, plan.effects.end());
  plan.refused_parts.resize(refused);
  unreadable.Update(judged);
  return absl::OkStatus();
}

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_JUDGE_LEAF_H_
