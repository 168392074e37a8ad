#include "crypto/group.h"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.h"

namespace sluis::crypto::oprf {
namespace {

using test::FromHex;

class Ristretto255 : public ::testing::Test {
 protected:
  // Every way in which an encoding enters refuses it.
  static void ExpectRefused(const std::string& hex) {
    const Bytes bytes = FromHex(hex);
    EXPECT_EQ(Element::Deserialize(bytes).status().code(), absl::StatusCode::kInvalidArgument)
        << hex;
    if (bytes.size() != kElementSize) return;
    const Encoding encoding = ToFixed<kElementSize>(bytes).value();
    EXPECT_FALSE(MultiplyEncoded(Scalar(2), encoding).ok()) << hex;
    const std::array scalars = {Scalar(2), Scalar(3)};
    const std::array encodings = {Element::Generator().encoding(), encoding};
    EXPECT_FALSE(SumOfProducts(scalars, encodings).ok()) << hex;
    EXPECT_FALSE(SmallSumOfProducts(std::array{2, -3}, encodings).ok()) << hex;
    EXPECT_FALSE(SmallSumOfProducts(std::array{1, 1}, encodings).ok()) << hex;
    std::vector<SecretScalar> secrets;
    for (const Scalar& scalar : scalars) secrets.push_back(SecretSum(scalar, Scalar()));
    EXPECT_FALSE(SecretSumOfProducts(secrets, encodings).ok()) << hex;
    Encoding copy = encoding;
    EXPECT_FALSE(SecretElement::Deserialize(Secret<kElementSize>::FromBytes(copy)).ok()) << hex;
  }

