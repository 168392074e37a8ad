#include "client/cli/share_commands.h"

#include <set>
#include <utility>
#include <vector>

#include "client/cli/partnership_signing.h"
#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/share_view.h"
#include "client/lib/share_signing.h"
#include "client/lib/signing.h"
#include "client/lib/text.h"
#include "crypto/random.h"

namespace sluis::cli {
namespace {

constexpr uint64_t kSecond = 1000000;
constexpr uint32_t kMaxPage = 500;
// Of one signature.
constexpr size_t kMostShares = 256;

struct ShareOptions {
  ContextOptions context;
  std::vector<std::string> ids;
  std::string to;
  std::string to_role;
  std::string corrects;
  bool yes = false;
};

struct SentOptions {
  ContextOptions context;
  std::string id;
  std::string page;
  std::string limit;
  bool erased = false;
};

Failure BadOrganisation() { return {Exit::kUsage, {"user.bad_organisation", {}}, nullptr}; }

Result<node::v1::PreviewShareRequest> Asked(Shell& shell, const ShareOptions& options,
                                            const std::string& record_id) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return context.failure();
  const Result<std::string> id = IdOf(record_id, 16);
  if (!id.ok()) return id.failure();
  if (!client::IsOrganisationId(options.to)) return BadOrganisation();
  node::v1::PreviewShareRequest request;
  *request.mutable_context() = *context;
  request.set_record_id(*id);
  request.set_recipient(options.to);
  request.set_recipient_role(options.to_role);
  return request;
}

// What is wrong with the list of signals; nothing when they can be shared in one go.
Step CheckIds(const ShareOptions& options) {
  const std::set<std::string> different(options.ids.begin(), options.ids.end());
  const auto refuse = [](const char* text) { return Failure{Exit::kUsage, {text, {}}, nullptr}; };
  if (options.ids.size() > kMostShares) return refuse("share.too_many");
  if (different.size() != options.ids.size()) return refuse("share.twice");
  if (!options.corrects.empty() && options.ids.size() > 1) return refuse("share.corrects_one");
  return std::nullopt;
}

// The share that --corrects names; empty for a first share.
Result<std::string> EarlierShare(const ShareOptions& options) {
  if (options.corrects.empty()) return std::string();
  return IdOf(options.corrects, 16);
}

// Tells what became of one.
void SayShared(Shell& shell, const ShareOptions& options, const std::string& id,
               const std::string& exchange, const node::v1::ShareSignalResponse& answer) {
  const auto due_s = static_cast<int64_t>(answer.due_at_us() / kSecond);
  SayDone(shell, answer,
          due_s == 0              ? "share.done_waiting"
          : due_s > shell.now_s() ? "share.done"
                                  : "share.done_leaving",
          {{"to", options.to},
           {"exchange", exchange},
           {"id", id},
           {"due", client::LegalMinute(due_s)}});
}

Exit Share(Shell& shell, const ShareOptions& options) {
  if (Step wrong = CheckIds(options)) return shell.Fail(*wrong);
  // Before anything is asked of the node, shown or signed.
  const Result<std::string> corrects = EarlierShare(options);
  if (!corrects.ok()) return shell.Fail(corrects.failure());
  std::vector<node::v1::PreviewShareRequest> asked;
  for (const std::string& id : options.ids) {
    auto one = Asked(shell, options, id);
    if (!one.ok()) return shell.Fail(one.failure());
    asked.push_back(*std::move(one));
  }
  std::vector<node::v1::PreviewShareResponse> previews;
  for (const node::v1::PreviewShareRequest& one : asked) {
    auto preview = Call<node::v1::PreviewShareResponse>(shell, one);
    if (!preview.ok()) return shell.Fail(preview.failure());
    previews.push_back(*std::move(preview));
  }
  // Before the question: whoever cannot sign need not decide.
  const auto signing =
      SigningFor(shell, previews.front().partnership(), asked.front().context().role());
  if (!signing.ok()) return shell.Fail(signing.failure());
  std::vector<client::Previewed> shown;
  for (size_t i = 0; i < asked.size(); ++i) {
    if (!shell.json || !options.yes) shell.err() << PreviewLines(shell, asked[i], previews[i]);
    shown.push_back({asked[i], previews[i]});
  }
  const bool one = asked.size() == 1;
  if (!options.yes &&
      !shell.Confirm(one ? "share.confirm" : "share.confirm_all",
                     {{"to", options.to}, {"count", std::to_string(asked.size())}})) {
    return shell.Fail(Exit::kUsage, "signal.not_sent");
  }
  auto requests = client::SignShares(shown, signing->By(shell), crypto::SystemRandom());
  if (!requests.ok()) return shell.Fail(requests.failure());
  requests->front().set_corrects(*corrects);
  Json shared = Json::array();
  for (size_t i = 0; i < requests->size(); ++i) {
    const std::string exchange = crypto::HexEncode((*requests)[i].exchange_id());
    const auto answer = Call<node::v1::ShareSignalResponse>(shell, (*requests)[i]);
    if (!answer.ok()) {
      // Those before it are shared, and are said.
      return shell.Fail(answer.failure(), one ? Json::object() : Json{{"shared", shared}});
    }
    if (shell.json) {
      Json json{{"exchange_id", exchange}};
      if (!one) json["record_id"] = options.ids[i];
      json.update(client::ToJson(*answer));
      shared.push_back(std::move(json));
    } else {
      SayShared(shell, options, options.ids[i], exchange, *answer);
    }
  }
  if (shell.json) shell.Print(one ? shared.front() : Json{{"shared", shared}});
  return Exit::kDone;
}

Exit Sent(Shell& shell, const SentOptions& options) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return shell.Fail(context.failure());
  node::v1::ListSentRequest request;
  *request.mutable_context() = *context;
  if (!options.id.empty()) {
    const Result<std::string> id = IdOf(options.id, 16);
    if (!id.ok()) return shell.Fail(id.failure());
    request.set_record_id(*id);
  }
  request.set_erased(options.erased);
  if (Step failure = SetPage(options.page, options.limit, kMaxPage, &request)) {
    return shell.Fail(*failure);
  }
  const auto answer = Call<node::v1::ListSentResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  for (const node::v1::SentSummary& sent : answer->sent()) {
    shell.out() << SentLine(shell, sent) << '\n';
  }
  if (answer->sent().empty()) shell.Note("sent.none");
  SayNextPage(shell, answer->next_page_token());
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

// Every share of that record.
Result<node::v1::ListSentResponse> SharesOf(Shell& shell, const node::v1::RequestContext& context,
                                            const std::string& record_id) {
  node::v1::ListSentRequest request;
  *request.mutable_context() = context;
  request.set_record_id(record_id);
  return CallAllPages<node::v1::ListSentResponse>(shell, std::move(request));
}

Result<std::vector<node::v1::SentSummary>> OpenShares(Shell& shell, const ShareWithdrawal& asked) {
  const auto all = SharesOf(shell, asked.context, asked.record_id);
  if (!all.ok()) return all.failure();
  std::vector<node::v1::SentSummary> open;
  for (const node::v1::SentSummary& sent : all->sent()) {
    if (sent.recipient() == asked.from && CanBeTakenBack(sent)) open.push_back(sent);
  }
  if (open.empty()) {
    return Failure{
        Exit::kRefused,
        {"share.none_open", {{"to", asked.from}, {"id", crypto::HexEncode(asked.record_id)}}},
        nullptr};
  }
  return open;
}

}  // namespace

