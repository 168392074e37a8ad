// Deciding on a request.
//
// Total: every request gets a decision. Default deny. A matching forbid wins over every permit. A
// matching require adds obligations to a permit and grants nothing. The order of rules and of
// layers in memory does not matter. No clock, no state, no input other than its arguments. Pure and
// thread-safe. The answers are those of plain_evaluate.h.
#ifndef SLUIS_POLICIES_EVALUATE_H_
#define SLUIS_POLICIES_EVALUATE_H_

#include <cstdint>
#include <span>
#include <string>

#include "policies/decision.h"
#include "policies/pack.h"
#include "policies/request.h"

namespace sluis::policies {

// An incomplete request, or one built for other packs, is refused unevaluated.
Decision Decide(const PackSet& packs, const Request& request);

// The same when the values of some attributes cannot be known: what the request says of these, and
// of what derives from them, counts for nothing. A permit that tests one does not match; a forbid
// or a require matches when only such tests stand in its way, and so do the obligations of a
// permit. So it permits nothing that Decide would not permit whatever their values were, and on no
// lighter conditions. Attributes that the packs lack are passed over.
Decision DecideWithout(const PackSet& packs, const Request& request,
                       std::span<const std::string> unknown);

// Only whether it is permitted, and the fields that it would show (bit per FieldId, 0 when it is
// not permitted). Allocates nothing. Not a record: what is carried out needs Decide.
struct Verdict {
  Outcome outcome = Outcome::kRefused;
  uint64_t fields = 0;
  bool operator==(const Verdict&) const = default;
};
Verdict Judge(const PackSet& packs, const Request& request);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_EVALUATE_H_
