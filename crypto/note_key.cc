#include <utility>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "crypto/text.h"

namespace sluis::crypto {
namespace {

constexpr size_t kIdDigits = 8;
constexpr size_t kMaxKeyText = 64;  // base64 of type and Ed25519 key takes 44

absl::Status BadKey() {
  return absl::InvalidArgumentError(
      "not a verifier key: expected <name>+<8 lower-case digits>+<base64 of type and key>, with "
      "the "
      "id that belongs to them");
}

Bytes IdBytes(uint32_t id) {
  Bytes out;
  AppendU32(out, id);
  return out;
}

// type || key, as hashed and as written.
Bytes TypedKey(NoteKeyType type, const PublicKey& key) {
  Bytes out;
  AppendU8(out, static_cast<uint8_t>(type));
  out.append(View(key));
  return out;
}

uint32_t KeyId(std::string_view name, BytesView typed_key) {
  const Hash hash = Sha256({name, "\n", typed_key});
  uint32_t id = 0;
  Reader(View(hash)).U32(&id);
  return id;
}

}  // namespace

VerifierKey::VerifierKey(std::string name, const PublicKey& key)
    : name_(std::move(name)), id_(KeyId(name_, TypedKey(NoteKeyType::kEd25519, key))), key_(key) {}

absl::StatusOr<VerifierKey> VerifierKey::Create(std::string_view name, const PublicKey& key) {
  if (!text::IsKeyName(name)) {
    return absl::InvalidArgumentError(
        "a key name needs 1 to 255 bytes of text without spaces, control characters and '+'");
  }
  return VerifierKey(std::string(name), key);
}

absl::StatusOr<VerifierKey> VerifierKey::Parse(std::string_view vkey) {
  // The first two '+' separate; base64 may hold more.
  const size_t first = vkey.find('+');
  const size_t second = first == vkey.npos ? vkey.npos : vkey.find('+', first + 1);
  if (second == vkey.npos) return BadKey();
  const std::string_view id = vkey.substr(first + 1, second - first - 1);
  const std::string_view key_text = vkey.substr(second + 1);
  if (id.size() != kIdDigits || key_text.size() > kMaxKeyText) return BadKey();

  const absl::StatusOr<Bytes> typed_key = Base64Decode(key_text);
  if (!typed_key.ok() || typed_key->empty() ||
      static_cast<uint8_t>(typed_key->front()) != static_cast<uint8_t>(NoteKeyType::kEd25519)) {
    return BadKey();
  }
  const absl::StatusOr<PublicKey> key = ToFixed<32>(BytesView(*typed_key).substr(1));
  if (!key.ok()) return BadKey();
  absl::StatusOr<VerifierKey> out = Create(vkey.substr(0, first), *key);
  if (!out.ok()) return out.status();
  if (HexEncode(IdBytes(out->id())) != id) return BadKey();
  return out;
}

std::string VerifierKey::Format() const {
  return name_ + "+" + HexEncode(IdBytes(id_)) + "+" + Base64Encode(TypedKey(type(), key_));
}

bool VerifierKey::Verifies(BytesView text, BytesView signature) const {
  return Verify(key_, text, signature);
}

}  // namespace sluis::crypto
