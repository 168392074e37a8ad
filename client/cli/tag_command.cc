#include <algorithm>
#include <string>
#include <vector>

#include "client/cli/partnership_signing.h"
#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/signal_commands.h"
#include "client/cli/signal_view.h"
#include "client/lib/evaluation_signing.h"
#include "client/lib/text.h"
#include "sluis/node/v1/evaluation.pb.h"

namespace sluis::cli {
namespace {

struct TagOptions {
  ContextOptions context;
  std::string id;
  bool yes = false;
};

Result<node::v1::DraftEvaluationRequest> Asked(Shell& shell, const TagOptions& options) {
  const Result<std::string> id = IdOf(options.id, 16);
  if (!id.ok()) return id.failure();
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return context.failure();
  node::v1::DraftEvaluationRequest request;
  *request.mutable_context() = *context;
  request.add_record_ids(*id);
  return request;
}

template <typename Words>
std::string KindsText(const Shell& shell, const Words& kinds) {
  std::string text;
  for (const std::string& kind : kinds) {
    text += (text.empty() ? "" : ", ") + shell.Text("tag.kind." + kind);
  }
  return text;
}

// Who is asked, about whom, and by what.
std::string DraftLines(const Shell& shell, const node::v1::DraftEvaluationRequest& asked,
                       const node::v1::DraftEvaluationResponse& draft) {
  std::string holders;
  for (const std::string& holder : draft.holders()) {
    holders += (holders.empty() ? "" : ", ") + Harmless(holder);
  }
  std::string out = shell.Text("tag.head", {{"purpose", asked.context().purpose()},
                                            {"epoch", std::to_string(draft.epoch())},
                                            {"threshold", std::to_string(draft.threshold())},
                                            {"holders", holders}}) +
                    "\n";
  for (int i = 0; i < draft.persons_size(); ++i) {
    const node::v1::DraftedPerson& person = draft.persons(i);
    out += shell.Text("tag.record", {{"id", crypto::HexEncode(person.record_id())}}) + "\n" +
           PersonLines(shell, person.identity());
    std::vector<std::string> kinds;
    if (i < draft.subject().evaluated_size()) {
      for (const auto& input : draft.subject().evaluated(i).inputs()) kinds.push_back(input.kind());
    }
    out += shell.Text("tag.by", {{"kinds", KindsText(shell, kinds)}}) + "\n";
  }
  return out;
}

Exit Say(Shell& shell, const node::v1::DraftEvaluationRequest& asked,
         const node::v1::EvaluateResponse& answer) {
  if (shell.json) {
    shell.Print(client::ToJson(answer));
    return Exit::kDone;
  }
  for (const node::v1::EvaluatedRecord& record : answer.records()) {
    shell.Say("tag.done", {{"id", crypto::HexEncode(record.record_id())},
                           {"kinds", KindsText(shell, record.kinds())}});
  }
  for (const std::string& id : asked.record_ids()) {
    const bool kept = std::any_of(answer.records().begin(), answer.records().end(),
                                  [&id](const auto& record) { return record.record_id() == id; });
    if (!kept) shell.Note("tag.not_kept", {{"id", crypto::HexEncode(id)}});
  }
  for (const std::string& holder : answer.wrong_holders()) {
    shell.Note("tag.wrong_holder", {{"organisation", Harmless(holder)}});
  }
  SayReceipt(shell, answer.log_receipt());
  return Exit::kDone;
}

Exit Tag(Shell& shell, const TagOptions& options) {
  const auto asked = Asked(shell, options);
  if (!asked.ok()) return shell.Fail(asked.failure());
  auto draft = Call<node::v1::DraftEvaluationResponse>(shell, *asked);
  if (!draft.ok()) return shell.Fail(draft.failure());
  // Before the question: whoever cannot sign need not decide.
  const auto signing = SigningFor(shell, draft->partnership(), asked->context().role());
  if (!signing.ok()) {
    client::WipeDraft(*draft);
    return shell.Fail(signing.failure());
  }
  if (!shell.json || !options.yes) shell.err() << DraftLines(shell, *asked, *draft);
  const bool agreed = options.yes || shell.Confirm("tag.confirm");
  const auto request = agreed ? client::SignEvaluation(*asked, *draft, signing->By(shell))
                              : Result<node::v1::EvaluateRequest>(
                                    Failure{Exit::kUsage, {"tag.not_asked", {}}, nullptr});
  client::WipeDraft(*draft);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<node::v1::EvaluateResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return Say(shell, *asked, *answer);
}

}  // namespace

void AddTagCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto tag = Options<TagOptions>();
  Command tagging(set, group, "tag",
                  "sluis signal tag 4f0c9a1be2d37788a0b1c2d3e4f50617 --case LV-2026-014");
  tagging.Text("id", &tag->id, Need::kRequired, "tag_id").Flag("--yes", &tag->yes, "tag_yes");
  AddContext(tagging, &tag->context);
  tagging.Runs([&shell, tag] { return Tag(shell, *tag); });
}

}  // namespace sluis::cli
