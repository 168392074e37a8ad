// The conditions of a decision in words.
//
// Guarantee: what several decisions ask of the same kind is said once, as strict as the strictest
// of them; a condition that this version does not know stands there as the node said it. Not
// guaranteed: the canonical text, which --json has. Thread-safety: pure. Errors: none.
// Source: policies/obligation.h (ObligationText).
#ifndef SLUIS_CLIENT_CLI_CONDITION_VIEW_H_
#define SLUIS_CLIENT_CLI_CONDITION_VIEW_H_

#include <string>
#include <string_view>
#include <vector>

#include "client/cli/shell.h"

namespace sluis::cli {

// "cooling_off=PT4H", "retention=P180D" as "bedenktijd van 4 uur; hoogstens 180 dagen bewaren".
std::string ConditionWords(const Shell& shell, const std::vector<std::string>& obligations);

// "wijk (gemeente)" for "place:generalise=municipality"; empty for a field that is not made
// coarser.
std::string CoarserWords(const Shell& shell, std::string_view treatment);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_CONDITION_VIEW_H_
