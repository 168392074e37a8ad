#include "client/cli/log_reconcile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sluis/record/v1/entry.pb.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/export_builder.h"
#include "tests/support/partnership.h"
#include "tests/support/seeded_random.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using record::v1::CounterpartPart;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCaw[] = "caw-de-overzet.example";
constexpr char kCity[] = "lindervaart.example";
constexpr char kPolice[] = "pz-drie-sluizen.example";

// Exports of two logs, each made for the other, put together by hand.
class LogReconcileTest : public testing::Test {
 protected:
  // One exchange from the CAW to the city: meant, and accepted.
  LogReconcileTest() {
    const tests::BuiltExport sent = Build(kCaw, {Part("sender", "intent", kCity)});
    CounterpartPart accepted = Part("receiver", "offer", kCaw);
    accepted.set_outcome("accepted");
    accepted.set_message_digest(std::string(32, 'o'));
    accepted.set_terms_digest(std::string(32, 't'));
    accepted.set_peer_leaf_hash(sent.entries[1].LeafHash());
    Write("a", sent);
    Write("b", Build(kCity, {accepted}));
  }

  static CounterpartPart Part(const char* side, const char* kind, const char* peer) {
    CounterpartPart part;
    part.set_exchange_id(std::string(16, 'x'));
    part.set_side(side);
    part.set_kind(kind);
    part.set_peer(peer);
    part.set_partnership("livc-r.vaartland.example");
    part.set_message_digest(std::string(32, 't'));
    return part;
  }
  const crypto::SigningKey& KeyOf(const std::string& organisation) {
    return (organisation == kCaw ? caw_ : city_).keys.at(crypto::KeyPurpose::kLog);
  }
  // Every other entry holds one of these parts.
  tests::BuiltExport Build(const std::string& organisation,
                           const std::vector<CounterpartPart>& parts) {
    const std::string origin = organisation + "/log";
    tests::BuiltExport built = tests::BuildExport(
        random_, origin, KeyOf(organisation), {.entries = parts.size() * 2 + 1, .open_percent = 0});
    for (tests::BuiltEntry& entry : built.entries) entry.hash_only = true;
    for (size_t i = 0; i < parts.size(); ++i) {
      tests::BuiltEntry& entry = built.entries[i * 2 + 1];
      const std::string bytes = parts[i].SerializeAsString();
      const std::string salt(32, 's');
      entry.hash_only = false;
      entry.commitments[4] = tests::Commit(origin, 5, salt, bytes);
      entry.parts[4] = {tests::kOpen, salt, bytes, 0};
    }
    built.complete = 0;
    tests::Sign(built, KeyOf(organisation));
    return built;
  }
  std::string PathOf(const std::string& name) { return folder_.PathOf(name + ".sluislog"); }
  void Write(const std::string& name, const tests::BuiltExport& built) {
    std::ofstream(PathOf(name), std::ios::binary) << built.Encode();
  }
  Ended Reconcile(std::vector<std::string> options, const std::string& a = "a",
                  const std::string& b = "b") {
    options.insert(options.begin(), {"log", "reconcile", PathOf(a), PathOf(b)});
    return RunSluis(options);
  }
  std::string KeyText(const std::string& organisation) {
    return tests::VerifierKeyText(organisation + "/log", KeyOf(organisation));
  }
  std::string Manifest(bool complete) {
    const std::vector<const tests::TestMember*> members = {&caw_, &city_};
    const auto made = partnership::MakeManifest(tests::DraftOf(members), nullptr);
    EXPECT_TRUE(made.ok()) << made.status();
    const std::string path = folder_.PathOf(complete ? "vol.manifest" : "half.manifest");
    std::ofstream(path, std::ios::binary)
        << tests::SignedBy(*made, std::span(members).first(complete ? 2 : 1)).Serialise();
    return path;
  }

  tests::Generator random_{20260103};  // NOLINT(cert-msc51-cpp): the same bytes in every run
  tests::SeededRandom keys_{7};
  const tests::TestMember caw_ = tests::MakeTestMember(kCaw, keys_);
  const tests::TestMember city_ = tests::MakeTestMember(kCity, keys_);
  tests::TempFolder folder_;
};

TEST_F(LogReconcileTest, AnOpenExchangeIsListedAndNoFinding) {
  const Ended ended = Reconcile({"--lang=nl"});
  EXPECT_EQ(ended.exit, Exit::kDone) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("open: uitwisseling 78787878787878787878787878787878, van "
                                   "caw-de-overzet.example naar lindervaart.example:"));
  EXPECT_THAT(ended.out, HasSubstr("caw-de-overzet.example, handeling 1,"));
  EXPECT_THAT(ended.out, HasSubstr(": offer/accepted, blad "));
  EXPECT_THAT(ended.out, HasSubstr("De twee logs spreken elkaar niet tegen.\n"));
  EXPECT_THAT(ended.out, HasSubstr("De sleutel komt uit de uitvoer zelf"))
      << "whose key it is is said";
}

