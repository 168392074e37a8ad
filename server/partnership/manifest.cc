#include "server/partnership/manifest.h"

#include <algorithm>
#include <set>

#include "crypto/hash.h"
#include "server/partnership/ca_certificate.h"
#include "server/partnership/field_rules.h"
#include "server/partnership/member_form.h"

namespace sluis::partnership {
namespace {

constexpr uint32_t kFormat = 1;
constexpr char kWhole[] = "manifest";
constexpr char kStatutory[] = "statutory";
constexpr char kPartnership[] = "partnership";

absl::Status ReadHead(const record::v1::Manifest& proto, Manifest* manifest) {
  if (proto.format() != kFormat) {
    return Wrong(kWhole, "format", "must be 1; install a version of sluis that knows it");
  }
  if (!IsId(proto.partnership())) {
    return Wrong(kWhole, "partnership", "must be a lower-case host name of 3 to 120 characters");
  }
  if (!IsNameForPeople(proto.name())) {
    return Wrong(kWhole, "name", "must have 1 to 120 characters, none of them unseen");
  }
  if (proto.version() == 0) return Wrong(kWhole, "version", "must be 1 or more");
  if (proto.version() == 1) {
    if (!proto.previous_digest().empty()) {
      return Wrong(kWhole, "previous_digest", "must be empty in version 1");
    }
  } else {
    const absl::StatusOr<crypto::Hash> digest = crypto::ToFixed<32>(proto.previous_digest());
    if (!digest.ok()) return Wrong(kWhole, "previous_digest", "must have 32 bytes");
    manifest->previous_digest = *digest;
  }
  if (proto.state() == record::v1::PARTNERSHIP_STATE_UNSPECIFIED ||
      !record::v1::PartnershipState_IsValid(proto.state())) {
    return Wrong(kWhole, "state", "must be preparation, exercise or active");
  }
  manifest->partnership = proto.partnership();
  manifest->name = proto.name();
  manifest->version = proto.version();
  manifest->state = proto.state();
  return absl::OkStatus();
}

absl::Status ReadMembers(const record::v1::Manifest& proto, Manifest* manifest) {
  if (proto.members_size() < 2 || proto.members_size() > static_cast<int>(kMaxMembers)) {
    return Wrong(kWhole, "members", "must be 2 to 64");
  }
  std::set<crypto::PublicKey> keys;
  std::set<crypto::Hash> cas;
  for (int i = 0; i < proto.members_size(); ++i) {
    const std::string whose = "member " + std::to_string(i + 1);
    absl::StatusOr<Member> member = ReadMember(proto.members(i), whose);
    if (!member.ok()) return member.status();
    if (i > 0 && manifest->members.back().organisation >= member->organisation) {
      return Wrong(kWhole, "members", "must be sorted by organisation, each once");
    }
    for (const Key& key : member->keys) {
      if (!keys.insert(key.public_key).second) {
        return Wrong(whose, "keys", "must be of no other member");
      }
    }
    // Whoever holds the key of a shared CA could certify a node of either.
    const absl::StatusOr<crypto::Hash> ca = CaKeyDigest(member->ca_certificate);
    if (!ca.ok()) return ca.status();
    if (!cas.insert(*ca).second) {
      return Wrong(whose, "ca_certificate", "must be of no other member");
    }
    manifest->members.push_back(*std::move(member));
  }
  return absl::OkStatus();
}

absl::Status ReadPacks(const record::v1::Manifest& proto, Manifest* manifest) {
  if (proto.packs_size() != 2 || proto.packs(0).layer() != kStatutory ||
      proto.packs(1).layer() != kPartnership) {
    return Wrong(kWhole, "packs", "must be the layers statutory and partnership, in this order");
  }
  const absl::StatusOr<crypto::Hash> statutory = crypto::ToFixed<32>(proto.packs(0).digest());
  const absl::StatusOr<crypto::Hash> partnership = crypto::ToFixed<32>(proto.packs(1).digest());
  if (!statutory.ok() || !partnership.ok()) {
    return Wrong(kWhole, "packs", "must have digests of 32 bytes");
  }
  manifest->statutory_pack = *statutory;
  manifest->partnership_pack = *partnership;
  return absl::OkStatus();
}

// Preparation and exercise may lead to any state, active only to itself: what counts is not undone
// by calling it made-up.
bool MayFollow(record::v1::PartnershipState held, record::v1::PartnershipState next) {
  return held != record::v1::PARTNERSHIP_STATE_ACTIVE ||
         next == record::v1::PARTNERSHIP_STATE_ACTIVE;
}

}  // namespace

const Member* Manifest::Find(std::string_view organisation) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& member) {
    return member.organisation == organisation;
  });
  return found == members.end() ? nullptr : &*found;
}

