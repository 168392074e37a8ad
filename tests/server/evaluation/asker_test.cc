#include "server/evaluation/asker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "crypto/lagrange.h"
#include "tests/server/evaluation/world.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using test::kPurpose;
using test::People;
using test::World;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What a holder answers, changed before it signs.
using Change = std::function<void(peer::v1::EvaluationAnswer&)>;

class AskerTest : public ::testing::Test {
 protected:
  // The verdict on the first holder that is asked, whose answer is changed.
  AnswerVerdict Verdict(const Change& change) {
    Asker asker = world_.Begin(People({"een", "twee"}));
    const MemberIndex holder = asker.Next().front();
    peer::v1::EvaluationAnswer answer = world_.Answer(holder, asker.request());
    change(answer);
    const std::string bytes = world_.Signed(holder, answer);
    const AnswerVerdict verdict = asker.Take(holder, bytes);
    // Anybody else concludes the same from request and answer.
    EXPECT_EQ(JudgeAnswer(ReadRequest(asker.request()).value(), *world_.package, holder,
                          world_.Keys()[holder], bytes),
              verdict);
    EXPECT_EQ(asker.wrong().size(), Blames(verdict) ? 1U : 0U);
    if (Blames(verdict)) {
      EXPECT_EQ(asker.wrong()[0].holder, holder);
      EXPECT_EQ(asker.wrong()[0].evidence, bytes);
    }
    return verdict;
  }
  void ExpectElements(Combined combined, const std::vector<std::string>& people) {
    const LoggedDurably logged = world_.Log().Log(combined.Log());
    const Combined::Elements persons = std::move(combined).Release(logged).value();
    ASSERT_EQ(persons.size(), people.size());
    for (size_t i = 0; i < people.size(); ++i) {
      ASSERT_EQ(persons[i].size(), 1U);
      EXPECT_EQ(crypto::View(persons[i][0].bytes().expose()),
                crypto::View(world_.ElementOf(kPurpose, people[i]).encoding()));
    }
  }

  World world_{5, 3};
};

TEST_F(AskerTest, ThreeOfFiveGiveTheElementOfEachPerson) {
  Asker asker = world_.Begin(People({"een", "twee", "drie"}));
  const auto first = asker.Next();
  EXPECT_EQ(first.size(), 4U) << "more than are needed are asked at once";
  EXPECT_EQ(std::set<MemberIndex>(first.begin(), first.end()).size(), 4U);
  EXPECT_THAT(asker.Next(), IsEmpty());
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(asker.standing(), Asker::Standing::kAsking);
    EXPECT_EQ(asker.Take(first[i], world_.Honest(first[i], asker.request())),
              AnswerVerdict::kRight);
  }
  EXPECT_EQ(asker.standing(), Asker::Standing::kReady);
  auto result = std::move(asker).Combine();
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->answers().size(), 3U);
  ASSERT_EQ(result->signed_answers().size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    const Answer kept = ReadAnswer(ReadAnswerEnvelope(result->signed_answers()[i]).value()).value();
    EXPECT_EQ(crypto::View(kept.digest), result->answers()[i].answer_digest());
    EXPECT_EQ(kept.body.holder(), result->answers()[i].holder());
  }
  ExpectElements(*std::move(result), {"een", "twee", "drie"});
}

TEST_F(AskerTest, AnyQuorumGivesTheSame) {
  for (MemberIndex absent = 1; absent <= 5; ++absent) {
    Asker asker = world_.Begin(People({"een"}));
    for (auto next = asker.Next(); !next.empty(); next = asker.Next()) {
      for (const MemberIndex holder : next) {
        if (holder == absent) {
          asker.Lost(holder);
        } else {
          asker.Take(holder, world_.Honest(holder, asker.request()));
        }
      }
    }
    auto result = std::move(asker).Combine();
    ASSERT_TRUE(result.ok()) << result.status();
    ExpectElements(*std::move(result), {"een"});
  }
}

