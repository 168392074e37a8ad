#include "server/identity/result_class.h"

#include <cstdlib>

namespace sluis::identity {
namespace {

// The national number decides where both have one, otherwise the bis number: who has a national
// number may have had several bis numbers before.
KeyOutcome ByNumber(const KeyComparison& compared) {
  const KeyOutcome national = compared.Of(KeyKind::kNationalNumber);
  return national != KeyOutcome::kNotCompared ? national : compared.Of(KeyKind::kBisNumber);
}

}  // namespace

ResultClass Classify(const KeyComparison& compared) {
  const KeyOutcome number = ByNumber(compared);
  if (number == KeyOutcome::kEqual) return ResultClass::kMatch;

  const bool foreign = compared.Equal(KeyKind::kForeignNumber);
  const bool name = compared.Equal(KeyKind::kNameAndDate);
  const bool sound = compared.Equal(KeyKind::kSkeleton);
  const bool swapped = compared.Equal(KeyKind::kSwappedDate);
  const bool changed = compared.Equal(KeyKind::kChangedSurname);
  if (!foreign && !name && !sound && !swapped && !changed) return ResultClass::kNone;
  const bool candidate = foreign || name || sound || (swapped && changed);
  if (number == KeyOutcome::kDifferent) {
    return candidate ? ResultClass::kConflict : ResultClass::kNone;
  }
  return candidate ? ResultClass::kCandidate : ResultClass::kWeak;
}

std::string_view ResultWord(ResultClass result) {
  switch (result) {
    case ResultClass::kNone:
      return "none";
    case ResultClass::kWeak:
      return "weak";
    case ResultClass::kCandidate:
      return "candidate";
    case ResultClass::kMatch:
      return "match";
    case ResultClass::kConflict:
      return "conflict";
  }
  std::abort();
}

}  // namespace sluis::identity
