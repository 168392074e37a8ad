#include "client/lib/node_configuration.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "client/lib/own_files.h"
#include "crypto/bytes.h"

namespace sluis::client {
namespace {

constexpr size_t kMaxConfigurationBytes = 64 << 10;

Failure Bad(const std::string& path, const std::string& key) {
  return {Exit::kUsage, {"configuration.wrong", {{"path", path}, {"key", key}}}, nullptr};
}

// Takes the values out one by one and remembers the first that is not there.
class Values {
 public:
  Values(const YAML::Node& root, const std::filesystem::path& folder)
      : root_(root), folder_(folder) {}

  std::string Text(const std::string& section, const std::string& name) {
    const YAML::Node value = section.empty() ? root_[name] : Section(section)[name];
    if (value && value.IsScalar() && !value.Scalar().empty()) return value.Scalar();
    if (missing_.empty()) missing_ = section.empty() ? name : section + "." + name;
    return {};
  }
  std::string Path(const std::string& section, const std::string& name) {
    const std::filesystem::path path(Text(section, name));
    return (path.is_absolute() ? path : folder_ / path).lexically_normal().string();
  }
  const std::string& missing() const { return missing_; }

 private:
  YAML::Node Section(const std::string& name) const {
    const YAML::Node section = root_[name];
    return section && section.IsMap() ? section : YAML::Node(YAML::NodeType::Map);
  }

  const YAML::Node root_;
  const std::filesystem::path folder_;
  std::string missing_;
};

Result<NodeConfiguration> Take(const YAML::Node& root, const std::string& path) {
  if (!root.IsMap()) return Bad(path, "organisation");
  const std::filesystem::path file(path);
  Values values(root, file.parent_path());
  NodeConfiguration out;
  out.organisation = values.Text("", "organisation");
  out.kind = values.Text("", "kind");
  const std::string secrecy = values.Text("", "secrecy_regime");
  out.ca_certificate = values.Path("user_listener", "certificate_folder") + "/ca.crt";
  out.identity_key = values.Path("keys", "identity");
  out.log_key = values.Path("keys", "log");
  const std::string mandate = values.Text("keys", "mandate_public");
  out.statutory_pack = values.Path("packs", "statutory");
  out.partnership_pack = values.Path("packs", "partnership");
  if (!values.missing().empty()) return Bad(path, values.missing());
  if (secrecy != "true" && secrecy != "false") return Bad(path, "secrecy_regime");
  out.secrecy_regime = secrecy == "true";
  const absl::StatusOr<crypto::Bytes> decoded = crypto::Base64Decode(mandate);
  const absl::StatusOr<crypto::PublicKey> key =
      crypto::ToFixed<32>(decoded.ok() ? *decoded : crypto::Bytes());
  if (!key.ok()) return Bad(path, std::string("keys.") + "mandate_public");
  out.mandate_public = *key;
  const std::string keys = std::filesystem::path(out.identity_key).parent_path().string();
  out.witness_key = keys + "/witness.key";
  out.receipt_key = keys + "/receipt.key";
  if (const YAML::Node host = root["host"]; host && host.IsScalar()) out.host = host.Scalar();
  return out;
}

}  // namespace

Result<NodeConfiguration> ReadNodeConfiguration(const std::string& path) {
  const Result<std::string> text = ReadWhole(path, kMaxConfigurationBytes);
  if (!text.ok()) return text.failure();
  try {
    return Take(YAML::Load(*text), path);
  } catch (const YAML::Exception& error) {
    return Failure{Exit::kUsage,
                   {"configuration.unreadable",
                    {{"path", path}, {"line", std::to_string(error.mark.line + 1)}}},
                   nullptr};
  }
}

}  // namespace sluis::client
