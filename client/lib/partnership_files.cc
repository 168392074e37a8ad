#include "client/lib/partnership_files.h"

#include <algorithm>
#include <utility>

#include "client/lib/certificate.h"
#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "policies/pack.h"
#include "policies/pack_yaml.h"

namespace sluis::client {
namespace {

constexpr size_t kMaxPemBytes = 64 << 10;
constexpr size_t kMaxPackBytes = 8 << 20;  // above what a pack may be

Failure Bad(const char* key, const std::string& path, const absl::Status& why) {
  return {Exit::kUsage, {key, {{"path", path}, {"reason", std::string(why.message())}}}, nullptr};
}

Result<policies::Pack> ReadPack(const std::string& path) {
  const Result<std::string> text = ReadWhole(path, kMaxPackBytes);
  if (!text.ok()) return text.failure();
  absl::StatusOr<policies::Pack> pack = policies::ParsePack(path, *text);
  if (!pack.ok()) return Bad("partnership.bad_pack", path, pack.status());
  return *std::move(pack);
}

struct OwnKey {
  crypto::KeyPurpose purpose;
  crypto::PublicKey key;
  std::string not_after;
};

// The public halves of the keys of the node, and the organisation's mandate key.
Result<std::vector<OwnKey>> OwnKeys(const NodeConfiguration& node,
                                    const std::string& mandate_until) {
  std::vector<OwnKey> out;
  for (const auto& [path, purpose] : {std::pair(node.identity_key, crypto::KeyPurpose::kIdentity),
                                      std::pair(node.log_key, crypto::KeyPurpose::kLog),
                                      std::pair(node.witness_key, crypto::KeyPurpose::kWitness),
                                      std::pair(node.receipt_key, crypto::KeyPurpose::kReceipt)}) {
    const Result<crypto::KeyFile> key = ReadKey(path, purpose);
    if (!key.ok()) return key.failure();
    out.push_back({purpose, key->key.public_key(), key->not_after});
  }
  out.push_back({crypto::KeyPurpose::kMandate, node.mandate_public, mandate_until});
  return out;
}

const partnership::Key* FindKey(const partnership::Member* member, const OwnKey& wanted) {
  if (member == nullptr) return nullptr;
  for (const partnership::Key& key : member->keys) {
    if (key.purpose == wanted.purpose && key.public_key == wanted.key) return &key;
  }
  return nullptr;
}

Result<std::string> CaOf(const NodeConfiguration& node) {
  const Result<std::string> pem = ReadWhole(node.ca_certificate, kMaxPemBytes);
  if (!pem.ok()) return pem.failure();
  return DerOf(*pem);
}

}  // namespace

Result<partnership::Member> ReadMemberFile(const std::string& path) {
  const Result<std::string> bytes = ReadWhole(path, partnership::kMaxSignedMemberBytes);
  if (!bytes.ok()) return bytes.failure();
  absl::StatusOr<partnership::Member> member = partnership::ReadSignedMember(*bytes);
  if (member.ok()) return *std::move(member);
  const bool forged = member.status().code() == absl::StatusCode::kPermissionDenied;
  return Bad(forged ? "partnership.forged_member" : "partnership.bad_member", path,
             member.status());
}

Result<partnership::SignedManifest> ReadManifestFile(const std::string& path) {
  const Result<std::string> bytes = ReadWhole(path, partnership::kMaxSignedManifestBytes);
  if (!bytes.ok()) return bytes.failure();
  absl::StatusOr<partnership::SignedManifest> manifest = partnership::ReadSignedManifest(*bytes);
  if (!manifest.ok()) return Bad("partnership.bad_manifest", path, manifest.status());
  return *std::move(manifest);
}

Result<PackPair> ReadPackPair(const std::string& statutory, const std::string& partnership) {
  Result<policies::Pack> first = ReadPack(statutory);
  if (!first.ok()) return first.failure();
  Result<policies::Pack> second = ReadPack(partnership);
  if (!second.ok()) return second.failure();
  PackPair pair{{first->id, first->version, first->digest},
                {second->id, second->version, second->digest}};
  std::vector<policies::Pack> layers;
  layers.push_back(std::move(*first));
  layers.push_back(std::move(*second));
  const absl::StatusOr<policies::PackSet> set = policies::PackSet::Load(std::move(layers));
  if (!set.ok()) return Bad("partnership.bad_pack", partnership, set.status());
  return pair;
}

Result<record::v1::Member> StatementOf(const NodeConfiguration& node, const StatementPlan& plan,
                                       const partnership::Manifest* held) {
  const Result<std::vector<OwnKey>> keys = OwnKeys(node, plan.mandate_until);
  if (!keys.ok()) return keys.failure();
  const Result<std::string> ca = CaOf(node);
  if (!ca.ok()) return ca.failure();
  record::v1::Member statement;
  statement.set_organisation(node.organisation);
  statement.set_name(plan.name);
  statement.set_kind(node.kind);
  statement.set_secrecy_regime(node.secrecy_regime);
  statement.set_host(plan.host.empty() ? node.host : plan.host);
  statement.set_zone(plan.zone);
  statement.set_ca_certificate(*ca);
  for (const std::string& address : plan.addresses) statement.add_addresses(address);
  const partnership::Member* before = held == nullptr ? nullptr : held->Find(node.organisation);
  for (const OwnKey& own : *keys) {
    const partnership::Key* known = FindKey(before, own);
    record::v1::MemberKey& key = *statement.add_keys();
    key.set_purpose(std::string(crypto::KeyPurposeName(own.purpose)));
    key.set_public_key(std::string(crypto::View(own.key)));
    key.set_not_before(known == nullptr ? plan.today : known->not_before);
    key.set_not_after(own.not_after);
  }
  std::sort(statement.mutable_keys()->begin(), statement.mutable_keys()->end(),
            [](const auto& a, const auto& b) { return a.purpose() < b.purpose(); });
  return statement;
}

Step CheckOwn(const partnership::Member& member, const NodeConfiguration& node) {
  const auto stale = [](const char* field) -> Step {
    return Failure{Exit::kUsage, {"partnership.stale_member", {{"field", field}}}, nullptr};
  };
  if (member.organisation != node.organisation) return stale("organisation");
  if (member.kind != node.kind) return stale("kind");
  if (member.secrecy_regime != node.secrecy_regime) return stale("secrecy_regime");
  const Result<std::string> ca = CaOf(node);
  if (!ca.ok()) return ca.failure();
  if (member.ca_certificate != *ca) return stale("ca_certificate");
  const Result<std::vector<OwnKey>> keys = OwnKeys(node, "");
  if (!keys.ok()) return keys.failure();
  for (const OwnKey& own : *keys) {
    if (FindKey(&member, own) == nullptr) return stale("keys");
  }
  return std::nullopt;
}

Step CheckFollows(const partnership::Manifest* held, const partnership::Manifest& next) {
  const auto refused = [&](const char* key) -> Step {
    const std::string before = std::to_string(held == nullptr ? 0 : held->version);
    return Failure{Exit::kUsage,
                   {key, {{"version", std::to_string(next.version)}, {"held", before}}},
                   nullptr};
  };
  if (held == nullptr) {
    // Who joins later is handed the version before, whose digest this one carries.
    return next.version == 1 ? std::nullopt : refused("partnership.follows_needed");
  }
  if (partnership::CheckFollows(held, next).ok()) return std::nullopt;
  if (next.partnership != held->partnership) return refused("partnership.other_partnership");
  if (next.version != held->version + 1) return refused("partnership.other_version");
  if (next.previous_digest != held->digest) return refused("partnership.other_branch");
  return refused("partnership.active_stays");
}

}  // namespace sluis::client