Exit WithdrawShares(Shell& shell, const ShareWithdrawal& asked) {
  if (!client::IsOrganisationId(asked.from)) return shell.Fail(BadOrganisation());
  const auto open = OpenShares(shell, asked);
  if (!open.ok()) return shell.Fail(open.failure());
  Json list = Json::array();
  // Those before it are taken back, and are said.
  const auto fail = [&](const Failure& failure) {
    return shell.Fail(failure, {{"withdrawn", list}});
  };
  for (const node::v1::SentSummary& sent : *open) {
    const auto signing = SigningFor(shell, sent.partnership(), asked.context.role());
    if (!signing.ok()) return fail(signing.failure());
    const auto request =
        client::SignWithdrawal(asked.context, sent, asked.reason, signing->By(shell));
    if (!request.ok()) return fail(request.failure());
    const auto answer = Call<node::v1::WithdrawShareResponse>(shell, *request);
    if (!answer.ok()) return fail(answer.failure());
    if (shell.json) {
      Json one{{"exchange_id", crypto::HexEncode(sent.exchange_id())}};
      one.update(client::ToJson(*answer));
      list.push_back(std::move(one));
      continue;
    }
    SayDone(shell, *answer,
            answer->partner_is_told() ? "share.withdrawn_told" : "share.withdrawn_unseen",
            {{"to", asked.from}});
  }
  if (shell.json) shell.Print({{"withdrawn", list}});
  return Exit::kDone;
}

