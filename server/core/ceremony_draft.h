// From what an administrator asks for to the parameters of a ceremony.
//
// Guarantee: the parameters are those that every participant will judge alike: partnership,
// manifest and day are those of this moment; holders keep the index that they had, and a new one
// gets one that nobody had in any ceremony about the key that this node knows of; who leaves deals
// before who stays, so that it hears of the end and gives up its share. Not guaranteed: that the
// others agree. Thread-safety: pure. Errors: INVALID_ARGUMENT for what is not of form,
// FAILED_PRECONDITION for what may not be, both with what to do; DATA_LOSS for rows that cannot be
// read.
#ifndef SLUIS_SERVER_CORE_CEREMONY_DRAFT_H_
#define SLUIS_SERVER_CORE_CEREMONY_DRAFT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/core/call.h"
#include "server/core/view.h"
#include "server/keys/parameters.h"
#include "sluis/node/v1/keys.pb.h"

namespace sluis::core {

// A refusal whose word says more than its code; name of the payload that holds the word.
inline constexpr char kCeremonyCode[] = "sluis/ceremony-code";
absl::Status CeremonyRefusal(const std::string& word, const std::string& message);

absl::StatusOr<keys::Parameters> DraftCeremony(const Call& call, const View& view,
                                               const node::v1::StartCeremonyRequest& request,
                                               crypto::Random& random);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONY_DRAFT_H_
