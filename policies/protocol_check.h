// Whether the text of a protocol and the rules of its packs say the same.
//
// Pure; thread-safe. Needs the packs only while it runs.
#ifndef SLUIS_POLICIES_PROTOCOL_CHECK_H_
#define SLUIS_POLICIES_PROTOCOL_CHECK_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policies/disclosure_flows.h"
#include "policies/pack.h"
#include "policies/protocol.h"

namespace sluis::policies {

// Whether it is the text of these packs: id, version, digest and days, and words that they declare.
// A layer of a node may stand beside the two: it narrows, and the text says nothing of it.
// Every fault, each InvalidArgument naming file, line, column, the word and the nearest valid one.
std::vector<absl::Status> CheckAgainstPacks(const Protocol& protocol, const PackSet& packs);

// The ordered pairs of kinds between which two different parties can stand.
std::set<KindPair> KindsBetween(const Protocol& protocol);

enum class GapKind {
  kNotInText,        // the packs permit it and no clause covers it
  kBasisNotInText,   // on a ground that no clause covering it names
  kFieldNotInText,   // with a field that no clause covering it names, or that the one clause with
                     // most of what is granted on a ground lacks: "field (ground)"
  kNotInPacks,       // a clause covers it and the packs never permit it
  kBasisNotInPacks,  // a clause names a ground on which the packs permit none of it
  kFieldNotInPacks,  // a clause names a field that the packs show in none of it
  kKeptLonger,       // the packs let the receiver keep it longer than the text says
  kInNoClause,       // the text names a purpose, ground, category or field that no clause uses
  kRoleNotInPacks,   // it names a role that may do nothing under a purpose of a clause
  kRoleNotInText,  // a role that it does not name can see what comes under such a purpose, or read
                   // what was received under whatever purpose
};
inline constexpr std::size_t kGapKinds = 10;
// "not_in_text", "basis_not_in_text", ...
std::string_view GapKindName(GapKind kind);

struct CoverageGap {
  GapKind kind = GapKind::kNotInText;
  std::string purpose;  // empty for the last three
  std::vector<std::string> categories;
  std::string from, to;  // kinds, or organisations where it concerns only some of a kind
  std::string word;      // the ground, field, role, or other word; the days of the text
  std::string clause;    // that says it; empty where none does
  // One such request, "attribute=value, ...", on exactly that ground and with exactly that field
  // where it is about one. Empty where it is about the text alone, or about a role.
  std::string example;
};

// Everything on which text and packs differ, in the order of flows and clauses; empty when they say
// the same. Then CoveringClause (protocol_cover.h) finds one for whatever these packs let go and be
// taken between the parties: on each ground one clause holds all that any request is granted on it.
// That is more than has to be where no request is granted all of it. Meaningful for packs that
// CheckAgainstPacks accepts. Errors of DisclosureFlows.
absl::StatusOr<std::vector<CoverageGap>> CoverageGaps(const Protocol& protocol,
                                                      const DisclosureFlows& flows);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_CHECK_H_
