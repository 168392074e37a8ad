#include "server/core/owed_proofs.h"

#include <algorithm>

#include "server/evaluation/limits.h"
#include "server/evaluation/parts.h"
#include "server/ledger/reader.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

absl::Status Unreadable() {
  return absl::DataLossError("a row of proofs that are owed cannot be read; run the node's doctor");
}

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

}  // namespace

std::string OwedProofKey(std::string_view holder, const crypto::Hash& key_id,
                         const evaluation::RequestId& request_id) {
  std::string rest(holder);
  rest.push_back('\0');
  rest += crypto::View(key_id);
  rest += crypto::View(request_id);
  return ledger::RowKey(ledger::Table::kOwedProof, rest);
}

ledger::RowWrite EndedProof(std::string_view holder, const crypto::Hash& key_id,
                            const evaluation::RequestId& request_id, uint64_t index) {
  std::string value;
  crypto::AppendU64(value, index);
  return {OwedProofKey(holder, key_id, request_id), std::move(value)};
}

absl::StatusOr<OwedProofs> ReadOwedProofs(const View& view, const std::string& origin,
                                          uint64_t size, uint64_t now_us) {
  constexpr size_t kIds = 32 + 16;
  const ledger::LogReader reader(origin, view.snapshot(), view.keyring());
  // Whether a round that has no end can have one no more.
  const auto is_old = [&](uint64_t index) -> absl::StatusOr<bool> {
    const absl::StatusOr<ledger::StoredEntry> entry = reader.Entry(index);
    if (!entry.ok()) return entry.status();
    const absl::StatusOr<ledger::Leaf> leaf = ledger::DecodeLeaf(entry->leaf);
    if (!leaf.ok()) return leaf.status();
    return leaf->logged_at_us + kLongestRoundUs <= now_us;
  };
  const std::string prefix = ledger::RowKey(ledger::Table::kOwedProof);
  OwedProofs out;
  absl::Status fault = absl::OkStatus();
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        const absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
        // No organisation id holds a zero byte.
        const size_t end = key.find('\0');
        if (!row.ok() || row->stamp == ledger::kAbsent || end == std::string_view::npos ||
            key.size() != end + 1 + kIds || (!row->value.empty() && row->value.size() != 8)) {
          fault = Unreadable();
          return false;
        }
        const auto key_id = crypto::ToFixed<32>(key.substr(end + 1, 32));
        // Until there is an end a row is stamped with the entry itself.
        uint64_t index = row->stamp - 1;
        const bool ended = crypto::Reader(row->value).U64(&index);
        std::vector<OwedProof>& owed =
            out[{std::string(key.substr(prefix.size(), end - prefix.size())), *key_id}];
        if (index >= size || owed.size() == static_cast<size_t>(evaluation::kMaxProofs)) {
          return true;
        }
        const absl::StatusOr<bool> shown = ended ? absl::StatusOr<bool>(true) : is_old(index);
        if (!shown.ok()) {
          fault = shown.status();
          return false;
        }
        if (*shown) owed.push_back({{std::string(key), row->stamp}, index});
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!fault.ok()) return fault;
  std::erase_if(out, [](const auto& one) { return one.second.empty(); });
  return out;
}

absl::StatusOr<peer::v1::EvaluationProofs> ProofsOf(const View& view, const std::string& origin,
                                                    const ledger::ShownCheckpoint& head,
                                                    const std::vector<OwedProof>& owed,
                                                    uint64_t known_size) {
  const ledger::LogReader reader(origin, view.snapshot(), view.keyring());
  peer::v1::EvaluationProofs out;
  out.set_version(evaluation::kVersion);
  out.set_checkpoint(head.note);
  out.set_known_size(known_size);
  if (known_size != 0) {
    const auto consistency =
        reader.ConsistencyProof(std::min(known_size, head.size), std::max(known_size, head.size));
    if (!consistency.ok()) return consistency.status();
    for (const crypto::Hash& hash : *consistency) out.add_consistency(Text(hash));
  }
  for (const OwedProof& one : owed) {
    const absl::StatusOr<ledger::StoredEntry> entry = reader.Entry(one.index);
    if (!entry.ok()) return entry.status();
    const absl::StatusOr<ledger::OpenedPart> part = reader.Open(*entry, ledger::Part::kCounterpart);
    if (!part.ok()) return part.status();
    if (part->state != ledger::OpenedPart::State::kOpen) return Unreadable();
    const auto inclusion = reader.InclusionProof(one.index, head.size);
    if (!inclusion.ok()) return inclusion.status();
    peer::v1::ProvenEvaluation& proven = *out.add_entries();
    proven.set_log_leaf(entry->leaf);
    for (const crypto::Hash& hash : *inclusion) proven.add_inclusion(Text(hash));
    proven.set_counterpart_salt(std::string(crypto::View(part->salt)));
    proven.set_counterpart(part->bytes);
  }
  return out;
}

const Method& ForgetOwedProofs::method() const {
  static const Method& method =
      *new Method{"Node.ForgetOwedProofs", node::v1::METHOD_CLASS_UNSPECIFIED};
  return method;
}

absl::StatusOr<Plan> ForgetOwedProofs::Decide(const Call& call, View&) {
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_count(static_cast<uint32_t>(taken_.size()));
  record::v1::CounterpartPart part;
  part.set_side(std::string(evaluation::kSideAsker));
  part.set_kind(std::string(evaluation::kKindProof));
  part.set_peer(holder_);
  part.set_partnership(call.terms->partnership);
  part.set_outcome(std::string(evaluation::kOutcomeProven));
  effect.entry.counterpart = part.SerializeAsString();
  for (const OwedProof& one : taken_) {
    effect.preconditions.push_back(one.row);
    effect.rows.push_back({one.row.key, std::nullopt});
  }
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

}  // namespace sluis::core
