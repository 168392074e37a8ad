#include "client/cli/mandate_commands.h"

#include <algorithm>
#include <utility>

#include "client/cli/mandate_partnership.h"
#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/signing.h"
#include "client/lib/text.h"
#include "crypto/random.h"

namespace sluis::cli {
namespace {

constexpr int64_t kDaySeconds = 24 * 3600;
constexpr int64_t kMandateDays = 90;

struct IssueOptions {
  std::string user;
  std::vector<std::string> roles;
  std::string from;
  std::string until;
  std::string key;
  // For a partnership.
  std::string partnership;
  std::string out;
  std::string follows;
};

struct RevokeOptions {
  std::string id;
  std::string key;
  std::string partnership;
};

struct StatusOptions {
  std::string key;
};

struct ListOptions {
  std::string user;
};

// The key, still valid today.
Result<crypto::KeyFile> MandateKey(Shell& shell, const std::string& path) {
  Result<crypto::KeyFile> key = client::ReadKey(path, crypto::KeyPurpose::kMandate);
  if (key.ok() && key->not_after < shell.today()) {
    return Failure{
        Exit::kUsage, {"key.expired", {{"path", path}, {"day", key->not_after}}}, nullptr};
  }
  return key;
}

// The signing key of an active user, as registered.
Result<std::string> SigningKeyOf(Shell& shell, const std::string& user_id) {
  const auto users = Call<node::v1::ListUsersResponse>(shell, node::v1::ListUsersRequest());
  if (!users.ok()) return users.failure();
  for (const record::v1::User& user : users->users()) {
    if (user.user_id() == user_id && user.state() == record::v1::USER_STATE_ACTIVE) {
      return user.signing_key();
    }
  }
  return Failure{Exit::kRefused, {"mandate.no_user", {{"user", user_id}}}, nullptr};
}

Exit Issue(Shell& shell, const IssueOptions& options) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return shell.Fail(profile.failure());
  const Result<std::string> from = DayOf(options.from, "--from");
  if (!from.ok()) return shell.Fail(from.failure());
  const Result<std::string> until = DayOf(options.until, "--until");
  if (!until.ok()) return shell.Fail(until.failure());
  const int64_t begin = from->empty() ? shell.now_s() : client::DayBegin(*from);
  // The last day counts until its end.
  const int64_t end = until->empty() ? begin + kMandateDays * kDaySeconds
                                     : client::DayBegin(*until) + kDaySeconds - 1;
  if (end <= begin || end - begin > kMandateDays * kDaySeconds || options.roles.size() > 8) {
    return shell.Fail(Exit::kUsage, "mandate.bad_term");
  }
  const bool for_partnership = !options.partnership.empty();
  if (for_partnership == options.out.empty() || (!for_partnership && !options.follows.empty())) {
    return shell.Fail(Exit::kUsage, "mandate.out_and_partnership");
  }
  const Result<crypto::KeyFile> key = MandateKey(shell, options.key);
  if (!key.ok()) return shell.Fail(key.failure());
  const Result<std::string> signing_key = SigningKeyOf(shell, options.user);
  if (!signing_key.ok()) return shell.Fail(signing_key.failure());
  record::v1::Mandate mandate;
  mandate.set_mandate_id(std::string(crypto::View(crypto::SystemRandom().Array<16>())));
  mandate.set_organisation(profile->organisation);
  mandate.set_signing_key(*signing_key);
  for (const std::string& role : options.roles) mandate.add_roles(role);
  mandate.set_not_before_s(static_cast<uint64_t>(begin));
  mandate.set_not_after_s(static_cast<uint64_t>(end));
  if (for_partnership) {
    return IssueForPartnership(shell,
                               {options.user, options.partnership, options.out, options.follows},
                               std::move(mandate), key->key);
  }
  mandate.set_user_id(options.user);
  node::v1::AddMandateRequest request;
  *request.mutable_mandate() = client::SignMandate(mandate, key->key);
  const auto answer = Call<node::v1::AddMandateResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  const std::string id = crypto::HexEncode(mandate.mandate_id());
  if (shell.json) {
    Json json = client::ToJson(*answer);
    json["mandate_id"] = id;
    shell.Print(json);
    return Exit::kDone;
  }
  return SayDone(shell, *answer, "mandate.issued",
                 {{"user", options.user}, {"id", id}, {"day", client::LegalDay(end)}});
}

Exit Revoke(Shell& shell, const RevokeOptions& options) {
  const Result<std::string> id = IdOf(options.id, 16);
  if (!id.ok()) return shell.Fail(id.failure());
  const Result<crypto::KeyFile> key = MandateKey(shell, options.key);
  if (!key.ok()) return shell.Fail(key.failure());
  const auto stored =
      CallAllPages<node::v1::ListMandatesResponse>(shell, node::v1::ListMandatesRequest());
  if (!stored.ok()) return shell.Fail(stored.failure());
  // The node stores none of those for a partnership.
  bool known = !options.partnership.empty();
  for (const node::v1::MandateRow& row : stored->mandates()) {
    record::v1::Mandate mandate;
    known =
        known || (mandate.ParseFromString(row.mandate().mandate()) && mandate.mandate_id() == *id);
  }
  if (!known) return shell.Fail(Exit::kRefused, "mandate.unknown", {{"id", options.id}});
  const auto answer = PutNextList(shell, *stored, {*id}, key->key);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, "mandate.revoked", {{"id", options.id}});
}

