// A signal crosses between two real nodes over sockets of this machine, by what people type.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/integration/share_sites.h"

namespace sluis::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(ShareTest, ASignalCrossesIsReadUnderItsTermsAndTakenBack) {
  Start(1);
  const std::string record = care_.Record();
  const Ended shared = care_.Share({"signal", "share", record, "--to", kTown}, "ja\n");
  ASSERT_EQ(shared.exit, cli::Exit::kDone) << shared.err;
  EXPECT_THAT(shared.err, HasSubstr("Dit zou lindervaart.example krijgen (versie 1):"));
  EXPECT_THAT(shared.err, HasSubstr("Zegt sinds zijn ontslag"));
  EXPECT_THAT(shared.err, HasSubstr("verwijzing, inbrenger, opdracht\n"));
  EXPECT_THAT(shared.err, Not(HasSubstr("buurtwerker"))) << "the contributor stays";
  EXPECT_THAT(shared.err, HasSubstr("OEFENING"));
  EXPECT_THAT(shared.out, HasSubstr("Ondertekend en gedeeld met lindervaart.example"));

  ASSERT_TRUE(Eventually([&] { return StateOf(record) == "opened"; })) << StateOf(record);
  EXPECT_THAT(care_.Here({"signal", "sent"}).out, HasSubstr("geopend bij de partner"));
  Json received = Received();
  EXPECT_EQ(received["state"], "opened");
  EXPECT_EQ(received["sender"], kCare);
  EXPECT_EQ(received["category"], "gedrag-offline");
  const std::string theirs = received["record_id"];
  EXPECT_NE(theirs, record) << "nothing that both nodes know it by";
  const Ended list = town_.Here({"inbox", "list"});
  EXPECT_THAT(list.out, HasSubstr(theirs));
  EXPECT_THAT(list.out, Not(HasSubstr("ontslag"))) << "a list shows no content";

  // By its record, and by the exchange that the sender knows.
  const std::string exchange = received["exchange_id"];
  for (const std::string& id : {theirs, exchange}) {
    const Ended opened = town_.Here({"inbox", "open", id});
    ASSERT_EQ(opened.exit, cli::Exit::kDone) << opened.err;
    EXPECT_THAT(opened.out, HasSubstr("feit: Zegt sinds zijn ontslag"));
    EXPECT_THAT(opened.out,
                HasSubstr("Ontvangen van caw-de-overzet.example (" + std::string(kWorker) + ")"));
    EXPECT_THAT(opened.out, Not(HasSubstr("buurtwerker")));
    EXPECT_THAT(opened.out, Not(HasSubstr("dossier-1")));
  }
  EXPECT_EQ(town_.Here({"inbox", "open", std::string(32, '0')}).exit, cli::Exit::kRefused);

  // Taken back after it was read.
  const Ended back =
      care_.Here({"signal", "withdraw", record, "--from", kTown, "--reason", "bij nader inzien"});
  ASSERT_EQ(back.exit, cli::Exit::kDone) << back.err;
  EXPECT_THAT(back.out, HasSubstr("wordt verwittigd"));
  ASSERT_TRUE(Eventually([&] { return Received()["state"] == "cancelled"; })) << Received();
  EXPECT_EQ(town_.Here({"inbox", "open", theirs}).exit, cli::Exit::kRefused);
  const Ended again =
      care_.Here({"signal", "withdraw", record, "--from", kTown, "--reason", "bij nader inzien"});
  EXPECT_EQ(again.exit, cli::Exit::kRefused);
  EXPECT_THAT(again.err, HasSubstr("sluis signal sent " + record));
  EXPECT_EQ(care_.Here({"signal", "open", record}).exit, cli::Exit::kDone)
      << "the signal itself stays";
}

// "Wordt niet meer gelezen", it said, while the partner went on reading.
TEST_F(ShareTest, ASignalTakenBackHereIsSaidToBeOpenAtThePartner) {
  Start(1);
  const std::string record = care_.Record();
  ASSERT_EQ(care_.Share({"signal", "share", record, "--to", kTown, "--yes"}).exit,
            cli::Exit::kDone);
  ASSERT_TRUE(Eventually([&] { return StateOf(record) == "opened"; })) << StateOf(record);
  std::vector<std::string> words = {"signal", "withdraw", record, "--reason", "verkeerde persoon"};
  const Ended back = care_.Here(words);
  ASSERT_EQ(back.exit, cli::Exit::kDone) << back.err;
  EXPECT_THAT(back.out, HasSubstr("sluis signal withdraw " + record + " --from " + kTown));
  words.insert(words.end(), {"--from", kTown});
  EXPECT_EQ(care_.Here(words).exit, cli::Exit::kDone) << "what was told can be done";
}