TEST_F(LogReconcileTest, TheOrderOfTheFilesMakesNoDifferenceToTheResult) {
  const Json one = Json::parse(Reconcile({"--json"}).out);
  const Json other = Json::parse(Reconcile({"--json"}, "b", "a").out);
  EXPECT_EQ(one["ok"], true);
  EXPECT_EQ(one["exchanges"], other["exchanges"]);
  EXPECT_EQ(
      one["totals"],
      Json::parse(R"({"matched":0,"open":1,"intent-only":0,"collected-only":0,"differing":0})"));
  const Json& exchange = one["exchanges"][0];
  EXPECT_EQ(exchange["result"], "open");
  EXPECT_EQ(exchange["why"], "collected");
  EXPECT_EQ(exchange["entries"].size(), 2u);
  EXPECT_EQ(exchange["entries"][1]["organisation"], kCity);
  EXPECT_EQ(exchange["entries"][1]["index"], 1);
  EXPECT_EQ(exchange["entries"][1]["leaf_hash"].get<std::string>().size(), 64u);
  EXPECT_EQ(one["logs"][0]["shown"], 1);
}

TEST_F(LogReconcileTest, WhatOneLogAloneHoldsIsAFinding) {
  Write("leeg", Build(kCity, {}));
  const Ended ended = Reconcile({"--lang=nl"}, "a", "leeg");
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, HasSubstr("alleen bij de verzender: uitwisseling"));
  EXPECT_THAT(ended.out, HasSubstr("bewaar dan beide"));
  Write("niets", Build(kCaw, {}));
  EXPECT_EQ(Reconcile({}, "niets", "b").exit, Exit::kFinding);
}

TEST_F(LogReconcileTest, KeysComeFromTheManifestOrAsText) {
  const Ended by_manifest = Reconcile({"--manifest", Manifest(true), "--lang=nl"});
  EXPECT_EQ(by_manifest.exit, Exit::kDone) << by_manifest.err;
  EXPECT_THAT(by_manifest.err, HasSubstr("Sleutels uit manifest 1, vingerafdruk "));
  EXPECT_THAT(by_manifest.err, HasSubstr("OEFENING")) << "the manifest says so";
  EXPECT_THAT(by_manifest.out, Not(HasSubstr("De sleutel komt uit de uitvoer zelf")));
  EXPECT_EQ(Reconcile({"--key", KeyText(kCity), "--key", KeyText(kCaw)}).exit, Exit::kDone);
  EXPECT_EQ(Reconcile({"--key", KeyText(kCity)}).exit, Exit::kUsage) << "none for the other";
  EXPECT_EQ(Reconcile({"--key", "x"}).exit, Exit::kUsage);
  EXPECT_EQ(Reconcile({"--manifest", Manifest(false)}).exit, Exit::kUsage) << "a draft";
  EXPECT_EQ(Reconcile({"--manifest", Manifest(true), "--key", KeyText(kCaw)}).exit, Exit::kUsage);
}

// Who rewrites a log and claims another key is believed by nobody who has the manifest.
TEST_F(LogReconcileTest, ALogSignedByAnotherKeyIsNotTaken) {
  tests::BuiltExport built = Build(kCity, {});
  const crypto::SigningKey other = tests::RandomKey(random_);
  built.verifier_key = tests::VerifierKeyText(built.origin, other);
  tests::Sign(built, other);
  Write("vals", built);
  EXPECT_THAT(Reconcile({"--lang=nl"}, "a", "vals").out, HasSubstr("wortel")) << "as it claims";
  const Ended ended = Reconcile({"--manifest", Manifest(true)}, "a", "vals");
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.err, HasSubstr("wrong-key"));
  EXPECT_EQ(ended.out, "") << "and nothing is compared";
}

TEST_F(LogReconcileTest, AnExportThatDoesNotVerifyIsNotCompared) {
  tests::BuiltExport built = Build(kCity, {});
  built.entries[0].index = 1;
  Write("kapot", built);
  const Ended ended = Reconcile({}, "a", "kapot");
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_EQ(ended.out, "");
}

TEST_F(LogReconcileTest, ExportsThatWereNotMadeForEachOtherAreRefused) {
  EXPECT_EQ(Reconcile({}, "a", "a").exit, Exit::kUsage);
  Write("ander", Build(kCity, {Part("receiver", "offer", kPolice)}));
  const Ended ended = Reconcile({"--lang=nl"}, "a", "ander");
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.err, HasSubstr("niet voor elkaar gemaakt"));
  EXPECT_EQ(ended.out, "");
  Write("kaal", Build(kCity, {Part("receiver", "\x1b[2J", kCaw)}));
  EXPECT_EQ(Reconcile({}, "a", "kaal").exit, Exit::kUsage);
}

TEST_F(LogReconcileTest, WhatIsAskedMustBeWhole) {
  EXPECT_EQ(RunSluis({"log", "reconcile"}).exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "reconcile", PathOf("a")}).exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "reconcile", "--partner", kCity}).exit, Exit::kUsage);
  EXPECT_EQ(Reconcile({"--partner", kCity, "--with", PathOf("b"), "--out", PathOf("c"), "--reason",
                       "afstemming"})
                .exit,
            Exit::kUsage);
  EXPECT_EQ(Reconcile({"--with", PathOf("b")}).exit, Exit::kUsage);
  EXPECT_EQ(Reconcile({}, "a", "nergens").exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "export", "--for", kCity, "--closed", "--out", PathOf("c"), "--reason",
                      "afstemming", "--role", "r", "--purpose", "p", "--basis", "b"})
                .exit,
            Exit::kUsage);
}

}  // namespace
}  // namespace sluis::cli
