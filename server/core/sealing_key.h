// The one-time keys of receipts, kept until the content has come.
//
// Guarantee: the private half lies in the store only sealed under keys of its own, which an erasure
// destroys; who opens one has the private key of exactly this public key. Not guaranteed: that it
// is still needed; its exchanges say that. Thread-safety: pure. Ownership: private keys lie in
// locked memory. Errors: NOT_FOUND when there is none or its keys are gone, DATA_LOSS when a row
// cannot be read. Source: docs/formats.md, row Q; associated data = lp("sluis/sealing-key/v1") ‖
// public key[32].
#ifndef SLUIS_SERVER_CORE_SEALING_KEY_H_
#define SLUIS_SERVER_CORE_SEALING_KEY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "server/core/view.h"
#include "server/ledger/keyring.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {

// A stored row with what a precondition needs.
struct HeldSealingKey {
  record::v1::SealingKey row;
  ledger::KeyRef ref;
  uint64_t stamp = 0;
};

std::string SealingKeyKey(std::string_view public_key);

// Fills in bucket, key id and sealed private half.
void SealPrivateHalf(const ledger::RecordKeys& keys, std::string_view public_key,
                     const crypto::hpke::PrivateKey& private_key, crypto::Random& random,
                     record::v1::SealingKey& row);

absl::StatusOr<HeldSealingKey> ReadSealingKey(const View& view, std::string_view public_key);

struct OpenedSealingKey {
  HeldSealingKey held;
  crypto::hpke::PrivateKey private_key;
};
absl::StatusOr<OpenedSealingKey> OpenSealingKey(const View& view, std::string_view public_key);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SEALING_KEY_H_
