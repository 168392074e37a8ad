// The newest lists of revoked mandates seen of each partner.
//
// Guarantee: a list is kept only when a mandate key that the manifest in force gives that member
// today signed it, and never one with a number that is not higher than of the one held: whoever
// showed a newer list cannot take it back, here or after a restart. Not guaranteed: that the
// partner has no newer one; what its people sign says the number that it knows
// (envelope/user_signature.h). Source: docs/formats.md, row N.
#ifndef SLUIS_SERVER_CORE_STATUS_LISTS_H_
#define SLUIS_SERVER_CORE_STATUS_LISTS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/signature.h"
#include "server/core/use_case.h"
#include "server/core/view.h"
#include "server/partnership/manifest.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::core {

std::string PartnerStatusKey(std::string_view organisation);

// The list held of a partner; number 0 and nobody revoked when none was seen. Its row becomes a
// standing precondition: what is decided under one list does not commit under a newer one.
absl::StatusOr<record::v1::MandateStatus> ReadPartnerStatus(View& view,
                                                            std::string_view organisation);

// The keys that may sign mandates and lists of a member on that day.
std::vector<crypto::PublicKey> MandateKeysOf(const partnership::Member& member,
                                             std::string_view day);

// What a list that was heard is judged by. The same list under the same terms on the same day comes
// to the same: mandate keys hold by the day.
crypto::Hash JudgedBy(const record::v1::SignedMandateStatus& status, const Terms& terms,
                      std::string_view day);

// Keeps the list that a partner's node sent of itself, with an entry. One that is not newer is
// answered OK without an entry; one that does not hold is refused. Run it as the peer.
class PutPartnerStatus : public UseCase {
 public:
  PutPartnerStatus(std::string sender, record::v1::SignedMandateStatus status)
      : sender_(std::move(sender)), status_(std::move(status)) {}
  const Method& method() const override;
  // Without the newest list nobody could verify what crosses a suspension.
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string sender_;
  const record::v1::SignedMandateStatus status_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_STATUS_LISTS_H_
