#include "client/lib/node_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/restore.h"
#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::client {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kNow = 1763740800;  // 2025-11-21T16:00:00Z

NodePlan PlanIn(const std::string& folder) {
  NodePlan plan;
  plan.folder = folder;
  plan.organisation = "caw-de-overzet.example";
  plan.kind = "welfare";
  plan.host = "vaartland-it.example";
  plan.secrecy_regime = true;
  plan.listen = "127.0.0.1:8443";
  plan.address = "node.caw-de-overzet.example:8443";
  plan.statutory_pack = tests::InSources("/policies/packs/statutory.be.yaml");
  plan.partnership_pack = tests::InSources("/policies/packs/livc-r.vaartland.yaml");
  return plan;
}

TEST(NodeFilesTest, MakesEverythingPrivateAndOnce) {
  const tests::TempFolder folder;
  const NodePlan plan = PlanIn(folder.PathOf("node"));
  const auto made = MakeNodeFiles(plan, kNow);
  ASSERT_TRUE(made.ok()) << made.failure().message.key;
  for (const auto& [name, purpose] :
       {std::pair{"keys/log.key", crypto::KeyPurpose::kLog},
        std::pair{"keys/identity.key", crypto::KeyPurpose::kIdentity},
        std::pair{"keys/witness.key", crypto::KeyPurpose::kWitness},
        std::pair{"keys/receipt.key", crypto::KeyPurpose::kReceipt},
        std::pair{"keys/case.key", crypto::KeyPurpose::kCase},
        std::pair{"mandate/mandate.key", crypto::KeyPurpose::kMandate}}) {
    EXPECT_TRUE(ReadKey(plan.folder + "/" + name, purpose).ok()) << name;
  }
  for (const auto& entry : fs::recursive_directory_iterator(plan.folder)) {
    struct stat facts {};
    ASSERT_EQ(stat(entry.path().c_str(), &facts), 0);
    if (entry.is_directory()) {
      EXPECT_EQ(facts.st_mode & 0777, 0700U) << entry.path();
    }
    if (entry.path().extension() == ".key") {
      EXPECT_EQ(facts.st_mode & 0777, 0600U) << entry.path();
    }
  }
  const std::string certificate = *ReadWhole(plan.folder + "/tls/tls.crt", 1 << 16);
  EXPECT_TRUE(Matches(certificate, *ReadSecret(plan.folder + "/tls/tls.key", 1 << 16)));
  EXPECT_EQ(FactsOf(certificate)->uris,
            std::vector<std::string>{"spiffe://caw-de-overzet.example/node"});
  const YAML::Node yaml = YAML::LoadFile(made->configuration_path);
  EXPECT_EQ(yaml["keys"]["mandate_public"].as<std::string>(),
            crypto::Base64Encode(crypto::View(
                ReadKey(made->mandate_key_path, crypto::KeyPurpose::kMandate)->key.public_key())));
  EXPECT_EQ(yaml["host"].as<std::string>(), "vaartland-it.example");
  EXPECT_TRUE(
      ReadKey(yaml["keys"]["identity"].as<std::string>(), crypto::KeyPurpose::kIdentity).ok());
  EXPECT_FALSE(yaml["partnership"].IsDefined());
  EXPECT_FALSE(yaml["packs"]["node"].IsDefined());
  const auto again = MakeNodeFiles(plan, kNow);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.failure().message.key, "init.exists");
}

TEST(NodeFilesTest, ExampleConfigurationHasTheKeysThatInitWrites) {
  const tests::TempFolder folder;
  NodePlan plan = PlanIn(folder.PathOf("node"));
  plan.node_pack = tests::InSources("/policies/packs/node.caw.yaml");
  const auto made = MakeNodeFiles(plan, kNow);
  ASSERT_TRUE(made.ok());
  const YAML::Node written = YAML::LoadFile(made->configuration_path);
  const YAML::Node example = YAML::LoadFile(tests::InSources("/deploy/sluisd.example.yaml"));
  for (const auto& entry : written) {
    const std::string key = entry.first.Scalar();
    ASSERT_TRUE(example[key].IsDefined()) << key;
    if (!entry.second.IsMap()) continue;
    for (const auto& inner : entry.second) {
      EXPECT_TRUE(example[key][inner.first.Scalar()].IsDefined()) << key << "." << inner.first;
    }
  }
}

