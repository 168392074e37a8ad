#include "crypto/oprf.h"

#include <gtest/gtest.h>

#include "tests/crypto/oprf_values.h"
#include "tests/crypto/vectors.h"

namespace sluis::crypto::oprf {
namespace {

using crypto::test::FromHex;

using test::EncodingOf;
using test::SecretOf;
using test::StuckRandom;

class Rfc9497 : public ::testing::Test {
 protected:
  nlohmann::json Suite(Mode mode) const {
    for (const auto& suite : vectors_["suites"]) {
      if (suite["mode"] == static_cast<int>(mode)) return suite;
    }
    return {};
  }
  static KeyPair Key(Mode mode, const nlohmann::json& suite) {
    const auto seed = Secret<32>::FromBytes(FromHex(suite["seed"].get<std::string>())).value();
    return DeriveKeyPair(mode, seed, FromHex(suite["keyInfo"].get<std::string>())).value();
  }

  const nlohmann::json vectors_ = crypto::test::LoadVectors("rfc9497-ristretto255-sha512");
};

TEST_F(Rfc9497, DeriveKeyPair) {
  for (const Mode mode : {Mode::kOprf, Mode::kVoprf}) {
    const nlohmann::json suite = Suite(mode);
    const KeyPair pair = Key(mode, suite);
    EXPECT_EQ(HexEncode(View(pair.key.bytes().expose())), suite["skSm"]);
    if (mode == Mode::kVoprf) {
      EXPECT_EQ(HexEncode(View(pair.public_key.encoding())), suite["pkSm"]);
    }
    EXPECT_EQ(HexEncode("HashToGroup-" + ContextOf(mode).name()), suite["groupDST"]);
  }
  EXPECT_FALSE(DeriveKeyPair(Mode::kOprf, Secret<32>(), Bytes(65536, 'i')).ok());
}

TEST_F(Rfc9497, Oprf) {
  const nlohmann::json suite = Suite(Mode::kOprf);
  const KeyPair pair = Key(Mode::kOprf, suite);
  size_t checked = 0;
  for (const auto& c : suite["vectors"]) {
    const Bytes input = FromHex(c["Input"][0].get<std::string>());
    const SecretScalar blind = SecretOf(c["Blind"][0]);
    const Element blinded = internal::BlindWith(Mode::kOprf, input, blind).value();
    EXPECT_EQ(HexEncode(View(blinded.encoding())), c["BlindedElement"][0]);
    const Element evaluated = BlindEvaluate(pair.key, blinded.encoding()).value();
    EXPECT_EQ(HexEncode(View(evaluated.encoding())), c["EvaluationElement"][0]);
    EXPECT_EQ(HexEncode(View(Finalize(input, blind, evaluated.encoding())->expose())),
              c["Output"][0]);
    ++checked;
  }
  EXPECT_EQ(checked, 2u);
}

TEST_F(Rfc9497, VoprfWithBatches) {
  const nlohmann::json suite = Suite(Mode::kVoprf);
  const KeyPair pair = Key(Mode::kVoprf, suite);
  size_t checked = 0;
  size_t elements = 0;
  for (const auto& c : suite["vectors"]) {
    const size_t batch = c["Batch"].get<size_t>();
    std::vector<Bytes> inputs;
    std::vector<SecretScalar> blinds;
    std::vector<Encoding> blinded;
    for (size_t i = 0; i < batch; ++i) {
      inputs.push_back(FromHex(c["Input"][i].get<std::string>()));
      blinds.push_back(SecretOf(c["Blind"][i]));
      blinded.push_back(internal::BlindWith(Mode::kVoprf, inputs[i], blinds[i])->encoding());
      EXPECT_EQ(blinded[i], EncodingOf(c["BlindedElement"][i]));
    }
    Evaluation evaluation =
        BlindEvaluate(pair.key, pair.public_key, blinded, SystemRandom()).value();
    for (size_t i = 0; i < batch; ++i) {
      EXPECT_EQ(evaluation.evaluated[i], EncodingOf(c["EvaluationElement"][i]));
      ++elements;
    }
    const Statement statement{Element::Generator(), pair.public_key, blinded, evaluation.evaluated};
    const ProofContext& context = ContextOf(Mode::kVoprf);
    EXPECT_TRUE(VerifyProof(context, statement, evaluation.proof).ok());
    evaluation.proof =
        internal::GenerateProofWith(context, pair.key, statement, SecretOf(c["Proof"]["r"]))
            .value();
    EXPECT_EQ(HexEncode(View(evaluation.proof.Serialize())), c["Proof"]["proof"]);

    const std::vector<BytesView> views(inputs.begin(), inputs.end());
    const std::vector<Secret<64>> outputs =
        Finalize(views, blinds, blinded, pair.public_key, evaluation).value();
    for (size_t i = 0; i < batch; ++i) {
      EXPECT_EQ(HexEncode(View(outputs[i].expose())), c["Output"][i]);
    }
    ++checked;
  }
  EXPECT_EQ(checked, 3u);
  EXPECT_EQ(elements, 4u);
}

class Voprf : public ::testing::Test {
 protected:
  static constexpr size_t kBatch = 3;

