// Signed notes (C2SP signed-note v1.0.0): text with signature lines, and the keys that verify them.
//
//   <text, ends in LF> LF  then lines  "— <key name> <base64(key id[4] || signature)>" LF
//
// Guarantee: OpenNote returns a note only when at least one given key signed it and no line of a
// given key is bad. Each key appears at most once in `verified`, however many lines it signed: a
// quorum counts keys. Not guaranteed: what the text means, that its signer was entitled to say it,
// or freshness. Unverified lines are of unknown keys and prove nothing. Thread-safety: pure
// functions; values are immutable. Bounds: notes of at most 1 MiB and 100 signature lines, key
// names of at most 255 bytes.
#ifndef SLUIS_CRYPTO_NOTE_H_
#define SLUIS_CRYPTO_NOTE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"

namespace sluis::crypto {

inline constexpr size_t kMaxNoteSize = size_t{1} << 20;
inline constexpr size_t kMaxNoteSignatures = 100;

// The identifier byte of signed-note's list. Other types are refused where a key is parsed.
enum class NoteKeyType : uint8_t { kEd25519 = 0x01 };

// Who may sign: name, type and key. The key id follows from these and is always recomputed.
class VerifierKey {
 public:
  // kInvalidArgument when the name is no key name (see crypto/text.h).
  static absl::StatusOr<VerifierKey> Create(std::string_view name, const PublicKey& key);
  // "<name>+<key id, 8 lower-case hexadecimal digits>+<base64(type || key)>"; kInvalidArgument for
  // any other text, an unknown type, or an id that is not the one of this name and key.
  static absl::StatusOr<VerifierKey> Parse(std::string_view vkey);
  std::string Format() const;

  const std::string& name() const { return name_; }
  uint32_t id() const { return id_; }
  NoteKeyType type() const { return NoteKeyType::kEd25519; }
  const PublicKey& public_key() const { return key_; }
  bool Verifies(BytesView text, BytesView signature) const;

  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;

 private:
  VerifierKey(std::string name, const PublicKey& key);

  std::string name_;
  uint32_t id_;
  PublicKey key_;
};

struct NoteSignature {
  std::string name;
  uint32_t id = 0;
  Bytes signature;  // 64 bytes for Ed25519; other types have other lengths

  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

// A note as it came, nothing verified: to find out whose keys to look up, never to act on.
struct UnverifiedNote {
  Bytes text;  // with its final LF
  std::vector<NoteSignature> signatures;
};

struct Note {
  Bytes text;
  std::vector<NoteSignature> verified;    // one per key, in the order of first appearance
  std::vector<NoteSignature> unverified;  // of unknown keys, repeated lines dropped
};

// kInvalidArgument unless `text` is non-empty note text that ends in LF and `name` is a key name.
absl::StatusOr<Bytes> SignNote(BytesView text, std::string_view name, const SigningKey& key);

// kInvalidArgument for anything malformed or over a bound.
absl::StatusOr<UnverifiedNote> ParseUnverifiedNote(BytesView note);

// kInvalidArgument: malformed. kFailedPrecondition: the note uses a (name, id) that `keys` lists
// twice. kDataLoss: a line of a known key does not verify. kUnauthenticated: no line is of a known
// key.
absl::StatusOr<Note> OpenNote(BytesView note, std::span<const VerifierKey> keys);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_NOTE_H_
