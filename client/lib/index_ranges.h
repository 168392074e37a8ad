// Places in a log, gathered for a person: "0-2, 4, 9".
//
// Guarantee: memory for so many stretches and no more, however many places are added.
// Thread-safety: a value. Errors: none.
#ifndef SLUIS_CLIENT_LIB_INDEX_RANGES_H_
#define SLUIS_CLIENT_LIB_INDEX_RANGES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluis::client {

class IndexRanges {
 public:
  static constexpr size_t kShown = 10;

  // In ascending order, each once.
  void Add(uint64_t index) {
    ++count_;
    if (!ranges_.empty() && ranges_.back().second + 1 == index) {
      ranges_.back().second = index;
    } else if (ranges_.size() <= kShown) {
      ranges_.emplace_back(index, index);
    }
  }

  uint64_t count() const { return count_; }

  // The first stretches; an ellipsis stands for what is left out.
  std::string Text() const {
    std::string out;
    for (size_t i = 0; i < ranges_.size() && i < kShown; ++i) {
      const auto& [first, last] = ranges_[i];
      if (i > 0) out += ", ";
      out += std::to_string(first);
      if (last > first) out += "-" + std::to_string(last);
    }
    return ranges_.size() > kShown ? out + ", …" : out;
  }

 private:
  std::vector<std::pair<uint64_t, uint64_t>> ranges_;
  uint64_t count_ = 0;
};

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_INDEX_RANGES_H_
