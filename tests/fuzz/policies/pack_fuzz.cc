// Any text is either a pack set or a refusal that says something; the byte 1e parts the layers. A
// set that loads decides, and has the digests of its files; a node pack on top permits nothing that
// was not permitted without it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/evaluate.h"
#include "policies/pack_format.h"
#include "policies/pack_yaml.h"
#include "policies/request.h"
#include "tests/support/require.h"

namespace {

using namespace sluis::policies;  // NOLINT(google-build-using-namespace)

using sluis::tests::Require;

Outcome DecideLeast(const PackSet& packs) {
  RequestBuilder builder(packs);
  for (uint32_t i = 0; i < packs.schema().attributes.size(); ++i) {
    const auto& attribute = packs.schema().attributes[i];
    if (attribute.derivation) continue;
    builder.Set(i, attribute.minimum, attribute.SourceOn(Side::kLocal));
  }
  const auto decision = Decide(packs, builder.Build());
  Require(decision.outcome != Outcome::kPermit ||
          (!decision.permits.empty() && decision.forbids.empty()));
  return decision.outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<Pack> layers;
  for (bool more = true; more && layers.size() < 4;) {
    const size_t end = std::min(rest.find('\x1e'), rest.size());
    auto pack = ParsePack("fuzz.yaml", rest.substr(0, end));
    // Laying it out anew takes any text as well: the digest stays.
    const auto laid = FormatPack("fuzz.yaml", rest.substr(0, end));
    if (pack.ok() && laid.ok()) {
      const auto again = ParsePack("fuzz.yaml", *laid);
      Require(again.ok() && again->digest == pack->digest);
    }
    if (!pack.ok()) {
      Require(!pack.status().message().empty());
      return 0;
    }
    layers.push_back(*std::move(pack));
    more = end < rest.size();
    rest.remove_prefix(more ? end + 1 : end);
  }
  const auto packs = PackSet::Load(layers);
  if (!packs.ok()) {
    Require(!packs.status().message().empty());
    return 0;
  }
  Require(packs->digests().statutory == layers[0].digest &&
          packs->layers().size() == layers.size());
  const Outcome outcome = DecideLeast(*packs);
  if (layers.back().layer != Layer::kNode) return 0;
  Require(packs->digests().node == layers.back().digest);
  layers.pop_back();
  const auto above = PackSet::Load(std::move(layers));
  Require(!above.ok() || outcome != Outcome::kPermit || DecideLeast(*above) == Outcome::kPermit);
  return 0;
}
