#include "client/cli/node_renew.h"

#include <charconv>

#include "client/lib/node_renewal.h"
#include "client/lib/text.h"

namespace sluis::cli {
namespace {

// The medium of deploy/runbook.md: the CA key never stays on the node.
constexpr char kUsualCaKey[] = "/media/ca/ca/ca.key";
constexpr char kUsualFolder[] = "/var/lib/sluis/tls";
constexpr int kMaxDays = client::kCaDays;

struct RenewOptions {
  std::string folder;
  std::string ca_key;
  std::string days;
  bool yes = false;
};

Step ReadDays(const std::string& text, int* days) {
  if (text.empty()) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *days);
  if (error == std::errc() && end == text.data() + text.size() && *days >= 1 && *days <= kMaxDays) {
    return std::nullopt;
  }
  return Failure{Exit::kUsage, {"renew.bad_days", {{"most", std::to_string(kMaxDays)}}}, nullptr};
}

Step CompleteCaKey(Shell& shell, RenewOptions* options) {
  if (!options->ca_key.empty()) return std::nullopt;
  if (!options->yes) {
    const std::optional<std::string> answer =
        shell.Ask(shell.Text("option.ca-key") + " [" + kUsualCaKey + "]:");
    if (!answer) {
      return Failure{Exit::kUsage, {"init.option_needed", {{"option", "--ca-key"}}}, nullptr};
    }
    options->ca_key = *answer;
  }
  if (options->ca_key.empty()) options->ca_key = kUsualCaKey;
  return std::nullopt;
}

Exit Renew(Shell& shell, RenewOptions options) {
  client::RenewalPlan plan;
  if (Step failure = ReadDays(options.days, &plan.days)) return shell.Fail(*failure);
  if (Step failure = CompleteCaKey(shell, &options)) return shell.Fail(*failure);
  plan.folder = options.folder.empty() ? kUsualFolder : options.folder;
  plan.ca_key_path = options.ca_key;
  const Result<client::Renewed> done = client::RenewNodeCertificate(plan, shell.now_s());
  if (!done.ok()) return shell.Fail(done.failure());
  const std::string day = client::LegalDay(done->certificate.not_after_s);
  const std::string fingerprint = crypto::HexEncode(crypto::View(done->certificate.digest));
  if (shell.json) {
    shell.Print({{"folder", plan.folder},
                 {"previous", done->previous_folder},
                 {"not_after", day},
                 {"fingerprint", fingerprint}});
    return Exit::kDone;
  }
  shell.Say("renew.done", {{"day", day}, {"fingerprint", fingerprint}});
  shell.Say("renew.next", {{"previous", done->previous_folder}, {"ca", plan.ca_key_path}});
  return Exit::kDone;
}

}  // namespace

void AddRenewCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<RenewOptions>();
  Shell& shell = set.shell();
  Command(set, group, "renew",
          "sluis node renew --tls /var/lib/sluis/tls --ca-key /media/ca/ca/ca.key")
      .Text("--tls", &options->folder)
      .Text("--ca-key", &options->ca_key)
      .Text("--days", &options->days)
      .Flag("--yes", &options->yes, "init_yes")
      .AnswersJson()
      .Runs([&shell, options] { return Renew(shell, *options); });
}

}  // namespace sluis::cli
