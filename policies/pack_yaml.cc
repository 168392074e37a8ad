#include "policies/pack_yaml.h"

#include <algorithm>
#include <array>

#include "crypto/hash.h"
#include "policies/yaml_reader.h"

namespace sluis::policies {
namespace {

constexpr int32_t kLanguageVersion = 1;
constexpr int32_t kMaxVersion = 1'000'000;
constexpr std::size_t kMaxExtends = 4;
constexpr std::string_view kDigestLabel = "sluis/pack/v1";

constexpr auto kSections = std::to_array<std::string_view>(
    {"sluis", "pack", "vocab", "attributes", "fields", "rules", "invariants", "base", "tests"});
constexpr auto kNodeSections =
    std::to_array<std::string_view>({"sluis", "pack", "rules", "invariants", "base", "tests"});
constexpr auto kHeaderKeys =
    std::to_array<std::string_view>({"id", "layer", "version", "extends", "protocol", "valid"});
constexpr auto kExtendsKeys = std::to_array<std::string_view>({"id", "version"});
constexpr auto kValidKeys = std::to_array<std::string_view>({"from", "until"});
constexpr std::array<std::string_view, kLayers> kLayerNames = {"statutory", "partnership", "node"};
constexpr auto kEffects = std::to_array<std::string_view>({"permit", "forbid", "require"});

void ReadExtends(const YamlReader& reader, const YamlNode& node, Pack& pack) {
  for (const YamlNode& item : reader.Items(node, "extends", kMaxExtends)) {
    if (!reader.Mapping(item, "extends", kExtendsKeys)) return;
    PackReference reference;
    reference.id = reader.One(reader.Required(item, "id"), "the id of a pack");
    reference.version =
        reader.Integer(reader.One(reader.Required(item, "version"), "version"), 1, kMaxVersion);
    pack.extends.push_back(std::move(reference));
  }
}

void ReadHeader(const YamlReader& reader, const YamlNode& node, Pack& pack) {
  if (!reader.Mapping(node, "pack", kHeaderKeys)) return;
  const Word id = reader.One(reader.Required(node, "id"), "the id of the pack");
  reader.Name(id, "the id of the pack", ".-");
  pack.id = id.text;
  const Word layer = reader.One(reader.Required(node, "layer"), "layer");
  const auto found = std::find(kLayerNames.begin(), kLayerNames.end(), layer.text);
  if (reader.ok() && found == kLayerNames.end()) {
    reader.complaint().Unknown(layer, "unknown layer", kLayerNames);
  }
  if (!reader.ok()) return;
  pack.layer = static_cast<Layer>(found - kLayerNames.begin());
  pack.version =
      reader.Integer(reader.One(reader.Required(node, "version"), "version"), 1, kMaxVersion);
  if (const YamlNode* extends = node.Find("extends")) ReadExtends(reader, *extends, pack);
  if (reader.ok() && pack.layer == Layer::kStatutory && !pack.extends.empty()) {
    reader.complaint().About(pack.extends[0].id, "a statutory pack extends nothing");
  }
  if (const YamlNode* protocol = node.Find("protocol")) {
    const Word word = reader.One(*protocol, "protocol");
    reader.Name(word, "the id of the protocol", ".-");
    pack.protocol = word.text;
  }
  const YamlNode& valid = reader.Required(node, "valid");
  if (!reader.Mapping(valid, "valid", kValidKeys)) return;
  const Word until = reader.One(reader.Required(valid, "until"), "until");
  pack.valid_from = reader.Date(reader.One(reader.Required(valid, "from"), "from"));
  pack.valid_until = reader.Date(until);
  if (reader.ok() && pack.valid_until < pack.valid_from) {
    reader.complaint().About(until, "the last day lies before the first");
  }
}

// That a node can only narrow is a matter of form: it has no permits and declares no words.
void CheckEffects(const YamlReader& reader, const YamlNode& rules, Layer layer) {
  for (const YamlNode& rule : reader.Items(rules, "rules", kMaxRules)) {
    if (!reader.ok()) return;
    if (rule.kind != YamlNode::Kind::kMapping) {
      reader.complaint().At(rule.word.at, "a rule must be a mapping of keys to values");
      return;
    }
    const Word effect = reader.One(reader.Required(rule, "effect"), "effect");
    if (!reader.ok()) return;
    if (std::find(kEffects.begin(), kEffects.end(), effect.text) == kEffects.end()) {
      reader.complaint().Unknown(effect, "unknown effect", kEffects);
    } else if (layer == Layer::kNode && effect.text == "permit") {
      reader.complaint().About(effect, "a node pack may only forbid or require");
    }
  }
}

}  // namespace

std::string_view LayerName(Layer layer) { return kLayerNames[static_cast<std::size_t>(layer)]; }

absl::StatusOr<Pack> ParsePack(std::string_view file_name, std::string_view text) {
  absl::StatusOr<YamlNode> tree = ParseYamlTree(file_name, text, kPackBounds);
  if (!tree.ok()) return tree.status();

  Complaint complaint{std::string(file_name)};
  const YamlReader reader(complaint);
  Pack pack;
  pack.file_name = file_name;
  if (reader.Mapping(*tree, "a pack", kSections)) {
    const Word language = reader.One(reader.Required(*tree, "sluis"), "the language version");
    reader.Integer(language, kLanguageVersion, kLanguageVersion);
    ReadHeader(reader, reader.Required(*tree, "pack"), pack);
  }
  if (reader.ok() && pack.layer == Layer::kNode) {
    reader.Mapping(*tree, "a node pack, which may only narrow", kNodeSections);
  }
  if (const YamlNode* rules = tree->Find("rules"); rules != nullptr && reader.ok()) {
    CheckEffects(reader, *rules, pack.layer);
  }
  if (!reader.ok()) return complaint.status();

  pack.digest = crypto::Sha256({kDigestLabel, CanonicalBytes(*tree)});
  pack.tree = *std::move(tree);
  return pack;
}

}  // namespace sluis::policies
