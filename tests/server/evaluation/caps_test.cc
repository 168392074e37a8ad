// How much a holder evaluates, and what an asker gets from all of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/evaluation/book.h"
#include "tests/server/evaluation/holders.h"

namespace sluis::evaluation {
namespace {

using test::AskerLog;
using test::Holders;
using test::People;
using test::World;

constexpr auto kQuota = peer::v1::EVALUATION_REFUSAL_QUOTA;
constexpr uint64_t kBegin_s = test::kNowUs / kUsPerSecond;

HeldRow RowOf(int number, uint32_t count, uint64_t taken_at_s = kBegin_s, char case_token = 'c',
              char person = 'p') {
  HeldRow row;
  row.set_version(1);
  row.set_asker("lid-1.example");
  row.set_key_id(std::string(32, 'k'));
  std::string id = std::to_string(number);
  id.resize(32, 'x');
  row.set_request_id(id.substr(0, 16));
  row.set_request_digest(id);
  row.set_leaf_hash(id);
  row.set_case_token(std::string(32, case_token));
  row.set_pseudonym(std::string(16, person));
  row.set_count(count);
  row.set_blinded_digest(std::string(32, 'b'));
  row.set_taken_at_s(taken_at_s);
  row.set_generation(1);
  row.set_proof(record::v1::EVALUATION_PROOF_STATE_PROVEN);
  return row;
}

TEST(CapsTest, EachCapHoldsAloneAndToTheElement) {
  Caps caps;
  caps.per_case = 10;
  caps.per_person_day = 20;
  caps.per_asker_day = 30;
  Book book(caps);
  book.Put(RowOf(1, 8));
  EXPECT_EQ(book.RoomFor(RowOf(2, 2)), Room::kFree);
  EXPECT_EQ(book.RoomFor(RowOf(2, 3)), Room::kQuota) << "of the case";
  book.Put(RowOf(2, 10, kBegin_s, 'd'));
  EXPECT_EQ(book.RoomFor(RowOf(3, 2, kBegin_s, 'e')), Room::kFree);
  EXPECT_EQ(book.RoomFor(RowOf(3, 3, kBegin_s, 'e')), Room::kQuota) << "of the person";
  book.Put(RowOf(3, 10, kBegin_s, 'f', 'q'));
  EXPECT_EQ(book.RoomFor(RowOf(4, 2, kBegin_s, 'g', 'r')), Room::kFree);
  EXPECT_EQ(book.RoomFor(RowOf(4, 3, kBegin_s, 'g', 'r')), Room::kQuota) << "of the organisation";
  HeldRow other = RowOf(4, 10);
  other.set_asker("lid-2.example");
  EXPECT_EQ(book.RoomFor(other), Room::kFree) << "another organisation has its own";
}

TEST(CapsTest, DaysBeginAnewAndCasesCountForLonger) {
  Caps caps;
  caps.per_case = 10;
  caps.per_person_day = 10;
  caps.case_days = 16;
  Book book(caps);
  book.Put(RowOf(1, 10));
  const uint64_t midnight = (kBegin_s / kSecondsPerDay + 1) * kSecondsPerDay;
  EXPECT_EQ(book.RoomFor(RowOf(2, 1, midnight - 1, 'd')), Room::kQuota);
  EXPECT_EQ(book.RoomFor(RowOf(2, 1, midnight, 'd')), Room::kFree);
  EXPECT_EQ(book.RoomFor(RowOf(2, 1, midnight)), Room::kQuota) << "the case has had its part";
  EXPECT_EQ(book.RoomFor(RowOf(2, 1, midnight + 14 * kSecondsPerDay)), Room::kQuota);
  EXPECT_EQ(book.RoomFor(RowOf(2, 1, midnight + 15 * kSecondsPerDay)), Room::kFree);
}

TEST(CapsTest, RowsGoWhenNothingRestsOnThemAnyMore) {
  Book book(Caps{});
  book.Put(RowOf(1, 1));
  HeldRow open = RowOf(2, 1);
  open.set_proof(record::v1::EVALUATION_PROOF_STATE_OPEN);
  open.set_signed_request("x");
  book.Put(open);
  EXPECT_TRUE(book.Prune(kBegin_s + 184 * kSecondsPerDay).empty());
  const auto gone = book.Prune(kBegin_s + 185 * kSecondsPerDay);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0], StoredFormOf(RowOf(1, 1)).key);
  EXPECT_EQ(book.All().size(), 1U) << "what was not proven stays";
}

