#include "crypto/scalar.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "crypto/group.h"
#include "tests/crypto/vectors.h"

namespace sluis::crypto::oprf {
namespace {

using test::FromHex;

constexpr char kOrderLessOne[] = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

Scalar Small(int value) { return Scalar(static_cast<uint64_t>(value)); }

SecretScalar Hidden(const Scalar& scalar) { return SecretSum(scalar, Scalar()); }

FixedBytes<64> Wide(BytesView low) {
  FixedBytes<64> out{};
  std::copy(low.begin(), low.end(), out.begin());
  return out;
}

TEST(Scalar, OneFormPerValue) {
  EXPECT_EQ(Scalar::Deserialize(FromHex(kOrderLessOne)).value(), Scalar() - Scalar(1));
  EXPECT_TRUE(Scalar::Deserialize(Bytes(32, '\0'))->IsZero());
  EXPECT_FALSE(Scalar::Deserialize(Bytes(31, '\0')).ok());
  EXPECT_FALSE(Scalar::Deserialize(Bytes(33, '\0')).ok());
  EXPECT_FALSE(Scalar::Deserialize("").ok());
  // L plus 0, 1, ..., and every single bit too high.
  Bytes order = FromHex(kOrderLessOne);
  for (int i = 1; i < 16; ++i) {
    order[0] = static_cast<char>(order[0] + 1);
    EXPECT_FALSE(Scalar::Deserialize(order).ok()) << i;
    EXPECT_EQ(Scalar::Reduce(Wide(order)), Small(i - 1));
  }
  for (const int bit : {253, 254, 255}) {
    Bytes high(32, '\0');
    high[31] = static_cast<char>(1 << (bit - 248));
    EXPECT_FALSE(Scalar::Deserialize(high).ok()) << bit;
  }
}

TEST(Scalar, RefusalAgreesWithReduction) {
  EXPECT_TRUE(rc::check([] {
    // Near L as often as anywhere.
    Bytes bytes = FromHex(kOrderLessOne);
    const auto changed = *rc::gen::inRange<size_t>(0, 32);
    for (size_t i = *rc::gen::element<size_t>(0, changed); i <= changed; ++i) {
      bytes[i] = *rc::gen::arbitrary<char>();
    }
    const bool reduced = View(Scalar::Reduce(Wide(bytes)).bytes()) == bytes;
    RC_ASSERT(Scalar::Deserialize(bytes).ok() == reduced);
    const bool zero = bytes == Bytes(32, '\0');
    RC_ASSERT(SecretScalar::Deserialize(Secret<32>::FromBytes(Bytes(bytes)).value()).ok() ==
              (reduced && !zero));
  }));
}

TEST(Scalar, SecretAndPublicArithmeticAgree) {
  EXPECT_TRUE(rc::check([] {
    const Scalar a = Scalar::Reduce(*rc::gen::arbitrary<FixedBytes<64>>());
    const Scalar b = Scalar::Reduce(*rc::gen::arbitrary<FixedBytes<64>>());
    RC_ASSERT(Reveal(SecretSum(Hidden(a), b)) == a + b);
    RC_ASSERT(Reveal(SecretDifference(a, Hidden(b))) == a - b);
    RC_ASSERT(Reveal(SecretProduct(Hidden(a), Hidden(b))) == a * b);
    RC_ASSERT((a - b) + b == a);
    RC_ASSERT(MultiplyGenerator(a + b) == MultiplyGenerator(a) + MultiplyGenerator(b));
    RC_ASSERT(MultiplyGenerator(Hidden(a * b)) == Multiply(Hidden(a), MultiplyGenerator(b)));
  }));
}

TEST(Scalar, ManyInversesAtOnce) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Scalar> scalars;
    std::vector<SecretScalar> hidden;
    const int count = *rc::gen::inRange(0, 20);
    for (int i = 0; i < count; ++i) {
      scalars.push_back(Scalar::Reduce(*rc::gen::arbitrary<FixedBytes<64>>()) + Small(1));
      RC_PRE(!scalars.back().IsZero());
      hidden.push_back(Hidden(scalars.back()));
    }
    const std::vector<Scalar> inverses = Invert(scalars).value();
    const std::vector<SecretScalar> same = Invert(hidden).value();
    RC_ASSERT(inverses.size() == scalars.size());
    for (size_t i = 0; i < scalars.size(); ++i) {
      RC_ASSERT(scalars[i] * inverses[i] == Small(1));
      RC_ASSERT(Reveal(same[i].Clone()) == inverses[i]);
    }
    if (count == 0) return;
    scalars[*rc::gen::inRange<size_t>(0, scalars.size())] = Scalar();
    RC_ASSERT(!Invert(scalars).ok());
  }));
}

TEST(Scalar, RandomOnesComeFromTheSourceGiven) {
  test::FixedRandom random(Bytes(View(Wide(FromHex(kOrderLessOne)))));
  EXPECT_EQ(Reveal(SecretScalar::Random(random)), Scalar() - Scalar(1));
  EXPECT_NE(Reveal(SecretScalar::Random(SystemRandom())),
            Reveal(SecretScalar::Random(SystemRandom())));
}

TEST(ScalarDeathTest, ABrokenSourceEndsTheProcess) {
  test::FixedRandom broken(Bytes(64, '\0'));
  EXPECT_DEATH(SecretScalar::Random(broken), "");
}

}  // namespace
}  // namespace sluis::crypto::oprf
