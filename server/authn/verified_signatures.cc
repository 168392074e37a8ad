#include "server/authn/verified_signatures.h"

#include "crypto/hash.h"

namespace sluis::authn {

bool VerifiedSignatures::Holds(const crypto::PublicKey& key, crypto::BytesView message,
                               crypto::BytesView signature) {
  // Of one length only, so that the digest below tells message and signature apart.
  if (signature.size() != crypto::Signature().size()) return false;
  const crypto::Hash digest = crypto::Sha256({crypto::View(key), signature, message});
  {
    const std::lock_guard lock(mutex_);
    if (held_.contains(digest)) return true;
  }
  if (!crypto::Verify(key, message, signature)) return false;
  const std::lock_guard lock(mutex_);
  if (held_.size() >= kMost) held_.clear();
  held_.insert(digest);
  return true;
}

}  // namespace sluis::authn