TEST(CapsTest, ABookMadeAnewFromItsRowsDecidesTheSame) {
  tests::SeededRandom random(5);
  Caps caps;
  caps.per_case = 40;
  caps.per_person_day = 60;
  caps.per_asker_day = 90;
  caps.unproven = 9;
  for (int run = 0; run < 30; ++run) {
    Book book(caps);
    for (int i = 0; i < 25; ++i) {
      HeldRow row =
          RowOf(i, 1 + static_cast<uint32_t>(random.Below(24)),
                kBegin_s + random.Below(3) * kSecondsPerDay,
                static_cast<char>('a' + random.Below(3)), static_cast<char>('p' + random.Below(2)));
      if (random.Below(2) == 0) {
        row.set_proof(record::v1::EVALUATION_PROOF_STATE_OPEN);
        row.set_signed_request("x");
      }
      if (book.RoomFor(row) == Room::kFree) book.Put(row);
      if (random.Below(5) == 0) book.Remove(row);
    }
    Book anew(caps);
    for (const HeldRow& row : book.All()) anew.Put(ReadHeldRow(StoredFormOf(row).bytes).value());
    for (int i = 0; i < 60; ++i) {
      const HeldRow row =
          RowOf(static_cast<int>(random.Below(40)), 1 + static_cast<uint32_t>(random.Below(24)),
                kBegin_s + random.Below(4) * kSecondsPerDay,
                static_cast<char>('a' + random.Below(4)), static_cast<char>('p' + random.Below(3)));
      EXPECT_EQ(anew.RoomFor(row), book.RoomFor(row));
    }
  }
}

TEST(CapsTest, CapsThatProtectNothingAreRefused) {
  const auto checks = [](auto change) {
    Caps caps;
    change(caps);
    return caps.Check().ok();
  };
  EXPECT_TRUE(checks([](Caps&) {}));
  EXPECT_FALSE(checks([](Caps& c) { c.per_person_day = 0; }));
  EXPECT_FALSE(checks([](Caps& c) { c.per_asker_day = 0; }));
  EXPECT_FALSE(checks([](Caps& c) { c.unproven = 0; }));
  EXPECT_FALSE(checks([](Caps& c) { c.case_days = 15; }))
      << "shorter than a statement of a person holds";
  EXPECT_FALSE(checks([](Caps& c) { c.case_days = 367; }));
}

TEST(CapsTest, RowsOutOfFormAreRefused) {
  const auto reads = [](auto change) {
    HeldRow row = RowOf(1, 1);
    change(row);
    return ReadHeldRow(row.SerializeAsString()).ok();
  };
  EXPECT_TRUE(reads([](auto&) {}));
  EXPECT_FALSE(reads([](auto& r) { r.set_version(2); }));
  EXPECT_FALSE(reads([](auto& r) { r.set_asker("x"); }));
  EXPECT_FALSE(reads([](auto& r) { r.clear_key_id(); }));
  EXPECT_FALSE(reads([](auto& r) { r.clear_request_id(); }));
  EXPECT_FALSE(reads([](auto& r) { r.clear_leaf_hash(); }));
  EXPECT_FALSE(reads([](auto& r) { r.clear_pseudonym(); }));
  EXPECT_FALSE(reads([](auto& r) { r.set_count(41); }));
  EXPECT_FALSE(reads([](auto& r) { r.set_count(0); }));
  EXPECT_FALSE(reads([](auto& r) { r.set_taken_at_s(0); }));
  EXPECT_FALSE(reads([](auto& r) { r.clear_proof(); }));
  EXPECT_FALSE(reads([](auto& r) { r.set_signed_request("x"); }));
  EXPECT_FALSE(reads([](auto& r) { r.set_proof(record::v1::EVALUATION_PROOF_STATE_OPEN); }));
}

// floor(n * R / t), and never more, whatever quorums are chosen.
TEST(CapsTest, QuotaArithmetic) {
  EXPECT_EQ(AskerTotal(5, 3, 48), 80U);
  EXPECT_EQ(AskerTotal(3, 2, 48), 72U);
  EXPECT_EQ(AskerTotal(30, 15, 10), 20U);
  EXPECT_EQ(AskerTotal(4, 4, 10), 10U);
  EXPECT_EQ(AskerTotal(7, 4, 1), 1U);
  for (uint64_t n = 3; n <= 64; ++n) {
    for (uint64_t t = std::max<uint64_t>(2, (n + 1) / 2); t <= n; ++t) {
      for (const uint64_t total : {1, 7, 48, 960}) {
        const uint64_t cap = CapForTotal(n, t, total);
        EXPECT_LE(AskerTotal(n, t, cap), total);
        EXPECT_GT(AskerTotal(n, t, cap + 1), total);
      }
    }
  }
}

