// What `sluis node doctor` finds about the partners of a node, and what `sluis exchange status`
// says of each.
#ifndef SLUIS_CLIENT_CLI_EXCHANGE_DOCTOR_H_
#define SLUIS_CLIENT_CLI_EXCHANGE_DOCTOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/node_doctor.h"
#include "crypto/key_file.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/status.pb.h"

namespace sluis::cli {

// Key of the short text for a trouble code; for a code that this command does not know, one that
// says so.
std::string StandingKey(std::string_view trouble);

// Whether the oldest message that this partner has not answered is due for more than an hour; both
// moments in microseconds since the epoch, UTC. Pure.
bool WaitsLong(const node::v1::PeerState& peer, uint64_t now_us);

// The last second, since the epoch, UTC, at which a member has a key for that purpose.
struct MemberEnd {
  crypto::KeyPurpose purpose;
  int64_t not_after_s;
};

// Of the keys that the manifest in force names for that organisation and without which its node or
// its people exchange nothing: identity, receipt, witness, mandate. A successor counts when no day
// lies between. Empty when the manifest cannot be read or does not name it. Pure.
std::vector<MemberEnd> EndsOfMember(std::string_view signed_manifest, std::string_view organisation,
                                    int64_t now_s);

// One diagnosis per partner and fault; empty when the node is in no partnership. `status` is of the
// same node at about the same time. Pure.
std::vector<Diagnosis> ExamineExchange(const node::v1::GetExchangeResponse& exchange,
                                       const node::v1::GetStatusResponse& status);

// When the keys of the own organisation in the manifest end, and the person's mandate for this
// partnership where the profile has one. Reads that file; texts in the language of `shell`.
std::vector<Diagnosis> ExamineSigning(Shell& shell, const client::Profile& profile,
                                      const node::v1::GetExchangeResponse& exchange);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_EXCHANGE_DOCTOR_H_
