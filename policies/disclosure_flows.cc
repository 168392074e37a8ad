#include "policies/disclosure_flows.h"

#include <algorithm>
#include <optional>

namespace sluis::policies {
namespace {

// Whether a record came from another organisation, and what that lifts.
constexpr std::string_view kReceivedUnder = "record.received_under";

struct Named {
  const char* name;
  AttributeId* id;
};

absl::Status Undeclared(const char* name) {
  return absl::InvalidArgumentError(std::string("policies: these packs declare no attribute \"") +
                                    name + "\", so what goes between organisations is unknown");
}

Box Both(const Box& a, Box b) {
  Narrow(a, b);
  return b;
}

using Words = std::vector<std::string> FlowGroup::*;

// Puts groups together that are alike but for that list of words, keeping the order of the first.
void Merge(Words words, std::vector<FlowGroup>& groups) {
  std::vector<FlowGroup> merged;
  for (FlowGroup& group : groups) {
    const auto alike = std::find_if(merged.begin(), merged.end(), [&](const FlowGroup& one) {
      return one.purpose == group.purpose && one.bases == group.bases &&
             one.fields == group.fields && (words == &FlowGroup::from || one.from == group.from) &&
             (words == &FlowGroup::to || one.to == group.to) &&
             (words == &FlowGroup::categories || one.categories == group.categories);
    });
    if (alike == merged.end()) {
      merged.push_back(std::move(group));
    } else {
      std::vector<std::string>& all = (*alike).*words;
      all.insert(all.end(), (group.*words).begin(), (group.*words).end());
    }
  }
  groups = std::move(merged);
}

}  // namespace

absl::StatusOr<DisclosureFlows> DisclosureFlows::Of(const RuleSpace& rules) {
  const PackSet& packs = rules.packs();
  Axes axes;
  AttributeId side = 0;
  for (const Named& named :
       {Named{"purpose", &axes.purpose}, Named{"basis", &axes.basis},
        Named{"record.category", &axes.category}, Named{"from.kind", &axes.from},
        Named{"to.kind", &axes.to}, Named{"side", &side}}) {
    const auto id = packs.FindAttribute(named.name);
    if (!id || packs.schema().attributes[*id].type != ValueType::kVocabulary ||
        packs.schema().attributes[*id].derivation) {
      return Undeclared(named.name);
    }
    *named.id = *id;
  }
  const auto release = packs.FindValue(side, SideName(Side::kRelease));
  const auto accept = packs.FindValue(side, SideName(Side::kAccept));
  if (!release || !accept) return Undeclared("side");
  return DisclosureFlows(rules, axes, rules.With(side, *release), rules.With(side, *accept));
}

std::vector<std::string> DisclosureFlows::WordsOf(AttributeId attribute) const {
  const Schema& schema = rules_->packs().schema();
  std::vector<std::string> words;
  for (const VocabularyValue& value :
       schema.vocabularies[schema.attributes[attribute].vocabulary].values) {
    words.push_back(value.name);
  }
  if (schema.attributes[attribute].optional) words.emplace_back(kNoneWord);
  return words;
}

Box DisclosureFlows::With(AttributeId attribute, const std::vector<std::string>& words) const {
  Box box = rules_->Where({});
  box[attribute] = 0;
  for (const std::string& word : words) {
    const auto value = rules_->packs().FindValue(attribute, word);
    if (value) box[attribute] |= rules_->With(attribute, *value)[attribute];
  }
  return box;
}

absl::StatusOr<bool> DisclosureFlows::Possible(const Box& box) const {
  for (const Box* side : {&release_, &accept_}) {
    const auto found = rules_->Permitted(Both(box, *side), rules_->permits(), {});
    if (!found.ok()) return found.status();
    if (!found->has_value()) return false;
  }
  return true;
}

absl::StatusOr<std::vector<std::pair<Sight, Sight>>> DisclosureFlows::SightsOf(
    const Box& box) const {
  std::vector<std::pair<Sight, Sight>> sights;
  const std::size_t fields = rules_->packs().schema().fields.size();
  for (std::size_t i = 0; i < fields; ++i) {
    const auto sent = SeeField(*rules_, static_cast<FieldId>(i), Both(box, release_));
    if (!sent.ok()) return sent.status();
    const auto taken = SeeField(*rules_, static_cast<FieldId>(i), Both(box, accept_));
    if (!taken.ok()) return taken.status();
    sights.emplace_back(sent->sight, taken->sight);
  }
  return sights;
}

absl::StatusOr<std::vector<SeenField>> DisclosureFlows::FieldsOf(const Box& box) const {
  const auto sights = SightsOf(box);
  if (!sights.ok()) return sights.status();
  std::vector<SeenField> fields;
  for (std::size_t i = 0; i < sights->size(); ++i) {
    const Sight sight = std::min((*sights)[i].first, (*sights)[i].second);
    if (sight != Sight::kNever) fields.push_back({rules_->packs().schema().fields[i].name, sight});
  }
  return fields;
}

absl::StatusOr<std::vector<std::string>> DisclosureFlows::GrantedAtEither(const Box& box) const {
  const auto sights = SightsOf(box);
  if (!sights.ok()) return sights.status();
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < sights->size(); ++i) {
    const Sight sight = std::max((*sights)[i].first, (*sights)[i].second);
    if (sight != Sight::kNever) fields.push_back(rules_->packs().schema().fields[i].name);
  }
  return fields;
}

