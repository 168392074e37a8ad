#include "server/evaluation/logged_durably.h"

#include <utility>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "server/ledger/leaf.h"

namespace sluis::evaluation {

crypto::Hash StepOf(std::initializer_list<crypto::BytesView> parts) {
  crypto::Bytes bytes = crypto::Lp("sluis/evaluation-step/v1");
  for (const crypto::BytesView part : parts) crypto::AppendLp(bytes, part);
  return crypto::Sha256(bytes);
}

absl::StatusOr<LoggedDurably> Ticket::Durable(const ledger::Logged& logged) const {
  const auto leaf = ledger::EncodeLeaf({logged.index, logged.logged_at_us, commitments_});
  if (crypto::LeafHash(crypto::View(leaf)) != logged.leaf_hash) {
    return absl::FailedPreconditionError(
        "the ledger spoke of another entry than this one; hand in what it told of this effect");
  }
  return LoggedDurably(step_, logged.leaf_hash);
}

absl::StatusOr<PlannedEffect> PlanEffect(const ToLog& to_log, ledger::EntryParts parts,
                                         const RowWriter& write, const ledger::Sealer& sealer,
                                         uint64_t now_us) {
  if (!parts.counterpart.empty()) {
    return absl::InvalidArgumentError(
        "the counterpart part of an entry about an evaluation is that of its step; leave it empty");
  }
  parts.counterpart = to_log.counterpart.SerializeAsString();
  absl::StatusOr<ledger::Sealing> sealing = sealer.Seal(parts, nullptr, now_us);
  if (!sealing.ok()) return sealing.status();
  const Ticket ticket(to_log.step, sealing->entry.commitments());
  PlannedEffect out{
      {std::move(sealing->entry), {}, {}, std::move(sealing->rows), std::move(sealing->keys), {}},
      ticket};
  for (const StoredRow& row : to_log.rows) {
    if (absl::Status written = write(row, out.effect); !written.ok()) return written;
  }
  return out;
}

absl::Status CheckLogged(const LoggedDurably& logged, const ToLog& to_log) {
  if (logged.step() == to_log.step) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "another step was logged than is to be taken; log this one first");
}

}  // namespace sluis::evaluation
