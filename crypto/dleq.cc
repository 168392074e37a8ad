#include "crypto/dleq.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

#include "crypto/expand_message.h"

namespace sluis::crypto::oprf {
namespace {

constexpr BytesView kNonceLabel = "TVOPRF-v1-Nonce";
constexpr BytesView kElementLength("\x00\x20", 2);  // I2OSP(32, 2), before every element
constexpr BytesView kSeedLength("\x00\x40", 2);

struct Composites {
  Element m;
  Element z;
};

absl::Status CheckLists(const Statement& statement) {
  if (statement.c.empty() || statement.c.size() > kMaxBatch ||
      statement.c.size() != statement.d.size()) {
    return absl::InvalidArgumentError(
        "a proof is about 1 to 1024 elements and as many products: send what was asked for");
  }
  if (statement.a.IsIdentity() || statement.b.IsIdentity()) {
    return absl::InvalidArgumentError("the identity is nobody's key: take the key of the package");
  }
  return absl::OkStatus();
}

// The base is the generator mostly, which is a third of the price.
Element MultiplyBase(ScalarView scalar, const Element& base) {
  return base == Element::Generator() ? MultiplyGenerator(scalar) : Multiply(scalar, base);
}

// The factors that make one element out of many: ComputeComposites of the RFC.
std::vector<Scalar> Factors(const ProofContext& context, const Statement& statement) {
  Bytes seed_input(kElementLength);
  seed_input.append(View(statement.b.encoding()));
  AppendU16(seed_input, static_cast<uint16_t>(context.seed_label().size()));
  seed_input.append(context.seed_label());
  FixedBytes<64> seed;
  crypto_hash_sha512(seed.data(), AsSpan(seed_input).data(), seed_input.size());

  std::vector<Scalar> factors;
  factors.reserve(statement.c.size());
  for (size_t i = 0; i < statement.c.size(); ++i) {
    const FixedBytes<2> index = {static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    factors.push_back(
        HashToScalar({kSeedLength, View(seed), View(index), kElementLength, View(statement.c[i]),
                      kElementLength, View(statement.d[i]), "Composite"},
                     context.hash_to_scalar_label()));
  }
  return factors;
}

Scalar Challenge(const ProofContext& context, const Element& b, const Composites& composites,
                 const Element& t2, const Element& t3) {
  return HashToScalar(
      {kElementLength, View(b.encoding()), kElementLength, View(composites.m.encoding()),
       kElementLength, View(composites.z.encoding()), kElementLength, View(t2.encoding()),
       kElementLength, View(t3.encoding()), "Challenge"},
      context.hash_to_scalar_label());
}

// ComputeCompositesFast: who has the key needs no second sum.
absl::StatusOr<Composites> ProverComposites(const ProofContext& context, const SecretScalar& key,
                                            const Statement& statement) {
  if (absl::Status checked = CheckLists(statement); !checked.ok()) return checked;
  const absl::StatusOr<Element> m = SumOfProducts(Factors(context, statement), statement.c);
  if (!m.ok()) return m.status();
  return Composites{*m, Multiply(key, *m)};
}

Proof Prove(const ProofContext& context, const SecretScalar& key, const Statement& statement,
            const Composites& composites, const SecretScalar& nonce) {
  Proof out;
  out.challenge = Challenge(context, statement.b, composites, MultiplyBase(nonce, statement.a),
                            Multiply(nonce, composites.m));
  out.response = Reveal(SecretDifference(nonce, SecretProduct(out.challenge, key)));
  return out;
}

}  // namespace

FixedBytes<Proof::kSize> Proof::Serialize() const {
  FixedBytes<kSize> out;
  std::copy(challenge.bytes().begin(), challenge.bytes().end(), out.begin());
  std::copy(response.bytes().begin(), response.bytes().end(), out.begin() + kScalarSize);
  return out;
}

absl::StatusOr<Proof> Proof::Deserialize(BytesView bytes) {
  if (bytes.size() != kSize) {
    return absl::InvalidArgumentError("a proof has 64 bytes: ask its sender to send it again");
  }
  const absl::StatusOr<Scalar> challenge = Scalar::Deserialize(bytes.substr(0, kScalarSize));
  if (!challenge.ok()) return challenge.status();
  const absl::StatusOr<Scalar> response = Scalar::Deserialize(bytes.substr(kScalarSize));
  if (!response.ok()) return response.status();
  return Proof{*challenge, *response};
}

ProofContext::ProofContext(BytesView name)
    : name_(name), hash_to_scalar_label_("HashToScalar-" + name_), seed_label_("Seed-" + name_) {
  if (name.size() > 200) std::abort();
}

absl::StatusOr<Proof> GenerateProof(const ProofContext& context, const SecretScalar& key,
                                    const Statement& statement, Random& random) {
  const absl::StatusOr<Composites> composites = ProverComposites(context, key, statement);
  if (!composites.ok()) return composites.status();
  Secret<32> fresh;
  random.Fill(fresh.mutable_span());
  const FixedBytes<1> name_size = {static_cast<uint8_t>(context.name().size())};
  // The composites stand for both lists: each factor is hashed from all of them.
  const SecretScalar nonce = HashToSecretScalar(
      {View(fresh.expose()), View(key.bytes().expose()), View(name_size), context.name(),
       View(statement.a.encoding()), View(statement.b.encoding()), View(composites->m.encoding()),
       View(composites->z.encoding())},
      kNonceLabel);
  return Prove(context, key, statement, *composites, nonce);
}

absl::Status VerifyProof(const ProofContext& context, const Statement& statement,
                         const Proof& proof) {
  if (absl::Status checked = CheckLists(statement); !checked.ok()) return checked;
  const std::vector<Scalar> factors = Factors(context, statement);
  const absl::StatusOr<Element> m = SumOfProducts(factors, statement.c);
  if (!m.ok()) return m.status();
  const absl::StatusOr<Element> z = SumOfProducts(factors, statement.d);
  if (!z.ok()) return z.status();
  const Element t2 =
      MultiplyBase(proof.response, statement.a) + Multiply(proof.challenge, statement.b);
  const Element t3 = Multiply(proof.response, *m) + Multiply(proof.challenge, *z);
  if (Challenge(context, statement.b, {*m, *z}, t2, t3) != proof.challenge) {
    return absl::DataLossError(
        "the proof does not hold: keep the answer as evidence and ask another holder");
  }
  return absl::OkStatus();
}

absl::StatusOr<Proof> internal::GenerateProofWith(const ProofContext& context,
                                                  const SecretScalar& key,
                                                  const Statement& statement,
                                                  const SecretScalar& nonce) {
  const absl::StatusOr<Composites> composites = ProverComposites(context, key, statement);
  if (!composites.ok()) return composites.status();
  return Prove(context, key, statement, *composites, nonce);
}

}  // namespace sluis::crypto::oprf
