#include "policies/obligation.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace sluis::policies {
namespace {

constexpr std::array<std::string_view, kObligationKinds> kNames = {
    "fields",      "retention", "k_anonymity", "approval", "onward",
    "no_evidence", "notify",    "cooling_off", "log"};

}  // namespace

ObligationKind KindOf(const Obligation& obligation) {
  return static_cast<ObligationKind>(obligation.index());
}

std::string_view ObligationName(ObligationKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<ObligationKind> FindObligation(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<ObligationKind>(i);
  }
  return std::nullopt;
}

Treatment Join(const Treatment& a, const Treatment& b) {
  if (a.kind != b.kind) return a.kind < b.kind ? b : a;
  return a.step < b.step ? b : a;
}

FieldTreatments Join(FieldTreatments joined, const FieldTreatments& b) {
  for (const auto& [field, treatment] : b.fields) {
    Treatment& mine = joined.fields[field];
    mine = Join(mine, treatment);
  }
  return joined;
}

Retention Join(const Retention& a, const Retention& b) { return {std::min(a.days, b.days)}; }

KAnonymity Join(KAnonymity joined, const KAnonymity& b) {
  joined.k = std::max(joined.k, b.k);
  joined.over.insert(b.over.begin(), b.over.end());
  return joined;
}

Approval Join(Approval joined, const Approval& b) {
  for (const auto& [roles, count] : b.count_by_roles) {
    int32_t& mine = joined.count_by_roles[roles];
    mine = std::max(mine, count);
  }
  return joined;
}

Onward Join(Onward joined, const Onward& b) {
  if (b.tlp_max_rank && (!joined.tlp_max_rank || *b.tlp_max_rank < *joined.tlp_max_rank)) {
    joined.tlp_max_rank = b.tlp_max_rank;
    joined.tlp_max = b.tlp_max;
  }
  joined.originator_consent = joined.originator_consent || b.originator_consent;
  joined.none = joined.none || b.none;
  return joined;
}

NoEvidence Join(const NoEvidence& a, const NoEvidence&) { return a; }

Notify Join(Notify joined, const Notify& b) {
  for (const auto& [party, days] : b.days_by_party) {
    const auto [mine, added] = joined.days_by_party.emplace(party, days);
    if (!added) mine->second = std::min(mine->second, days);
  }
  return joined;
}

CoolingOff Join(const CoolingOff& a, const CoolingOff& b) { return {std::max(a.hours, b.hours)}; }

LogDepth Join(const LogDepth& a, const LogDepth& b) { return {std::max(a.level, b.level)}; }

std::optional<Obligation> Join(Obligation a, const Obligation& b) {
  if (a.index() != b.index()) return std::nullopt;
  return std::visit(
      [&b](auto&& mine) -> Obligation {
        return Join(std::move(mine), std::get<std::decay_t<decltype(mine)>>(b));
      },
      std::move(a));
}

}  // namespace sluis::policies
