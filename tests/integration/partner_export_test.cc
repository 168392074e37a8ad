// What an export made for a partner holds, and what it does not: two cores that really exchange, in
// this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "client/lib/exchange_log.h"
#include "server/core/release_keys.h"
#include "tests/integration/crossing.h"

namespace sluis::tests {
namespace {

using ::testing::IsEmpty;

class PartnerExportTest : public ::testing::Test {
 protected:
  PartnerExportTest() {
    // With the police there is one entry as well: a receipt of what was never offered to it.
    const std::string cooling = two_.welfare.Shared(two_.welfare.Recorded());
    EXPECT_TRUE(two_.welfare
                    .RunAsPeer(std::make_shared<core::ReleaseKeys>(
                                   kPolice, two_.welfare.Receipt(cooling), two_.welfare.heads),
                               kPolice)
                    .ok());
    id_ = two_.Due();
    two_.Cross();
    EXPECT_EQ(two_.Sent(id_), record::v1::SENT_STATE_OPENED);
  }

  static client::ExchangeLog Read(const std::string& bytes, const std::string& key = {}) {
    std::istringstream input(bytes);
    auto log = client::ReadExchangeLog(input, key);
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : client::ExchangeLog();
  }
  // Everything opened, for one's own use.
  static std::string Whole(CoreHarness& h) {
    node::v1::OpenParts all;
    all.set_actor(true);
    all.set_subject(true);
    all.set_decision(true);
    core::ExportStream stream(*h.ledger, h.ledger->checkpoint(), all, false);
    return Crossing::Rest(stream);
  }

  Crossing two_;
  std::string id_;
};

TEST_F(PartnerExportTest, HoldsTheEntriesTowardsThatPartnerAndHashesForTheRest) {
  CoreHarness& h = two_.welfare.h;
  const std::string bytes = Crossing::ExportFor(h, kCity);
  const client::ExchangeLog log = Read(bytes, h.ledger->verifier_key());
  EXPECT_THAT(VerdictOf(bytes, h.ledger->verifier_key()), IsEmpty());
  EXPECT_FALSE(log.report.complete);
  EXPECT_EQ(log.fault, "");
  EXPECT_EQ(log.report.entries, h.size());
  EXPECT_EQ(log.report.hash_only + log.entries.size(), h.size());
  const client::ExchangeLog whole = Read(Whole(h));
  size_t expected = 0;
  for (const client::ExchangeEntry& entry : whole.entries) {
    expected += entry.part.peer() == kCity ? 1 : 0;
  }
  EXPECT_EQ(log.entries.size(), expected);
  EXPECT_GE(expected, 4u) << "two intents, a release and an end";
  EXPECT_LT(expected, whole.entries.size()) << "one towards the police";
  for (const client::ExchangeEntry& entry : log.entries) EXPECT_EQ(entry.part.peer(), kCity);
  for (const client::LogPart part : client::kLogParts) {
    if (part == client::LogPart::kCounterpart) continue;
    EXPECT_EQ(log.report.parts[client::PlaceOf(part)].open, 0u) << client::LogPartName(part);
  }
}

// A peer's export holds no third party's ids, no contributor and no user name.
TEST_F(PartnerExportTest, HoldsNobodyElse) {
  const Person reader = two_.city.h.Admit("els-de-lezer", {"maatschappelijk-werker"});
  ASSERT_TRUE(two_.city.h.Open(reader, two_.Received(id_).record_id()).ok());
  const std::vector<std::string> secrets = {kPolice,
                                            "jan",
                                            "administrator",
                                            "els-de-lezer",
                                            "straathoekwerker",
                                            "dossier-1",
                                            "C-2026-014",
                                            "maatschappelijk-werker",
                                            "doorverwijzing-hulp",
                                            two_.Received(id_).record_id(),
                                            two_.welfare.Row(id_).row.record_id()};
  std::set<std::string> elsewhere;
  const std::pair<CoreHarness*, const char*> sides[] = {{&two_.welfare.h, kCity},
                                                        {&two_.city.h, kWelfare}};
  for (const auto& [h, partner] : sides) {
    const std::string bytes = Crossing::ExportFor(*h, partner);
    EXPECT_NE(bytes.find(id_), std::string::npos);
    const std::string whole = Whole(*h);
    for (const std::string& secret : secrets) {
      EXPECT_EQ(bytes.find(secret), std::string::npos) << partner << " sees " << secret;
      if (whole.find(secret) != std::string::npos) elsewhere.insert(secret);
    }
  }
  // The search finds what is there: all but what the signal itself holds stands in the logs.
  EXPECT_THAT(elsewhere, ::testing::Contains(kPolice));
  EXPECT_THAT(elsewhere, ::testing::Contains("jan"));
  EXPECT_THAT(elsewhere, ::testing::Contains("els-de-lezer"));
  EXPECT_THAT(elsewhere, ::testing::Contains("C-2026-014"));
  EXPECT_THAT(elsewhere, ::testing::Contains(two_.Received(id_).record_id()));
}

TEST_F(PartnerExportTest, ForAMemberWithoutExchangesItHoldsHashesOnly) {
  const std::string bytes = Crossing::ExportFor(two_.city.h, kPolice);
  const client::ExchangeLog log = Read(bytes, two_.city.h.ledger->verifier_key());
  EXPECT_TRUE(log.report.ok());
  EXPECT_THAT(log.entries, IsEmpty());
  EXPECT_EQ(log.report.hash_only, two_.city.h.size());
}

TEST_F(PartnerExportTest, OnesOwnExportIsNotTakenForOne) {
  EXPECT_EQ(Read(Whole(two_.welfare.h)).fault, "opens_more");
}

}  // namespace
}  // namespace sluis::tests
