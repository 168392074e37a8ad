#include "server/evaluation/holder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "server/evaluation/judge.h"
#include "tests/server/evaluation/holders.h"
#include "tests/support/person.h"

namespace sluis::evaluation {
namespace {

using peer::v1::EvaluationRefusal;
using test::AskerLog;
using test::Holders;
using test::kPurpose;
using test::NameOf;
using test::People;
using test::World;
using ::testing::HasSubstr;

constexpr auto kRefused = peer::v1::EVALUATION_REFUSAL_REFUSED;
constexpr auto kMalformed = peer::v1::EVALUATION_REFUSAL_MALFORMED;
constexpr auto kUpdate = peer::v1::EVALUATION_REFUSAL_UPDATE;
constexpr auto kUsed = peer::v1::EVALUATION_REFUSAL_USED;

class HolderTest : public ::testing::Test {
 protected:
  // What holder 2 makes of a request whose fields are changed before node and person sign it.
  std::optional<EvaluationRefusal> Ground(
      const std::function<void(peer::v1::EvaluationRequest&)>& change,
      const std::function<void(record::v1::UserStatement&)>& change_statement = nullptr) {
    const Question question = world_.Ask(People({"een", "twee"}));
    peer::v1::EvaluationRequest body = Body(question);
    change(body);
    record::v1::UserStatement statement = world_.Statement();
    if (change_statement) change_statement(statement);
    *body.mutable_user() = world_.Signature(
        ItemOf(crypto::ToFixed<16>(body.request_id()).value(), body.case_token(),
               crypto::ToFixed<32>(body.key_id()).value(), BlindedDigest(body.persons())),
        statement);
    return holders_.Ground(2, SignRequest(body, identity()).Serialise());
  }
  peer::v1::EvaluationRequest Body(const Question& question) {
    const Asking asking = world_.AskingFor(question);
    peer::v1::EvaluationRequest body;
    body.set_version(1);
    body.set_partnership(test::kPartnership);
    body.set_asker(asking.asker);
    body.set_request_id(std::string(crypto::View(question.request_id())));
    body.set_key_id(std::string(crypto::View(question.key_id())));
    body.set_generation(1);
    body.set_purpose(kPurpose);
    body.set_basis(asking.basis);
    body.set_case_token(asking.case_token);
    body.set_leaf_hash(std::string(crypto::View(world_.random.Array<32>())));
    *body.mutable_persons() = question.blinded();
    *body.mutable_user() = asking.user;
    return body;
  }
  const crypto::SigningKey& identity() const { return world_.keys.at(1).identity; }
  std::string Request() { return world_.Begin(People({"een"})).request(); }

