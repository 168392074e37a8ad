// The whole life of a shared key, byte for byte as an independent model computed it: generation,
// complaint, evaluation, reshare, epoch roll, recovery of a lost share, and two purposes.
#include <gtest/gtest.h>
#include <sodium.h>

#include "crypto/dealing.h"
#include "crypto/dleq.h"
#include "crypto/encrypted_share.h"
#include "crypto/hash.h"
#include "crypto/lagrange.h"
#include "crypto/threshold.h"
#include "tests/crypto/oprf_values.h"
#include "tests/crypto/vectors.h"

namespace sluis::crypto::oprf {
namespace {

using crypto::test::FromHex;
using namespace test;  // NOLINT: short forms of this folder

MemberIndex IndexOf(const std::string& text) { return static_cast<MemberIndex>(std::stoul(text)); }

std::vector<MemberIndex> IndexesOf(const nlohmann::json& list) {
  return list.get<std::vector<MemberIndex>>();
}

class ThresholdVectors : public ::testing::TestWithParam<size_t> {
 protected:
  // Every share of every dealing fits its commitments.
  static void CheckDealings(const nlohmann::json& dealings) {
    ASSERT_FALSE(dealings.empty());
    for (const auto& dealing : dealings) {
      const Commitments commitments = CommitmentsOf(dealing["commitments"]);
      ASSERT_FALSE(dealing["shares"].empty());
      for (const auto& [member, share] : dealing["shares"].items()) {
        EXPECT_TRUE(VerifyShare(commitments, IndexOf(member), SecretOf(share)).ok());
      }
    }
  }

  // What the members of `shares` and everybody else compute from dealings and factors.
  static void CheckSums(const nlohmann::json& dealings, const std::vector<Scalar>& factors,
                        const nlohmann::json& commitments, const nlohmann::json& shares) {
    std::vector<Commitments> dealt;
    for (const auto& dealing : dealings) dealt.push_back(CommitmentsOf(dealing["commitments"]));
    const Commitments sum = SumOfCommitments(dealt, factors).value();
    EXPECT_EQ(sum, CommitmentsOf(commitments));
    ASSERT_FALSE(shares.empty());
    for (const auto& [member, share] : shares.items()) {
      std::vector<SecretScalar> received;
      for (const auto& dealing : dealings) received.push_back(SecretOf(dealing["shares"][member]));
      const SecretScalar own = SumOfShares(received, factors).value();
      EXPECT_EQ(HexOf(own), share);
      EXPECT_TRUE(VerifyShare(sum, IndexOf(member), own).ok());
    }
  }

  // The dealer's own polynomial, found from any threshold of its shares, deals the others.
  static void CheckDealer(const nlohmann::json& dealing, size_t threshold) {
    std::vector<MemberIndex> members;
    std::vector<SecretScalar> shares;
    for (const auto& [member, share] : dealing["shares"].items()) {
      if (members.size() == threshold) break;
      members.push_back(IndexOf(member));
      shares.push_back(SecretOf(share));
    }
    for (const auto& [member, share] : dealing["shares"].items()) {
      const auto lambda = LagrangeCoefficients(members, IndexOf(member)).value();
      EXPECT_EQ(HexOf(SumOfShares(shares, lambda).value()), share);
    }
  }

  static Hash Tag(const Hash& key_id, const SecretElement& element) {
    Bytes input("TVOPRF-v1-Tag");
    input.append(View(key_id));
    input.append(View(element.bytes().expose()));
    FixedBytes<64> digest;
    crypto_hash_sha512(digest.data(), AsSpan(input).data(), input.size());
    return ToFixed<32>(View(digest).substr(0, 32)).value();
  }

  size_t Threshold() const { return case_["t"].get<size_t>(); }

