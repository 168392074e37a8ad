#include "crypto/dealing.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/crypto/oprf_values.h"
#include "tests/crypto/vectors.h"

namespace sluis::crypto::oprf {
namespace {

using namespace test;  // NOLINT: short forms of this folder

// Some members, no two alike.
std::vector<MemberIndex> RandomMembers(size_t at_least) {
  const auto set = *rc::gen::unique<std::vector<MemberIndex>>(
      *rc::gen::inRange<size_t>(at_least, 9),
      rc::gen::apply([](int i) { return static_cast<MemberIndex>(i); },
                     rc::gen::inRange(1, 65536)));
  return set;
}

Polynomial RandomPolynomial(size_t threshold) {
  return Polynomial::Random(SecretScalar::Random(SystemRandom()), threshold, SystemRandom())
      .value();
}

TEST(Lagrange, GivesTheValueAnywhereFromAnyEnoughShares) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<MemberIndex> members = RandomMembers(1);
    const auto threshold = *rc::gen::inRange<size_t>(1, members.size() + 1);
    const Polynomial polynomial = RandomPolynomial(threshold);
    std::vector<SecretScalar> shares;
    for (const MemberIndex member : members) shares.push_back(*polynomial.ShareOf(member));
    const auto count = *rc::gen::inRange<size_t>(threshold, members.size() + 1);
    const std::span<const MemberIndex> some(members.data(), count);
    const std::span<const SecretScalar> theirs(shares.data(), count);
    RC_ASSERT(HexOf(SumOfShares(theirs, *LagrangeCoefficients(some)).value()) ==
              HexOf(polynomial.constant()));
    const auto at = *rc::gen::inRange<int>(1, 65536);
    const auto elsewhere = static_cast<MemberIndex>(at);
    RC_ASSERT(HexOf(SumOfShares(theirs, *LagrangeCoefficients(some, elsewhere)).value()) ==
              HexOf(polynomial.ShareOf(elsewhere).value()));
  }));
}

// For every secret there is a polynomial that gives the same shares to any t-1 members: they
// exclude none.
TEST(Lagrange, OneShareTooFewExcludesNoSecret) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<MemberIndex> members = RandomMembers(2);
    const size_t threshold = members.size();
    const Polynomial polynomial = RandomPolynomial(threshold);
    // With the last member left out, any value of its share makes another secret, and each secret
    // is made by one.
    std::vector<SecretScalar> shares;
    for (const MemberIndex member : members) shares.push_back(*polynomial.ShareOf(member));
    const auto lambda = LagrangeCoefficients(members).value();
    const Scalar wanted = Scalar::Reduce(*rc::gen::arbitrary<FixedBytes<64>>());
    const std::array<Scalar, 1> last = {lambda.back()};
    shares.back() = SecretScalar::Zero();
    const Scalar known = Reveal(SumOfShares(shares, lambda).value());
    const Scalar missing = (wanted - known) * Invert(std::span<const Scalar>(last))->front();
    shares.back() = SecretSum(missing, Scalar());
    RC_ASSERT(Reveal(SumOfShares(shares, lambda).value()) == wanted);
    // And what the t-1 give among themselves is not the secret.
    const std::span<const MemberIndex> few(members.data(), threshold - 1);
    RC_ASSERT(HexOf(SumOfShares(std::span<const SecretScalar>(shares.data(), threshold - 1),
                                *LagrangeCoefficients(few))
                        .value()) != HexOf(polynomial.constant()));
  }));
}

TEST(Lagrange, WholeCoefficientsAreTheSame) {
  size_t small = 0;
  for (int bits = 1; bits < 1 << 9; ++bits) {
    std::vector<MemberIndex> members;
    for (int i = 0; i < 9; ++i) {
      if (((bits >> i) & 1) != 0) members.push_back(static_cast<MemberIndex>(i + 1));
    }
    const auto whole = SmallLagrangeCoefficients(members);
    if (!whole.has_value()) continue;
    ++small;
    const auto lambda = LagrangeCoefficients(members).value();
    ASSERT_EQ(whole->numerators.size(), members.size());
    for (size_t i = 0; i < members.size(); ++i) {
      const int32_t number = whole->numerators[i];
      const Scalar size(static_cast<uint64_t>(std::abs(number)));
      EXPECT_EQ(number < 0 ? Scalar() - size : size, lambda[i] * Scalar(whole->denominator));
    }
  }
  EXPECT_GT(small, 300u);
  const auto three = SmallLagrangeCoefficients(std::array<MemberIndex, 3>{1, 2, 3}).value();
  EXPECT_EQ(three.numerators, (std::vector<int32_t>{3, -3, 1}));
  EXPECT_EQ(three.denominator, 1u);
  EXPECT_FALSE(SmallLagrangeCoefficients({}).has_value());
  EXPECT_FALSE(SmallLagrangeCoefficients(std::array<MemberIndex, 2>{1, 0}).has_value());
  EXPECT_FALSE(SmallLagrangeCoefficients(std::array<MemberIndex, 2>{1, 65535}).has_value());
  EXPECT_FALSE(SmallLagrangeCoefficients(std::array<MemberIndex, 3>{62, 63, 64}).has_value());
}

