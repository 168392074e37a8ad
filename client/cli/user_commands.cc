#include "client/cli/user_commands.h"

#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/lib/certificate.h"
#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/signing.h"
#include "client/lib/text.h"
#include "crypto/secret.h"

namespace sluis::cli {
namespace {

constexpr size_t kMaxPemBytes = 64 << 10;
constexpr int64_t kSigningKeyDays = 3 * 365;

struct RequestOptions {
  std::string user;
  std::string organisation;
  std::string name;
  std::string out;
};

struct RenewOptions {
  std::string out;
};

struct InstallOptions {
  std::string bundle;
};

struct AddOptions {
  std::string request;
  std::string ca;
  std::string out;
  bool administrator = false;
  bool yes = false;
};

struct RevokeOptions {
  std::string user;
  std::string reason;
};

Exit MakeRequest(Shell& shell, const RequestOptions& options) {
  if (!client::IsUserId(options.user)) return shell.Fail(Exit::kUsage, "user.bad_id");
  if (!client::IsOrganisationId(options.organisation)) {
    return shell.Fail(Exit::kUsage, "user.bad_organisation");
  }
  const std::string name = options.name.empty() ? options.user : options.name;
  if (name.find('/') != std::string::npos || name.starts_with('.')) {
    return shell.Fail(Exit::kUsage, "profile.bad_name", {{"path", name}});
  }
  const Result<std::string> folder = MakePersonalFolder(
      shell,
      {shell.profiles_folder() + "/" + name, options.organisation, options.user, options.out});
  if (!folder.ok()) return shell.Fail(folder.failure());
  if (shell.json) {
    shell.Print({{"profile", name}, {"folder", *folder}, {"request", options.out}});
    return Exit::kDone;
  }
  shell.Say("user.requested", {{"folder", *folder}, {"request", options.out}});
  return Exit::kDone;
}

// The TLS key of a renewal, PEM: the one made for an earlier request that was not answered, or new.
Result<std::string> NextKey(const client::Profile& profile) {
  const std::string path = profile.PathOf(client::kNextKeyFile);
  if (client::Exists(path)) return client::ReadSecret(path, kMaxPemBytes);
  Result<std::string> key = client::MakeTlsKey();
  if (!key.ok()) return key;
  if (Step failure = client::WriteNew(path, *key, client::FileMode::kPrivate)) {
    crypto::Wipe(*key);
    return *std::move(failure);
  }
  return key;
}

// The signing key stays, and with it the mandates that name it.
Exit Renew(Shell& shell, const RenewOptions& options) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return shell.Fail(profile.failure());
  const auto signing =
      client::ReadKey(profile->PathOf("signing.key"), crypto::KeyPurpose::kSigning);
  if (!signing.ok()) return shell.Fail(signing.failure());
  if (signing->not_after < shell.today()) {
    return shell.Fail(Exit::kUsage, "doctor.signing_expired", {{"day", signing->not_after}});
  }
  if (client::Exists(options.out)) {
    return shell.Fail(Exit::kUsage, "file.exists", {{"path", options.out}});
  }
  Result<std::string> key = NextKey(*profile);
  if (!key.ok()) return shell.Fail(key.failure());
  const Result<std::string> request_der = client::MakeCertificateRequest(*key, profile->user);
  crypto::Wipe(*key);
  if (!request_der.ok()) return shell.Fail(request_der.failure());
  const record::v1::UserRequest request =
      client::SignUserRequest(profile->user, *request_der, signing->key);
  if (Step failure =
          client::WriteNew(options.out, request.SerializeAsString(), client::FileMode::kPublic)) {
    return shell.Fail(*failure);
  }
  if (shell.json) {
    shell.Print({{"folder", profile->folder}, {"request", options.out}});
    return Exit::kDone;
  }
  shell.Say("user.renewal_asked", {{"request", options.out}});
  return Exit::kDone;
}

Exit Install(Shell& shell, const InstallOptions& options) {
  Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return shell.Fail(profile.failure());
  const Result<client::Bundle> bundle = client::ReadBundle(options.bundle);
  if (!bundle.ok()) return shell.Fail(bundle.failure());
  if (Step failure = client::InstallBundle(*bundle, &*profile)) return shell.Fail(*failure);
  const Result<client::CertificateFacts> ca = client::FactsOf(bundle->ca_pem);
  if (!ca.ok()) return shell.Fail(ca.failure());
  shell.Say("user.installed",
            {{"node", bundle->node}, {"fingerprint", crypto::HexEncode(crypto::View(ca->digest))}});
  return Exit::kDone;
}

// The bundle for a request, signed by the CA in this folder.
Result<client::Bundle> Certify(Shell& shell, const record::v1::UserRequest& request,
                               const std::string& ca_folder, const client::Profile& profile) {
  const Result<std::string> ca_pem = client::ReadWhole(ca_folder + "/ca.crt", kMaxPemBytes);
  if (!ca_pem.ok()) return ca_pem.failure();
  Result<std::string> ca_key = client::ReadSecret(ca_folder + "/ca.key", kMaxPemBytes);
  if (!ca_key.ok()) return ca_key.failure();
  client::CertifiedKey ca{std::move(*ca_key), *ca_pem};
  Result<std::string> certificate =
      client::Issue(ca, request.certificate_request(),
                    {client::UserUri(profile.organisation, request.user_id()), {}, {}},
                    client::LeafUse::kUser, shell.now_s());
  crypto::Wipe(ca.key_pem);
  if (!certificate.ok()) return certificate.failure();
  return client::Bundle{profile.node,           profile.organisation,    request.user_id(),
                        profile.secrecy_regime, std::move(*certificate), *ca_pem};
}

Exit Add(Shell& shell, const AddOptions& options) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return shell.Fail(profile.failure());
  const Result<record::v1::UserRequest> read = client::ReadUserRequest(options.request);
  if (!read.ok()) return shell.Fail(read.failure());
  const auto key = crypto::ToFixed<32>(read->signing_key());
  const std::string id =
      key.ok() ? crypto::KeyId(crypto::KeyPurpose::kSigning, *key) : std::string();
  if (!options.yes &&
      !shell.Confirm("user.confirm_add", {{"user", read->user_id()}, {"key", id}})) {
    return shell.Fail(Exit::kUsage, "signal.not_sent");
  }
  if (client::Exists(options.out)) {
    return shell.Fail(Exit::kUsage, "file.exists", {{"path", options.out}});
  }
  const Result<client::Bundle> bundle = Certify(shell, *read, options.ca, *profile);
  if (!bundle.ok()) return shell.Fail(bundle.failure());
  node::v1::AddUserRequest request;
  *request.mutable_request() = *read;
  request.set_administrator(options.administrator);
  const auto answer = Call<node::v1::AddUserResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (Step failure = client::WriteNew(options.out, client::FormatBundle(*bundle),
                                      client::FileMode::kPrivate)) {
    return shell.Fail(*failure);
  }
  return SayDone(shell, *answer, "user.added", {{"user", read->user_id()}, {"out", options.out}});
}

