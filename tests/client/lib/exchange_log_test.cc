#include "client/lib/exchange_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "tests/support/export_builder.h"

namespace sluis::client {
namespace {

using record::v1::CounterpartPart;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kOrigin[] = "lindervaart.example/log";

CounterpartPart GoodPart() {
  CounterpartPart part;
  part.set_exchange_id(std::string(16, 'x'));
  part.set_side("receiver");
  part.set_kind("offer");
  part.set_peer("caw-de-overzet.example");
  part.set_partnership("livc-r.vaartland.example");
  part.set_message_digest(std::string(32, 'o'));
  part.set_outcome("accepted");
  return part;
}

// A log of eight, the third of which has this counterpart part, exported for a partner.
class ExchangeLogTest : public ::testing::Test {
 protected:
  std::string Export(const std::string& counterpart, bool opens_act = false) {
    tests::BuiltExport built = tests::BuildExport(
        random_, kOrigin, key_, {.entries = 8, .open_percent = 0, .erasures = false});
    tests::BuiltEntry& entry = built.entries[2];
    const std::string salt(32, 's');
    entry.commitments[4] = tests::Commit(kOrigin, 5, salt, counterpart);
    entry.parts[4] = {tests::kOpen, salt, counterpart, 0};
    if (opens_act) {
      entry.commitments[0] = tests::Commit(kOrigin, 1, salt, tests::ActBytes(1));
      entry.parts[0] = {tests::kOpen, salt, tests::ActBytes(1), 0};
    }
    for (size_t i = 0; i < built.entries.size(); ++i) built.entries[i].hash_only = i != 2;
    built.complete = 0;
    tests::Sign(built, key_);
    built_ = built;
    return built.Encode();
  }
  static ExchangeLog Read(const std::string& bytes) {
    std::istringstream input(bytes);
    auto log = ReadExchangeLog(input, {});
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : ExchangeLog();
  }

  tests::Generator random_{20260102};  // NOLINT(cert-msc51-cpp): the same bytes in every run
  const crypto::SigningKey key_ = tests::RandomKey(random_);
  tests::BuiltExport built_;
};

TEST_F(ExchangeLogTest, GivesTheEntryWithItsPlaceAndLeafHash) {
  const ExchangeLog log = Read(Export(GoodPart().SerializeAsString()));
  EXPECT_TRUE(log.report.ok());
  EXPECT_EQ(log.fault, "");
  EXPECT_EQ(log.organisation, "lindervaart.example");
  ASSERT_EQ(log.entries.size(), 1u);
  EXPECT_EQ(log.entries[0].index, 2u);
  EXPECT_EQ(log.entries[0].logged_at_us, built_.entries[2].logged_at_us);
  EXPECT_EQ(crypto::View(log.entries[0].leaf_hash), built_.entries[2].LeafHash());
  EXPECT_EQ(log.entries[0].part.SerializeAsString(), GoodPart().SerializeAsString());
}

TEST_F(ExchangeLogTest, APartThatWasNotCommittedToIsAFindingAndNoEntry) {
  std::string bytes = Export(GoodPart().SerializeAsString());
  bytes[bytes.find("accepted")] ^= 1;
  const ExchangeLog log = Read(bytes);
  EXPECT_FALSE(log.report.ok());
  EXPECT_THAT(log.entries, IsEmpty());
}

TEST_F(ExchangeLogTest, OpenPartsThatNoPartnerIsShown) {
  EXPECT_EQ(Read(Export(GoodPart().SerializeAsString(), true)).fault, "opens_more");
}

TEST_F(ExchangeLogTest, ALogThatIsOfNoOrganisation) {
  EXPECT_EQ(OrganisationOf("lindervaart.example/log"), "lindervaart.example");
  for (const char* origin : {"/log", "lindervaart.example", "lindervaart.example/logs",
                             "Linder vaart/log", "a\xc3\xa9/log", ""}) {
    EXPECT_EQ(OrganisationOf(origin), "") << origin;
  }
}

TEST_F(ExchangeLogTest, AnAbsentPartIsNone) {
  const ExchangeLog log = Read(Export(""));
  EXPECT_EQ(log.fault, "");
  EXPECT_THAT(log.entries, IsEmpty());
}

TEST_F(ExchangeLogTest, PartsThatNoNodeLogsAreRefused) {
  EXPECT_TRUE(ReadCounterpart(GoodPart().SerializeAsString()).ok());
  EXPECT_FALSE(ReadCounterpart("\xff\xff").ok());
  EXPECT_FALSE(ReadCounterpart(std::string(8193, '\0')).ok());
  using Edit = std::function<void(CounterpartPart&)>;
  const Edit edits[] = {
      [](auto& part) { part.set_exchange_id(std::string(15, 'x')); },
      [](auto& part) { part.set_side("beide"); },
      [](auto& part) { part.set_kind("\x1b[2J"); },
      [](auto& part) { part.set_kind(std::string(33, 'k')); },
      [](auto& part) { part.set_outcome("Accepted"); },
      [](auto& part) { part.clear_peer(); },
      [](auto& part) { part.set_peer("caw\nde"); },
      [](auto& part) { part.set_partnership(std::string(121, 'p')); },
      [](auto& part) { part.set_message_digest(std::string(31, 'o')); },
      [](auto& part) { part.set_offer_digest(std::string(33, 'o')); },
      [](auto& part) { part.set_terms_digest("t"); },
      [](auto& part) { part.set_peer_leaf_hash("l"); },
      [](auto& part) { part.set_peer_size(3); },
      [](auto& part) { part.set_peer_root(std::string(32, 'r')); },
      [](auto& part) {
        part.set_peer_size(3);
        part.set_peer_root("r");
      },
  };
  for (const Edit& edit : edits) {
    CounterpartPart part = GoodPart();
    edit(part);
    EXPECT_FALSE(ReadCounterpart(part.SerializeAsString()).ok()) << part.ShortDebugString();
    EXPECT_EQ(Read(Export(part.SerializeAsString())).fault, "part") << part.ShortDebugString();
  }
}

TEST_F(ExchangeLogTest, RootsAreThoseOfTheTreeAtEachSize) {
  std::istringstream input(Export(GoodPart().SerializeAsString()));
  const auto roots = RootsAt(input, {1, 3, 8, 9});
  ASSERT_TRUE(roots.ok()) << roots.status();
  std::vector<uint64_t> sizes;
  for (const auto& [size, root] : *roots) {
    sizes.push_back(size);
    EXPECT_EQ(crypto::View(root), built_.Root(size));
  }
  EXPECT_THAT(sizes, ElementsAre(1, 3, 8)) << "nothing beyond its end";
}

}  // namespace
}  // namespace sluis::client
