// The answer to a request, with everything needed to carry it out, explain it and log it.
#ifndef SLUIS_POLICIES_DECISION_H_
#define SLUIS_POLICIES_DECISION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/obligation.h"
#include "policies/pack.h"
#include "policies/rule.h"

namespace sluis::policies {

// The engine behind Decide, and its version: another word when the engine is another, and whenever
// the same packs and the same request could give another decision. Logged with every decision. What
// was decided before rules were compiled says "plain-1"; its answers are those of today, and replay
// reads both words (client/lib/replay.cc). Of DecidePlainly, which is compared with Decide as a
// whole and logged nowhere, the word says with what it is compared.
inline constexpr std::string_view kEngineVersion = "compiled-1";

enum class Outcome {
  kPermit,
  kDeny,     // a rule forbids it, or none permits it
  kRefused,  // not evaluated, or not to be carried out: treat exactly like a denial
};

// A field that may be shown, after its treatment (keep or generalise; removed fields are not
// listed).
struct GrantedField {
  std::string name;
  Treatment treatment;
  bool operator==(const GrantedField&) const = default;
};

struct JoinedObligation {
  Obligation obligation;
  std::vector<std::string> rules;  // where it came from
  bool operator==(const JoinedObligation&) const = default;
};

// The permit with the fewest tests in the way; among equals the first by layer and id.
struct NearestPermit {
  std::string rule;
  // The attributes whose values stand in the way: those of its own failed tests, then those tested
  // by the rules that forbid. Empty only when the decision is a permit.
  std::vector<std::string> blocking;
  bool operator==(const NearestPermit&) const = default;
};

// A pure value.
struct Decision {
  Outcome outcome = Outcome::kRefused;
  // Rules that matched. `requires_` counts only when the outcome is a permit; it is empty
  // otherwise, as are granted and obligations.
  std::vector<std::string> permits, forbids, requires_;
  std::vector<GrantedField> granted;          // in the order of the schema's fields
  std::vector<std::string> removed;           // granted by a permit, then removed by an obligation
  std::vector<JoinedObligation> obligations;  // one per kind, in the order of ObligationKind
  // Permit: of the permits and requires. Deny: of the forbids, or the fixed text that nothing
  // permits it (rule empty). Refused: the fixed text (rule empty).
  std::vector<Because> because;
  std::optional<NearestPermit> nearest_permit;  // deny only
  std::string refusal;                          // refused only: what is missing, never a value
  PackDigests packs;
  std::string_view engine_version = kEngineVersion;

  bool operator==(const Decision&) const = default;

  // The joined obligation of this type, or nothing.
  template <typename T>
  const T* Find() const {
    for (const JoinedObligation& joined : obligations) {
      if (const T* found = std::get_if<T>(&joined.obligation)) return found;
    }
    return nullptr;
  }
};

// An enforcement point that cannot carry out an obligation must refuse: returns the decision as it
// is, or a refusal that names the first obligation outside `known`.
Decision RefuseUnlessEnforceable(Decision decision, const ObligationKinds& known);

// Why a request that meets no forbid is denied.
Because NothingPermits();

// A decision that says why a request was not evaluated.
Decision Refusal(const PackDigests& packs, std::string why);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_DECISION_H_
