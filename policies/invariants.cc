#include "policies/invariants.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "policies/rule_space.h"
#include "policies/rules_yaml.h"

namespace sluis::policies {
namespace {

constexpr auto kInvariantKeys = std::to_array<std::string_view>({"id", "never", "always"});
constexpr auto kNeverKeys =
    std::to_array<std::string_view>({"field", "decision", "approver", "where"});
constexpr auto kAlwaysKeys = std::to_array<std::string_view>({"obligation", "where"});

constexpr std::string_view kRoles = "role";

// Exactly one of field, obligation and approver, or none of them (then: never a permit).
struct Invariant {
  Word id;
  std::string file_name;
  std::optional<FieldId> field;
  std::optional<ObligationKind> obligation;
  std::optional<std::string> approver;
  std::vector<ValueTest> where;
};

void ReadApprover(const YamlReader& reader, const YamlNode& node, const Schema& schema,
                  Invariant& invariant) {
  const Word word = reader.One(node, "approver");
  if (!reader.ok()) return;
  const Vocabulary* roles = schema.FindVocabulary(kRoles);
  if (roles == nullptr || !roles->Find(word.text)) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; roles != nullptr && i < roles->values.size(); ++i) {
      names.push_back(roles->values[i].name);
    }
    reader.complaint().Unknown(word, "unknown role", names);
    return;
  }
  invariant.approver = word.text;
}

void ReadNever(const YamlReader& reader, const YamlNode& node, const Schema& schema,
               Invariant& invariant) {
  if (!reader.Mapping(node, "never", kNeverKeys)) return;
  const YamlNode* field = node.Find("field");
  const YamlNode* decision = node.Find("decision");
  const YamlNode* approver = node.Find("approver");
  if ((field != nullptr) + (decision != nullptr) + (approver != nullptr) != 1) {
    reader.complaint().At(node.word.at,
                          "never needs one of these: a field, a decision or an approver");
    return;
  }
  if (approver != nullptr) {
    ReadApprover(reader, *approver, schema, invariant);
    return;
  }
  if (decision != nullptr) {
    const Word word = reader.One(*decision, "decision");
    if (reader.ok() && word.text != "permit") {
      reader.complaint().About(word, "only \"permit\" can be ruled out");
    }
    return;
  }
  const Word word = reader.One(*field, "field");
  if (!reader.ok()) return;
  invariant.field = schema.FindField(word.text);
  if (!invariant.field) {
    std::vector<std::string_view> names;
    for (const Field& known : schema.fields) names.push_back(known.name);
    reader.complaint().Unknown(word, "unknown field", names);
  }
}

void ReadAlways(const YamlReader& reader, const YamlNode& node, Invariant& invariant) {
  if (!reader.Mapping(node, "always", kAlwaysKeys)) return;
  const Word word = reader.One(reader.Required(node, "obligation"), "obligation");
  if (!reader.ok()) return;
  invariant.obligation = FindObligation(word.text);
  if (!invariant.obligation) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < kObligationKinds; ++i) {
      names.push_back(ObligationName(static_cast<ObligationKind>(i)));
    }
    reader.complaint().Unknown(word, "unknown obligation", names);
  }
}

void ReadInvariants(const YamlReader& reader, const Pack& pack, const Schema& schema,
                    std::vector<Invariant>& invariants) {
  const YamlNode* list = pack.tree.Find("invariants");
  if (list == nullptr) return;
  std::set<std::string> ids;
  for (const YamlNode& node : reader.Items(*list, "invariants", kMaxInvariants)) {
    if (!reader.Mapping(node, "an invariant", kInvariantKeys)) return;
    Invariant invariant;
    invariant.file_name = pack.file_name;
    invariant.id = reader.One(reader.Required(node, "id"), "the id of an invariant");
    reader.Id(invariant.id, "the id of an invariant");
    if (reader.ok() && !ids.insert(invariant.id.text).second) {
      reader.complaint().About(invariant.id, "this invariant id is already used");
    }
    const YamlNode* never = node.Find("never");
    const YamlNode* always = node.Find("always");
    if (reader.ok() && (never != nullptr) == (always != nullptr)) {
      reader.complaint().At(node.word.at, "an invariant needs either never or always");
    }
    if (!reader.ok()) return;
    if (never != nullptr) {
      ReadNever(reader, *never, schema, invariant);
    } else {
      ReadAlways(reader, *always, invariant);
    }
    if (const YamlNode* where = (never != nullptr ? never : always)->Find("where")) {
      ReadValueTests(reader, *where, schema, invariant.where);
    }
    if (!reader.ok()) return;
    invariants.push_back(std::move(invariant));
  }
}