  World world_{5, 3};
  Holders holders_{world_};
};

TEST_F(HolderTest, AnswersWhatIsRightAndTheAskerHasTheElement) {
  AskerLog log(world_.keys.at(1).log);
  const test::Asked asked = AskAll(world_, log, holders_, People({"een", "twee"}));
  ASSERT_TRUE(asked.result.has_value());
  EXPECT_EQ(crypto::View(asked.result->persons[1][0].bytes().expose()),
            crypto::View(world_.ElementOf(kPurpose, "twee").encoding()));
  EXPECT_EQ(Ground([](auto&) {}), std::nullopt);
}

TEST_F(HolderTest, WhoAsksMustBeTheMemberThatSigned) {
  const std::string request = Request();
  EXPECT_TRUE(std::holds_alternative<Refusal>(
      holders_.At(2).Admit(request, NameOf(3), holders_.partners, test::kNowUs)));
  holders_.partners.member = false;
  EXPECT_EQ(holders_.Ground(2, request), kRefused);
  holders_.partners.member = true;
  EXPECT_EQ(Ground([](auto& body) { body.set_partnership("ander.example"); }), kRefused);
  peer::v1::EvaluationRequest body = Body(world_.Ask(People({"een"})));
  EXPECT_EQ(holders_.Ground(2, SignRequest(body, world_.keys.at(3).identity).Serialise()),
            kRefused);
  EXPECT_EQ(holders_.Ground(2, request), std::nullopt) << "none of that used it up";
  const auto dropped =
      holders_.At(2).Admit("geen verzoek", NameOf(1), holders_.partners, test::kNowUs);
  ASSERT_TRUE(std::holds_alternative<Refusal>(dropped));
  EXPECT_FALSE(holders_.At(2)
                   .SignRefusal(std::get<Refusal>(dropped), holders_.Log(ToLog{}), identity())
                   .ok());
}

// Somebody with a mandate for another partnership, in which all the rest is right.
TEST_F(HolderTest, AnotherPartnershipHasNoPartInThisKey) {
  record::v1::Mandate mandate;
  mandate.ParseFromString(world_.mandate.mandate());
  mandate.set_partnership("ander.example");
  world_.mandate = tests::SignMandate(mandate, world_.keys.at(1).mandate);
  EXPECT_EQ(Ground([](auto& body) { body.set_partnership("ander.example"); },
                   [](auto& statement) {
                     statement.set_partnership("ander.example");
                     statement.set_audience("ander.example");
                   }),
            kRefused);
}

TEST_F(HolderTest, AnotherKeyOrSharingIsOutOfDate) {
  EXPECT_EQ(Ground([](auto& body) { body.mutable_key_id()->back() ^= 1; }), kUpdate);
  EXPECT_EQ(Ground([](auto& body) { body.set_generation(2); }), kUpdate);
  Holder closed = Holder::Make({world_.package, 2, test::kNowUs / kUsPerSecond - 1},
                               std::make_shared<Book>(Caps{}))
                      .value();
  const auto verdict = closed.Admit(Request(), NameOf(1), holders_.partners, test::kNowUs);
  ASSERT_TRUE(std::holds_alternative<Refusal>(verdict)) << "after the window";
  EXPECT_EQ(std::get<Refusal>(verdict).ground, kUpdate);
}

// One holder has the new sharing already, another one still the old.
TEST_F(HolderTest, WhoRefusesAnotherKeyOrSharingIsBlamedForNothing) {
  for (const bool other_key : {false, true}) {
    auto own = std::make_shared<keys::Package>(*world_.package);
    own->generation = 2;
    if (other_key) own->key_id[0] ^= 1;
    Holder holder = Holder::Make({own, 2}, std::make_shared<Book>(Caps{})).value();
    const std::string bytes = Request();
    const auto verdict = holder.Admit(bytes, NameOf(1), holders_.partners, test::kNowUs);
    ASSERT_TRUE(std::holds_alternative<Refusal>(verdict));
    const std::string answer =
        holder
            .SignRefusal(std::get<Refusal>(verdict), holders_.Log(std::get<Refusal>(verdict).Log()),
                         world_.keys.at(2).identity)
            .value();
    EXPECT_EQ(JudgeAnswer(ReadRequest(bytes).value(), *world_.package, 2, world_.Keys()[2], answer),
              AnswerVerdict::kRefusal);
    const peer::v1::EvaluationAnswer body = ReadAnswer(ReadAnswerEnvelope(answer).value())->body;
    EXPECT_EQ(body.refusal(), kUpdate);
    EXPECT_EQ(body.key_id(), crypto::View(world_.package->key_id)) << "of the request";
    EXPECT_EQ(body.generation(), 1U);
  }
}

TEST_F(HolderTest, AttackPurposeConfusion) {
  // Entitled for another purpose than that of the key.
  holders_.partners.entitled_purpose = "dreigingsoverleg";
  EXPECT_EQ(Ground([](auto&) {}), kRefused);
  EXPECT_EQ(Ground([](auto& body) { body.set_purpose("dreigingsoverleg"); },
                   [](auto& statement) { statement.set_purpose("dreigingsoverleg"); }),
            kRefused);
  holders_.partners.entitled_purpose = kPurpose;
  // The person signed for another purpose or basis than the node asks for.
  EXPECT_EQ(Ground([](auto&) {}, [](auto& statement) { statement.set_purpose("iets-anders"); }),
            kRefused);
  EXPECT_EQ(Ground([](auto&) {}, [](auto& statement) { statement.set_basis("iets-anders"); }),
            kRefused);
  EXPECT_EQ(Ground([](auto&) {}), std::nullopt);
}

TEST_F(HolderTest, ThePersonMustHaveSignedExactlyThis) {
  const auto changed = [&](const std::function<void(peer::v1::EvaluationRequest&)>& change) {
    peer::v1::EvaluationRequest body = Body(world_.Ask(People({"een", "twee"})));
    change(body);
    return holders_.Ground(2, SignRequest(body, identity()).Serialise());
  };
  EXPECT_EQ(changed([](auto&) {}), std::nullopt);
  EXPECT_EQ(changed([](auto& body) { body.mutable_case_token()->back() ^= 1; }), kRefused);
  EXPECT_EQ(changed([](auto& body) { body.mutable_request_id()->back() ^= 1; }), kRefused);
  EXPECT_EQ(changed([](auto& body) { body.mutable_persons()->RemoveLast(); }), kRefused);
  EXPECT_EQ(changed([&](auto& body) {
              *body.mutable_persons(0) = world_.Ask(People({"drie"})).blinded()[0];
            }),
            kRefused);
  EXPECT_EQ(changed([&](auto& body) {  // for another key
              crypto::Hash other = world_.package->key_id;
              other[0] ^= 1;
              *body.mutable_user() =
                  world_.Signature(ItemOf(crypto::ToFixed<16>(body.request_id()).value(),
                                          body.case_token(), other, BlindedDigest(body.persons())),
                                   world_.Statement());
            }),
            kRefused);
  EXPECT_EQ(Ground([](auto&) {}, [](auto& s) { s.set_action("share"); }), kRefused);
  EXPECT_EQ(Ground([](auto&) {}, [](auto& s) { s.set_audience("lid-2.example"); }), kRefused);
  EXPECT_EQ(Ground([](auto&) {}, [](auto& s) { s.set_role("administrator"); }), kRefused);
  EXPECT_EQ(Ground([](auto&) {}, [](auto& s) { s.set_mandate_digest(std::string(32, 'x')); }),
            kRefused);
  holders_.now_us = test::kNowUs + 3601 * kUsPerSecond;
  EXPECT_EQ(changed([](auto&) {}), kRefused) << "expired";
}

TEST_F(HolderTest, ANewerListOfRevokedMandatesIsAwaited) {
  const std::string request = Request();  // says list 1
  world_.status.set_number(0);
  EXPECT_EQ(holders_.Ground(2, request), peer::v1::EVALUATION_REFUSAL_LATER);
  world_.status.set_number(2);
  world_.status.add_revoked(std::string(16, 'm'));
  EXPECT_EQ(holders_.Ground(2, request), kRefused);
}

TEST_F(HolderTest, AnIdOrAnEntryServesOnceAlsoAfterARestart) {
  const Question question = world_.Ask(People({"een"}));
  const peer::v1::EvaluationRequest body = Body(question);
  const std::string request = SignRequest(body, identity()).Serialise();
  EXPECT_EQ(holders_.Ground(2, request), std::nullopt);
  EXPECT_EQ(holders_.Ground(2, request), kUsed);
  holders_.Restart(2);
  EXPECT_EQ(holders_.Ground(2, request), kUsed);
  EXPECT_EQ(holders_.Ground(3, request), std::nullopt) << "every holder answers once";
  // Another request on the same entry.
  EXPECT_EQ(Ground([&](auto& other) { other.set_leaf_hash(body.leaf_hash()); }), kUsed);
}

TEST_F(HolderTest, AttackIdentityAmongBlindedElements) {
  EXPECT_EQ(
      Ground([](auto& body) { body.mutable_persons(0)->set_elements(std::string(32, '\0')); }),
      kMalformed);
}

TEST_F(HolderTest, AttackNonCanonicalBlindedElements) {
  const auto with = [&](size_t at, uint8_t bits) {
    return Ground([&](auto& body) {
      char& byte = (*body.mutable_persons(0)->mutable_elements())[at];
      byte = static_cast<char>(static_cast<uint8_t>(byte) | bits);
    });
  };
  EXPECT_EQ(with(31, 0x80), kMalformed) << "bit 255";
  EXPECT_EQ(with(0, 0x01), kMalformed) << "negative";
  EXPECT_EQ(with(31, 0), std::nullopt);
}

TEST_F(HolderTest, NoElementTwiceAndNoMoreThanABatch) {
  EXPECT_EQ(Ground([](auto& body) { *body.mutable_persons(1) = body.persons(0); }), kMalformed);
  EXPECT_EQ(Ground([&](auto& body) {
              const std::string element = body.persons(0).elements();
              body.mutable_persons(0)->set_elements(element + element);
            }),
            kMalformed);
  const auto persons = [&](size_t count, size_t keys) {
    return Ground([&](auto& body) {
      body.clear_persons();
      for (size_t i = 0; i < count; ++i) {
        std::string& elements = *body.add_persons()->mutable_elements();
        for (size_t k = 0; k < keys; ++k) {
          elements += world_.Ask(People({"x"})).blinded()[0].elements();
        }
      }
    });
  };
  EXPECT_EQ(persons(8, 5), std::nullopt);
  EXPECT_EQ(persons(9, 1), kMalformed);
  EXPECT_EQ(persons(1, 6), kMalformed);
  EXPECT_EQ(persons(0, 0), kMalformed);
}

TEST_F(HolderTest, AttackLogFailureBeforeEvaluation) {
  const std::string request = Request();
  holders_.disk_fails = true;
  EXPECT_EQ(holders_.Answer(2, request), "") << "no answer";
  EXPECT_TRUE(holders_.BookOf(2).All().empty()) << "and nothing counted";
  holders_.disk_fails = false;
  EXPECT_EQ(holders_.Ground(2, request), std::nullopt);
  // That another request is durable says nothing of this one.
  auto verdict = holders_.At(3).Admit(request, NameOf(1), holders_.partners, test::kNowUs);
  const auto another = holders_.At(4).Admit(Request(), NameOf(1), holders_.partners, test::kNowUs);
  const LoggedDurably other = holders_.Log(std::get<Admission>(another).Log());
  EXPECT_THAT(holders_.At(3)
                  .Answer(std::move(std::get<Admission>(verdict)), other,
                          {world_.shares.at(3), world_.keys.at(3).identity, world_.random})
                  .status()
                  .message(),
              HasSubstr("log this one first"));
}

TEST_F(HolderTest, ARefusalIsLoggedBeforeItIsTold) {
  holders_.partners.member = false;
  const auto verdict = holders_.At(2).Admit(Request(), NameOf(1), holders_.partners, test::kNowUs);
  const auto& refusal = std::get<Refusal>(verdict);
  Refusal other = refusal;
  other.ground = kUsed;
  EXPECT_THAT(
      holders_.At(2).SignRefusal(refusal, holders_.Log(other.Log()), identity()).status().message(),
      HasSubstr("log this one first"));
  const ToLog to_log = refusal.Log();
  EXPECT_EQ(to_log.counterpart.outcome(), "refused");
  EXPECT_EQ(to_log.counterpart.peer(), NameOf(1));
  EXPECT_TRUE(holders_.At(2).SignRefusal(refusal, holders_.Log(to_log), identity()).ok());
}

TEST_F(HolderTest, AttackNonceReuseWithAStuckRandomSource) {
  test::StuckRandom stuck;
  const auto proof = [&](const std::string& request) {
    auto verdict = holders_.At(2).Admit(request, NameOf(1), holders_.partners, test::kNowUs);
    auto& admission = std::get<Admission>(verdict);
    const LoggedDurably logged = holders_.Log(admission.Log());
    const std::string bytes = holders_.At(2)
                                  .Answer(std::move(admission), logged,
                                          {world_.shares.at(2), world_.keys.at(2).identity, stuck})
                                  .value();
    return crypto::oprf::Proof::Deserialize(
               ReadAnswer(ReadAnswerEnvelope(bytes).value())->body.proof())
        .value();
  };
  const auto a = proof(Request());
  const auto b = proof(Request());
  // With one nonce twice the share would be (s1 - s2) / (c2 - c1).
  const std::array<crypto::oprf::Scalar, 1> difference = {b.challenge - a.challenge};
  const auto share = (a.response - b.response) * crypto::oprf::Invert(difference).value()[0];
  EXPECT_NE(crypto::oprf::MultiplyGenerator(share), world_.package->Find(2)->verification_key);
}

TEST_F(HolderTest, AShareThatIsNotThePackagesAnswersNothing) {
  auto verdict = holders_.At(2).Admit(Request(), NameOf(1), holders_.partners, test::kNowUs);
  auto& admission = std::get<Admission>(verdict);
  const LoggedDurably logged = holders_.Log(admission.Log());
  EXPECT_THAT(holders_.At(2)
                  .Answer(std::move(admission), logged,
                          {world_.shares.at(3), world_.keys.at(2).identity, world_.random})
                  .status()
                  .message(),
              HasSubstr("shared anew"));
}

TEST_F(HolderTest, TheEntryOfAHolderNamesRequestLeafAndList) {
  const std::string bytes = Request();
  const evaluation::Request request = ReadRequest(bytes).value();
  auto verdict = holders_.At(2).Admit(bytes, NameOf(1), holders_.partners, test::kNowUs);
  const record::v1::CounterpartPart part = std::get<Admission>(verdict).Log().counterpart;
  EXPECT_EQ(part.side(), "receiver");
  EXPECT_EQ(part.kind(), "evaluation");
  EXPECT_EQ(part.outcome(), "evaluated");
  EXPECT_EQ(part.peer(), NameOf(1));
  EXPECT_EQ(part.message_digest(), crypto::View(request.digest));
  EXPECT_EQ(part.peer_leaf_hash(), request.body.leaf_hash());
  EXPECT_EQ(part.exchange_id(), request.body.request_id());
  EXPECT_EQ(part.element_count(), 1U);
  const StoredRow row = std::get<Admission>(verdict).Log().rows.at(0);
  EXPECT_EQ(ReadHeldRow(row.bytes)->signed_request(), bytes);
}

TEST_F(HolderTest, HoldersAreMadeOfWhatFits) {
  const auto book = std::make_shared<Book>(Caps{});
  EXPECT_TRUE(Holder::Make({world_.package, 1}, book).ok());
  EXPECT_FALSE(Holder::Make({world_.package, 6}, book).ok());
  EXPECT_FALSE(Holder::Make({nullptr, 1}, book).ok());
  EXPECT_FALSE(Holder::Make({world_.package, 1}, nullptr).ok());
  auto roll = std::make_shared<keys::Package>(*world_.package);
  roll->use = record::v1::KEY_USE_ROLL;
  EXPECT_FALSE(Holder::Make({roll, 1}, book).ok());
  const std::vector<std::string> rows = {"geen rij"};
  EXPECT_FALSE(Book::From(Caps{}, rows).ok());
  Caps none;
  none.per_case = 0;
  EXPECT_FALSE(Book::From(none, {}).ok());
}

}  // namespace
}  // namespace sluis::evaluation
