// What a node that is asked answers to match tokens: whether it has a record of the person, once
// for each token, and nothing else.
//
//   MatchIndex for an asker and a day ─► Lay ─► Ask ─► Hit, logged ─► Give     or Abandon
//
// Guarantee: a token is answered once, on its UTC day or in the window after it, to the asker for
// whom it was computed, and only once its entry and row are durable; also after a restart from the
// rows. A token that misses leaves nothing behind: not in memory, not on disk, and who asks cannot
// tell why it missed. Of one contributor so many elements are in an index and no more, the first
// ones: who floods a node with records hides those of nobody else. Not guaranteed: that who asks
// made the token of a person of its case: it cites the entry about its evaluation, which its
// privacy officer may open (review.h); nor that a hit tells nothing: it shows both about whom it
// was asked. Thread-safety: one thread. Errors: see each; none names content. Source: "Tags" in
// docs/formats.md.
#ifndef SLUIS_SERVER_EVALUATION_MATCH_DESK_H_
#define SLUIS_SERVER_EVALUATION_MATCH_DESK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/evaluation/kept_element.h"
#include "server/evaluation/logged_durably.h"
#include "server/evaluation/tags.h"
#include "server/evaluation/token_index.h"

namespace sluis::evaluation {

// Words of the counterpart part about an answer.
inline constexpr std::string_view kKindMatch = "evaluation-match";
inline constexpr std::string_view kOutcomeMatched = "matched";

// An element that may be found. Borrows.
struct Findable {
  const KeptElement& kept;
  std::string_view record;       // by which the node finds it again, 1 to 64 bytes
  std::string_view contributor;  // who recorded it
};

struct MatchBounds {
  size_t per_contributor = 10'000;
  size_t all = 10'000'000;
};

// The tokens that one asker may send on one day.
class MatchIndex {
 public:
  // `findable` in the order recorded: of a contributor that has more than its part the first ones
  // are in it. kInvalidArgument for bounds or records that are none, kResourceExhausted for more
  // than `all`.
  static absl::StatusOr<MatchIndex> Of(std::string_view asker, std::string_view asked, uint32_t day,
                                       std::span<const Findable> findable,
                                       const MatchBounds& bounds = {});

  const std::string& asker() const { return asker_; }
  uint32_t day() const { return day_; }
  // How many elements are in it.
  size_t size() const { return tokens_.size(); }
  // How many elements of whom are not in it.
  const std::map<std::string, size_t>& left_out() const { return left_out_; }

 private:
  friend class MatchDesk;
  MatchIndex(std::string_view asker, uint32_t day) : asker_(asker), day_(day) {}

  std::string asker_;
  uint32_t day_;
  TokenIndex tokens_;
  std::vector<std::string> records_;  // by the numbers in it
  std::map<std::string, size_t> left_out_;
};

struct MatchQuestion {
  std::string partnership;
  std::string asker;  // whom the certificate names
  uint32_t day = 0;   // of the token
  Tag token{};
  crypto::Hash leaf_hash{};  // of the asker's entry about the evaluation that it comes of
};

// Records that match, of which nobody knows before it is logged.
class Hit {
 public:
  ToLog Log() const;

 private:
  friend class MatchDesk;
  Hit(MatchQuestion question, std::set<std::string> records)
      : question_(std::move(question)), records_(std::move(records)) {}

  MatchQuestion question_;
  std::set<std::string> records_;
};

class MatchDesk {
 public:
  // `window_s`: for how long after its UTC day a token is still answered, at most a day. `rows`:
  // those that were committed (TakenToken). kInvalidArgument for what is not of form.
  static absl::StatusOr<MatchDesk> From(uint64_t window_s, std::span<const std::string> rows);

  // In the place of the one for that asker and day.
  void Lay(MatchIndex index);
  // Nothing for a token that misses, was answered before, is another asker's, or of another day
  // than today or, in the window, yesterday.
  std::optional<Hit> Ask(const MatchQuestion& question, uint64_t now_s);
  // The records. kFailedPrecondition when it is not this hit that was logged.
  absl::StatusOr<std::set<std::string>> Give(Hit hit, const LoggedDurably& logged);
  // It was not logged: the token may come again.
  void Abandon(const Hit& hit);

  // Drops indexes and tokens of days that are closed; the keys of the rows that go with them.
  std::vector<std::string> Forget(uint64_t now_s);
  // Of tokens that were answered, or are being logged.
  size_t taken() const { return taken_.size() + logging_.size(); }

 private:
  using Place = std::pair<uint32_t, std::string>;  // day and asker
  using Taken = std::pair<Place, Tag>;
  explicit MatchDesk(uint64_t window_s) : window_s_(window_s) {}
  bool IsOpen(uint32_t day, uint64_t now_s) const;

  uint64_t window_s_;
  uint64_t newest_s_ = 0;  // a clock that is set back opens no day again
  std::map<Place, MatchIndex> indexes_;
  std::set<Taken> taken_;
  std::set<Taken> logging_;
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_MATCH_DESK_H_
