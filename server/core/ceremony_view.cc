#include "server/core/ceremony_view.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/core/ceremony_fate.h"
#include "server/core/key_use.h"

namespace sluis::core {
namespace {

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

node::v1::KeyState StateOf(const View& view, const PinnedKey& pinned,
                           const partnership::Manifest* manifest, const std::string& organisation,
                           uint64_t now_us) {
  const keys::Package& package = pinned.package;
  node::v1::KeyState state;
  state.set_purpose(package.purpose);
  state.set_epoch(package.epoch);
  state.set_use(WordOf(package.use));
  state.set_generation(package.generation);
  state.set_threshold(static_cast<uint32_t>(package.threshold));
  state.set_share("none");
  for (const keys::KeyHolder& holder : package.holders) {
    node::v1::KeySeat& seat = *state.add_holders();
    seat.set_index(holder.index);
    seat.set_organisation(holder.organisation);
    seat.set_holds(true);
    const partnership::Member* member =
        manifest == nullptr ? nullptr : manifest->Find(holder.organisation);
    if (member != nullptr) seat.set_host(member->host);
    if (holder.organisation == organisation) {
      state.set_share(OpenKeyShare(view, package).ok() ? "held"
                      : IsOver(pinned.row, now_us)     ? "erased"
                                                       : "lost");
    }
  }
  state.set_key_id(std::string(crypto::View(package.key_id)));
  state.set_package_digest(std::string(crypto::View(package.digest)));
  state.set_since_s(pinned.row.since_s());
  state.set_old_share(!pinned.row.old_share().empty());
  state.set_stops_s(pinned.row.stops_s());
  state.set_stops_why(pinned.row.stops_why());
  state.set_exercise(pinned.row.exercise());
  return state;
}

}  // namespace

node::v1::CeremonyView ViewOf(const keys::Parameters& parameters,
                              const partnership::Manifest& manifest) {
  node::v1::CeremonyView view;
  view.set_kind(WordOf(parameters.kind));
  view.set_purpose(parameters.purpose);
  view.set_epoch(parameters.epoch);
  view.set_threshold(static_cast<uint32_t>(parameters.threshold));
  if (parameters.previous) {
    view.set_threshold_before(static_cast<uint32_t>(parameters.previous->threshold));
  }
  view.set_announce_until_s(parameters.announce_until_s);
  view.set_round_seconds(parameters.round_seconds);
  if (parameters.restarts) view.set_restarts(Text(*parameters.restarts));
  std::map<keys::MemberIndex, std::string> seats;
  for (const keys::Seat& seat : parameters.holders) seats[seat.index] = seat.organisation;
  if (parameters.previous) {
    for (const keys::KeyHolder& one : parameters.previous->holders) {
      if (parameters.Deals(one.index)) seats[one.index] = one.organisation;
    }
  }
  for (const auto& [index, organisation] : seats) {
    node::v1::KeySeat& seat = *view.add_seats();
    seat.set_index(index);
    seat.set_organisation(organisation);
    const partnership::Member* member = manifest.Find(organisation);
    if (member != nullptr) seat.set_host(member->host);
    seat.set_holds(parameters.Holds(index));
    seat.set_deals(parameters.Deals(index));
  }
  return view;
}

node::v1::CeremonyView Described(const CeremonyRow& ceremony, const AgreedTerms& agreed) {
  node::v1::CeremonyView view = ViewOf(agreed.parameters, agreed.manifest.manifest);
  const record::v1::StoredCeremony& row = ceremony.row;
  view.set_id(ceremony.id);
  view.set_state(WordOf(row.state()));
  view.set_proposed_by(row.proposed_by());
  if (row.round() != 0) view.set_round(WordOf(static_cast<peer::v1::CeremonyRound>(row.round())));
  if (row.state() == record::v1::CEREMONY_STATE_RUNNING) *view.mutable_awaited() = row.awaited();
  for (const record::v1::CeremonyFinding& finding : row.findings()) {
    node::v1::CeremonyFault& fault = *view.add_faults();
    fault.set_organisation(finding.culprit());
    fault.set_ground(finding.ground());
    fault.set_round(finding.round());
    for (const std::string& message : finding.evidence()) {
      fault.add_evidence_digests(std::string(crypto::View(crypto::Sha256(message))));
    }
  }
  view.set_reason(row.reason());
  if (row.state() == record::v1::CEREMONY_STATE_COMPLETE) {
    view.set_package_digest(row.package_digest());
  }
  return view;
}

const Method& GetKeys::method() const {
  static const Method& method = MethodNamed("KeyService.GetKeys");
  return method;
}

absl::StatusOr<Plan> GetKeys::Decide(const Call& call, View& view) {
  node::v1::GetKeysResponse found;
  const partnership::Manifest* manifest =
      call.terms->manifest ? &call.terms->manifest->manifest : nullptr;
  absl::Status visited = VisitPinnedKeys(view, [&](const PinnedKey& pinned) {
    *found.add_keys() = StateOf(view, pinned, manifest, call.terms->organisation, call.now_us);
    return true;
  });
  if (!visited.ok()) return visited;
  absl::Status fault = absl::OkStatus();
  std::vector<std::pair<uint64_t, node::v1::CeremonyView>> ceremonies;
  visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    const absl::StatusOr<AgreedTerms> agreed = AgreedTermsOf(one.row);
    if (absl::IsDataLoss(agreed.status())) {
      // Its number and state, so that somebody can end it; the others are to be seen as well.
      node::v1::CeremonyView shown;
      shown.set_id(one.id);
      shown.set_state(WordOf(one.row.state()));
      shown.set_reason(std::string(kReasonUnreadable));
      ceremonies.emplace_back(0, std::move(shown));
      return true;
    }
    if (!agreed.ok()) {
      fault = agreed.status();
      return false;
    }
    ceremonies.emplace_back(agreed->parameters.announce_until_s, Described(one, *agreed));
    return true;
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  std::stable_sort(ceremonies.begin(), ceremonies.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [until, one] : ceremonies) *found.add_ceremonies() = std::move(one);
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  plan.reply = [this, found = std::move(found)](std::span<const ledger::Logged> logged) mutable {
    response_ = std::move(found);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
