#ifndef SLUIS_SERVER_AUTHN_VERIFIED_SIGNATURES_H_
#define SLUIS_SERVER_AUTHN_VERIFIED_SIGNATURES_H_

#include <mutex>
#include <set>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/signature.h"

namespace sluis::authn {

// Signatures that held: each costs one verification, and a hash from then on.
//
// Guarantee: Holds says what crypto::Verify says. What held once holds for good, so nothing in here
// grows old; whether a mandate is in force is another question. Only what held is remembered, at
// most kMost signatures, and then it begins anew. Thread-safe.
class VerifiedSignatures {
 public:
  static constexpr size_t kMost = 1 << 14;

  bool Holds(const crypto::PublicKey& key, crypto::BytesView message, crypto::BytesView signature);

 private:
  std::mutex mutex_;
  std::set<crypto::Hash> held_;
};

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_VERIFIED_SIGNATURES_H_
