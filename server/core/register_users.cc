#include "server/core/register_users.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/authn/user_request.h"
#include "server/core/page_token.h"
#include "server/core/record_act.h"
#include "server/core/refusal.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

// An administration entry about one object, named by its digest only.
Entry AdministrationEntry(const Call& call, const std::string& object) {
  Entry entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  entry.act.set_object_digest(std::string(crypto::View(crypto::Sha256(object))));
  return entry;
}

// Another active administrator, so that one may go or step down; NOT_FOUND when there is none. Its
// row is a precondition of whatever relies on it: two may not both go at the same time.
absl::StatusOr<ledger::Precondition> OtherAdministrator(const View& view,
                                                        const std::string& user_id) {
  std::string other;
  absl::Status visited = view.VisitUsers([&](const record::v1::User& found) {
    if (found.user_id() != user_id && found.administrator() &&
        found.state() == record::v1::USER_STATE_ACTIVE) {
      other = found.user_id();
    }
    return other.empty();
  });
  if (!visited.ok()) return visited;
  if (other.empty()) return absl::NotFoundError("there is no other administrator");
  absl::StatusOr<uint64_t> stamp = view.StampOf(UserKey(other));
  if (!stamp.ok()) return stamp.status();
  return ledger::Precondition{UserKey(other), *stamp};
}

Plan LastAdministrator(const Call& call) {
  return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "last_administrator",
                            "register another administrator first", "user_id"});
}

absl::StatusOr<std::optional<record::v1::User>> FindUser(const View& view,
                                                         const std::string& user_id) {
  std::optional<record::v1::User> user;
  absl::Status visited = view.VisitUsers([&](const record::v1::User& found) {
    if (found.user_id() == user_id) user = found;
    return !user;
  });
  if (!visited.ok()) return visited;
  return user;
}

bool Administers(const std::optional<record::v1::User>& user) {
  return user && user->administrator() && user->state() == record::v1::USER_STATE_ACTIVE;
}

}  // namespace

Effect RegistrationOf(const Call& call, record::v1::User user, bool administrator,
                      uint64_t stamp_before) {
  user.set_state(record::v1::USER_STATE_ACTIVE);
  user.set_registered_at_us(call.now_us);
  user.set_administrator(administrator);
  const std::string row = user.SerializeAsString();
  Effect effect;
  effect.entry = AdministrationEntry(call, row);
  effect.preconditions.push_back({UserKey(user.user_id()), stamp_before});
  effect.rows.push_back({UserKey(user.user_id()), row});
  return effect;
}

const Method& AddUser::method() const {
  static const Method& method = MethodNamed("RegisterService.AddUser");
  return method;
}

absl::StatusOr<Plan> AddUser::Decide(const Call& call, View& view) {
  absl::StatusOr<record::v1::User> user = authn::VerifyUserRequest(request_.request());
  if (!user.ok()) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                              std::string(user.status().message()), "request"});
  }
  absl::StatusOr<uint64_t> stamp = view.StampOf(UserKey(user->user_id()));
  if (!stamp.ok()) return stamp.status();
  const auto before = FindUser(view, user->user_id());
  if (!before.ok()) return before.status();
  std::vector<ledger::Precondition> preconditions;
  if (Administers(*before) && !request_.administrator()) {
    absl::StatusOr<ledger::Precondition> other = OtherAdministrator(view, user->user_id());
    if (absl::IsNotFound(other.status())) return LastAdministrator(call);
    if (!other.ok()) return other.status();
    preconditions.push_back(*std::move(other));
  }
  Plan plan;
  plan.effects.push_back(RegistrationOf(call, *std::move(user), request_.administrator(), *stamp));
  for (auto& precondition : preconditions) {
    plan.effects[0].preconditions.push_back(std::move(precondition));
  }
  plan.reply = [this](std::span<const ledger::Logged> logged) {
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

const Method& ListUsers::method() const {
  static const Method& method = MethodNamed("RegisterService.ListUsers");
  return method;
}

absl::StatusOr<Plan> ListUsers::Decide(const Call& call, View& view) {
  const std::string filter = FilterOf(request_);
  auto asked = PageOf(call, filter, request_.page_size(), request_.page_token());
  if (auto* refusal = std::get_if<Refusal>(&asked)) return RefusalPlan(call, std::move(*refusal));
  const Page& page = std::get<Page>(asked);
  auto shown = std::make_shared<node::v1::ListUsersResponse>();
  std::string last;
  absl::Status visited = view.VisitUsers(
      [&](const record::v1::User& user) {
        if (shown->users_size() == page.size) {
          shown->set_next_page_token(call.pages->Seal(call, filter, last));
          return false;
        }
        *shown->add_users() = user;
        last = UserKey(user.user_id());
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

const Method& RevokeUser::method() const {
  static const Method& method = MethodNamed("RegisterService.RevokeUser");
  return method;
}

absl::StatusOr<Plan> RevokeUser::Decide(const Call& call, View& view) {
  if (auto refusal = RefuseReason(request_.reason(), 3)) {
    return RefusalPlan(call, *std::move(refusal));
  }
  auto found = FindUser(view, request_.user_id());
  if (!found.ok()) return found.status();
  std::optional<record::v1::User>& user = *found;
  if (!user || user->state() != record::v1::USER_STATE_ACTIVE) {
    return RefusalPlan(call, {absl::StatusCode::kNotFound, "not_found",
                              "there is no such active user", "user_id"});
  }
  std::vector<ledger::Precondition> preconditions;
  if (Administers(user)) {
    absl::StatusOr<ledger::Precondition> other = OtherAdministrator(view, user->user_id());
    if (absl::IsNotFound(other.status())) return LastAdministrator(call);
    if (!other.ok()) return other.status();
    preconditions.push_back(*std::move(other));
  }
  absl::StatusOr<uint64_t> stamp = view.StampOf(UserKey(user->user_id()));
  if (!stamp.ok()) return stamp.status();
  user->set_state(record::v1::USER_STATE_REVOKED);
  const std::string row = user->SerializeAsString();
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = AdministrationEntry(call, row);
  effect.entry.act.set_reason(request_.reason());
  effect.preconditions = std::move(preconditions);
  effect.preconditions.push_back({UserKey(user->user_id()), *stamp});
  effect.rows.push_back({UserKey(user->user_id()), row});
  plan.reply = [this](std::span<const ledger::Logged> logged) {
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
