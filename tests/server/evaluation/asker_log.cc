#include "tests/server/evaluation/asker_log.h"

#include <stdexcept>

#include "crypto/checkpoint.h"
#include "server/ledger/sealed_parts.h"

namespace sluis::evaluation::test {
namespace {

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

void Must(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(std::string(status.message()));
}

// A row of the ledger as it is: under a prefix that is none of its tables.
absl::Status WriteRow(const StoredRow& row, ledger::Effect& effect) {
  effect.writes.push_back({"%/" + row.key, row.bytes});
  return absl::OkStatus();
}

}  // namespace

AskerLog::AskerLog(const crypto::SigningKey& key, std::string origin)
    : key_(key), origin_(std::move(origin)) {
  ledger::LedgerOptions options = world_.Options();
  options.origin = origin_;
  Must(world_.Open(std::move(options)));
}

crypto::VerifierKey AskerLog::LogKey() const {
  return crypto::VerifierKey::Create(origin_, key_.public_key()).value();
}

ledger::Logged AskerLog::Submit(ledger::Effect effect) {
  const tests::Told told = world_.Submit(std::move(effect));
  Must(told.status);
  const ledger::Logged& logged = told.logged.at(0);
  entries_[logged.leaf_hash] = logged.index;
  return logged;
}

LoggedDurably AskerLog::Log(const ToLog& to_log, std::string subject) {
  ledger::EntryParts parts;
  parts.act = "evaluation";
  parts.subject = std::move(subject);
  const ledger::Sealer sealer(origin_, world_.ledger->keyring(), world_.random);
  PlannedEffect planned =
      PlanEffect(to_log, std::move(parts), WriteRow, sealer, world_.clock.NowUs()).value();
  const ledger::Logged logged = Submit(std::move(planned.effect));
  return planned.ticket.Durable(logged).value();
}

LoggedDurably AskerLog::Log(const Question& question) {
  record::v1::SubjectPart subject;
  question.FillSubject(subject);
  return Log(question.Log(), subject.SerializeAsString());
}

crypto::Hash AskerLog::Append(const std::string& subject, const std::string& counterpart) {
  ledger::EntryParts parts;
  parts.subject = subject;
  parts.counterpart = counterpart;
  const ledger::Sealer sealer(origin_, world_.ledger->keyring(), world_.random);
  ledger::Sealing sealing = sealer.Seal(parts, nullptr, world_.clock.NowUs()).value();
  return Submit({std::move(sealing.entry),
                 {},
                 {},
                 std::move(sealing.rows),
                 std::move(sealing.keys),
                 {}})
      .leaf_hash;
}

namespace {

// What reads one state of the store.
struct Reading {
  Reading(tests::LedgerWorld& world, const std::string& origin)
      : snapshot(world.store.NewSnapshot()), log(origin, *snapshot, world.ledger->keyring()) {}
  std::unique_ptr<storage::Snapshot> snapshot;
  ledger::LogReader log;
};

}  // namespace

crypto::TreeHead AskerLog::Head() const {
  const Reading reading(world_, origin_);
  return reading.log.Head(reading.log.Size().value()).value();
}

peer::v1::EvaluationProofs AskerLog::Prove(const std::vector<crypto::Hash>& leaf_hashes,
                                           uint64_t known_size) const {
  const Reading reading(world_, origin_);
  const crypto::TreeHead head = Head();
  peer::v1::EvaluationProofs out;
  out.set_version(1);
  out.set_checkpoint(crypto::SignCheckpoint({origin_, head}, key_).value());
  out.set_known_size(known_size);
  if (known_size != 0) {
    const auto path = reading.log.ConsistencyProof(known_size, head.size).value();
    for (const crypto::Hash& hash : path) out.add_consistency(Text(hash));
  }
  for (const crypto::Hash& leaf_hash : leaf_hashes) {
    const ledger::StoredEntry entry = reading.log.Entry(Find(leaf_hash)).value();
    const auto part = reading.log.Open(entry, ledger::Part::kCounterpart).value();
    peer::v1::ProvenEvaluation& one = *out.add_entries();
    one.set_log_leaf(entry.leaf);
    const auto path = reading.log.InclusionProof(entry.index, head.size).value();
    for (const crypto::Hash& hash : path) one.add_inclusion(Text(hash));
    one.set_counterpart_salt(Text(part.salt));
    one.set_counterpart(part.bytes);
  }
  return out;
}

Opening AskerLog::Open(const crypto::Hash& leaf_hash, uint64_t tree_size) const {
  const Reading reading(world_, origin_);
  const ledger::StoredEntry entry = reading.log.Entry(Find(leaf_hash)).value();
  const auto counterpart = reading.log.Open(entry, ledger::Part::kCounterpart).value();
  const auto subject = reading.log.Open(entry, ledger::Part::kSubject).value();
  Opening out;
  out.leaf = entry.leaf;
  out.tree_size = tree_size == 0 ? Head().size : tree_size;
  out.inclusion = reading.log.InclusionProof(entry.index, out.tree_size).value();
  out.counterpart_salt = Text(counterpart.salt);
  out.counterpart = counterpart.bytes;
  if (subject.state == ledger::OpenedPart::State::kOpen) {
    out.subject_salt = Text(subject.salt);
    out.subject = identity::WipedText(subject.bytes.begin(), subject.bytes.end());
  }
  return out;
}

void AskerLog::EraseSubject(const crypto::Hash& leaf_hash) {
  const Reading reading(world_, origin_);
  const ledger::StoredEntry entry = reading.log.Entry(Find(leaf_hash)).value();
  ledger::EntryParts parts;
  parts.act = "erasure";
  const ledger::Sealer sealer(origin_, world_.ledger->keyring(), world_.random);
  ledger::Sealing sealing = sealer.Seal(parts, nullptr, world_.clock.NowUs()).value();
  ledger::Effect effect{std::move(sealing.entry), {}, {}, std::move(sealing.rows),
                        std::move(sealing.keys),  {}};
  effect.erase.push_back(ledger::ParseSealedParts(entry.sealed).value().subject);
  Submit(std::move(effect));
}

std::string AskerLog::Readable() const {
  std::string out;
  for (const storage::Write& row : world_.store.Rows()) {
    out.append(row.key).append(row.value.value_or(""));
  }
  const Reading reading(world_, origin_);
  for (const auto& [leaf_hash, index] : entries_) {
    const ledger::StoredEntry entry = reading.log.Entry(index).value();
    for (const ledger::Part part : ledger::kParts) {
      out.append(reading.log.Open(entry, part)->bytes);
    }
  }
  return out;
}

}  // namespace sluis::evaluation::test