TEST(NodeFilesTest, RefusesPlansThatCannotWork) {
  const auto check = [](void (*change)(NodePlan*)) {
    NodePlan plan = PlanIn("/nowhere");
    change(&plan);
    const Step failure = CheckPlan(plan);
    return failure ? failure->message.key : std::string("ok");
  };
  EXPECT_EQ(check([](NodePlan*) {}), "ok");
  EXPECT_EQ(check([](NodePlan* plan) { plan->organisation = "CAW"; }), "user.bad_organisation");
  EXPECT_EQ(check([](NodePlan* plan) { plan->kind = "school"; }), "init.bad_kind");
  EXPECT_EQ(check([](NodePlan* plan) { plan->host = ""; }), "init.bad_host");
  EXPECT_EQ(check([](NodePlan* plan) { plan->host = std::string(121, 'h'); }), "init.bad_host");
  for (const char* address :
       {"", "host", "host:", ":1", "host:x", "host:70000", "::1:1", "a:1:2"}) {
    NodePlan plan = PlanIn("/nowhere");
    plan.listen = address;
    EXPECT_TRUE(CheckPlan(plan).has_value()) << address;
  }
  EXPECT_EQ(check([](NodePlan* plan) { plan->listen = "[::1]:8443"; }), "ok");
  EXPECT_EQ(check([](NodePlan* plan) { plan->listen = "0.0.0.0:8443"; }), "ok");
  EXPECT_EQ(check([](NodePlan* plan) { plan->address = "0.0.0.0:8443"; }), "init.any_address");
  EXPECT_EQ(check([](NodePlan* plan) { plan->ips = {"x"}; }), "init.bad_address");
}

class RestoreTest : public testing::Test {
 protected:
  void SetUp() override {
    plan_ = {folder_.PathOf("backup"), folder_.PathOf("keys"), "", folder_.PathOf("data")};
    Put("backup/ledger/CURRENT", "MANIFEST-1");
    Put("backup/mark", "old mark");
    Put("backup/FORMAT", "1\n");
    Put("backup/erasures", std::string(40, 'a'));
    Put("backup/key", "kek-3 " + crypto::HexEncode(key_file_.substr(48)) + "\n");
    Put("keys/kek-3", key_file_);
    Put("keys/kek-4", KeyFileOf(4));
    Put("keys/notes.txt", "x");
  }
  static std::string KeyFileOf(uint64_t epoch) {
    std::string file = "sluiskk1";
    crypto::AppendU64(file, epoch);
    file += std::string(32, 'k');
    return file + std::string(crypto::View(crypto::Sha256(file)).substr(0, 16));
  }
  void Put(const std::string& name, const std::string& bytes) {
    const std::string path = folder_.PathOf(name);
    ASSERT_FALSE(MakePrivateFolder(fs::path(path).parent_path().string()).has_value());
    ASSERT_FALSE(WriteOver(path, bytes, FileMode::kPrivate).has_value());
  }
  std::string Get(const std::string& name) {
    const auto bytes = ReadWhole(folder_.PathOf(name), 1 << 20);
    return bytes.ok() ? *bytes : "absent";
  }
  std::string Refusal() {
    const auto done = Restore(plan_, kNow);
    return done.ok() ? "ok" : done.failure().message.key;
  }

  tests::TempFolder folder_;
  RestorePlan plan_;
  const std::string key_file_ = KeyFileOf(3);
};

TEST_F(RestoreTest, PutsEverythingBackAndSetsTheOldFolderAside) {
  Put("data/mark", "new mark");
  Put("data/lock", "");
  Put("data/erasures", std::string(80, 'b'));
  const auto done = Restore(plan_, kNow);
  ASSERT_TRUE(done.ok()) << done.failure().message.key;
  EXPECT_EQ(done->moved_to, folder_.PathOf("data.before-20251121T160000Z"));
  EXPECT_EQ(Get("data.before-20251121T160000Z/mark"), "new mark");
  EXPECT_EQ(Get("data/ledger/CURRENT"), "MANIFEST-1");
  EXPECT_EQ(Get("data/mark"), "old mark");
  EXPECT_EQ(Get("data/FORMAT"), "1\n");
  EXPECT_EQ(Get("data/restored"), "");
  EXPECT_EQ(done->key, "kek-3");
  EXPECT_EQ(Get("data/kek-3"), key_file_);
  EXPECT_EQ(Get("data/kek-4"), "absent") << "of a later epoch than the backup";
  EXPECT_EQ(Get("data/notes.txt"), "absent");
  EXPECT_EQ(Get("data/erasures"), std::string(80, 'b')) << "the longer journal is the newer";
  EXPECT_EQ(done->erasures, 2U);
}

TEST_F(RestoreTest, TakesTheJournalNamed) {
  Put("journal", std::string(120, 'c'));
  plan_.journal = folder_.PathOf("journal");
  const auto done = Restore(plan_, kNow);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->moved_to, "");
  EXPECT_EQ(done->erasures, 3U);
}

TEST_F(RestoreTest, RefusesBeforeTouchingAnything) {
  Put("data/mark", "new mark");
  Put("data/lock", "");
  const int lock = open(folder_.PathOf("data/lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(Refusal(), "restore.running");
  close(lock);
  plan_.journal = folder_.PathOf("nothing");
  EXPECT_EQ(Refusal(), "file.absent");
  plan_.journal = "";
  fs::remove(folder_.PathOf("keys/kek-3"));
  EXPECT_EQ(Refusal(), "restore.key_gone");
  fs::remove(folder_.PathOf("keys/kek-4"));
  EXPECT_EQ(Refusal(), "restore.no_keys");
  fs::remove(folder_.PathOf("backup/ledger/CURRENT"));
  EXPECT_EQ(Refusal(), "restore.no_backup");
  EXPECT_EQ(Get("data/mark"), "new mark");
}

}  // namespace
}  // namespace sluis::client
