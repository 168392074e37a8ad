#ifndef SLUIS_SERVER_CORE_SHARE_DRAFT_H_
#define SLUIS_SERVER_CORE_SHARE_DRAFT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/record_act.h"
#include "server/core/refusal.h"
#include "server/core/release_question.h"
#include "server/core/shared_identity.h"
#include "server/core/shared_tags.h"
#include "server/core/view.h"
#include "sluis/peer/v1/terms.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

// What somebody asks to share with whom.
struct ShareRequest {
  std::string record_id;
  std::string recipient;
  std::string recipient_role;
  // The earlier share that this one corrects; empty for none, and nothing where that is not known
  // yet, as when it is only looked at.
  std::optional<std::string> corrects;
};

// What would travel and on what conditions: the same for the preview and for the share itself.
struct ShareDraft {
  RecordAct act;
  // As the manifest in force describes it; owned by the terms of the call.
  const partnership::Member* recipient = nullptr;
  // The fields that travel, coarsened as the rules ask, and nothing else.
  record::v1::SignalContent content;
  // Who it is about, exactly when the conditions name that field; null otherwise.
  std::shared_ptr<const OpenedIdentity> identity;
  // What stands for that person at the recipient; none where nobody had it computed.
  TravellingTags tags;
  // What the recipient is told before it can read: attributes, conditions, case, version.
  peer::v1::Terms terms;
  // When it may leave, and the day until which the contributor must be told; empty when no rule
  // asks that.
  uint64_t due_at_us = 0;
  std::string tell_contributor_until;
  // The earlier share that it corrects, unchanged; nothing when it corrects none.
  std::optional<ledger::Precondition> earlier;
};

// Opens the record and asks the rules on the side `release`. The second alternative is the refusal:
// no such record, no such partner (`no_partner`), a partnership that exchanges nothing
// (`not_exchanging`; while that is so at this node alone a correction is drafted all the same,
// because it is decided again before it leaves), a record that was taken back (`withdrawn`), that
// was not made in exercise while the partnership is (`not_exercise`), that came from another
// organisation on conditions which forbid it (`onward`), a correction of what this partner did not
// open of an earlier version (`no_correction`), or rules that do not permit it. An error is a fault
// of the node.
// `case_key` makes the tokens by which others see a case; it never leaves the node.
absl::StatusOr<std::variant<ShareDraft, Plan>> DraftShare(const Call& call, const View& view,
                                                          const ShareRequest& request,
                                                          const crypto::Secret<32>& case_key);

// On what conditions the record may be held there by this decision. Those under which it came here
// from another organisation hold there too; nothing when the two cannot be said together.
std::optional<peer::v1::Conditions> ConditionsOf(const Call& call, const RecordAct& act);

// Whether a record that came from another organisation may go further; the refusal otherwise.
std::optional<Refusal> RefuseOnward(const record::v1::RecordBody& body);

// The attributes that the terms must state, out of what was asked on the side `release`.
void AddOfferedAttributes(const Call& call, const Answer& answer, peer::v1::Terms& terms);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SHARE_DRAFT_H_
