// Match tokens by their whole 32 bytes, with the number of what each stands for.
//
// Tokens are outputs of an HMAC under keys that who asks cannot choose, so their first bits spread
// them evenly over places of eight on average; one place is one stretch of memory.
//
// Guarantee: Find answers exactly the numbers under that very token, and looks at one place and no
// more, however many tokens there are; within it every token is compared, all bytes of it, whether
// one was found or not. Not guaranteed: that places are equally full: tokens that somebody made to
// fall together make one place slow, and that somebody has the elements. Thread-safety: reading is.
// Errors: none; numbers are the caller's.
#ifndef SLUIS_SERVER_EVALUATION_TOKEN_INDEX_H_
#define SLUIS_SERVER_EVALUATION_TOKEN_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/evaluation/tags.h"

namespace sluis::evaluation {

class TokenIndex {
 public:
  struct Entry {
    Tag token{};
    uint32_t number = 0;
  };

  TokenIndex() = default;
  explicit TokenIndex(std::vector<Entry> entries);

  // In ascending order, each once.
  std::vector<uint32_t> Find(const Tag& token) const;
  size_t size() const { return entries_.size(); }

 private:
  size_t PlaceOf(const Tag& token) const;

  unsigned bits_ = 0;  // of a token that say its place
  std::vector<Entry> entries_;
  std::vector<uint32_t> starts_ = {0, 0};  // of each place, and the end
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_TOKEN_INDEX_H_
