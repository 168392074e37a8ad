// Envelopes: how messages travel between nodes, 1 to 256 of one kind, from one sender to one
// recipient, under one signature.
//
// Guarantee: an Envelope value obeys every bound of peer.proto and exchange.proto, each leaf
// repeats the head, no two leaves are about one exchange, receipts share one sealing key and keys
// one encapsulation. VerifyEnvelope ties it to a member of the manifest: whole, unaltered, for this
// partnership, manifest and recipient. What MakeEnvelope makes, ReadEnvelope reads.
// Not guaranteed: that it is new (a copy is told by exchange id and kind), that a leaf belongs to
// an exchange (CheckAnswers), that its person signed (user_signature.h). Thread-safety: values;
// functions are pure. Errors: Refuse of the fault named at each function, never content. Source:
// docs/formats.md, "Envelope".
#ifndef SLUIS_SERVER_ENVELOPE_ENVELOPE_H_
#define SLUIS_SERVER_ENVELOPE_ENVELOPE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"
#include "server/envelope/head.h"
#include "server/envelope/leaf.h"
#include "server/envelope/leaf_tree.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::envelope {

inline constexpr size_t kMaxEnvelopeBytes = 1 << 20;

struct Envelope {
  SignedHead head;
  std::vector<std::string> leaf_bytes;  // as signed
  std::vector<Leaf> leaves;             // the same, read
  std::vector<peer::v1::Terms> terms;   // of each leaf that is an Offer, read; empty otherwise
  LeafTree tree;                        // over leaf_bytes

  // The message that travelled.
  peer::v1::Envelope Message() const;
};

struct EnvelopeDraft {
  peer::v1::EnvelopeKind kind = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  std::string partnership;
  uint64_t manifest_version = 0;
  std::string sender;
  std::string recipient;
  std::vector<std::string> leaves;  // serialised
};

// The keys with which a node signs what it sends.
struct EnvelopeKeys {
  const crypto::SigningKey& identity;
  const crypto::SigningKey& receipt;  // used for receipts only
};

// The message that travels, signed. kTooLarge. The leaves are taken as they are: whoever receives
// them judges them.
absl::StatusOr<peer::v1::Envelope> MakeEnvelope(EnvelopeDraft draft, const EnvelopeKeys& keys);

// kTooLarge, those of ReadHead and ReadLeaf, kCount, kRepeated, kBinding. The second form takes
// what the wire has parsed already.
absl::StatusOr<Envelope> ReadEnvelope(crypto::BytesView bytes);
absl::StatusOr<Envelope> ReadEnvelope(peer::v1::Envelope message);

// Those of VerifyHead, kRoot, and those of CheckOffered.
absl::Status VerifyEnvelope(const Envelope& envelope, const JudgedBy& judged_by);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_ENVELOPE_H_
