// One request to decide on: a value for every attribute of a pack set.
#ifndef SLUIS_POLICIES_REQUEST_H_
#define SLUIS_POLICIES_REQUEST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "policies/attribute.h"
#include "policies/pack.h"

namespace sluis::policies {

// Why a request cannot be evaluated. Only the attribute is named, never the value.
struct RequestDefect {
  enum class Kind {
    kMissing,           // no value was given
    kUnknownAttribute,  // the packs declare no such attribute
    kUnknownValue,      // not a value of this attribute, or `none` where it is not optional
    kWrongSource,       // taken from elsewhere than declared
    kDerived,           // given although it follows from another attribute
    kGivenTwice,
    kOtherPacks,  // the request was built for another pack set
  };
  std::string attribute;
  Kind kind = Kind::kMissing;
  bool operator==(const RequestDefect&) const = default;
};

// Lower-case sentence, e.g. `attribute "purpose" is missing`.
std::string Describe(const RequestDefect& defect);

// A pure value: either complete, or naming the first thing that keeps it from being evaluated.
// Made by RequestBuilder only.
class Request {
 public:
  bool complete() const { return !defect_.has_value(); }
  const std::optional<RequestDefect>& defect() const { return defect_; }
  // One value per attribute of the schema, in its order. Meaningful when complete.
  const std::vector<ValueId>& values() const { return values_; }
  // The effective digest of the packs it was built for.
  const crypto::Hash& packs() const { return packs_; }

 private:
  friend class RequestBuilder;
  Request() = default;

  std::vector<ValueId> values_;
  std::optional<RequestDefect> defect_;
  crypto::Hash packs_{};
};

// Collects values, then checks them all at once. The pack set must outlive the builder, not the
// request. Not thread-safe. Resolve attribute and value numbers once per pack set, not per request.
class RequestBuilder {
 public:
  explicit RequestBuilder(const PackSet& packs);

  // `source` is where the caller of this function really took the value from; Build compares it
  // with the declared source, so that a value from the wire cannot stand in for one from a
  // certificate.
  RequestBuilder& Set(AttributeId attribute, ValueId value, Source source);
  RequestBuilder& Set(std::string_view attribute, std::string_view value, Source source);
  // For truth values: true is 1, false is 0.
  RequestBuilder& SetBool(AttributeId attribute, bool value, Source source) {
    return Set(attribute, value ? 1 : 0, source);
  }

  // Fills in derived attributes. Never fails: a request that lacks something says so itself.
  Request Build() const;

 private:
  struct Slot {
    ValueId value = kNone;
    Source source = Source::kNode;
    bool given = false;
  };

  void Refuse(std::string_view attribute, RequestDefect::Kind kind);

  const PackSet& packs_;
  std::vector<Slot> slots_;
  std::optional<RequestDefect> defect_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_REQUEST_H_