absl::StatusOr<Flow> DisclosureFlows::Describe(Flow flow, const Box& box,
                                               const Box& at_sender) const {
  flow.example = rules_->Example(at_sender);
  for (const std::string& basis : WordsOf(axes_.basis)) {
    const Box under = Both(With(axes_.basis, {basis}), box);
    const auto possible = Possible(under);
    if (!possible.ok()) return possible.status();
    if (!*possible) continue;
    auto granted = GrantedAtEither(under);
    if (!granted.ok()) return granted.status();
    flow.bases.push_back(basis);
    flow.granted_by_basis.push_back(*std::move(granted));
  }
  auto fields = FieldsOf(box);
  if (!fields.ok()) return fields.status();
  flow.fields = *std::move(fields);
  return flow;
}

absl::StatusOr<std::vector<Flow>> DisclosureFlows::Between(const std::set<KindPair>& kinds) const {
  std::vector<Flow> flows;
  for (const std::string& purpose : WordsOf(axes_.purpose)) {
    for (const auto& [from, to] : kinds) {
      const Box pair = Both(With(axes_.purpose, {purpose}),
                            Both(With(axes_.from, {from}), With(axes_.to, {to})));
      const auto any = Possible(pair);
      if (!any.ok()) return any.status();
      if (!*any) continue;
      for (const std::string& category : WordsOf(axes_.category)) {
        const Box box = Both(With(axes_.category, {category}), pair);
        const auto possible = Possible(box);
        if (!possible.ok()) return possible.status();
        if (!*possible) continue;
        const auto sent = rules_->Permitted(Both(box, release_), rules_->permits(), {});
        if (!sent.ok()) return sent.status();
        auto flow = Describe({purpose, category, from, to, {}, {}, {}, {}}, box, **sent);
        if (!flow.ok()) return flow.status();
        flows.push_back(*std::move(flow));
      }
    }
  }
  return flows;
}

Box DisclosureFlows::BoxOf(const FlowGroup& group) const {
  return Both(Both(With(axes_.purpose, {group.purpose}), With(axes_.category, group.categories)),
              Both(With(axes_.from, group.from), With(axes_.to, group.to)));
}

