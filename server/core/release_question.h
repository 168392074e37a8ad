#ifndef SLUIS_SERVER_CORE_RELEASE_QUESTION_H_
#define SLUIS_SERVER_CORE_RELEASE_QUESTION_H_

#include <string_view>

#include "policies/obligation.h"
#include "server/core/call.h"
#include "server/core/question.h"
#include "server/partnership/manifest.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::core {

// What is about to leave. Pointers are borrowed.
struct ReleaseFacts {
  // The stored record.
  RecordFacts record;
  // Who is to get it, as the manifest in force describes it. Never null.
  const partnership::Member* recipient = nullptr;
  // Role addressed there, said by the caller; empty for none.
  std::string_view recipient_role = {};
  std::string_view action = "share";
  // Whether to ask for the time when a suspension of this node alone is over (SuspendedHere): for
  // what is written down now and decided again before it leaves.
  bool once_resumed = false;
};

// What a partner offered and signed. Pointers are borrowed.
struct AcceptFacts {
  // Read and of form (envelope::ReadTerms). Never null.
  const peer::v1::Terms* terms = nullptr;
  // Who offers it, as the manifest in force describes it. Never null.
  const partnership::Member* sender = nullptr;
  // Role in use of the person who signed, out of the verified mandate.
  std::string_view role = {};
  std::string_view action = "share";
};

// Asks the rules in force whether this node may release a record to a partner, for the role,
// purpose, basis and case of `call`. Refuses obligations that releasing does not carry out, and
// what no clause of the protocol in force covers; the answer names the clause that does.
Answer AskRelease(const Call& call, const ReleaseFacts& facts);

// Asks the rules in force whether this node may take what a partner offers. Nothing of `call` but
// its terms and its day is read: role, purpose, basis and case are those of the person at the
// sender. What terms must state and do not makes the outcome *refused*. Of obligations and of the
// protocol the same holds as for releasing.
Answer AskAccept(const Call& call, const AcceptFacts& facts);

// The answer with the clause of the protocol that covers what it permits from one organisation to
// another; refused (`outside_protocol`) when none does or no protocol is in force between the two,
// whatever the rules say. In an exercise without a protocol it is left as it is.
Answer UnderProtocol(Answer answer, const Call& call, std::string_view from, std::string_view to);

// Whether releasing this record carries an obligation out: fields, retention, onward, no_evidence,
// cooling_off and log hold; so does telling the contributor, whose day the sender keeps, and
// telling the person whom it is about when the record says that this was done or why not. Approval
// and k-anonymity are carried out by nothing.
bool CarriedOutAtRelease(const policies::Obligation& obligation, const ReleaseFacts& facts);

// The same for taking it. Telling the contributor is for the sender, who alone knows them: it holds
// when the terms say that the sender will, no later than the own rules ask.
bool CarriedOutAtAcceptance(const policies::Obligation& obligation, const AcceptFacts& facts);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RELEASE_QUESTION_H_