TEST_F(AskerTest, AWrongHolderIsNamedAndAnotherOneAsked) {
  Asker asker = world_.Begin(People({"een"}));
  const auto first = asker.Next();
  peer::v1::EvaluationAnswer wrong = world_.Answer(first[0], asker.request());
  wrong.set_evaluated(world_.Answer(first[1], asker.request()).evaluated());
  asker.Take(first[0], world_.Signed(first[0], wrong));
  asker.Lost(first[1]);
  const auto more = asker.Next();
  ASSERT_EQ(more.size(), 1U) << "in the place of the two, there is one more to ask";
  for (const MemberIndex holder : {first[2], first[3], more[0]}) {
    EXPECT_EQ(asker.Take(holder, world_.Honest(holder, asker.request())), AnswerVerdict::kRight);
  }
  ASSERT_EQ(asker.wrong().size(), 1U);
  EXPECT_EQ(asker.wrong()[0].holder, first[0]);
  ExpectElements(std::move(asker).Combine().value(), {"een"});
}

TEST_F(AskerTest, ALateAnswerStillCounts) {
  Asker asker = world_.Begin(People({"een"}));
  std::vector<MemberIndex> asked;
  for (auto next = asker.Next(); !next.empty(); next = asker.Next()) {
    for (const MemberIndex holder : next) {
      asked.push_back(holder);
      asker.Lost(holder);
    }
  }
  EXPECT_EQ(asker.standing(), Asker::Standing::kFailed);
  EXPECT_THAT(std::move(asker).Combine().status().message(), HasSubstr("ask again"));
  for (size_t i = 0; i < 3; ++i) {
    asker.Take(asked[i], world_.Honest(asked[i], asker.request()));
  }
  EXPECT_EQ(asker.standing(), Asker::Standing::kReady);
}

TEST_F(AskerTest, ARefusalIsToldAndBlamesNobody) {
  const Change refuse = [](auto& answer) {
    answer.clear_evaluated();
    answer.clear_proof();
    answer.set_refusal(peer::v1::EVALUATION_REFUSAL_QUOTA);
  };
  EXPECT_EQ(Verdict(refuse), AnswerVerdict::kRefusal);
  Asker asker = world_.Begin(People({"een"}));
  test::Drive(asker, [&](MemberIndex holder) {
    peer::v1::EvaluationAnswer answer = world_.Answer(holder, asker.request());
    refuse(answer);
    return world_.Signed(holder, answer);
  });
  EXPECT_EQ(asker.standing(), Asker::Standing::kFailed);
  EXPECT_EQ(asker.refusals().size(), 4U) << "one holder alone is not worth asking";
  EXPECT_EQ(asker.refusals().begin()->second, peer::v1::EVALUATION_REFUSAL_QUOTA);
}

TEST_F(AskerTest, WhatAnybodyCouldHaveMadeBlamesNobody) {
  Asker asker = world_.Begin(People({"een"}));
  Asker other = world_.Begin(People({"een"}));
  const auto next = asker.Next();
  std::string altered = world_.Honest(next[0], asker.request());
  altered.back() = static_cast<char>(altered.back() ^ 1);
  EXPECT_EQ(asker.Take(next[0], "geen antwoord"), AnswerVerdict::kUnreadable);
  EXPECT_EQ(asker.Take(next[0], altered), AnswerVerdict::kUnsigned);
  EXPECT_EQ(asker.Take(next[0], world_.Honest(next[1], asker.request())), AnswerVerdict::kUnsigned);
  EXPECT_EQ(asker.Take(next[0], world_.Honest(next[0], other.request())),
            AnswerVerdict::kOtherRequest);
  EXPECT_THAT(asker.wrong(), IsEmpty());
  EXPECT_EQ(asker.Take(next[0], world_.Honest(next[0], asker.request())), AnswerVerdict::kRight);
  EXPECT_EQ(asker.Take(next[0], world_.Honest(next[0], asker.request())),
            AnswerVerdict::kOtherRequest)
      << "one holder counts once";
}

