#include "client/cli/keys_commands.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "client/cli/keys_view.h"
#include "client/cli/receipt.h"
#include "client/lib/signing.h"
#include "sluis/node/v1/keys.pb.h"

namespace sluis::cli {
namespace {

constexpr size_t kCeremonyBytes = 32;
constexpr size_t kLongestPurpose = 64;

struct StartOptions {
  std::string purpose;
  std::vector<std::string> holders;
  std::vector<std::string> dealers;
  std::string threshold;
  std::string hours;
  std::string round;
  std::string ceremony;
  bool yes = false;
};

struct AgreeOptions {
  std::string id;
  bool yes = false;
};

// A number within bounds; 0 when none was given.
Result<uint64_t> NumberOf(const std::string& text, uint64_t least, uint64_t most,
                          const std::string& option) {
  if (text.empty()) return uint64_t{0};
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return Failure{
        Exit::kUsage,
        {"keys.bad_number",
         {{"option", option}, {"least", std::to_string(least)}, {"most", std::to_string(most)}}},
        nullptr};
  }
  return number;
}

Result<std::string> CeremonyOf(const std::string& text) {
  const absl::StatusOr<crypto::Bytes> id = crypto::HexDecode(text);
  if (!id.ok() || (id->size() != kCeremonyBytes && !text.empty())) {
    return Failure{Exit::kUsage, {"keys.bad_ceremony", {}}, nullptr};
  }
  return *id;
}

Result<node::v1::StartCeremonyRequest> RequestOf(const std::string& kind,
                                                 const StartOptions& options) {
  node::v1::StartCeremonyRequest request;
  request.set_kind(kind);
  const bool printable = std::all_of(options.purpose.begin(), options.purpose.end(),
                                     [](char c) { return c > ' ' && c < '\x7f'; });
  if (options.purpose.size() > kLongestPurpose || !printable) {
    return Failure{Exit::kUsage, {"keys.bad_purpose", {}}, nullptr};
  }
  if (options.purpose.empty() && options.ceremony.empty()) {
    return Failure{Exit::kUsage, {"keys.no_purpose", {}}, nullptr};
  }
  request.set_purpose(options.purpose);
  for (const auto* list : {&options.holders, &options.dealers}) {
    for (const std::string& organisation : *list) {
      if (!client::IsOrganisationId(organisation)) {
        return Failure{Exit::kUsage, {"user.bad_organisation", {}}, nullptr};
      }
      if (list == &options.holders) {
        request.add_holders(organisation);
      } else {
        request.add_dealers(organisation);
      }
    }
  }
  // Told here already, before the node is asked.
  if (!options.holders.empty() && options.holders.size() < 3) {
    return Failure{Exit::kUsage, {"keys.too_few_holders", {}}, nullptr};
  }
  const Result<uint64_t> threshold = NumberOf(options.threshold, 2, 64, "--threshold");
  if (!threshold.ok()) return threshold.failure();
  const Result<uint64_t> hours = NumberOf(options.hours, 1, 720, "--hours");
  if (!hours.ok()) return hours.failure();
  const Result<uint64_t> round = NumberOf(options.round, 200, 604'800, "--round");
  if (!round.ok()) return round.failure();
  const size_t least = std::max<size_t>(2, (options.holders.size() + 1) / 2);
  if (*threshold != 0 && !options.holders.empty() &&
      (*threshold < least || *threshold > options.holders.size())) {
    return Failure{Exit::kUsage,
                   {"keys.bad_number",
                    {{"option", "--threshold"},
                     {"least", std::to_string(least)},
                     {"most", std::to_string(options.holders.size())}}},
                   nullptr};
  }
  const Result<std::string> ceremony = CeremonyOf(options.ceremony);
  if (!ceremony.ok()) return ceremony.failure();
  request.set_threshold(static_cast<uint32_t>(*threshold));
  request.set_announce_hours(static_cast<uint32_t>(*hours));
  request.set_round_seconds(*round);
  request.set_ceremony(*ceremony);
  return request;
}

Exit Start(Shell& shell, const std::string& kind, const StartOptions& options) {
  Result<node::v1::StartCeremonyRequest> request = RequestOf(kind, options);
  if (!request.ok()) return shell.Fail(request.failure());
  if (!options.yes) {
    request->set_preview(true);
    const auto shown = Call<node::v1::StartCeremonyResponse>(shell, *request);
    if (!shown.ok()) return shell.Fail(shown.failure());
    // A program sees what would be proposed, and says --yes when it wants that.
    if (shell.json) {
      shell.Print(client::ToJson(*shown));
      return Exit::kDone;
    }
    SayCeremony(shell, shown->ceremony());
    if (!shell.Confirm("keys.confirm_start")) return shell.Fail(Exit::kUsage, "keys.not_started");
    request->set_preview(false);
  }
  const auto answer = Call<node::v1::StartCeremonyResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  if (options.yes) SayCeremony(shell, answer->ceremony());
  shell.Say("keys.started", {{"id", crypto::HexEncode(answer->ceremony().id())}});
  if (answer->ceremony().kind() == "factor") shell.Say("keys.roll_again");
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

Exit Agree(Shell& shell, const AgreeOptions& options) {
  const Result<std::string> id = CeremonyOf(options.id);
  if (!id.ok()) return shell.Fail(id.failure());
  if (id->empty()) return shell.Fail(Exit::kUsage, "keys.bad_ceremony");
  const auto known = Call<node::v1::GetKeysResponse>(shell, node::v1::GetKeysRequest());
  if (!known.ok()) return shell.Fail(known.failure());
  const auto& ceremonies = known->ceremonies();
  const auto found = std::find_if(ceremonies.begin(), ceremonies.end(), [&](const auto& one) {
    return one.id() == *id && one.state() == "proposed";
  });
  if (found == ceremonies.end()) return shell.Fail(Exit::kRefused, "keys.not_proposed");
  if (!options.yes) {
    if (shell.json) {
      shell.Print(client::ToJson(*found));
      return Exit::kDone;
    }
    SayCeremony(shell, *found);
    if (!shell.Confirm("keys.confirm_agree")) return shell.Fail(Exit::kUsage, "keys.not_agreed");
  }
  node::v1::AgreeCeremonyRequest request;
  request.set_ceremony(*id);
  const auto answer = Call<node::v1::AgreeCeremonyResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, "keys.agreed", {{"id", crypto::HexEncode(*id)}});
}

Exit Cancel(Shell& shell, const AgreeOptions& options) {
  const Result<std::string> id = CeremonyOf(options.id);
  if (!id.ok()) return shell.Fail(id.failure());
  if (id->empty()) return shell.Fail(Exit::kUsage, "keys.bad_ceremony");
  if (!options.yes) {
    const auto known = Call<node::v1::GetKeysResponse>(shell, node::v1::GetKeysRequest());
    if (!known.ok()) return shell.Fail(known.failure());
    const auto& ceremonies = known->ceremonies();
    const auto found = std::find_if(ceremonies.begin(), ceremonies.end(), [&](const auto& one) {
      return one.id() == *id && (one.state() == "proposed" || one.state() == "running");
    });
    if (found == ceremonies.end()) return shell.Fail(Exit::kRefused, "keys.not_open");
    if (shell.json) {
      shell.Print(client::ToJson(*found));
      return Exit::kDone;
    }
    SayCeremony(shell, *found);
    if (!shell.Confirm("keys.confirm_cancel")) {
      return shell.Fail(Exit::kUsage, "keys.not_cancelled");
    }
  }
  node::v1::CancelCeremonyRequest request;
  request.set_ceremony(*id);
  const auto answer = Call<node::v1::CancelCeremonyResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, "keys.cancelled", {{"id", crypto::HexEncode(*id)}});
}

Exit Status(Shell& shell) {
  const auto answer = Call<node::v1::GetKeysResponse>(shell, node::v1::GetKeysRequest());
  if (!answer.ok()) return shell.Fail(answer.failure());
  const auto needs = [](const auto& one) { return NeedsSomebody(one); };
  const bool open = std::any_of(answer->keys().begin(), answer->keys().end(), needs) ||
                    std::any_of(answer->ceremonies().begin(), answer->ceremonies().end(), needs);
  const Exit exit = open ? Exit::kFinding : Exit::kDone;
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return exit;
  }
  if (answer->keys().empty() && answer->ceremonies().empty()) shell.Say("keys.none");
  for (const node::v1::KeyState& key : answer->keys()) SayKey(shell, key);
  for (const node::v1::CeremonyView& ceremony : answer->ceremonies()) SayCeremony(shell, ceremony);
  return exit;
}

