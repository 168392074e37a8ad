#include "tests/crypto/oprf_values.h"

#include <cstdlib>

#include "tests/crypto/vectors.h"

namespace sluis::crypto::oprf::test {
namespace {

Bytes FromJson(const nlohmann::json& hex) { return crypto::test::FromHex(hex.get<std::string>()); }

}  // namespace

Element ElementOf(const nlohmann::json& hex) { return Element::Deserialize(FromJson(hex)).value(); }
Encoding EncodingOf(const nlohmann::json& hex) {
  return ToFixed<kElementSize>(FromJson(hex)).value();
}
Scalar ScalarOf(const nlohmann::json& hex) { return Scalar::Deserialize(FromJson(hex)).value(); }
SecretScalar SecretOf(const nlohmann::json& hex) {
  return SecretScalar::Deserialize(Secret<kScalarSize>::FromBytes(FromJson(hex)).value()).value();
}
Commitments CommitmentsOf(const nlohmann::json& list) {
  Bytes bytes;
  for (const auto& hex : list) bytes.append(FromJson(hex));
  return ParseCommitments(bytes, list.size()).value();
}

std::string HexOf(const Element& element) { return HexEncode(View(element.encoding())); }
std::string HexOf(const SecretElement& element) {
  return HexEncode(View(element.bytes().expose()));
}
std::string HexOf(const Scalar& scalar) { return HexEncode(View(scalar.bytes())); }
std::string HexOf(const SecretScalar& scalar) { return HexEncode(View(scalar.bytes().expose())); }

std::vector<SecretScalar> CloneOf(const std::vector<SecretScalar>& scalars) {
  std::vector<SecretScalar> out;
  out.reserve(scalars.size());
  for (const SecretScalar& scalar : scalars) out.push_back(scalar.Clone());
  return out;
}

SharedKey::SharedKey(std::vector<MemberIndex> of, size_t needed)
    : members(std::move(of)), threshold(needed), key(SecretScalar::Zero()) {
  std::vector<Commitments> dealt;
  std::vector<std::vector<SecretScalar>> received(members.size());
  for (size_t dealer = 0; dealer < members.size(); ++dealer) {
    const Polynomial polynomial =
        Polynomial::Random(SecretScalar::Random(SystemRandom()), threshold, SystemRandom()).value();
    key = SecretSum(key, polynomial.constant());
    dealt.push_back(polynomial.Commit());
    for (size_t j = 0; j < members.size(); ++j) {
      received[j].push_back(polynomial.ShareOf(members[j]).value());
    }
  }
  const std::vector<Scalar> ones(members.size(), Scalar(1));
  commitments = SumOfCommitments(dealt, ones).value();
  for (const auto& own : received) shares.push_back(SumOfShares(own, ones).value());
}

const SecretScalar& SharedKey::ShareOf(MemberIndex member) const {
  for (size_t i = 0; i < members.size(); ++i) {
    if (members[i] == member) return shares[i];
  }
  std::abort();
}

Element SharedKey::VerificationKeyOf(MemberIndex member) const {
  return VerificationKey(commitments, member).value();
}

}  // namespace sluis::crypto::oprf::test
