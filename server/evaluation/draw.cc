#include <map>

#include "crypto/dleq.h"
#include "crypto/expand_message.h"
#include "crypto/hash.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/period.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;

constexpr std::string_view kLabel = "sluis/evaluation-draw/v1";

// Apart from evaluations: neither point nor proof of one is worth anything in the other.
const oprf::ProofContext& Context() {
  static const oprf::ProofContext context{kLabel};
  return context;
}

oprf::Element PointOf(const crypto::Hash& period_digest) {
  return oprf::HashToGroup({crypto::View(period_digest)}, kLabel);
}

}  // namespace

absl::StatusOr<std::string> MakeDraw(const keys::Package& package, MemberIndex holder,
                                     const crypto::Hash& period_digest,
                                     const oprf::SecretScalar& share, crypto::Random& random) {
  const keys::KeyHolder* seat = package.Find(holder);
  if (seat == nullptr || oprf::MultiplyGenerator(share) != seat->verification_key) {
    return absl::FailedPreconditionError(
        "the share kept here is not the one of the package; have the key shared anew");
  }
  const std::array<oprf::Encoding, 1> point = {PointOf(period_digest).encoding()};
  const absl::StatusOr<oprf::Element> product = oprf::MultiplyEncoded(share, point[0]);
  if (!product.ok()) return product.status();
  const std::array<oprf::Encoding, 1> element = {product->encoding()};
  const absl::StatusOr<oprf::Proof> proof = oprf::GenerateProof(
      Context(), share, {oprf::Element::Generator(), seat->verification_key, point, element},
      random);
  if (!proof.ok()) return proof.status();
  peer::v1::EvaluationDraw out;
  out.set_version(kVersion);
  out.set_partnership(package.partnership);
  out.set_key_id(std::string(crypto::View(package.key_id)));
  out.set_holder(holder);
  out.set_period_digest(std::string(crypto::View(period_digest)));
  out.set_element(std::string(crypto::View(element[0])));
  out.set_proof(std::string(crypto::View(proof->Serialize())));
  return out.SerializeAsString();
}

absl::StatusOr<peer::v1::EvaluationDraw> ReadDraw(crypto::BytesView draw) {
  peer::v1::EvaluationDraw out;
  if (!envelope::ReadCanonical(draw, kMaxDrawBytes, out) || out.version() != kVersion ||
      !authn::IsOrganisationId(out.partnership()) || !envelope::IsHash(out.key_id()) ||
      out.holder() == 0 || out.holder() > 65535 || !envelope::IsHash(out.period_digest()) ||
      out.element().size() != oprf::kElementSize || out.proof().size() != oprf::Proof::kSize) {
    return absl::InvalidArgumentError(
        "a holder's part of a seed is not of the form agreed; ask the holder for it again");
  }
  return out;
}

absl::StatusOr<crypto::Hash> Seed(const keys::Package& package, const Period& period,
                                  std::span<const std::string> draws) {
  std::map<MemberIndex, oprf::Encoding> elements;
  const std::array<oprf::Encoding, 1> point = {PointOf(period.digest()).encoding()};
  for (const std::string& bytes : draws) {
    const absl::StatusOr<peer::v1::EvaluationDraw> draw = ReadDraw(bytes);
    if (!draw.ok()) return draw.status();
    const auto holder = static_cast<MemberIndex>(draw->holder());
    if (!period.holders().contains(holder) ||
        draw->period_digest() != crypto::View(period.digest()) ||
        draw->key_id() != crypto::View(package.key_id) ||
        draw->partnership() != package.partnership) {
      return absl::PermissionDeniedError(
          "a part of the seed is of another period, key or holder; leave it out");
    }
    const std::array<oprf::Encoding, 1> element = {
        crypto::ToFixed<oprf::kElementSize>(draw->element()).value()};
    const absl::StatusOr<oprf::Proof> proof = oprf::Proof::Deserialize(draw->proof());
    if (!proof.ok() || !oprf::VerifyProof(Context(),
                                          {oprf::Element::Generator(),
                                           package.Find(holder)->verification_key, point, element},
                                          *proof)
                            .ok()) {
      return absl::DataLossError("the part of the seed of holder " + std::to_string(holder) +
                                 " does not hold; ask that holder for it again");
    }
    elements[holder] = element[0];
  }
  if (elements.size() != period.holders().size()) {
    return absl::FailedPreconditionError(
        "a holder gave no part of the seed; ask it again, or gather the period without it");
  }
  crypto::Bytes input = crypto::Lp("sluis/evaluation-seed/v1");
  input.append(crypto::View(period.digest()));
  for (const auto& [holder, element] : elements) {
    crypto::AppendU16(input, holder);
    input.append(crypto::View(element));
  }
  return crypto::Sha256(input);
}

}  // namespace sluis::evaluation
