#include "server/evaluation/message.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/evaluation/limits.h"
#include "tests/server/evaluation/world.h"

namespace sluis::evaluation {
namespace {

using peer::v1::EvaluationAnswer;
using peer::v1::EvaluationRequest;
using test::People;
using test::World;

class MessageTest : public ::testing::Test {
 protected:
  EvaluationRequest Good() { return ReadRequest(world_.Begin(People({"een"})).request())->body; }
  bool Reads(const std::function<void(EvaluationRequest&)>& change) {
    EvaluationRequest body = Good();
    change(body);
    return ReadRequest(SignRequest(body, world_.keys.at(1).identity).Serialise()).ok();
  }
  bool ReadsAnswer(const std::function<void(EvaluationAnswer&)>& change) {
    EvaluationAnswer body = world_.Answer(2, world_.Begin(People({"een"})).request());
    change(body);
    const auto envelope = ReadAnswerEnvelope(world_.Signed(2, body));
    return envelope.ok() && ReadAnswer(*envelope).ok();
  }
  World world_{3, 2};
};

TEST_F(MessageTest, WhatIsSignedIsReadAsItIs) {
  const std::string bytes = world_.Begin(People({"een"})).request();
  const Request request = ReadRequest(bytes).value();
  EXPECT_EQ(request.Serialise(), bytes);
  const crypto::PublicKey asker = world_.keys.at(1).identity.public_key();
  const crypto::PublicKey other = world_.keys.at(2).identity.public_key();
  EXPECT_TRUE(request.SignedBy(std::vector{other, asker}));
  EXPECT_FALSE(request.SignedBy(std::vector{other}));
  EXPECT_FALSE(request.SignedBy({}));
  EXPECT_FALSE(ReadRequest(bytes + '\0').ok());
  EXPECT_FALSE(ReadRequest(bytes.substr(1)).ok());
  EXPECT_FALSE(ReadRequest("").ok());
}

// Signed by who would then say that it had signed something else.
TEST_F(MessageTest, ASecondEncodingIsRefused) {
  const std::string body = Good().SerializeAsString();
  const auto reads = [&](const std::string& bytes) {
    peer::v1::SignedEvaluationRequest request;
    request.set_request(bytes);
    request.set_signature(std::string(64, 's'));
    return ReadRequest(request.SerializeAsString()).ok();
  };
  EXPECT_TRUE(reads(body));
  EXPECT_FALSE(reads(body + std::string("\xa0\x06\x01", 3))) << "a field that is not known";
  EXPECT_FALSE(reads(body + body.substr(0, 2))) << "the version twice";
}

TEST_F(MessageTest, ARequestOutOfBoundsIsRefused) {
  EXPECT_TRUE(Reads([](auto&) {}));
  EXPECT_FALSE(Reads([](auto& r) { r.set_version(2); }));
  EXPECT_FALSE(Reads([](auto& r) { r.set_partnership("Geen"); }));
  EXPECT_FALSE(Reads([](auto& r) { r.set_asker(""); }));
  EXPECT_FALSE(Reads([](auto& r) { r.mutable_request_id()->resize(15); }));
  EXPECT_FALSE(Reads([](auto& r) { r.clear_key_id(); }));
  EXPECT_FALSE(Reads([](auto& r) { r.set_generation(0); }));
  EXPECT_FALSE(Reads([](auto& r) { r.set_purpose("twee woorden"); }));
  EXPECT_FALSE(Reads([](auto& r) { r.clear_basis(); }));
  EXPECT_FALSE(Reads([](auto& r) { r.clear_case_token(); }));
  EXPECT_FALSE(Reads([](auto& r) { r.mutable_leaf_hash()->append("x"); }));
  EXPECT_FALSE(Reads([](auto& r) { r.clear_user(); }));
  EXPECT_FALSE(Reads([](auto& r) {
    while (r.ByteSizeLong() <= kMaxRequestBytes) {
      r.add_persons()->set_elements(std::string(160, 'x'));
    }
  }));
}

TEST_F(MessageTest, PersonsAndTheirElementsAreCounted) {
  EvaluationRequest body = Good();
  const auto counts = [&](std::vector<size_t> bytes) {
    body.clear_persons();
    for (const size_t size : bytes) body.add_persons()->set_elements(std::string(size, 'x'));
    const auto elements = ElementsOf(body.persons());
    return elements.ok() ? static_cast<int>(elements->size()) : -1;
  };
  EXPECT_EQ(counts({32}), 1);
  EXPECT_EQ(counts({32, 96, 64}), 6);
  EXPECT_EQ(counts(std::vector<size_t>(8, 160)), 40);
  EXPECT_EQ(counts({}), -1);
  EXPECT_EQ(counts(std::vector<size_t>(9, 32)), -1);
  EXPECT_EQ(counts({32, 0}), -1);
  EXPECT_EQ(counts({33}), -1);
  EXPECT_EQ(counts({192}), -1);
}

TEST_F(MessageTest, TheBlindedDigestSaysWhereAPersonEnds) {
  EvaluationRequest one;
  one.add_persons()->set_elements(std::string(64, 'x'));
  EvaluationRequest two;
  two.add_persons()->set_elements(std::string(32, 'x'));
  two.add_persons()->set_elements(std::string(32, 'x'));
  EXPECT_NE(BlindedDigest(one.persons()), BlindedDigest(two.persons()));
  EvaluationRequest first = two;
  first.mutable_persons(0)->set_elements(std::string(64, 'x'));
  EvaluationRequest second = two;
  second.mutable_persons(1)->set_elements(std::string(64, 'x'));
  EXPECT_NE(BlindedDigest(first.persons()), BlindedDigest(second.persons()));
}

TEST_F(MessageTest, AnAnswerOutOfBoundsIsRefused) {
  EXPECT_TRUE(ReadsAnswer([](auto&) {}));
  EXPECT_TRUE(ReadsAnswer([](auto& a) {
    a.clear_evaluated();
    a.clear_proof();
    a.set_refusal(peer::v1::EVALUATION_REFUSAL_USED);
  }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.set_version(0); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.set_partnership("x"); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.clear_request_digest(); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.clear_key_id(); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.clear_generation(); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.set_holder(65536); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.clear_evaluated(); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.mutable_evaluated()->append("x"); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.set_evaluated(std::string(41 * 32, 'x')); }));
  EXPECT_FALSE(ReadsAnswer([](auto& a) { a.set_refusal(peer::v1::EVALUATION_REFUSAL_USED); }))
      << "an answer and a refusal at once";
  EXPECT_FALSE(ReadsAnswer([](auto& a) {
    a.clear_evaluated();
    a.clear_proof();
    a.set_refusal(static_cast<peer::v1::EvaluationRefusal>(8));
  }));
  EXPECT_FALSE(ReadAnswerEnvelope(std::string(kMaxAnswerBytes + 1, 'x')).ok());
}

}  // namespace
}  // namespace sluis::evaluation
