// A question as a node drafts it, for who is to sign it.
#ifndef SLUIS_TESTS_SUPPORT_DRAFTED_QUESTION_H_
#define SLUIS_TESTS_SUPPORT_DRAFTED_QUESTION_H_

#include <string_view>

#include "sluis/node/v1/evaluation.pb.h"

namespace sluis::tests {

// Shows the person `shown` and hides the match keys of `meant`: the same one when the node is
// honest. Blinds are fresh.
node::v1::DraftEvaluationResponse DraftedQuestion(const node::v1::DraftEvaluationRequest& asked,
                                                  std::string_view partnership,
                                                  const record::v1::SubjectIdentity& shown,
                                                  const record::v1::SubjectIdentity& meant);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_DRAFTED_QUESTION_H_
