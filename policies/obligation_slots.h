// Obligations as numbers of which the larger is the stricter, so that joining is taking the larger.
//
// Every thing that some rule can ask (a number of days, a field's treatment, the approval of these
// roles) has a slot; 0 in it means that nothing is asked. Guarantee: taking the larger in each slot
// over a set of rules and turning the result back gives what Join gives over their obligations, and
// two results are equal exactly when the joined obligations are. Internal to this folder.
// Immutable; safe to share.
#ifndef SLUIS_POLICIES_OBLIGATION_SLOTS_H_
#define SLUIS_POLICIES_OBLIGATION_SLOTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "policies/attribute.h"
#include "policies/obligation.h"
#include "policies/rule.h"

namespace sluis::policies {

struct SlotValue {
  uint32_t slot = 0;
  int32_t strictness = 0;  // at least 1
};

class ObligationSlots {
 public:
  ObligationSlots(const Schema& schema, std::span<const Rule> rules);

  // How many slots there are; a joined result has one number for each.
  std::size_t size() const { return slots_.size(); }
  // What one rule asks. `rule` is its place in the span given above.
  std::span<const SlotValue> Of(std::size_t rule) const { return asked_[rule]; }
  // Makes `joined`, of size() numbers, at least as strict as the rule.
  void JoinInto(std::size_t rule, std::span<int32_t> joined) const {
    for (const SlotValue& asked : asked_[rule]) {
      int32_t& mine = joined[asked.slot];
      mine = mine < asked.strictness ? asked.strictness : mine;
    }
  }
  // The obligations that joined numbers stand for, one per kind, in the order of ObligationKind.
  std::vector<Obligation> Joined(std::span<const int32_t> joined) const;
  // Fields that a rule asks to remove: bit per FieldId.
  uint64_t RemovedBy(std::size_t rule) const { return removed_[rule]; }

 private:
  struct Slot {
    enum class What {
      kPresent,  // of its kind, even when it asks nothing more
      kDays,     // fewest win
      kAmount,   // most win
      kField,
      kRoles,
      kDimension,
      kParty,
      kTlp,
      kOriginatorConsent,
      kNoFurther,
    };
    ObligationKind kind = ObligationKind::kFields;
    What what = What::kPresent;
    std::string word = {};                // field, dimension or party
    std::set<std::string> roles = {};     // kRoles
    std::vector<std::string> names = {};  // steps of the field, labels of TLP
  };

  uint32_t Find(Slot slot);
  void Ask(std::size_t rule, Slot slot, int32_t strictness);
  void Read(const Schema& schema, std::size_t rule, const Obligation& obligation);
  static void AddTo(const Slot& slot, int32_t strictness, Obligation& obligation);

  std::vector<Slot> slots_;
  // Where each of them is, while rules are read: what tells it from all others.
  std::map<std::tuple<ObligationKind, Slot::What, std::string, std::set<std::string>>, uint32_t>
      places_;
  std::vector<std::vector<SlotValue>> asked_;
  std::vector<uint64_t> removed_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_OBLIGATION_SLOTS_H_
