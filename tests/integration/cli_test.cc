// What people do with `sluis` against a real node.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "client/lib/certificate.h"
#include "tests/integration/cli_node.h"
#include "tests/support/places.h"

namespace sluis::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

constexpr char kWorker[] = "maatschappelijk-werker";
constexpr char kOfficer[] = "privacy-officer";

class CliTest : public testing::Test {
 protected:
  void SetUp() override {
    node_.Start();
    node_.Admit("sofie.maes", kWorker);
    node_.Admit("lien.claes", kOfficer);
  }

  Answer Sofie(std::vector<std::string> words, const std::string& input = "") {
    return node_.As("sofie.maes", kWorker, std::move(words), input);
  }
  Answer Lien(std::vector<std::string> words) {
    return node_.As("lien.claes", kOfficer, std::move(words));
  }
  Answer Beheer(std::vector<std::string> words) {
    words.insert(words.end(), {"--profile", "it.beheer"});
    return node_.Sluis(words);
  }

  static std::vector<std::string> RecordWords() {
    return {"signal",
            "record",
            "--datum",
            "2025-11-03",
            "--wijk",
            "Heikant",
            "--over",
            "persoon",
            "--verwijzing",
            "DO-1",
            "--leeftijd",
            "25-39",
            "--categorie",
            "gedrag-offline",
            "--onlife",
            "offline",
            "--bronwijze",
            "tegengekomen",
            "--feit",
            "Noemt hulpverleners «de vijand».",
            "--bescherming",
            "Wil opnieuw sporten.",
            "--grens",
            "geen",
            "--kanaal",
            "overleg",
            "--tlp",
            "amber",
            "--client-ingelicht",
            "ja",
            "--client-akkoord",
            "ja"};
  }
  // Id of a new record.
  std::string Record() {
    std::vector<std::string> words = RecordWords();
    words.insert(words.end(), {"--yes", "--json"});
    const Answer answer = Sofie(words);
    EXPECT_EQ(answer.exit, 0) << answer.err << answer.out;
    return answer.json().value("record_id", "");
  }
  void WriteFile(const std::string& name, const std::string& bytes) {
    std::ofstream(node_.PathOf(name), std::ios::binary) << bytes;
  }
  // The export of the log as it is now, in this file.
  void Export(const std::string& name) {
    const Answer answer = Lien({"log", "export", "--out", node_.PathOf(name), "--reason",
                                "steekproef van november", "--open", "decision"});
    ASSERT_EQ(answer.exit, 0) << answer.err;
  }
  // Asks until the entry is below a checkpoint, which is a tick away.
  Answer Proof(const std::string& leaf_hash, const std::string& out) {
    Answer answer;
    for (int attempt = 0; attempt < 200; ++attempt) {
      answer = node_.Sluis(
          {"log", "proof", "--leaf-hash", leaf_hash, "--out", out, "--profile", "sofie.maes"});
      if (answer.exit == 0) break;
      std::this_thread::yield();
    }
    return answer;
  }

  CliNode node_;
};

TEST_F(CliTest, LifeOfASignal) {
  const Answer shown = Sofie(RecordWords(), "nee\n");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_THAT(shown.err, HasSubstr("feit: Noemt hulpverleners"));
  EXPECT_THAT(shown.err, HasSubstr("112 / 101"));
  EXPECT_EQ(Sofie({"signal", "list", "--json"}).json()["signals"].size(), 0U) << "not sent";

  const std::string id = Record();
  ASSERT_EQ(id.size(), 32U);
  const Answer list = Sofie({"signal", "list"});
  EXPECT_THAT(list.out, HasSubstr(id));
  EXPECT_THAT(list.out, Not(HasSubstr("hulpverleners"))) << "a list shows no content";
  const Answer open = Sofie({"signal", "open", id});
  EXPECT_THAT(open.out, HasSubstr("feit: Noemt hulpverleners"));
  EXPECT_THAT(open.out, HasSubstr("bescherming: Wil opnieuw sporten."));
  EXPECT_THAT(open.out, HasSubstr("beroepsgeheim: ja"));

  const Answer amended = Sofie({"signal", "amend", id, "--wijk", "Sluiskouter", "--reason",
                                "verkeerde wijk", "--yes", "--json"});
  ASSERT_EQ(amended.exit, 0) << amended.err << amended.out;
  EXPECT_EQ(amended.json()["version"], 2);
  const Answer view = Sofie({"signal", "open", id, "--json", "--out", node_.PathOf("form.yaml")});
  EXPECT_EQ(view.json()["view"]["content"]["place"], "Sluiskouter");
  EXPECT_EQ(view.json()["view"]["content"]["subject_ref"], "DO-1");
  EXPECT_EQ(Sofie({"signal", "amend", id, "--file", node_.PathOf("form.yaml"), "--reason", "zelfde",
                   "--version-read", "1", "--yes"})
                .exit,
            4)
      << "another version has come between";

  EXPECT_EQ(Sofie({"signal", "withdraw", id, "--reason", "niet langer nodig"}).exit, 0);
  EXPECT_EQ(Sofie({"signal", "open", id}).exit, 4);
  const Answer erased = Sofie({"signal", "erase", id, "--reason", "niet langer nodig", "--yes"});
  EXPECT_EQ(erased.exit, 0) << erased.err;
  const Answer gone = Sofie({"signal", "open", id});
  EXPECT_EQ(gone.exit, 4);
  EXPECT_THAT(gone.err, HasSubstr("gewist"));
}

