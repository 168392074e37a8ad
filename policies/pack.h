// A pack is one signed file of rules; a pack set is the layers in force for one partnership.
#ifndef SLUIS_POLICIES_PACK_H_
#define SLUIS_POLICIES_PACK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "policies/attribute.h"
#include "policies/rule.h"
#include "policies/yaml_tree.h"

namespace sluis::policies {

struct PackReference {
  Word id;
  int32_t version = 0;
};

// A file that was read: its header is checked, its rules are not yet (they need the words that
// higher layers declare; PackSet::Load checks them). Made by ParsePack only. Immutable.
struct Pack {
  std::string file_name;
  std::string id;
  Layer layer = Layer::kStatutory;
  int32_t version = 0;
  std::string protocol;                 // id of the signed protocol; empty when there is none
  std::string valid_from, valid_until;  // yyyy-mm-dd, inclusive
  std::vector<PackReference> extends;
  YamlNode tree;
  crypto::Hash digest{};  // SHA-256("sluis/pack/v1" ‖ CanonicalBytes(tree))
};

// What a decision rested on. effective = SHA-256("sluis/packset/v1" ‖ u8 count ‖ per layer, top
// down: u8 layer ‖ digest).
struct PackDigests {
  crypto::Hash statutory{};
  std::optional<crypto::Hash> partnership;
  std::optional<crypto::Hash> node;
  crypto::Hash effective{};
  bool operator==(const PackDigests&) const = default;
};

inline constexpr std::size_t kMaxRules = 10'000;  // over all layers

class CompiledRules;

// The effective rules. Immutable once loaded: safe to read from any number of threads. Requests,
// attribute and value numbers belong to the set they were made with.
class PackSet {
 public:
  // Resolves the layers (one statutory pack, then at most one partnership and one node pack, in
  // that order), checks every word, runs the tests of each pack on the layers down to its own, and
  // checks every invariant on the whole. Anything wrong: InvalidArgument naming file, line and
  // column, and nothing is loaded.
  static absl::StatusOr<PackSet> Load(std::vector<Pack> layers);

  const Schema& schema() const { return schema_; }
  const std::vector<Rule>& rules() const { return rules_; }  // by layer, then id
  const PackDigests& digests() const { return digests_; }
  const CompiledRules& compiled() const { return *compiled_; }
  const std::vector<Pack>& layers() const { return layers_; }

  // The days (yyyy-mm-dd, inclusive) on which every layer is valid. Decide knows no date: whoever
  // calls it must have checked this one.
  const std::string& valid_from() const { return valid_from_; }
  const std::string& valid_until() const { return valid_until_; }
  bool ValidOn(std::string_view date) const { return valid_from_ <= date && date <= valid_until_; }

  std::optional<AttributeId> FindAttribute(std::string_view name) const {
    return schema_.FindAttribute(name);
  }
  std::optional<ValueId> FindValue(AttributeId attribute, std::string_view word) const {
    return schema_.FindValue(schema_.attributes[attribute], word);
  }
  // Whether the vocabulary `role` lets an organisation of this kind give this role. False for words
  // that are not declared. For whoever issues or accepts a mandate.
  bool RoleAllowedAt(std::string_view role, std::string_view organisation_kind) const;

 private:
  friend class PackSetResolver;
  PackSet() = default;

  Schema schema_;
  std::vector<Rule> rules_;
  std::shared_ptr<const CompiledRules> compiled_;
  PackDigests digests_;
  std::vector<Pack> layers_;
  std::string valid_from_, valid_until_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PACK_H_
