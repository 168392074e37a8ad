// Where a word stood in a pack file, and how a refusal names it.
//
// Every error of this folder that concerns a file reads
//   file:line:column: what is wrong: "word" (nearest: "other")
// so that the author of a pack can go to the place. Lines and columns count from 1; columns count
// bytes, as YAML marks do.
#ifndef SLUIS_POLICIES_SOURCE_TEXT_H_
#define SLUIS_POLICIES_SOURCE_TEXT_H_

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace sluis::policies {

struct Position {
  int line = 0;
  int column = 0;
};

// A word of a pack with its place. The text is the author's, not yet checked against anything.
struct Word {
  std::string text;
  Position at;
};

// The candidate with the smallest edit distance to `word`, or nothing when none is near enough to
// be a slip of the keyboard (distance above a third of the length, at least 2).
std::string_view NearestWord(std::string_view word, std::span<const std::string_view> candidates);

// Collects the first thing that is wrong with one file. Later complaints are dropped: they are
// often consequences of the first. Not thread-safe.
class Complaint {
 public:
  explicit Complaint(std::string file_name) : file_name_(std::move(file_name)) {}

  void At(Position at, std::string_view message);
  // As above, quoting the word.
  void About(const Word& word, std::string_view message);
  // As above, and naming the nearest of the words that would have been accepted.
  void Unknown(const Word& word, std::string_view message,
               std::span<const std::string_view> candidates);

  bool any() const { return !status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  std::string file_name_;
  absl::Status status_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_SOURCE_TEXT_H_
