// A member that leaves while it has something to erase, as people of a real node meet it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/share_sites.h"

namespace sluis::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kZone[] = "pz-heidezoom.example";

class FormerMemberTest : public ShareTest {
 protected:
  // A partnership of which the town is no member; its manifest.
  std::string LeaveTheTownOut() {
    std::string manifest = partners_.Next({&care_.organisation, &zone_}).Serialise();
    partners_.Install(care_.organisation);
    const absl::Status status = care_.node->Reload(care_.Config());
    EXPECT_TRUE(status.ok()) << status;
    return manifest;
  }
  Json Former() {
    const Json status = care_.Type({"exchange", "status", "--json"}).json();
    for (const Json& peer : status.value("peers", Json::array())) {
      if (peer["organisation"] == kTown) return peer;
    }
    return Json::object();
  }

  tests::TempFolder folder_;
  Organisation zone_{folder_.path(), OptionsOf(kZone, "police-zone")};
};

// Exit 0, no finding, no number: only whoever asked for the list of erasures could see it.
TEST_F(FormerMemberTest, WhatItHasToEraseWasSeenByNobody) {
  Start(1);
  const std::string record = care_.Record();
  ASSERT_EQ(care_.Share({"signal", "share", record, "--to", kTown, "--yes"}).exit,
            cli::Exit::kDone);
  ASSERT_TRUE(Eventually([&] { return StateOf(record) == "opened"; })) << StateOf(record);
  LeaveTheTownOut();
  EXPECT_TRUE(Former().empty()) << "nothing is owed to it";
  ASSERT_EQ(care_.Here({"signal", "erase", record, "--reason", "niet langer nodig", "--yes"}).exit,
            cli::Exit::kDone);
  const Json former = Former();
  EXPECT_EQ(former.value("former", false), true) << former;
  EXPECT_EQ(former.value("outstanding", 0), 1) << former;
  const Ended status = care_.Type({"exchange", "status"});
  EXPECT_EQ(status.exit, cli::Exit::kFinding);
  EXPECT_THAT(status.out, HasSubstr("lindervaart.example: staat niet meer in het manifest"));
  EXPECT_THAT(status.out, HasSubstr("wacht op antwoord: 1"));
  const Ended doctor = care_.Type({"node", "doctor"});
  EXPECT_EQ(doctor.exit, cli::Exit::kFinding) << doctor.out;
  EXPECT_THAT(doctor.out, HasSubstr("Vraag lindervaart.example schriftelijk om te wissen"));
  EXPECT_THAT(town_.Here({"inbox", "list"}).out, HasSubstr("te lezen")) << "nothing left for it";
}

// It could install neither the version that left it out nor the one after that.
TEST_F(FormerMemberTest, TakenBackItGoesOnFromItsOldLedger) {
  Start(1);
  const std::string left_out = LeaveTheTownOut();
  partners_.Next({&care_.organisation, &town_.organisation, &zone_});
  partners_.Install(town_.organisation);
  const absl::Status skipped = town_.node->Reload(town_.Config());
  EXPECT_THAT(std::string(skipped.message()), HasSubstr("install version 3 first"));
  const auto version = [this] {
    return town_.Type({"exchange", "status", "--json"}).json().value("manifest_version", Json());
  };
  const Json before = version();
  std::ofstream(town_.Config().manifest_file + ".3", std::ios::binary) << left_out;
  ASSERT_EQ(town_.node->Reload(town_.Config()), absl::OkStatus());
  EXPECT_NE(version(), before);
  // The ledger holds the newest: those between may go.
  std::filesystem::remove(town_.Config().manifest_file + ".3");
  EXPECT_EQ(town_.node->Reload(town_.Config()), absl::OkStatus());
  EXPECT_EQ(version(), 4) << version();
}

}  // namespace
}  // namespace sluis::test
