#ifndef SLUIS_SERVER_CORE_ACCEPT_PARTNER_LOG_H_
#define SLUIS_SERVER_CORE_ACCEPT_PARTNER_LOG_H_

#include "server/core/partner_heads.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/register.pb.h"

namespace sluis::core {

// AcceptPartnerLog: sets aside the newest head known here of a partner's log, so that the next one
// it shows is taken as the first one was. One entry with the reason, and row H. The store of the
// heads is not written: what the partner shows next moves it, and keeps what it replaces.
//
// Refused: `bad_request` for a reason that is too short or too long, `no_partner`, `no_known_log`
// when there is nothing to set aside, `other_log_size` when another head is known than the one
// named, because nobody decided about that one.
class AcceptPartnerLog : public UseCase {
 public:
  // All must outlive the call.
  AcceptPartnerLog(const node::v1::AcceptPartnerLogRequest& request,
                   node::v1::AcceptPartnerLogResponse& response, const PartnerHeads& heads)
      : request_(request), response_(response), heads_(heads) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::AcceptPartnerLogRequest& request_;
  node::v1::AcceptPartnerLogResponse& response_;
  const PartnerHeads& heads_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ACCEPT_PARTNER_LOG_H_