TEST_F(CliTest, ATableIsImportedOnceAndItsBadRowsAreNamed) {
  std::ifstream example(tests::InSources("/docs/examples/tafel.csv"), std::ios::binary);
  std::string table{std::istreambuf_iterator<char>(example), {}};
  WriteFile("goed.csv", table);
  const Answer first = Sofie({"signal", "import", node_.PathOf("goed.csv"), "--yes", "--json"});
  EXPECT_EQ(first.exit, 0) << first.out << first.err;
  EXPECT_EQ(first.json()["recorded"], 3);
  const size_t at = table.find("Stationswijk;plaats");
  ASSERT_NE(at, std::string::npos);
  table.replace(at, 19, "Stationswijk;straat");
  WriteFile("deels.csv",
            table + table.substr(table.find("05/11"), table.find("06/11") - table.find("05/11"))
                        .replace(0, 10, "04/11/2025"));
  const Answer second = Sofie({"signal", "import", node_.PathOf("deels.csv"), "--yes"});
  EXPECT_EQ(second.exit, 3);
  EXPECT_THAT(second.err, HasSubstr("regel 2, veld over:"));
  EXPECT_THAT(second.out, HasSubstr("Opgetekend: 1. Stond er al: 2. Niet opgetekend: 1."));
  EXPECT_EQ(Sofie({"signal", "list", "--json"}).json()["signals"].size(), 4U);
}

TEST_F(CliTest, TheLogIsQueriedExportedVerifiedAndProven) {
  const std::string id = Record();
  const Answer open = Sofie({"signal", "open", id, "--json"});
  const std::string leaf = open.json()["log_receipt"]["leaf_hash"];
  const std::string proof = node_.PathOf("open.proof");
  const Answer proven = Proof(leaf, proof);
  ASSERT_EQ(proven.exit, 0) << proven.err;
  const std::string key = node_.Sluis({"log", "checkpoint", "--json", "--profile", "sofie.maes"})
                              .json()["verifier_key"];
  EXPECT_EQ(
      node_.Sluis({"log", "proof", "--file", proof, "--leaf", proof + ".leaf", "--key", key}).exit,
      0);
  const std::string seen = node_.PathOf("seen");
  ASSERT_EQ(node_.Sluis({"log", "checkpoint", "--out", seen, "--profile", "lien.claes"}).exit, 0);

  const Answer query =
      Lien({"log", "query", "--reason", "steekproef van november", "--operation", "consultation"});
  EXPECT_EQ(query.exit, 0) << query.err;
  EXPECT_THAT(query.out, HasSubstr("SignalService.OpenSignal"));
  EXPECT_THAT(query.out, Not(HasSubstr("sofie.maes"))) << "the actor stays closed";
  EXPECT_EQ(Lien({"log", "query", "--reason", "steekproef van november", "--open", "actor"}).exit,
            2);
  const Answer actors = Lien({"log", "query", "--reason", "steekproef van november", "--open",
                              "actor", "--decision-ref", "DPO-2025-7"});
  EXPECT_THAT(actors.out, HasSubstr("sofie.maes"));

  Export("log.sluislog");
  const std::string file = node_.PathOf("log.sluislog");
  const Answer alone = node_.Sluis({"log", "verify", file});
  EXPECT_EQ(alone.exit, 0) << alone.out;
  EXPECT_THAT(alone.out, HasSubstr("--seen"));
  const Answer good = node_.Sluis({"log", "verify", file, "--seen", seen, "--key", key, "--json"});
  EXPECT_EQ(good.exit, 0) << good.out;
  EXPECT_EQ(good.json()["self_consistency_only"], false);

  std::ifstream whole(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(whole), {}};
  const size_t inside = bytes.find("SignalService.OpenSignal");
  ASSERT_NE(inside, std::string::npos);
  bytes[inside] = 's';
  WriteFile("changed.sluislog", bytes);
  const Answer bad = node_.Sluis({"log", "verify", node_.PathOf("changed.sluislog")});
  EXPECT_EQ(bad.exit, 1);
  EXPECT_THAT(bad.out, HasSubstr("deel act: de inhoud is niet wat indertijd vastgelegd is"));
}

