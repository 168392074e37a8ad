#include "policies/source_text.h"

#include <algorithm>
#include <numeric>

namespace sluis::policies {
namespace {

// Long enough to recognise a word, short enough that a log line stays one.
constexpr std::size_t kQuotedBytes = 80;

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

std::string Quoted(std::string_view word) {
  std::string text = "\"";
  for (char c : word.substr(0, kQuotedBytes)) {
    text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  text += word.size() > kQuotedBytes ? "...\"" : "\"";
  return text;
}

}  // namespace

std::string_view NearestWord(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view nearest;
  // A word of half a page is not a slip of the keyboard; do not compute its distance.
  if (word.size() > kQuotedBytes) return nearest;
  std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

void Complaint::At(Position at, std::string_view message) {
  if (any()) return;
  std::string text = file_name_;
  text += ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
  text += message;
  status_ = absl::InvalidArgumentError(text);
}

void Complaint::About(const Word& word, std::string_view message) {
  if (any()) return;
  At(word.at, std::string(message) + ": " + Quoted(word.text));
}

void Complaint::Unknown(const Word& word, std::string_view message,
                        std::span<const std::string_view> candidates) {
  if (any()) return;
  std::string text = std::string(message) + ": " + Quoted(word.text);
  const std::string_view nearest = NearestWord(word.text, candidates);
  if (!nearest.empty()) text += " (nearest: " + Quoted(nearest) + ")";
  At(word.at, text);
}

}  // namespace sluis::policies
