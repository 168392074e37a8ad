#include "tests/server/evaluation/asker_log.h"

#include <stdexcept>

#include "crypto/checkpoint.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"
#include "tests/server/evaluation/world.h"

namespace sluis::evaluation::test {
namespace {

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

}  // namespace

crypto::VerifierKey AskerLog::LogKey() const {
  return crypto::VerifierKey::Create(Origin(), key_.public_key()).value();
}

crypto::Hash AskerLog::Append(const std::string& subject, const std::string& counterpart) {
  ledger::Leaf leaf;
  leaf.index = entries_.size();
  leaf.logged_at_us = kNowUs;
  const ledger::Salt subject_salt = random_.Array<32>();
  const ledger::Salt counterpart_salt = random_.Array<32>();
  leaf.commitments[2] = ledger::Commitment(Origin(), ledger::Part::kSubject, subject_salt, subject);
  leaf.commitments[4] =
      ledger::Commitment(Origin(), ledger::Part::kCounterpart, counterpart_salt, counterpart);
  Entry entry;
  entry.leaf = std::string(crypto::View(ledger::EncodeLeaf(leaf)));
  entry.subject_salt = Text(subject_salt);
  entry.subject = subject;
  entry.counterpart_salt = Text(counterpart_salt);
  entry.counterpart = counterpart;
  entries_.push_back(entry);
  return crypto::LeafHash(entry.leaf);
}

crypto::Hash AskerLog::Append(const Question& question) {
  record::v1::SubjectPart subject;
  question.FillSubject(subject);
  return Append(subject.SerializeAsString(),
                AskerPart(question.entry(), kOutcomeAsked).SerializeAsString());
}

namespace {

// Roots of complete subtrees, computed from the leaves each time.
class Nodes final : public crypto::NodeSource {
 public:
  explicit Nodes(std::vector<crypto::Hash> leaves) : leaves_(std::move(leaves)) {}
  absl::StatusOr<crypto::Hash> Node(uint32_t level, uint64_t index) override {
    if (level == 0) return leaves_.at(index);
    return crypto::NodeHash(Node(level - 1, 2 * index).value(),
                            Node(level - 1, 2 * index + 1).value());
  }

 private:
  std::vector<crypto::Hash> leaves_;
};

}  // namespace

crypto::TreeHead AskerLog::Head() const {
  crypto::CompactRange range;
  for (const Entry& entry : entries_) range.Append(crypto::LeafHash(entry.leaf));
  return range.Head();
}

peer::v1::EvaluationProofs AskerLog::Prove(const std::vector<crypto::Hash>& leaf_hashes,
                                           uint64_t known_size) const {
  std::vector<crypto::Hash> leaves;
  for (const Entry& entry : entries_) leaves.push_back(crypto::LeafHash(entry.leaf));
  Nodes nodes(leaves);
  const crypto::TreeHead head = Head();
  peer::v1::EvaluationProofs out;
  out.set_version(1);
  out.set_checkpoint(crypto::SignCheckpoint({Origin(), head}, key_).value());
  out.set_known_size(known_size);
  if (known_size != 0) {
    const std::vector<crypto::Hash> path =
        crypto::ConsistencyProof(known_size, head.size, nodes).value();
    for (const crypto::Hash& hash : path) {
      out.add_consistency(Text(hash));
    }
  }
  for (const crypto::Hash& leaf_hash : leaf_hashes) {
    const size_t index = Find(leaf_hash);
    peer::v1::ProvenEvaluation& one = *out.add_entries();
    one.set_log_leaf(entries_[index].leaf);
    const std::vector<crypto::Hash> path = crypto::InclusionProof(index, head.size, nodes).value();
    for (const crypto::Hash& hash : path) {
      one.add_inclusion(Text(hash));
    }
    one.set_counterpart_salt(entries_[index].counterpart_salt);
    one.set_counterpart(entries_[index].counterpart);
  }
  return out;
}

Opening AskerLog::Open(const crypto::Hash& leaf_hash) const {
  const Entry& entry = entries_[Find(leaf_hash)];
  Opening out{entry.leaf, entry.subject_salt,
              identity::WipedText(entry.subject.begin(), entry.subject.end()),
              entry.counterpart_salt, entry.counterpart};
  if (entry.erased) {
    out.subject_salt.clear();
    out.subject = {};
  }
  return out;
}

void AskerLog::EraseSubject(const crypto::Hash& leaf_hash) {
  entries_[Find(leaf_hash)].erased = true;
}

size_t AskerLog::Find(const crypto::Hash& leaf_hash) const {
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (crypto::LeafHash(entries_[i].leaf) == leaf_hash) return i;
  }
  throw std::runtime_error("no such entry");
}

}  // namespace sluis::evaluation::test