// The list anew, with the next number: the first one is empty.
Exit Status(Shell& shell, const StatusOptions& options) {
  const Result<crypto::KeyFile> key = MandateKey(shell, options.key);
  if (!key.ok()) return shell.Fail(key.failure());
  const auto stored =
      CallAllPages<node::v1::ListMandatesResponse>(shell, node::v1::ListMandatesRequest());
  if (!stored.ok()) return shell.Fail(stored.failure());
  const auto answer = PutNextList(shell, *stored, {}, key->key);
  if (!answer.ok()) return shell.Fail(answer.failure());
  const uint64_t number = stored->status_number() + 1;
  if (shell.json) {
    Json json = client::ToJson(*answer);
    json["status_number"] = number;
    shell.Print(json);
    return Exit::kDone;
  }
  return SayDone(shell, *answer, "mandate.list_put", {{"number", std::to_string(number)}});
}

Json MandateJson(const node::v1::MandateRow& row, const record::v1::Mandate& mandate) {
  Json json = client::ToJson(mandate);
  json["revoked"] = row.revoked();
  return json;
}

Exit List(Shell& shell, const ListOptions& options) {
  node::v1::ListMandatesRequest request;
  request.set_user_id(options.user);
  const auto answer = CallAllPages<node::v1::ListMandatesResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  Json list = Json::array();
  for (const node::v1::MandateRow& row : answer->mandates()) {
    record::v1::Mandate mandate;
    if (!mandate.ParseFromString(row.mandate().mandate())) continue;
    if (shell.json) {
      list.push_back(MandateJson(row, mandate));
      continue;
    }
    std::string roles;
    for (const std::string& role : mandate.roles()) roles += (roles.empty() ? "" : ",") + role;
    const bool expired = static_cast<int64_t>(mandate.not_after_s()) < shell.now_s();
    const char* state = row.revoked() ? "mandate.state_revoked"
                        : expired     ? "mandate.state_expired"
                                      : "mandate.state_valid";
    shell.out() << crypto::HexEncode(mandate.mandate_id()) << "  " << mandate.user_id() << "  "
                << roles << "  " << client::LegalDay(static_cast<int64_t>(mandate.not_before_s()))
                << "  " << client::LegalDay(static_cast<int64_t>(mandate.not_after_s())) << "  "
                << shell.Text(state) << '\n';
  }
  if (shell.json) {
    shell.Print({{"mandates", list},
                 {"status_number", answer->status_number()},
                 {"log_receipt", client::ToJson(answer->log_receipt())}});
  } else {
    SayReceipt(shell, answer->log_receipt());
  }
  return Exit::kDone;
}

}  // namespace

void AddMandateCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "mandate", "sluis mandate list");
  Shell& shell = set.shell();

  const auto issue = Options<IssueOptions>();
  Command(set, group, "issue",
          "sluis mandate issue --user an.peeters --role maatschappelijk-werker "
          "--key /media/sleutels/mandate.key")
      .Text("--user", &issue->user, Need::kRequired, "mandate_user")
      .Texts("--role", &issue->roles, Need::kRequired, "mandate_role")
      .Text("--key", &issue->key, Need::kRequired, "mandate_key")
      .Text("--from", &issue->from, Need::kOptional, "mandate_from")
      .Text("--until", &issue->until, Need::kOptional, "mandate_until")
      .Text("--partnership", &issue->partnership, Need::kOptional, "mandate_partnership")
      .Text("--out", &issue->out, Need::kOptional, "mandate_out")
      .Text("--follows", &issue->follows, Need::kOptional, "mandate_follows")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, issue] { return Issue(shell, *issue); });

  AddInstallCommand(set, group);

  const auto revoke = Options<RevokeOptions>();
  Command(set, group, "revoke",
          "sluis mandate revoke 0b1c2d3e4f5061724f0c9a1be2d37788 --key /media/sleutels/mandate.key")
      .Text("id", &revoke->id, Need::kRequired, "mandate_id")
      .Text("--key", &revoke->key, Need::kRequired, "mandate_key")
      .Text("--partnership", &revoke->partnership, Need::kOptional, "mandate_revoke_partnership")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, revoke] { return Revoke(shell, *revoke); });

  const auto status = Options<StatusOptions>();
  Command(set, group, "status", "sluis mandate status --key /media/sleutels/mandate.key")
      .Text("--key", &status->key, Need::kRequired, "mandate_key")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, status] { return Status(shell, *status); });

  const auto list = Options<ListOptions>();
  Command(set, group, "list", "sluis mandate list --user an.peeters")
      .Text("--user", &list->user, Need::kOptional, "mandate_user")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, list] { return List(shell, *list); });
}

}  // namespace sluis::cli
