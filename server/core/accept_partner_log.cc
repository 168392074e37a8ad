#include "server/core/accept_partner_log.h"

#include <string>
#include <utility>

#include "crypto/hash.h"
#include "server/core/record_act.h"
#include "server/core/refusal.h"
#include "server/core/set_aside_head.h"

namespace sluis::core {
namespace {

// The log of nobody else is ever compared with a head.
bool IsPartner(const Terms& terms, const std::string& organisation) {
  return terms.manifest != nullptr && organisation != terms.organisation &&
         terms.manifest->manifest.Find(organisation) != nullptr;
}

}  // namespace

const Method& AcceptPartnerLog::method() const {
  static const Method& method = MethodNamed("RegisterService.AcceptPartnerLog");
  return method;
}

absl::StatusOr<Plan> AcceptPartnerLog::Decide(const Call& call, View& view) {
  if (auto refusal = RefuseReason(request_.reason(), 3)) {
    return RefusalPlan(call, *std::move(refusal));
  }
  const std::string& partner = request_.partner();
  if (!IsPartner(*call.terms, partner)) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "no_partner",
                              "name an organisation of the partnership that the manifest in force "
                              "lists, and not your own",
                              "partner"});
  }
  const auto known = KnownHeadOf(view, heads_, partner);
  if (!known.ok()) return known.status();
  if (!*known) {
    return RefusalPlan(
        call, {absl::StatusCode::kFailedPrecondition, "no_known_log",
               "no head of that log is known here; the next one is taken as it is", "partner"});
  }
  const crypto::TreeHead head = **known;
  if (head.size != request_.known_size()) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "other_log_size",
                              "this node knows that log up to another size; look at the status of "
                              "the exchange and ask the partner again before you name that one",
                              "known_size"});
  }
  const absl::StatusOr<bool> before = IsSetAside(view, partner, head);
  if (!before.ok()) return before.status();
  if (*before) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "other_log_size",
                              "that head was set aside before, and the partner went back to it "
                              "since; ask it for a message of its newest log, and name that",
                              "known_size"});
  }
  ledger::RowWrite row = SetAsideRow(partner, head, call.now_us);
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_object_digest(std::string(crypto::View(crypto::Sha256(row.key))));
  effect.entry.act.set_reason(request_.reason());
  effect.preconditions.push_back({row.key, ledger::kAbsent});
  effect.rows.push_back(std::move(row));
  plan.reply = [this, head](std::span<const ledger::Logged> logged) {
    response_.set_size(head.size);
    response_.set_root(std::string(crypto::View(head.root)));
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
