// The secrets of a node in keys that it holds together with others: the seed of a ceremony, and its
// share of a key.
//
// Guarantee: each lies in the store only sealed under keys of its own, which an erasure destroys,
// bound to its row. Not guaranteed: that it is still needed; ceremony and pinned key say that.
// Thread-safety: pure. Ownership: what is opened lies in locked memory. Errors: NOT_FOUND when
// there is none or its keys are gone, DATA_LOSS when it cannot be read. Source: docs/formats.md,
// row Z.
#ifndef SLUIS_SERVER_CORE_KEY_SECRET_H_
#define SLUIS_SERVER_CORE_KEY_SECRET_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/view.h"
#include "server/ledger/keyring.h"
#include "sluis/record/v1/key_ceremony.pb.h"

namespace sluis::core {

enum class KeySecretKind : uint8_t { kSeed = 's', kShare = 'h' };

// `id`: of the ceremony, or the digest of the package.
std::string KeySecretKey(KeySecretKind kind, crypto::BytesView id);

record::v1::KeySecret SealKeySecret(const ledger::RecordKeys& keys, const std::string& row_key,
                                    const crypto::Secret<32>& secret, crypto::Random& random);

// A stored row with what a precondition needs.
struct HeldKeySecret {
  record::v1::KeySecret row;
  ledger::KeyRef ref;
  uint64_t stamp = 0;
};
absl::StatusOr<HeldKeySecret> ReadKeySecret(const View& view, const std::string& row_key);
absl::StatusOr<crypto::Secret<32>> OpenKeySecret(const View& view, const std::string& row_key);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_KEY_SECRET_H_
