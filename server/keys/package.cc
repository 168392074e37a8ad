#include "server/keys/package.h"

#include <algorithm>
#include <set>
#include <utility>

#include "crypto/hash.h"
#include "crypto/threshold.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "sluis/record/v1/key_package.pb.h"

namespace sluis::keys {
namespace {

namespace oprf = crypto::oprf;

constexpr uint32_t kVersion = 1;
constexpr std::string_view kLabel = "sluis/key-package/v1";

absl::Status Wrong(std::string_view field, std::string_view must) {
  return absl::InvalidArgumentError("key package: " + std::string(field) + " must " +
                                    std::string(must));
}

absl::Status ReadSeats(const record::v1::KeyPackage& proto, std::vector<Seat>* out) {
  if (proto.holders_size() < static_cast<int>(kMinHolders) ||
      proto.holders_size() > static_cast<int>(kMaxHolders)) {
    return Wrong("holders", "be 3 to 64");
  }
  std::set<std::string_view> organisations;
  for (const record::v1::KeyHolder& holder : proto.holders()) {
    if (holder.index() == 0 || holder.index() > 65535 ||
        (!out->empty() && out->back().index >= holder.index())) {
      return Wrong("holders", "be sorted by index from 1 to 65535, each once");
    }
    if (!authn::IsOrganisationId(holder.organisation()) ||
        !organisations.insert(holder.organisation()).second) {
      return Wrong("holders", "be organisation ids, each once");
    }
    out->push_back({static_cast<MemberIndex>(holder.index()), holder.organisation()});
  }
  return absl::OkStatus();
}

absl::Status ReadDigest(std::string_view field, const std::string& bytes,
                        std::optional<crypto::Hash>* out) {
  if (bytes.empty()) return absl::OkStatus();
  const absl::StatusOr<crypto::Hash> digest = crypto::ToFixed<32>(bytes);
  if (!digest.ok()) return Wrong(field, "be empty or have 32 bytes");
  *out = *digest;
  return absl::OkStatus();
}

// From what it came: nothing, another sharing, another epoch, or the key that a factor takes on.
absl::Status ReadOrigin(const record::v1::KeyPackage& proto, PackageDraft* out) {
  if (absl::Status status =
          ReadDigest("previous_digest", proto.previous_digest(), &out->previous_digest);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = ReadDigest("factor_digest", proto.factor_digest(), &out->factor_digest);
      !status.ok()) {
    return status;
  }
  out->use = proto.use();
  out->generation = proto.generation();
  const bool previous = out->previous_digest.has_value();
  const bool factor = out->factor_digest.has_value();
  const bool first = out->generation == 1;
  const bool later_epoch = out->epoch > 1;
  const bool fits = out->use == record::v1::KEY_USE_TAGS
                        ? out->generation != 0 && (first ? previous == factor : previous && !factor)
                        : out->use == record::v1::KEY_USE_ROLL && first && previous && !factor;
  const bool needs_epoch = factor || out->use == record::v1::KEY_USE_ROLL;
  if (!fits || (needs_epoch && !later_epoch)) {
    return Wrong("use, generation, previous_digest and factor_digest", "fit each other");
  }
  return absl::OkStatus();
}

record::v1::KeyPackage ProtoOf(const Package& package) {
  record::v1::KeyPackage out;
  out.set_version(kVersion);
  out.set_partnership(package.partnership);
  out.set_purpose(package.purpose);
  out.set_epoch(package.epoch);
  out.set_threshold(static_cast<uint32_t>(package.threshold));
  for (const KeyHolder& holder : package.holders) {
    record::v1::KeyHolder& added = *out.add_holders();
    added.set_index(holder.index);
    added.set_organisation(holder.organisation);
    added.set_verification_key(std::string(crypto::View(holder.verification_key.encoding())));
  }
  out.set_commitments(oprf::SerializeCommitments(package.commitments));
  out.set_key_id(std::string(crypto::View(package.key_id)));
  out.set_ceremony(std::string(crypto::View(package.ceremony)));
  out.set_transcript(std::string(crypto::View(package.transcript)));
  out.set_generation(package.generation);
  if (package.previous_digest) {
    out.set_previous_digest(std::string(crypto::View(*package.previous_digest)));
  }
  out.set_use(package.use);
  if (package.factor_digest) {
    out.set_factor_digest(std::string(crypto::View(*package.factor_digest)));
  }
  return out;
}

}  // namespace

const KeyHolder* Package::Find(MemberIndex index) const {
  const auto found = std::find_if(holders.begin(), holders.end(),
                                  [&](const KeyHolder& one) { return one.index == index; });
  return found == holders.end() ? nullptr : &*found;
}

crypto::Hash PackageDigest(crypto::BytesView bytes) {
  return crypto::Sha256({crypto::Lp(kLabel), bytes});
}

absl::StatusOr<Package> MakePackage(PackageDraft draft) {
  Package out;
  if (draft.commitments.size() < LeastThreshold(draft.holders.size()) ||
      draft.commitments.size() > draft.holders.size()) {
    return Wrong("threshold", "be a majority of the holders and at most all of them");
  }
  for (const oprf::Element& coefficient : draft.commitments) {
    if (coefficient.IsIdentity()) return Wrong("commitments", "not be the identity");
  }
  for (Seat& seat : draft.holders) {
    const absl::StatusOr<oprf::Element> key = oprf::VerificationKey(draft.commitments, seat.index);
    if (!key.ok()) return key.status();
    if (key->IsIdentity()) return Wrong("verification keys", "not be the identity");
    out.holders.push_back({seat.index, std::move(seat.organisation), *key});
  }
  const absl::StatusOr<crypto::Hash> key_id =
      oprf::KeyId(draft.partnership, draft.purpose, draft.epoch, draft.commitments.front());
  if (!key_id.ok()) return key_id.status();
  out.partnership = std::move(draft.partnership);
  out.purpose = std::move(draft.purpose);
  out.epoch = draft.epoch;
  out.use = draft.use;
  out.factor_digest = draft.factor_digest;
  out.generation = draft.generation;
  out.previous_digest = draft.previous_digest;
  out.threshold = draft.commitments.size();
  out.commitments = std::move(draft.commitments);
  out.key_id = *key_id;
  out.ceremony = draft.ceremony;
  out.transcript = draft.transcript;
  out.bytes = ProtoOf(out).SerializeAsString();
  out.digest = PackageDigest(out.bytes);
  return out;
}

absl::StatusOr<Package> ReadPackage(crypto::BytesView bytes) {
  record::v1::KeyPackage proto;
  if (!envelope::ReadCanonical(bytes, kMaxPackageBytes, proto)) {
    return Wrong("bytes", "be those of a package and nothing else");
  }
  if (proto.version() != kVersion) {
    return Wrong("version", "be 1; bring all nodes to the same version");
  }
  if (!authn::IsOrganisationId(proto.partnership())) {
    return Wrong("partnership", "be the id of a partnership");
  }
  if (!envelope::IsCode(proto.purpose())) {
    return Wrong("purpose", "have 1 to 64 printable characters without space");
  }
  if (proto.epoch() == 0) return Wrong("epoch", "be 1 or more");
  PackageDraft draft;
  draft.partnership = proto.partnership();
  draft.purpose = proto.purpose();
  draft.epoch = proto.epoch();
  if (absl::Status status = ReadOrigin(proto, &draft); !status.ok()) return status;
  if (absl::Status status = ReadSeats(proto, &draft.holders); !status.ok()) return status;
  if (proto.threshold() > kMaxHolders) return Wrong("threshold", "be at most 64");
  auto commitments = oprf::ParseCommitments(proto.commitments(), proto.threshold());
  if (!commitments.ok()) return Wrong("commitments", "be as many elements as the threshold");
  draft.commitments = *std::move(commitments);
  const absl::StatusOr<crypto::Hash> ceremony = crypto::ToFixed<32>(proto.ceremony());
  const absl::StatusOr<crypto::Hash> transcript = crypto::ToFixed<32>(proto.transcript());
  if (!ceremony.ok() || !transcript.ok()) {
    return Wrong("ceremony and transcript", "have 32 bytes");
  }
  draft.ceremony = *ceremony;
  draft.transcript = *transcript;
  absl::StatusOr<Package> out = MakePackage(std::move(draft));
  // Key id and verification keys follow from the rest: other ones make other bytes.
  if (out.ok() && out->bytes != bytes) {
    return Wrong("key_id and verification keys", "be those that follow from the commitments");
  }
  return out;
}

}  // namespace sluis::keys
