#include "server/envelope/record_proof.h"

#include "crypto/merkle.h"
#include "server/envelope/canonical.h"
#include "server/envelope/fault.h"
#include "server/envelope/form.h"

namespace sluis::envelope {

std::string RecordProof::Serialise() const {
  peer::v1::RecordProof message;
  message.set_head(head.bytes);
  message.set_signature(head.signature);
  message.set_receipt_signature(head.receipt_signature);
  message.set_index(index);
  for (const crypto::Hash& hash : path) message.add_path(std::string(crypto::View(hash)));
  message.set_leaf(leaf_bytes);
  return message.SerializeAsString();
}

std::vector<RecordProof> ProveRecords(Envelope envelope) {
  std::vector<RecordProof> proofs;
  proofs.reserve(envelope.leaves.size());
  for (size_t i = 0; i < envelope.leaves.size(); ++i) {
    // Cannot fail: the tree has exactly these leaves.
    proofs.push_back({envelope.head, static_cast<uint32_t>(i), envelope.tree.Path(i).value(),
                      std::move(envelope.leaf_bytes[i]), std::move(envelope.leaves[i]),
                      std::move(envelope.terms[i])});
  }
  return proofs;
}

absl::StatusOr<RecordProof> ReadRecordProof(crypto::BytesView bytes) {
  if (bytes.size() > kMaxRecordProofBytes) return Refuse(Fault::kTooLarge);
  peer::v1::RecordProof message;
  if (!ReadCanonical(bytes, kMaxRecordProofBytes, message) ||
      !AreHashes(message.path(), kMaxShortPath)) {
    return Refuse(Fault::kMalformed);
  }
  absl::StatusOr<SignedHead> head =
      ReadHead(std::move(*message.mutable_head()), std::move(*message.mutable_signature()),
               std::move(*message.mutable_receipt_signature()));
  if (!head.ok()) return head.status();
  if (message.index() >= head->head.count()) return Refuse(Fault::kCount);
  peer::v1::Terms terms;
  absl::StatusOr<Leaf> leaf = ReadLeaf(head->head.kind(), message.leaf(), &terms);
  if (!leaf.ok()) return leaf.status();
  if (absl::Status repeats = CheckRepeats(*leaf, head->head); !repeats.ok()) return repeats;
  return RecordProof{*std::move(head),         message.index(),
                     ToHashes(message.path()), std::move(*message.mutable_leaf()),
                     *std::move(leaf),         std::move(terms)};
}

absl::Status VerifyRecordProof(const RecordProof& proof, const JudgedBy& judged_by) {
  if (absl::Status head = VerifyHead(proof.head, judged_by); !head.ok()) return head;
  if (!crypto::VerifyInclusion(proof.leaf_bytes, proof.index, proof.head.tree(), proof.path).ok()) {
    return Refuse(Fault::kRoot);
  }
  return CheckOffered(proof.leaf, judged_by.manifest);
}

}  // namespace sluis::envelope