Exit SayWithdrawn(Shell& shell, const node::v1::WithdrawSignalRequest& request,
                  const node::v1::WithdrawSignalResponse& answer) {
  const auto all = SharesOf(shell, request.context(), request.record_id());
  if (shell.json) {
    Json json = client::ToJson(answer);
    json["open_at_partners"] = all.ok() ? LeftOpenJson(*all) : Json(nullptr);
    shell.Print(json);
    return Exit::kDone;
  }
  shell.Say("signal.withdrawn");
  const std::string id = crypto::HexEncode(request.record_id());
  if (all.ok()) {
    shell.out() << LeftOpenLines(shell, id, *all);
  } else {
    // It is done here; what a partner has is only not known.
    shell.Note("share.left_unknown", {{"id", id}});
  }
  SayReceipt(shell, answer.log_receipt());
  return Exit::kDone;
}

Step SignForPartners(Shell& shell, node::v1::EraseSignalRequest& request) {
  const auto all = SharesOf(shell, request.context(), request.record_id());
  if (!all.ok()) return all.failure();
  for (const node::v1::SentSummary& sent : all->sent()) {
    if (!sent.partner_may_have_it()) continue;
    const auto signing = SigningFor(shell, sent.partnership(), request.context().role());
    if (!signing.ok()) return signing.failure();
    const auto erasure = client::SignErasure(request.context(), sent, signing->By(shell));
    if (!erasure.ok()) return erasure.failure();
    *request.add_partners() = *erasure;
  }
  return std::nullopt;
}

void AddShareCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto share = Options<ShareOptions>();
  Command sharing(set, group, "share",
                  "sluis signal share 4f0c9a1be2d37788a0b1c2d3e4f50617 --to lindervaart.example "
                  "--to-role casemanager --case LV-2026-014");
  sharing.Files("ids", &share->ids, Need::kRequired, "share_ids")
      .Text("--to", &share->to, Need::kRequired, "share_to")
      .Text("--to-role", &share->to_role, Need::kOptional, "share_to_role")
      .Text("--corrects", &share->corrects, Need::kOptional)
      .Flag("--yes", &share->yes);
  AddContext(sharing, &share->context);
  sharing.Runs([&shell, share] { return Share(shell, *share); });
}

void AddSentCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto sent = Options<SentOptions>();
  Command listing(set, group, "sent", "sluis signal sent --case INTAKE");
  listing.Text("id", &sent->id, Need::kOptional, "sent_record")
      .Text("--limit", &sent->limit)
      .Text("--page", &sent->page)
      .Flag("--erased", &sent->erased);
  AddContext(listing, &sent->context);
  listing.Runs([&shell, sent] { return Sent(shell, *sent); });
}

}  // namespace sluis::cli
