#include "server/core/carried_out.h"

#include <algorithm>
#include <array>

namespace sluis::core {
namespace {

using policies::ObligationKind;

// What an act does with a record.
enum class Touch { kUnknown, kKeeps, kShows, kTakesAway, kHandsOver, kLooksIntoLog };

struct Act {
  std::string_view action;
  Touch touch;
};

constexpr std::array<Act, 10> kActs = {{
    {"record", Touch::kKeeps},
    {"import", Touch::kKeeps},
    {"amend", Touch::kKeeps},
    {"read", Touch::kShows},
    {"list", Touch::kShows},
    {"withdraw", Touch::kTakesAway},
    {"erase", Touch::kTakesAway},
    {"hold", Touch::kTakesAway},
    {"compel", Touch::kHandsOver},
    {"audit", Touch::kLooksIntoLog},
}};

Touch TouchOf(std::string_view action) {
  const auto* found = std::find_if(kActs.begin(), kActs.end(),
                                   [action](const Act& act) { return act.action == action; });
  return found == kActs.end() ? Touch::kUnknown : found->touch;
}

}  // namespace

bool CarriedOutHere(std::string_view action, const policies::Obligation& obligation) {
  const Touch touch = TouchOf(action);
  if (touch == Touch::kUnknown) return false;
  switch (policies::KindOf(obligation)) {
    case ObligationKind::kFields:
    case ObligationKind::kRetention:
    case ObligationKind::kLog:
      return true;
    case ObligationKind::kOnward: {
      // An order goes before the condition; what is handed over says it to whoever gets it.
      if (touch == Touch::kHandsOver) return true;
      const auto& onward = std::get<policies::Onward>(obligation);
      return touch != Touch::kLooksIntoLog && !onward.tlp_max_rank && onward.tlp_max.empty() &&
             !onward.originator_consent;
    }
    case ObligationKind::kNoEvidence:
      // An export of the log is made to be evidence.
      return touch != Touch::kLooksIntoLog;
    case ObligationKind::kCoolingOff:
    case ObligationKind::kApproval:
    case ObligationKind::kNotify:
    case ObligationKind::kKAnonymity:
      return false;
  }
  return false;
}

policies::ObligationKinds EnforceableHere(std::string_view action,
                                          const policies::Decision& decision) {
  policies::ObligationKinds kinds;
  for (const policies::JoinedObligation& joined : decision.obligations) {
    if (CarriedOutHere(action, joined.obligation)) {
      kinds = kinds.With(policies::KindOf(joined.obligation));
    }
  }
  return kinds;
}

}  // namespace sluis::core
