// Reads packs from the source tree, for tests.
#ifndef SLUIS_TESTS_SUPPORT_SHIPPED_PACKS_H_
#define SLUIS_TESTS_SUPPORT_SHIPPED_PACKS_H_

#include <array>
#include <fstream>
#include <initializer_list>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "policies/pack.h"
#include "policies/pack_yaml.h"
#include "tests/support/places.h"

namespace sluis::policies {

inline std::string ReadSourceFile(std::string_view path) {
  std::ifstream file(tests::InSources("/") + std::string(path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline absl::StatusOr<PackSet> LoadTexts(
    std::initializer_list<std::pair<std::string_view, std::string>> files) {
  std::vector<Pack> packs;
  for (const auto& [name, text] : files) {
    absl::StatusOr<Pack> pack = ParsePack(name, text);
    if (!pack.ok()) return pack.status();
    packs.push_back(*std::move(pack));
  }
  return PackSet::Load(std::move(packs));
}

// Loaded once per process: loading runs hundreds of tests of the packs. Not thread-safe.
inline absl::StatusOr<PackSet> LoadFiles(std::initializer_list<std::string_view> paths) {
  static auto& loaded = *new std::map<std::vector<std::string>, PackSet>;
  const std::vector<std::string> key(paths.begin(), paths.end());
  if (const auto found = loaded.find(key); found != loaded.end()) return found->second;
  std::vector<Pack> packs;
  for (std::string_view path : paths) {
    absl::StatusOr<Pack> pack = ParsePack(path, ReadSourceFile(path));
    if (!pack.ok()) return pack.status();
    packs.push_back(*std::move(pack));
  }
  absl::StatusOr<PackSet> set = PackSet::Load(std::move(packs));
  if (set.ok()) loaded.emplace(key, *set);
  return set;
}

inline constexpr std::string_view kStatutoryPack = "policies/packs/statutory.be.yaml";
inline constexpr std::string_view kPartnershipPack = "policies/packs/livc-r.vaartland.yaml";
inline constexpr std::string_view kNodePack = "policies/packs/node.caw.yaml";
// The other partnership packs: those that load, and those that wait for a legal basis.
inline constexpr std::array<std::string_view, 3> kOtherPartnershipPacks = {
    "policies/packs/livc-r.yaml", "policies/packs/hulp-doorverwijzing.yaml",
    "policies/packs/advies.yaml"};
inline constexpr std::array<std::string_view, 4> kWaitingPacks = {
    "policies/packs/hulp-geheim.yaml", "policies/packs/brede-finaliteit.yaml",
    "policies/packs/tussen-tafels.yaml", "policies/packs/veilig-huis.yaml"};

// A pack that waits, as it would be once its basis is in force.
inline std::string InForce(std::string_view path) {
  constexpr std::string_view kNothing = "citations: []";
  std::string text = ReadSourceFile(path);
  const std::size_t at = text.find(kNothing);
  return at == std::string::npos ? std::string()
                                 : text.replace(at, kNothing.size(), "citations: [{cite: proef}]");
}

// Frozen: counts and answers of the analysis are known for it.
inline constexpr std::string_view kAboveExample = "tests/policies/data/statutory.voorbeeld.yaml";
inline constexpr std::string_view kExamplePack = "tests/policies/data/livc-r.voorbeeldvallei.yaml";

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_SUPPORT_SHIPPED_PACKS_H_
