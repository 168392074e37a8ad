#include "client/cli/node_commands.h"

#include "client/cli/node_doctor.h"
#include "client/cli/node_init.h"
#include "client/cli/node_renew.h"
#include "client/cli/receipt.h"
#include "client/cli/signal_view.h"
#include "client/lib/restore.h"
#include "client/lib/text.h"

namespace sluis::cli {
namespace {

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + Harmless(word);
  return out;
}

const char* StateKey(record::v1::PartnershipState state) {
  switch (state) {
    case record::v1::PARTNERSHIP_STATE_PREPARATION:
      return "status.preparation";
    case record::v1::PARTNERSHIP_STATE_EXERCISE:
      return "status.exercise";
    default:
      return "status.active";
  }
}

void SayProtocol(Shell& shell, const node::v1::GetStatusResponse& status) {
  if (!status.has_protocol()) {
    const bool active = status.partnership_state() == record::v1::PARTNERSHIP_STATE_ACTIVE;
    shell.Say(active ? "status.no_protocol" : "status.exercise_protocol");
    return;
  }
  const node::v1::ProtocolStatus& protocol = status.protocol();
  const std::string key = "protocol.phase." + protocol.phase();
  const std::string day = client::LegalDay(static_cast<int64_t>(status.now_us() / 1000000));
  shell.Say("status.protocol",
            {{"id", Harmless(protocol.id())},
             {"version", std::to_string(protocol.version())},
             {"standing", shell.catalogue().Has(key) ? shell.Text(key, {{"day", day}})
                                                     : Harmless(protocol.phase())}});
}

Exit Status(Shell& shell) {
  const auto answer = Call<node::v1::GetStatusResponse>(shell, node::v1::GetStatusRequest());
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return answer->serving() ? Exit::kDone : Exit::kFinding;
  }
  shell.Say("status.head",
            {{"organisation", answer->organisation()}, {"version", answer->version()}});
  shell.Say(answer->serving() ? "status.serving" : "status.not_serving",
            {{"reason", Harmless(answer->not_serving_reason())}});
  if (answer->checkpoint_at_us() > 0) {
    shell.Say("status.checkpoint",
              {{"size", std::to_string(answer->checkpoint_size())},
               {"time",
                client::LegalMinute(static_cast<int64_t>(answer->checkpoint_at_us() / 1000000))}});
  }
  if (!answer->partnership().empty()) {
    shell.Say(StateKey(answer->partnership_state()),
              {{"partnership", Harmless(answer->partnership())},
               {"version", std::to_string(answer->manifest_version())}});
    SayProtocol(shell, *answer);
  }
  shell.Say("status.disk", {{"mib", std::to_string(answer->disk_free_bytes() >> 20)}});
  shell.Say("status.configuration",
            {{"digest", crypto::HexEncode(answer->configuration_digest())}});
  shell.Say("status.rules", {{"digest", crypto::HexEncode(answer->effective_pack_digest())}});
  const node::v1::Vocabulary& words = answer->vocabulary();
  shell.Say("status.roles", {{"words", Joined(words.roles())}});
  shell.Say("status.purposes", {{"words", Joined(words.purposes())}});
  shell.Say("status.bases", {{"words", Joined(words.bases())}});
  shell.Say("status.categories", {{"words", Joined(words.categories())}});
  return answer->serving() ? Exit::kDone : Exit::kFinding;
}

Exit Backup(Shell& shell) {
  const auto answer = Call<node::v1::CreateBackupResponse>(shell, node::v1::CreateBackupRequest());
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  shell.Say("backup.done",
            {{"folder", answer->folder()}, {"count", std::to_string(answer->entries())}});
  shell.Say("backup.keep");
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

struct RestoreOptions {
  client::RestorePlan plan;
  bool yes = false;
};

Exit RunRestore(Shell& shell, const RestoreOptions& options) {
  if (!options.yes && !shell.Confirm("restore.confirm", {{"data", options.plan.data}})) {
    return shell.Fail(Exit::kUsage, "restore.not_done");
  }
  const Result<client::Restored> done = client::Restore(options.plan, shell.now_s());
  if (!done.ok()) return shell.Fail(done.failure());
  if (shell.json) {
    shell.Print({{"moved_to", done->moved_to}, {"key", done->key}, {"erasures", done->erasures}});
    return Exit::kDone;
  }
  if (!done->moved_to.empty()) shell.Say("restore.moved", {{"path", done->moved_to}});
  shell.Say("restore.done", {{"key", done->key}, {"erasures", std::to_string(done->erasures)}});
  return Exit::kDone;
}

}  // namespace

void AddNodeCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "node", "sluis node status");
  Shell& shell = set.shell();
  AddInitCommand(set, group);
  Command(set, group, "status", "sluis node status").UsesProfile().AnswersJson().Runs([&shell] {
    return Status(shell);
  });
  AddDoctorCommand(set, group);
  AddRenewCommand(set, group);
  Command(set, group, "backup", "sluis node backup").UsesProfile().AnswersJson().Runs([&shell] {
    return Backup(shell);
  });
  const auto restore = Options<RestoreOptions>();
  Command(set, group, "restore",
          "sluis node restore --backup /srv/backup/20261121T0200 --keys /media/sleutels/kek "
          "--data /var/lib/sluis")
      .Text("--backup", &restore->plan.backup, Need::kRequired)
      .Text("--keys", &restore->plan.keys, Need::kRequired)
      .Text("--data", &restore->plan.data, Need::kRequired)
      .Text("--journal", &restore->plan.journal)
      .Flag("--yes", &restore->yes)
      .AnswersJson()
      .Runs([&shell, restore] { return RunRestore(shell, *restore); });
}

}  // namespace sluis::cli
