// Elements and scalars of the vectors, and sources of randomness for the tests of shared keys.
#ifndef SLUIS_TESTS_CRYPTO_OPRF_VALUES_H_
#define SLUIS_TESTS_CRYPTO_OPRF_VALUES_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crypto/dealing.h"
#include "crypto/group.h"
#include "crypto/lagrange.h"
#include "crypto/random.h"
#include "crypto/scalar.h"

namespace sluis::crypto::oprf::test {

// Each ends the process on bad input: for constants only.
Element ElementOf(const nlohmann::json& hex);
Encoding EncodingOf(const nlohmann::json& hex);
Scalar ScalarOf(const nlohmann::json& hex);
SecretScalar SecretOf(const nlohmann::json& hex);
Commitments CommitmentsOf(const nlohmann::json& list);

std::string HexOf(const Element& element);
std::string HexOf(const SecretElement& element);
std::string HexOf(const Scalar& scalar);
std::string HexOf(const SecretScalar& scalar);

std::vector<SecretScalar> CloneOf(const std::vector<SecretScalar>& scalars);

// Gives one byte for ever.
class StuckRandom : public Random {
 public:
  void Fill(std::span<uint8_t> out) override { std::fill(out.begin(), out.end(), uint8_t{0x5a}); }
};

// A key as a ceremony leaves it: dealt by all of `members`, so that nobody has it. The test does.
struct SharedKey {
  SharedKey(std::vector<MemberIndex> of, size_t needed);

  const SecretScalar& ShareOf(MemberIndex member) const;
  Element VerificationKeyOf(MemberIndex member) const;

  std::vector<MemberIndex> members;
  size_t threshold;
  Commitments commitments;
  std::vector<SecretScalar> shares;  // in the order of members
  SecretScalar key;
};

}  // namespace sluis::crypto::oprf::test

#endif  // SLUIS_TESTS_CRYPTO_OPRF_VALUES_H_
