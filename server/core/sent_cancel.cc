#include "server/core/sent_cancel.h"

#include "server/core/person_statement.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::core {

absl::StatusOr<std::string> OwedCancel(const Call& call, const View& view, const SentRow& sent) {
  const absl::StatusOr<SentBinding> bound = SentBindingOf(view, call.terms->organisation, sent);
  if (!bound.ok()) return bound.status();
  peer::v1::Cancel cancel;
  if (!cancel.ParseFromString(sent.row.cancel()) ||
      cancel.reason() == peer::v1::CANCEL_REASON_UNSPECIFIED) {
    return absl::DataLossError("a stored exchange cannot be read; run the node's doctor");
  }
  if (cancel.has_user()) {
    const absl::StatusOr<bool> holds = SignatureHolds(call, view, cancel.user());
    if (!holds.ok()) return holds.status();
    if (!*holds) {
      cancel.set_reason(peer::v1::CANCEL_REASON_RULE);
      cancel.clear_user();
    }
  }
  *cancel.mutable_binding() = bound->offer;
  cancel.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_CANCEL);
  cancel.set_offer_digest(std::string(crypto::View(bound->offer_digest)));
  return cancel.SerializeAsString();
}

}  // namespace sluis::core
