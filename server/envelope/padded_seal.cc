#include "server/envelope/padded_seal.h"

#include <algorithm>
#include <string>

#include "server/envelope/canonical.h"
#include "server/envelope/fault.h"

namespace sluis::envelope {

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
                                         const google::protobuf::Message& message,
                                         const Padding& padding, crypto::Random& random) {
  std::string bytes = message.SerializeAsString();
  const size_t steps = (sizeof(uint32_t) + bytes.size() + padding.step - 1) / padding.step;
  crypto::Bytes plain;
  plain.reserve(steps * padding.step);
  crypto::AppendLp(plain, bytes);
  crypto::Wipe(bytes);
  plain.resize(steps * padding.step);
  const bool fits = plain.size() + crypto::kSealOverhead <= padding.most;
  crypto::Bytes sealed = fits ? crypto::Seal(key, binding, plain, random) : crypto::Bytes();
  crypto::Wipe(plain);
  if (!fits) return Refuse(Fault::kTooLarge);
  return sealed;
}

absl::Status OpenPadded(const crypto::DataKey& key, crypto::BytesView binding,
                        crypto::BytesView sealed, const Padding& padding,
                        google::protobuf::Message& out) {
  absl::StatusOr<crypto::Bytes> plain = crypto::Open(key, binding, sealed);
  if (!plain.ok()) return Refuse(Fault::kCiphertext);
  crypto::Reader reader(*plain);
  crypto::BytesView bytes;
  crypto::BytesView zeros;
  const bool whole = plain->size() % padding.step == 0 && reader.Lp(padding.most, &bytes) &&
                     reader.remaining() < padding.step &&
                     reader.Fixed(reader.remaining(), &zeros) &&
                     std::all_of(zeros.begin(), zeros.end(), [](char c) { return c == 0; }) &&
                     ReadCanonical(bytes, padding.most, out);
  crypto::Wipe(*plain);
  return whole ? absl::OkStatus() : Refuse(Fault::kCiphertext);
}

}  // namespace sluis::envelope
