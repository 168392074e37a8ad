// Text about a person while it is worked on: names, dates, numbers.
//
// Guarantee: the memory of a WipedText is zeroed whenever it is given back, also when it grows, and
// it has no inline buffer that a move would leave behind. Not guaranteed: locked memory; what stays
// for long belongs in crypto/secret.h. Ownership: like a vector. Thread-safety: like a vector.
#ifndef SLUIS_SERVER_IDENTITY_WIPED_TEXT_H_
#define SLUIS_SERVER_IDENTITY_WIPED_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/secret.h"

namespace sluis::identity {

template <typename T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>& /*other*/) {}  // NOLINT(google-explicit-constructor)

  T* allocate(size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, size_t count) {
    crypto::Wipe(std::span<uint8_t>(reinterpret_cast<uint8_t*>(memory), count * sizeof(T)));
    std::allocator<T>().deallocate(memory, count);
  }

  template <typename U>
  bool operator==(const WipingAllocator<U>& /*other*/) const {
    return true;
  }
};

template <typename T>
using WipedVector = std::vector<T, WipingAllocator<T>>;
using WipedText = WipedVector<char>;

inline std::string_view View(const WipedText& text) { return {text.data(), text.size()}; }

inline void Append(WipedText& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_WIPED_TEXT_H_
