// What a person signs so that the holders of a key compute what stands for the persons of records.
//
// Guarantee: signed only when the match keys that the node shows are those of the persons that it
// shows, and give, hidden under the blinds that it shows, the list that is signed: a node cannot
// have a person ask about somebody else. Exit::kInternal otherwise (`tag.draft_differs`), and
// nothing is signed. Not guaranteed: that the case token stands for the case: that follows from a
// key of the node, and the privacy officer's sample shows it; nor that these persons are those of
// the records. Thread-safety: pure. Source: server/evaluation/hidden_subject.h, docs/formats.md,
// "Evaluation".
#ifndef SLUIS_CLIENT_LIB_EVALUATION_SIGNING_H_
#define SLUIS_CLIENT_LIB_EVALUATION_SIGNING_H_

#include "client/lib/message.h"
#include "client/lib/statement_signing.h"
#include "sluis/node/v1/evaluation.pb.h"

namespace sluis::client {

// `draft` answers `asked`.
Result<node::v1::EvaluateRequest> SignEvaluation(const node::v1::DraftEvaluationRequest& asked,
                                                 const node::v1::DraftEvaluationResponse& draft,
                                                 const Signer& signer);

// Zeroes who it is about, match keys and blinds, and drops them.
void WipeDraft(node::v1::DraftEvaluationResponse& draft);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_EVALUATION_SIGNING_H_
