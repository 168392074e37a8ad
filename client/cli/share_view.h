// What crosses between organisations, as people read it: the preview of a share, where shares
// stand, what came in, and the terms of what came.
//
// Guarantee: the preview shows exactly the fields that the person's signature will cover, and names
// those that stay behind. Text of other organisations cannot command a terminal. Thread-safety: one
// thread.
#ifndef SLUIS_CLIENT_CLI_SHARE_VIEW_H_
#define SLUIS_CLIENT_CLI_SHARE_VIEW_H_

#include <string>

#include "client/cli/shell.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::cli {

// Lines ended by LF: what would travel, what would not, on what conditions and when.
std::string PreviewLines(const Shell& shell, const node::v1::PreviewShareRequest& asked,
                         const node::v1::PreviewShareResponse& preview);
// Names of the fields that a share with these fields leaves behind, as on the form.
std::string LeftBehind(const node::v1::PreviewShareResponse& preview);

// Whether it ended by what the partner said or left unsaid after it was given the key: it may have
// the record all the same.
bool MayBeThereStill(const node::v1::SentSummary& sent);

// One line each, without LF.
std::string SentLine(const Shell& shell, const node::v1::SentSummary& sent);
std::string ReceivedLine(const Shell& shell, const node::v1::ReceivedSummary& received);
// Lines ended by LF: which other received records are about the same person, by what their senders
// say.
std::string SamePersonLines(
    const Shell& shell, const google::protobuf::RepeatedPtrField<node::v1::SamePerson>& records);

// Whether a person can still take it back, as far as the list says; the node decides.
bool CanBeTakenBack(const node::v1::SentSummary& sent);
// Of a signal that was taken back at its own node: a line for each partner that has the key or may
// get it, with the command that takes it back there. What has not reached a partner the node stops.
std::string LeftOpenLines(const Shell& shell, const std::string& id,
                          const node::v1::ListSentResponse& shares);
// The same for programs: recipient, exchange_id and state of each share.
Json LeftOpenJson(const node::v1::ListSentResponse& shares);

// Lines ended by LF: from whom a record is and what was signed for it.
std::string TermsLines(const Shell& shell, const record::v1::ReceivedTerms& terms);
// Only what was signed for it.
std::string ConditionLines(const Shell& shell, const record::v1::ReceivedTerms& terms);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_SHARE_VIEW_H_
