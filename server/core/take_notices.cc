#include "server/core/take_notices.h"

#include <algorithm>
#include <memory>

#include "server/core/judge_leaf.h"
#include "server/core/owed_notice.h"
#include "server/core/sent_erasure.h"
#include "server/core/sent_exchange.h"
#include "server/core/stop_share.h"

namespace sluis::core {
namespace {

// Taken of one exchange. More is turned away: a partner must not fill the log with them.
constexpr int kMostNotices = 32;

bool IsKnown(const record::v1::SentExchange& row, const crypto::Hash& digest) {
  const auto& kept = row.notice_proofs();
  return std::any_of(kept.begin(), kept.end(), [&digest](const std::string& bytes) {
    const absl::StatusOr<envelope::RecordProof> proof = envelope::ReadRecordProof(bytes);
    return proof.ok() && envelope::LeafDigest(proof->leaf_bytes) == digest;
  });
}

}  // namespace

const Method& TakeNotices::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::Status TakeNotices::Take(const Call& call, const View& view, const PeerLeaf& leaf,
                               Plan& plan) const {
  const auto& notice = std::get<peer::v1::Notice>(leaf.proof.leaf);
  const absl::StatusOr<SentRow> sent = ReadSent(view, notice.binding().exchange_id());
  if (!sent.ok() && !absl::IsNotFound(sent.status())) return sent.status();
  const auto refuse = [&] {
    AddUnknown(call, sender_, leaf, kKindNotice, plan);
    return absl::OkStatus();
  };
  if (!sent.ok() || sent->row.recipient() != sender_ || !MayBeThere(sent->row)) return refuse();
  if (IsKnown(sent->row, leaf.digest)) return absl::OkStatus();
  const absl::StatusOr<SentBinding> bound = SentBindingOf(view, call.terms->organisation, *sent);
  if (!bound.ok()) return bound.status();
  if (sent->row.notice_proofs_size() >= kMostNotices ||
      !envelope::CheckAnswers(leaf.proof.leaf, bound->offer).ok() ||
      notice.offer_digest() != crypto::View(bound->offer_digest)) {
    return refuse();
  }
  const absl::StatusOr<std::shared_ptr<const OpenedRecord>> record =
      view.OpenRecord(sent->row.record_id());
  if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();

  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  if (record.ok()) {
    AddSubject(**record, effect.entry);
    effect.about = *record;
  }
  record::v1::SentExchange after = sent->row;
  after.set_intent_entry(sent->intent_index() + 1);
  after.add_notice_proofs(leaf.proof.Serialise());
  effect.entry.counterpart = SenderPart(after, call.terms->partnership, kKindNotice,
                                        crypto::View(leaf.digest), kCompelled);
  const std::string key = SentKey(after.exchange_id());
  effect.preconditions.push_back({key, sent->stamp});
  effect.rows.push_back({key, after.SerializeAsString()});
  return absl::OkStatus();
}

absl::StatusOr<Plan> TakeNotices::Decide(const Call& call, View& view) {
  Plan plan;
  absl::Status unreadable;
  for (const PeerLeaf& leaf : leaves_) {
    if (!std::holds_alternative<peer::v1::Notice>(leaf.proof.leaf)) {
      return RefusePeer(call, absl::StatusCode::kInvalidArgument, "kind");
    }
    const absl::Status taken =
        JudgeLeaf([&] { return Take(call, view, leaf, plan); }, plan, unreadable);
    if (!taken.ok()) return taken;
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  plan.reply = [unreadable](std::span<const ledger::Logged>) { return unreadable; };
  return plan;
}

}  // namespace sluis::core
