// `sluis signal export`: what an authority ordered to be handed over, and nothing else: signals are
// exported for no other reason, and who tries stands in the log.

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "client/cli/compelled_file.h"
#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/signal_commands.h"
#include "client/lib/form_words.h"
#include "client/lib/own_files.h"
#include "client/lib/to_json.h"

namespace sluis::cli {
namespace {

constexpr char kAll[] = "all";

struct ExportOptions {
  ContextOptions context;
  std::string id;
  std::string reference;
  std::string authority;
  std::vector<std::string> scope;
  std::string barred_until;
  std::string out;
  bool compelled = false;
  bool yes = false;
};

// The field as nodes name it, typed like that or as on the form.
std::string FieldOf(const std::string& typed) {
  const google::protobuf::Descriptor& content = *record::v1::SignalContent::descriptor();
  for (int i = 0; i < content.field_count(); ++i) {
    const std::string& name = content.field(i)->name();
    if (typed == name || typed == client::FormNameOf(name)) return name;
  }
  return {};
}

Step SetScope(const std::vector<std::string>& typed, node::v1::ExportCompelledRequest* request) {
  const bool all = std::find_if(typed.begin(), typed.end(), [](const std::string& word) {
                     return word == kAll || word == "alles" || word == "tout";
                   }) != typed.end();
  if (all && typed.size() == 1) {
    request->add_scope(kAll);
    return std::nullopt;
  }
  for (const std::string& word : typed) {
    const std::string field = all ? std::string() : FieldOf(word);
    if (field.empty()) return Failure{Exit::kUsage, {"compelled.bad_scope", {{"word", word}}}, {}};
    const auto& named = request->scope();
    if (std::find(named.begin(), named.end(), field) == named.end()) request->add_scope(field);
  }
  return std::nullopt;
}

// What an order must have; an export without one is asked of the node all the same, which refuses
// it and writes that down.
Step RequireOrder(const ExportOptions& options) {
  for (const auto& [name, missing] : {std::pair("--reference", options.reference.empty()),
                                      std::pair("--authority", options.authority.empty()),
                                      std::pair("--scope", options.scope.empty())}) {
    if (missing)
      return Failure{Exit::kUsage,
                     {"usage.required", {{"option", name}, {"command", "sluis signal export"}}},
                     nullptr};
  }
  return std::nullopt;
}

Result<node::v1::ExportCompelledRequest> OrderOf(Shell& shell, const ExportOptions& options) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return context.failure();
  const Result<std::string> id = IdOf(options.id, 16);
  if (!id.ok()) return id.failure();
  const Result<std::string> barred = DayOf(options.barred_until, "--barred-until");
  if (!barred.ok()) return barred.failure();
  node::v1::ExportCompelledRequest order;
  *order.mutable_context() = *context;
  order.set_record_id(*id);
  if (!options.compelled) return order;
  if (Step failure = RequireOrder(options)) return *std::move(failure);
  order.set_reference(options.reference);
  order.set_authority(options.authority);
  order.set_barred_until(*barred);
  if (Step failure = SetScope(options.scope, &order)) return *std::move(failure);
  return order;
}

bool Confirmed(Shell& shell, const ExportOptions& options,
               const node::v1::ExportCompelledRequest& order) {
  const Args args = {{"id", options.id},
                     {"authority", options.authority},
                     {"reference", options.reference},
                     {"day", order.barred_until()}};
  return options.yes ||
         shell.Confirm(
             order.barred_until().empty() ? "compelled.confirm" : "compelled.confirm_barred", args);
}

Exit SayHandedOver(Shell& shell, const std::string& path,
                   node::v1::ExportCompelledResponse handed) {
  if (shell.json) {
    Json json{{"file", path}, {"scope", handed.view().granted_fields()}};
    handed.clear_view();
    Json answer = client::ToJson(handed);
    answer.erase("view");
    json.update(answer);
    shell.Print(json);
    return Exit::kDone;
  }
  shell.Say("compelled.done", {{"path", path}});
  if (!handed.told_from().empty()) shell.Note("compelled.told", {{"day", handed.told_from()}});
  SayReceipt(shell, handed.log_receipt());
  return Exit::kDone;
}

Exit Export(Shell& shell, const ExportOptions& options) {
  const auto order = OrderOf(shell, options);
  if (!order.ok()) return shell.Fail(order.failure());
  if (!options.compelled) {
    const auto refused = Call<node::v1::ExportCompelledResponse>(shell, *order);
    return refused.ok() ? shell.Fail(Exit::kRefused, "refusal.not_ordered", {})
                        : shell.Fail(refused.failure());
  }
  if (client::Exists(options.out)) {
    return shell.Fail(Exit::kUsage, "file.exists", {{"path", options.out}});
  }
  if (!Confirmed(shell, options, *order)) return shell.Fail(Exit::kUsage, "signal.not_sent");
  // Before the call: what is handed over and cannot be written would stand in the log for nothing.
  if (Step failure = client::WriteNew(options.out, "", client::FileMode::kPrivate)) {
    return shell.Fail(*failure);
  }
  const auto handed = Call<node::v1::ExportCompelledResponse>(shell, *order);
  if (!handed.ok()) {
    std::remove(options.out.c_str());
    return shell.Fail(handed.failure());
  }
  const std::string text = CompelledFile(shell.In(client::Language::kDutch), *order, *handed);
  if (Step failure = client::WriteOver(options.out, text, client::FileMode::kPrivate)) {
    return shell.Fail(*failure);
  }
  return SayHandedOver(shell, options.out, *handed);
}

}  // namespace

void AddCompelledCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<ExportOptions>();
  Command command(set, group, "export",
                  "sluis signal export 4f0c9a1be2d37788a0b1c2d3e4f50617 --compelled --reference "
                  "2026/114 --authority \"onderzoeksrechter, afdeling Vaartland\" --scope alles "
                  "--case LV-2026-014 --purpose gerechtelijk-bevel --basis be-gerechtelijk-bevel "
                  "--out bevel.txt");
  command.Text("id", &options->id, Need::kRequired, "record_id")
      .Flag("--compelled", &options->compelled)
      .Text("--reference", &options->reference)
      .Text("--authority", &options->authority)
      .Texts("--scope", &options->scope)
      .Text("--barred-until", &options->barred_until)
      .Text("--out", &options->out, Need::kRequired, "compelled_out")
      .Flag("--yes", &options->yes);
  AddContext(command, &options->context);
  command.Runs([&shell, options] { return Export(shell, *options); });
}

}  // namespace sluis::cli
