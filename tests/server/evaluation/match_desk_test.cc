// Tokens that a node is asked with, and how often it answers them.
#include "server/evaluation/match_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/evaluation/limits.h"
#include "tests/server/evaluation/world.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using test::NameOf;
using test::World;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint64_t kNow_s = test::kNowUs / kUsPerSecond;
const uint32_t kToday = DayOf(kNow_s);
constexpr uint64_t kWindow_s = 3600;

class MatchDeskTest : public ::testing::Test {
 protected:
  KeptElement Kept(const std::string& name) const {
    auto bytes = world_.ElementOf(test::kPurpose, name).encoding();
    return {test::kPartnership, test::kPurpose, world_.package->key_id,
            identity::KeyKind::kNameAndDate,
            oprf::SecretElement::Deserialize(crypto::Secret<32>::FromBytes(bytes)).value()};
  }
  MatchIndex Index(MemberIndex asker, uint32_t day) const {
    const KeptElement een = Kept("een");
    const KeptElement twee = Kept("twee");
    const std::vector<Findable> findable = {
        {een, "R-1", "an"}, {twee, "R-2", "an"}, {een, "R-3", "bo"}};
    return MatchIndex::Of(NameOf(asker), NameOf(2), day, findable).value();
  }
  MatchQuestion Question(const std::string& name, MemberIndex asker = 1,
                         uint32_t day = kToday) const {
    const KeptElement kept = Kept(name);
    return {test::kPartnership, NameOf(asker), day,
            MatchToken(kept.element, kept.key_id, NameOf(asker), NameOf(2), day), crypto::Hash{7}};
  }
  void SetUp() override {
    desk_.Lay(Index(1, kToday));
    desk_.Lay(Index(1, kToday - 1));
  }
  std::set<std::string> Answered(const MatchQuestion& question, uint64_t now_s) {
    std::optional<Hit> hit = desk_.Ask(question, now_s);
    if (!hit) return {};
    const ToLog to_log = hit->Log();
    rows_.push_back(to_log.rows.at(0).bytes);
    return desk_.Give(*std::move(hit), world_.Log().Log(to_log)).value();
  }

  World world_{3, 2};
  MatchDesk desk_ = MatchDesk::From(kWindow_s, {}).value();
  std::vector<std::string> rows_;
};

TEST_F(MatchDeskTest, ATokenIsAnsweredOnceAlsoAfterARestart) {
  EXPECT_THAT(Answered(Question("een"), kNow_s), ElementsAre("R-1", "R-3"));
  EXPECT_THAT(Answered(Question("een"), kNow_s), IsEmpty());
  EXPECT_THAT(Answered(Question("twee"), kNow_s), ElementsAre("R-2"));
  desk_ = MatchDesk::From(kWindow_s, rows_).value();
  desk_.Lay(Index(1, kToday));
  EXPECT_THAT(Answered(Question("een"), kNow_s), IsEmpty());
  EXPECT_THAT(Answered(Question("een", 1, kToday - 1), kNow_s), IsEmpty());
}

TEST_F(MatchDeskTest, AttackAnotherAskersToken) {
  // Holder 3 has an index of its own here, and heard the token of member 1.
  desk_.Lay(Index(3, kToday));
  MatchQuestion heard = Question("een");
  heard.asker = NameOf(3);
  EXPECT_THAT(Answered(heard, kNow_s), IsEmpty());
  EXPECT_THAT(Answered(Question("een", 3), kNow_s), SizeIs(2)) << "its own is answered";
  EXPECT_THAT(Answered(Question("een"), kNow_s), SizeIs(2)) << "and the other was not used up";
}

TEST_F(MatchDeskTest, YesterdaysTokenIsAnsweredInTheWindowAndNotAfter) {
  const uint64_t midnight = uint64_t{kToday} * kSecondsPerDay;
  EXPECT_THAT(Answered(Question("een", 1, kToday - 1), midnight + kWindow_s), IsEmpty());
  desk_ = MatchDesk::From(kWindow_s, {}).value();
  SetUp();
  EXPECT_THAT(Answered(Question("een", 1, kToday - 1), midnight + kWindow_s - 1), SizeIs(2));
  EXPECT_THAT(Answered(Question("een"), midnight + kWindow_s - 1), SizeIs(2));
  desk_.Lay(Index(1, kToday + 1));
  EXPECT_THAT(Answered(Question("een", 1, kToday + 1), kNow_s), IsEmpty()) << "of tomorrow";
  // A clock that is set back opens no day again.
  desk_ = MatchDesk::From(kWindow_s, {}).value();
  SetUp();
  EXPECT_THAT(Answered(Question("drie"), midnight + kWindow_s), IsEmpty());
  EXPECT_THAT(Answered(Question("een", 1, kToday - 1), midnight), IsEmpty());
}

