#include "client/lib/flat_yaml.h"

#include <yaml-cpp/yaml.h>

namespace sluis::client {
namespace {

constexpr size_t kMaxBytes = 256 << 10;
constexpr size_t kMaxItems = 64;

Failure At(std::string key, const std::string& path, int line, std::string_view name = {}) {
  return {Exit::kUsage,
          {std::move(key),
           {{"path", path}, {"line", std::to_string(line + 1)}, {"key", std::string(name)}}},
          nullptr};
}

Result<FlatYaml> FromNode(const YAML::Node& root, const std::string& path,
                          const std::function<bool(std::string_view)>& known) {
  FlatYaml out;
  if (!root.IsMap()) return At("yaml.no_map", path, 0);
  for (const auto& entry : root) {
    const int line = entry.first.Mark().line;
    if (!entry.first.IsScalar()) return At("yaml.no_map", path, line);
    const std::string name = entry.first.Scalar();
    if (!known(name)) return At("yaml.unknown_key", path, line, name);
    auto [at, is_new] = out.try_emplace(name);
    if (!is_new) return At("yaml.key_twice", path, line, name);
    const YAML::Node& value = entry.second;
    if (value.IsNull()) continue;
    if (value.IsScalar()) {
      at->second.push_back(value.Scalar());
      continue;
    }
    if (!value.IsSequence() || value.size() > kMaxItems)
      return At("yaml.bad_value", path, line, name);
    for (const auto& item : value) {
      if (!item.IsScalar()) return At("yaml.bad_value", path, line, name);
      at->second.push_back(item.Scalar());
    }
  }
  return out;
}

}  // namespace

Result<FlatYaml> ReadFlatYaml(const std::string& text, const std::string& path,
                              const std::function<bool(std::string_view)>& known) {
  if (text.size() > kMaxBytes) return At("yaml.too_large", path, 0);
  try {
    return FromNode(YAML::Load(text), path, known);
  } catch (const YAML::Exception& error) {
    return At("yaml.bad_syntax", path, error.mark.line);
  }
}

std::string WriteFlatYaml(
    const std::vector<std::pair<std::string, std::vector<std::string>>>& keys) {
  YAML::Emitter out;
  const auto scalar = [&](const std::string& value) {
    if (value.find('\n') != std::string::npos) out << YAML::Literal;
    out << value;
  };
  out << YAML::BeginMap;
  for (const auto& [key, values] : keys) {
    if (values.empty()) continue;
    out << YAML::Key << key << YAML::Value;
    if (values.size() == 1) {
      scalar(values.front());
      continue;
    }
    out << YAML::BeginSeq;
    for (const std::string& value : values) scalar(value);
    out << YAML::EndSeq;
  }
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

}  // namespace sluis::client