RuleBits DisclosureFlows::KeepingAtMost(int32_t days) const {
  return rules_->RulesThat([&](std::size_t i) {
    const std::vector<Obligation>& asked = rules_->packs().rules()[i].obligations;
    return std::any_of(asked.begin(), asked.end(), [days](const Obligation& obligation) {
      const auto* retention = std::get_if<Retention>(&obligation);
      return retention != nullptr && retention->days <= days;
    });
  });
}

absl::StatusOr<std::string> DisclosureFlows::Longer(const Box& box, int32_t days) const {
  const auto found = rules_->Permitted(Both(box, accept_), rules_->permits(), KeepingAtMost(days));
  if (!found.ok()) return found.status();
  return found->has_value() ? rules_->Example(**found) : std::string();
}

absl::StatusOr<std::string> DisclosureFlows::KeptLongerThan(int32_t days,
                                                            const std::string& purpose,
                                                            const KindPair& kinds) const {
  return Longer(Both(With(axes_.purpose, {purpose}),
                     Both(With(axes_.from, {kinds.first}), With(axes_.to, {kinds.second}))),
                days);
}

absl::StatusOr<std::string> DisclosureFlows::ExampleOn(const Flow& flow, const std::string& basis,
                                                       const std::string& field) const {
  Box box = Both(Both(With(axes_.purpose, {flow.purpose}), With(axes_.category, {flow.category})),
                 Both(With(axes_.from, {flow.from}), With(axes_.to, {flow.to})));
  if (!basis.empty()) box = Both(With(axes_.basis, {basis}), box);
  if (field.empty()) {
    const auto sent = rules_->Permitted(Both(release_, box), rules_->permits(), {});
    if (!sent.ok()) return sent.status();
    return sent->has_value() ? rules_->Example(**sent) : std::string();
  }
  const auto id = rules_->packs().schema().FindField(field);
  if (!id) return std::string();
  auto seen = SeeField(*rules_, *id, Both(release_, box));
  if (seen.ok() && seen->sight == Sight::kNever) seen = SeeField(*rules_, *id, Both(accept_, box));
  if (!seen.ok()) return seen.status();
  return std::move(seen->example);
}

std::string DisclosureFlows::ExampleOf(const std::string& purpose, const std::string& category,
                                       const KindPair& kinds, const std::string& basis) const {
  Box box = With(axes_.purpose, {purpose});
  const bool some = Narrow(With(axes_.category, {category}), box) &&
                    Narrow(With(axes_.from, {kinds.first}), box) &&
                    Narrow(With(axes_.to, {kinds.second}), box) && Narrow(release_, box) &&
                    (basis.empty() || Narrow(With(axes_.basis, {basis}), box));
  return some ? rules_->Example(box) : std::string();
}

absl::StatusOr<bool> DisclosureFlows::SeesSomething(const Box& box) const {
  if (IsEmpty(box)) return false;
  const std::size_t fields = rules_->packs().schema().fields.size();
  for (std::size_t i = 0; i < fields; ++i) {
    const auto seen = SeeField(*rules_, static_cast<FieldId>(i), box);
    if (!seen.ok()) return seen.status();
    if (seen->sight != Sight::kNever) return true;
  }
  return false;
}

std::optional<Box> DisclosureFlows::ReadingReceived() const {
  const auto vocabulary = [this](std::string_view name) -> std::optional<AttributeId> {
    const auto id = rules_->packs().FindAttribute(name);
    const bool words =
        id && rules_->packs().schema().attributes[*id].type == ValueType::kVocabulary;
    return words ? id : std::nullopt;
  };
  const auto lifted = vocabulary(kReceivedUnder);
  if (!lifted) return std::nullopt;
  std::vector<std::string> words = WordsOf(*lifted);
  std::erase(words, std::string(kNoneWord));
  const Box received = With(*lifted, words);
  const auto action = vocabulary("action");
  return action ? Both(With(*action, {"list", "read"}), received) : received;
}

