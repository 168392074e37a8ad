// The newest lists of revoked mandates seen of each partner.
//
// Guarantee: a list is kept only when a mandate key that the manifest in force gives that member
// today signed it, and never one with a number that is not higher than of the one held: whoever
// showed a newer list cannot take it back, here or after a restart. Members hand each other's lists
// on, so that one shown to any of them is soon known to all. Not guaranteed: that the partner has
// no newer one; what its people sign says the number that it knows (envelope/user_signature.h).
// Source: docs/formats.md, row N.
#ifndef SLUIS_SERVER_CORE_STATUS_LISTS_H_
#define SLUIS_SERVER_CORE_STATUS_LISTS_H_

#include <cstdint>
#include <optional>
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

// Whether a member showed two lists of one number, and has shown no newer one since.
absl::StatusOr<bool> ListsDiffer(const View& view, std::string_view organisation);

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

// A list held of a member.
struct HeldStatus {
  std::string organisation;
  uint64_t number = 0;
  record::v1::SignedMandateStatus list;
};
// Those held, in the order of organisation. One that cannot be read is left out: it is neither told
// nor handed on, and whoever needs it hears that from ReadPartnerStatus.
absl::StatusOr<std::vector<HeldStatus>> HeldStatuses(const View& view);

// The organisation that a list names as its own, unverified; nothing when it names none.
std::optional<std::string> OrganisationOf(const record::v1::SignedMandateStatus& status);

// Keeps the list of a member, with an entry, whoever of the members hands it over: its own mandate
// key signed it. One that is older, or the one held, is answered OK without an entry. One that does
// not hold is refused, and so is another one of the same number, "status_differs": that member
// shows some of its partners what it hides from others. The entry names it and the other list,
// which is kept beside the first as the proof until a newer one comes. Run it as the peer.
class PutPartnerStatus : public UseCase {
 public:
  PutPartnerStatus(std::string sender, std::string organisation,
                   record::v1::SignedMandateStatus status)
      : sender_(std::move(sender)),
        organisation_(std::move(organisation)),
        status_(std::move(status)) {}
  const Method& method() const override;
  // Without the newest list nobody could verify what crosses a suspension.
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string sender_;
  const std::string organisation_;
  const record::v1::SignedMandateStatus status_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_STATUS_LISTS_H_
