// What a permission comes with: a closed set of obligations, each a join-semilattice.
//
// Join is associative, commutative and idempotent, and its result is at least as strict as either
// side: the order in which rules are met can never loosen what they ask.
#ifndef SLUIS_POLICIES_OBLIGATION_H_
#define SLUIS_POLICIES_OBLIGATION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluis::policies {

// keep < generalise (finer step < coarser step) < remove.
struct Treatment {
  enum class Kind { kKeep, kGeneralise, kRemove };

  Kind kind = Kind::kKeep;
  uint32_t step = 0;      // kGeneralise: index into the steps of the field, fine to coarse
  std::string step_name;  // kGeneralise: the name of that step

  bool operator==(const Treatment&) const = default;
};

// Field name -> what must be done to it before it is shown or sent. A field not named is kept.
struct FieldTreatments {
  std::map<std::string, Treatment> fields;
  bool operator==(const FieldTreatments&) const = default;
};

// Content is erased at the latest this many days after it was recorded or received.
struct Retention {
  int32_t days = 0;
  bool operator==(const Retention&) const = default;
};

// Statistics only: no cell over these dimensions with fewer than k persons.
struct KAnonymity {
  int32_t k = 0;
  std::set<std::string> over;
  bool operator==(const KAnonymity&) const = default;
};

// For each set of roles, how many different persons in one of these roles must approve first.
struct Approval {
  std::map<std::set<std::string>, int32_t> count_by_roles;
  bool operator==(const Approval&) const = default;
};

// Every condition holds. tlp_max: at most this label may travel further (rank = its place in the
// vocabulary, clear first); originator_consent: ask who sent it; none: never further.
struct Onward {
  std::optional<int32_t> tlp_max_rank;
  std::string tlp_max;  // the name of that label; empty when there is no limit
  bool originator_consent = false;
  bool none = false;
  bool operator==(const Onward&) const = default;
};

// Not to be used as evidence.
struct NoEvidence {
  bool operator==(const NoEvidence&) const = default;
};

// Party -> within how many days it must be told.
struct Notify {
  std::map<std::string, int32_t> days_by_party;
  bool operator==(const Notify&) const = default;
};

// How long it can be taken back before it leaves.
struct CoolingOff {
  int32_t hours = 0;
  bool operator==(const CoolingOff&) const = default;
};

struct LogDepth {
  enum class Level { kStandard, kFull };
  Level level = Level::kStandard;
  bool operator==(const LogDepth&) const = default;
};

using Obligation = std::variant<FieldTreatments, Retention, KAnonymity, Approval, Onward,
                                NoEvidence, Notify, CoolingOff, LogDepth>;

// The alternatives of Obligation, in the same order.
enum class ObligationKind {
  kFields,
  kRetention,
  kKAnonymity,
  kApproval,
  kOnward,
  kNoEvidence,
  kNotify,
  kCoolingOff,
  kLog,
};
inline constexpr std::size_t kObligationKinds = 9;
static_assert(std::variant_size_v<Obligation> == kObligationKinds);

ObligationKind KindOf(const Obligation& obligation);
// The word used in packs: fields, retention, k_anonymity, ...
std::string_view ObligationName(ObligationKind kind);
std::optional<ObligationKind> FindObligation(std::string_view name);

Treatment Join(const Treatment& a, const Treatment& b);
FieldTreatments Join(FieldTreatments a, const FieldTreatments& b);
Retention Join(const Retention& a, const Retention& b);  // fewest days
KAnonymity Join(KAnonymity a, const KAnonymity& b);      // largest k, all dimensions
Approval Join(Approval a, const Approval& b);            // all of them, larger count per set
Onward Join(Onward a, const Onward& b);                  // all conditions
NoEvidence Join(const NoEvidence& a, const NoEvidence& b);
Notify Join(Notify a, const Notify& b);                     // all parties, shortest delay
CoolingOff Join(const CoolingOff& a, const CoolingOff& b);  // longest
LogDepth Join(const LogDepth& a, const LogDepth& b);        // fullest

// Joins two obligations of the same kind. Nothing when the kinds differ.
std::optional<Obligation> Join(Obligation a, const Obligation& b);

// The canonical text of an obligation, for logs and comparison: equal exactly when the obligations
// are. Examples: "retention=P90D", "fields=contributor:remove,place:generalise=municipality",
// "approval=burgemeester+casemanager:1", "onward=none,tlp_max=green", "cooling_off=PT4H".
std::string ObligationText(const Obligation& obligation);
// "keep", "generalise=month" or "remove".
std::string TreatmentText(const Treatment& treatment);

// A set of kinds: what an enforcement point is able to carry out.
class ObligationKinds {
 public:
  constexpr ObligationKinds() = default;
  static constexpr ObligationKinds All() { return ObligationKinds((1U << kObligationKinds) - 1); }

  constexpr ObligationKinds With(ObligationKind kind) const {
    return ObligationKinds(bits_ | (1U << static_cast<uint32_t>(kind)));
  }
  constexpr bool Has(ObligationKind kind) const {
    return (bits_ & (1U << static_cast<uint32_t>(kind))) != 0;
  }

 private:
  constexpr explicit ObligationKinds(uint32_t bits) : bits_(bits) {}
  uint32_t bits_ = 0;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_OBLIGATION_H_