// Fetched from the running node by who may audit, and decided again with the packs on this disk.
TEST_F(CliTest, WhatTheNodeDecidedIsDecidedAgain) {
  const std::string id = Record();
  EXPECT_EQ(Sofie({"signal", "open", id}).exit, 0);
  EXPECT_EQ(node_
                .Sluis({"signal", "open", id, "--profile", "sofie.maes", "--role", kWorker,
                        "--purpose", "evaluatie", "--basis", "vl-prev-2024", "--case", "INTAKE"})
                .exit,
            4);
  const std::string packs = tests::InSources("/policies/packs");
  const std::string file = node_.PathOf("beslist.sluislog");
  const Answer fetched = Lien(
      {"log", "replay", "--packs", packs, "--out", file, "--reason", "steekproef van november"});
  EXPECT_EQ(fetched.exit, 0) << fetched.out << fetched.err;
  EXPECT_THAT(fetched.out, HasSubstr("In orde: elke beslissing"));
  const Answer offline = node_.Sluis({"log", "replay", file, "--packs", packs, "--json"});
  EXPECT_EQ(offline.exit, 0) << offline.out;
  EXPECT_EQ(offline.json()["ok"], true);
  EXPECT_GE(offline.json()["totals"]["equal"], 3);
  // Without the rules of the organisation itself, under which all of it was decided.
  const Answer without =
      node_.Sluis({"log", "replay", file, "--packs", packs + "/statutory.be.yaml", "--packs",
                   packs + "/livc-r.vaartland.yaml"});
  EXPECT_EQ(without.exit, 3) << without.out;
  EXPECT_THAT(without.out, HasSubstr("Ontbrekende regels"));
  // Whose log it is not may not fetch it.
  const Answer other = Sofie({"log", "replay", "--packs", packs, "--out",
                              node_.PathOf("niet.sluislog"), "--reason", "steekproef"});
  EXPECT_EQ(other.exit, 4) << other.err;
}

TEST_F(CliTest, EveryRefusalHasItsExitAndSaysWhatIsPossible) {
  const std::string id = Record();
  // A role that the mandate does not hold; a purpose that no rule allows; no case at all.
  EXPECT_EQ(node_.As("sofie.maes", "burgemeester", {"signal", "list"}).exit, 6);
  const Answer denied =
      node_.Sluis({"signal", "open", id, "--profile", "sofie.maes", "--role", kWorker, "--purpose",
                   "evaluatie", "--basis", "vl-prev-2024", "--case", "INTAKE"});
  EXPECT_EQ(denied.exit, 4);
  EXPECT_THAT(denied.err, HasSubstr("dit kan niet omdat"));
  EXPECT_THAT(denied.err, HasSubstr("Dit kan wel:"));
  EXPECT_THAT(node_.Sluis({"signal", "open", id, "--profile", "sofie.maes", "--role", kWorker}).err,
              HasSubstr("--purpose ontbreekt"));
  EXPECT_EQ(node_.Sluis({"user", "list", "--profile", "sofie.maes"}).exit, 6);

  // Of an organisation that is no partner there is no log to accept; and not everybody may.
  const std::vector<std::string> accept = {"partnership", "accept-log", "lindervaart.example",
                                           "--reason",    "teruggezet", "--size"};
  const auto sized = [&accept](const char* size) {
    std::vector<std::string> words = accept;
    words.emplace_back(size);
    return words;
  };
  EXPECT_EQ(Beheer(sized("veel")).exit, 2);
  const Answer no_partner = Beheer(sized("4711"));
  EXPECT_EQ(no_partner.exit, 4);
  EXPECT_THAT(no_partner.err, HasSubstr("sluis exchange status"));
  std::vector<std::string> as_sofie = sized("4711");
  as_sofie.insert(as_sofie.end(), {"--profile", "sofie.maes"});
  EXPECT_EQ(node_.Sluis(as_sofie).exit, 6);

  // Held: the erasure waits.
  const Answer held = Lien({"signal", "hold", id, "--reason", "klacht bij de toezichthouder",
                            "--review-on", "2027-03-01"});
  EXPECT_EQ(held.exit, 0) << held.err;
  EXPECT_EQ(Sofie({"signal", "erase", id, "--reason", "niet langer nodig", "--yes"}).exit, 4);
  EXPECT_EQ(Lien({"signal", "hold", id, "--reason", "klacht is behandeld", "--release"}).exit, 0);
  EXPECT_EQ(Sofie({"signal", "erase", id, "--reason", "niet langer nodig", "--yes"}).exit, 0);

  // Mandate revoked, then access ended, then the node stopped.
  const auto mandates = Beheer({"mandate", "list", "--user", "sofie.maes", "--json"}).json();
  const std::string mandate = mandates["mandates"][0]["mandate_id"];
  EXPECT_EQ(
      Beheer({"mandate", "revoke", mandate, "--key", node_.PathOf("node/mandate/mandate.key")})
          .exit,
      0);
  EXPECT_THAT(Beheer({"mandate", "list"}).out, HasSubstr("ingetrokken"));
  EXPECT_EQ(Sofie({"signal", "list"}).exit, 6);
  EXPECT_EQ(Beheer({"user", "revoke", "sofie.maes", "--reason", "uit dienst"}).exit, 0);
  const Answer revoked = node_.Sluis({"signal", "list", "--profile", "sofie.maes", "--role",
                                      kWorker, "--purpose", "signaal-intake", "--basis",
                                      "vl-prev-2024", "--case", "INTAKE", "--lang", "fr"});
  EXPECT_EQ(revoked.exit, 6);
  EXPECT_THAT(revoked.err, HasSubstr("utilisateur"));
  EXPECT_EQ(node_.Stop(), 0);
  EXPECT_EQ(Beheer({"node", "status"}).exit, 5);
}

