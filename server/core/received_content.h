// What becomes of content that a partner promised, once its key is here.
#ifndef SLUIS_SERVER_CORE_RECEIVED_CONTENT_H_
#define SLUIS_SERVER_CORE_RECEIVED_CONTENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/sealing.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/received_exchange.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/peer/v1/terms.pb.h"
#include "sluis/record/v1/identity.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

// What was promised, open.
struct Promised {
  record::v1::SignalContent content;
  // Who it is about; nothing where that was not taken.
  std::optional<record::v1::SubjectIdentity> identity = std::nullopt;
  // What stands for that person here, as its sender has it. Not judged yet (received_tags.h).
  std::vector<peer::v1::ShareTag> tags = {};
};

// Opens it and holds it against terms and commitments (envelope/content.h, offered_identity.h).
// `identity_key`: of who it is about; null where that is not taken, and then it stays closed. A
// person is read as an own one is, by the kinds of numbers in use here. Faults of these.
absl::StatusOr<Promised> OpenPromised(const Call& call, const crypto::DataKey& key,
                                      const crypto::DataKey* identity_key,
                                      const StoredOffer& offer);

// Why a record that cannot be opened is in quarantine, as the sender is told.
peer::v1::UnopenableReason ReasonOf(const absl::Status& fault);

// The content with the fields of these conditions only, and with every reduction that `offered` did
// not make yet; what cannot be coarsened here goes.
record::v1::SignalContent Reduced(const record::v1::SignalContent& content,
                                  const peer::v1::Conditions& accepted,
                                  const peer::v1::Conditions& offered);

// A new record of this node, of that id, held on the accepted conditions. Nobody of this node wrote
// it, and its case is still to be given.
RecordWrite RecordOf(const Call& call, const record::v1::ReceivedExchange& row,
                     const StoredOffer& offer, const peer::v1::Conditions& accepted,
                     const record::v1::SignalContent& content, const std::string& record_id);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RECEIVED_CONTENT_H_
