#include "server/core/erase_shares.h"

#include <utility>

#include "server/core/sent_exchange.h"

namespace sluis::core {
namespace {

constexpr char kErased[] = "erased";

void AddErasedShare(const Call& call, const SentRow& sent, Effect& effect) {
  record::v1::SentExchange after = sent.row;
  after.clear_sealed_key();
  after.clear_sealed_context();
  if (IsEnded(sent.row.state())) {
    // What is still owed about it, such as a Cancel, stays owed.
    after.set_intent_entry(sent.intent_index() + 1);
    const std::string key = SentKey(after.exchange_id());
    effect.preconditions.push_back({key, sent.stamp});
    effect.rows.push_back({key, after.SerializeAsString()});
    return;
  }
  after.set_state(record::v1::SENT_STATE_WITHDRAWN);
  after.set_reason(kErased);
  const bool departed = ShownState(sent.row, call.now_us) != record::v1::SENT_STATE_COOLING_OFF;
  peer::v1::EnvelopeKind owed = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  if (departed) {
    peer::v1::Cancel cancel;
    cancel.set_reason(peer::v1::CANCEL_REASON_RULE);
    after.set_cancel(cancel.SerializeAsString());
    owed = peer::v1::ENVELOPE_KIND_CANCEL;
  }
  WriteSent(sent, std::move(after), owed, call.now_us, effect);
}

}  // namespace

absl::Status AddErasedShares(const Call& call, const View& view, std::string_view record_id,
                             Effect& effect) {
  return VisitSent(view, record_id, {}, [&](std::string_view, const SentRow& sent) {
    AddErasedShare(call, sent, effect);
    return true;
  });
}

}  // namespace sluis::core