TEST(Lagrange, WrongMembersAreRefused) {
  const auto refused = [](std::vector<MemberIndex> members) {
    return !LagrangeCoefficients(members).ok();
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({0}));
  EXPECT_TRUE(refused({1, 0, 2}));
  EXPECT_TRUE(refused({1, 2, 1}));
  std::vector<MemberIndex> many(kMaxMembers + 1);
  for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<MemberIndex>(i + 1);
  EXPECT_TRUE(refused(many));
  many.pop_back();
  EXPECT_FALSE(refused(many));
  // At one of the members it is that member's share and no other's.
  const std::array<MemberIndex, 3> three = {3, 1, 2};
  const auto own = LagrangeCoefficients(three, 1).value();
  EXPECT_TRUE(own[0].IsZero());
  EXPECT_EQ(own[1], Scalar(1));
  EXPECT_TRUE(own[2].IsZero());
}

TEST(Dealing, ATamperedShareOrCommitmentIsFound) {
  EXPECT_TRUE(rc::check([] {
    const auto threshold = *rc::gen::inRange<size_t>(1, 6);
    const Polynomial polynomial = RandomPolynomial(threshold);
    const Commitments commitments = polynomial.Commit();
    const auto member = static_cast<MemberIndex>(*rc::gen::inRange(1, 65536));
    const SecretScalar share = polynomial.ShareOf(member).value();
    RC_ASSERT(VerifyShare(commitments, member, share).ok());
    RC_ASSERT(VerifyShare(commitments, member, SecretSum(share, Scalar(1))).code() ==
              absl::StatusCode::kDataLoss);
    Commitments altered = commitments;
    const auto at = *rc::gen::inRange<size_t>(0, threshold);
    altered[at] = altered[at] + Element::Generator();
    RC_ASSERT(VerifyShare(altered, member, share).code() == absl::StatusCode::kDataLoss);
    const auto other = static_cast<MemberIndex>(member == 65535 ? 1 : member + 1);
    RC_ASSERT(threshold == 1 || !VerifyShare(commitments, other, share).ok());
  }));
}

TEST(Dealing, CommitmentsHaveExactlyTheThreshold) {
  const Commitments commitments = RandomPolynomial(3).Commit();
  const Bytes bytes = SerializeCommitments(commitments);
  EXPECT_EQ(ParseCommitments(bytes, 3).value(), commitments);
  // A dealer that tries to lower or raise the threshold.
  for (const size_t threshold : {size_t{0}, size_t{1}, size_t{2}, size_t{4}, kMaxMembers + 1}) {
    EXPECT_FALSE(ParseCommitments(bytes, threshold).ok()) << threshold;
  }
  EXPECT_FALSE(ParseCommitments(bytes.substr(1), 3).ok());
  for (size_t i = 0; i < 3; ++i) {
    Bytes identity = bytes;
    identity.replace(i * kElementSize, kElementSize, kElementSize, '\0');
    EXPECT_FALSE(ParseCommitments(identity, 3).ok()) << i;
    Bytes high = bytes;
    high[i * kElementSize + 31] = static_cast<char>(high[i * kElementSize + 31] | 0x80);
    EXPECT_FALSE(ParseCommitments(high, 3).ok()) << i;
  }
}

TEST(Dealing, NumbersOutOfRangeAreRefused) {
  const auto constant = [] { return SecretScalar::Random(SystemRandom()); };
  EXPECT_FALSE(Polynomial::Random(constant(), 0, SystemRandom()).ok());
  EXPECT_FALSE(Polynomial::Random(constant(), kMaxMembers + 1, SystemRandom()).ok());
  EXPECT_FALSE(Polynomial::Of({}).ok());
  const Polynomial polynomial = RandomPolynomial(2);
  EXPECT_FALSE(polynomial.ShareOf(0).ok()) << "that would be the secret";
  EXPECT_FALSE(VerificationKey(polynomial.Commit(), 0).ok());
  EXPECT_FALSE(VerificationKey({}, 1).ok());
  std::vector<SecretScalar> shares;
  shares.push_back(constant());
  EXPECT_FALSE(SumOfShares({}, {}).ok());
  EXPECT_FALSE(SumOfShares(shares, {}).ok());
  const std::vector<Commitments> unlike = {RandomPolynomial(2).Commit(),
                                           RandomPolynomial(3).Commit()};
  const std::vector<Scalar> ones(2, Scalar(1));
  EXPECT_FALSE(SumOfCommitments(unlike, ones).ok());
  EXPECT_FALSE(SumOfCommitments(unlike, {}).ok());
  EXPECT_FALSE(SumOfCommitments({}, {}).ok());
}

