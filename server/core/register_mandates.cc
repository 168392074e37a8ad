#include "server/core/register_mandates.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/core/page_token.h"
#include "server/core/refusal.h"

namespace sluis::core {
namespace {

// More than this for one user would not be read when that user calls.
constexpr size_t kMaxMandatesPerUser = 60;

Refusal BadMandate(std::string message) {
  return {absl::StatusCode::kInvalidArgument, "bad_mandate", std::move(message), "mandate"};
}

absl::Status DamagedList() {
  return absl::DataLossError(
      "the stored list of revoked mandates is not signed by the mandate key; run the node's "
      "doctor");
}

Effect WriteOf(const Call& call, const std::string& key, uint64_t stamp, const std::string& row) {
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_object_digest(std::string(crypto::View(crypto::Sha256(row))));
  effect.preconditions.push_back({key, stamp});
  effect.rows.push_back({key, row});
  return effect;
}

}  // namespace

const Method& AddMandate::method() const {
  static const Method& method = MethodNamed("RegisterService.AddMandate");
  return method;
}

absl::StatusOr<Plan> AddMandate::Decide(const Call& call, View& view) {
  absl::StatusOr<record::v1::Mandate> mandate = verifier_.Verify(request_.mandate());
  if (!mandate.ok()) {
    return RefusalPlan(call, BadMandate(std::string(mandate.status().message())));
  }
  absl::StatusOr<authn::Registered> registered = view.ReadRegistered(mandate->user_id());
  if (!registered.ok()) return registered.status();
  if (!registered->user || registered->user->state() != record::v1::USER_STATE_ACTIVE) {
    return RefusalPlan(call, BadMandate("the user is not registered here; add the user first"));
  }
  if (registered->user->signing_key() != mandate->signing_key()) {
    return RefusalPlan(call, BadMandate("the signing key is not the registered one of this user"));
  }
  std::vector<std::string> expired;
  for (const record::v1::SignedMandate& stored : registered->mandates) {
    const absl::StatusOr<record::v1::Mandate> held = verifier_.Verify(stored);
    if (held.ok() && held->not_after_s() < call.now_us / 1'000'000) {
      expired.push_back(MandateKey(held->user_id(), held->mandate_id()));
    }
  }
  if (registered->mandates.size() - expired.size() >= kMaxMandatesPerUser) {
    return RefusalPlan(call, BadMandate("this user has 60 mandates; let some expire first"));
  }
  for (const std::string& role : mandate->roles()) {
    if (!call.terms->packs.RoleAllowedAt(role, call.terms->kind)) {
      return RefusalPlan(call,
                         BadMandate("this kind of organisation cannot give one of the roles"));
    }
  }
  const std::string key = MandateKey(mandate->user_id(), mandate->mandate_id());
  absl::StatusOr<uint64_t> stamp = view.StampOf(key);
  if (!stamp.ok()) return stamp.status();
  Plan plan;
  plan.effects.push_back(WriteOf(call, key, *stamp, request_.mandate().SerializeAsString()));
  // Expired ones are dropped only when room is needed: until then they can be looked up.
  if (registered->mandates.size() >= kMaxMandatesPerUser) {
    for (std::string& old : expired) {
      if (old != key) plan.effects[0].rows.push_back({std::move(old), std::nullopt});
    }
  }
  plan.reply = [this](std::span<const ledger::Logged> logged) {
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

const Method& ListMandates::method() const {
  static const Method& method = MethodNamed("RegisterService.ListMandates");
  return method;
}

absl::StatusOr<Plan> ListMandates::Decide(const Call& call, View& view) {
  const std::string filter = FilterOf(request_);
  auto asked = PageOf(call, filter, request_.page_size(), request_.page_token());
  if (auto* refusal = std::get_if<Refusal>(&asked)) return RefusalPlan(call, std::move(*refusal));
  const Page& page = std::get<Page>(asked);
  auto shown = std::make_shared<node::v1::ListMandatesResponse>();
  record::v1::MandateStatus status;
  auto stored = view.ReadMandateStatus();
  if (!stored.ok()) return stored.status();
  if (*stored) {
    absl::StatusOr<record::v1::MandateStatus> verified = verifier_.Verify(**stored);
    if (!verified.ok()) return DamagedList();
    status = *std::move(verified);
    *shown->mutable_status() = **stored;
  }
  shown->set_status_number(status.number());
  std::string last;
  absl::Status visited = view.VisitMandates(
      request_.user_id(),
      [&](std::string_view key, const record::v1::SignedMandate& found) {
        if (shown->mandates_size() == page.size) {
          shown->set_next_page_token(call.pages->Seal(call, filter, last));
          return false;
        }
        node::v1::MandateRow& row = *shown->add_mandates();
        *row.mutable_mandate() = found;
        const absl::StatusOr<record::v1::Mandate> mandate = verifier_.Verify(found);
        row.set_revoked(!mandate.ok() ||
                        std::binary_search(status.revoked().begin(), status.revoked().end(),
                                           mandate->mandate_id()));
        last = key;
        return true;
      },
      page.after);
  if (!visited.ok()) return visited;
  Plan plan;
  plan.effects.emplace_back().entry =
      EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  plan.reply = [this, shown](std::span<const ledger::Logged> logged) {
    response_ = std::move(*shown);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

const Method& PutMandateStatus::method() const {
  static const Method& method = MethodNamed("RegisterService.PutMandateStatus");
  return method;
}

absl::StatusOr<Plan> PutMandateStatus::Decide(const Call& call, View& view) {
  absl::StatusOr<record::v1::MandateStatus> status = verifier_.Verify(request_.status());
  if (!status.ok()) {
    return RefusalPlan(call, BadMandate(std::string(status.status().message())));
  }
  auto stored = view.ReadMandateStatus();
  if (!stored.ok()) return stored.status();
  if (*stored) {
    absl::StatusOr<record::v1::MandateStatus> before = verifier_.Verify(**stored);
    if (!before.ok()) return DamagedList();
    if (status->number() <= before->number()) {
      return RefusalPlan(call,
                         BadMandate("a list with this number or a higher one is stored already"));
    }
    if (!std::includes(status->revoked().begin(), status->revoked().end(),
                       before->revoked().begin(), before->revoked().end())) {
      return RefusalPlan(call, BadMandate("the list leaves out a mandate that was revoked before"));
    }
  }
  absl::StatusOr<uint64_t> stamp = view.StampOf(MandateStatusKey());
  if (!stamp.ok()) return stamp.status();
  Plan plan;
  plan.effects.push_back(
      WriteOf(call, MandateStatusKey(), *stamp, request_.status().SerializeAsString()));
  plan.reply = [this](std::span<const ledger::Logged> logged) {
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
