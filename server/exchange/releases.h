// The keys that leave in one envelope.
#ifndef SLUIS_SERVER_EXCHANGE_RELEASES_H_
#define SLUIS_SERVER_EXCHANGE_RELEASES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::exchange {

// What a key is wrapped for; outlives the wrapping.
struct Release {
  peer::v1::Binding offer;
  crypto::Hash offer_digest{};
  crypto::Hash receipt_digest{};
  crypto::DataKey key;
  // Of who it is about; nothing where the receipt does not name that field.
  std::optional<crypto::DataKey> identity_key = std::nullopt;
};

// The Key leaves, in this order (envelope/key_wrap.h). Errors of that, and INVALID_ARGUMENT for
// what is no sealing key.
absl::StatusOr<std::vector<std::string>> KeyLeaves(const std::vector<Release>& releases,
                                                   const std::string& sealing_key,
                                                   crypto::Random& random);

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_RELEASES_H_
