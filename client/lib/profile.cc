#include "client/lib/profile.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "client/lib/catalogue.h"
#include "client/lib/certificate.h"
#include "client/lib/flat_yaml.h"
#include "client/lib/own_files.h"
#include "client/lib/signing.h"
#include "crypto/secret.h"

namespace sluis::client {
namespace {

constexpr size_t kMaxProfileBytes = 64 << 10;
constexpr std::string_view kProfileKeys[] = {"node", "organisation", "user",  "secrecy_regime",
                                             "role", "purpose",      "basis", "language"};
constexpr std::string_view kBundleKeys[] = {"node",           "organisation", "user",
                                            "secrecy_regime", "certificate",  "ca"};

Failure Bad(std::string key, const std::string& path, std::string name = "") {
  return {Exit::kUsage, {std::move(key), {{"path", path}, {"key", std::move(name)}}}, nullptr};
}

std::string Get(const FlatYaml& yaml, std::string_view key) {
  const auto at = yaml.find(key);
  return at == yaml.end() || at->second.empty() ? "" : at->second.front();
}

template <size_t N>
Result<FlatYaml> Read(const std::string& path, const std::string_view (&keys)[N]) {
  const Result<std::string> text = ReadWhole(path, kMaxProfileBytes);
  if (!text.ok()) return text.failure();
  return ReadFlatYaml(*text, path, [&](std::string_view key) {
    return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
  });
}

// Values that profile and bundle share.
template <typename T>
Step Identify(const FlatYaml& yaml, const std::string& path, T* out) {
  out->node = Get(yaml, "node");
  out->organisation = Get(yaml, "organisation");
  out->user = Get(yaml, "user");
  if (!IsOrganisationId(out->organisation)) return Bad("yaml.wrong_value", path, "organisation");
  if (!IsUserId(out->user)) return Bad("yaml.wrong_value", path, "user");
  const std::string secrecy = Get(yaml, "secrecy_regime");
  if (secrecy != "true" && secrecy != "false" && !secrecy.empty()) {
    return Bad("yaml.wrong_value", path, "secrecy_regime");
  }
  out->secrecy_regime = secrecy == "true";
  return std::nullopt;
}

// Whether the certificate is for the private key in this file.
Result<bool> IsFor(const Bundle& bundle, const std::string& key_path) {
  Result<std::string> key = ReadSecret(key_path, kMaxProfileBytes);
  if (!key.ok()) return key.failure();
  const bool matches = Matches(bundle.certificate_pem, *key);
  crypto::Wipe(*key);
  return matches;
}

}  // namespace

std::string ProfilesFolder() {
  const char* base = std::getenv("XDG_CONFIG_HOME");
  if (base != nullptr && *base == '/') return std::string(base) + "/sluis";
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : ".") + "/.config/sluis";
}

