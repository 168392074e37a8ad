#include "server/exchange/peer_refusal.h"

#include <string>

#include "absl/strings/cord.h"
#include "server/core/refusal.h"

namespace sluis::exchange {
namespace {

absl::Status WithDetail(absl::Status status, const peer::v1::PeerRefusal& detail) {
  status.SetPayload(core::kRefusalPayload, absl::Cord(detail.SerializeAsString()));
  return status;
}

}  // namespace

absl::Status RefusedToPeer() {
  peer::v1::PeerRefusal detail;
  detail.set_code("refused");
  return WithDetail(
      absl::PermissionDeniedError("refused; ask the administrator of this node by another way"),
      detail);
}

absl::Status UpdateNeeded(const Protocol& own) {
  peer::v1::PeerRefusal detail;
  detail.set_code("update");
  detail.set_lowest_version(own.lowest_version);
  detail.set_highest_version(own.highest_version);
  return WithDetail(
      absl::FailedPreconditionError("no version of the protocol is spoken by both; update"),
      detail);
}

absl::Status LaterToPeer() {
  peer::v1::PeerRefusal detail;
  detail.set_code(kLater);
  return WithDetail(absl::FailedPreconditionError(
                        "your newest list of revoked mandates is not here yet; send it again soon"),
                    detail);
}

std::optional<peer::v1::PeerRefusal> PeerRefusalOf(const absl::Status& status) {
  const auto payload = status.GetPayload(core::kRefusalPayload);
  peer::v1::PeerRefusal detail;
  if (!payload || !detail.ParseFromString(std::string(*payload)) || detail.code().empty()) {
    return std::nullopt;
  }
  return detail;
}

}  // namespace sluis::exchange
