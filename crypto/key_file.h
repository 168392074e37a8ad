// The text file that keeps one Ed25519 private key, for exactly one purpose. That of purpose `case`
// signs nothing: its seed is the HMAC key of the tokens by which other nodes see a case.
//
//   sluis-key/v1
//   purpose: log | identity | witness | receipt | mandate | signing |
//            case
//   id: 16 hexadecimal digits
//   not-after: YYYY-MM-DD
//   seed: base64 of the 32-byte seed of RFC 8032
//
// each line ending in LF, nothing else. id = the first 8 bytes of
// SHA-256(lp("sluis/key-id/v1") || lp(purpose) || public key), in lower case: a seed copied into a
// file of another purpose is refused.
//
// Guarantee: ParseKeyFile accepts exactly what FormatKeyFile writes. Not guaranteed: that the file
// was readable by its owner only (whoever reads it checks that), nor that the key is still valid:
// compare not_after with the legal day. Thread-safety: pure. Ownership: the seed lies in locked,
// wiped memory; the text given to ParseKeyFile is the caller's to wipe. Errors: kInvalidArgument,
// never naming any of the content.
#ifndef SLUIS_CRYPTO_KEY_FILE_H_
#define SLUIS_CRYPTO_KEY_FILE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "crypto/signature.h"

namespace sluis::crypto {

// No key serves two of these.
enum class KeyPurpose { kLog, kIdentity, kWitness, kReceipt, kMandate, kSigning, kCase };

inline constexpr size_t kMaxKeyFileBytes = 512;

// "log", "identity", "witness", "receipt", "mandate", "signing", "case".
std::string_view KeyPurposeName(KeyPurpose purpose);
std::optional<KeyPurpose> KeyPurposeOf(std::string_view name);

// Whether `text` is a calendar day as YYYY-MM-DD, the form of the days between which keys hold.
bool IsDay(std::string_view text);

// 16 lower-case hexadecimal digits.
std::string KeyId(KeyPurpose purpose, const PublicKey& key);

struct KeyFile {
  KeyPurpose purpose;
  std::string not_after;  // last day of validity, YYYY-MM-DD, legal time
  SigningKey key;

  std::string id() const { return KeyId(purpose, key.public_key()); }
};

// The bytes of the file. kInvalidArgument when `not_after` is no calendar day.
absl::StatusOr<SecretBytes> FormatKeyFile(const KeyFile& file);

absl::StatusOr<KeyFile> ParseKeyFile(BytesView text);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_KEY_FILE_H_