TEST_F(ShareTest, WhatAnAuthorityOrdersIsHandedOverAndTheSenderLearnsOfIt) {
  Start(1);
  const std::string record = care_.Record();
  ASSERT_EQ(care_.Share({"signal", "share", record, "--to", kTown, "--yes"}).exit,
            cli::Exit::kDone);
  ASSERT_TRUE(Eventually([&] { return StateOf(record) == "opened"; })) << StateOf(record);
  const std::string file = town_.folder.PathOf("bevel.txt");
  const auto order = [&](const std::string& role) {
    return town_.Sluis(
        {"signal", "export", Received()["record_id"].get<std::string>(), "--compelled",
         "--reference", "MEC 2026/114", "--authority", "onderzoeksrechter", "--scope", "alles",
         "--out", file, "--role", role, "--basis", "be-gerechtelijk-bevel"},
        "gerechtelijk-bevel", "INTAKE", "ja\n");
  };
  const Ended without =
      town_.Sluis({"signal", "export", Received()["record_id"].get<std::string>(), "--out", file,
                   "--role", kManager, "--basis", "be-gerechtelijk-bevel"},
                  "gerechtelijk-bevel", "INTAKE", "ja\n");
  EXPECT_EQ(without.exit, cli::Exit::kRefused);
  EXPECT_THAT(without.err, HasSubstr("enkel op bevel van een overheid"));
  EXPECT_EQ(order(kWorker).exit, cli::Exit::kRefused);
  EXPECT_FALSE(std::filesystem::exists(file)) << "nothing was handed over";
  EXPECT_THAT(care_.Here({"signal", "sent"}).out, Not(HasSubstr("op bevel")));
  const Ended done = order(kManager);
  ASSERT_EQ(done.exit, cli::Exit::kDone) << done.err;
  EXPECT_THAT(done.err, HasSubstr("verneemt vanaf"));
  const auto text = client::ReadWhole(file, 1 << 20);
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, StartsWith("OEFENING: dit signaal is verzonnen."));
  EXPECT_THAT(*text, HasSubstr("\nAFGEGEVEN OP BEVEL VAN EEN OVERHEID\n"));
  for (const char* there : {"MEC 2026/114", kCare, "feit: Zegt sinds zijn ontslag"}) {
    EXPECT_THAT(*text, HasSubstr(there));
  }
  for (const char* kept : {"buurtwerker", "dossier-1"}) EXPECT_THAT(*text, Not(HasSubstr(kept)));
  std::string sent;
  ASSERT_TRUE(Eventually([&] {
    sent = care_.Here({"signal", "sent"}).out;
    return sent.find("op bevel van een overheid afgegeven") != std::string::npos;
  })) << sent;
  EXPECT_THAT(sent, Not(HasSubstr("MEC")));
}

TEST_F(ShareTest, SeveralCrossUnderOneSignature) {
  Start(1);
  const std::vector<std::string> records = {care_.Record(), care_.Record(), care_.Record()};
  std::vector<std::string> share = {"signal", "share"};
  share.insert(share.end(), records.begin(), records.end());
  share.insert(share.end(), {"--to", kTown});
  std::vector<std::string> twice = share;
  twice.push_back(records[0]);
  EXPECT_EQ(care_.Share(twice, "ja\n").exit, cli::Exit::kUsage);
  std::vector<std::string> correction = share;
  correction.insert(correction.end(), {"--corrects", std::string(32, 'a')});
  EXPECT_EQ(care_.Share(correction, "ja\n").exit, cli::Exit::kUsage);
  EXPECT_EQ(StateOf(records[0]), "") << "nothing is shared before the answer";
  std::vector<std::string> as_json = share;
  as_json.push_back("--json");
  const Ended shared = care_.Share(as_json, "ja\n");
  ASSERT_EQ(shared.exit, cli::Exit::kDone) << shared.err;
  EXPECT_THAT(shared.err, HasSubstr("deze 3 signalen delen met lindervaart.example"));
  ASSERT_EQ(shared.json()["shared"].size(), 3u) << shared.out;
  EXPECT_EQ(shared.json()["shared"][1]["record_id"], records[1]);
  for (const std::string& record : records) {
    EXPECT_TRUE(Eventually([&] { return StateOf(record) == "opened"; })) << StateOf(record);
  }
  EXPECT_EQ(town_.Here({"inbox", "list", "--json"}).json()["received"].size(), 3u);
  // The first one that is refused ends the row; what was before it is shared, and said.
  const Ended half = care_.Share(
      {"signal", "share", care_.Record(), std::string(32, '0'), "--to", kTown, "--yes"});
  EXPECT_NE(half.exit, cli::Exit::kDone);
  EXPECT_EQ(town_.Here({"inbox", "list", "--json"}).json()["received"].size(), 3u)
      << "one that cannot be looked at, and nothing is signed";
}