TEST(Dealing, SharesAreValuesOfThePolynomial) {
  std::vector<SecretScalar> coefficients;
  coefficients.push_back(SecretSum(Scalar(7), Scalar()));
  coefficients.push_back(SecretSum(Scalar(10), Scalar()));
  coefficients.push_back(SecretSum(Scalar(100), Scalar()));
  const Polynomial polynomial = Polynomial::Of(std::move(coefficients)).value();
  EXPECT_EQ(Reveal(polynomial.ShareOf(2).value()), Scalar(7 + 2 * 10 + 4 * 100));
  EXPECT_EQ(polynomial.Commit(),
            (Commitments{MultiplyGenerator(Scalar(7)), MultiplyGenerator(Scalar(10)),
                         MultiplyGenerator(Scalar(100))}));
}

// A reshare: any enough of the old members deal their shares to others, with another threshold.
TEST(Dealing, ReshareKeepsTheKey) {
  EXPECT_TRUE(rc::check([] {
    const SharedKey old(RandomMembers(2), 2);
    const std::vector<MemberIndex> members = RandomMembers(3);
    const auto threshold = *rc::gen::inRange<size_t>(1, members.size() + 1);
    const std::span<const MemberIndex> dealers(old.members.data(), 2);
    const auto lambda = LagrangeCoefficients(dealers).value();
    std::vector<Commitments> dealt;
    std::vector<std::vector<SecretScalar>> received(members.size());
    for (const MemberIndex dealer : dealers) {
      const Polynomial polynomial =
          Polynomial::Random(old.ShareOf(dealer).Clone(), threshold, SystemRandom()).value();
      dealt.push_back(polynomial.Commit());
      RC_ASSERT(dealt.back().front() == old.VerificationKeyOf(dealer));
      for (size_t j = 0; j < members.size(); ++j) {
        received[j].push_back(polynomial.ShareOf(members[j]).value());
      }
    }
    const Commitments commitments = SumOfCommitments(dealt, lambda).value();
    RC_ASSERT(commitments.front() == MultiplyGenerator(old.key));
    std::vector<SecretScalar> shares;
    for (size_t j = 0; j < members.size(); ++j) {
      shares.push_back(SumOfShares(received[j], lambda).value());
      RC_ASSERT(VerifyShare(commitments, members[j], shares.back()).ok());
    }
    RC_ASSERT(HexOf(SumOfShares(shares, *LagrangeCoefficients(members)).value()) == HexOf(old.key));
  }));
}

class Possession : public ::testing::Test {
 protected:
  const SecretScalar secret_ = SecretScalar::Random(SystemRandom());
  const Element element_ = MultiplyGenerator(secret_);
  const ProofOfPossession proof_ =
      ProvePossession("session 1", secret_, element_, SystemRandom()).value();
};

TEST_F(Possession, HoldsForItsMakerAndSessionOnly) {
  EXPECT_TRUE(VerifyPossession("session 1", element_, proof_).ok());
  EXPECT_EQ(VerifyPossession("session 2", element_, proof_).code(), absl::StatusCode::kDataLoss);
  // A constant chosen from another's, with the other's proof.
  EXPECT_EQ(VerifyPossession("session 1", element_ + Element::Generator(), proof_).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_FALSE(VerifyPossession("session 1", Element(), proof_).ok());
  EXPECT_FALSE(ProvePossession("session 1", secret_, Element(), SystemRandom()).ok());
  EXPECT_FALSE(ProvePossession(Bytes(65536, 'c'), secret_, element_, SystemRandom()).ok());
  ProofOfPossession altered = proof_;
  altered.response = altered.response + Scalar(1);
  EXPECT_FALSE(VerifyPossession("session 1", element_, altered).ok());
  altered = proof_;
  altered.commitment = altered.commitment + Element::Generator();
  EXPECT_FALSE(VerifyPossession("session 1", element_, altered).ok());
}

TEST_F(Possession, HasOneForm) {
  const Bytes bytes(View(proof_.Serialize()));
  const ProofOfPossession parsed = ProofOfPossession::Deserialize(bytes).value();
  EXPECT_EQ(View(parsed.Serialize()), bytes);
  EXPECT_FALSE(ProofOfPossession::Deserialize(bytes.substr(1)).ok());
  EXPECT_FALSE(ProofOfPossession::Deserialize(bytes + "x").ok());
  EXPECT_FALSE(ProofOfPossession::Deserialize(Bytes(64, '\0')).ok());
  for (const size_t top : {size_t{31}, size_t{63}}) {
    Bytes high = bytes;
    high[top] = static_cast<char>(high[top] | 0x80);
    EXPECT_FALSE(ProofOfPossession::Deserialize(high).ok()) << top;
  }
}

TEST_F(Possession, AStuckRandomSourceRepeatsNoNonce) {
  StuckRandom stuck;
  const auto first = ProvePossession("session 1", secret_, element_, stuck).value();
  const auto second = ProvePossession("session 2", secret_, element_, stuck).value();
  EXPECT_NE(first.commitment, second.commitment);
  EXPECT_NE(first.commitment,
            ProvePossession("session 1", secret_, element_, SystemRandom())->commitment);
}

}  // namespace
}  // namespace sluis::crypto::oprf
