// Shares on their way from a dealer to a recipient, and what everybody can conclude when they are
// wrong.
//
//   R = rho * generator,  K = rho * EK = ek * R              EK = ek * generator, the recipient's
//   pad = HashToScalar(session, dealer, recipient, R, EK, K)   one-time key of this session
//   encrypted share = R || share + pad                       64 bytes
//   complaint = K || proof that K = ek * R                   96 bytes
//
// Encrypted in the group and not with crypto/hpke.h, because a complaint has to open this one share
// for everybody and be proven right: with HPKE the recipient could only give away its key and with
// it every share it got in the session. Nothing is authenticated here: a ceremony signs its
// messages, and the commitments tell whether the share is the right one. R and EK fix K, so a
// dealer cannot make one string that opens in two ways.
//
// Guarantee: who lacks ek learns nothing of the share; a share opens only for the dealer, recipient
// and session it was made for. Judge gives everybody the same answer from the same bytes, and
// exactly one is at fault. The nonce is hedged as in crypto/dleq.h. Not guaranteed: that a
// complaint keeps anything secret: it opens its share, so the ceremony ends with it. Thread-safety:
// pure functions; the Random given must suit the thread. Ownership: keys and shares lie in locked,
// wiped memory. Errors: kInvalidArgument for bytes that do not parse and parameters out of range.
#ifndef SLUIS_CRYPTO_ENCRYPTED_SHARE_H_
#define SLUIS_CRYPTO_ENCRYPTED_SHARE_H_

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/dealing.h"
#include "crypto/dleq.h"
#include "crypto/group.h"
#include "crypto/random.h"
#include "crypto/scalar.h"

namespace sluis::crypto::oprf {

struct ShareAddress {
  Hash session;
  MemberIndex dealer;
  MemberIndex recipient;
  Element recipient_key;  // EK
};

struct EncryptedShare {
  static constexpr size_t kSize = kElementSize + kScalarSize;

  Element ephemeral;  // R
  Scalar padded;

  FixedBytes<kSize> Serialize() const;
  static absl::StatusOr<EncryptedShare> Deserialize(BytesView bytes);

  friend bool operator==(const EncryptedShare&, const EncryptedShare&) = default;
};

absl::StatusOr<EncryptedShare> EncryptShare(const ShareAddress& address, const SecretScalar& share,
                                            Random& random);

// `key` is ek. What comes out is checked with VerifyShare before anything else.
absl::StatusOr<SecretScalar> DecryptShare(const ShareAddress& address, const SecretScalar& key,
                                          const EncryptedShare& encrypted);

struct Complaint {
  static constexpr size_t kSize = kElementSize + Proof::kSize;

  Element shared;  // K
  Proof proof;

  FixedBytes<kSize> Serialize() const;
  static absl::StatusOr<Complaint> Deserialize(BytesView bytes);
};

absl::StatusOr<Complaint> MakeComplaint(const ShareAddress& address, const SecretScalar& key,
                                        const EncryptedShare& encrypted, Random& random);

enum class Fault { kDealer, kComplainer };

// Who is at fault, from the bytes as the two signed them. An encrypted share that does not parse
// needs no complaint: its dealer is. A complaint that does not parse or whose proof does not hold
// falls back on who made it, as does one about a share that is right. Errors only for commitments
// and addresses that were never valid, which the round before has refused.
absl::StatusOr<Fault> Judge(const ShareAddress& address, const Commitments& commitments,
                            BytesView encrypted_share, BytesView complaint);

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_ENCRYPTED_SHARE_H_