bool Removes(const Rule& rule, const std::string& field) {
  for (const Obligation& obligation : rule.obligations) {
    const auto* treatments = std::get_if<FieldTreatments>(&obligation);
    if (treatments == nullptr) continue;
    const auto found = treatments->fields.find(field);
    if (found != treatments->fields.end() && found->second.kind == Treatment::Kind::kRemove) {
      return true;
    }
  }
  return false;
}

bool Carries(const Rule& rule, ObligationKind kind) {
  return std::any_of(rule.obligations.begin(), rule.obligations.end(),
                     [kind](const Obligation& obligation) { return KindOf(obligation) == kind; });
}

// Whether a request that matches this rule keeps the promise whatever else matches.
bool Keeps(const Rule& rule, const Invariant& invariant, const Schema& schema) {
  if (rule.effect == Effect::kForbid) return true;
  if (invariant.obligation) return Carries(rule, *invariant.obligation);
  return invariant.field && Removes(rule, schema.fields[*invariant.field].name);
}

bool CanBreak(const Rule& rule, const Invariant& invariant) {
  if (rule.effect != Effect::kPermit) return false;
  return !invariant.field ||
         std::find(rule.grants.begin(), rule.grants.end(), *invariant.field) != rule.grants.end();
}

bool NamesApprover(const Rule& rule, const std::string& role) {
  return std::any_of(rule.obligations.begin(), rule.obligations.end(), [&](const auto& obligation) {
    const auto* approval = std::get_if<Approval>(&obligation);
    return approval != nullptr &&
           std::any_of(approval->count_by_roles.begin(), approval->count_by_roles.end(),
                       [&role](const auto& one) { return one.first.contains(role); });
  });
}

// A rule that names the role breaks the promise as it stands, whether or not it is ever met.
absl::Status CheckApprover(const Invariant& invariant, const RuleSpace& space) {
  const std::vector<Rule>& rules = space.packs().rules();
  const Box where = space.Where(invariant.where);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    Box box = space.BoxOf(i);
    if (!NamesApprover(rules[i], *invariant.approver) || !Narrow(where, box)) continue;
    Complaint complaint(invariant.file_name);
    complaint.About(invariant.id, "rule " + rules[i].id + " names " + *invariant.approver +
                                      " as approver; invariant");
    return complaint.status();
  }
  return absl::OkStatus();
}

absl::Status CheckOne(const Invariant& invariant, const RuleSpace& space, std::size_t* steps) {
  const PackSet& packs = space.packs();
  RequestQuestion question;
  question.covers = space.RulesThat(
      [&](std::size_t i) { return Keeps(packs.rules()[i], invariant, packs.schema()); });
  const Box where = space.Where(invariant.where);
  for (std::size_t i = 0; i < packs.rules().size(); ++i) {
    // A permit that keeps the promise itself keeps it wherever it matches.
    if (!CanBreak(packs.rules()[i], invariant) || question.covers.Has(i)) continue;
    question.within = space.BoxOf(i);
    if (!Narrow(where, question.within)) continue;
    const std::optional<Box> open = space.Find(question, steps);
    Complaint complaint(invariant.file_name);
    if (*steps == 0) {
      complaint.About(invariant.id,
                      "the invariants need more than 2000000 steps: narrow this one with where, or "
                      "simplify the forbids it depends on");
      return complaint.status();
    }
    if (open) {
      complaint.About(invariant.id, "permit " + packs.rules()[i].id + " breaks it for " +
                                        space.Example(*open) + "; invariant");
      return complaint.status();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInvariants(std::span<const Pack> layers, const PackSet& packs) {
  std::vector<Invariant> invariants;
  for (const Pack& pack : layers) {
    Complaint complaint(pack.file_name);
    ReadInvariants(YamlReader(complaint), pack, packs.schema(), invariants);
    if (complaint.any()) return complaint.status();
  }
  std::vector<const ValueTest*> tests;
  for (const Invariant& invariant : invariants) {
    for (const ValueTest& test : invariant.where) tests.push_back(&test);
  }
  const absl::StatusOr<RuleSpace> space = RuleSpace::Of(packs, kInvariantSteps, tests);
  if (!space.ok()) return space.status();
  std::size_t steps = kInvariantSteps;
  for (const Invariant& invariant : invariants) {
    absl::Status status =
        invariant.approver ? CheckApprover(invariant, *space) : CheckOne(invariant, *space, &steps);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace sluis::policies
