#include "tests/support/partnership_packs.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include "policies/pack_yaml.h"
#include "tests/support/places.h"

namespace sluis::tests {
namespace {

[[noreturn]] void Give(const std::string& why) {
  std::fprintf(stderr, "partnership_packs: %s\n", why.c_str());
  std::abort();
}

std::string ReadPack(const std::string& name) {
  std::ifstream file(InSources("/policies/packs/") + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Edited(std::string pack, const PackEdits& edits) {
  for (const auto& [from, to] : edits) {
    size_t found = 0;
    for (size_t at = pack.find(from); at != std::string::npos;
         at = pack.find(from, at + to.size())) {
      pack.replace(at, from.size(), to);
      ++found;
    }
    if (found == 0) Give("no such text in the pack: " + from);
  }
  if (!edits.empty()) pack.resize(pack.find("\ntests:\n") + 1);
  return pack;
}

policies::PackSet Load(const PackEdits& edits, const std::string& node_layer) {
  std::vector<policies::Pack> layers;
  for (const auto& [name, text] :
       {std::pair<std::string, std::string>{"statutory", ReadPack("statutory.be.yaml")},
        {"partnership", Edited(ReadPack("livc-r.vaartland.yaml"), edits)},
        {"node", node_layer}}) {
    if (text.empty()) continue;
    absl::StatusOr<policies::Pack> pack = policies::ParsePack(name, text);
    if (!pack.ok()) Give(pack.status().ToString());
    layers.push_back(*std::move(pack));
  }
  absl::StatusOr<policies::PackSet> packs = policies::PackSet::Load(std::move(layers));
  if (!packs.ok()) Give(packs.status().ToString());
  return *std::move(packs);
}

}  // namespace

policies::PackSet PartnershipPacks(const PackEdits& edits, const std::string& node_layer) {
  static std::mutex mutex;
  static auto& loaded = *new std::map<std::pair<PackEdits, std::string>, policies::PackSet>;
  std::lock_guard lock(mutex);
  const std::pair key(edits, node_layer);
  auto found = loaded.find(key);
  if (found == loaded.end()) found = loaded.emplace(key, Load(edits, node_layer)).first;
  return found->second;
}

}  // namespace sluis::tests
