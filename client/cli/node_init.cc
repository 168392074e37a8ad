#include "client/cli/node_init.h"

#include <filesystem>

#include "client/cli/user_commands.h"
#include "client/lib/form_words.h"
#include "client/lib/node_files.h"
#include "client/lib/signing.h"
#include "crypto/secret.h"

namespace sluis::cli {
namespace {

struct InitOptions {
  client::NodePlan plan;
  std::string secrecy;  // ja, nee or open
  std::string administrator;
  bool yes = false;
};

// One thing to know: where it goes, what it is called, what an empty answer stands for.
struct Question {
  std::string* target;
  const char* option;
  std::string otherwise;  // empty: must be answered
};

// Fills what the options left open: by asking, or with --yes from what an empty answer stands for.
Step Complete(Shell& shell, const Question& question, bool yes) {
  while (question.target->empty()) {
    if (yes) {
      if (question.otherwise.empty()) {
        return Failure{
            Exit::kUsage, {"init.option_needed", {{"option", question.option}}}, nullptr};
      }
      *question.target = question.otherwise;
      continue;
    }
    std::string text = shell.Text("option." + std::string(question.option).substr(2));
    if (!question.otherwise.empty()) text += " [" + question.otherwise + "]";
    const std::optional<std::string> answer = shell.Ask(text + ":");
    if (!answer) {
      return Failure{Exit::kUsage, {"init.option_needed", {{"option", question.option}}}, nullptr};
    }
    *question.target = answer->empty() ? question.otherwise : *answer;
  }
  return std::nullopt;
}

Step CompleteAll(Shell& shell, InitOptions* options) {
  client::NodePlan& plan = options->plan;
  const bool yes = options->yes;
  const auto ask = [&](std::string* target, const char* option, const std::string& otherwise) {
    return Complete(shell, {target, option, otherwise}, yes);
  };
  if (Step failure = ask(&plan.folder, "--folder", "")) return failure;
  if (Step failure = ask(&plan.organisation, "--organisation", "")) return failure;
  if (Step failure = ask(&plan.kind, "--kind", "")) return failure;
  if (Step failure = ask(&options->secrecy, "--secrecy", plan.kind == "welfare" ? "ja" : "nee")) {
    return failure;
  }
  if (Step failure = ask(&plan.host, "--host", plan.organisation)) return failure;
  if (Step failure = ask(&plan.listen, "--listen", "127.0.0.1:8443")) return failure;
  if (Step failure = ask(&plan.address, "--address", plan.listen)) return failure;
  if (Step failure = ask(&plan.statutory_pack, "--statutory-pack",
                         "/usr/share/sluis/packs/statutory.be.yaml")) {
    return failure;
  }
  if (Step failure = ask(&plan.partnership_pack, "--partnership-pack", "")) return failure;
  return ask(&options->administrator, "--administrator-id", "");
}

// The first administrator's folder, with a certificate straight away.
Step MakeAdministrator(Shell& shell, const InitOptions& options, const client::NodeMade& made) {
  const client::NodePlan& plan = options.plan;
  const Result<std::string> folder =
      MakePersonalFolder(shell, {shell.profiles_folder() + "/" + options.administrator,
                                 plan.organisation, options.administrator, made.request_path});
  if (!folder.ok()) return folder.failure();
  const Result<record::v1::UserRequest> request = client::ReadUserRequest(made.request_path);
  if (!request.ok()) return request.failure();
  const Result<std::string> certificate =
      client::Issue(made.ca, request->certificate_request(),
                    {client::UserUri(plan.organisation, options.administrator), {}, {}},
                    client::LeafUse::kUser, shell.now_s());
  if (!certificate.ok()) return certificate.failure();
  Result<client::Profile> profile = client::LoadProfile(*folder);
  if (!profile.ok()) return profile.failure();
  return client::InstallBundle({plan.address, plan.organisation, options.administrator,
                                plan.secrecy_regime, *certificate, made.ca.certificate_pem},
                               &*profile);
}

Exit Init(Shell& shell, InitOptions options) {
  if (Step failure = CompleteAll(shell, &options)) return shell.Fail(*failure);
  const std::optional<int> secrecy = client::FindValue(client::YesNoWords(), options.secrecy);
  if (!secrecy) return shell.Fail(Exit::kUsage, "init.bad_secrecy");
  options.plan.secrecy_regime = *secrecy == 1;
  if (!client::IsUserId(options.administrator)) return shell.Fail(Exit::kUsage, "user.bad_id");
  const std::string profile = shell.profiles_folder() + "/" + options.administrator;
  if (std::filesystem::exists(profile + "/profile.yaml")) {
    return shell.Fail(Exit::kUsage, "profile.exists", {{"path", profile}});
  }
  options.plan.folder = std::filesystem::absolute(options.plan.folder).lexically_normal().string();
  while (options.plan.folder.size() > 1 && options.plan.folder.back() == '/') {
    options.plan.folder.pop_back();
  }
  Result<client::NodeMade> made = client::MakeNodeFiles(options.plan, shell.now_s());
  if (!made.ok()) return shell.Fail(made.failure());
  const Step failure = MakeAdministrator(shell, options, *made);
  crypto::Wipe(made->ca.key_pem);
  if (failure) return shell.Fail(*failure);
  if (shell.json) {
    shell.Print({{"configuration", made->configuration_path},
                 {"ca", made->ca_folder},
                 {"mandate_key", made->mandate_key_path},
                 {"profile", options.administrator}});
    return Exit::kDone;
  }
  shell.Say("init.done", {{"configuration", made->configuration_path}});
  shell.Say("init.move", {{"mandate", made->mandate_key_path}, {"ca", made->ca_folder}});
  shell.Say("init.next",
            {{"configuration", made->configuration_path}, {"profile", options.administrator}});
  return Exit::kDone;
}

}  // namespace

void AddInitCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<InitOptions>();
  Shell& shell = set.shell();
  client::NodePlan* plan = &options->plan;
  Command(
      set, group, "init",
      "sluis node init --folder /etc/sluis --organisation caw-de-overzet.example --kind welfare")
      .Text("--folder", &plan->folder)
      .Text("--organisation", &plan->organisation)
      .Text("--kind", &plan->kind)
      .Text("--secrecy", &options->secrecy)
      .Text("--host", &plan->host)
      .Text("--listen", &plan->listen)
      .Text("--address", &plan->address)
      .Texts("--dns", &plan->dns)
      .Texts("--ip", &plan->ips)
      .Text("--statutory-pack", &plan->statutory_pack)
      .Text("--partnership-pack", &plan->partnership_pack)
      .Text("--node-pack", &plan->node_pack)
      .Text("--administrator-id", &options->administrator)
      .Flag("--yes", &options->yes, "init_yes")
      .AnswersJson()
      .Runs([&shell, options] { return Init(shell, *options); });
}

}  // namespace sluis::cli