// Page after page of all that had ever come, each with an entry in the log.
TEST_F(ShareTest, AnUnknownNumberReadTheWholeInbox) {
  Start(1);
  std::vector<std::string> share = {"signal", "share"};
  for (int i = 0; i < 51; ++i) share.push_back(care_.Record());
  share.insert(share.end(), {"--to", kTown, "--yes"});
  ASSERT_EQ(care_.Share(share).exit, cli::Exit::kDone);
  ASSERT_TRUE(Eventually([&] {
    return town_.Here({"inbox", "list", "--json"}).json()["received"].size() == 51u;
  }));
  const Ended unknown = town_.Here({"inbox", "open", std::string(32, '0')});
  EXPECT_EQ(unknown.exit, cli::Exit::kRefused);
  EXPECT_THAT(unknown.err, HasSubstr("Bij de 50 nieuwste ontvangen delingen"));
}

TEST_F(ShareTest, TakenBackInItsCoolingOffTimeNobodyHearsOfIt) {
  Start(3600);
  const std::string record = care_.Record();
  const Ended shared = care_.Share({"signal", "share", record, "--to", kTown, "--yes", "--json"});
  ASSERT_EQ(shared.exit, cli::Exit::kDone) << shared.err << shared.out;
  EXPECT_EQ(shared.err.find("Dit zou"), std::string::npos) << "no preview beside the JSON";
  EXPECT_EQ(shared.json()["exchange_id"].get<std::string>().size(), 32u);
  EXPECT_GT(shared.json()["due_at_us"].get<uint64_t>(), 0u);
  EXPECT_EQ(StateOf(record), "cooling_off");
  const Ended back = care_.Here(
      {"signal", "withdraw", record, "--from", kTown, "--reason", "bij nader inzien", "--json"});
  ASSERT_EQ(back.exit, cli::Exit::kDone) << back.err << back.out;
  ASSERT_EQ(back.json()["withdrawn"].size(), 1u);
  EXPECT_EQ(back.json()["withdrawn"][0]["partner_is_told"], false);
  EXPECT_EQ(back.json()["withdrawn"][0]["exchange_id"], shared.json()["exchange_id"]);
  EXPECT_EQ(StateOf(record), "withdrawn");
  EXPECT_TRUE(Received().empty());
}

TEST_F(ShareTest, WhatStandsInTheWayIsSaidWithWhatToDo) {
  Start(3600);
  const std::string record = care_.Record();
  const std::vector<std::string> share = {"signal", "share", record, "--to", kTown};
  EXPECT_EQ(care_.Share(share, "nee\n").exit, cli::Exit::kUsage);
  EXPECT_EQ(StateOf(record), "") << "nothing is shared before the answer";
  // Not a member; oneself; no rule.
  const Ended stranger =
      care_.Share({"signal", "share", record, "--to", "pz-drie-sluizen.example", "--yes"});
  EXPECT_EQ(stranger.exit, cli::Exit::kRefused);
  EXPECT_THAT(stranger.err, HasSubstr("sluis exchange status"));
  EXPECT_EQ(care_.Share({"signal", "share", record, "--to", kCare, "--yes"}).exit,
            cli::Exit::kRefused);
  const Ended denied = care_.Here({"signal", "share", record, "--to", kTown, "--yes"});
  EXPECT_EQ(denied.exit, cli::Exit::kRefused);
  EXPECT_THAT(denied.err, HasSubstr("kan"));
  // A mandate for another role, and none.
  care_.Mandate({kManager});
  const Ended role = care_.Share(share, "ja\n");
  EXPECT_EQ(role.exit, cli::Exit::kUsage);
  EXPECT_THAT(role.err, HasSubstr("bevat de rol maatschappelijk-werker niet"));
  EXPECT_THAT(role.err, Not(HasSubstr("Dit zou"))) << "whoever cannot sign is not asked";
  std::filesystem::remove(client::MandatePath(care_.profile, kPartnership));
  const Ended none = care_.Share(share, "ja\n");
  EXPECT_EQ(none.exit, cli::Exit::kUsage);
  EXPECT_THAT(none.err, HasSubstr("sluis mandate install"));
  EXPECT_EQ(StateOf(record), "");
}

}  // namespace
}  // namespace sluis::test