TEST_F(CliTest, ADoctorFindsNothingOnAHealthyNode) {
  const Answer doctor = Beheer({"node", "doctor", "--json"});
  EXPECT_EQ(doctor.exit, 0) << doctor.out;
  const auto answer = doctor.json();
  ASSERT_FALSE(answer["diagnoses"].empty());
  for (const auto& one : answer["diagnoses"]) EXPECT_EQ(one["weight"], "fine") << one;
}

TEST_F(CliTest, ANodeInNoPartnershipHasNoneToShow) {
  const Answer shown = Beheer({"partnership", "show"});
  EXPECT_EQ(shown.exit, 1);
  EXPECT_THAT(shown.err, HasSubstr("in geen samenwerking"));
}

TEST_F(CliTest, AServerThatIsNotTheNodeIsNotSpokenTo) {
  // Certificates of the same CA, fit for a server, that name someone else.
  const auto read = [&](const std::string& name) {
    std::ifstream file(node_.PathOf(name), std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const client::CertifiedKey ca{read("node/ca/ca.key"), read("node/ca/ca.crt")};
  const std::string key = read("node/tls/tls.key");
  const std::string own = client::NodeUri("caw-de-overzet.example");
  for (const std::string& uri : {own, client::UserUri("caw-de-overzet.example", "lien.claes"),
                                 client::NodeUri("caw-de-overzet.example.evil.example")}) {
    ASSERT_EQ(node_.Stop(), 0);
    const auto certificate =
        client::Issue(ca, *client::MakeCertificateRequest(key, "x"), {uri, {"localhost"}, {}},
                      client::LeafUse::kNode, std::time(nullptr));
    ASSERT_TRUE(certificate.ok());
    WriteFile("node/tls/tls.crt", *certificate);
    node_.Start();
    EXPECT_EQ(Beheer({"node", "status"}).exit, uri == own ? 0 : 5) << uri;
  }
}

TEST_F(CliTest, ABackupComesBackWithoutWhatWasErasedSince) {
  const std::string kept = Record();
  const std::string erased = Record();
  const Answer backup = Beheer({"node", "backup", "--json"});
  ASSERT_EQ(backup.exit, 0) << backup.err;
  const std::string folder = backup.json()["folder"];
  fs::create_directory(node_.PathOf("kek"));
  for (const auto& entry : fs::directory_iterator(node_.PathOf("node/data"))) {
    if (entry.path().filename().string().starts_with("kek-")) {
      fs::copy_file(entry.path(), node_.PathOf("kek") + "/" + entry.path().filename().string());
    }
  }
  ASSERT_EQ(Sofie({"signal", "erase", erased, "--reason", "niet langer nodig", "--yes"}).exit, 0);
  const std::vector<std::string> restore = {
      "node",   "restore",           "--backup", folder,
      "--keys", node_.PathOf("kek"), "--data",   node_.PathOf("node/data"),
      "--yes"};
  EXPECT_THAT(node_.Sluis(restore).err, HasSubstr("Stop eerst de dienst")) << "still running";
  ASSERT_EQ(node_.Stop(), 0);
  const Answer restored = node_.Sluis(restore);
  ASSERT_EQ(restored.exit, 0) << restored.err;
  node_.Start();
  const Answer status = Beheer({"node", "status", "--json"});
  EXPECT_EQ(status.exit, 0) << status.out << status.err;
  EXPECT_EQ(Sofie({"signal", "open", kept}).exit, 0);
  EXPECT_EQ(Sofie({"signal", "open", erased}).exit, 4) << "it was erased after the backup";
}

}  // namespace
}  // namespace sluis::test
