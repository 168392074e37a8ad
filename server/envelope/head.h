// The signed head of an envelope: what its signatures are over, and by whom.
//
// Guarantee: a SignedHead was read from bytes in their one encoding and is within bounds.
// VerifyHead then ties it to a member of the manifest. Not guaranteed: freshness. An envelope may
// come twice; exchange id and kind make that harmless. Thread-safety: pure.
// Errors: Refuse of the fault named at each function. Source: docs/formats.md, "Envelope".
#ifndef SLUIS_SERVER_ENVELOPE_HEAD_H_
#define SLUIS_SERVER_ENVELOPE_HEAD_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/merkle.h"
#include "crypto/signature.h"
#include "server/envelope/leaf.h"
#include "server/partnership/manifest.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::envelope {

inline constexpr uint32_t kEnvelopeVersion = 1;
inline constexpr size_t kMaxHeadBytes = 512;
inline constexpr uint32_t kMaxLeaves = 256;

struct SignedHead {
  peer::v1::EnvelopeHead head;
  std::string bytes;              // as signed
  std::string signature;          // 64 bytes
  std::string receipt_signature;  // 64 bytes for receipts, empty for every other kind

  crypto::TreeHead tree() const;
};

// What a head is judged by.
struct JudgedBy {
  const partnership::Manifest& manifest;
  // Legal day on which keys must be valid, YYYY-MM-DD: today for what arrives, the day of the own
  // log entry for evidence.
  std::string_view day;
  // The organisation that must be the recipient; nothing for a stranger who judges evidence.
  std::optional<std::string_view> recipient;
};

// kMalformed, kVersion, kKind, kCount, kReceiptSignature (there where it must not be, or missing).
absl::StatusOr<SignedHead> ReadHead(std::string bytes, std::string signature,
                                    std::string receipt_signature);

// In this order: kPartnership, kNotExchanging (never of what crosses a suspension), kSender,
// kRecipient, kUpdate, then the signature: kSignature, or kKeyPurpose and kKeyExpired when another
// key of the sender made it, and kReceiptSignature. `kUpdate` is said before the signature is
// judged, because keys may differ between manifests: who asks is known from the connection only.
absl::Status VerifyHead(const SignedHead& head, const JudgedBy& judged_by);

// Whether a leaf repeats its head: kBinding otherwise.
absl::Status CheckRepeats(const Leaf& leaf, const peer::v1::EnvelopeHead& head);

// Whether an Offer is made under the packs and in the state of the manifest: kUpdate, kBinding.
// OK for every other kind, which repeats what an Offer said, perhaps under an earlier manifest.
absl::Status CheckOffered(const Leaf& leaf, const partnership::Manifest& manifest);

// lp("sluis/envelope/v1") || head, and lp("sluis/receipt/v1") || head.
crypto::Bytes HeadMessage(std::string_view head);
crypto::Bytes ReceiptMessage(std::string_view head);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_HEAD_H_
