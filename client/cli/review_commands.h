#ifndef SLUIS_CLIENT_CLI_REVIEW_COMMANDS_H_
#define SLUIS_CLIENT_CLI_REVIEW_COMMANDS_H_

#include "client/cli/command.h"
#include "sluis/node/v1/review.pb.h"

namespace sluis::cli {

// `sluis review`: the privacy officer looks at what holders of keys evaluated. Thread-safety: one
// thread.
void AddReviewCommands(CommandSet& set);

// A review, for people.
void SayReview(Shell& shell, const node::v1::ReviewView& view);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_REVIEW_COMMANDS_H_
