#ifndef SLUIS_SERVER_CORE_EXERCISE_KEYS_H_
#define SLUIS_SERVER_CORE_EXERCISE_KEYS_H_

#include "absl/status/statusor.h"
#include "server/core/use_case.h"
#include "server/core/view.h"

namespace sluis::core {

// Whether a key or a ceremony is left that was made or begun in exercise.
absl::StatusOr<bool> KeysOfExercise(const View& view);

// Erases them once the partnership is active, kMostExerciseKeys at a time, each with its entry: the
// rows, shares and seeds. No partner is asked, because each of them does the same. Refused while
// the partnership is not active, and when nothing is left.
inline constexpr size_t kMostExerciseKeys = 32;
class EraseKeysOfExercise : public UseCase {
 public:
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EXERCISE_KEYS_H_
