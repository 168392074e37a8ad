// Makes a decision once more from the attribute values that a decision part holds.
//
// Thread-safety: pure. Errors: none. Part of client/lib/replay.h.
#ifndef SLUIS_CLIENT_LIB_DECIDE_AGAIN_H_
#define SLUIS_CLIENT_LIB_DECIDE_AGAIN_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/lib/withheld.h"
#include "policies/decision.h"
#include "policies/pack.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::client {

struct DecidedAgain {
  // An attribute of the part that these packs do not have; nothing was decided then.
  std::optional<std::string> unknown_attribute;
  policies::Decision decision;
  // Whether the compiled engine and the plain evaluator say the same.
  bool engines_agree = true;
  // Of a permit.
  Withheld withheld = Withheld::kNo;
};

// Each value counts as taken from its declared source. An empty one stands for a word that the
// packs did not know, and the request is then refused; where everything that stands in the body of
// a record is empty, for a record that could not be opened, of which nothing is known.
DecidedAgain DecideAgain(const policies::PackSet& packs, const record::v1::DecisionPart& part);

// The word that the part holds for this attribute; empty where it holds none, or an unknown one.
std::string_view WordOf(const record::v1::DecisionPart& part, std::string_view name);

// Every word that a node has logged for how it decides; what they answer is the same.
inline constexpr std::string_view kPlainEngine = "plain-1";
inline constexpr std::string_view kCompiledEngine = "compiled-1";
// Whether entries of that time keep on what a decision rests: the legal texts, and the protocol. No
// version of the node logged these before the word of its engine was another.
bool KeepsGrounds(const record::v1::DecisionPart& part);

// How a decision stands in an entry.
struct LoggedForm {
  std::vector<std::string> rules;    // of the act part
  std::vector<std::string> granted;  // of the decision part, as are those that follow
  std::vector<std::string> reduced;
  std::vector<std::string> obligations;
};
LoggedForm LoggedFormOf(const policies::Decision& decision);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_DECIDE_AGAIN_H_
