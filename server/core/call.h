#ifndef SLUIS_SERVER_CORE_CALL_H_
#define SLUIS_SERVER_CORE_CALL_H_

#include <cstdint>
#include <memory>
#include <string>

#include "crypto/bytes.h"
#include "policies/decision.h"
#include "server/authn/caller.h"
#include "server/authn/verified_signatures.h"
#include "server/core/method.h"
#include "server/core/plan.h"
#include "server/core/terms.h"
#include "sluis/node/v1/context.pb.h"

namespace sluis::core {

struct Answer;
class PageTokens;

// One call as a use case sees it: who, with what, when, under which terms. A value made by the
// executor.
struct Call {
  const Method* method = nullptr;
  std::shared_ptr<const Terms> terms;
  // Who calls; for a timer of the node itself its user id is "node". Never null; filled in as far
  // as authentication came.
  std::shared_ptr<const authn::Caller> caller = std::make_shared<authn::Caller>();
  // What the register holds about them, under the preconditions of the view; null until
  // authentication came that far, and where no person calls.
  std::shared_ptr<const authn::Registered> registered;
  // The organisation whose node calls; empty for people and for the node itself. Behind such a call
  // stands no person of this node: its user id is empty.
  std::string peer;
  // The mandate that holds the role in use; null for admin methods and before it is checked.
  const authn::Caller::Held* mandate = nullptr;
  // As the caller gave it, checked for form; a word that no pack knows is empty here.
  std::string role;
  std::string purpose;
  std::string basis;
  std::string case_ref;
  // When the call was planned, microseconds UTC, and that day in legal time.
  uint64_t now_us = 0;
  std::string today;
  // Seals the tokens of lists; set by the executor, whose it is.
  const PageTokens* pages = nullptr;
  // Signatures of mandate keys known to hold, of this organisation and of others; the executor's,
  // null where no call of its is behind this.
  std::shared_ptr<authn::VerifiedSignatures> signatures;
};

// The parts of an entry that follow from the call alone.
Entry EntryOf(const Call& call, record::v1::Operation operation, record::v1::Outcome outcome);

// Adds what the answer says: rule ids to the act part, and attributes, fields, obligations, the
// clause of the protocol and the legal texts that it rests on today as the decision part. An entry
// rests on one decision: once for each.
void AddDecision(const Call& call, const Answer& answer, Entry& entry);

// Adds the record acted on to the subject part.
void AddSubject(const OpenedRecord& record, Entry& entry);

node::v1::LogReceipt LogReceiptOf(const ledger::Logged& logged);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CALL_H_
