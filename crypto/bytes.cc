#include "crypto/bytes.h"

#include <sodium.h>

#include <cstdlib>

namespace sluis::crypto {
namespace {

template <typename T>
void AppendBigEndian(Bytes& out, T value) {
  for (size_t i = sizeof(T); i-- > 0;) {
    out.push_back(static_cast<char>(static_cast<uint8_t>(value >> (8 * i))));
  }
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void AppendU8(Bytes& out, uint8_t value) { AppendBigEndian(out, value); }
void AppendU16(Bytes& out, uint16_t value) { AppendBigEndian(out, value); }
void AppendU32(Bytes& out, uint32_t value) { AppendBigEndian(out, value); }
void AppendU64(Bytes& out, uint64_t value) { AppendBigEndian(out, value); }

void AppendLp(Bytes& out, BytesView bytes) {
  if (bytes.size() > UINT32_MAX) std::abort();
  AppendU32(out, static_cast<uint32_t>(bytes.size()));
  out.append(bytes);
}

Bytes Lp(BytesView bytes) {
  Bytes out;
  out.reserve(4 + bytes.size());
  AppendLp(out, bytes);
  return out;
}

template <typename T>
bool Reader::Unsigned(T* out) {
  BytesView raw;
  if (!Fixed(sizeof(T), &raw)) return false;
  uint64_t value = 0;
  for (char c : raw) value = (value << 8) | static_cast<uint8_t>(c);
  *out = static_cast<T>(value);
  return true;
}

bool Reader::U8(uint8_t* out) { return Unsigned(out); }
bool Reader::U16(uint16_t* out) { return Unsigned(out); }
bool Reader::U32(uint32_t* out) { return Unsigned(out); }
bool Reader::U64(uint64_t* out) { return Unsigned(out); }

bool Reader::Fixed(size_t count, BytesView* out) {
  if (!ok_ || count > rest_.size()) {
    ok_ = false;
    return false;
  }
  *out = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return true;
}

bool Reader::Lp(size_t max, BytesView* out) {
  uint32_t length = 0;
  if (!U32(&length)) return false;
  if (length > max) {
    ok_ = false;
    return false;
  }
  return Fixed(length, out);
}

Bytes HexEncode(BytesView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  Bytes out;
  out.reserve(2 * bytes.size());
  for (char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

absl::StatusOr<Bytes> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) {
    return absl::InvalidArgumentError("hexadecimal text needs an even number of digits");
  }
  Bytes out;
  out.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError("hexadecimal text may hold the digits 0-9 and a-f only");
    }
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

Bytes Base64Encode(BytesView bytes) {
  Bytes out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), AsSpan(bytes).data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // libsodium counts and writes a terminating NUL
  return out;
}

absl::StatusOr<Bytes> Base64Decode(std::string_view text) {
  Bytes out(text.size() / 4 * 3, '\0');
  size_t length = 0;
  const bool decoded = text.size() % 4 == 0 &&
                       sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                         text.data(), text.size(), nullptr, &length, nullptr,
                                         sodium_base64_VARIANT_ORIGINAL) == 0;
  out.resize(decoded ? length : 0);
  // libsodium 1.0.18 takes some bytes above 0x7f for letters; encoding again leaves one spelling
  // per value.
  if (!decoded || Base64Encode(out) != text) {
    return absl::InvalidArgumentError(
        "expected canonical base64: standard alphabet, padded, no spaces");
  }
  return out;
}

bool ConstantTimeEqual(BytesView a, BytesView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sluis::crypto
