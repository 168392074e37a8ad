#ifndef SLUIS_SERVER_CORE_EXERCISE_H_
#define SLUIS_SERVER_CORE_EXERCISE_H_

#include <string>
#include <utility>
#include <vector>

#include "server/core/use_case.h"

namespace sluis::core {

// Most records, exchanges and Notices that one EraseExercise takes: they go as one, with one new
// epoch of keys.
inline constexpr size_t kExerciseErasures = 64;

// Erases records, exchanges and owed Notices that were made in exercise, each with its entry, once
// the partnership is active; refused otherwise. Of an exchange every row goes, and the one-time key
// of its receipts; each is found by its id, so that many take as long as many single ones; no
// partner is asked for anything, because each of them does the same. A hold does not keep them:
// what was made up protects nobody. One that cannot be opened is left out, so that it does not keep
// the others; when that leaves none, its error is returned.
class EraseExercise : public UseCase {
 public:
  // Ids as View::RecordsOfExercise gives them, at least one and at most kExerciseErasures.
  explicit EraseExercise(std::vector<std::string> ids) : ids_(std::move(ids)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  std::vector<std::string> ids_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EXERCISE_H_