  const nlohmann::json vectors_ = test::LoadVectors("ristretto255-encodings");
};

TEST_F(Ristretto255, BadEncodingsAreRefused) {
  size_t refused = 0;
  for (const auto& hex : vectors_["must_reject"]) {
    ExpectRefused(hex);
    ++refused;
  }
  EXPECT_EQ(refused, 30u);
}

// libsodium 1.0.18 takes these for the elements without the bit.
TEST_F(Ristretto255, Bit255IsRefused) {
  size_t refused = 0;
  for (const auto& hex : vectors_["extra_must_reject_high_bit"]) {
    ExpectRefused(hex);
    ++refused;
  }
  EXPECT_EQ(refused, 4u);
  for (int i = 0; i < 1000; ++i) {
    Encoding encoding = Element::FromUniform(SystemRandom().Array<64>()).encoding();
    ASSERT_TRUE(Element::Deserialize(View(encoding)).ok());
    encoding[31] |= 0x80;
    ASSERT_FALSE(Element::Deserialize(View(encoding)).ok());
    ASSERT_FALSE(MultiplyEncoded(Scalar(2), encoding).ok());
  }
}

TEST_F(Ristretto255, TheListOfTheProtocolIsRefused) {
  size_t elements = 0;
  size_t scalars = 0;
  const nlohmann::json vectors = test::LoadVectors("threshold-voprf");
  for (const auto& c : vectors["must_reject"]) {
    const std::string hex = c["hex"];
    if (c["kind"] == "element") {
      ExpectRefused(hex);
      ++elements;
      continue;
    }
    EXPECT_EQ(Scalar::Deserialize(FromHex(hex)).ok(), c["kind"] == "nonzero_scalar") << hex;
    EXPECT_FALSE(
        SecretScalar::Deserialize(Secret<kScalarSize>::FromBytes(FromHex(hex)).value()).ok())
        << hex;
    ++scalars;
  }
  EXPECT_EQ(elements, 10u);
  EXPECT_EQ(scalars, 5u);
}

TEST_F(Ristretto255, MultiplesOfTheGenerator) {
  Element sum;
  uint64_t count = 0;
  for (const std::string hex : vectors_["generator_multiples_1_to_16"]) {
    sum = sum + Element::Generator();
    ++count;
    EXPECT_EQ(HexEncode(View(sum.encoding())), hex);
    EXPECT_EQ(MultiplyGenerator(Scalar(count)), sum);
    EXPECT_EQ(Multiply(Scalar(count), Element::Generator()), sum);
    EXPECT_EQ(Element::Deserialize(FromHex(hex)).value(), sum);
  }
  EXPECT_EQ(count, 16u);
}

TEST_F(Ristretto255, FromUniformBytes) {
  size_t checked = 0;
  for (const auto& c : vectors_["from_uniform_bytes"]) {
    const auto uniform = ToFixed<64>(FromHex(c["uniform_bytes"].get<std::string>())).value();
    EXPECT_EQ(HexEncode(View(Element::FromUniform(uniform).encoding())), c["element"]);
    FixedBytes<64> copy = uniform;
    EXPECT_EQ(
        HexEncode(View(SecretElement::FromUniform(Secret<64>::FromBytes(copy)).bytes().expose())),
        c["element"]);
    ++checked;
  }
  EXPECT_EQ(checked, 7u);
}

// libsodium answers an error wherever a result is the identity.
TEST_F(Ristretto255, TheIdentityComesOutButNotIn) {
  const Element identity;
  const Element element = MultiplyGenerator(Scalar(7));
  EXPECT_TRUE(identity.IsIdentity());
  EXPECT_FALSE(element.IsIdentity());
  EXPECT_EQ(Multiply(Scalar(), element), identity);
  EXPECT_EQ(MultiplyGenerator(Scalar()), identity);
  EXPECT_EQ(Multiply(Scalar(3), identity), identity);
  EXPECT_EQ(identity + element, element);
  EXPECT_EQ(element - identity, element);
  EXPECT_EQ(element - element, identity);
  EXPECT_FALSE(Element::Deserialize(View(identity.encoding())).ok());
  EXPECT_FALSE(MultiplyEncoded(Scalar(), element.encoding()).ok());
  std::vector<SecretScalar> opposite;
  opposite.push_back(SecretSum(Scalar(5), Scalar()));
  opposite.push_back(SecretDifference(Scalar(), Scalar(5)));
  const std::array twice = {element.encoding(), element.encoding()};
  EXPECT_FALSE(SecretSumOfProducts(opposite, twice).ok());
  EXPECT_TRUE(SumOfProducts(std::array{Scalar(5), Scalar() - Scalar(5)}, twice)->IsIdentity());
}

TEST_F(Ristretto255, AddingIsMultiplyingBySmallNumbers) {
  const Element a = MultiplyGenerator(Scalar(1000));
  const Element b = MultiplyGenerator(Scalar(10));
  const std::array encodings = {a.encoding(), b.encoding()};
  for (int32_t i = -9; i <= 9; ++i) {
    for (int32_t j = -9; j <= 9; ++j) {
      const std::array numbers = {i, j};
      const auto sum = SmallSumOfProducts(numbers, encodings);
      ASSERT_EQ(sum.ok(), i != 0 && j != 0);
      if (!sum.ok()) continue;
      const int32_t value = 1000 * i + 10 * j;
      const Element size = MultiplyGenerator(Scalar(static_cast<uint64_t>(std::abs(value))));
      EXPECT_EQ(*sum, value < 0 ? Element() - size : size) << i << " " << j;
    }
  }
  // 1000 and -1000 cancel out on the way, and at the end.
  const std::array opposite = {a.encoding(), (Element() - a).encoding()};
  EXPECT_TRUE(SmallSumOfProducts(std::array{3, 3}, opposite)->IsIdentity());
  EXPECT_EQ(SmallSumOfProducts(std::array{3, 2}, opposite).value(), a);
  EXPECT_EQ(AdditionsOf(std::array{3, -3, 1}), 5u);
}

TEST_F(Ristretto255, SumsTakeOneFactorForEachElement) {
  const std::array<Encoding, 1> encodings = {Element::Generator().encoding()};
  EXPECT_FALSE(SumOfProducts({}, {}).ok());
  EXPECT_FALSE(SumOfProducts(std::array{Scalar(1), Scalar(2)}, encodings).ok());
  EXPECT_FALSE(SmallSumOfProducts(std::array{1}, encodings).ok());
  EXPECT_FALSE(SmallSumOfProducts(std::array{1, 2}, encodings).ok());
  EXPECT_FALSE(SecretSumOfProducts({}, {}).ok());
  EXPECT_FALSE(SecretSumOfProducts({}, encodings).ok());
}

}  // namespace
}  // namespace sluis::crypto::oprf
