// The signatures of the parties, in a file beside the protocol: signing never changes the text.
//
//   sluis-protocol-signatures/v1
//   protocol: <SHA-256 of the protocol, 64 hexadecimal digits>
//   <organisation> <day of signing> <Ed25519 signature in base64>
//   ...
//
// each line ending in LF, organisations ascending and each once. What is signed:
//
//   lp("sluis/protocol-signature/v1") ‖ lp(organisation) ‖ lp(day) ‖ digest[32]
//
// by an identity key that a manifest gave that organisation and that was valid on that day.
// Guarantee: ReadSignatures accepts exactly what Serialise writes. Not guaranteed: that the day is
// the one on which it was really signed; who holds a key can write any day on which it was valid.
// Pure; thread-safe. Errors: InvalidArgument naming file and line, never quoting content.
#ifndef SLUIS_POLICIES_PROTOCOL_SIGNATURES_H_
#define SLUIS_POLICIES_PROTOCOL_SIGNATURES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"

namespace sluis::policies {

inline constexpr std::size_t kMaxSignaturesBytes = 32 * 1024;

struct ProtocolSignature {
  std::string organisation;
  std::string day;  // yyyy-mm-dd
  crypto::Signature signature{};
  bool operator==(const ProtocolSignature&) const = default;
};

struct ProtocolSignatures {
  crypto::Hash digest{};  // of the protocol
  std::vector<ProtocolSignature> signatures;

  std::string Serialise() const;
  // Null when this organisation has not signed.
  const ProtocolSignature* Find(std::string_view organisation) const;
  // Keeps the order, and takes the place of what that organisation signed before.
  void Add(ProtocolSignature signature);
};

absl::StatusOr<ProtocolSignatures> ReadSignatures(std::string_view file_name,
                                                  std::string_view text);

// A key with which an organisation may sign, both days included.
struct PartyKey {
  std::string organisation;
  crypto::PublicKey public_key{};
  std::string not_before, not_after;
};

ProtocolSignature SignProtocol(const crypto::Hash& digest, std::string organisation,
                               std::string day, const crypto::SigningKey& key);

// Whether one of these keys of that organisation, valid on the day of signing, made it.
bool SignatureHolds(const crypto::Hash& digest, const ProtocolSignature& signature,
                    const std::vector<PartyKey>& keys);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_SIGNATURES_H_