std::vector<std::string> ProfileNames(const std::string& profiles_folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (std::filesystem::directory_iterator at(profiles_folder, error), end; !error && at != end;
       at.increment(error)) {
    if (Exists(at->path().string() + "/profile.yaml"))
      out.push_back(at->path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<Profile> ChooseProfile(const std::string& profiles_folder, const std::string& name) {
  std::string chosen = name;
  if (chosen.empty()) {
    const std::vector<std::string> names = ProfileNames(profiles_folder);
    if (names.empty()) return Bad("profile.none", profiles_folder);
    if (names.size() > 1) {
      std::string list;
      for (const std::string& one : names) list += (list.empty() ? "" : ", ") + one;
      return Failure{Exit::kUsage, {"profile.several", {{"names", list}}}, nullptr};
    }
    chosen = names.front();
  }
  if (chosen.find('/') != std::string::npos || chosen.starts_with('.')) {
    return Bad("profile.bad_name", chosen);
  }
  return LoadProfile(profiles_folder + "/" + chosen);
}

Result<Profile> LoadProfile(const std::string& folder) {
  Profile profile;
  profile.folder = folder;
  const std::string path = profile.PathOf("profile.yaml");
  if (!Exists(path)) return Bad("profile.absent", folder);
  if (Step failure = CheckPrivateFolder(folder)) return *std::move(failure);
  const Result<FlatYaml> yaml = Read(path, kProfileKeys);
  if (!yaml.ok()) return yaml.failure();
  if (Step failure = Identify(*yaml, path, &profile)) return *std::move(failure);
  profile.role = Get(*yaml, "role");
  profile.purpose = Get(*yaml, "purpose");
  profile.basis = Get(*yaml, "basis");
  profile.language = Get(*yaml, "language");
  if (!profile.language.empty() && !LanguageOf(profile.language)) {
    return Bad("yaml.wrong_value", path, "language");
  }
  return profile;
}

Step SaveProfile(const Profile& profile) {
  const auto one = [](const std::string& value) {
    return value.empty() ? std::vector<std::string>() : std::vector<std::string>{value};
  };
  return WriteOver(profile.PathOf("profile.yaml"),
                   WriteFlatYaml({{"node", one(profile.node)},
                                  {"organisation", one(profile.organisation)},
                                  {"user", one(profile.user)},
                                  {"secrecy_regime", {profile.secrecy_regime ? "true" : "false"}},
                                  {"role", one(profile.role)},
                                  {"purpose", one(profile.purpose)},
                                  {"basis", one(profile.basis)},
                                  {"language", one(profile.language)}}),
                   FileMode::kPrivate);
}

std::string FormatBundle(const Bundle& bundle) {
  return WriteFlatYaml({{"node", {bundle.node}},
                        {"organisation", {bundle.organisation}},
                        {"user", {bundle.user}},
                        {"secrecy_regime", {bundle.secrecy_regime ? "true" : "false"}},
                        {"certificate", {bundle.certificate_pem}},
                        {"ca", {bundle.ca_pem}}});
}

Result<Bundle> ReadBundle(const std::string& path) {
  const Result<FlatYaml> yaml = Read(path, kBundleKeys);
  if (!yaml.ok()) return yaml.failure();
  Bundle bundle;
  if (Step failure = Identify(*yaml, path, &bundle)) return *std::move(failure);
  bundle.certificate_pem = Get(*yaml, "certificate");
  bundle.ca_pem = Get(*yaml, "ca");
  if (bundle.node.empty()) return Bad("yaml.wrong_value", path, "node");
  if (bundle.certificate_pem.empty()) return Bad("yaml.wrong_value", path, "certificate");
  if (bundle.ca_pem.empty()) return Bad("yaml.wrong_value", path, "ca");
  return bundle;
}

Step InstallBundle(const Bundle& bundle, Profile* profile) {
  Result<bool> matches = IsFor(bundle, profile->PathOf("tls.key"));
  if (!matches.ok()) return matches.failure();
  const std::string next = profile->PathOf(kNextKeyFile);
  const bool renews = !*matches && Exists(next);
  if (renews) matches = IsFor(bundle, next);
  if (!matches.ok()) return matches.failure();
  const Result<CertificateFacts> facts = FactsOf(bundle.certificate_pem);
  if (!facts.ok()) return facts.failure();
  const std::vector<std::string> own = {UserUri(profile->organisation, profile->user)};
  if (!*matches || facts->uris != own || !IsSignedBy(bundle.certificate_pem, bundle.ca_pem) ||
      bundle.organisation != profile->organisation || bundle.user != profile->user) {
    return Bad("profile.other_bundle", profile->folder);
  }
  // First: a run cut short after this one is done again with the key in its place.
  if (renews && std::rename(next.c_str(), profile->PathOf("tls.key").c_str()) != 0) {
    return Bad("file.failed", next);
  }
  profile->node = bundle.node;
  profile->secrecy_regime = bundle.secrecy_regime;
  if (Step failure = WriteOver(profile->PathOf("ca.pem"), bundle.ca_pem, FileMode::kPrivate)) {
    return failure;
  }
  if (Step failure =
          WriteOver(profile->PathOf("cert.pem"), bundle.certificate_pem, FileMode::kPrivate)) {
    return failure;
  }
  return SaveProfile(*profile);
}

}  // namespace sluis::client
