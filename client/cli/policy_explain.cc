#include "client/cli/policy_explain.h"

#include <utility>
#include <vector>

#include "client/cli/policy_decision.h"
#include "client/cli/policy_files.h"
#include "client/cli/request_context.h"
#include "policies/evaluate.h"

namespace sluis::cli {
namespace {

struct ExplainCommand {
  std::vector<std::string> files;
  std::vector<std::string> set;
  std::string on;
};

std::string Listed(const policies::Schema& schema, const policies::GivenValues& values) {
  std::string text;
  for (const auto& [id, value] : values) {
    const policies::Attribute& attribute = schema.attributes[id];
    text += (text.empty() ? "" : ", ") + attribute.name + "=" + schema.ValueName(attribute, value);
  }
  return text;
}

Json ListedJson(const policies::Schema& schema, const policies::GivenValues& values) {
  Json out = Json::object();
  for (const auto& [id, value] : values) {
    const policies::Attribute& attribute = schema.attributes[id];
    out[attribute.name] = schema.ValueName(attribute, value);
  }
  return out;
}

// The attributes that neither `values` nor another attribute says, as options are typed.
std::string Missing(const policies::Schema& schema, const policies::GivenValues& values) {
  std::string missing;
  for (policies::AttributeId id = 0; id < schema.attributes.size(); ++id) {
    const policies::Attribute& attribute = schema.attributes[id];
    if (attribute.derivation || values.contains(id)) continue;
    missing += (missing.empty() ? "" : ", ") + attribute.name;
  }
  return missing;
}

Exit Explain(Shell& shell, const ExplainCommand& options) {
  const Result<std::string> typed = DayOf(options.on, "--on");
  if (!typed.ok()) return shell.Fail(typed.failure());
  const std::string day = typed->empty() ? shell.today() : *typed;
  const Result<policies::PackSet> packs = LoadPacks(options.files);
  if (!packs.ok()) return shell.Fail(packs.failure());
  const policies::Schema& schema = packs->schema();
  const Result<policies::GivenValues> set =
      ValuesTyped(schema, options.set, "--set", Derived::kRefused);
  if (!set.ok()) return shell.Fail(set.failure());
  absl::StatusOr<policies::GivenValues> base = policies::BaseOf(packs->layers(), schema);
  if (!base.ok()) return shell.Fail(PacksRefused({WordsOf(base.status())}));
  policies::GivenValues all = *set;
  all.insert(base->begin(), base->end());
  for (const auto& [id, value] : *set) base->erase(id);
  if (const std::string missing = Missing(schema, all); !missing.empty()) {
    return shell.Fail(Exit::kUsage, "policy.missing", {{"names", missing}});
  }
  const policies::Request request = policies::RequestFrom(*packs, all);
  const policies::Decision decision = policies::Decide(*packs, request);
  if (shell.json) {
    Json out = DecisionJson(*packs, request, decision, day);
    out["set"] = ListedJson(schema, *set);
    out["base"] = ListedJson(schema, *base);
    shell.Print(out);
    return Exit::kDone;
  }
  if (!set->empty()) shell.Say("policy.asked", {{"values", Listed(schema, *set)}});
  if (!base->empty()) shell.Say("policy.from_base", {{"values", Listed(schema, *base)}});
  shell.out() << DecisionLines(shell, *packs, request, decision, day);
  return Exit::kDone;
}

}  // namespace

void AddPolicyExplainCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<ExplainCommand>();
  Shell& shell = set.shell();
  Command(set, group, "explain",
          "sluis policy explain statutory.be.yaml livc-r.yaml --set action=share "
          "--set to.kind=police-zone")
      .Files("file", &options->files, Need::kRequired, "pack_files")
      .Texts("--set", &options->set)
      .Text("--on", &options->on, Need::kOptional, "texts_on")
      .AnswersJson()
      .Runs([&shell, options] { return Explain(shell, *options); });
}

}  // namespace sluis::cli
