// How a holder that a reshare leaves out, and that deals nothing in it, hears that the others need
// its share no more.
//
// Each new holder sends it the announcement and the confirmation that it signed itself. Once all of
// them have confirmed one package the key stops here at once, and the share goes as everything that
// is over.
//
// Guarantee: nothing is given up before every new holder has signed that it has its own share of
// one package, made from the one that is pinned here. Not guaranteed: that the share is gone while
// a holder does not reach this node. Thread-safety: pure. Source: docs/formats.md, "Ceremonies".
#ifndef SLUIS_SERVER_CORE_KEY_LEAVER_H_
#define SLUIS_SERVER_CORE_KEY_LEAVER_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/ceremony_rows.h"
#include "server/core/plan.h"
#include "server/keys/ceremony.h"

namespace sluis::core {

// Word of StoredCeremony.reason: this node only waits for the others to confirm.
inline constexpr std::string_view kReasonLeft = "left";

// Owes them what shows that a reshare which is complete here needs them no more; nothing for other
// ceremonies, and when nobody left like that.
absl::Status OweLeavers(const Call& call, const View& view, const keys::Ceremony& machine,
                        CeremonyRow& ceremony, Effect& effect);

// Whether this node is left out of that ceremony, of the package that it has pinned, and takes no
// part in it.
absl::StatusOr<bool> IsLeftOut(const Call& call, const View& view,
                               const keys::Parameters& parameters);

// Counts a confirmation; with the last one the key stops. False when it changes nothing.
absl::StatusOr<bool> TakeForLeaver(const Call& call, const View& view,
                                   const keys::Parameters& parameters,
                                   const keys::VerifiedMessage& message, const std::string& signer,
                                   CeremonyRow& ceremony, Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_KEY_LEAVER_H_
