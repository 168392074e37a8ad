#ifndef SLUIS_SERVER_CORE_QUESTION_H_
#define SLUIS_SERVER_CORE_QUESTION_H_

#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "policies/decision.h"
#include "server/core/call.h"
#include "sluis/record/v1/entry.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

// What a rule may know about the record acted on; absent for acts that are about none.
struct RecordFacts {
  const record::v1::Signal* signal = nullptr;
  bool author_is_caller = false;
  uint64_t recorded_at_us = 0;
  bool held = false;
  // True for a record whose body cannot be opened: nothing that stands in it is known, and who
  // wrote it is not either.
  bool unreadable = false;
  // Mode of the role under which it was written (core/author_mode.h), a word of the packs.
  std::string author_mode = {};
  // For a record of another organisation: what the basis under which it came lifts, a word of the
  // packs. Empty for one that was written here.
  std::string received_under = {};
};

// The code of a refusal of what the rules permit and no clause of the protocol covers.
inline constexpr char kNotInProtocol[] = "not_in_protocol";

// A decision with the attribute values it read, in the order of the pack: what replay needs.
struct Answer {
  policies::Decision decision;
  std::vector<record::v1::AttributeValue> attributes;
  // Digest of the protocol in force between the two organisations; all zero on the own node, and
  // where there is none.
  crypto::Hash protocol{};
  // The clause of it that covers what is disclosed; empty unless permitted under a protocol.
  std::string clause = {};
  // The rules permit it and no clause covers it, or no protocol is in force: the decision is a
  // refusal.
  bool outside_protocol = false;

  bool permitted() const { return decision.outcome == policies::Outcome::kPermit; }
};

// The code with which what is not permitted is refused: by a rule, because the rules could not be
// asked, or because no clause covers it.
inline std::string_view RefusalCode(const Answer& answer) {
  if (answer.outside_protocol) return kNotInProtocol;
  return answer.decision.outcome == policies::Outcome::kRefused ? "not_evaluated" : "denied";
}

// Asks the rules in force whether the caller may do `action` on the own node. Each attribute comes
// from its declared source: the caller supplies purpose, basis and whether a case is named; the
// role comes from the mandate; the rest from the record, the ledger or the node. Ledger state that
// does not exist is false. Obligations that the act does not carry out (carried_out.h) refuse, and
// so does reading, listing or handing over a record past the retention that the rules in force give
// it. What is not known of an unreadable record permits nothing and switches no prohibition off; it
// is empty among the attributes of the answer. Refuses when the packs are not valid today.
Answer Ask(const Call& call, std::string_view action, const RecordFacts& record);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_QUESTION_H_
