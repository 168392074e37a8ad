#include <algorithm>
#include <set>

#include "crypto/hash.h"
#include "server/partnership/ca_certificate.h"
#include "server/partnership/field_rules.h"
#include "server/partnership/manifest.h"
#include "server/partnership/member_form.h"

namespace sluis::partnership {
namespace {

constexpr std::string_view kMemberLabel = "sluis/member/v1";
constexpr int kMaxAddresses = 4;
constexpr int kMaxKeys = 16;
constexpr crypto::KeyPurpose kPurposes[] = {
    crypto::KeyPurpose::kIdentity, crypto::KeyPurpose::kLog, crypto::KeyPurpose::kWitness,
    crypto::KeyPurpose::kReceipt, crypto::KeyPurpose::kMandate};

absl::StatusOr<Key> ReadKey(const record::v1::MemberKey& proto, const std::string& whose) {
  const std::optional<crypto::KeyPurpose> purpose = crypto::KeyPurposeOf(proto.purpose());
  if (!purpose ||
      std::find(std::begin(kPurposes), std::end(kPurposes), *purpose) == std::end(kPurposes)) {
    return Wrong(whose, "purpose", "must be identity, log, witness, receipt or mandate");
  }
  const absl::StatusOr<crypto::PublicKey> key = crypto::ToFixed<32>(proto.public_key());
  if (!key.ok()) return Wrong(whose, "public_key", "must have 32 bytes");
  if (!crypto::IsDay(proto.not_before())) {
    return Wrong(whose, "not_before", "must be a day as YYYY-MM-DD");
  }
  if (!crypto::IsDay(proto.not_after()) || proto.not_after() < proto.not_before()) {
    return Wrong(whose, "not_after", "must be a day as YYYY-MM-DD, not before not_before");
  }
  return Key{*purpose, *key, proto.not_before(), proto.not_after()};
}

absl::Status ReadKeys(const record::v1::Member& proto, const std::string& whose, Member* member) {
  if (proto.keys_size() > kMaxKeys) return Wrong(whose, "keys", "must be at most 16");
  std::set<crypto::PublicKey> seen;
  for (int i = 0; i < proto.keys_size(); ++i) {
    const record::v1::MemberKey& next = proto.keys(i);
    absl::StatusOr<Key> key = ReadKey(next, whose + ", key " + std::to_string(i + 1));
    if (!key.ok()) return key.status();
    if (i > 0 && std::pair(proto.keys(i - 1).purpose(), proto.keys(i - 1).public_key()) >=
                     std::pair(next.purpose(), next.public_key())) {
      return Wrong(whose, "keys", "must be sorted by purpose and public key, each once");
    }
    if (!seen.insert(key->public_key).second) {
      return Wrong(whose, "keys", "must serve one purpose each");
    }
    member->keys.push_back(*std::move(key));
  }
  for (const crypto::KeyPurpose purpose : kPurposes) {
    if (std::none_of(member->keys.begin(), member->keys.end(),
                     [&](const Key& key) { return key.purpose == purpose; })) {
      return Wrong(whose, "keys", "must hold one of each purpose");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadAddresses(const record::v1::Member& proto, const std::string& whose,
                           Member* member) {
  if (proto.addresses_size() > kMaxAddresses) {
    return Wrong(whose, "addresses", "must be at most 4");
  }
  for (const std::string& address : proto.addresses()) {
    if (!IsAddress(address)) return Wrong(whose, "addresses", "must be host:port each");
    if (std::find(member->addresses.begin(), member->addresses.end(), address) !=
        member->addresses.end()) {
      return Wrong(whose, "addresses", "must be named once each");
    }
    member->addresses.push_back(address);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Wrong(const std::string& whose, const char* field, std::string_view must) {
  return absl::InvalidArgumentError(whose + ": " + field + " " + std::string(must));
}

std::string Statement(std::string_view label, std::string_view bytes) {
  std::string statement = crypto::Lp(label);
  statement += bytes;
  return statement;
}

absl::StatusOr<Member> ReadMember(std::string_view bytes, const std::string& whose) {
  record::v1::Member proto;
  if (bytes.size() > kMaxSignedMemberBytes || !ParseExactly(bytes, &proto)) {
    return Wrong(whose, "bytes", "cannot be read; make the statement with this version of sluis");
  }
  if (!IsId(proto.organisation())) {
    return Wrong(whose, "organisation", "must be a lower-case host name of 3 to 120 characters");
  }
  if (!IsNameForPeople(proto.name())) {
    return Wrong(whose, "name", "must have 1 to 120 characters, none of them unseen");
  }
  if (!IsKind(proto.kind())) {
    return Wrong(whose, "kind", "must be municipality, police-zone or welfare");
  }
  if (!IsNameForPeople(proto.host())) {
    return Wrong(whose, "host", "must have 1 to 120 characters, none of them unseen");
  }
  if (!proto.zone().empty() && !IsZone(proto.zone())) {
    return Wrong(whose, "zone", "must be one word of 1 to 40 characters [a-z0-9-]");
  }
  const absl::StatusOr<crypto::Hash> ca = CaKeyDigest(proto.ca_certificate());
  if (!ca.ok()) return Wrong(whose, "ca_certificate", std::string(ca.status().message()));
  Member member{.organisation = proto.organisation(),
                .name = proto.name(),
                .kind = proto.kind(),
                .secrecy_regime = proto.secrecy_regime(),
                .host = proto.host(),
                .ca_certificate = proto.ca_certificate(),
                .addresses = {},
                .keys = {},
                .zone = proto.zone(),
                .bytes = std::string(bytes)};
  if (absl::Status status = ReadAddresses(proto, whose, &member); !status.ok()) return status;
  if (absl::Status status = ReadKeys(proto, whose, &member); !status.ok()) return status;
  return member;
}

std::vector<const Key*> Member::KeysFor(crypto::KeyPurpose purpose, std::string_view day) const {
  std::vector<const Key*> found;
  for (const Key& key : keys) {
    if (key.purpose == purpose && key.ValidOn(day)) found.push_back(&key);
  }
  return found;
}

std::string Member::ca_fingerprint() const {
  return crypto::HexEncode(crypto::View(crypto::Sha256(ca_certificate)));
}

absl::StatusOr<Member> ReadSignedMember(std::string_view signed_member) {
  record::v1::SignedMember proto;
  if (signed_member.size() > kMaxSignedMemberBytes || !ParseExactly(signed_member, &proto)) {
    return Wrong("statement", "bytes", "are not those of a member's statement");
  }
  absl::StatusOr<Member> member = ReadMember(proto.member(), "statement");
  if (!member.ok()) return member;
  const std::string statement = Statement(kMemberLabel, proto.member());
  for (const Key& key : member->keys) {
    if (key.purpose == crypto::KeyPurpose::kIdentity &&
        crypto::Verify(key.public_key, statement, proto.signature())) {
      return member;
    }
  }
  return absl::PermissionDeniedError(
      "no identity key of the statement signed it; ask its organisation for a new one");
}

absl::StatusOr<std::string> SignMember(const record::v1::Member& member,
                                       const crypto::SigningKey& identity) {
  record::v1::SignedMember proto;
  proto.set_member(member.SerializeAsString());
  proto.set_signature(
      std::string(crypto::View(identity.Sign(Statement(kMemberLabel, proto.member())))));
  std::string bytes = proto.SerializeAsString();
  const absl::StatusOr<Member> read = ReadSignedMember(bytes);
  if (read.ok()) return bytes;
  // Here a foreign signature is a wrong value of the caller.
  return absl::InvalidArgumentError(std::string(read.status().message()));
}

}  // namespace sluis::partnership
