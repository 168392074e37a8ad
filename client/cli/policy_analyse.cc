#include "client/cli/policy_analyse.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "client/cli/policy_files.h"
#include "client/cli/request_context.h"
#include "crypto/bytes.h"
#include "policies/class_count.h"
#include "policies/rule_findings.h"
#include "policies/visibility.h"

namespace sluis::cli {
namespace {

using policies::MatrixRow;
using policies::Sight;

struct AnalyseCommand {
  std::vector<std::string> files;
  std::string on;
};

// Whoever can see a field for one purpose, some of them only coarser.
struct Viewers {
  std::string purpose;
  std::vector<std::string> as_is, coarser;      // roles
  std::map<std::string, std::string> requests;  // by role, one that shows it
};

struct FieldSight {
  std::string field;
  std::vector<Viewers> purposes;  // those for which somebody can
};

struct Analysis {
  policies::ClassCount count;
  std::vector<policies::RuleFinding> idle;
  std::vector<policies::MissingBasis> missing;
  bool has_axes = false;
  std::vector<FieldSight> sight;
  std::vector<MatrixRow> acts;  // by role, then purpose: what is permitted at all
};

// The axes of what is asked of roles: values[0] is the purpose, values[1] the role.
constexpr size_t kPurpose = 0;
constexpr size_t kRole = 1;

std::string Number(absl::uint128 count) {
  std::ostringstream text;
  text << count;
  return text.str();
}

std::string Joined(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

// Rows are (purpose, role), purposes together.
std::vector<FieldSight> SightOf(const policies::Schema& schema,
                                const std::vector<MatrixRow>& rows) {
  std::vector<FieldSight> out;
  for (size_t field = 0; field < schema.fields.size(); ++field) {
    FieldSight one{schema.fields[field].name, {}};
    for (const MatrixRow& row : rows) {
      if (row.fields[field] == Sight::kNever) continue;
      if (one.purposes.empty() || one.purposes.back().purpose != row.values[0]) {
        one.purposes.push_back({row.values[0], {}, {}, {}});
      }
      Viewers& viewers = one.purposes.back();
      (row.fields[field] == Sight::kAsIs ? viewers.as_is : viewers.coarser)
          .push_back(row.values[1]);
      viewers.requests.emplace(row.values[1], row.examples[field]);
    }
    out.push_back(std::move(one));
  }
  return out;
}

// Whether a request says this word by word: what follows from another attribute is no axis, and a
// number has no words.
bool IsAxis(const policies::Schema& schema, std::string_view name) {
  const auto id = schema.FindAttribute(name);
  return id && !schema.attributes[*id].derivation &&
         schema.attributes[*id].type != policies::ValueType::kInteger;
}

absl::StatusOr<Analysis> AnalysisOf(const policies::PackSet& packs, const std::string& day) {
  Analysis out;
  const absl::StatusOr<policies::RuleSpace> rules = policies::RuleSpace::Of(packs);
  if (!rules.ok()) return rules.status();
  absl::StatusOr<policies::ClassCount> count = policies::CountClasses(*rules);
  if (!count.ok()) return count.status();
  out.count = *count;
  absl::StatusOr<std::vector<policies::RuleFinding>> idle = policies::FindIdleRules(*rules);
  if (!idle.ok()) return idle.status();
  out.idle = *std::move(idle);
  absl::StatusOr<std::vector<policies::MissingBasis>> missing =
      policies::PermitsWithoutBasis(*rules, day);
  if (!missing.ok()) return missing.status();
  out.missing = *std::move(missing);
  const policies::Schema& schema = packs.schema();
  out.has_axes = IsAxis(schema, "purpose") && IsAxis(schema, "actor.role");
  if (!out.has_axes) return out;
  const auto rows = policies::AccessMatrix(*rules, {"purpose", "actor.role"}, rules->Where({}));
  if (!rows.ok()) return rows.status();
  out.sight = SightOf(schema, *rows);
  out.acts = *rows;
  const policies::Attribute& role = schema.attributes[*schema.FindAttribute("actor.role")];
  std::stable_sort(out.acts.begin(), out.acts.end(), [&](const auto& a, const auto& b) {
    return schema.FindValue(role, a.values[kRole]) < schema.FindValue(role, b.values[kRole]);
  });
  return out;
}

void SaySight(Shell& shell, const Analysis& analysis) {
  if (!analysis.has_axes) return shell.Say("policy.no_axes");
  shell.Say("policy.sees");
  for (const FieldSight& one : analysis.sight) {
    if (one.purposes.empty()) {
      shell.Say("policy.seen_by_nobody", {{"field", one.field}});
      continue;
    }
    shell.out() << "  " << one.field << '\n';
    for (const Viewers& viewers : one.purposes) {
      std::string roles = Joined(viewers.as_is);
      if (!viewers.coarser.empty()) {
        roles += (roles.empty() ? "" : "; ") +
                 shell.Text("policy.seen_coarser", {{"roles", Joined(viewers.coarser)}});
      }
      shell.out() << "    " << viewers.purpose << ": " << roles << '\n';
      // One that sees it as it is, where somebody does.
      const std::string& who = viewers.as_is.empty() ? viewers.coarser[0] : viewers.as_is[0];
      shell.Say("policy.sight_example", {{"request", viewers.requests.at(who)}});
    }
  }
}

// One line for each purpose, with a request that is permitted.
void SayActs(Shell& shell, const Analysis& analysis) {
  if (!analysis.has_axes) return;
  shell.Say("policy.acts");
  std::string role;
  for (const MatrixRow& row : analysis.acts) {
    if (row.values[kRole] != role) shell.out() << "  " << row.values[kRole] << '\n';
    role = row.values[kRole];
    shell.out() << "    " << row.values[kPurpose] << ": " << row.example << '\n';
  }
}

Json ActsJson(const Analysis& analysis) {
  Json roles = Json::object();
  for (const MatrixRow& row : analysis.acts) {
    roles[row.values[kRole]][row.values[kPurpose]] = row.example;
  }
  return roles;
}

void SayAnalysis(Shell& shell, const policies::PackSet& packs, const Analysis& analysis,
                 const std::string& day) {
  shell.Say("policy.analysis_of", {{"packs", PackNames(packs)}});
  shell.Say("policy.classes", {{"classes", Number(analysis.count.classes)},
                               {"permitted", Number(analysis.count.permitted)}});
  shell.Say(analysis.idle.empty() ? "policy.idle_none" : "policy.idle");
  for (const policies::RuleFinding& finding : analysis.idle) {
    shell.out() << "  " << finding.rule << ": "
                << shell.Text("policy.finding." + std::string(FindingName(finding.kind))) << '\n';
    if (!finding.example.empty()) {
      shell.Say("policy.finding_example", {{"request", finding.example}});
    }
  }
  shell.Say(analysis.missing.empty() ? "policy.basis_good" : "policy.basis_missing",
            {{"day", day}});
  for (const policies::MissingBasis& one : analysis.missing) {
    shell.out() << "  " << one.rule << (one.basis.empty() ? "" : ": ") << one.basis << '\n';
    if (!one.example.empty()) {
      shell.Say("policy.finding_example", {{"request", one.example}});
    }
  }
  SaySight(shell, analysis);
  SayActs(shell, analysis);
}

Json AnalysisJson(const policies::PackSet& packs, const Analysis& analysis,
                  const std::string& day) {
  Json idle = Json::array();
  for (const policies::RuleFinding& finding : analysis.idle) {
    idle.push_back({{"rule", finding.rule},
                    {"finding", FindingName(finding.kind)},
                    {"example", finding.example.empty() ? Json() : Json(finding.example)}});
  }
  Json missing = Json::array();
  for (const policies::MissingBasis& one : analysis.missing) {
    missing.push_back({{"rule", one.rule},
                       {"basis", one.basis},
                       {"example", one.example.empty() ? Json() : Json(one.example)}});
  }
  Json fields = Json::object();
  for (const FieldSight& one : analysis.sight) {
    Json purposes = Json::object();
    for (const Viewers& viewers : one.purposes) {
      purposes[viewers.purpose] = {
          {"as_is", viewers.as_is}, {"coarser", viewers.coarser}, {"examples", viewers.requests}};
    }
    fields[one.field] = purposes;
  }
  return {{"packs", PackNames(packs)},
          {"effective", crypto::HexEncode(crypto::View(packs.digests().effective))},
          {"classes", Number(analysis.count.classes)},
          {"permitted", Number(analysis.count.permitted)},
          {"idle_rules", idle},
          {"on", day},
          {"permits_without_basis", missing},
          {"fields", analysis.has_axes ? fields : Json()},
          {"roles", analysis.has_axes ? ActsJson(analysis) : Json()}};
}

Exit Analyse(Shell& shell, const AnalyseCommand& options) {
  const Result<std::string> typed = DayOf(options.on, "--on");
  if (!typed.ok()) return shell.Fail(typed.failure());
  const std::string day = typed->empty() ? shell.today() : *typed;
  const Result<policies::PackSet> packs = LoadPacks(options.files);
  if (!packs.ok()) return shell.Fail(packs.failure());
  const absl::StatusOr<Analysis> analysis = AnalysisOf(*packs, day);
  if (!analysis.ok()) return shell.Fail(NoAnswer(analysis.status()));
  if (shell.json) {
    shell.Print(AnalysisJson(*packs, *analysis, day));
  } else {
    SayAnalysis(shell, *packs, *analysis, day);
  }
  return analysis->missing.empty() ? Exit::kDone : Exit::kFinding;
}

}  // namespace

void AddPolicyAnalyseCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<AnalyseCommand>();
  Shell& shell = set.shell();
  Command(set, group, "analyse",
          "sluis policy analyse statutory.be.yaml livc-r.yaml --on 2027-01-01")
      .Files("file", &options->files, Need::kRequired, "pack_files")
      .Text("--on", &options->on, Need::kOptional, "basis_on")
      .AnswersJson()
      .Runs([&shell, options] { return Analyse(shell, *options); });
}

}  // namespace sluis::cli
