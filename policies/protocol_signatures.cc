#include "policies/protocol_signatures.h"

#include <algorithm>
#include <utility>

#include "crypto/key_file.h"
#include "policies/organisation_id.h"
#include "policies/protocol.h"

namespace sluis::policies {
namespace {

constexpr std::string_view kMagic = "sluis-protocol-signatures/v1";
constexpr std::string_view kDigestKey = "protocol: ";
// What whoever holds a file that is not as protocol sign writes it does next.
constexpr std::string_view kTakeAnother =
    "; take that file again from another party, or sign in a new one with protocol sign "
    "--signatures";
constexpr std::string_view kLabel = "sluis/protocol-signature/v1";

crypto::Bytes Statement(const crypto::Hash& digest, std::string_view organisation,
                        std::string_view day) {
  crypto::Bytes out = crypto::Lp(kLabel);
  crypto::AppendLp(out, organisation);
  crypto::AppendLp(out, day);
  out += crypto::View(digest);
  return out;
}

// The text up to the next `end`, which is taken off as well; false when there is none.
bool Next(std::string_view& rest, char end, std::string_view* out) {
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) return false;
  *out = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return true;
}

bool ReadOne(std::string_view line, ProtocolSignature* out) {
  std::string_view organisation;
  std::string_view day;
  if (!Next(line, ' ', &organisation) || !Next(line, ' ', &day)) return false;
  const absl::StatusOr<crypto::Bytes> bytes = crypto::Base64Decode(line);
  if (!IsOrganisationId(organisation) || !crypto::IsDay(day) || !bytes.ok()) return false;
  const absl::StatusOr<crypto::Signature> signature = crypto::ToFixed<64>(*bytes);
  if (!signature.ok()) return false;
  *out = {std::string(organisation), std::string(day), *signature};
  return true;
}

}  // namespace

std::string ProtocolSignatures::Serialise() const {
  std::string out = std::string(kMagic) + "\n" + std::string(kDigestKey) +
                    crypto::HexEncode(crypto::View(digest)) + "\n";
  for (const ProtocolSignature& one : signatures) {
    out += one.organisation + " " + one.day + " " +
           crypto::Base64Encode(crypto::View(one.signature)) + "\n";
  }
  return out;
}

const ProtocolSignature* ProtocolSignatures::Find(std::string_view organisation) const {
  const auto found = std::find_if(signatures.begin(), signatures.end(), [&](const auto& one) {
    return one.organisation == organisation;
  });
  return found == signatures.end() ? nullptr : &*found;
}

void ProtocolSignatures::Add(ProtocolSignature signature) {
  const auto at = std::find_if(signatures.begin(), signatures.end(), [&](const auto& one) {
    return one.organisation >= signature.organisation;
  });
  if (at != signatures.end() && at->organisation == signature.organisation) {
    *at = std::move(signature);
    return;
  }
  signatures.insert(at, std::move(signature));
}

absl::StatusOr<ProtocolSignatures> ReadSignatures(std::string_view file_name,
                                                  std::string_view text) {
  int line_number = 1;
  const auto refuse = [&](std::string_view why) {
    return absl::InvalidArgumentError(std::string(file_name) + ":" + std::to_string(line_number) +
                                      ": " + std::string(why) + std::string(kTakeAnother));
  };
  if (text.size() > kMaxSignaturesBytes) return refuse("more than 32768 bytes of signatures");
  std::string_view line;
  if (!Next(text, '\n', &line) || line != kMagic) {
    return refuse("not a file of signatures under a protocol");
  }
  ++line_number;
  ProtocolSignatures out;
  const bool named = Next(text, '\n', &line) && line.starts_with(kDigestKey);
  const absl::StatusOr<crypto::Bytes> bytes =
      crypto::HexDecode(named ? line.substr(kDigestKey.size()) : "");
  const absl::StatusOr<crypto::Hash> digest =
      crypto::ToFixed<32>(bytes.ok() ? crypto::BytesView(*bytes) : crypto::BytesView());
  if (!digest.ok() || crypto::HexEncode(crypto::View(*digest)) != line.substr(kDigestKey.size())) {
    return refuse("must be protocol: and 64 hexadecimal digits in lower case");
  }
  out.digest = *digest;
  while (!text.empty()) {
    ++line_number;
    ProtocolSignature one;
    if (!Next(text, '\n', &line) || !ReadOne(line, &one)) {
      return refuse("must be an organisation, a day and a signature");
    }
    if (out.signatures.size() == kMaxParties) return refuse("more than 64 signatures");
    if (!out.signatures.empty() && out.signatures.back().organisation >= one.organisation) {
      return refuse("organisations must ascend, each once");
    }
    out.signatures.push_back(std::move(one));
  }
  return out;
}

ProtocolSignature SignProtocol(const crypto::Hash& digest, std::string organisation,
                               std::string day, const crypto::SigningKey& key) {
  const crypto::Signature signature = key.Sign(Statement(digest, organisation, day));
  return {std::move(organisation), std::move(day), signature};
}

bool SignatureHolds(const crypto::Hash& digest, const ProtocolSignature& signature,
                    const std::vector<PartyKey>& keys) {
  const crypto::Bytes statement = Statement(digest, signature.organisation, signature.day);
  return std::any_of(keys.begin(), keys.end(), [&](const PartyKey& key) {
    return key.organisation == signature.organisation && key.not_before <= signature.day &&
           signature.day <= key.not_after &&
           crypto::Verify(key.public_key, statement, crypto::View(signature.signature));
  });
}

}  // namespace sluis::policies
