// The plain evaluator: a loop over the rules, a loop over the tests of each. It says what
// evaluate.h must answer and is read, not tuned: the tests of packs run on both when packs are
// loaded, and so do those of this project.
//
// Guarantees and thread-safety are those of evaluate.h.
#ifndef SLUIS_POLICIES_PLAIN_EVALUATE_H_
#define SLUIS_POLICIES_PLAIN_EVALUATE_H_

#include <span>
#include <string>

#include "policies/decision.h"
#include "policies/pack.h"
#include "policies/request.h"

namespace sluis::policies {

Decision DecidePlainly(const PackSet& packs, const Request& request);
Decision DecidePlainlyWithout(const PackSet& packs, const Request& request,
                              std::span<const std::string> unknown);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PLAIN_EVALUATE_H_
