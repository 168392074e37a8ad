#include "policies/obligation_slots.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace sluis::policies {
namespace {

constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
constexpr int32_t kRemove = kMost;
constexpr std::string_view kTlp = "tlp";

// Of numbers of which fewer are stricter.
int32_t Fewer(int32_t number) { return kMost - number; }

int32_t StrictnessOf(const Treatment& treatment) {
  switch (treatment.kind) {
    case Treatment::Kind::kKeep:
      return 1;
    case Treatment::Kind::kGeneralise:
      return 2 + static_cast<int32_t>(treatment.step);
    case Treatment::Kind::kRemove:
      return kRemove;
  }
  return kRemove;
}

Treatment TreatmentOf(int32_t strictness, const std::vector<std::string>& steps) {
  if (strictness == kRemove) return {Treatment::Kind::kRemove, 0, {}};
  if (strictness == 1) return {};
  const auto step = static_cast<uint32_t>(strictness - 2);
  return {Treatment::Kind::kGeneralise, step, steps[step]};
}

Obligation Empty(ObligationKind kind) {
  switch (kind) {
    case ObligationKind::kFields:
      return FieldTreatments{};
    case ObligationKind::kRetention:
      return Retention{};
    case ObligationKind::kKAnonymity:
      return KAnonymity{};
    case ObligationKind::kApproval:
      return Approval{};
    case ObligationKind::kOnward:
      return Onward{};
    case ObligationKind::kNoEvidence:
      return NoEvidence{};
    case ObligationKind::kNotify:
      return Notify{};
    case ObligationKind::kCoolingOff:
      return CoolingOff{};
    case ObligationKind::kLog:
      return LogDepth{};
  }
  return NoEvidence{};
}

}  // namespace

ObligationSlots::ObligationSlots(const Schema& schema, std::span<const Rule> rules)
    : asked_(rules.size()), removed_(rules.size()) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const Obligation& obligation : rules[i].obligations) Read(schema, i, obligation);
  }
}

uint32_t ObligationSlots::Find(Slot slot) {
  const auto [place, added] = places_.try_emplace({slot.kind, slot.what, slot.word, slot.roles},
                                                  static_cast<uint32_t>(slots_.size()));
  if (added) slots_.push_back(std::move(slot));
  return place->second;
}

void ObligationSlots::Ask(std::size_t rule, Slot slot, int32_t strictness) {
  asked_[rule].push_back({Find(std::move(slot)), strictness});
}

void ObligationSlots::Read(const Schema& schema, std::size_t rule, const Obligation& obligation) {
  using What = Slot::What;
  const ObligationKind kind = KindOf(obligation);
  Ask(rule, {.kind = kind, .what = What::kPresent}, 1);
  if (const auto* treatments = std::get_if<FieldTreatments>(&obligation)) {
    for (const auto& [field, treatment] : treatments->fields) {
      const auto id = schema.FindField(field);
      if (!id) continue;  // resolving refuses it
      Ask(rule,
          {.kind = kind, .what = What::kField, .word = field, .names = schema.fields[*id].steps},
          StrictnessOf(treatment));
      if (treatment.kind == Treatment::Kind::kRemove) removed_[rule] |= uint64_t{1} << *id;
    }
  } else if (const auto* retention = std::get_if<Retention>(&obligation)) {
    Ask(rule, {.kind = kind, .what = What::kDays}, Fewer(retention->days));
  } else if (const auto* anonymity = std::get_if<KAnonymity>(&obligation)) {
    Ask(rule, {.kind = kind, .what = What::kAmount}, 1 + anonymity->k);
    for (const std::string& dimension : anonymity->over) {
      Ask(rule, {.kind = kind, .what = What::kDimension, .word = dimension}, 1);
    }
  } else if (const auto* approval = std::get_if<Approval>(&obligation)) {
    for (const auto& [roles, count] : approval->count_by_roles) {
      Ask(rule, {.kind = kind, .what = What::kRoles, .roles = roles}, 1 + count);
    }
  } else if (const auto* onward = std::get_if<Onward>(&obligation)) {
    if (onward->tlp_max_rank) {
      Slot slot{.kind = kind, .what = What::kTlp};
      if (const Vocabulary* labels = schema.FindVocabulary(kTlp)) {
        for (const VocabularyValue& label : labels->values) slot.names.push_back(label.name);
      }
      Ask(rule, std::move(slot), Fewer(*onward->tlp_max_rank));
    }
    if (onward->originator_consent) Ask(rule, {.kind = kind, .what = What::kOriginatorConsent}, 1);
    if (onward->none) Ask(rule, {.kind = kind, .what = What::kNoFurther}, 1);
  } else if (const auto* notify = std::get_if<Notify>(&obligation)) {
    for (const auto& [party, days] : notify->days_by_party) {
      Ask(rule, {.kind = kind, .what = What::kParty, .word = party}, Fewer(days));
    }
  } else if (const auto* cooling_off = std::get_if<CoolingOff>(&obligation)) {
    Ask(rule, {.kind = kind, .what = What::kAmount}, 1 + cooling_off->hours);
  } else if (const auto* log = std::get_if<LogDepth>(&obligation)) {
    Ask(rule, {.kind = kind, .what = What::kAmount}, 1 + static_cast<int32_t>(log->level));
  }
}

