// A message sealed so that its length shows in steps only: what the parts of an Offer that wait for
// a key have in common.
//
//   plain = lp(message) || zeros up to a multiple of the step, sealed like a record
//   (crypto/sealing.h)
//
// Guarantee: one plaintext for each message. Not guaranteed: that anybody promised the key; who
// opens compares. Thread-safety: pure; the Random given must suit the thread. Plaintext in buffers
// of this file is wiped.
#ifndef SLUIS_SERVER_ENVELOPE_PADDED_SEAL_H_
#define SLUIS_SERVER_ENVELOPE_PADDED_SEAL_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "google/protobuf/message.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::envelope {

// What ties a part of an Offer to its exchange: lp(label) || lp(partnership) || lp(sender) ||
// lp(recipient) || exchange id[16] || terms digest[32]. Of the binding of the Offer.
crypto::Bytes PartBinding(std::string_view label, const peer::v1::Binding& offer);

// In bytes: of the plaintext the step, of the ciphertext the most.
struct Padding {
  size_t step;
  size_t most;
};

// Refuse(kTooLarge) when the ciphertext would have more than the most.
absl::StatusOr<crypto::Bytes> SealPadded(const crypto::DataKey& key, crypto::BytesView binding,
                                         const google::protobuf::Message& message,
                                         const Padding& padding, crypto::Random& random);

// Refuse(kCiphertext) when it does not open or holds no message in its one encoding.
absl::Status OpenPadded(const crypto::DataKey& key, crypto::BytesView binding,
                        crypto::BytesView sealed, const Padding& padding,
                        google::protobuf::Message& out);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_PADDED_SEAL_H_