// A person costs one element for each match key, whichever kinds they are of: a holder cannot see
// whether they are of one person.
TEST(CapsTest, APersonCostsOneForEachMatchKeyAndAFullBatchForty) {
  World world(5, 3);
  Caps caps;
  caps.unproven = 100;
  Holders holders(world, caps);
  int next = 0;
  const auto ground = [&](size_t persons, size_t keys) {
    std::vector<Person> about;
    for (size_t i = 0; i < persons; ++i) {
      about.push_back(test::EveryKeyOf(next++));
      while (about.back().size() > keys) about.back().pop_back();
    }
    return holders.Ground(2, world.Begin(std::move(about)).request());
  };
  EXPECT_EQ(ground(8, 5), std::nullopt) << "the largest request fits in the cap of a case";
  EXPECT_EQ(holders.BookOf(2).All().at(0).count(), 40U);
  EXPECT_EQ(ground(2, 5), kQuota) << "50 of 48";
  EXPECT_EQ(ground(1, 5), std::nullopt);
  EXPECT_EQ(ground(1, 4), kQuota) << "49 of 48";
  EXPECT_EQ(ground(3, 1), std::nullopt);
  EXPECT_EQ(ground(1, 1), kQuota);
}

TEST(CapsTest, RowsOfOneAskerAreBounded) {
  Caps caps;
  caps.per_case = caps.per_person_day = caps.per_asker_day = caps.unproven = 1000;
  caps.rows = 3;
  Book book(caps);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(book.RoomFor(RowOf(i, 1)), Room::kFree);
    book.Put(RowOf(i, 1));
  }
  EXPECT_EQ(book.RoomFor(RowOf(3, 1)), Room::kQuota);
  HeldRow other = RowOf(3, 1);
  other.set_asker("lid-2.example");
  EXPECT_EQ(book.RoomFor(other), Room::kFree);
  book.Remove(RowOf(0, 1));
  EXPECT_EQ(book.RoomFor(RowOf(3, 1)), Room::kFree);
  caps.rows = 0;
  EXPECT_FALSE(caps.Check().ok());
}

TEST(CapsTest, ProvenRowsGoWhenTheirDayHasAListAndNoCapCountsThem) {
  Caps caps;
  caps.case_days = 16;
  Book book(caps);
  HeldRow open = RowOf(2, 1);
  open.set_proof(record::v1::EVALUATION_PROOF_STATE_OPEN);
  open.set_signed_request("x");
  book.Put(RowOf(1, 1));
  book.Put(open);
  const std::string key(32, 'k');
  const std::set<std::pair<std::string, uint32_t>> listed = {{"lid-1.example", DayOf(kBegin_s)}};
  EXPECT_TRUE(book.PruneListed(key, kBegin_s + 16 * kSecondsPerDay, listed).empty());
  EXPECT_TRUE(book.PruneListed(key, kBegin_s + 17 * kSecondsPerDay, {}).empty()) << "no list";
  EXPECT_TRUE(
      book.PruneListed(std::string(32, 'l'), kBegin_s + 17 * kSecondsPerDay, listed).empty());
  const auto gone = book.PruneListed(key, kBegin_s + 17 * kSecondsPerDay, listed);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0], StoredFormOf(RowOf(1, 1)).key);
  ASSERT_EQ(book.All().size(), 1U) << "what was not proven stays";
  EXPECT_EQ(book.All()[0].request_id(), open.request_id());
}

// One node with the keys of two purposes, of which one is shared anew and then rolled: who asks has
// its caps once, whichever of them it asks under.
TEST(CapsTest, AttackQuotaSplitOverKeysGenerationsAndARoll) {
  World world(5, 3);
  test::WorldPartners partners(world);
  Caps caps;
  caps.per_case = 9;
  const std::shared_ptr<Book> book = Book::From(caps, {}).value();
  const auto first = world.package;
  world.Reshare({1, 2, 3, 4, 5}, 3);
  const auto reshared = world.package;
  const auto rolled = std::make_shared<keys::Package>(*World(5, 3, 21).package);
  rolled->epoch = 2;
  const auto other_purpose = World(5, 3, 22, "dreigingsoverleg").package;
  ASSERT_EQ(first->key_id, reshared->key_id);
  ASSERT_NE(first->key_id, rolled->key_id);
  uint32_t taken = 0;
  const auto ground = [&](std::shared_ptr<const keys::Package> package, size_t people) {
    world.package = package;
    partners.entitled_purpose = package->purpose;
    Holder holder = Holder::Make({package, 2}, book).value();
    std::vector<std::string> names;
    for (size_t i = 0; i < people; ++i) names.push_back("p" + std::to_string(taken + i));
    const auto verdict =
        holder.Admit(world.Begin(People(names, package->purpose.c_str())).request(),
                     test::NameOf(1), partners, test::kNowUs);
    const auto* refusal = std::get_if<Refusal>(&verdict);
    if (refusal == nullptr) taken += static_cast<uint32_t>(people);
    return refusal ? std::optional(refusal->ground) : std::nullopt;
  };
  for (const auto& package :
       {first, reshared, std::shared_ptr<const keys::Package>(rolled), other_purpose}) {
    EXPECT_EQ(ground(package, 2), std::nullopt);
  }
  EXPECT_EQ(taken, 8U);
  for (const auto& package :
       {first, reshared, std::shared_ptr<const keys::Package>(rolled), other_purpose}) {
    EXPECT_EQ(ground(package, 2), kQuota) << "two more than 8 are 10 of 9";
  }
  EXPECT_EQ(ground(reshared, 1), std::nullopt);
  EXPECT_EQ(ground(rolled, 1), kQuota);
}

