#include "server/envelope/padded_seal.h"

#include <algorithm>
#include <string>

#include "server/envelope/canonical.h"
#include "server/envelope/fault.h"

namespace sluis::envelope {
namespace {

constexpr size_t kPadding = 256;

}  // namespace

crypto::Bytes PartBinding(std::string_view label, const peer::v1::Binding& offer) {
  crypto::Bytes binding = crypto::Lp(label);
  crypto::AppendLp(binding, offer.partnership());
  crypto::AppendLp(binding, offer.sender());
  crypto::AppendLp(binding, offer.recipient());
  binding += offer.exchange_id();
  binding += offer.terms_digest();
  return binding;
}

absl::StatusOr<crypto::Bytes> SealPadded(const crypto::DataKey& key, crypto::BytesView binding,
                                         const google::protobuf::Message& message, size_t most,
                                         crypto::Random& random) {
  std::string bytes = message.SerializeAsString();
  crypto::Bytes plain;
  plain.reserve((sizeof(uint32_t) + bytes.size() + kPadding - 1) / kPadding * kPadding);
  crypto::AppendLp(plain, bytes);
  crypto::Wipe(bytes);
  plain.resize((plain.size() + kPadding - 1) / kPadding * kPadding);
  const bool fits = plain.size() + crypto::kSealOverhead <= most;
  crypto::Bytes sealed = fits ? crypto::Seal(key, binding, plain, random) : crypto::Bytes();
  crypto::Wipe(plain);
  if (!fits) return Refuse(Fault::kTooLarge);
  return sealed;
}

absl::Status OpenPadded(const crypto::DataKey& key, crypto::BytesView binding,
                        crypto::BytesView sealed, size_t most, google::protobuf::Message& out) {
  absl::StatusOr<crypto::Bytes> plain = crypto::Open(key, binding, sealed);
  if (!plain.ok()) return Refuse(Fault::kCiphertext);
  crypto::Reader reader(*plain);
  crypto::BytesView bytes;
  crypto::BytesView padding;
  const bool whole = plain->size() % kPadding == 0 && reader.Lp(most, &bytes) &&
                     reader.remaining() < kPadding && reader.Fixed(reader.remaining(), &padding) &&
                     std::all_of(padding.begin(), padding.end(), [](char c) { return c == 0; }) &&
                     ReadCanonical(bytes, most, out);
  crypto::Wipe(*plain);
  return whole ? absl::OkStatus() : Refuse(Fault::kCiphertext);
}

}  // namespace sluis::envelope
