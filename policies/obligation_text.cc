#include <string_view>

#include "policies/obligation.h"

namespace sluis::policies {
namespace {

void AddItem(std::string& list, std::string_view item) {
  if (!list.empty()) list += ',';
  list += item;
}

std::string DaysText(int32_t days) { return "P" + std::to_string(days) + "D"; }

std::string Text(const FieldTreatments& treatments) {
  std::string list;
  for (const auto& [field, treatment] : treatments.fields) {
    AddItem(list, field + ":" + TreatmentText(treatment));
  }
  return list;
}

std::string Text(const Retention& retention) { return DaysText(retention.days); }

std::string Text(const KAnonymity& anonymity) {
  std::string over;
  for (const std::string& dimension : anonymity.over) AddItem(over, dimension);
  return std::to_string(anonymity.k) + "/" + over;
}

std::string Text(const Approval& approval) {
  std::string list;
  for (const auto& [roles, count] : approval.count_by_roles) {
    std::string joined;
    for (const std::string& role : roles) joined += (joined.empty() ? "" : "+") + role;
    AddItem(list, joined + ":" + std::to_string(count));
  }
  return list;
}

std::string Text(const Onward& onward) {
  std::string list;
  if (onward.none) AddItem(list, "none");
  if (onward.originator_consent) AddItem(list, "originator_consent");
  if (onward.tlp_max_rank) AddItem(list, "tlp_max=" + onward.tlp_max);
  return list;
}

std::string Text(const NoEvidence&) { return "true"; }

std::string Text(const Notify& notify) {
  std::string list;
  for (const auto& [party, days] : notify.days_by_party) {
    AddItem(list, party + ":" + DaysText(days));
  }
  return list;
}

std::string Text(const CoolingOff& cooling_off) {
  return "PT" + std::to_string(cooling_off.hours) + "H";
}

std::string Text(const LogDepth& depth) {
  return depth.level == LogDepth::Level::kFull ? "full" : "standard";
}

}  // namespace

std::string TreatmentText(const Treatment& treatment) {
  switch (treatment.kind) {
    case Treatment::Kind::kKeep:
      return "keep";
    case Treatment::Kind::kGeneralise:
      return "generalise=" + treatment.step_name;
    case Treatment::Kind::kRemove:
      return "remove";
  }
  return {};
}

std::string ObligationText(const Obligation& obligation) {
  std::string text(ObligationName(KindOf(obligation)));
  text += '=';
  text += std::visit([](const auto& value) { return Text(value); }, obligation);
  return text;
}

}  // namespace sluis::policies
