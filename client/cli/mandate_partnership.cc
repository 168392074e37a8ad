#include "client/cli/mandate_partnership.h"

#include <utility>

#include "client/cli/receipt.h"
#include "client/cli/signal_view.h"
#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_mandate.h"
#include "client/lib/signing.h"
#include "client/lib/text.h"
#include "crypto/random.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::cli {
namespace {

Failure Usage(std::string key, Args args) {
  return {Exit::kUsage, {std::move(key), std::move(args)}, nullptr};
}

// A name of a partnership, and the one that the node is in once it is in one: under a mistyped one
// nothing could be signed.
Step CheckPartnership(Shell& shell, const std::string& partnership) {
  if (!client::IsOrganisationId(partnership)) {
    return Usage("mandate.bad_partnership", {{"partnership", partnership}});
  }
  const auto exchange = Call<node::v1::GetExchangeResponse>(shell, node::v1::GetExchangeRequest());
  if (!exchange.ok()) return exchange.failure();
  if (!exchange->partnership().empty() && exchange->partnership() != partnership) {
    return Usage("mandate.other_partnership",
                 {{"partnership", partnership}, {"own", Harmless(exchange->partnership())}});
  }
  return std::nullopt;
}

struct InstallOptions {
  std::string file;
};

Exit Install(Shell& shell, const InstallOptions& options) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return shell.Fail(profile.failure());
  const auto mandate = client::ReadPartnershipMandate(options.file);
  if (!mandate.ok()) return shell.Fail(mandate.failure());
  const auto signing =
      client::ReadKey(profile->PathOf("signing.key"), crypto::KeyPurpose::kSigning);
  if (!signing.ok()) return shell.Fail(signing.failure());
  const std::string& partnership = mandate->mandate.partnership();
  const std::string path = client::MandatePath(*profile, partnership);
  bool other_pseudonym = false;
  if (client::Exists(path)) {
    const auto before = client::ReadPartnershipMandate(path);
    other_pseudonym = before.ok() && before->mandate.pseudonym() != mandate->mandate.pseudonym();
  }
  if (Step failure = client::InstallMandate(*mandate, *profile, signing->key.public_key())) {
    return shell.Fail(*failure);
  }
  std::string roles;
  for (const std::string& role : mandate->mandate.roles()) {
    roles += (roles.empty() ? "" : ", ") + Harmless(role);
  }
  const std::string day = client::LegalDay(static_cast<int64_t>(mandate->mandate.not_after_s()));
  if (shell.json) {
    shell.Print({{"partnership", partnership},
                 {"mandate_id", crypto::HexEncode(mandate->mandate.mandate_id())},
                 {"until", day},
                 {"other_pseudonym", other_pseudonym}});
    return Exit::kDone;
  }
  shell.Say("mandate.installed", {{"partnership", partnership}, {"roles", roles}, {"day", day}});
  if (other_pseudonym) shell.Note("mandate.other_pseudonym", {{"partnership", partnership}});
  return Exit::kDone;
}

}  // namespace

Result<node::v1::PutMandateStatusResponse> PutNextList(Shell& shell,
                                                       const node::v1::ListMandatesResponse& stored,
                                                       const std::set<std::string>& besides,
                                                       const crypto::SigningKey& mandate_key) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return profile.failure();
  std::set<std::string> revoked = besides;
  record::v1::MandateStatus held;
  // The list itself has those for partnerships as well, which the node does not store.
  if (held.ParseFromString(stored.status().status())) {
    revoked.insert(held.revoked().begin(), held.revoked().end());
  }
  for (const node::v1::MandateRow& row : stored.mandates()) {
    record::v1::Mandate mandate;
    if (row.revoked() && mandate.ParseFromString(row.mandate().mandate())) {
      revoked.insert(mandate.mandate_id());
    }
  }
  record::v1::MandateStatus status;
  status.set_organisation(profile->organisation);
  status.set_number(stored.status_number() + 1);
  for (const std::string& one : revoked) status.add_revoked(one);
  status.set_issued_at_s(static_cast<uint64_t>(shell.now_s()));
  node::v1::PutMandateStatusRequest request;
  *request.mutable_status() = client::SignMandateStatus(status, mandate_key);
  return Call<node::v1::PutMandateStatusResponse>(shell, request);
}

Exit IssueForPartnership(Shell& shell, const PartnershipIssue& options, record::v1::Mandate mandate,
                         const crypto::SigningKey& mandate_key) {
  if (client::Exists(options.out)) {
    return shell.Fail(Exit::kUsage, "file.exists", {{"path", options.out}});
  }
  if (Step failure = CheckPartnership(shell, options.partnership)) return shell.Fail(*failure);
  mandate.set_partnership(options.partnership);
  if (options.follows.empty()) {
    mandate.set_pseudonym(std::string(crypto::View(crypto::SystemRandom().Array<16>())));
  } else {
    const Result<std::string> pseudonym =
        client::PseudonymToKeep(options.follows, mandate, mandate_key.public_key());
    if (!pseudonym.ok()) return shell.Fail(pseudonym.failure());
    mandate.set_pseudonym(*pseudonym);
  }
  const auto stored =
      CallAllPages<node::v1::ListMandatesResponse>(shell, node::v1::ListMandatesRequest());
  if (!stored.ok()) return shell.Fail(stored.failure());
  const bool first_list = stored->status_number() == 0;
  if (first_list) {
    const auto put = PutNextList(shell, *stored, {}, mandate_key);
    if (!put.ok()) return shell.Fail(put.failure());
  }
  const record::v1::SignedMandate issued = client::SignMandate(mandate, mandate_key);
  if (Step failure =
          client::WriteNew(options.out, issued.SerializeAsString(), client::FileMode::kPrivate)) {
    return shell.Fail(*failure);
  }
  const std::string id = crypto::HexEncode(mandate.mandate_id());
  const std::string day = client::LegalDay(static_cast<int64_t>(mandate.not_after_s()));
  if (shell.json) {
    shell.Print({{"mandate_id", id},
                 {"partnership", options.partnership},
                 {"file", options.out},
                 {"until", day},
                 {"first_list", first_list}});
    return Exit::kDone;
  }
  shell.Say("mandate.issued_partnership", {{"id", id},
                                           {"user", options.user},
                                           {"partnership", options.partnership},
                                           {"day", day},
                                           {"path", options.out}});
  if (first_list) shell.Note("mandate.first_list");
  return Exit::kDone;
}

void AddInstallCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto install = Options<InstallOptions>();
  Command(set, group, "install", "sluis mandate install an.vaartland.mandate")
      .Text("file", &install->file, Need::kRequired, "mandate_file")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, install] { return Install(shell, *install); });
}

}  // namespace sluis::cli
