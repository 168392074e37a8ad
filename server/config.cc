#include "server/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "crypto/hash.h"
#include "server/authn/identity.h"

namespace sluis::server {
namespace {

// Reads one value; returns what it should have been when it is wrong.
using Reader = std::function<std::string(const YAML::Node& value)>;

// Code points of UTF-8 text.
size_t Characters(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// The words of a list that stands in one value, parted by commas and blanks.
std::vector<std::string_view> Words(std::string_view text) {
  constexpr std::string_view kBetween = ", \t";
  std::vector<std::string_view> words;
  while (true) {
    const size_t begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const size_t size = std::min(text.find_first_of(kBetween), text.size());
    words.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
}

struct Key {
  Reader read;
  bool required = false;
};

class ConfigReader {
 public:
  ConfigReader(std::string file_name, Config& config)
      : file_name_(std::move(file_name)),
        folder_(std::filesystem::path(file_name_).parent_path()),
        config_(config) {}

  absl::Status Read(const YAML::Node& root) {
    DeclareKeys();
    if (!root.IsMap()) return Wrong(root, "the file", "must be a list of keys with values");
    absl::Status status = ReadMap(root, "");
    if (!status.ok()) return status;
    for (const auto& [name, key] : keys_) {
      if (key.required && !seen_.contains(name)) {
        return absl::InvalidArgumentError(file_name_ + ": \"" + name + "\" is missing");
      }
    }
    // A node of before there were partnerships starts as it is; one that is to be in one says more.
    if (!seen_.contains("partnership.manifest") && !seen_.contains("partnership.protocol") &&
        !seen_.contains("peer_listener.address")) {
      return absl::OkStatus();
    }
    if (seen_.contains("partnership.protocol") && !seen_.contains("partnership.manifest")) {
      return absl::InvalidArgumentError(file_name_ +
                                        ": \"partnership.manifest\" is missing: a protocol holds "
                                        "between the members that it lists");
    }
    for (const char* name : {"host", "keys.identity"}) {
      if (seen_.contains(name)) continue;
      return absl::InvalidArgumentError(file_name_ + ": \"" + name +
                                        "\" is missing: partners need it");
    }
    return absl::OkStatus();
  }

 private:
  static constexpr size_t kMaxHost = 120;
  static constexpr uint64_t kMany = uint64_t{1} << 40;

  absl::Status Wrong(const YAML::Node& at, const std::string& name, const std::string& what) const {
    return absl::InvalidArgumentError(file_name_ + ":" + std::to_string(at.Mark().line + 1) +
                                      ": \"" + name + "\" " + what);
  }

  absl::Status ReadMap(const YAML::Node& map, const std::string& prefix) {
    for (const auto& item : map) {
      if (!item.first.IsScalar()) return Wrong(item.first, prefix, "has a key that is no word");
      const std::string name = prefix + item.first.Scalar();
      // Where nothing stands behind a key, the parser points at what follows: point at the key.
      const YAML::Node& at = item.second.IsNull() ? item.first : item.second;
      if (!seen_.insert(name).second) return Wrong(item.first, name, "is given twice");
      const auto found = keys_.find(name);
      if (found != keys_.end()) {
        if (!item.second.IsScalar()) return Wrong(at, name, "must be one value");
        const std::string problem = found->second.read(item.second);
        if (!problem.empty()) return Wrong(item.second, name, problem);
        continue;
      }
      const bool section = sections_.contains(name);
      if (!section) return Wrong(item.first, name, "is not a key of this file");
      if (!item.second.IsMap()) return Wrong(at, name, "must be a list of keys with values");
      absl::Status status = ReadMap(item.second, name + ".");
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  Reader Path(std::string Config::*field) {
    return [this, field](const YAML::Node& value) -> std::string {
      if (value.Scalar().empty()) return "must be a path";
      const std::filesystem::path path(value.Scalar());
      config_.*field = (path.is_absolute() ? path : folder_ / path).lexically_normal().string();
      return {};
    };
  }

  Reader Text(std::string Config::*field, std::function<bool(const std::string&)> valid,
              std::string must_be) {
    return [this, field, valid = std::move(valid),
            must_be = std::move(must_be)](const YAML::Node& value) -> std::string {
      if (!valid(value.Scalar())) return must_be;
      config_.*field = value.Scalar();
      return {};
    };
  }

  template <typename Integer>
  Reader Number(Integer Config::*field, uint64_t least, uint64_t most) {
    return Whole([this, field](uint64_t number) { config_.*field = static_cast<Integer>(number); },
                 least, most);
  }
  Reader Cap(uint32_t evaluation::Caps::*field, uint64_t least, uint64_t most) {
    return Whole(
        [this, field](uint64_t number) {
          config_.evaluation_caps.*field = static_cast<uint32_t>(number);
        },
        least, most);
  }

  static Reader Whole(std::function<void(uint64_t)> take, uint64_t least, uint64_t most) {
    return [take = std::move(take), least, most](const YAML::Node& value) -> std::string {
      const std::string& text = value.Scalar();
      const bool digits = !text.empty() && text.size() <= 12 &&
                          text.find_first_not_of("0123456789") == std::string::npos;
      const uint64_t number = digits ? std::stoull(text) : kMany;
      if (number < least || number > most) {
        return "must be a whole number from " + std::to_string(least) + " to " +
               std::to_string(most);
      }
      take(number);
      return {};
    };
  }

  void DeclareKeys() {
    const auto not_empty = [](const std::string& text) { return !text.empty(); };
    const auto kind = [](const std::string& text) {
      return text == "municipality" || text == "police-zone" || text == "welfare";
    };
    keys_ = {
        {"organisation",
         {Text(
              &Config::organisation,
              [](const std::string& text) { return authn::IsOrganisationId(text); },
              "must be a lower-case host name, such as caw-de-overzet.example"),
          true}},
        {"kind", {Text(&Config::kind, kind, "must be municipality, police-zone or welfare"), true}},
        {"secrecy_regime",
         {[this](const YAML::Node& value) -> std::string {
            if (value.Scalar() != "true" && value.Scalar() != "false")
              return "must be true or false";
            config_.secrecy_regime = value.Scalar() == "true";
            return {};
          },
          true}},
        {"host",
         {Text(
             &Config::host,
             [](const std::string& text) { return !text.empty() && Characters(text) <= kMaxHost; },
             "must be a name of 1 to 120 characters")}},
        {"data_folder", {Path(&Config::data_folder), true}},
        {"backup_folder", {Path(&Config::backup_folder), true}},
        {"key_copy_folder", {Path(&Config::key_copy_folder)}},
        {"key_copy_days", {Number(&Config::key_copy_days, 0, 90)}},
        {"user_listener.address",
         {Text(&Config::listen_address, not_empty, "must be an address with a port"), true}},
        {"user_listener.certificate_folder", {Path(&Config::certificate_folder), true}},
        {"keys.log", {Path(&Config::log_key_file), true}},
        {"keys.identity", {Path(&Config::identity_key_file)}},
        {"keys.mandate_public",
         {[this](const YAML::Node& value) -> std::string {
            absl::StatusOr<crypto::Bytes> key = crypto::Base64Decode(value.Scalar());
            absl::StatusOr<crypto::FixedBytes<32>> fixed =
                crypto::ToFixed<32>(key.ok() ? *key : crypto::Bytes());
            if (!fixed.ok()) return "must be 32 bytes in base64";
            config_.mandate_public = *fixed;
            return {};
          },
          true}},
        {"packs.statutory", {Path(&Config::statutory_pack), true}},
        {"packs.partnership", {Path(&Config::partnership_pack), true}},
        {"packs.node", {Path(&Config::node_pack)}},
        {"partnership.manifest", {Path(&Config::manifest_file)}},
        {"partnership.protocol", {Path(&Config::protocol_file)}},
        {"partnership.exercise_cooling_off_s",
         {Number(&Config::exercise_cooling_off_s, 1, 14 * 24 * 3600)}},
        {"partnership.exercise_identity_keys", {[this](const YAML::Node& value) -> std::string {
           const auto kinds = identity::KeyKinds::FromWords(Words(value.Scalar()));
           if (!kinds.ok()) return "is no list of " + std::string(kinds.status().message());
           config_.exercise_identity_keys = *kinds;
           return {};
         }}},
        {"peer_listener.address",
         {Text(&Config::peer_listen_address, not_empty, "must be an address with a port")}},
        {"loopback.address",
         {Text(&Config::loopback_address, not_empty, "must be a loopback address with a port"),
          true}},
        {"tick_ms", {Number(&Config::tick_ms, 10, 60'000)}},
        {"heartbeat_s", {Number(&Config::heartbeat_s, 1, 3600)}},
        {"low_water_mb", {Number(&Config::low_water_mb, 1, 1'000'000)}},
        {"ballast_mb", {Number(&Config::ballast_mb, 1, 10'000)}},
        {"limits.refusals_per_minute", {Number(&Config::refusals_per_minute, 1, 10'000)}},
        {"evaluation.per_case", {Cap(&evaluation::Caps::per_case, 1, 100'000)}},
        {"evaluation.case_days", {Cap(&evaluation::Caps::case_days, 16, 366)}},
        {"evaluation.per_person_day", {Cap(&evaluation::Caps::per_person_day, 1, 100'000)}},
        {"evaluation.per_asker_day", {Cap(&evaluation::Caps::per_asker_day, 1, 100'000)}},
        {"evaluation.unproven", {Cap(&evaluation::Caps::unproven, 1, 1000)}},
        {"first_administrator.request", {Path(&Config::first_administrator_request)}},
        {"openssl_conf", {Path(&Config::openssl_conf), true}}};
    sections_ = {"user_listener", "keys",   "packs",      "partnership",        "peer_listener",
                 "loopback",      "limits", "evaluation", "first_administrator"};
  }

  const std::string file_name_;
  const std::filesystem::path folder_;
  Config& config_;
  std::map<std::string, Key> keys_;
  std::set<std::string> sections_;
  std::set<std::string> seen_;
};

}  // namespace

absl::StatusOr<Config> ParseConfig(const std::string& file_name, std::string_view text) {
  if (text.size() > kMaxConfigBytes) {
    return absl::InvalidArgumentError(file_name + ": the file is longer than 64 KiB");
  }
  Config config;
  config.digest = crypto::Sha256(text);
  try {
    absl::Status status = ConfigReader(file_name, config).Read(YAML::Load(std::string(text)));
    if (!status.ok()) return status;
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(file_name + ":" + std::to_string(error.mark.line + 1) + ": " +
                                      error.msg);
  }
  return config;
}

absl::StatusOr<Config> ReadConfig(const std::string& file_name) {
  std::ifstream file(file_name, std::ios::binary);
  if (!file) {
    return absl::NotFoundError("cannot read \"" + file_name +
                               "\"; make a configuration with sluis node init");
  }
  std::string text(kMaxConfigBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return ParseConfig(file_name, text);
}

namespace {

bool SameCaps(const evaluation::Caps& a, const evaluation::Caps& b) {
  return a.per_case == b.per_case && a.case_days == b.case_days &&
         a.per_person_day == b.per_person_day && a.per_asker_day == b.per_asker_day &&
         a.unproven == b.unproven;
}

}  // namespace

absl::Status CheckReload(const Config& now, const Config& next) {
  const std::pair<const char*, bool> fixed[] = {
      {"organisation", now.organisation == next.organisation},
      {"kind", now.kind == next.kind},
      {"host", now.host == next.host},
      {"data_folder", now.data_folder == next.data_folder},
      {"user_listener.address", now.listen_address == next.listen_address},
      {"user_listener.certificate_folder", now.certificate_folder == next.certificate_folder},
      // The day that an erasure states rests on both.
      {"key_copy_folder", now.key_copy_folder == next.key_copy_folder},
      {"key_copy_days", now.key_copy_days == next.key_copy_days},
      {"keys.log", now.log_key_file == next.log_key_file},
      {"keys.identity", now.identity_key_file == next.identity_key_file},
      {"keys.mandate_public", now.mandate_public == next.mandate_public},
      {"peer_listener.address", now.peer_listen_address == next.peer_listen_address},
      {"loopback.address", now.loopback_address == next.loopback_address},
      {"tick_ms", now.tick_ms == next.tick_ms},
      {"heartbeat_s", now.heartbeat_s == next.heartbeat_s},
      {"low_water_mb", now.low_water_mb == next.low_water_mb},
      {"ballast_mb", now.ballast_mb == next.ballast_mb},
      {"limits.refusals_per_minute", now.refusals_per_minute == next.refusals_per_minute},
      // What was counted under the caps of before goes on to count.
      {"evaluation", SameCaps(now.evaluation_caps, next.evaluation_caps)},
      {"openssl_conf", now.openssl_conf == next.openssl_conf}};
  for (const auto& [name, same] : fixed) {
    if (!same) {
      return absl::FailedPreconditionError(std::string("\"") + name +
                                           "\" cannot change while the node runs; restart it");
    }
  }
  return absl::OkStatus();
}

}  // namespace sluis::server