void AddStart(CommandSet& set, CLI::App& group, const std::string& name, const std::string& kind,
              const std::string& example) {
  Shell& shell = set.shell();
  const auto options = Options<StartOptions>();
  const bool recover = kind == "recover";
  Command command(set, group, name, example);
  command.Text("--purpose", &options->purpose, recover ? Need::kOptional : Need::kRequired,
               "key_purpose");
  if (kind != "roll") {
    command.Texts("--holder", &options->holders, Need::kOptional, "key_holder");
    command.Text("--threshold", &options->threshold, Need::kOptional, "key_threshold");
  }
  if (kind != "generation") {
    command.Texts("--dealer", &options->dealers, Need::kOptional, "key_dealer");
  }
  if (recover) {
    command.Text("--ceremony", &options->ceremony, Need::kOptional, "key_ceremony");
  }
  command.Text("--hours", &options->hours, Need::kOptional, "key_hours")
      .Text("--round", &options->round, Need::kOptional, "key_round")
      .Flag("--yes", &options->yes, "key_yes")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, kind, options] { return Start(shell, kind, *options); });
}

}  // namespace

void AddKeysCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "keys", "sluis keys status");
  Shell& shell = set.shell();
  Command(set, group, "status", "sluis keys status").UsesProfile().AnswersJson().Runs([&shell] {
    return Status(shell);
  });
  AddStart(set, group, "generate", "generation",
           "sluis keys generate --purpose bestuurlijke-aanpak --holder caw-de-overzet.example "
           "--holder lindervaart.example --holder vaartstede.example");
  const auto options = Options<AgreeOptions>();
  Command(set, group, "agree",
          "sluis keys agree 6f1b0c9d5e2a4873916c0d4fb2e8a7351c9e04d7b6a2f8835e1d70c4a9b3f265")
      .Text("id", &options->id, Need::kRequired, "key_ceremony")
      .Flag("--yes", &options->yes, "key_yes")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, options] { return Agree(shell, *options); });
  const auto cancel = Options<AgreeOptions>();
  Command(set, group, "cancel",
          "sluis keys cancel 6f1b0c9d5e2a4873916c0d4fb2e8a7351c9e04d7b6a2f8835e1d70c4a9b3f265")
      .Text("id", &cancel->id, Need::kRequired, "key_ceremony")
      .Flag("--yes", &cancel->yes, "key_yes")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, cancel] { return Cancel(shell, *cancel); });
  AddStart(set, group, "reshare", "reshare",
           "sluis keys reshare --purpose bestuurlijke-aanpak --holder caw-de-overzet.example "
           "--holder lindervaart.example --holder oeverstad.example");
  AddStart(set, group, "roll", "roll", "sluis keys roll --purpose bestuurlijke-aanpak");
  AddStart(set, group, "recover", "recover", "sluis keys recover --purpose bestuurlijke-aanpak");
}

}  // namespace sluis::cli
