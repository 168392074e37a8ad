#ifndef SLUIS_TESTS_SUPPORT_TERMS_UNDER_H_
#define SLUIS_TESTS_SUPPORT_TERMS_UNDER_H_

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policies/pack_yaml.h"
#include "server/core/terms.h"
#include "tests/support/places.h"

namespace sluis::tests {

// Terms of one organisation with the shipped packs and this manifest (may be null), for what reads
// nothing else of them. Ends the process when the packs cannot be read.
inline std::shared_ptr<core::Terms> TermsUnder(
    const std::string& organisation, std::shared_ptr<const partnership::SignedManifest> manifest) {
  std::vector<policies::Pack> layers;
  for (const char* name : {"statutory.be.yaml", "livc-r.vaartland.yaml"}) {
    const std::string path = tests::InSources("/policies/packs/") + name;
    std::ifstream file(path, std::ios::binary);
    auto pack = policies::ParsePack(path, std::string(std::istreambuf_iterator<char>(file), {}));
    if (!pack.ok()) std::abort();
    layers.push_back(*std::move(pack));
  }
  auto packs = policies::PackSet::Load(std::move(layers));
  if (!packs.ok()) std::abort();
  auto terms = std::make_shared<core::Terms>(*std::move(packs));
  terms->organisation = organisation;
  terms->manifest = std::move(manifest);
  return terms;
}

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_TERMS_UNDER_H_