// What one key has under an id is not in the way of another, in the book or on disk.
TEST(CapsTest, RowsOfTwoKeysStandBesideEachOther) {
  HeldRow other = RowOf(1, 1);
  other.set_key_id(std::string(32, 'l'));
  other.set_leaf_hash(std::string(32, 'o'));
  EXPECT_NE(StoredFormOf(other).key, StoredFormOf(RowOf(1, 1)).key);
  Book book(Caps{});
  book.Put(RowOf(1, 1));
  EXPECT_EQ(book.RoomFor(other), Room::kFree);
  book.Put(other);
  const std::string asker = "lid-1.example";
  EXPECT_EQ(book.All().size(), 2U);
  EXPECT_EQ(book.OfDay(asker, other.key_id(), DayOf(kBegin_s)).size(), 1U);
  EXPECT_EQ(book.FindByLeaf(asker, other.leaf_hash())->key_id(), other.key_id());
  other.set_request_id(std::string(16, 'z'));
  EXPECT_EQ(book.RoomFor(other), Room::kUsed) << "an entry serves once, under one key";
}

TEST(CapsTest, AClockSetBackStartsNoDayAnew) {
  Book book(Caps{});
  book.Put(RowOf(1, 1));
  EXPECT_EQ(book.TimeFor(kBegin_s - kSecondsPerDay), kBegin_s);
  EXPECT_EQ(book.TimeFor(kBegin_s + 5), kBegin_s + 5);
  const std::vector<std::string> rows = {StoredFormOf(RowOf(1, 1)).bytes};
  EXPECT_EQ(Book::From(Caps{}, rows).value()->TimeFor(0), kBegin_s) << "also after a restart";
}

TEST(CapsTest, AttackQuotaSplitOverQuorums) {
  for (const auto& [n, t] : {std::pair<size_t, size_t>{5, 3}, {4, 2}, {3, 2}, {7, 4}}) {
    // The best that can be done: each evaluation takes the holders that have most left.
    constexpr uint32_t kCap = 10;
    Caps caps;
    caps.per_case = kCap;
    caps.unproven = 1000;
    std::vector<Book> books(n, Book(caps));
    uint64_t evaluated = 0;
    for (;; ++evaluated) {
      std::vector<size_t> free;
      for (size_t i = 0; i < n; ++i) {
        if (books[i].RoomFor(RowOf(static_cast<int>(evaluated), 1)) == Room::kFree) {
          free.push_back(i);
        }
      }
      if (free.size() < t) break;
      std::sort(free.begin(), free.end(),
                [&](size_t a, size_t b) { return books[a].All().size() < books[b].All().size(); });
      for (size_t i = 0; i < t; ++i) {
        books[free[i]].Put(RowOf(static_cast<int>(evaluated), 1));
      }
    }
    EXPECT_EQ(evaluated, AskerTotal(n, t, kCap)) << n << " " << t;
  }
}

// All who were born on one day, under one case.
TEST(CapsTest, NineHundredNinetySevenCandidatesUnderOneCaseStopAtTheCap) {
  World world(5, 3);
  Caps caps;
  caps.unproven = 1000;
  Holders holders(world, caps);
  AskerLog log(world.keys.at(1).log);
  uint64_t evaluated = 0;
  bool refused = false;
  for (int first = 1; first <= 997; first += 8) {
    std::vector<std::string> candidates;
    for (int i = first; i < std::min(first + 8, 998); ++i) {
      candidates.push_back("850730" + std::to_string(1000 + i));
    }
    const test::Asked asked = AskAll(world, log, holders, People(candidates));
    if (asked.result) evaluated += asked.result->persons.size();
    for (const auto& [holder, ground] : asked.refusals) {
      EXPECT_EQ(ground, kQuota);
      refused = true;
    }
    if (first > 200 && !asked.result) break;
  }
  EXPECT_TRUE(refused);
  EXPECT_GT(evaluated, 0U);
  EXPECT_LE(evaluated, AskerTotal(5, 3, caps.per_case));
}

}  // namespace
}  // namespace sluis::evaluation
