// Who a record is about, as far as it goes along with a share.
//
// Guarantee: nothing of it is in a share whose release does not grant the field `identity`; what
// could open it here is sealed under the key of the identity itself, so that whatever destroys that
// (a correction, an erasure) destroys this. Thread-safety: pure; the Random given must suit the
// thread. Errors: DATA_LOSS for what is there and cannot be read.
// Source: docs/formats.md, "Content that travels", "Sent exchange".
#ifndef SLUIS_SERVER_CORE_SHARED_IDENTITY_H_
#define SLUIS_SERVER_CORE_SHARED_IDENTITY_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "server/core/call.h"
#include "server/core/open_identity.h"
#include "server/core/view.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {

// What would travel of it: numbers of kinds in use only. Null when that is nobody.
absl::StatusOr<std::shared_ptr<const OpenedIdentity>> TravellingIdentity(
    const Call& call, const View& view, const record::v1::StoredRecord& row);

// The key of what travels, as the row of the exchange keeps it. Associated data = lp(label) ‖
// exchange id.
std::string SealIdentityKey(const crypto::DataKey& identity_key, std::string_view exchange_id,
                            const crypto::DataKey& key, crypto::Random& random);
// NOT_FOUND when who the record is about was destroyed since.
absl::StatusOr<crypto::DataKey> OpenIdentityKey(const View& view,
                                                const record::v1::StoredRecord& record,
                                                const record::v1::SentExchange& sent);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SHARED_IDENTITY_H_
