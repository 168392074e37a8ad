// The log of the asker: what is logged, proven, opened and destroyed there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <utility>

#include "server/ledger/reader.h"
#include "server/ledger/sealed_parts.h"
#include "tests/server/exchange/evaluation_world.h"
#include "tests/server/exchange/puts.h"

namespace sluis::tests {
namespace {

ledger::StoredEntry EntryOf(const CoreHarness& h, const ledger::LogReader& reader,
                            const crypto::Hash& leaf_hash) {
  for (const Opened& one : h.Entries()) {
    if (one.leaf_hash == leaf_hash) return Must(reader.Entry(one.index));
  }
  std::abort();
}

}  // namespace

crypto::Hash EvaluationWorld::Log(const evaluation::Question& question) {
  return Put(node(0), [&](core::Effect& effect) {
    question.FillSubject(effect.entry.subject);
    effect.step.emplace().to_log = question.Log();
  });
}

evaluation::Opening EvaluationWorld::Open(const crypto::Hash& leaf_hash,
                                          std::vector<crypto::TreeHead>& heads) {
  CoreHarness& h = node(0).h;
  h.ledger->Tick();
  const auto snapshot = h.ledger->store().NewSnapshot();
  const ledger::LogReader reader(h.ledger->origin(), *snapshot, h.ledger->keyring());
  const ledger::StoredEntry entry = EntryOf(h, reader, leaf_hash);
  const ledger::OpenedPart counterpart = Must(reader.Open(entry, ledger::Part::kCounterpart));
  const ledger::OpenedPart subject = Must(reader.Open(entry, ledger::Part::kSubject));
  heads = {Must(reader.Head(h.size()))};
  evaluation::Opening out;
  out.leaf = entry.leaf;
  out.tree_size = heads[0].size;
  out.inclusion = Must(reader.InclusionProof(entry.index, out.tree_size));
  out.counterpart_salt = Text(counterpart.salt);
  out.counterpart = counterpart.bytes;
  if (subject.state == ledger::OpenedPart::State::kOpen) {
    out.subject_salt = Text(subject.salt);
    out.subject = identity::WipedText(subject.bytes.begin(), subject.bytes.end());
  }
  return out;
}

void EvaluationWorld::Destroy(const crypto::Hash& leaf_hash) {
  CoreHarness& h = node(0).h;
  const auto snapshot = h.ledger->store().NewSnapshot();
  const ledger::LogReader reader(h.ledger->origin(), *snapshot, h.ledger->keyring());
  const ledger::StoredEntry entry = EntryOf(h, reader, leaf_hash);
  Put(node(0), [&](core::Effect& effect) {
    effect.erase.push_back(Must(ledger::ParseSealedParts(entry.sealed)).subject);
  });
}

peer::v1::EvaluationProofs EvaluationWorld::ProofsOf(const std::vector<crypto::Hash>& leaf_hashes,
                                                     uint64_t known_size) {
  CoreHarness& h = node(0).h;
  h.ledger->Tick();
  const ledger::ShownCheckpoint shown = h.ledger->checkpoint();
  const auto snapshot = h.ledger->store().NewSnapshot();
  const ledger::LogReader reader(h.ledger->origin(), *snapshot, h.ledger->keyring());
  peer::v1::EvaluationProofs out;
  out.set_version(1);
  out.set_checkpoint(shown.note);
  out.set_known_size(known_size);
  if (known_size != 0) {
    for (const crypto::Hash& hash : Must(reader.ConsistencyProof(known_size, shown.size))) {
      out.add_consistency(Text(hash));
    }
  }
  const std::vector<Opened> entries = h.Entries();
  for (const crypto::Hash& leaf_hash : leaf_hashes) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Opened& one) { return one.leaf_hash == leaf_hash; });
    if (found == entries.end()) std::abort();
    const ledger::StoredEntry entry = Must(reader.Entry(found->index));
    const ledger::OpenedPart part = Must(reader.Open(entry, ledger::Part::kCounterpart));
    peer::v1::ProvenEvaluation& one = *out.add_entries();
    one.set_log_leaf(entry.leaf);
    for (const crypto::Hash& hash : Must(reader.InclusionProof(entry.index, shown.size))) {
      one.add_inclusion(Text(hash));
    }
    one.set_counterpart_salt(Text(part.salt));
    one.set_counterpart(part.bytes);
  }
  return out;
}

absl::StatusOr<peer::v1::ProveEvaluationsResponse> EvaluationWorld::Prove(
    size_t holder, const peer::v1::EvaluationProofs& proofs) {
  peer::v1::ProveEvaluationsRequest request;
  request.set_key_id(Text(package_->key_id));
  request.set_proofs(proofs.SerializeAsString());
  std::promise<absl::StatusOr<peer::v1::ProveEvaluationsResponse>> done;
  const auto take = [&done](absl::StatusOr<peer::v1::ProveEvaluationsResponse> answer) {
    done.set_value(std::move(answer));
  };
  if (holder == 0) {
    nodes_.link(0).desk().ProveOwn(request, take);
  } else {
    nodes_.network()
        .PeersOf(KeyWorld::NameOf(0))
        ->ProveEvaluations(KeyWorld::NameOf(holder), request, take);
  }
  return done.get_future().get();
}

}  // namespace sluis::tests