  Voprf() {
    for (size_t i = 0; i < kBatch; ++i) {
      Blinded blinded = Blind(Mode::kVoprf, inputs_[i], SystemRandom()).value();
      blinds_.push_back(std::move(blinded.blind));
      blinded_.push_back(blinded.element.encoding());
    }
    evaluation_ = BlindEvaluate(key_, public_key_, blinded_, SystemRandom()).value();
  }
  absl::StatusCode Code(const Element& key, const Evaluation& evaluation) const {
    return Finalize(inputs_, blinds_, blinded_, key, evaluation).status().code();
  }

  const SecretScalar key_ = SecretScalar::Random(SystemRandom());
  const Element public_key_ = MultiplyGenerator(key_);
  const std::array<BytesView, kBatch> inputs_ = {"first", "second", ""};
  std::vector<SecretScalar> blinds_;
  std::vector<Encoding> blinded_;
  Evaluation evaluation_;
};

TEST_F(Voprf, TheResultDependsOnKeyAndInputAlone) {
  const auto outputs = Finalize(inputs_, blinds_, blinded_, public_key_, evaluation_).value();
  for (size_t i = 0; i < kBatch; ++i) {
    const Blinded again = Blind(Mode::kVoprf, inputs_[i], SystemRandom()).value();
    EXPECT_NE(again.element.encoding(), blinded_[i]);
    const Element evaluated = BlindEvaluate(key_, again.element.encoding()).value();
    const auto other = Finalize(inputs_[i], again.blind, evaluated.encoding()).value();
    EXPECT_EQ(HexEncode(View(other.expose())), HexEncode(View(outputs[i].expose())));
  }
}

TEST_F(Voprf, AnotherKeyThanTheProvenOneIsFound) {
  ASSERT_EQ(Code(public_key_, evaluation_), absl::StatusCode::kOk);
  const SecretScalar other = SecretScalar::Random(SystemRandom());
  EXPECT_EQ(Code(MultiplyGenerator(other), evaluation_), absl::StatusCode::kDataLoss);
  // One element of the batch under another key, in each place.
  for (size_t i = 0; i < kBatch; ++i) {
    Evaluation altered = evaluation_;
    altered.evaluated[i] = BlindEvaluate(other, blinded_[i])->encoding();
    EXPECT_EQ(Code(public_key_, altered), absl::StatusCode::kDataLoss) << i;
    altered.evaluated[i] = blinded_[i];  // key 1, which is no key
    EXPECT_EQ(Code(public_key_, altered), absl::StatusCode::kDataLoss) << i;
  }
  // A proof made honestly, but with a key that is not the public one.
  const Evaluation lie = BlindEvaluate(other, public_key_, blinded_, SystemRandom()).value();
  EXPECT_EQ(Code(public_key_, lie), absl::StatusCode::kDataLoss);
}

TEST_F(Voprf, OrderIsProven) {
  Evaluation swapped = evaluation_;
  std::swap(swapped.evaluated[0], swapped.evaluated[1]);
  EXPECT_EQ(Code(public_key_, swapped), absl::StatusCode::kDataLoss);
  std::swap(blinded_[0], blinded_[1]);
  EXPECT_EQ(Code(public_key_, swapped), absl::StatusCode::kDataLoss);
}

TEST_F(Voprf, AnyAlteredBitOfTheProofIsFound) {
  const Bytes proof(View(evaluation_.proof.Serialize()));
  for (size_t bit = 0; bit < 8 * proof.size(); bit += 3) {
    Bytes altered = proof;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    const absl::StatusOr<Proof> parsed = Proof::Deserialize(altered);
    if (!parsed.ok()) continue;
    Evaluation other = evaluation_;
    other.proof = *parsed;
    ASSERT_EQ(Code(public_key_, other), absl::StatusCode::kDataLoss) << bit;
  }
  Evaluation zero = evaluation_;
  zero.proof = Proof{};
  EXPECT_EQ(Code(public_key_, zero), absl::StatusCode::kDataLoss);
}

TEST_F(Voprf, ProofsHaveOneForm) {
  const Bytes proof(View(evaluation_.proof.Serialize()));
  EXPECT_EQ(Proof::Deserialize(proof).value(), evaluation_.proof);
  EXPECT_FALSE(Proof::Deserialize("").ok());
  EXPECT_FALSE(Proof::Deserialize(proof.substr(1)).ok());
  EXPECT_FALSE(Proof::Deserialize(proof + '\0').ok());
  // The same scalars with the order added, or with a bit that libsodium ignores.
  for (const size_t top : {size_t{31}, size_t{63}}) {
    Bytes high = proof;
    high[top] = static_cast<char>(high[top] | 0x80);
    EXPECT_FALSE(Proof::Deserialize(high).ok());
  }
}

TEST_F(Voprf, ListsMustFit) {
  Evaluation shorter = evaluation_;
  shorter.evaluated.pop_back();
  EXPECT_EQ(Code(public_key_, shorter), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Code(Element(), evaluation_), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(Finalize({}, {}, {}, public_key_, Evaluation{}).ok());
  EXPECT_FALSE(Finalize(inputs_, {}, blinded_, public_key_, evaluation_).ok());
  const std::vector<Encoding> most(kMaxBatch + 1, blinded_[0]);
  EXPECT_FALSE(BlindEvaluate(key_, public_key_, most, SystemRandom()).ok());
  EXPECT_EQ(VerifyProof(ContextOf(Mode::kVoprf), {Element::Generator(), public_key_, most, most},
                        evaluation_.proof)
                .code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(BlindEvaluate(key_, public_key_, {}, SystemRandom()).ok());
  EXPECT_FALSE(Blind(Mode::kVoprf, Bytes(kMaxInputBytes + 1, 'x'), SystemRandom()).ok());
  EXPECT_FALSE(Finalize(Bytes(kMaxInputBytes + 1, 'x'), blinds_[0], blinded_[0]).ok());
}

TEST_F(Voprf, WrongEncodingsAreRefusedInEveryPlace) {
  for (size_t i = 0; i < kBatch; ++i) {
    std::vector<Encoding> blinded = blinded_;
    Evaluation evaluation = evaluation_;
    blinded[i][31] |= 0x80;
    EXPECT_FALSE(BlindEvaluate(key_, public_key_, blinded, SystemRandom()).ok());
    evaluation.evaluated[i][31] |= 0x80;
    EXPECT_EQ(Code(public_key_, evaluation), absl::StatusCode::kInvalidArgument);
    blinded[i] = evaluation.evaluated[i] = Encoding{};
    EXPECT_FALSE(BlindEvaluate(key_, public_key_, blinded, SystemRandom()).ok());
    EXPECT_EQ(Code(public_key_, evaluation), absl::StatusCode::kInvalidArgument);
  }
}

// From two proofs with one nonce r: key = (s1 - s2) / (c2 - c1).
Scalar KeyIfTheNonceRepeats(const Proof& first, const Proof& second) {
  const std::array<Scalar, 1> difference = {second.challenge - first.challenge};
  return (first.response - second.response) * Invert(std::span<const Scalar>(difference))->front();
}

TEST_F(Voprf, AStuckRandomSourceRepeatsNoNonce) {
  StuckRandom stuck;
  const Scalar key = Reveal(key_.Clone());
  const auto proof_of = [&](std::span<const Encoding> blinded, Random& random) {
    return BlindEvaluate(key_, public_key_, blinded, random)->proof;
  };
  const Proof all = proof_of(blinded_, stuck);
  const std::span<const Encoding> list(blinded_);
  for (const auto part : {list.first(1), list.first(2), list.last(2)}) {
    EXPECT_NE(KeyIfTheNonceRepeats(all, proof_of(part, stuck)), key);
  }
  // The same statement gives the same proof, which tells nothing.
  EXPECT_EQ(proof_of(blinded_, stuck), all);
  EXPECT_NE(proof_of(blinded_, SystemRandom()), all);

  // The formula is right: with a nonce given twice it finds the key.
  const SecretScalar nonce = SecretScalar::Random(SystemRandom());
  std::vector<Encoding> one = {evaluation_.evaluated[0]};
  std::vector<Encoding> two = {evaluation_.evaluated[1]};
  const Proof first =
      internal::GenerateProofWith(ContextOf(Mode::kVoprf), key_,
                                  {Element::Generator(), public_key_, list.first(1), one}, nonce)
          .value();
  const Proof second = internal::GenerateProofWith(
                           ContextOf(Mode::kVoprf), key_,
                           {Element::Generator(), public_key_, list.subspan(1, 1), two}, nonce)
                           .value();
  EXPECT_EQ(KeyIfTheNonceRepeats(first, second), key);
}

// The same lists proven in two contexts, or for another key, with a source that stands still.
TEST_F(Voprf, TheNonceDependsOnContextAndKeys) {
  StuckRandom stuck;
  const Scalar key = Reveal(key_.Clone());
  const Statement statement{Element::Generator(), public_key_, blinded_, evaluation_.evaluated};
  const Proof here = GenerateProof(ProofContext("here"), key_, statement, stuck).value();
  const Proof there = GenerateProof(ProofContext("there"), key_, statement, stuck).value();
  EXPECT_NE(KeyIfTheNonceRepeats(here, there), key);
  EXPECT_TRUE(VerifyProof(ProofContext("here"), statement, here).ok());
  EXPECT_FALSE(VerifyProof(ProofContext("there"), statement, here).ok());
}

}  // namespace
}  // namespace sluis::crypto::oprf
