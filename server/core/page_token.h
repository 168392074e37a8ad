#ifndef SLUIS_SERVER_CORE_PAGE_TOKEN_H_
#define SLUIS_SERVER_CORE_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "server/core/refusal.h"

namespace sluis::core {

// Seals where a list goes on. A position names the last row that was looked at, and that may be one
// that the asker may not see: nobody but this process reads it.
//
// Guarantee: a token says nothing but its length, and opens only in this process, for the same
// method, user and filter; whoever alters it, borrows it or keeps it over a restart starts again.
// Not guaranteed: that it is used once. The key is random, held by this object and never stored.
// Thread-safe. `random` must outlive this. Source: crypto/sealing.h; associated data =
// lp("sluis/page/v1") ‖ lp(method) ‖ lp(user id) ‖ SHA-256 of the filter.
class PageTokens {
 public:
  explicit PageTokens(crypto::Random& random);

  std::string Seal(const Call& call, std::string_view filter, std::string_view position) const;

  // The position sealed in; kInvalidArgument for anything that is not a token of this kind.
  absl::StatusOr<std::string> Open(const Call& call, std::string_view filter,
                                   std::string_view token) const;

 private:
  crypto::Random& random_;
  const crypto::DataKey key_;
};

// What a page must have in common with the page before: all of the request but where it goes on and
// how much of it is asked for.
template <typename Request>
std::string FilterOf(Request request) {
  request.clear_page_size();
  request.clear_page_token();
  return request.SerializeAsString();
}

// How many rows a list of the register shows at most, and after which key of a row it goes on.
struct Page {
  int size = 0;
  std::string after;
};
inline constexpr uint32_t kMaxRegisterPage = 1000;

// That page, or the refusal of a size or a token.
std::variant<Page, Refusal> PageOf(const Call& call, std::string_view filter, uint32_t size,
                                   std::string_view token);

// The refusal of a token that does not open.
Refusal StalePage();

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PAGE_TOKEN_H_