// The rows of attacks on an evaluation, each under its name.

TEST_F(AskerTest, AttackShareSubstitution) {
  World other(5, 3, 99);
  EXPECT_EQ(Verdict([&](auto& answer) {  // D under another key
              const auto holder = static_cast<MemberIndex>(answer.holder());
              Asker asker = world_.Begin(People({"een", "twee"}));
              answer.set_evaluated(other.Answer(holder, asker.request()).evaluated());
            }),
            AnswerVerdict::kProof);
  EXPECT_EQ(Verdict([](auto& answer) {  // permuted D
              const std::string d = answer.evaluated();
              answer.set_evaluated(d.substr(32) + d.substr(0, 32));
            }),
            AnswerVerdict::kProof);
  Asker asker = world_.Begin(People({"een", "twee"}));
  const auto next = asker.Next();
  // Another holder's answer and proof, adaptively, after seeing it.
  peer::v1::EvaluationAnswer copied = world_.Answer(next[1], asker.request());
  copied.set_holder(next[0]);
  EXPECT_EQ(asker.Take(next[0], world_.Signed(next[0], copied)), AnswerVerdict::kProof);
  // A stale generation has another verification key under the same key id.
  World stale(5, 3);
  stale.shares.at(next[2]) = oprf::SecretScalar::Random(stale.random);
  EXPECT_EQ(asker.Take(next[2], stale.Honest(next[2], asker.request())), AnswerVerdict::kProof);
}

TEST_F(AskerTest, AttackDleqOmittedEmptyAllZeroOrOfAnotherBatch) {
  EXPECT_EQ(Verdict([](auto& answer) { answer.clear_proof(); }), AnswerVerdict::kMalformed);
  EXPECT_EQ(Verdict([](auto& answer) { answer.mutable_proof()->resize(32); }),
            AnswerVerdict::kMalformed);
  EXPECT_EQ(Verdict([](auto& answer) { answer.set_proof(std::string(64, '\0')); }),
            AnswerVerdict::kProof);
  EXPECT_EQ(Verdict([](auto& answer) { answer.set_proof(std::string(64, '\xff')); }),
            AnswerVerdict::kProof);
  EXPECT_EQ(
      Verdict([&](auto& answer) {
        Asker other = world_.Begin(People({"een", "twee"}));
        answer.set_proof(
            world_.Answer(static_cast<MemberIndex>(answer.holder()), other.request()).proof());
      }),
      AnswerVerdict::kProof);
}

TEST_F(AskerTest, AttackKnownKeyDEqualsCAndDEqualsXTimesC) {
  for (const uint64_t x : {1, 2, 7}) {
    Asker asker = world_.Begin(People({"een"}));
    const MemberIndex holder = asker.Next().front();
    const auto blinded = ElementsOf(ReadRequest(asker.request())->body.persons()).value();
    // Proved with the known key, as well as that can be.
    const oprf::Scalar key(x);
    crypto::Secret<32> bytes;
    std::copy(key.bytes().begin(), key.bytes().end(), bytes.mutable_span().begin());
    const auto known = oprf::SecretScalar::Deserialize(std::move(bytes)).value();
    const auto evaluation =
        oprf::BlindEvaluate(known, oprf::MultiplyGenerator(known), blinded, world_.random).value();
    peer::v1::EvaluationAnswer answer = world_.Answer(holder, asker.request());
    answer.set_evaluated(std::string(crypto::View(evaluation.evaluated[0])));
    EXPECT_EQ(answer.evaluated() == crypto::View(blinded[0]), x == 1);
    answer.set_proof(std::string(crypto::View(evaluation.proof.Serialize())));
    EXPECT_EQ(asker.Take(holder, world_.Signed(holder, answer)), AnswerVerdict::kProof);
  }
}