  const nlohmann::json vectors_ = crypto::test::LoadVectors("threshold-voprf");
  const nlohmann::json case_ = vectors_["cases"][GetParam()];
};

TEST_P(ThresholdVectors, Generation) {
  const nlohmann::json& dkg = case_["dkg"];
  ASSERT_EQ(dkg["dealings"].size(), case_["n"].get<size_t>());
  CheckDealings(dkg["dealings"]);
  for (const auto& dealing : dkg["dealings"]) {
    CheckDealer(dealing, Threshold());
    const Bytes context = FromHex(dealing["pop_context"].get<std::string>());
    const Bytes bytes = FromHex(dealing["pop"].get<std::string>());
    const ProofOfPossession proof = ProofOfPossession::Deserialize(bytes).value();
    EXPECT_EQ(View(proof.Serialize()), bytes);
    const Element constant = CommitmentsOf(dealing["commitments"]).front();
    EXPECT_TRUE(VerifyPossession(context, constant, proof).ok());
    EXPECT_FALSE(VerifyPossession(context + "x", constant, proof).ok());
  }
  const std::vector<Scalar> ones(dkg["dealings"].size(), Scalar(1));
  CheckSums(dkg["dealings"], ones, dkg["group_commitments"], dkg["shares"]);
  for (const auto& [member, key] : dkg["verification_keys"].items()) {
    EXPECT_EQ(
        HexOf(VerificationKey(CommitmentsOf(dkg["group_commitments"]), IndexOf(member)).value()),
        key);
  }
  EXPECT_EQ(HexOf(MultiplyGenerator(SecretOf(dkg["secret_for_test_only"]))), dkg["public_key"]);
}

TEST_P(ThresholdVectors, Complaints) {
  const nlohmann::json& c = case_["complaint"];
  const ShareAddress address{crypto::test::HashFromHex(c["session_id"].get<std::string>()),
                             c["dealer"], c["recipient"],
                             ElementOf(c["recipient_ephemeral_public"])};
  const SecretScalar key = SecretOf(c["recipient_ephemeral_secret"]);
  EXPECT_EQ(MultiplyGenerator(key), address.recipient_key);
  const nlohmann::json& dealing = case_["dkg"]["dealings"][address.dealer - 1u];
  ASSERT_EQ(dealing["dealer"], address.dealer);
  const Commitments commitments = CommitmentsOf(dealing["commitments"]);

  const Bytes good = FromHex(c["good_ciphertext"].get<std::string>());
  const SecretScalar share =
      DecryptShare(address, key, EncryptedShare::Deserialize(good).value()).value();
  EXPECT_EQ(HexOf(share), dealing["shares"][std::to_string(address.recipient)]);
  const Bytes bad = FromHex(c["bad_ciphertext"].get<std::string>());
  EXPECT_FALSE(
      VerifyShare(commitments, address.recipient,
                  DecryptShare(address, key, EncryptedShare::Deserialize(bad).value()).value())
          .ok());

  size_t judged = 0;
  for (const auto& [ciphertext, name] :
       {std::pair(good, "false_complaint"), {bad, "true_complaint"}, {bad, "forged_complaint"}}) {
    const Bytes complaint = FromHex(c[name].get<std::string>());
    const Fault fault = Judge(address, commitments, ciphertext, complaint).value();
    EXPECT_EQ(fault == Fault::kDealer ? "dealer at fault" : "complainer at fault",
              c[std::string(name) + "_verdict"])
        << name;
    ++judged;
    // What the complaint opens is what its maker would open again.
    const EncryptedShare encrypted = EncryptedShare::Deserialize(ciphertext).value();
    if (name == std::string("forged_complaint")) continue;
    EXPECT_EQ(Complaint::Deserialize(complaint)->shared,
              MakeComplaint(address, key, encrypted, SystemRandom())->shared);
  }
  EXPECT_EQ(judged, 3u);
}

TEST_P(ThresholdVectors, Evaluation) {
  const nlohmann::json& e = case_["evaluation"];
  std::vector<Bytes> inputs;
  for (const auto& hex : e["inputs"]) inputs.push_back(FromHex(hex.get<std::string>()));
  const std::vector<BytesView> views(inputs.begin(), inputs.end());
  std::vector<SecretScalar> blinds;
  for (const auto& hex : e["blinds"]) blinds.push_back(SecretOf(hex));
  Request request = Request::With(views, CloneOf(blinds)).value();
  ASSERT_EQ(request.blinded().size(), e["blinded"].size());
  for (size_t i = 0; i < request.blinded().size(); ++i) {
    EXPECT_EQ(request.blinded()[i], EncodingOf(e["blinded"][i]));
  }

  const auto lambda = LagrangeCoefficients(IndexesOf(e["quorum"])).value();
  std::vector<VerifiedAnswer> answers;
  std::vector<Element> combined(inputs.size());
  for (size_t h = 0; h < e["partials"].size(); ++h) {
    const nlohmann::json& partial = e["partials"][h];
    const MemberIndex holder = partial["holder"];
    const std::string name = std::to_string(holder);
    const SecretScalar share = SecretOf(case_["dkg"]["shares"][name]);
    const Element key = ElementOf(case_["dkg"]["verification_keys"][name]);
    EXPECT_EQ(HexOf(lambda[h]), partial["lagrange_at_0"]);
    Answer answer = BlindEvaluate(share, key, request.blinded(), SystemRandom()).value();
    for (size_t i = 0; i < answer.evaluated.size(); ++i) {
      EXPECT_EQ(answer.evaluated[i], EncodingOf(partial["evaluated"][i]));
      combined[i] = combined[i] + Multiply(lambda[h], ElementOf(partial["evaluated"][i]));
    }
    answer.proof = internal::GenerateProofWith(
                       ContextOf(Mode::kVoprf), share,
                       {Element::Generator(), key, request.blinded(), answer.evaluated},
                       SecretOf(partial["proof_r"]))
                       .value();
    EXPECT_EQ(HexEncode(View(answer.proof.Serialize())), partial["proof"]);
    answers.push_back(VerifyAnswer(request, holder, key, answer).value());
  }
  ASSERT_EQ(answers.size(), Threshold());
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_EQ(HexOf(combined[i]), e["combined"][i]);
    // Of the combined answers the RFC makes what one holder of the whole key would have made.
    EXPECT_EQ(HexEncode(View(Finalize(inputs[i], blinds[i], combined[i].encoding())->expose())),
              e["rfc9497_outputs"][i]);
  }
  const std::vector<SecretElement> elements =
      Combine(std::move(request), Threshold(), answers).value();
  for (size_t i = 0; i < elements.size(); ++i) {
    EXPECT_EQ(HexOf(elements[i]), e["pseudonym_elements"][i]);
  }
  const Hash key_id = KeyId("demo", "A", e["epoch"], ElementOf(case_["dkg"]["public_key"])).value();
  EXPECT_EQ(HexEncode(View(key_id)), e["key_id_purpose_A"]);
  EXPECT_EQ(HexEncode(View(Tag(key_id, elements[0]))), e["tag_purpose_A"]);
}

TEST_P(ThresholdVectors, Reshare) {
  const nlohmann::json& r = case_["reshare"];
  CheckDealings(r["dealings"]);
  for (const auto& dealing : r["dealings"]) {
    CheckDealer(dealing, r["t_new"].get<size_t>());
    // The dealer deals its old share: its first commitment is its old verification key.
    const std::string dealer = std::to_string(dealing["dealer"].get<int>());
    EXPECT_EQ(dealing["commitments"][0], case_["dkg"]["verification_keys"][dealer]);
    EXPECT_EQ(dealing["commitments"].size(), r["t_new"]);
    EXPECT_EQ(dealing["shares"].size(), r["members_new"].size());
  }
  CheckSums(r["dealings"], LagrangeCoefficients(IndexesOf(r["old_quorum"])).value(),
            r["group_commitments_new"], r["shares_new"]);
  EXPECT_EQ(r["group_commitments_new"][0], case_["dkg"]["public_key"]);
  EXPECT_EQ(r["public_key_unchanged"], case_["dkg"]["public_key"]);
}

TEST_P(ThresholdVectors, EpochRoll) {
  const nlohmann::json& roll = case_["epoch_roll"];
  const Commitments delta = CommitmentsOf(roll["delta_commitments"]);
  for (const auto& [member, share] : roll["delta_shares"].items()) {
    EXPECT_TRUE(VerifyShare(delta, IndexOf(member), SecretOf(share)).ok());
  }
  CheckDealings(roll["product_dealings"]);
  for (const auto& dealing : roll["product_dealings"]) {
    const MemberIndex dealer = dealing["dealer"];
    const std::string name = std::to_string(dealer);
    const Element of_delta = VerificationKey(delta, dealer).value();
    const std::array<Encoding, 1> old = {EncodingOf(case_["dkg"]["verification_keys"][name])};
    const std::array<Encoding, 1> constant = {EncodingOf(dealing["commitments"][0])};
    const Statement statement{Element::Generator(), of_delta, old, constant};
    const Bytes bytes = FromHex(dealing["product_dleq"].get<std::string>());
    EXPECT_TRUE(VerifyProof(ProductContext(), statement, Proof::Deserialize(bytes).value()).ok());
    const SecretScalar share = SecretOf(roll["delta_shares"][name]);
    EXPECT_EQ(Multiply(share, ElementOf(case_["dkg"]["verification_keys"][name])).encoding(),
              constant[0]);
    EXPECT_TRUE(
        VerifyProof(ProductContext(), statement,
                    GenerateProof(ProductContext(), share, statement, SystemRandom()).value())
            .ok());
  }
  CheckSums(roll["product_dealings"],
            LagrangeCoefficients(IndexesOf(roll["product_dealers"])).value(),
            roll["group_commitments_new"], roll["shares_new"]);
  EXPECT_EQ(roll["group_commitments_new"][0], roll["public_key_new"]);

  // A stored element moves to the new key by an ordinary evaluation under delta.
  const SecretElement old =
      SecretElement::Deserialize(
          Secret<32>::FromBytes(FromHex(roll["old_element"].get<std::string>())).value())
          .value();
  EXPECT_EQ(HexOf(Multiply(SecretOf(roll["rekey_blind"]), old).value()), roll["rekey_request"]);
  std::vector<SecretElement> stored;
  stored.push_back(old.Clone());
  Request request = Request::OfElements(stored, SystemRandom()).value();
  std::vector<VerifiedAnswer> answers;
  for (const auto& [member, share] : roll["delta_shares"].items()) {
    const Element key = VerificationKey(delta, IndexOf(member)).value();
    answers.push_back(
        VerifyAnswer(request, IndexOf(member), key,
                     BlindEvaluate(SecretOf(share), key, request.blinded(), SystemRandom()).value())
            .value());
  }
  const std::vector<SecretElement> moved =
      Combine(std::move(request), Threshold(), answers).value();
  EXPECT_EQ(HexOf(moved.front()), roll["new_element"]);
  const Hash key_id =
      KeyId("demo", "A", roll["new_epoch"], ElementOf(roll["public_key_new"])).value();
  EXPECT_EQ(HexEncode(View(key_id)), roll["new_key_id_purpose_A"]);
  EXPECT_EQ(HexEncode(View(Tag(key_id, moved.front()))), roll["new_tag_purpose_A"]);
}

TEST_P(ThresholdVectors, RecoveryOfALostShare) {
  const nlohmann::json& r = case_["recovery"];
  const MemberIndex lost = r["lost"];
  CheckDealings(r["mask_dealings"]);
  const std::vector<Scalar> ones(r["mask_dealings"].size(), Scalar(1));
  std::vector<SecretScalar> masked;
  for (const auto& helper : r["helpers"]) {
    const std::string name = std::to_string(helper.get<int>());
    std::vector<SecretScalar> masks;
    for (const auto& dealing : r["mask_dealings"]) {
      masks.push_back(SecretOf(dealing["shares"][name]));
      // What hides the helpers' shares is nothing at the lost index.
      EXPECT_TRUE(VerificationKey(CommitmentsOf(dealing["commitments"]), lost)->IsIdentity());
    }
    masked.push_back(
        SecretSum(SecretOf(case_["dkg"]["shares"][name]), SumOfShares(masks, ones).value()));
    EXPECT_EQ(HexOf(masked.back()), r["masked_shares"][name]);
  }
  const auto lambda = LagrangeCoefficients(IndexesOf(r["helpers"]), lost).value();
  EXPECT_EQ(HexOf(SumOfShares(masked, lambda).value()), r["recovered"]);
  EXPECT_EQ(r["recovered"], case_["dkg"]["shares"][std::to_string(lost)]);
}

INSTANTIATE_TEST_SUITE_P(Cases, ThresholdVectors, ::testing::Values(size_t{0}, size_t{1}));

// Two keys commute: without the purpose in the input, who may ask both can link what they gave.
TEST(ThresholdVectorsTwoPurposes, TheInputSeparatesWhatKeysAloneDoNot) {
  const nlohmann::json vectors = crypto::test::LoadVectors("threshold-voprf");
  EXPECT_EQ(vectors["cases"].size(), 2u);
  const nlohmann::json& c = vectors["cross_purpose"];
  const SecretScalar a = SecretOf(c["kA"]);
  const SecretScalar b = SecretOf(c["kB"]);
  const auto hashed = [](const nlohmann::json& hex) {
    const Bytes input = FromHex(hex.get<std::string>());
    return internal::BlindWith(Mode::kVoprf, input, SecretSum(Scalar(1), Scalar())).value();
  };
  const Element same = hashed(c["unseparated_input"]);
  EXPECT_EQ(HexOf(Multiply(b, Multiply(a, same))), c["unseparated_linkable_value"]);
  EXPECT_EQ(Multiply(b, Multiply(a, same)), Multiply(a, Multiply(b, same)));
  const Element first = Multiply(b, Multiply(a, hashed(c["separated_inputs"][0])));
  const Element second = Multiply(a, Multiply(b, hashed(c["separated_inputs"][1])));
  EXPECT_EQ(HexOf(first), c["separated_values_differ"][0]);
  EXPECT_EQ(HexOf(second), c["separated_values_differ"][1]);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace sluis::crypto::oprf