void ObligationSlots::AddTo(const Slot& slot, int32_t strictness, Obligation& obligation) {
  using What = Slot::What;
  if (auto* treatments = std::get_if<FieldTreatments>(&obligation)) {
    if (slot.what != What::kField) return;
    treatments->fields.emplace(slot.word, TreatmentOf(strictness, slot.names));
  } else if (auto* retention = std::get_if<Retention>(&obligation)) {
    if (slot.what == What::kDays) retention->days = Fewer(strictness);
  } else if (auto* anonymity = std::get_if<KAnonymity>(&obligation)) {
    if (slot.what == What::kAmount) anonymity->k = strictness - 1;
    if (slot.what == What::kDimension) anonymity->over.insert(slot.word);
  } else if (auto* approval = std::get_if<Approval>(&obligation)) {
    if (slot.what == What::kRoles) approval->count_by_roles.emplace(slot.roles, strictness - 1);
  } else if (auto* onward = std::get_if<Onward>(&obligation)) {
    if (slot.what == What::kTlp) {
      onward->tlp_max_rank = Fewer(strictness);
      onward->tlp_max = slot.names[static_cast<std::size_t>(*onward->tlp_max_rank)];
    }
    if (slot.what == What::kOriginatorConsent) onward->originator_consent = true;
    if (slot.what == What::kNoFurther) onward->none = true;
  } else if (auto* notify = std::get_if<Notify>(&obligation)) {
    if (slot.what == What::kParty) notify->days_by_party.emplace(slot.word, Fewer(strictness));
  } else if (auto* cooling_off = std::get_if<CoolingOff>(&obligation)) {
    if (slot.what == What::kAmount) cooling_off->hours = strictness - 1;
  } else if (auto* log = std::get_if<LogDepth>(&obligation)) {
    if (slot.what == What::kAmount) log->level = static_cast<LogDepth::Level>(strictness - 1);
  }
}

std::vector<Obligation> ObligationSlots::Joined(std::span<const int32_t> joined) const {
  std::array<std::optional<Obligation>, kObligationKinds> by_kind;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] == 0) continue;
    auto& obligation = by_kind[static_cast<std::size_t>(slots_[i].kind)];
    if (!obligation) obligation = Empty(slots_[i].kind);
    AddTo(slots_[i], joined[i], *obligation);
  }
  std::vector<Obligation> obligations;
  for (auto& obligation : by_kind) {
    if (obligation) obligations.push_back(*std::move(obligation));
  }
  return obligations;
}

}  // namespace sluis::policies