TEST_F(AskerTest, AttackDuplicateOrOutOfSetIndex) {
  for (const uint32_t index : {6U, 65535U}) {
    EXPECT_EQ(Verdict([&](auto& answer) { answer.set_holder(index); }), AnswerVerdict::kIndex);
  }
  // Index 0, and one that is an index again when cut short.
  for (const uint32_t index : {0U, 65536U + 1U}) {
    EXPECT_EQ(Verdict([&](auto& answer) { answer.set_holder(index); }), AnswerVerdict::kMalformed);
  }
  Asker asker = world_.Begin(People({"een"}));
  const auto next = asker.Next();
  // Signed by one holder under the index of another that is needed as well.
  peer::v1::EvaluationAnswer answer = world_.Answer(next[1], asker.request());
  EXPECT_EQ(asker.Take(next[0], world_.Signed(next[0], answer)), AnswerVerdict::kIndex);
  EXPECT_EQ(asker.Take(next[1], world_.Honest(next[1], asker.request())), AnswerVerdict::kRight);
  EXPECT_EQ(asker.Take(next[2], world_.Honest(next[2], asker.request())), AnswerVerdict::kRight);
  EXPECT_EQ(asker.Take(next[2], world_.Honest(next[2], asker.request())),
            AnswerVerdict::kOtherRequest);
  EXPECT_EQ(asker.Take(7, world_.Honest(next[3], asker.request())), AnswerVerdict::kOtherRequest);
  EXPECT_EQ(asker.standing(), Asker::Standing::kAsking) << "two holders are not three";
}

TEST_F(AskerTest, AttackIdentityInAnAnswer) {
  EXPECT_EQ(Verdict([](auto& answer) { answer.mutable_evaluated()->replace(0, 32, 32, '\0'); }),
            AnswerVerdict::kElements);
}

TEST_F(AskerTest, AttackNonCanonicalEncodingsInAnAnswer) {
  EXPECT_EQ(Verdict([](auto& answer) {  // bit 255, which libsodium takes for the same element
              char& last = (*answer.mutable_evaluated())[31];
              last = static_cast<char>(last | 0x80);
            }),
            AnswerVerdict::kElements);
  EXPECT_EQ(Verdict([](auto& answer) {  // negative, as RFC 9496 calls it
              char& first = (*answer.mutable_evaluated())[0];
              first = static_cast<char>(first | 0x01);
            }),
            AnswerVerdict::kElements);
  EXPECT_EQ(Verdict([](auto& answer) {  // a scalar that is not reduced
              char& last = (*answer.mutable_proof())[31];
              last = static_cast<char>(last | 0xf0);
            }),
            AnswerVerdict::kProof);
}

TEST_F(AskerTest, AnotherKeyOrCountIsTheHoldersDoing) {
  EXPECT_EQ(Verdict([](auto& answer) { answer.mutable_key_id()->back() ^= 1; }),
            AnswerVerdict::kKey);
  EXPECT_EQ(Verdict([](auto& answer) { answer.set_generation(2); }), AnswerVerdict::kKey);
  EXPECT_EQ(Verdict([](auto& answer) { answer.mutable_evaluated()->resize(32); }),
            AnswerVerdict::kCount);
}

TEST_F(AskerTest, ARefusalBlamesNobodyWhateverElseItSays) {
  EXPECT_EQ(Verdict([](auto& answer) {
              answer.clear_evaluated();
              answer.clear_proof();
              answer.set_refusal(peer::v1::EVALUATION_REFUSAL_UPDATE);
              answer.mutable_key_id()->back() ^= 1;
              answer.set_generation(2);
              answer.set_holder(4);
            }),
            AnswerVerdict::kRefusal);
}

