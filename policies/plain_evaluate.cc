#include "policies/plain_evaluate.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluis::policies {
namespace {

// Bit set per attribute, in the order of the schema; empty when all values are known.
using Unknown = std::vector<bool>;

// `if_unknown` stands for the result of a test whose value is not known.
bool Matches(const Rule& rule, const std::vector<ValueId>& values, const Unknown& unknown,
             bool if_unknown) {
  return std::all_of(rule.tests.begin(), rule.tests.end(), [&](const ValueTest& test) {
    if (!unknown.empty() && unknown[test.attribute]) return if_unknown;
    return test.Passes(values[test.attribute]);
  });
}

Unknown UnknownOf(const Schema& schema, std::span<const std::string> names) {
  Unknown unknown(schema.attributes.size());
  for (std::size_t i = 0; i < schema.attributes.size(); ++i) {
    const auto& derivation = schema.attributes[i].derivation;
    const std::string& name =
        schema.attributes[derivation ? static_cast<std::size_t>(derivation->base) : i].name;
    unknown[i] = std::find(names.begin(), names.end(), name) != names.end();
  }
  return unknown;
}

std::size_t FailedTests(const Rule& rule, const std::vector<ValueId>& values) {
  return static_cast<std::size_t>(std::count_if(
      rule.tests.begin(), rule.tests.end(),
      [&values](const ValueTest& test) { return !test.Passes(values[test.attribute]); }));
}

using Rules = std::vector<const Rule*>;

std::vector<JoinedObligation> JoinAll(const Rules& permits, const Rules& required) {
  std::array<std::optional<JoinedObligation>, kObligationKinds> by_kind;
  const auto add = [&by_kind](const Rule& rule) {
    for (const Obligation& obligation : rule.obligations) {
      auto& slot = by_kind[obligation.index()];
      if (slot) {
        slot->obligation = *Join(std::move(slot->obligation), obligation);
      } else {
        slot.emplace(JoinedObligation{obligation, {}});
      }
      slot->rules.push_back(rule.id);
    }
  };
  for (const Rule* rule : permits) add(*rule);
  for (const Rule* rule : required) add(*rule);
  std::vector<JoinedObligation> joined;
  for (auto& slot : by_kind) {
    if (slot) joined.push_back(std::move(*slot));
  }
  return joined;
}

void GrantFields(const Schema& schema, const Rules& permits, Decision& decision) {
  std::array<bool, kMaxFields> granted{};
  for (const Rule* rule : permits) {
    for (FieldId field : rule->grants) granted[field] = true;
  }
  const auto* treatments = decision.Find<FieldTreatments>();
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    if (!granted[i]) continue;
    GrantedField field{schema.fields[i].name, {}};
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

void AddBlocking(const Schema& schema, AttributeId attribute, NearestPermit& nearest) {
  const std::string& name = schema.attributes[attribute].name;
  if (std::find(nearest.blocking.begin(), nearest.blocking.end(), name) == nearest.blocking.end()) {
    nearest.blocking.push_back(name);
  }
}

std::optional<NearestPermit> FindNearest(const PackSet& packs, const std::vector<ValueId>& values,
                                         const Rules& forbids) {
  const Rule* best = nullptr;
  std::size_t fewest = 0;
  for (const Rule& rule : packs.rules()) {
    if (rule.effect != Effect::kPermit) continue;
    const std::size_t failed = FailedTests(rule, values);
    if (best == nullptr || failed < fewest) {
      best = &rule;
      fewest = failed;
    }
  }
  if (best == nullptr) return std::nullopt;
  NearestPermit nearest{best->id, {}};
  for (const ValueTest& test : best->tests) {
    if (!test.Passes(values[test.attribute])) AddBlocking(packs.schema(), test.attribute, nearest);
  }
  for (const Rule* forbid : forbids) {
    for (const ValueTest& test : forbid->tests) {
      AddBlocking(packs.schema(), test.attribute, nearest);
    }
  }
  return nearest;
}

void Name(const Rules& rules, std::vector<std::string>& ids, std::vector<Because>* because) {
  for (const Rule* rule : rules) {
    ids.push_back(rule->id);
    if (because != nullptr) because->push_back(rule->because);
  }
}

Decision DecideKnowing(const PackSet& packs, const Request& request, const Unknown& unknown) {
  if (request.packs() != packs.digests().effective) {
    return Refusal(packs.digests(), Describe({"", RequestDefect::Kind::kOtherPacks}));
  }
  if (!request.complete()) return Refusal(packs.digests(), Describe(*request.defect()));

  const std::vector<ValueId>& values = request.values();
  Rules permits, forbids, required;
  for (const Rule& rule : packs.rules()) {
    if (!Matches(rule, values, unknown, true)) continue;
    switch (rule.effect) {
      case Effect::kPermit:
        // A permit that only might match permits nothing; what it would oblige to counts.
        (Matches(rule, values, unknown, false) ? permits : required).push_back(&rule);
        break;
      case Effect::kForbid:
        forbids.push_back(&rule);
        break;
      case Effect::kRequire:
        required.push_back(&rule);
        break;
    }
  }

  Decision decision;
  decision.packs = packs.digests();
  if (!forbids.empty() || permits.empty()) {
    decision.outcome = Outcome::kDeny;
    Name(permits, decision.permits, nullptr);
    Name(forbids, decision.forbids, &decision.because);
    decision.nearest_permit = FindNearest(packs, values, forbids);
    if (forbids.empty()) {
      decision.because.push_back(NothingPermits());
    }
    return decision;
  }
  decision.outcome = Outcome::kPermit;
  Name(permits, decision.permits, &decision.because);
  Name(required, decision.requires_, &decision.because);
  decision.obligations = JoinAll(permits, required);
  GrantFields(packs.schema(), permits, decision);
  return decision;
}

}  // namespace

Decision DecidePlainly(const PackSet& packs, const Request& request) {
  return DecideKnowing(packs, request, {});
}

Decision DecidePlainlyWithout(const PackSet& packs, const Request& request,
                              std::span<const std::string> unknown) {
  return DecideKnowing(packs, request, UnknownOf(packs.schema(), unknown));
}

}  // namespace sluis::policies
