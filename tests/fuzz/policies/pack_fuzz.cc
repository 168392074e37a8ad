// Any text is either a pack set or a refusal; a set that loads decides, and reading the file's
// canonical bytes again gives the same digest.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/evaluate.h"
#include "policies/pack_yaml.h"
#include "policies/request.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sluis::policies::Decide;
  using sluis::policies::Outcome;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto pack = sluis::policies::ParsePack("fuzz.yaml", text);
  if (!pack.ok()) return 0;
  const auto digest = pack->digest;
  std::vector<sluis::policies::Pack> layers;
  layers.push_back(*std::move(pack));
  const auto packs = sluis::policies::PackSet::Load(std::move(layers));
  if (!packs.ok()) return 0;
  if (packs->digests().statutory != digest) std::abort();

  sluis::policies::RequestBuilder builder(*packs);
  for (uint32_t i = 0; i < packs->schema().attributes.size(); ++i) {
    const auto& attribute = packs->schema().attributes[i];
    if (attribute.derivation) continue;
    builder.Set(i, attribute.minimum, attribute.SourceOn(sluis::policies::Side::kLocal));
  }
  const auto decision = Decide(*packs, builder.Build());
  if (decision.outcome == Outcome::kPermit && decision.permits.empty()) std::abort();
  if (decision.outcome == Outcome::kPermit && !decision.forbids.empty()) std::abort();
  return 0;
}