TEST_F(AskerTest, AVersionNotKnownHereBlamesNobody) {
  EXPECT_EQ(Verdict([](auto& answer) { answer.set_version(2); }), AnswerVerdict::kOtherVersion);
  EXPECT_EQ(Verdict([](auto& answer) {  // with what this version has no form for
              answer.set_version(3);
              answer.mutable_evaluated()->append("x");
              answer.GetReflection()->MutableUnknownFields(&answer)->AddVarint(100, 1);
            }),
            AnswerVerdict::kOtherVersion);
}

// A right answer, held against another package than the one it was asked under.
TEST_F(AskerTest, AttackAnHonestHolderHeldAgainstAnotherPackageIsNotBlamed) {
  Asker asker = world_.Begin(People({"een"}));
  const std::string bytes = world_.Honest(2, asker.request());
  const Request request = ReadRequest(asker.request()).value();
  const auto judged = [&](const std::function<void(keys::Package&)>& change) {
    keys::Package other = *World(5, 3, 99).package;
    other.key_id = world_.package->key_id;
    change(other);
    return JudgeAnswer(request, other, 2, world_.Keys()[2], bytes);
  };
  EXPECT_EQ(JudgeAnswer(request, *world_.package, 2, world_.Keys()[2], bytes),
            AnswerVerdict::kRight);
  EXPECT_EQ(judged([](auto& package) { package.generation = 2; }), AnswerVerdict::kOtherRequest);
  EXPECT_EQ(judged([](auto& package) { package.key_id[0] ^= 1; }), AnswerVerdict::kOtherRequest);
  EXPECT_EQ(judged([](auto& package) { package.partnership = "ander.example"; }),
            AnswerVerdict::kOtherRequest);
}

TEST_F(AskerTest, QuestionAndPackageMustBeOfOneKey) {
  World other(5, 3, 7);
  Question question = other.Ask(People({"een"}));
  const Asking asking = other.AskingFor(question);
  const LoggedDurably logged = other.Log().Log(question);
  EXPECT_THAT(Asker::Begin(std::move(question), logged, world_.package, world_.Keys(), asking,
                           world_.keys.at(1).identity)
                  .status()
                  .message(),
              HasSubstr("another key"));
}

TEST_F(AskerTest, NobodyIsAskedBeforeThisQuestionIsLogged) {
  Question question = world_.Ask(People({"een"}));
  const Asking asking = world_.AskingFor(question);
  const LoggedDurably other = world_.Log().Log(world_.Ask(People({"een"})));
  EXPECT_THAT(Asker::Begin(std::move(question), other, world_.package, world_.Keys(), asking,
                           world_.keys.at(1).identity)
                  .status()
                  .message(),
              HasSubstr("log this one first"));
}

TEST_F(AskerTest, NoElementIsGivenOutBeforeTheEndIsLogged) {
  const auto combined = [&] {
    Asker asker = world_.Begin(People({"een"}));
    test::Drive(asker, [&](MemberIndex holder) { return world_.Honest(holder, asker.request()); });
    return std::move(asker).Combine().value();
  };
  Combined one = combined();
  const LoggedDurably other = world_.Log().Log(combined().Log());
  EXPECT_THAT(std::move(one).Release(other).status().message(), HasSubstr("log this one first"));
  const ToLog end = combined().Log();
  EXPECT_EQ(end.counterpart.outcome(), "combined");
  const Asker asker = world_.Begin(People({"een"}));
  EXPECT_EQ(asker.Failed().counterpart.outcome(), "failed");
  EXPECT_NE(asker.Failed().step, end.step);
}

TEST_F(AskerTest, HoldersTakeTurns) {
  std::map<MemberIndex, int> first;
  for (int i = 0; i < 200; ++i) ++first[world_.Begin(People({"een"})).Next().front()];
  for (MemberIndex i = 1; i <= 5; ++i) EXPECT_GT(first[i], 15) << i;
}

}  // namespace
}  // namespace sluis::evaluation
