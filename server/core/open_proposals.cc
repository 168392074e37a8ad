#include "server/core/open_proposals.h"

#include "server/core/ceremony_rows.h"

namespace sluis::core {

absl::StatusOr<OpenProposals> OpenProposals::Of(const View& view, const std::string& sender) {
  OpenProposals open;
  const absl::Status visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    if (one.row.state() != record::v1::CEREMONY_STATE_PROPOSED) return true;
    ++open.in_all;
    if (one.row.proposed_by() == sender) ++open.of_sender;
    return true;
  });
  if (!visited.ok()) return visited;
  return open;
}

}  // namespace sluis::core
