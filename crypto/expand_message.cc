#include "crypto/expand_message.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

namespace sluis::crypto::oprf {
namespace {

constexpr size_t kBlockBytes = 128;  // what SHA-512 takes at a time: s_in_bytes of the RFC
constexpr size_t kDigestBytes = 64;
static_assert(kMaxExpandedBytes == 255 * kDigestBytes);

class Sha512 {
 public:
  Sha512() { crypto_hash_sha512_init(&state_); }
  ~Sha512() { sodium_memzero(&state_, sizeof(state_)); }
  Sha512(const Sha512&) = default;
  Sha512& operator=(const Sha512&) = delete;

  Sha512& Add(BytesView data) {
    crypto_hash_sha512_update(&state_, AsSpan(data).data(), data.size());
    return *this;
  }
  Sha512& Add(uint8_t byte) {
    crypto_hash_sha512_update(&state_, &byte, 1);
    return *this;
  }
  void Finish(std::span<uint8_t, kDigestBytes> out) {
    crypto_hash_sha512_final(&state_, out.data());
  }

 private:
  crypto_hash_sha512_state state_;
};

// Every message begins with one block of zeros, which is hashed once for all of them.
Sha512 AfterZeroBlock() {
  static const Sha512* const after = [] {
    auto* state = new Sha512;
    state->Add(View(FixedBytes<kBlockBytes>{}));
    return state;
  }();
  return *after;
}

// Both hashes of the protocol take 64 bytes of it.
Secret<64> Uniform(std::initializer_list<BytesView> message, BytesView label) {
  Secret<64> out;
  if (!ExpandMessageXmd(message, label, out.mutable_span()).ok()) std::abort();
  return out;
}

FixedBytes<64> PublicUniform(std::initializer_list<BytesView> message, BytesView label) {
  FixedBytes<64> out;
  if (!ExpandMessageXmd(message, label, out).ok()) std::abort();
  return out;
}

}  // namespace

absl::Status ExpandMessageXmd(std::initializer_list<BytesView> message, BytesView label,
                              std::span<uint8_t> out) {
  if (label.empty() || label.size() > kMaxLabelBytes) {
    return absl::InvalidArgumentError("a label has 1 to 255 bytes: give another");
  }
  if (out.empty() || out.size() > kMaxExpandedBytes) {
    return absl::InvalidArgumentError("1 to 16320 bytes can be expanded at a time: ask for less");
  }
  const auto label_size = static_cast<uint8_t>(label.size());

  Sha512 first = AfterZeroBlock();
  for (const BytesView piece : message) first.Add(piece);
  first.Add(static_cast<uint8_t>(out.size() >> 8)).Add(static_cast<uint8_t>(out.size())).Add(0);
  Secret<kDigestBytes> b0;
  first.Add(label).Add(label_size).Finish(b0.mutable_span());

  Secret<kDigestBytes> block;  // zero at first, so that b1 is the hash of b0 itself
  for (uint8_t counter = 1; !out.empty(); ++counter) {
    const std::span<uint8_t, kDigestBytes> mixed = block.mutable_span();
    for (size_t i = 0; i < kDigestBytes; ++i) mixed[i] ^= b0.expose()[i];
    Sha512 next;
    next.Add(View(mixed)).Add(counter).Add(label).Add(label_size).Finish(mixed);
    const size_t take = std::min(out.size(), kDigestBytes);
    std::copy_n(mixed.begin(), take, out.begin());
    out = out.subspan(take);
  }
  return absl::OkStatus();
}

Element HashToGroup(std::initializer_list<BytesView> message, BytesView label) {
  return Element::FromUniform(PublicUniform(message, label));
}

Scalar HashToScalar(std::initializer_list<BytesView> message, BytesView label) {
  return Scalar::Reduce(PublicUniform(message, label));
}

SecretElement HashToSecretElement(std::initializer_list<BytesView> message, BytesView label) {
  return SecretElement::FromUniform(Uniform(message, label));
}

SecretScalar HashToSecretScalar(std::initializer_list<BytesView> message, BytesView label) {
  return SecretScalar::Reduce(Uniform(message, label));
}

}  // namespace sluis::crypto::oprf
