#include "server/core/exchange_upkeep.h"

#include <functional>
#include <set>

#include "server/core/outbox.h"
#include "server/core/received_exchange.h"
#include "server/core/refusal.h"
#include "server/core/sealing_key.h"
#include "server/core/sent_exchange.h"
#include "server/envelope/receipt_proof.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

constexpr std::string_view kExpired = "expired";
constexpr uint64_t kGraceSeconds = 3600;

absl::Status Done(std::span<const ledger::Logged>) { return absl::OkStatus(); }

Plan NotDue(const Call& call) {
  return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                            "nothing of this is due; look again later", ""});
}

bool Awaits(const record::v1::ReceivedExchange& row, uint64_t now_us) {
  return row.state() == record::v1::RECEIVED_STATE_COLLECTED &&
         row.expires_at_s() >= now_us / 1'000'000;
}

// Received exchanges that wait for their key, in or past their window. True when one that may wait
// could not be read.
absl::StatusOr<bool> VisitCollected(const View& view,
                                    const std::function<bool(const ReceivedRow&)>& visit) {
  bool unread = false;
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitOutbox(view, {}, [&](const OwedRow& owed) {
    if (!owed.MayBe(peer::v1::ENVELOPE_KIND_RECEIPT)) return true;
    const absl::StatusOr<ReceivedRow> received = ReadReceived(view, owed.id);
    if (received.ok()) {
      return received->row.state() != record::v1::RECEIVED_STATE_COLLECTED || visit(*received);
    }
    const bool gone = absl::IsNotFound(received.status());
    if (!gone && !absl::IsDataLoss(received.status())) {
      fault = received.status();
      return false;
    }
    unread = unread || !gone || owed.kind == peer::v1::ENVELOPE_KIND_RECEIPT;
    return true;
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  return unread;
}

// One-time keys that are still waited for.
struct AwaitedKeys {
  std::set<std::string, std::less<>> known;
  bool unread = false;

  bool Holds(const View& view, std::string_view public_key, uint64_t now_us) const {
    if (known.contains(public_key)) return true;
    // One that cannot be read may be put back while its key can still come.
    if (!unread) return false;
    const absl::StatusOr<HeldSealingKey> held = ReadSealingKey(view, public_key);
    return held.ok() && held->row.expires_at_s() >= now_us / 1'000'000;
  }
};

absl::StatusOr<AwaitedKeys> ReadAwaitedKeys(const View& view, uint64_t now_us) {
  AwaitedKeys awaited;
  const absl::StatusOr<bool> unread = VisitCollected(view, [&](const ReceivedRow& received) {
    if (Awaits(received.row, now_us)) awaited.known.insert(received.row.sealing_key());
    return true;
  });
  if (!unread.ok()) return unread.status();
  awaited.unread = *unread;
  return awaited;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> SealingKeysDone(const View& view, uint64_t now_us,
                                                         size_t most) {
  const absl::StatusOr<AwaitedKeys> awaited = ReadAwaitedKeys(view, now_us);
  if (!awaited.ok()) return awaited.status();
  std::vector<std::string> done;
  const std::string from = ledger::RowKey(ledger::Table::kSealingKey);
  const absl::Status visited = view.snapshot().Scan(
      from, storage::PrefixEnd(from), [&](std::string_view key, std::string_view) {
        const std::string_view public_key = key.substr(1);
        if (!awaited->Holds(view, public_key, now_us)) done.emplace_back(public_key);
        return done.size() < most;
      });
  if (!visited.ok()) return visited;
  return done;
}

const Method& EraseSealingKeys::method() const {
  static const Method& method = *new Method{"Node.EraseSealingKeys", node::v1::METHOD_CLASS_DATA};
  return method;
}

absl::StatusOr<Plan> EraseSealingKeys::Decide(const Call& call, View& view) {
  const absl::StatusOr<AwaitedKeys> awaited = ReadAwaitedKeys(view, call.now_us);
  if (!awaited.ok()) return awaited.status();
  Plan plan;
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
  for (const std::string& public_key : public_keys_) {
    if (awaited->Holds(view, public_key, call.now_us)) continue;
    absl::StatusOr<HeldSealingKey> held = ReadSealingKey(view, public_key);
    if (absl::IsDataLoss(held.status()) || absl::IsNotFound(held.status())) continue;
    if (!held.ok()) return held.status();
    effect.preconditions.push_back({SealingKeyKey(public_key), held->stamp});
    effect.rows.push_back({SealingKeyKey(public_key), std::nullopt});
    // With the record that it opened, or with an erasure applied again, it went before.
    const absl::Status there = view.keyring().Unwrap(view.snapshot(), held->ref).status();
    if (!absl::IsNotFound(there)) effect.erase.push_back(held->ref);
  }
  if (effect.rows.empty()) return NotDue(call);
  if (!effect.erase.empty()) {
    effect.entry.act.set_erased_everywhere_on(
        storage::AddDays(call.today, call.terms->key_copy_days + 1));
  }
  plan.effects.push_back(std::move(effect));
  plan.reply = Done;
  return plan;
}

absl::StatusOr<std::vector<std::string>> ReceivedPastWindow(const View& view, uint64_t now_us,
                                                            size_t most) {
  std::vector<std::string> due;
  const absl::StatusOr<bool> unread = VisitCollected(view, [&](const ReceivedRow& received) {
    if (!Awaits(received.row, now_us)) due.push_back(received.row.exchange_id());
    return due.size() < most;
  });
  if (!unread.ok()) return unread.status();
  return due;
}

absl::StatusOr<std::vector<std::string>> SentPastWindow(const View& view, uint64_t now_us,
                                                        size_t most) {
  std::vector<std::string> due;
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitOutbox(view, {}, [&](const OwedRow& owed) {
    if (!owed.MayBe(peer::v1::ENVELOPE_KIND_OFFER) && !owed.MayBe(peer::v1::ENVELOPE_KIND_KEY)) {
      return true;
    }
    const absl::StatusOr<SentRow> sent = ReadSent(view, owed.id);
    if (absl::IsDataLoss(sent.status()) || absl::IsNotFound(sent.status())) return true;
    if (!sent.ok()) {
      fault = sent.status();
      return false;
    }
    if (!IsEnded(sent->row.state()) &&
        sent->row.expires_at_s() + kGraceSeconds <= now_us / 1'000'000) {
      due.push_back(sent->row.exchange_id());
    }
    return due.size() < most;
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  return due;
}

const Method& ExpireReceived::method() const {
  static const Method& method = *new Method{"Node.ExpireReceived", node::v1::METHOD_CLASS_ADMIN};
  return method;
}

absl::StatusOr<Plan> ExpireReceived::Decide(const Call& call, View& view) {
  absl::StatusOr<ReceivedRow> held = ReadReceived(view, exchange_id_);
  if (absl::IsNotFound(held.status())) return NotDue(call);
  if (!held.ok()) return held.status();
  if (held->row.state() != record::v1::RECEIVED_STATE_COLLECTED || Awaits(held->row, call.now_us)) {
    return NotDue(call);
  }
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.counterpart = ReceiverPart(held->row, call.terms->partnership, envelope::kKindOffer,
                                          held->row.offer_digest(), kExpired);
  record::v1::ReceivedExchange after = held->row;
  after.set_state(record::v1::RECEIVED_STATE_EXPIRED);
  ForgetTerms(after);
  Owe(after, peer::v1::ENVELOPE_KIND_UNSPECIFIED, 0, {}, effect);
  WriteReceived(*held, std::move(after), effect);
  plan.reply = Done;
  return plan;
}

}  // namespace sluis::core
