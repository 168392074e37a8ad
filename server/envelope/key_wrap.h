// How data keys go to whoever gave receipts: HPKE once per envelope, to the receipts' one-time key.
//
//   info    = lp("sluis/key/v1") || lp(partnership) || lp(sender) || lp(recipient) || u32 count ||
//             count times (exchange id[16] || Offer digest[32] || Receipt digest[32])
//   HPKE    base mode, info, no associated data: seals a fresh wrapping key[32]
//   record  crypto::WrapKey(wrapping key, lp("sluis/key-record/v1") || exchange id[16] ||
//           Offer digest[32] || Receipt digest[32], data key)
//   person  the same with the label "sluis/identity-key-record/v1" and the key of who the record is
//           about, where that goes along
//
// Guarantee: a key opens only for who holds the private part of the receipts' one-time key, only
// under exactly these receipts, and each record alone: one that is not accepted does not stop the
// others. Not guaranteed: that it is the key promised (OpenContent compares).
// Thread-safety: pure; a KeyUnwrapper belongs to one thread. Ownership: wrapping and data keys lie
// in locked memory; wraps must never be stored, make new ones for every attempt.
// Errors: Refuse(kWrap) for whatever does not open, Refuse(kOtherExchange) for another receipt.
#ifndef SLUIS_SERVER_ENVELOPE_KEY_WRAP_H_
#define SLUIS_SERVER_ENVELOPE_KEY_WRAP_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::envelope {

// One record whose key is to go out.
struct KeyToSend {
  const peer::v1::Binding& offer;  // binding of the Offer
  crypto::Hash offer_digest;
  crypto::Hash receipt_digest;
  const crypto::DataKey& key;
  // Of who it is about; null where the receipt does not name that field.
  const crypto::DataKey* identity_key = nullptr;
};

// The Key leaves of one envelope, in the order given: all of one partnership, sender and recipient,
// 1 to 256, under receipts of one sealing key. INVALID_ARGUMENT otherwise, or for a sealing key of
// low order.
absl::StatusOr<std::vector<peer::v1::Key>> WrapKeys(const std::vector<KeyToSend>& records,
                                                    const crypto::hpke::PublicKey& sealing_key,
                                                    crypto::Random& random);

// The keys of one envelope, opened record by record.
class KeyUnwrapper {
 public:
  // `leaves`: all Key leaves of the envelope, in order, read and verified (envelope.h).
  static absl::StatusOr<KeyUnwrapper> Open(const std::vector<peer::v1::Key>& leaves,
                                           const crypto::hpke::PrivateKey& sealing_key);

  // `offer_digest` and `receipt_digest` are those of this node's own store for that exchange.
  absl::StatusOr<crypto::DataKey> Unwrap(const peer::v1::Key& leaf,
                                         const crypto::Hash& offer_digest,
                                         const crypto::Hash& receipt_digest) const;
  // The key of who it is about.
  absl::StatusOr<crypto::DataKey> UnwrapIdentity(const peer::v1::Key& leaf,
                                                 const crypto::Hash& offer_digest,
                                                 const crypto::Hash& receipt_digest) const;

 private:
  explicit KeyUnwrapper(crypto::DataKey wrapping) : wrapping_(std::move(wrapping)) {}

  crypto::DataKey wrapping_;
};

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_KEY_WRAP_H_
