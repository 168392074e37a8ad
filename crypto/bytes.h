// Byte strings, fixed arrays, big-endian integers, length prefixes and the two text encodings.
//
// Guarantee: every read is bounds-checked and every encoding has exactly one accepted form per
// value (hexadecimal digits may be of either case). Appending never fails. Not guaranteed: nothing
// here wipes memory; key material belongs in crypto/secret.h. The decoders take time that depends
// on their input's length, and HexDecode on the place of the first bad digit. Thread-safety: free
// functions are pure; a Reader belongs to one thread. Ownership: a BytesView borrows; a Reader and
// everything it hands out borrow from the viewed bytes. Source: base64 is RFC 4648 section 4.
#ifndef SLUIS_CRYPTO_BYTES_H_
#define SLUIS_CRYPTO_BYTES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sluis::crypto {

using Bytes = std::string;
using BytesView = std::string_view;

template <size_t N>
using FixedBytes = std::array<uint8_t, N>;

// A SHA-256 digest.
using Hash = FixedBytes<32>;

// Views borrow: bind one to a named array, or use it within the same full expression.
template <size_t N>
BytesView View(const FixedBytes<N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

inline BytesView View(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::span<const uint8_t> AsSpan(BytesView bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

// The array of exactly N bytes; kInvalidArgument for any other length.
template <size_t N>
absl::StatusOr<FixedBytes<N>> ToFixed(BytesView bytes) {
  if (bytes.size() != N) {
    return absl::InvalidArgumentError("expected exactly " + std::to_string(N) + " bytes");
  }
  FixedBytes<N> out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

// Big-endian.
void AppendU8(Bytes& out, uint8_t value);
void AppendU16(Bytes& out, uint16_t value);
void AppendU32(Bytes& out, uint32_t value);
void AppendU64(Bytes& out, uint64_t value);

// u32 big-endian length, then the bytes. A length above 2^32-1 ends the process: no caller holds
// that much.
void AppendLp(Bytes& out, BytesView bytes);
Bytes Lp(BytesView bytes);

// Reads the forms above from untrusted bytes. After the first false every later read is false too,
// so a parser may test once at its end; outputs of a failed read are untouched.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}

  bool U8(uint8_t* out);
  bool U16(uint16_t* out);
  bool U32(uint32_t* out);
  bool U64(uint64_t* out);
  // The next `count` bytes.
  bool Fixed(size_t count, BytesView* out);
  // A length-prefixed string of at most `max` bytes.
  bool Lp(size_t max, BytesView* out);

  size_t remaining() const { return rest_.size(); }
  // Everything was read and nothing failed.
  bool done() const { return ok_ && rest_.empty(); }

 private:
  template <typename T>
  bool Unsigned(T* out);

  BytesView rest_;
  bool ok_ = true;
};

// Lower-case digits.
Bytes HexEncode(BytesView bytes);
// Digits of either case, an even number of them, nothing else.
absl::StatusOr<Bytes> HexDecode(std::string_view text);

// RFC 4648 section 4: standard alphabet, padded.
Bytes Base64Encode(BytesView bytes);
// Refuses missing padding, whitespace, the URL alphabet and non-zero trailing bits: one text per
// value.
absl::StatusOr<Bytes> Base64Decode(std::string_view text);

// Equal length and content, in time that depends on the length only. Lengths are not secret.
bool ConstantTimeEqual(BytesView a, BytesView b);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_BYTES_H_