Exit List(Shell& shell) {
  const auto answer =
      CallAllPages<node::v1::ListUsersResponse>(shell, node::v1::ListUsersRequest());
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  for (const record::v1::User& user : answer->users()) {
    const bool active = user.state() == record::v1::USER_STATE_ACTIVE;
    std::string line = user.user_id() + "  " + shell.Text(active ? "user.active" : "user.ended") +
                       "  " +
                       client::LegalMinute(static_cast<int64_t>(user.registered_at_us() / 1000000));
    if (user.administrator()) line += "  " + shell.Text("user.administrator");
    shell.out() << line << '\n';
  }
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

Exit Revoke(Shell& shell, const RevokeOptions& options) {
  node::v1::RevokeUserRequest request;
  request.set_user_id(options.user);
  request.set_reason(options.reason);
  const auto answer = Call<node::v1::RevokeUserResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, "user.revoked", {{"user", options.user}});
}

}  // namespace

Result<std::string> MakePersonalFolder(Shell& shell, const PersonalFolder& wanted) {
  if (client::Exists(wanted.folder + "/profile.yaml")) {
    return Failure{Exit::kUsage, {"profile.exists", {{"path", wanted.folder}}}, nullptr};
  }
  if (Step failure = client::MakePrivateFolder(wanted.folder)) return *std::move(failure);
  client::Profile profile;
  profile.folder = wanted.folder;
  profile.organisation = wanted.organisation;
  profile.user = wanted.user;
  profile.language = shell.Language();
  Result<std::string> tls_key = client::MakeTlsKey();
  if (!tls_key.ok()) return tls_key.failure();
  Result<std::string> request_der = client::MakeCertificateRequest(*tls_key, wanted.user);
  Step failure = client::WriteNew(profile.PathOf("tls.key"), *tls_key, client::FileMode::kPrivate);
  crypto::Wipe(*tls_key);
  if (failure) return *std::move(failure);
  if (!request_der.ok()) return request_der.failure();
  const std::string not_after = client::LegalDay(shell.now_s() + kSigningKeyDays * 24 * 3600);
  const Result<crypto::KeyFile> signing =
      client::MakeKey(profile.PathOf("signing.key"), crypto::KeyPurpose::kSigning, not_after);
  if (!signing.ok()) return signing.failure();
  const record::v1::UserRequest request =
      client::SignUserRequest(wanted.user, *request_der, signing->key);
  failure =
      client::WriteNew(wanted.request_path, request.SerializeAsString(), client::FileMode::kPublic);
  if (!failure) failure = client::SaveProfile(profile);
  if (failure) return *std::move(failure);
  return wanted.folder;
}

void AddUserCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "user", "sluis user list");
  Shell& shell = set.shell();

  const auto request = Options<RequestOptions>();
  Command(set, group, "request",
          "sluis user request --user an.peeters --organisation caw-de-overzet.example "
          "--out an.peeters.request")
      .Text("--user", &request->user, Need::kRequired)
      .Text("--organisation", &request->organisation, Need::kRequired)
      .Text("--out", &request->out, Need::kRequired, "request_out")
      .Text("--name", &request->name, Need::kOptional, "profile_name")
      .AnswersJson()
      .Runs([&shell, request] { return MakeRequest(shell, *request); });

  const auto renew = Options<RenewOptions>();
  Command(set, group, "renew", "sluis user renew --out an.peeters.request")
      .Text("--out", &renew->out, Need::kRequired, "request_out")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, renew] { return Renew(shell, *renew); });

  const auto install = Options<InstallOptions>();
  Command(set, group, "install", "sluis user install an.peeters.bundle.yaml")
      .Text("bundle", &install->bundle, Need::kRequired)
      .UsesProfile()
      .Runs([&shell, install] { return Install(shell, *install); });

  const auto add = Options<AddOptions>();
  Command(set, group, "add",
          "sluis user add an.peeters.request --ca /media/sleutels/ca --out an.peeters.bundle.yaml")
      .Text("request", &add->request, Need::kRequired)
      .Text("--ca", &add->ca, Need::kRequired)
      .Text("--out", &add->out, Need::kRequired, "bundle_out")
      .Flag("--administrator", &add->administrator)
      .Flag("--yes", &add->yes)
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, add] { return Add(shell, *add); });

  Command(set, group, "list", "sluis user list").UsesProfile().AnswersJson().Runs([&shell] {
    return List(shell);
  });

  const auto revoke = Options<RevokeOptions>();
  Command(set, group, "revoke", "sluis user revoke an.peeters --reason \"uit dienst\"")
      .Text("user", &revoke->user, Need::kRequired, "user_id")
      .Text("--reason", &revoke->reason, Need::kRequired)
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, revoke] { return Revoke(shell, *revoke); });
}

}  // namespace sluis::cli
