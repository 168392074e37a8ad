// What rule packs let go from one organisation to another: exactly, each with a request.
//
// A flow is possible when some request for it is permitted at the sender and some request for it at
// the receiver; whether both ever arise together is another matter. Thread-safe. Errors:
// InvalidArgument naming an attribute that the packs would have to declare; RESOURCE_EXHAUSTED as
// of RuleSpace.
#ifndef SLUIS_POLICIES_DISCLOSURE_FLOWS_H_
#define SLUIS_POLICIES_DISCLOSURE_FLOWS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "policies/rule_space.h"
#include "policies/visibility.h"

namespace sluis::policies {

// Kinds of organisation: of the sender, then of the receiver.
using KindPair = std::pair<std::string, std::string>;

struct SeenField {
  std::string name;
  Sight sight = Sight::kAsIs;  // never kNever
  bool operator==(const SeenField&) const = default;
};

// Under one purpose, of records of one category (`none`: of those without), between two kinds.
struct Flow {
  std::string purpose, category, from, to;
  std::vector<std::string> bases;  // each enough by itself in some request
  // What some decision at the sender, or one at the receiver, can grant on each of them: of these
  // fields a node asks that one clause holds them with the ground.
  std::vector<std::vector<std::string>> granted_by_basis;
  std::vector<SeenField> fields;  // what the receiver can see
  std::string example;            // "attribute=value, ..." at the sender
};

// What a flow comes with.
struct FlowCondition {
  std::string rule;
  Obligation obligation;
  bool always = false;  // in every request for it, or only in some
  std::string because;  // in Dutch
};

// Flows that differ in kinds and categories only: every combination of these is one.
struct FlowGroup {
  std::string purpose;
  std::vector<std::string> from, to, categories, bases;
  std::vector<SeenField> fields;
  std::vector<FlowCondition> conditions;  // by rule
  int32_t retention_days = 0;             // the longest; 0 when some request has no limit
};

class DisclosureFlows {
 public:
  // Needs the packs and the space of `rules` for as long as it is used.
  static absl::StatusOr<DisclosureFlows> Of(const RuleSpace& rules);

  // Every kind of organisation that the packs declare.
  std::vector<std::string> Kinds() const { return WordsOf(axes_.from); }

  // In the order of the vocabularies.
  absl::StatusOr<std::vector<Flow>> Between(const std::set<KindPair>& kinds) const;
  absl::StatusOr<std::vector<FlowGroup>> Grouped(const std::vector<Flow>& flows) const;

  // A request, as an example, at the receiver under which content of this purpose may be kept for
  // more days than these; empty when there is none.
  absl::StatusOr<std::string> KeptLongerThan(int32_t days, const std::string& purpose,
                                             const KindPair& kinds) const;
  // A permitted request at the sender of this flow: on exactly this basis, and showing this field,
  // where they are not empty. One at its receiver for a field that is shown only there; empty when
  // there is none.
  absl::StatusOr<std::string> ExampleOn(const Flow& flow, const std::string& basis,
                                        const std::string& field) const;
  // A request at the sender with these values, permitted or not; empty for words that the packs do
  // not declare. `basis` may be empty: any.
  std::string ExampleOf(const std::string& purpose, const std::string& category,
                        const KindPair& kinds, const std::string& basis) const;

  // Which roles (words of `actor.role`, none where the packs have no such attribute) may do
  // something under one of these purposes at an organisation of one of these kinds, or can read
  // there, under whatever purpose, a record of another organisation (`action` list or read,
  // `record.received_under` other than none, where the packs have these); and which of them can see
  // a field either way. Who reads a record may name another purpose than that of the disclosure.
  struct Roles {
    std::vector<std::string> acting, seeing;
  };
  absl::StatusOr<Roles> RolesUnder(const std::vector<std::string>& purposes,
                                   const std::vector<std::string>& kinds) const;

  // Requests between organisations: those of the sender, and those of the receiver.
  const Box& release() const { return release_; }
  const Box& accept() const { return accept_; }

 private:
  struct Axes {
    AttributeId purpose = 0, basis = 0, category = 0, from = 0, to = 0;
  };
  DisclosureFlows(const RuleSpace& rules, Axes axes, Box release, Box accept)
      : rules_(&rules), axes_(axes), release_(std::move(release)), accept_(std::move(accept)) {}

  // The words of an attribute; `none` last where it may be that.
  std::vector<std::string> WordsOf(AttributeId attribute) const;
  // Requests whose attribute has one of these words.
  Box With(AttributeId attribute, const std::vector<std::string>& words) const;
  absl::StatusOr<bool> Possible(const Box& box) const;
  absl::StatusOr<Flow> Describe(Flow flow, const Box& box, const Box& at_sender) const;
  // How each field is seen at the sender, and at the receiver.
  absl::StatusOr<std::vector<std::pair<Sight, Sight>>> SightsOf(const Box& box) const;
  absl::StatusOr<std::vector<SeenField>> FieldsOf(const Box& box) const;
  absl::StatusOr<std::vector<std::string>> GrantedAtEither(const Box& box) const;
  absl::StatusOr<std::vector<FlowCondition>> ConditionsOf(const Box& box) const;
  absl::StatusOr<std::string> Longer(const Box& box, int32_t days) const;
  absl::StatusOr<int32_t> LongestRetention(const Box& box) const;
  RuleBits KeepingAtMost(int32_t days) const;
  Box BoxOf(const FlowGroup& group) const;
  absl::StatusOr<bool> SeesSomething(const Box& box) const;
  // Requests to read records of another organisation; nothing where the packs do not tell these
  // apart.
  std::optional<Box> ReadingReceived() const;

  const RuleSpace* rules_;
  Axes axes_;
  Box release_, accept_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_DISCLOSURE_FLOWS_H_