TEST_F(MatchDeskTest, ATokenThatMissesLeavesNothingBehind) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(Answered(Question("niemand " + std::to_string(i)), kNow_s), IsEmpty());
  }
  EXPECT_EQ(desk_.taken(), 0U);
  EXPECT_THAT(rows_, IsEmpty());
}

TEST_F(MatchDeskTest, NothingIsAnsweredBeforeItIsLogged) {
  std::optional<Hit> hit = desk_.Ask(Question("een"), kNow_s);
  ASSERT_TRUE(hit.has_value());
  EXPECT_FALSE(desk_.Ask(Question("een"), kNow_s).has_value()) << "while it is being logged";
  EXPECT_THAT(desk_.Give(*hit, world_.Log().Log(ToLog{})).status().message(),
              HasSubstr("log this one first"));
  const ToLog to_log = hit->Log();
  EXPECT_EQ(to_log.counterpart.kind(), "evaluation-match");
  EXPECT_EQ(to_log.counterpart.peer(), NameOf(1));
  EXPECT_EQ(to_log.counterpart.peer_leaf_hash(), crypto::View(crypto::Hash{7}))
      << "it cites the asker's entry";
  desk_.Abandon(*hit);
  EXPECT_EQ(desk_.taken(), 0U);
  EXPECT_THAT(Answered(Question("een"), kNow_s), SizeIs(2));
}

TEST_F(MatchDeskTest, AttackAFloodOfOneContributorHidesNobody) {
  const KeptElement een = Kept("een");
  std::vector<KeptElement> flood;
  for (int i = 0; i < 20; ++i) flood.push_back(Kept("vloed " + std::to_string(i)));
  std::vector<Findable> findable;
  for (const KeptElement& one : flood) findable.push_back({one, "R-vloed", "an"});
  findable.push_back({een, "R-1", "bo"});
  const MatchBounds bounds = {5, 6};
  const MatchIndex index = MatchIndex::Of(NameOf(1), NameOf(2), kToday, findable, bounds).value();
  EXPECT_EQ(index.size(), 6U);
  EXPECT_EQ(index.left_out(), (std::map<std::string, size_t>{{"an", 15}}));
  desk_.Lay(index);
  EXPECT_THAT(Answered(Question("een"), kNow_s), ElementsAre("R-1"));
  EXPECT_THAT(Answered(Question("vloed 4"), kNow_s), ElementsAre("R-vloed")) << "the first ones";
  EXPECT_THAT(Answered(Question("vloed 5"), kNow_s), IsEmpty());
  EXPECT_FALSE(MatchIndex::Of(NameOf(1), NameOf(2), kToday, findable, {5, 5}).ok());
  EXPECT_FALSE(MatchIndex::Of(NameOf(1), NameOf(2), kToday, findable, {0, 5}).ok());
  findable.push_back({een, "", "bo"});
  EXPECT_FALSE(MatchIndex::Of(NameOf(1), NameOf(2), kToday, findable).ok());
}

TEST_F(MatchDeskTest, DaysThatAreClosedAreForgotten) {
  const uint64_t midnight = uint64_t{kToday} * kSecondsPerDay;
  EXPECT_THAT(Answered(Question("een", 1, kToday - 1), midnight), SizeIs(2));
  EXPECT_THAT(Answered(Question("een"), midnight), SizeIs(2));
  EXPECT_THAT(desk_.Forget(midnight + kWindow_s - 1), IsEmpty());
  EXPECT_THAT(desk_.Forget(midnight + kWindow_s), SizeIs(1));
  EXPECT_EQ(desk_.taken(), 1U);
}

TEST_F(MatchDeskTest, RowsOutOfFormAreRefused) {
  Answered(Question("een"), kNow_s);
  EXPECT_TRUE(MatchDesk::From(kWindow_s, rows_).ok());
  const std::vector<std::string> longer = {rows_.at(0) + "x"};
  EXPECT_FALSE(MatchDesk::From(kWindow_s, longer).ok());
  const std::vector<std::string> broken = {"geen rij"};
  EXPECT_FALSE(MatchDesk::From(kWindow_s, broken).ok());
  EXPECT_FALSE(MatchDesk::From(kSecondsPerDay + 1, {}).ok());
}

}  // namespace
}  // namespace sluis::evaluation
