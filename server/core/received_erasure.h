// What the recipient of a record does when its sender erased it.
//
// Guarantee: only the sender of the Offer erases, and in the name of a person only with that
// person's signature; the record goes by the same erasure as every other, with the one-time key
// that would open what was recorded; what is left proves that it was asked, and nothing more. A
// hold suspends it and closes the record; what is not here is answered as done. Not guaranteed:
// anything about copies that people made. Thread-safety: pure. Errors: DATA_LOSS for a row that
// cannot be read. Source: docs/formats.md, "Erasure".
#ifndef SLUIS_SERVER_CORE_RECEIVED_ERASURE_H_
#define SLUIS_SERVER_CORE_RECEIVED_ERASURE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/erasure.h"
#include "server/core/offer_quota.h"
#include "server/core/peer_act.h"
#include "server/core/received_exchange.h"
#include "server/envelope/user_signature.h"

namespace sluis::core {

// What is the same for all that one partner asks at once.
struct ErasureAsker {
  const std::string& sender;
  envelope::UserSignatureVerifier& verifier;
  const record::v1::MandateStatus& status;
  // How many erasures of what is not here may still be answered; outlives this.
  OfferQuota& kept;
};

// Adds what an Erasure that asks comes to: one effect, none for a copy. One of an exchange of which
// nothing is here (the node was put back from an older copy) is answered as done by what it says
// itself, whoever signed it: there is nothing to erase, and otherwise it would be asked for ever.
// One whose row cannot be read is refused, since the record may be here. False when it needs a
// newer list of revoked mandates than this node has: it is then to come again.
absl::StatusOr<bool> TakeErasure(const Call& call, const View& view, const ErasureAsker& asker,
                                 const PeerLeaf& leaf, Plan& plan);

// Adds to the end of a hold the erasure that waited for it; false when none did. `record` is the
// record that was held.
absl::StatusOr<bool> AddErasureThatWaited(const Call& call, const View& view,
                                          const OpenedRecord& record, Effect& effect);

// The answer to what was asked, as a leaf.
absl::StatusOr<std::string> ErasureAnswer(const record::v1::ReceivedExchange& row);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RECEIVED_ERASURE_H_
