#include "server/evaluation/kept_element.h"

#include <algorithm>
#include <utility>

#include "crypto/disclose.h"
#include "crypto/secret.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical_secret.h"
#include "server/envelope/form.h"
#include "server/evaluation/limits.h"
#include "sluis/record/v1/tags.pb.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;

// A message whose element is wiped at the end.
struct Plain {
  Plain() = default;
  ~Plain() { crypto::Wipe(*message.mutable_element()); }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  record::v1::KeptElement message;
};

absl::Status Malformed() {
  return absl::InvalidArgumentError(
      "what stands for a person in this record cannot be read; put the node back from its last "
      "backup");
}

}  // namespace

identity::WipedText PlainFormOf(const KeptElement& kept) {
  Plain plain;
  record::v1::KeptElement& out = plain.message;
  out.set_version(kVersion);
  out.set_partnership(kept.partnership);
  out.set_purpose(kept.purpose);
  out.set_key_id(std::string(crypto::View(kept.key_id)));
  out.set_kind(std::string(identity::IdType(kept.kind)));
  const auto element = kept.element.bytes().expose();
  out.set_element(element.data(), element.size());
  identity::WipedText bytes(out.ByteSizeLong());
  out.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(bytes.data()));
  return bytes;
}

absl::StatusOr<KeptElement> ReadKeptElement(crypto::BytesView bytes) {
  Plain plain;
  const record::v1::KeptElement& in = plain.message;
  const bool reads = crypto::Disclose(
      static_cast<int>(envelope::ReadCanonicalSecret(bytes, kMaxKeptBytes, plain.message)));
  const auto kind =
      std::find_if(identity::kKeyKinds.begin(), identity::kKeyKinds.end(),
                   [&](identity::KeyKind some) { return identity::IdType(some) == in.kind(); });
  if (!reads || in.version() != kVersion || !authn::IsOrganisationId(in.partnership()) ||
      !envelope::IsCode(in.purpose()) || !envelope::IsHash(in.key_id()) ||
      kind == identity::kKeyKinds.end() || identity::ReachOf(*kind) == identity::Reach::kOwnNode) {
    return Malformed();
  }
  auto secret = crypto::Secret<oprf::kElementSize>::FromBytes(crypto::Bytes(in.element()));
  if (!secret.ok()) return Malformed();
  auto element = oprf::SecretElement::Deserialize(*std::move(secret));
  if (!element.ok()) return Malformed();
  return KeptElement{in.partnership(), in.purpose(), crypto::ToFixed<32>(in.key_id()).value(),
                     *kind, *std::move(element)};
}

std::string KeptKeyOf(std::string_view record, const KeptElement& kept) {
  crypto::Bytes out = crypto::Lp(record);
  out.append(crypto::View(kept.key_id));
  crypto::AppendLp(out, identity::IdType(kept.kind));
  return out;
}

absl::StatusOr<std::vector<ReissuedTag>> ReissueShareTags(const KeptElement& before,
                                                          const KeptElement& after,
                                                          std::span<const std::string> recipients) {
  if (before.partnership != after.partnership || before.purpose != after.purpose ||
      before.kind != after.kind || before.key_id == after.key_id) {
    return absl::InvalidArgumentError(
        "a tag is made again for the next key of its partnership and purpose; give what one match "
        "key is under both");
  }
  std::vector<ReissuedTag> out;
  for (const std::string& recipient : recipients) {
    out.push_back({recipient, ShareTag(before.element, before.key_id, recipient),
                   ShareTag(after.element, after.key_id, recipient)});
  }
  return out;
}

}  // namespace sluis::evaluation
