// What commands do alike: call the node, say what was done, and where it stands in the log.
//
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_RECEIPT_H_
#define SLUIS_CLIENT_CLI_RECEIPT_H_

#include <charconv>
#include <string>
#include <string_view>

#include "client/cli/shell.h"
#include "client/lib/to_json.h"
#include "crypto/bytes.h"
#include "sluis/node/v1/context.pb.h"

namespace sluis::cli {

// One call over the connection of the profile.
template <typename Answer, typename Request>
Result<Answer> Call(Shell& shell, const Request& request) {
  const Result<std::shared_ptr<client::Calls>> calls = shell.Node();
  if (!calls.ok()) return calls.failure();
  return (*calls)->Do(request);
}

// All pages of a list as one answer, with the receipt of the last: a list that ended early would
// say that somebody is not there.
template <typename Answer, typename Request>
Result<Answer> CallAllPages(Shell& shell, Request request) {
  Answer all;
  do {
    const Result<Answer> page = Call<Answer>(shell, request);
    if (!page.ok()) return page.failure();
    all.clear_next_page_token();
    all.MergeFrom(*page);
    request.set_page_token(all.next_page_token());
  } while (!all.next_page_token().empty());
  return all;
}

// The leaf hash, with which the proof can be asked.
inline void SayReceipt(Shell& shell, const node::v1::LogReceipt& receipt) {
  if (receipt.leaf_hash().empty()) return;
  shell.Note("receipt.logged", {{"hash", crypto::HexEncode(receipt.leaf_hash())}});
}

template <typename Answer>
Exit SayDone(Shell& shell, const Answer& answer, std::string_view key, const Args& args = {}) {
  if (shell.json) {
    shell.Print(client::ToJson(answer));
  } else {
    shell.Say(key, args);
    SayReceipt(shell, answer.log_receipt());
  }
  return Exit::kDone;
}

// --page and --limit.
template <typename Request>
Step SetPage(const std::string& page, const std::string& limit, uint32_t max, Request* request) {
  uint32_t size = 0;
  if (!limit.empty()) {
    const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), size);
    if (error != std::errc() || end != limit.data() + limit.size() || size == 0 || size > max) {
      return Failure{Exit::kUsage, {"page.bad_limit", {{"max", std::to_string(max)}}}, nullptr};
    }
  }
  const absl::StatusOr<crypto::Bytes> token = crypto::HexDecode(page);
  if (!token.ok()) return Failure{Exit::kUsage, {"page.bad_token", {}}, nullptr};
  request->set_page_size(size);
  request->set_page_token(*token);
  return std::nullopt;
}

inline void SayNextPage(Shell& shell, const std::string& token) {
  if (!token.empty()) shell.Note("page.more", {{"page", crypto::HexEncode(token)}});
}

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_RECEIPT_H_