absl::StatusOr<DisclosureFlows::Roles> DisclosureFlows::RolesUnder(
    const std::vector<std::string>& purposes, const std::vector<std::string>& kinds) const {
  Roles roles;
  const auto role = rules_->packs().FindAttribute("actor.role");
  const auto side = rules_->packs().FindAttribute("side");
  if (!role || rules_->packs().schema().attributes[*role].type != ValueType::kVocabulary) {
    return roles;
  }
  const Box there = Both(With(axes_.from, kinds), With(axes_.to, kinds));
  const Box under = Both(With(axes_.purpose, purposes), there);
  const Box local = With(*side, {std::string(SideName(Side::kLocal))});
  const std::optional<Box> reading = ReadingReceived();
  for (const std::string& word : WordsOf(*role)) {
    const Box actor = With(*role, {word});
    const auto acts = rules_->Permitted(Both(actor, under), rules_->permits(), {});
    if (!acts.ok()) return acts.status();
    auto sees = SeesSomething(Both(actor, Both(local, under)));
    if (!sees.ok()) return sees.status();
    if (!*sees && reading) {
      sees = SeesSomething(Both(actor, Both(local, Both(*reading, there))));
      if (!sees.ok()) return sees.status();
    }
    if (acts->has_value() || *sees) roles.acting.push_back(word);
    if (*sees) roles.seeing.push_back(word);
  }
  return roles;
}

absl::StatusOr<int32_t> DisclosureFlows::LongestRetention(const Box& box) const {
  std::set<int32_t> terms;
  for (const Rule& rule : rules_->packs().rules()) {
    for (const Obligation& obligation : rule.obligations) {
      if (const auto* retention = std::get_if<Retention>(&obligation)) {
        terms.insert(retention->days);
      }
    }
  }
  for (const int32_t days : terms) {
    const auto longer = Longer(box, days);
    if (!longer.ok()) return longer.status();
    if (longer->empty()) return days;
  }
  return 0;
}

absl::StatusOr<std::vector<FlowCondition>> DisclosureFlows::ConditionsOf(const Box& box) const {
  std::vector<FlowCondition> conditions;
  const std::vector<Rule>& rules = rules_->packs().rules();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].effect == Effect::kForbid || rules[i].obligations.empty()) continue;
    RuleBits me;
    me.Add(i);
    const RuleBits& permits = rules[i].effect == Effect::kPermit ? me : rules_->permits();
    bool some = false;
    bool always = true;
    for (const Box* side : {&release_, &accept_}) {
      const Box here = Both(box, *side);
      const auto met = rules_->Permitted(Both(here, rules_->BoxOf(i)), permits, {});
      if (!met.ok()) return met.status();
      if (!met->has_value()) continue;
      const auto without = rules_->Permitted(here, rules_->permits(), me);
      if (!without.ok()) return without.status();
      some = true;
      always = always && !without->has_value();
    }
    if (!some) continue;
    for (const Obligation& obligation : rules[i].obligations) {
      conditions.push_back({rules[i].id, obligation, always, rules[i].because.nl});
    }
  }
  return conditions;
}

absl::StatusOr<std::vector<FlowGroup>> DisclosureFlows::Grouped(
    const std::vector<Flow>& flows) const {
  std::vector<FlowGroup> groups;
  for (const Flow& flow : flows) {
    groups.push_back(
        {flow.purpose, {flow.from}, {flow.to}, {flow.category}, flow.bases, flow.fields, {}, 0});
  }
  for (const Words words : {&FlowGroup::categories, &FlowGroup::to, &FlowGroup::from}) {
    Merge(words, groups);
  }
  for (FlowGroup& group : groups) {
    const Box box = BoxOf(group);
    auto conditions = ConditionsOf(box);
    if (!conditions.ok()) return conditions.status();
    group.conditions = *std::move(conditions);
    const auto days = LongestRetention(box);
    if (!days.ok()) return days.status();
    group.retention_days = *days;
  }
  return groups;
}

}  // namespace sluis::policies
