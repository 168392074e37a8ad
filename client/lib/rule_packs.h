// Rule packs found by their digests, and put together as a log says that they were in force.
//
// Guarantee: a set is made of the packs with exactly these digests, or there is none; a pack of
// another content is another pack, whatever it calls itself. Memory for at most kMaxLoaded sets:
// those asked for last stay loaded, however many others a log names in between. Not guaranteed:
// that a pack was ever agreed on (that is what the manifest says). Thread-safety: one thread.
// Ownership: owns the packs; what Find gives lives until the next call. Errors: none; what is wrong
// is a state of what is found. Source: policies/README.md, "Digests".
#ifndef SLUIS_CLIENT_LIB_RULE_PACKS_H_
#define SLUIS_CLIENT_LIB_RULE_PACKS_H_

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "policies/pack.h"

namespace sluis::client {

// By layer, top down: statutory, partnership, node.
inline constexpr size_t kPackLayers = 3;
using LayerDigests = std::array<std::optional<crypto::Hash>, kPackLayers>;

class RulePacks {
 public:
  RulePacks() = default;
  // Places point into the list, which a copy would not have.
  RulePacks(RulePacks&&) = default;
  RulePacks& operator=(RulePacks&&) = default;

  static constexpr size_t kMaxLoaded = 64;

  // Of two with one digest the first stays: they say the same.
  void Add(policies::Pack pack);
  size_t size() const { return packs_.size(); }

  struct Found {
    // The first layer of which no pack has the digest, as a place in LayerDigests.
    std::optional<size_t> missing;
    // Why the packs are all there and do not load together, in the words of policies/.
    std::string refused;
    // Neither: the rules. Null otherwise.
    const policies::PackSet* packs = nullptr;
  };
  Found Find(const LayerDigests& digests);
  // How often packs were put together, which takes far longer than finding them.
  size_t loads() const { return loads_; }

 private:
  struct Loaded {
    LayerDigests digests;
    std::unique_ptr<const policies::PackSet> packs;
    std::string refused;
  };
  // The last one asked for first.
  using Kept = std::list<Loaded>;

  std::map<crypto::Hash, policies::Pack> packs_;
  Kept kept_;
  std::map<LayerDigests, Kept::iterator> places_;
  size_t loads_ = 0;
};

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_RULE_PACKS_H_
