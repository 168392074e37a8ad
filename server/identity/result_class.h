// What equal and different keys of two written identities say together.
//
//   match       one national number, or else one bis number
//   conflict    what would be a candidate, but two national numbers, or else two bis numbers: not
//               the same person. Nothing is shown; it is counted
//   candidate   the same name and date; or the same sound (K3); or K4 and K5; or one foreign
//   number,
//               with whatever else: families share papers, offices share fillers. Somebody at the
//               owning organisation confirms it before anything follows from it
//   weak        K4 or K5 alone; not shown unless asked for
//   none        nothing is the same, or what would be weak with two numbers
//
// K3 is equal only where K4 would be as well (same surname sound, same initial, same date), so "two
// of K3, K4, K5" is K3 alone, or K4 and K5; saying so here makes it hold where K4 is not compared,
// as between nodes.
//
// Guarantee: a pure, total function; without a national or bis number that is equal nothing is ever
// a match.
// Thread-safe. Errors: none.
#ifndef SLUIS_SERVER_IDENTITY_RESULT_CLASS_H_
#define SLUIS_SERVER_IDENTITY_RESULT_CLASS_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "server/identity/key_kind.h"

namespace sluis::identity {

enum class KeyOutcome : uint8_t {
  kNotCompared,  // one side lacks it, or the partnership does not use it
  kEqual,
  kDifferent,
};

class KeyComparison {
 public:
  void Set(KeyKind kind, KeyOutcome outcome) { outcomes_[static_cast<size_t>(kind)] = outcome; }
  KeyOutcome Of(KeyKind kind) const { return outcomes_[static_cast<size_t>(kind)]; }
  bool Equal(KeyKind kind) const { return Of(kind) == KeyOutcome::kEqual; }

 private:
  std::array<KeyOutcome, kKeyKinds.size()> outcomes_{};
};

enum class ResultClass : uint8_t { kNone, kWeak, kCandidate, kMatch, kConflict };

ResultClass Classify(const KeyComparison& compared);

// "none", "weak", "candidate", "match", "conflict".
std::string_view ResultWord(ResultClass result);

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_RESULT_CLASS_H_
