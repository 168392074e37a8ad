#include "client/cli/exchange_commands.h"

#include <algorithm>
#include <string>

#include "client/cli/exchange_doctor.h"
#include "client/cli/receipt.h"
#include "client/cli/signal_view.h"
#include "client/lib/text.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::cli {
namespace {

constexpr uint64_t kSecond = 1000000;

std::string StateKey(record::v1::PartnershipState state) {
  switch (state) {
    case record::v1::PARTNERSHIP_STATE_PREPARATION:
      return "exchange.preparation";
    case record::v1::PARTNERSHIP_STATE_EXERCISE:
      return "exchange.exercise";
    default:
      return "exchange.active";
  }
}

std::string Moment(Shell& shell, uint64_t at_us) {
  return at_us == 0 ? shell.Text("exchange.never")
                    : client::LegalMinute(static_cast<int64_t>(at_us / kSecond));
}

// What is known of its log, and what of it was not believed.
void SayLog(Shell& shell, const node::v1::PeerState& peer) {
  const std::string size = std::to_string(peer.known_log_size());
  if (peer.known_log_size() > 0) shell.Say("exchange.known_log", {{"size", size}});
  if (peer.contradictions() > 0) {
    shell.Say("exchange.contradictions", {{"count", std::to_string(peer.contradictions())},
                                          {"organisation", Harmless(peer.organisation())},
                                          {"size", size}});
  }
  if (peer.parked() > 0) {
    shell.Say("exchange.not_believed", {{"count", std::to_string(peer.parked())}});
  }
}

Exit Status(Shell& shell) {
  auto answer = Call<node::v1::GetExchangeResponse>(shell, node::v1::GetExchangeRequest());
  if (!answer.ok()) return shell.Fail(answer.failure());
  const auto now_us = static_cast<uint64_t>(shell.now_s()) * kSecond;
  const bool trouble = std::any_of(
      answer->peers().begin(), answer->peers().end(), [now_us](const node::v1::PeerState& peer) {
        return !peer.trouble().empty() || peer.former() || peer.erasures_overdue() > 0 ||
               peer.corrections_overdue() > 0 || peer.contradictions() > 0 ||
               WaitsLong(peer, now_us);
      });
  const Exit exit = trouble ? Exit::kFinding : Exit::kDone;
  if (shell.json) {
    // Up to 1 MiB, which says to a program what the digest says.
    answer->clear_signed_manifest();
    shell.Print(client::ToJson(*answer));
    return exit;
  }
  if (answer->partnership().empty()) {
    shell.Say("exchange.none");
    return Exit::kDone;
  }
  shell.Say("exchange.head", {{"name", Harmless(answer->name())},
                              {"partnership", Harmless(answer->partnership())},
                              {"version", std::to_string(answer->manifest_version())}});
  shell.Say(StateKey(answer->state()));
  shell.Say("exchange.manifest", {{"digest", crypto::HexEncode(answer->manifest_digest())}});
  for (const node::v1::PeerState& peer : answer->peers()) {
    if (peer.former()) {
      shell.Say("exchange.former", {{"organisation", Harmless(peer.organisation())}});
    } else {
      shell.Say("exchange.partner", {{"name", Harmless(peer.name())},
                                     {"organisation", Harmless(peer.organisation())},
                                     {"standing", shell.Text(StandingKey(peer.trouble()))},
                                     {"reached", Moment(shell, peer.reached_at_us())},
                                     {"heard", Moment(shell, peer.heard_at_us())}});
    }
    if (peer.outstanding() > 0) {
      shell.Say("exchange.outstanding", {{"count", std::to_string(peer.outstanding())},
                                         {"since", Moment(shell, peer.outstanding_since_us())}});
    }
    if (peer.erasures_overdue() > 0) {
      shell.Say("exchange.erasures_overdue", {{"count", std::to_string(peer.erasures_overdue())}});
    }
    if (peer.corrections_overdue() > 0) {
      shell.Say("exchange.corrections_overdue",
                {{"count", std::to_string(peer.corrections_overdue())}});
    }
    SayLog(shell, peer);
  }
  if (trouble) shell.Note("exchange.doctor");
  return exit;
}

}  // namespace

void AddExchangeCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "exchange", "sluis exchange status");
  Shell& shell = set.shell();
  Command(set, group, "status", "sluis exchange status").UsesProfile().AnswersJson().Runs([&shell] {
    return Status(shell);
  });
}

}  // namespace sluis::cli
