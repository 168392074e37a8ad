// What every store must do, run against each of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "server/storage/memory_store.h"
#include "server/storage/rocksdb_store.h"
#include "server/storage/store.h"
#include "tests/support/seeded_random.h"
#include "tests/support/temp_folder.h"

namespace sluis::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;
using std::string_literals::operator""s;

using Rows = std::vector<std::pair<std::string, std::string>>;

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Store>(const std::string& folder)> open;
};

class StoreContract : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    store_ = GetParam().open(folder_.PathOf("store"));
    ASSERT_NE(store_, nullptr);
  }

  void Apply(const std::vector<Write>& writes) { ASSERT_TRUE(store_->Apply(writes).ok()); }

  static std::optional<std::string> Get(const Snapshot& snapshot, std::string_view key) {
    auto value = snapshot.Get(key);
    EXPECT_TRUE(value.ok()) << value.status();
    return value.value_or(std::nullopt);
  }
  std::optional<std::string> Get(std::string_view key) {
    auto value = store_->Get(key);
    EXPECT_TRUE(value.ok()) << value.status();
    const auto snapshot = store_->NewSnapshot();
    EXPECT_EQ(value.value_or(std::nullopt), Get(*snapshot, key));
    return value.value_or(std::nullopt);
  }

  static Rows Scan(const Snapshot& snapshot, std::string_view from, std::string_view until,
                   bool reverse = false, size_t limit = SIZE_MAX) {
    Rows rows;
    const auto visit = [&](std::string_view key, std::string_view value) {
      rows.emplace_back(key, value);
      return rows.size() < limit;
    };
    const absl::Status status =
        reverse ? snapshot.ScanReverse(from, until, visit) : snapshot.Scan(from, until, visit);
    EXPECT_TRUE(status.ok()) << status;
    return rows;
  }
  Rows Scan(std::string_view from, std::string_view until, bool reverse = false,
            size_t limit = SIZE_MAX) {
    return Scan(*store_->NewSnapshot(), from, until, reverse, limit);
  }

  tests::TempFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreContract, NewStoreIsEmpty) {
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_THAT(Scan("", ""), IsEmpty());
  EXPECT_THAT(Scan("", "", true), IsEmpty());
}

TEST_P(StoreContract, ABatchAppliesInOrder) {
  Apply({{"a", "1"}, {"a", "2"}, {"b", "1"}, {"b", std::nullopt}, {"c", std::nullopt}, {"c", "3"}});
  EXPECT_THAT(Get("a"), Optional("2"s));
  EXPECT_EQ(Get("b"), std::nullopt);
  EXPECT_THAT(Get("c"), Optional("3"s));
}

TEST_P(StoreContract, AnEmptyBatchChangesNothing) {
  Apply({{"a", "1"}});
  Apply({});
  EXPECT_THAT(Scan("", ""), ElementsAre(Pair("a", "1")));
}

TEST_P(StoreContract, DeletingTakesARowAway) {
  Apply({{"a", "1"}, {"b", "2"}});
  Apply({{"a", std::nullopt}, {"nothing", std::nullopt}});
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_THAT(Scan("", ""), ElementsAre(Pair("b", "2")));
  Apply({{"a", "3"}});
  EXPECT_THAT(Scan("", ""), ElementsAre(Pair("a", "3"), Pair("b", "2")));
}

TEST_P(StoreContract, AnEmptyValueIsNotAMissingOne) {
  Apply({{"a", ""}});
  EXPECT_THAT(Get("a"), Optional(""s));
  EXPECT_THAT(Scan("", ""), ElementsAre(Pair("a", "")));
}

TEST_P(StoreContract, KeysAndValuesAreBytes) {
  const std::string zero("\0", 1);
  const std::string high("\xff\xff");
  Apply({{zero, zero}, {high, high}, {"a"s + zero, "1"}, {"a", "2"}, {"a"s + high, "3"}});
  EXPECT_THAT(Get(zero), Optional(zero));
  EXPECT_THAT(Get(high), Optional(high));
  EXPECT_THAT(Scan("", ""), ElementsAre(Pair(zero, zero), Pair("a", "2"), Pair("a"s + zero, "1"),
                                        Pair("a"s + high, "3"), Pair(high, high)));
}

TEST_P(StoreContract, AnEmptyKeyIsAKey) {
  Apply({{"", "empty"}, {"a", "1"}});
  EXPECT_THAT(Get(""), Optional("empty"s));
  EXPECT_THAT(Scan("", "a"), ElementsAre(Pair("", "empty")));
  EXPECT_THAT(Scan("", "", true), ElementsAre(Pair("a", "1"), Pair("", "empty")));
}

