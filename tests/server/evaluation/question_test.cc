#include "server/evaluation/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "server/evaluation/limits.h"
#include "server/identity/opened_input.h"
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
    return Question::Of(*world_.package, "C-2026-014", std::move(persons),
                        {world_.random, world_.hedge});
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
    Question::Of(*world_.package, "C-2026-014", std::move(persons), {stuck, hedge})
        ->FillSubject(subject);
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
    const auto question =
        Question::Of(*world_.package, "C-2026-014", People({"een"}), {random, world_.hedge});
    EXPECT_EQ(question->request_id()[0], 7);
    EXPECT_TRUE(elements.insert(question->blinded()[0].elements()).second);
  }
}

TEST_F(QuestionTest, SubjectAndCounterpartPartsSayWhatWasAsked) {
  std::vector<Person> persons = People({"een", "twee"});
  persons[1].push_back(test::NumberKey("85073003328"));
  const Question question = world_.Ask(std::move(persons));
  EXPECT_EQ(question.count(), 3U);
  record::v1::SubjectPart subject;
  question.FillSubject(subject);
  ASSERT_EQ(subject.evaluated_size(), 2);
  ASSERT_EQ(subject.evaluated(1).inputs_size(), 2);
  EXPECT_EQ(subject.case_ref(), "C-2026-014");
  EXPECT_EQ(subject.evaluated(1).inputs(0).kind(), "name-date");
  EXPECT_EQ(subject.evaluated(1).inputs(1).kind(), "be-nrn");
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
    const identity::CrossNodeInput input = test::NumberKey("85073003328", purposes[i], "demo");
    EXPECT_EQ(crypto::HexEncode(input.expose()), inputs[i].get<std::string>());
    const auto opened = identity::OpenedInput(
        "be-nrn", identity::KeyScope::Of("demo", purposes[i]).value(), "85073003328");
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(identity::View(*opened), input.expose()) << "as who opens makes it anew";
  }
}

TEST_F(QuestionTest, TheLargestQuestionFitsInAPart) {
  const std::string case_ref(kMaxCaseRefBytes, 'C');
  const auto size = [&](int count, size_t letters) {
    std::vector<Person> persons;
    for (int i = 0; i < count; ++i) persons.push_back(test::EveryKeyOf(i, case_ref, letters));
    const auto question =
        Question::Of(*world_.package, case_ref, std::move(persons), {world_.random, world_.hedge});
    if (!question.ok()) {
      EXPECT_THAT(TextOf(question), HasSubstr("fewer persons at a time"));
      return size_t{0};
    }
    record::v1::SubjectPart subject;
    question->FillSubject(subject);
    return subject.SerializeAsString().size();
  };
  for (size_t letters = 8; letters <= identity::kMaxNameBytes; letters += 7) {
    EXPECT_LE(size(8, letters), ledger::kMaxPartBytes) << letters;
  }
  EXPECT_GT(size(8, 40), 3000U) << "eight with long names fit";
  EXPECT_GT(size(1, identity::kMaxNameBytes), 1000U) << "and one with the longest";
  EXPECT_EQ(size(8, identity::kMaxNameBytes), 0U);
}

// Words of kinds, their form and what may cross come from server/identity and from nowhere else.
static_assert(std::is_same_v<Person, std::vector<identity::CrossNodeInput>>);
static_assert(!std::is_constructible_v<Person::value_type, std::string, std::string>);
static_assert(kMaxKeysPerPerson == identity::kMaxCrossingOfOnePerson);

TEST_F(QuestionTest, OnlyWhatWasMadeForThisKeyAndCaseIsAsked) {
  EXPECT_THAT(TextOf(Of(People({"een"}, "ander-doel"))), HasSubstr("another partnership"));
  std::vector<Person> elsewhere(1);
  elsewhere[0].push_back(test::NameKey("een", test::kPurpose, "ander.example"));
  EXPECT_THAT(TextOf(Of(std::move(elsewhere))), HasSubstr("another partnership"));
  std::vector<Person> other_case;
  other_case.push_back(test::EveryKeyOf(1, "C-2026-099"));
  EXPECT_THAT(TextOf(Of(std::move(other_case))), HasSubstr("granted for another case"));
  std::vector<Person> this_case;
  this_case.push_back(test::EveryKeyOf(1, "C-2026-014"));
  EXPECT_TRUE(Of(std::move(this_case)).ok());
  for (const size_t bytes : {size_t{0}, kMaxCaseRefBytes + 1}) {
    EXPECT_THAT(TextOf(Question::Of(*world_.package, std::string(bytes, 'C'), People({"een"}),
                                    {world_.random, world_.hedge})),
                HasSubstr("one case"));
  }
}

// What never crosses cannot be hidden under a word of its own either when an entry is opened.
TEST_F(QuestionTest, AnOpenedInputIsOfAKindThatMayCross) {
  const auto scope = identity::KeyScope::Of(test::kPartnership, test::kPurpose).value();
  for (const identity::KeyKind kind : identity::kKeyKinds) {
    EXPECT_EQ(identity::OpenedInput(identity::IdType(kind), scope, "x").ok(),
              identity::ReachOf(kind) != identity::Reach::kOwnNode)
        << identity::IdType(kind);
  }
  EXPECT_FALSE(identity::OpenedInput("nrn", scope, "x").ok());
  EXPECT_FALSE(identity::OpenedInput("", scope, "x").ok());
  EXPECT_FALSE(identity::OpenedInput("be-nrn", scope, "").ok());
  const std::string longest(identity::kMaxIdentifierBytes + 1, 'x');
  EXPECT_FALSE(identity::OpenedInput("name-date", scope, longest).ok());
  for (const identity::CrossNodeInput& key : test::EveryKeyOf(3)) {
    const auto opened = identity::OpenedInput(key.kind_word(), key.scope(), key.identifier());
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(identity::View(*opened), key.expose());
  }
}

TEST_F(QuestionTest, BoundsAreKeptWithoutNamingAnybody) {
  EXPECT_THAT(TextOf(Of({})), HasSubstr("1 to 8 persons"));
  EXPECT_THAT(TextOf(Of(std::vector<Person>(1))), HasSubstr("1 to 5 match keys"));
  std::vector<std::string> nine;
  for (int i = 0; i < 9; ++i) nine.push_back("persoon " + std::to_string(i));
  EXPECT_THAT(TextOf(Of(People(nine))), HasSubstr("1 to 8 persons"));
  std::vector<Person> six(1);
  for (int i = 0; i < 6; ++i) six[0].push_back(test::NameKey(std::to_string(i)));
  EXPECT_THAT(TextOf(Of(std::move(six))), HasSubstr("1 to 5 match keys"));
  const std::string twice = TextOf(Of(People({"jan peeters", "jan peeters"})));
  EXPECT_THAT(twice, HasSubstr("twice"));
  EXPECT_THAT(twice, Not(HasSubstr("jan")));
}

TEST_F(QuestionTest, AKeyThatTakesElementsOnIsNotAskedAboutPersons) {
  keys::Package roll = *world_.package;
  roll.use = record::v1::KEY_USE_ROLL;
  EXPECT_THAT(
      TextOf(Question::Of(roll, "C-2026-014", People({"een"}), {world_.random, world_.hedge})),
      HasSubstr("tags"));
}

}  // namespace
}  // namespace sluis::evaluation
