#include "client/cli/inbox_commands.h"

#include <optional>

#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/share_view.h"
#include "client/cli/signal_commands.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::cli {
namespace {

constexpr uint32_t kMaxPage = 500;
// Among so many an exchange is looked for of which there is nothing to read.
constexpr uint32_t kNewest = 50;

struct ListOptions {
  ContextOptions context;
  std::string page;
  std::string limit;
};

struct InboxOpenOptions {
  ContextOptions context;
  std::string id;
};

Exit List(Shell& shell, const ListOptions& options) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return shell.Fail(context.failure());
  node::v1::ListReceivedRequest request;
  *request.mutable_context() = *context;
  if (Step failure = SetPage(options.page, options.limit, kMaxPage, &request)) {
    return shell.Fail(*failure);
  }
  const auto answer = Call<node::v1::ListReceivedResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  for (const node::v1::ReceivedSummary& received : answer->received()) {
    shell.out() << ReceivedLine(shell, received) << '\n'
                << SamePersonLines(shell, received.same_person());
  }
  if (answer->received().empty()) shell.Note("received.none");
  SayNextPage(shell, answer->next_page_token());
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

// The exchange of this id, when it is on the newest page of the list: each page is an entry in the
// log that names what it shows, and a number that was typed wrong is on none.
Result<std::optional<node::v1::ReceivedSummary>> Find(Shell& shell,
                                                      const node::v1::RequestContext& context,
                                                      const std::string& exchange_id) {
  node::v1::ListReceivedRequest request;
  *request.mutable_context() = context;
  request.set_page_size(kNewest);
  const auto page = Call<node::v1::ListReceivedResponse>(shell, request);
  if (!page.ok()) return page.failure();
  for (const node::v1::ReceivedSummary& received : page->received()) {
    if (received.exchange_id() == exchange_id) return std::optional(received);
  }
  if (!page->next_page_token().empty()) {
    shell.Note("received.not_among_newest", {{"count", std::to_string(page->received_size())}});
  }
  return std::optional<node::v1::ReceivedSummary>();
}

bool IsNotThere(const Failure& failure) {
  return failure.refusal != nullptr && failure.refusal->code() == "not_found";
}

Exit Open(Shell& shell, const InboxOpenOptions& options) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return shell.Fail(context.failure());
  const Result<std::string> id = IdOf(options.id, 16);
  if (!id.ok()) return shell.Fail(id.failure());
  node::v1::OpenSignalRequest request;
  *request.mutable_context() = *context;
  request.set_record_id(*id);
  const auto answer = Call<node::v1::OpenSignalResponse>(shell, request);
  if (!answer.ok() && IsNotThere(answer.failure())) {
    // The number may be that of an exchange of which there is nothing to read yet, or any more.
    const auto exchange = Find(shell, *context, *id);
    if (!exchange.ok()) return shell.Fail(exchange.failure());
    if (*exchange) {
      return shell.Fail(Exit::kRefused, "received.nothing_to_read",
                        {{"line", ReceivedLine(shell, **exchange)}});
    }
  }
  if (!answer.ok()) return shell.Fail(answer.failure());
  return ShowOpened(shell, *answer, {});
}

}  // namespace

void AddInboxCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "inbox", "sluis inbox list --case INTAKE");
  Shell& shell = set.shell();

  const auto list = Options<ListOptions>();
  Command listing(set, group, "list", "sluis inbox list --case INTAKE");
  listing.Text("--limit", &list->limit).Text("--page", &list->page);
  AddContext(listing, &list->context);
  listing.Runs([&shell, list] { return List(shell, *list); });

  const auto open = Options<InboxOpenOptions>();
  Command opening(set, group, "open",
                  "sluis inbox open 4f0c9a1be2d37788a0b1c2d3e4f50617 --case LV-2026-014");
  opening.Text("id", &open->id, Need::kRequired, "received_id");
  AddContext(opening, &open->context);
  opening.Runs([&shell, open] { return Open(shell, *open); });
}

}  // namespace sluis::cli
