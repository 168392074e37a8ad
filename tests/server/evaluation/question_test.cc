#include "server/evaluation/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "server/ledger/part.h"
#include "tests/server/evaluation/world.h"
#include "tests/support/places.h"

namespace sluis::evaluation {
namespace {

using test::People;
using test::StuckRandom;
using test::World;
using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const absl::StatusOr<Question>& question) {
  return std::string(question.status().message());
}

class QuestionTest : public ::testing::Test {
 protected:
  absl::StatusOr<Question> Of(std::vector<Person> persons) {
    return Question::Of(*world_.package, std::move(persons), {world_.random, world_.hedge});
  }
  World world_{3, 2};
};

TEST_F(QuestionTest, BlindsAreNeverUsedAgain) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const Question question = world_.Ask(People({"een", "twee"}));
    for (const auto& person : question.blinded()) {
      EXPECT_TRUE(seen.insert(person.elements()).second);
    }
  }
}

TEST_F(QuestionTest, AStuckRandomSourceRepeatsNoBlindForAnotherPersonPlaceOrNode) {
  StuckRandom stuck;
  std::set<std::string> blinds;
  const auto collect = [&](std::vector<Person> persons, const crypto::Secret<32>& hedge) {
    record::v1::SubjectPart subject;
    Question::Of(*world_.package, std::move(persons), {stuck, hedge})->FillSubject(subject);
    bool fresh = true;
    for (const auto& person : subject.evaluated()) {
      fresh = blinds.insert(person.inputs(0).blind()).second && fresh;
    }
    return fresh;
  };
  EXPECT_TRUE(collect(People({"een", "twee"}), world_.hedge));
  EXPECT_TRUE(collect(People({"drie", "een"}), world_.hedge));
  crypto::Secret<32> other;
  other.mutable_span()[0] = 1;
  EXPECT_TRUE(collect(People({"een"}), other)) << "who has no secret of the node has no blind";
  EXPECT_FALSE(collect(People({"een"}), other)) << "the very same question, request id included";
}

// A source that gave every request the same id would still not repeat a blind.
TEST_F(QuestionTest, EveryBlindTakesFreshBytesOfItsOwn) {
  class OneId final : public crypto::Random {
   public:
    void Fill(std::span<uint8_t> out) override {
      if (out.size() == 16) {
        std::fill(out.begin(), out.end(), uint8_t{7});
      } else {
        rest.Fill(out);
      }
    }
    tests::SeededRandom rest{3};
  } random;
  std::set<std::string> elements;
  for (int i = 0; i < 5; ++i) {
    const auto question = Question::Of(*world_.package, People({"een"}), {random, world_.hedge});
    EXPECT_EQ(question->request_id()[0], 7);
    EXPECT_TRUE(elements.insert(question->blinded()[0].elements()).second);
  }
}

TEST_F(QuestionTest, SubjectAndCounterpartPartsSayWhatWasAsked) {
  std::vector<Person> persons = People({"een", "twee"});
  persons[1].push_back({"nrn", Wiped("85073003328")});
  const Question question = world_.Ask(std::move(persons));
  EXPECT_EQ(question.count(), 3U);
  record::v1::SubjectPart subject;
  question.FillSubject(subject);
  ASSERT_EQ(subject.evaluated_size(), 2);
  ASSERT_EQ(subject.evaluated(1).inputs_size(), 2);
  EXPECT_EQ(subject.evaluated(1).inputs(1).kind(), "nrn");
  EXPECT_EQ(subject.evaluated(1).inputs(1).identifier(), "85073003328");
  const std::string part = AskerPart(question.entry(), kOutcomeAsked).SerializeAsString();
  EXPECT_EQ(ReadAskerPart(part), question.entry());
  EXPECT_THAT(part, Not(HasSubstr("85073003328")));
  record::v1::CounterpartPart more;
  more.ParseFromString(part);
  more.set_peer("lid-2.example");
  EXPECT_EQ(ReadAskerPart(more.SerializeAsString()), std::nullopt);
  EXPECT_EQ(ReadAskerPart(AskerPart(question.entry(), kOutcomeFailed).SerializeAsString()),
            std::nullopt);
  WipeSubject(subject);
  EXPECT_EQ(subject.evaluated_size(), 0);
}

TEST_F(QuestionTest, AnInputIsThatOfTheReferenceModel) {
  std::ifstream file(tests::InSources("/tests/vectors/threshold-voprf.json"));
  const auto vectors = nlohmann::json::parse(file);
  const auto& inputs = vectors["cases"][0]["evaluation"]["inputs"];
  const char* purposes[] = {"A", "B"};
  for (size_t i = 0; i < 2; ++i) {
    const auto input = InputOf("demo", purposes[i], "be-nrn", "85073003328");
    ASSERT_TRUE(input.ok()) << input.status();
    EXPECT_EQ(crypto::HexEncode(input->view()), inputs[i].get<std::string>());
  }
}

TEST_F(QuestionTest, TheLargestQuestionFitsInAPart) {
  std::vector<Person> persons(kMaxPersons);
  for (size_t i = 0; i < kMaxElements; ++i) {
    std::string identifier = std::to_string(i);
    identifier.resize(kMaxIdentifierBytes, 'x');
    persons[i / kMaxKeysPerPerson].push_back({std::string(kMaxKindBytes, 'k'), Wiped(identifier)});
  }
  record::v1::SubjectPart subject;
  world_.Ask(std::move(persons)).FillSubject(subject);
  subject.set_case_ref(std::string(32, 'C'));
  EXPECT_LE(subject.SerializeAsString().size(), ledger::kMaxPartBytes);
}

TEST_F(QuestionTest, BoundsAreKeptWithoutNamingAnybody) {
  EXPECT_THAT(TextOf(Of({})), HasSubstr("1 to 8 persons"));
  EXPECT_THAT(TextOf(Of(std::vector<Person>(1))), HasSubstr("1 to 3 match keys"));
  std::vector<std::string> nine;
  for (int i = 0; i < 9; ++i) nine.push_back("persoon " + std::to_string(i));
  EXPECT_THAT(TextOf(Of(People(nine))), HasSubstr("1 to 8 persons"));
  std::vector<Person> four(1);
  for (int i = 0; i < 4; ++i) four[0].push_back({"name", Wiped(std::to_string(i))});
  EXPECT_THAT(TextOf(Of(std::move(four))), HasSubstr("1 to 3 match keys"));
  const std::string twice = TextOf(Of(People({"jan peeters", "jan peeters"})));
  EXPECT_THAT(twice, HasSubstr("twice"));
  EXPECT_THAT(twice, Not(HasSubstr("jan")));
  EXPECT_THAT(TextOf(Of(People({""}))), HasSubstr("1 to 200 bytes"));
  EXPECT_THAT(TextOf(Of(People({std::string(201, 'x')}))), HasSubstr("1 to 200 bytes"));
  std::vector<Person> kind(1);
  kind[0].push_back({"a kind", Wiped("een")});
  EXPECT_THAT(TextOf(Of(std::move(kind))), HasSubstr("kind"));
}

TEST_F(QuestionTest, AKeyThatTakesElementsOnIsNotAskedAboutPersons) {
  keys::Package roll = *world_.package;
  roll.use = record::v1::KEY_USE_ROLL;
  EXPECT_THAT(TextOf(Question::Of(roll, People({"een"}), {world_.random, world_.hedge})),
              HasSubstr("tags"));
}

}  // namespace
}  // namespace sluis::evaluation
