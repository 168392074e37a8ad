#include "server/core/page_token.h"

#include "crypto/hash.h"

namespace sluis::core {
namespace {

constexpr std::string_view kLabel = "sluis/page/v1";
// Positions are keys of rows; none comes near this.
constexpr size_t kMaxToken = 1024;

std::string DataOf(const Call& call, std::string_view filter) {
  std::string data;
  crypto::AppendLp(data, kLabel);
  crypto::AppendLp(data, call.method->name);
  crypto::AppendLp(data, call.caller->user_id);
  const crypto::Hash digest = crypto::Sha256(filter);
  data += crypto::View(digest);
  return data;
}

}  // namespace

PageTokens::PageTokens(crypto::Random& random)
    : random_(random), key_(crypto::NewDataKey(random)) {}

std::string PageTokens::Seal(const Call& call, std::string_view filter,
                             std::string_view position) const {
  return crypto::Seal(key_, DataOf(call, filter), position, random_);
}

absl::StatusOr<std::string> PageTokens::Open(const Call& call, std::string_view filter,
                                             std::string_view token) const {
  if (token.size() <= kMaxToken) {
    absl::StatusOr<crypto::Bytes> position = crypto::Open(key_, DataOf(call, filter), token);
    if (position.ok()) return *std::move(position);
  }
  return absl::InvalidArgumentError("start again from the first page");
}

std::variant<Page, Refusal> PageOf(const Call& call, std::string_view filter, uint32_t size,
                                   std::string_view token) {
  if (size > kMaxRegisterPage) {
    return Refusal{absl::StatusCode::kInvalidArgument, "bad_request", "ask at most 1000 rows",
                   "page_size"};
  }
  Page page{static_cast<int>(size == 0 ? kMaxRegisterPage : size), {}};
  if (token.empty()) return page;
  absl::StatusOr<std::string> after = call.pages->Open(call, filter, token);
  if (!after.ok()) return StalePage();
  page.after = *std::move(after);
  return page;
}

Refusal StalePage() {
  return {absl::StatusCode::kInvalidArgument, "bad_page_token",
          "this token is of another list, of somebody else or from before the node was started; "
          "start again from the first page",
          "page_token"};
}

}  // namespace sluis::core