TEST_P(StoreContract, ScansAreHalfOpen) {
  Apply({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  EXPECT_THAT(Scan("b", "d"), ElementsAre(Pair("b", "2"), Pair("c", "3")));
  EXPECT_THAT(Scan("b", "d", true), ElementsAre(Pair("c", "3"), Pair("b", "2")));
  EXPECT_THAT(Scan("bb", "cc"), ElementsAre(Pair("c", "3")));
  EXPECT_THAT(Scan("bb", "cc", true), ElementsAre(Pair("c", "3")));
  EXPECT_THAT(Scan("c", ""), ElementsAre(Pair("c", "3"), Pair("d", "4")));
  EXPECT_THAT(Scan("c", "", true), ElementsAre(Pair("d", "4"), Pair("c", "3")));
}

TEST_P(StoreContract, AnEmptyOrInvertedRangeHoldsNothing) {
  Apply({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  for (const bool reverse : {false, true}) {
    EXPECT_THAT(Scan("b", "b", reverse), IsEmpty());
    EXPECT_THAT(Scan("c", "a", reverse), IsEmpty());
    EXPECT_THAT(Scan("x", "", reverse), IsEmpty());
    EXPECT_THAT(Scan("", "a", reverse), IsEmpty());
  }
}

TEST_P(StoreContract, TheVisitorStopsAScan) {
  Apply({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  EXPECT_THAT(Scan("", "", false, 2), ElementsAre(Pair("a", "1"), Pair("b", "2")));
  EXPECT_THAT(Scan("", "", true, 2), ElementsAre(Pair("c", "3"), Pair("b", "2")));
}

TEST_P(StoreContract, AVisitorMayUseTheStore) {
  Apply({{"a", "1"}, {"b", "2"}});
  const auto snapshot = store_->NewSnapshot();
  std::vector<std::string> seen;
  ASSERT_TRUE(snapshot
                  ->Scan("", "",
                         [&](std::string_view key, std::string_view) {
                           seen.push_back(Get(*snapshot, key).value_or("none"));
                           Apply({{"z" + std::string(key), "new"}});
                           return true;
                         })
                  .ok());
  EXPECT_THAT(seen, ElementsAre("1", "2"));
  EXPECT_THAT(Get("za"), Optional("new"s));
}

TEST_P(StoreContract, ASnapshotDoesNotMove) {
  Apply({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  const auto before = store_->NewSnapshot();
  Apply({{"a", "2"}, {"b", std::nullopt}, {"d", "2"}});
  const auto between = store_->NewSnapshot();
  Apply({{"a", std::nullopt}, {"b", "3"}, {"c", "3"}, {"c", "4"}});

  EXPECT_THAT(Scan(*before, "", ""), ElementsAre(Pair("a", "1"), Pair("b", "1"), Pair("c", "1")));
  EXPECT_THAT(Scan(*before, "", "", true),
              ElementsAre(Pair("c", "1"), Pair("b", "1"), Pair("a", "1")));
  EXPECT_EQ(Get(*before, "d"), std::nullopt);
  EXPECT_THAT(Scan(*between, "", ""), ElementsAre(Pair("a", "2"), Pair("c", "1"), Pair("d", "2")));
  EXPECT_EQ(Get(*between, "b"), std::nullopt);
  EXPECT_THAT(Scan("", ""), ElementsAre(Pair("b", "3"), Pair("c", "4"), Pair("d", "2")));
}

TEST_P(StoreContract, AnOlderSnapshotSurvivesAYoungerOne) {
  Apply({{"a", "1"}});
  const auto older = store_->NewSnapshot();
  Apply({{"a", "2"}});
  store_->NewSnapshot().reset();
  Apply({{"a", std::nullopt}});
  EXPECT_THAT(Get(*older, "a"), Optional("1"s));
}

TEST_P(StoreContract, PrefixEndBoundsAPrefix) {
  const std::string high("p\xff\xff");
  Apply({{"o\xff", "no"}, {"p", "1"}, {"pa", "2"}, {high, "3"}, {high + "x", "4"}, {"q", "no"}});
  EXPECT_THAT(Scan("p", PrefixEnd("p")),
              ElementsAre(Pair("p", "1"), Pair("pa", "2"), Pair(high, "3"), Pair(high + "x", "4")));
  EXPECT_THAT(Scan(high, PrefixEnd(high)), ElementsAre(Pair(high, "3"), Pair(high + "x", "4")));
}

// Against a std::map, with living snapshots checked after every batch.
TEST_P(StoreContract, AgreesWithAMapOverRandomBatches) {
  using Model = std::map<std::string, std::string>;
  tests::SeededRandom random(7);
  Model model;
  std::vector<std::pair<std::unique_ptr<Snapshot>, Model>> held;
  for (int batch = 0; batch < 300; ++batch) {
    std::vector<Write> writes(random.Below(6));
    for (Write& write : writes) {
      write.key = std::string(1 + random.Below(2), static_cast<char>('a' + random.Below(5)));
      if (random.Below(3) != 0) write.value = std::to_string(random.Below(1000));
      if (write.value) {
        model[write.key] = *write.value;
      } else {
        model.erase(write.key);
      }
    }
    Apply(writes);
    if (random.Below(2) == 0) held.emplace_back(store_->NewSnapshot(), model);
    if (held.size() > 4) held.erase(held.begin() + static_cast<long>(random.Below(5)));
    ASSERT_EQ(Scan("", ""), Rows(model.begin(), model.end())) << batch;
    for (const auto& [snapshot, then] : held) {
      ASSERT_EQ(Scan(*snapshot, "", ""), Rows(then.begin(), then.end())) << batch;
      ASSERT_EQ(Scan(*snapshot, "b", "d", true),
                Rows(std::make_reverse_iterator(then.lower_bound("d")),
                     std::make_reverse_iterator(then.lower_bound("b"))))
          << batch;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreContract,
    ::testing::Values(Kind{"memory", [](const std::string&) { return NewMemoryStore(); }},
                      Kind{"rocksdb",
                           [](const std::string& folder) {
                             auto store = OpenRocksDbStore(folder);
                             EXPECT_TRUE(store.ok()) << store.status();
                             return store.ok() ? *std::move(store) : nullptr;
                           }}),
    [](const auto& about) { return about.param.name; });

TEST(PrefixEnd, IsTheFirstKeyBehind) {
  EXPECT_EQ(PrefixEnd("a"), "b");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd("a\x7f"), "a\x80");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");
  EXPECT_EQ(PrefixEnd(""), "");
}

}  // namespace
}  // namespace sluis::storage
