// What a request must say: a flat list of typed attributes, each with one declared source.
#ifndef SLUIS_POLICIES_ATTRIBUTE_H_
#define SLUIS_POLICIES_ATTRIBUTE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/vocabulary.h"

namespace sluis::policies {

// Who vouches for a value. A request that takes a value from anywhere else is refused.
enum class Source {
  kCertificate,  // the verified certificate of the peer or user
  kMandate,      // the mandate signed by the actor's organisation
  kManifest,     // the signed manifest of the partnership
  kOffer,        // terms signed by the sender of a message between nodes
  kRecord,       // a record stored in this node
  kLedger,       // state of this node's ledger; what does not exist is false
  kCaller,       // said by the caller with the call
  kNode,         // known to the node by what it is doing
};
inline constexpr std::size_t kSourceCount = 8;

std::string_view SourceName(Source source);
std::optional<Source> FindSource(std::string_view name);

// Where a decision is made: about something that stays here, at the sender, or at the receiver. The
// words of vocabulary `side`, in this order; packs without an attribute `side` are local.
enum class Side { kLocal, kRelease, kAccept };
inline constexpr std::size_t kSides = 3;

std::string_view SideName(Side side);

enum class ValueType { kVocabulary, kBool, kInteger };

// The index of an attribute in its Schema. Means something only together with its PackSet.
using AttributeId = uint32_t;
inline constexpr std::size_t kMaxAttributes = 60;

// The value of a derived attribute is a property of the value of another one, e.g. the mode of the
// role; nobody supplies it.
struct Derivation {
  AttributeId base = 0;
  std::string property;
  std::vector<ValueId> value_of;  // indexed by the value of the base
};

struct Attribute {
  std::string name;
  ValueType type = ValueType::kBool;
  std::size_t vocabulary = 0;        // index into Schema::vocabularies; kVocabulary only
  int32_t minimum = 0, maximum = 0;  // inclusive; kInteger only
  bool optional = false;             // `none` is a value; it matches only tests that name it
  // By Side: the same fact is a stored record to a sender and signed terms to a receiver.
  std::array<Source, kSides> sources{};
  std::optional<Derivation> derivation;

  Source SourceOn(Side side) const { return sources[static_cast<std::size_t>(side)]; }
};

// A field of a record that a permit may grant, and the steps, fine to coarse, by which it can be
// generalised.
struct Field {
  std::string name;
  std::vector<std::string> steps;
};
using FieldId = uint32_t;
inline constexpr std::size_t kMaxFields = 60;

// Everything that can be said under one PackSet. Immutable after load; safe to share.
struct Schema {
  std::vector<Vocabulary> vocabularies;
  std::vector<Attribute> attributes;
  std::vector<Field> fields;

  const Vocabulary* FindVocabulary(std::string_view name) const;
  std::optional<AttributeId> FindAttribute(std::string_view name) const;
  std::optional<FieldId> FindField(std::string_view name) const;

  // The value named `word` of the attribute; nothing when it has no such value. Integers are
  // decimal without sign; truth values are "true" and "false".
  std::optional<ValueId> FindValue(const Attribute& attribute, std::string_view word) const;
  // The word for a value that is in the attribute's range.
  std::string ValueName(const Attribute& attribute, ValueId value) const;
  bool InRange(const Attribute& attribute, ValueId value) const;
  // The side that a value of attribute `side` stands for.
  Side SideOf(const Attribute& attribute, ValueId value) const;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_ATTRIBUTE_H_
