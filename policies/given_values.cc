#include "policies/given_values.h"

#include "policies/rules_yaml.h"

namespace sluis::policies {

void ReadGivenValues(const YamlReader& reader, const YamlNode& node, const Schema& schema,
                     GivenValues& values) {
  if (!reader.ok()) return;
  if (node.kind != YamlNode::Kind::kMapping) {
    reader.complaint().At(node.word.at, "values must be a mapping of attributes to values");
    return;
  }
  for (const auto& [name, value_node] : node.entries) {
    const AttributeId id = ReadAttributeName(reader, name, schema);
    const Word word = reader.One(value_node, "a value");
    if (!reader.ok()) return;
    const Attribute& attribute = schema.attributes[id];
    const auto value = schema.FindValue(attribute, word.text);
    if (!value) {
      reader.complaint().About(word, "not a value of attribute " + attribute.name);
    } else if (attribute.derivation) {
      reader.complaint().About(name, "this attribute is derived: it cannot be given");
    } else {
      values[id] = *value;
    }
  }
}

absl::StatusOr<GivenValues> BaseOf(std::span<const Pack> layers, const Schema& schema) {
  GivenValues base;
  for (const Pack& pack : layers) {
    Complaint complaint(pack.file_name);
    if (const YamlNode* node = pack.tree.Find("base")) {
      ReadGivenValues(YamlReader(complaint), *node, schema, base);
    }
    if (complaint.any()) return complaint.status();
  }
  return base;
}

Request RequestFrom(const PackSet& packs, const GivenValues& values) {
  const Schema& schema = packs.schema();
  Side side = Side::kLocal;
  if (const auto id = schema.FindAttribute("side"); id && values.contains(*id)) {
    side = schema.SideOf(schema.attributes[*id], values.at(*id));
  }
  RequestBuilder builder(packs);
  for (const auto& [id, value] : values) {
    builder.Set(id, value, schema.attributes[id].SourceOn(side));
  }
  return builder.Build();
}

}  // namespace sluis::policies
