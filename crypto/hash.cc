#include "crypto/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace sluis::crypto {
namespace {

constexpr size_t kBlockSize = 64;

void Require(bool ok) {
  if (!ok) std::abort();
}

const EVP_MD* Algorithm() {
  // Fetched once and kept: a fetch per call costs more than hashing a node.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

class Context {
 public:
  Context() : context_(EVP_MD_CTX_new()) {
    Require(context_ != nullptr && EVP_DigestInit_ex2(context_, Algorithm(), nullptr) == 1);
  }
  ~Context() { EVP_MD_CTX_free(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // A null algorithm means "the one already set", which skips OpenSSL's look-up and allocation.
  void Start() { Require(EVP_DigestInit_ex2(context_, nullptr, nullptr) == 1); }
  void Add(const void* data, size_t size) { Require(EVP_DigestUpdate(context_, data, size) == 1); }
  void Add(BytesView data) { Add(data.data(), data.size()); }
  void Finish(uint8_t* out) { Require(EVP_DigestFinal_ex(context_, out, nullptr) == 1); }

 private:
  EVP_MD_CTX* context_;
};

Context& ThreadContext() {
  thread_local Context context;
  return context;
}

// One HMAC computation. Inner and outer hash use the thread's context in turn, so no second one is
// needed; no other hash may run on this thread between construction and Finish.
class Hmac {
 public:
  explicit Hmac(BytesView key) : context_(ThreadContext()) {
    if (key.size() > kBlockSize) {
      const Hash hashed = Sha256(key);
      std::copy(hashed.begin(), hashed.end(), pad_.begin());
    } else {
      std::copy(key.begin(), key.end(), pad_.begin());
    }
    for (uint8_t& byte : pad_) byte ^= kInner;
    context_.Start();
    context_.Add(View(pad_));
  }
  ~Hmac() { Wipe(pad_); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  void Add(BytesView piece) { context_.Add(piece); }
  void Add(std::initializer_list<BytesView> pieces) {
    for (BytesView piece : pieces) context_.Add(piece);
  }

  void Finish(uint8_t* out) {
    Hash inner;
    context_.Finish(inner.data());
    for (uint8_t& byte : pad_) byte ^= kInner ^ kOuter;
    context_.Start();
    context_.Add(View(pad_));
    context_.Add(View(inner));
    context_.Finish(out);
    Wipe(inner);
  }

 private:
  static constexpr uint8_t kInner = 0x36;
  static constexpr uint8_t kOuter = 0x5c;

  Context& context_;
  FixedBytes<kBlockSize> pad_{};
};

}  // namespace

Hash Sha256(BytesView data) {
  Context& context = ThreadContext();
  Hash out;
  context.Start();
  context.Add(data);
  context.Finish(out.data());
  return out;
}

Hash Sha256(std::initializer_list<BytesView> pieces) {
  Context& context = ThreadContext();
  Hash out;
  context.Start();
  for (BytesView piece : pieces) context.Add(piece);
  context.Finish(out.data());
  return out;
}

Hash HmacSha256(BytesView key, BytesView data) { return HmacSha256(key, {data}); }

Hash HmacSha256(BytesView key, std::initializer_list<BytesView> pieces) {
  Hash out;
  Hmac hmac(key);
  hmac.Add(pieces);
  hmac.Finish(out.data());
  return out;
}

Secret<32> HmacSha256Secret(BytesView key, std::initializer_list<BytesView> pieces) {
  Secret<32> out;
  Hmac hmac(key);
  hmac.Add(pieces);
  hmac.Finish(out.mutable_span().data());
  return out;
}

Secret<32> HkdfExtract(BytesView salt, std::initializer_list<BytesView> key_material) {
  // HMAC pads a short key with zeros, so an empty salt already means 32 zero bytes.
  return HmacSha256Secret(salt, key_material);
}

absl::Status HkdfExpand(BytesView pseudorandom_key, std::initializer_list<BytesView> info,
                        std::span<uint8_t> out) {
  constexpr size_t kLimit = 255 * std::tuple_size_v<Hash>;
  if (out.size() > kLimit) {
    return absl::InvalidArgumentError("hkdf can derive at most 8160 bytes: ask for less");
  }
  Secret<32> block;
  for (uint8_t counter = 1; !out.empty(); ++counter) {
    Hmac hmac(pseudorandom_key);
    if (counter > 1) hmac.Add(View(block.expose()));
    hmac.Add(info);
    hmac.Add(View(FixedBytes<1>{counter}));
    hmac.Finish(block.mutable_span().data());
    const size_t take = std::min(out.size(), block.expose().size());
    std::copy_n(block.expose().begin(), take, out.begin());
    out = out.subspan(take);
  }
  return absl::OkStatus();
}

}  // namespace sluis::crypto
