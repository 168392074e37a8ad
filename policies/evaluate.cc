#include "policies/evaluate.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "policies/compiled_rules.h"

namespace sluis::policies {
namespace {

std::optional<RequestDefect> DefectOf(const PackSet& packs, const Request& request) {
  if (request.packs() != packs.digests().effective) {
    return RequestDefect{"", RequestDefect::Kind::kOtherPacks};
  }
  return request.defect();
}

AttributeBits BitsOf(const Schema& schema, std::span<const std::string> names) {
  AttributeBits bits = 0;
  for (std::size_t i = 0; i < schema.attributes.size(); ++i) {
    const auto& derivation = schema.attributes[i].derivation;
    const std::string& name =
        schema.attributes[derivation ? static_cast<std::size_t>(derivation->base) : i].name;
    if (std::find(names.begin(), names.end(), name) != names.end()) bits |= AttributeBits{1} << i;
  }
  return bits;
}

void Name(const PackSet& packs, const RuleBits& rules, std::vector<std::string>& ids,
          std::vector<Because>* because) {
  const std::size_t count = rules.count();
  ids.reserve(count);
  if (because != nullptr) because->reserve(because->size() + count);
  rules.ForEach([&](std::size_t i) {
    const Rule& rule = packs.rules()[i];
    ids.push_back(rule.id);
    if (because != nullptr) because->push_back(rule.because);
  });
}

void AddObligations(const PackSet& packs, const MatchingRules& matching, Decision& decision) {
  const ObligationSlots& slots = packs.compiled().slots();
  std::vector<int32_t> joined(slots.size());
  std::array<std::vector<std::string>, kObligationKinds> asked_by;
  const auto add = [&](std::size_t i) {
    slots.JoinInto(i, joined);
    const Rule& rule = packs.rules()[i];
    for (const Obligation& obligation : rule.obligations) {
      asked_by[obligation.index()].push_back(rule.id);
    }
  };
  matching.permits.ForEach(add);
  matching.requires_.ForEach(add);
  for (Obligation& obligation : slots.Joined(joined)) {
    const std::size_t kind = obligation.index();
    decision.obligations.push_back({std::move(obligation), std::move(asked_by[kind])});
  }
}

void GrantFields(const PackSet& packs, const MatchingRules& matching, Decision& decision) {
  uint64_t granted = 0;
  matching.permits.ForEach([&](std::size_t i) { granted |= packs.compiled().GrantsOf(i); });
  const auto* treatments = decision.Find<FieldTreatments>();
  for (std::size_t i = 0; i < packs.schema().fields.size(); ++i) {
    if (((granted >> i) & 1) == 0) continue;
    GrantedField field{packs.schema().fields[i].name, {}};
    if (treatments != nullptr) {
      const auto found = treatments->fields.find(field.name);
      if (found != treatments->fields.end()) field.treatment = found->second;
    }
    if (field.treatment.kind == Treatment::Kind::kRemove) {
      decision.removed.push_back(std::move(field.name));
    } else {
      decision.granted.push_back(std::move(field));
    }
  }
}

std::optional<NearestPermit> Nearest(const PackSet& packs, const std::vector<ValueId>& values,
                                     const RuleBits& forbids) {
  const std::optional<std::size_t> best = packs.compiled().NearestPermit(values);
  if (!best) return std::nullopt;
  const Rule& rule = packs.rules()[*best];
  NearestPermit nearest{rule.id, {}};
  AttributeBits named = 0;
  const auto add = [&](const ValueTest& test) {
    const AttributeBits bit = AttributeBits{1} << test.attribute;
    if ((named & bit) != 0) return;
    named |= bit;
    nearest.blocking.push_back(packs.schema().attributes[test.attribute].name);
  };
  for (const ValueTest& test : rule.tests) {
    if (!test.Passes(values[test.attribute])) add(test);
  }
  forbids.ForEach([&](std::size_t i) {
    for (const ValueTest& test : packs.rules()[i].tests) add(test);
  });
  return nearest;
}

Decision Record(const PackSet& packs, const std::vector<ValueId>& values,
                const MatchingRules& matching) {
  Decision decision;
  decision.packs = packs.digests();
  if (!matching.permitted()) {
    decision.outcome = Outcome::kDeny;
    Name(packs, matching.permits, decision.permits, nullptr);
    Name(packs, matching.forbids, decision.forbids, &decision.because);
    decision.nearest_permit = Nearest(packs, values, matching.forbids);
    if (!matching.forbids.any()) decision.because.push_back(NothingPermits());
    return decision;
  }
  decision.outcome = Outcome::kPermit;
  Name(packs, matching.permits, decision.permits, &decision.because);
  Name(packs, matching.requires_, decision.requires_, &decision.because);
  AddObligations(packs, matching, decision);
  GrantFields(packs, matching, decision);
  return decision;
}

}  // namespace

Decision Decide(const PackSet& packs, const Request& request) {
  if (const auto defect = DefectOf(packs, request)) {
    return Refusal(packs.digests(), Describe(*defect));
  }
  return Record(packs, request.values(), packs.compiled().Match(request.values()));
}

Decision DecideWithout(const PackSet& packs, const Request& request,
                       std::span<const std::string> unknown) {
  if (const auto defect = DefectOf(packs, request)) {
    return Refusal(packs.digests(), Describe(*defect));
  }
  const AttributeBits bits = BitsOf(packs.schema(), unknown);
  return Record(packs, request.values(), packs.compiled().MatchWithout(request.values(), bits));
}

Verdict Judge(const PackSet& packs, const Request& request) {
  if (request.packs() != packs.digests().effective || !request.complete()) return {};
  const MatchingRules matching = packs.compiled().Match(request.values());
  if (!matching.permitted()) return {Outcome::kDeny, 0};
  return {Outcome::kPermit, packs.compiled().VisibleFields(matching)};
}

}  // namespace sluis::policies
