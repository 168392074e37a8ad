#include "crypto/signature.h"

#include <sodium.h>

#include <utility>

namespace sluis::crypto {

SigningKey::SigningKey(Secret<32> seed) : seed_(std::move(seed)) {
  Init();
  crypto_sign_seed_keypair(public_key_.data(), expanded_.mutable_span().data(),
                           seed_.expose().data());
}

SigningKey SigningKey::Generate(Random& random) {
  Secret<32> seed;
  random.Fill(seed.mutable_span());
  return SigningKey(std::move(seed));
}

SigningKey SigningKey::FromSeed(Secret<32> seed) { return SigningKey(std::move(seed)); }

Signature SigningKey::Sign(BytesView message) const {
  Signature out;
  crypto_sign_detached(out.data(), nullptr, AsSpan(message).data(), message.size(),
                       expanded_.expose().data());
  return out;
}

bool Verify(const PublicKey& key, BytesView message, BytesView signature) {
  Init();
  return signature.size() == std::tuple_size_v<Signature> &&
         crypto_sign_verify_detached(AsSpan(signature).data(), AsSpan(message).data(),
                                     message.size(), key.data()) == 0;
}

}  // namespace sluis::crypto
