#include "server/core/open_proposals.h"

#include "server/core/ceremony_rows.h"
#include "server/core/key_leaver.h"

namespace sluis::core {

absl::StatusOr<OpenProposals> OpenProposals::Of(const View& view, const std::string& sender) {
  OpenProposals open;
  const absl::Status visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    if (one.row.state() != record::v1::CEREMONY_STATE_PROPOSED &&
        (one.row.reason() != kReasonLeft || one.row.ended_s() != 0)) {
      return true;
    }
    ++open.in_all;
    if (one.row.proposed_by() == sender) ++open.of_sender;
    return true;
  });
  if (!visited.ok()) return visited;
  return open;
}

}  // namespace sluis::core
