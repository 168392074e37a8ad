#include "tests/cedar/cedar_line.h"

#include <utility>

#include "policies/evaluate.h"
#include "tests/cedar/cedar_policy.h"

namespace sluis::policies {
namespace {

nlohmann::json AsWritten(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kEmpty:
      return nullptr;
    case YamlNode::Kind::kScalar:
      return node.word.text;
    case YamlNode::Kind::kSequence: {
      nlohmann::json list = nlohmann::json::array();
      for (const YamlNode& item : node.items) list.push_back(AsWritten(item));
      return list;
    }
    case YamlNode::Kind::kMapping: {
      nlohmann::json mapping = nlohmann::json::object();
      for (const YamlEntry& entry : node.entries) {
        mapping[entry.key.text] = AsWritten(entry.value);
      }
      return mapping;
    }
  }
  return nullptr;
}

}  // namespace

nlohmann::json CedarLine(const std::string& name, const PackSet& packs) {
  nlohmann::json line = {{"pack", name},
                         {"policies", nlohmann::json::object()},
                         {"rules", nlohmann::json::object()},
                         {"fields", nlohmann::json::array()},
                         {"cases", nlohmann::json::array()}};
  for (CedarPolicy& policy : CedarPolicies(packs)) {
    line["policies"][policy.id] = std::move(policy.text);
  }
  for (const Pack& layer : packs.layers()) {
    const YamlNode* rules = layer.tree.Find("rules");
    if (rules == nullptr) continue;
    for (const YamlNode& rule : rules->items) {
      line["rules"][rule.Find("id")->word.text] = AsWritten(rule);
    }
  }
  for (const Field& field : packs.schema().fields) line["fields"].push_back(field.name);
  return line;
}

nlohmann::json CedarCase(const PackSet& packs, const Request& request) {
  const Decision decision = Decide(packs, request);
  const bool allowed = decision.outcome == Outcome::kPermit;
  nlohmann::json shown = nlohmann::json::array();
  for (const GrantedField& field : decision.granted) shown.push_back(field.name);
  return {{"context", CedarContext(packs, request)},
          {"decision", allowed ? "allow" : "deny"},
          {"determining", allowed ? decision.permits : decision.forbids},
          {"requires", decision.requires_},
          {"shown", std::move(shown)}};
}

}  // namespace sluis::policies