absl::StatusOr<Manifest> ReadManifest(std::string_view manifest) {
  record::v1::Manifest proto;
  if (manifest.size() > kMaxSignedManifestBytes || !ParseExactly(manifest, &proto)) {
    return Wrong(kWhole, "bytes", "are not those of a manifest");
  }
  Manifest out;
  if (absl::Status status = ReadHead(proto, &out); !status.ok()) return status;
  if (absl::Status status = ReadMembers(proto, &out); !status.ok()) return status;
  if (absl::Status status = ReadPacks(proto, &out); !status.ok()) return status;
  out.bytes = manifest;
  out.digest = crypto::Sha256(manifest);
  return out;
}

absl::StatusOr<Manifest> MakeManifest(const Draft& draft, const Manifest* held) {
  std::vector<const Member*> members;
  for (const Member& member : draft.members) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const Member* a, const Member* b) { return a->organisation < b->organisation; });
  record::v1::Manifest proto;
  proto.set_format(kFormat);
  proto.set_partnership(draft.partnership);
  proto.set_name(draft.name);
  proto.set_version(held == nullptr ? 1 : held->version + 1);
  if (held != nullptr) proto.set_previous_digest(std::string(crypto::View(held->digest)));
  proto.set_state(draft.state);
  for (const Member* member : members) proto.add_members(member->bytes);
  const auto add_pack = [&](const char* layer, const crypto::Hash& digest) {
    record::v1::PackDigest& pack = *proto.add_packs();
    pack.set_layer(layer);
    pack.set_digest(std::string(crypto::View(digest)));
  };
  add_pack(kStatutory, draft.statutory_pack);
  add_pack(kPartnership, draft.partnership_pack);
  absl::StatusOr<Manifest> manifest = ReadManifest(proto.SerializeAsString());
  if (!manifest.ok()) return manifest;
  if (absl::Status status = CheckFollows(held, *manifest); !status.ok()) return status;
  return manifest;
}

absl::Status CheckFollows(const Manifest* held, const Manifest& next) {
  if (held == nullptr) return absl::OkStatus();
  if (next.partnership != held->partnership) {
    return absl::FailedPreconditionError(
        "the manifest is of another partnership than the one in force; a node is in one");
  }
  if (next.version <= held->version) {
    return absl::FailedPreconditionError("version " + std::to_string(held->version) +
                                         " of the manifest is in force already; install version " +
                                         std::to_string(held->version + 1));
  }
  if (next.version != held->version + 1) {
    return absl::FailedPreconditionError("version " + std::to_string(held->version) +
                                         " of the manifest is in force; install version " +
                                         std::to_string(held->version + 1) + " first");
  }
  if (next.previous_digest != held->digest) {
    return absl::FailedPreconditionError("the manifest follows another version " +
                                         std::to_string(held->version) +
                                         " than the one in force; make it again from that one");
  }
  if (!MayFollow(held->state, next.state)) {
    return absl::FailedPreconditionError(
        "the partnership is active; no manifest can take it back to preparation or exercise");
  }
  return absl::OkStatus();
}

}  // namespace sluis::partnership
