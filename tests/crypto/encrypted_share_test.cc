#include "crypto/encrypted_share.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/crypto/oprf_values.h"

namespace sluis::crypto::oprf {
namespace {

using test::HexOf;

// Dealer 1 deals to recipient 2, three needed.
class EncryptedShares : public ::testing::Test {
 protected:
  ShareAddress AddressTo(const Element& key) const { return {session_, 1, 2, key}; }
  Bytes ComplaintOf(const EncryptedShare& encrypted) const {
    return Bytes(View(MakeComplaint(address_, key_, encrypted, SystemRandom())->Serialize()));
  }
  Fault Verdict(const EncryptedShare& encrypted, BytesView complaint) const {
    return Judge(address_, commitments_, View(encrypted.Serialize()), complaint).value();
  }

  const Hash session_ = SystemRandom().Array<32>();
  const SecretScalar key_ = SecretScalar::Random(SystemRandom());
  const ShareAddress address_ = AddressTo(MultiplyGenerator(key_));
  const Polynomial polynomial_ =
      Polynomial::Random(SecretScalar::Random(SystemRandom()), 3, SystemRandom()).value();
  const Commitments commitments_ = polynomial_.Commit();
  const SecretScalar share_ = polynomial_.ShareOf(2).value();
  const EncryptedShare right_ = EncryptShare(address_, share_, SystemRandom()).value();
  const EncryptedShare wrong_ =
      EncryptShare(address_, SecretSum(share_, Scalar(1)), SystemRandom()).value();
};

TEST_F(EncryptedShares, OpenForWhomTheyAreMadeAndNobodyElse) {
  EXPECT_EQ(HexOf(DecryptShare(address_, key_, right_).value()), HexOf(share_));
  const auto opened = [&](ShareAddress address) {
    return HexOf(DecryptShare(address, key_, right_).value());
  };
  ShareAddress other = address_;
  other.session[0] ^= 1;
  EXPECT_NE(opened(other), HexOf(share_));
  other = address_;
  other.dealer = 3;
  EXPECT_NE(opened(other), HexOf(share_));
  other = address_;
  other.recipient = 3;
  EXPECT_NE(opened(other), HexOf(share_));
  std::swap(other.dealer, other.recipient);
  EXPECT_NE(opened(other), HexOf(share_));
  other = AddressTo(Element::Generator());
  EXPECT_NE(opened(other), HexOf(share_));
  const SecretScalar stranger = SecretScalar::Random(SystemRandom());
  EXPECT_NE(HexOf(DecryptShare(address_, stranger, right_).value()), HexOf(share_));
}

TEST_F(EncryptedShares, AWrongShareBlamesItsDealer) {
  EXPECT_EQ(Verdict(wrong_, ComplaintOf(wrong_)), Fault::kDealer);
}

TEST_F(EncryptedShares, AComplaintAboutARightShareBlamesItsMaker) {
  EXPECT_EQ(Verdict(right_, ComplaintOf(right_)), Fault::kComplainer);
}

TEST_F(EncryptedShares, AMalformedShareBlamesItsDealerWhateverTheComplaint) {
  const Bytes right(View(right_.Serialize()));
  Bytes high = right;
  high[31] = static_cast<char>(high[31] | 0x80);
  Bytes unreduced = right;
  unreduced[63] = static_cast<char>(unreduced[63] | 0x80);
  for (const Bytes& malformed :
       {Bytes(), right.substr(1), right + "x", Bytes(64, '\0'), high, unreduced}) {
    for (const Bytes& complaint : {Bytes(), ComplaintOf(right_)}) {
      EXPECT_EQ(Judge(address_, commitments_, malformed, complaint).value(), Fault::kDealer);
    }
  }
}

TEST_F(EncryptedShares, AMalformedComplaintBlamesItsMaker) {
  const Bytes good = ComplaintOf(wrong_);
  ASSERT_EQ(Verdict(wrong_, good), Fault::kDealer);
  EXPECT_EQ(Verdict(wrong_, ""), Fault::kComplainer);
  EXPECT_EQ(Verdict(wrong_, good.substr(1)), Fault::kComplainer);
  EXPECT_EQ(Verdict(wrong_, good + "x"), Fault::kComplainer);
  for (const size_t top : {size_t{31}, size_t{63}, size_t{95}}) {
    Bytes high = good;
    high[top] = static_cast<char>(high[top] | 0x80);
    EXPECT_EQ(Verdict(wrong_, high), Fault::kComplainer) << top;
  }
}

// Whatever a complainer sends, it can only blame a dealer whose share is wrong.
TEST_F(EncryptedShares, NoAlteredComplaintBlamesAnybodyElse) {
  EXPECT_TRUE(rc::check([this] {
    const bool dealer_lies = *rc::gen::arbitrary<bool>();
    const EncryptedShare& dealt = dealer_lies ? wrong_ : right_;
    Bytes complaint = ComplaintOf(dealt);
    RC_ASSERT(Verdict(dealt, complaint) == (dealer_lies ? Fault::kDealer : Fault::kComplainer));
    const auto bit = *rc::gen::inRange<size_t>(0, 8 * complaint.size());
    complaint[bit / 8] = static_cast<char>(complaint[bit / 8] ^ (1 << (bit % 8)));
    RC_ASSERT(Verdict(dealt, complaint) == Fault::kComplainer);
  }));
}

// Another key's product with an honest proof for that key, another share's complaint, and a
// complaint of somebody else.
TEST_F(EncryptedShares, ComplaintsAboutSomethingElseBlameTheirMaker) {
  const SecretScalar other_key = SecretScalar::Random(SystemRandom());
  const ShareAddress other = AddressTo(MultiplyGenerator(other_key));
  const auto lie = MakeComplaint(other, other_key, right_, SystemRandom()).value();
  EXPECT_EQ(Verdict(right_, View(lie.Serialize())), Fault::kComplainer);
  const auto misfit = MakeComplaint(address_, other_key, right_, SystemRandom()).value();
  EXPECT_EQ(Verdict(right_, View(misfit.Serialize())), Fault::kComplainer);
  EXPECT_EQ(Verdict(wrong_, ComplaintOf(right_)), Fault::kComplainer);
}

TEST_F(EncryptedShares, HaveOneForm) {
  const Bytes bytes(View(right_.Serialize()));
  EXPECT_EQ(EncryptedShare::Deserialize(bytes).value(), right_);
  const Bytes complaint = ComplaintOf(right_);
  EXPECT_EQ(View(Complaint::Deserialize(complaint)->Serialize()), complaint);
}

TEST_F(EncryptedShares, WrongAddressesAreRefused) {
  ShareAddress address = address_;
  address.dealer = 0;
  EXPECT_FALSE(EncryptShare(address, share_, SystemRandom()).ok());
  EXPECT_FALSE(DecryptShare(address, key_, right_).ok());
  EXPECT_FALSE(MakeComplaint(address, key_, right_, SystemRandom()).ok());
  EXPECT_FALSE(Judge(address, commitments_, "", "").ok());
  address = address_;
  address.recipient = 0;
  EXPECT_FALSE(EncryptShare(address, share_, SystemRandom()).ok());
  EXPECT_FALSE(EncryptShare(AddressTo(Element()), share_, SystemRandom()).ok());
  EXPECT_FALSE(Judge(address_, {}, "", "").ok());
}

// The same pad for two shares would tell their difference.
TEST_F(EncryptedShares, AStuckRandomSourceRepeatsNoPad) {
  test::StuckRandom stuck;
  const auto one = EncryptShare(address_, share_, stuck).value();
  const auto two = EncryptShare(address_, SecretSum(share_, Scalar(1)), stuck).value();
  EXPECT_NE(one.ephemeral, two.ephemeral);
  EXPECT_NE(two.padded - one.padded, Scalar(1));
  ShareAddress other = address_;
  other.recipient = 3;
  EXPECT_NE(EncryptShare(other, share_, stuck)->ephemeral, one.ephemeral);
}

}  // namespace
}  // namespace sluis::crypto::oprf
