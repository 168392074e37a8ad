// `sluis protocol sign` and `show`, by three organisations that sign.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "policies/protocol_signatures.h"
#include "policies/protocol_yaml.h"
#include "tests/client/cli/protocol_folder.h"

namespace sluis::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(SigningTest, EachPartySignsOnceAndTheTextStays) {
  EXPECT_THAT(Show("2026-10-01").out, HasSubstr("een ontwerp"));
  const Ended no = Sign("caw", {}, "nee\n");
  EXPECT_EQ(no.exit, Exit::kUsage);
  EXPECT_FALSE(client::Exists(protocol_ + ".signatures"));
  EXPECT_EQ(Sign("caw", {}, "ja\n").exit, Exit::kDone);
  const Ended waiting = Show("2026-10-01");
  EXPECT_EQ(waiting.exit, Exit::kFinding);
  EXPECT_THAT(waiting.out, AllOf(HasSubstr("wacht op handtekeningen"),
                                 HasSubstr("nog niet geldig getekend: lindervaart.example"),
                                 HasSubstr("Geldig getekend: caw-de-overzet.example")));
  const Ended twice = Sign("caw");
  EXPECT_EQ(twice.exit, Exit::kUsage);
  EXPECT_THAT(twice.err, HasSubstr("heeft al getekend"));
  EXPECT_EQ(Sign("town").exit, Exit::kDone);
  EXPECT_EQ(Sign("police").exit, Exit::kDone);
  EXPECT_EQ(ReadBack(protocol_), text_);
  const Ended active = Show("2026-10-01");
  EXPECT_EQ(active.exit, Exit::kDone) << active.out;
  EXPECT_THAT(active.out, AllOf(HasSubstr("van kracht."), HasSubstr("mededelingen kunnen.")));
  EXPECT_EQ(Show("2026-08-31").exit, Exit::kFinding);
  EXPECT_THAT(Show("2027-06-15").out, HasSubstr("dag van herziening is voorbij"));
  const auto json = nlohmann::json::parse(Show("2027-08-01", {"--json"}).out);
  EXPECT_EQ(json["state"], "review_overdue");
  EXPECT_EQ(json["new_disclosures"], false);
  EXPECT_EQ(json["signed_by"].size(), 3U);
  const Ended page = Do({"render", protocol_, kStatutory, kPartners, "--manifest", Path("draft")});
  EXPECT_THAT(page.out, HasSubstr("getekend op 21 november 2025"));
}

TEST_F(SigningTest, NobodySignsBeforeTheAdvices) {
  protocol_ =
      Write("early.yaml", policies::Edited(text_, "datum: 2025-06-18", "datum: 2025-11-22"));
  const Ended ended = Sign("town");
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.err, HasSubstr("vanaf 2025-11-22"));
  EXPECT_FALSE(client::Exists(protocol_ + ".signatures"));
  protocol_ = Write("on.yaml", policies::Edited(text_, "datum: 2025-06-18", "datum: 2025-11-21"));
  EXPECT_EQ(Sign("town").exit, Exit::kDone);
}

// Another tool than this one may sign on any day: the signature is there and does not count.
TEST_F(SigningTest, AnEarlierSignatureIsToldAndDoesNotCount) {
  const auto key = client::ReadKey(Path("town/keys/identity.key"), crypto::KeyPurpose::kIdentity);
  ASSERT_TRUE(key.ok());
  const std::string text = policies::Edited(text_, "datum: 2025-06-18", "datum: 2025-11-22");
  const auto reading = policies::ReadProtocol("p.yaml", text);
  ASSERT_TRUE(reading.protocol.has_value());
  Write("p.yaml", text);
  policies::ProtocolSignatures signatures{reading.protocol->digest, {}};
  signatures.Add(policies::SignProtocol(reading.protocol->digest, "lindervaart.example",
                                        "2025-11-21", key->key));
  Write("p.yaml.signatures", signatures.Serialise());
  const Ended ended = Show("2026-10-01");
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, HasSubstr("lindervaart.example tekende vóór 2025-11-22"));
  const auto json = nlohmann::json::parse(Show("2026-10-01", {"--json"}).out);
  EXPECT_EQ(json["reasons"][0]["reason"], "signed_early");
  EXPECT_EQ(json["reasons"][0]["day"], "2025-11-22");
}

// The way of deploy/runbook.md: a new key, a statement and a manifest that follow, and the
// protocol.
TEST_F(SigningTest, AfterARenewalOfKeysWhoRenewedSignsAgain) {
  for (const char* node : {"caw", "town", "police"}) ASSERT_EQ(Sign(node).exit, Exit::kDone);
  const std::string held = Path("caw/keys/identity.key");
  std::filesystem::rename(held, Path("old.key"));
  ASSERT_TRUE(client::MakeKey(held, crypto::KeyPurpose::kIdentity, "2030-11-20").ok());
  Ended made = RunSluis({"partnership", "member", "--config", Path("caw/sluisd.yaml"), "--name",
                         "Lid caw", "--mandate-until", "2030-11-20", "--address", "caw:8444",
                         "--follows", Path("draft"), "--out", Path("caw2.member")});
  ASSERT_EQ(made.exit, Exit::kDone) << made.err;
  made = RunSluis({"partnership", "draft", Path("caw2.member"), "--follows", Path("draft"),
                   "--statutory", kStatutory, "--partnership", kPartners, "--out", Path("draft2")});
  ASSERT_EQ(made.exit, Exit::kDone) << made.err;
  const auto show = [&](const Words& manifests) {
    Words words = {"show", protocol_, "--on", "2026-10-01"};
    for (const std::string& one : manifests) {
      words.insert(words.end(), {"--manifest", Path(one)});
    }
    return Do(words);
  };
  // Whatever else is given, the newest judges, as at a node.
  for (const Words& manifests : {Words{"draft2"}, Words{"draft", "draft2"}, {"draft2", "draft"}}) {
    const Ended waiting = show(manifests);
    EXPECT_EQ(waiting.exit, Exit::kFinding);
    EXPECT_THAT(waiting.out, AllOf(HasSubstr("sleutels van manifest 2"),
                                   HasSubstr("nog niet geldig getekend: caw-de-overzet.example")));
    EXPECT_EQ(waiting.out.find("vroeger manifest") != std::string::npos, manifests.size() == 2);
  }
  protocol_ = Path("p.yaml");
  const auto sign = [&](const char* node, const char* manifest, const Words& more = {}) {
    Words words = {"sign",         protocol_,  "--manifest",
                   Path(manifest), "--config", Path(std::string(node) + "/sluisd.yaml"),
                   "--yes"};
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  };
  // The old key is none of the newest manifest, also beside the earlier one.
  EXPECT_THAT(sign("caw", "draft2", {"--key", Path("old.key"), "--manifest", Path("draft")}).err,
              HasSubstr("geen identiteitssleutel"));
  const Ended again = sign("caw", "draft2", {"--json"});
  ASSERT_EQ(again.exit, Exit::kDone) << again.err;
  EXPECT_EQ(nlohmann::json::parse(again.out)["replaced"], true);
  EXPECT_EQ(show({"draft2"}).exit, Exit::kDone);
  EXPECT_THAT(sign("caw", "draft2").err, HasSubstr("heeft al getekend"));
  EXPECT_THAT(sign("town", "draft2").err, HasSubstr("heeft al getekend"));
}

TEST_F(SigningTest, ASignatureThatDoesNotCountIsReplaced) {
  ASSERT_EQ(Sign("town").exit, Exit::kDone);
  ASSERT_EQ(Sign("caw").exit, Exit::kDone);
  const std::string path = protocol_ + ".signatures";
  auto signatures = policies::ReadSignatures("s", ReadBack(path));
  ASSERT_TRUE(signatures.ok());
  for (auto& one : signatures->signatures) {
    if (one.organisation == "lindervaart.example") one.signature = {};
  }
  Write("p.yaml.signatures", signatures->Serialise());
  const Ended again = Sign("town");
  EXPECT_EQ(again.exit, Exit::kDone) << again.err;
  EXPECT_THAT(again.err, HasSubstr("telt onder dit manifest niet"));
  const auto now = policies::ReadSignatures("s", ReadBack(path));
  ASSERT_TRUE(now.ok());
  EXPECT_EQ(now->signatures.size(), 2U);
  EXPECT_THAT(Show("2026-10-01").out,
              HasSubstr("Geldig getekend: caw-de-overzet.example, lindervaart.example"));
}

TEST_F(SigningTest, StrangersAndOtherTextsAreRefused) {
  ASSERT_EQ(Sign("caw").exit, Exit::kDone);
  // Another text under the same signatures.
  protocol_ = Write("p.yaml", policies::Edited(text_, "Belgisch recht.", "Belgisch recht!"));
  const Ended other = Sign("town");
  EXPECT_EQ(other.exit, Exit::kUsage);
  EXPECT_THAT(other.err, HasSubstr("onder een andere tekst"));
  EXPECT_THAT(Show("2026-10-01").out, HasSubstr("tellen niet mee"));
  // A text that says something else than the rules of this node.
  protocol_ = Write("q.yaml",
                    policies::Edited(text_, "van: [municipality, welfare]", "van: [municipality]"));
  const Ended differs = Sign("town");
  EXPECT_EQ(differs.exit, Exit::kUsage);
  EXPECT_THAT(differs.err, HasSubstr("verschillen"));
  // No party.
  protocol_ =
      Write("r.yaml", Earlier(Without(policies::ExampleProtocolText(), {"lindervaart.example"})));
  EXPECT_THAT(Sign("town").err, HasSubstr("geen partij"));
  // A party that is of another kind in the manifest.
  std::string swapped = policies::Edited(text_, "soort: municipality", "soort: @");
  swapped = policies::Edited(swapped, "soort: welfare", "soort: municipality");
  protocol_ = Write("k.yaml", policies::Edited(swapped, "soort: @", "soort: welfare"));
  const Ended kind = Show("2026-10-01");
  EXPECT_EQ(kind.exit, Exit::kUsage);
  EXPECT_THAT(kind.err, HasSubstr("lindervaart.example is in dit protocol welfare"));
  // Another key than the manifest names.
  protocol_ = Write("s.yaml", text_);
  const Ended key = Sign("town", {"--yes", "--key", Path("caw/keys/identity.key")});
  EXPECT_EQ(key.exit, Exit::kUsage);
  EXPECT_THAT(key.err, HasSubstr("geen identiteitssleutel"));
  EXPECT_FALSE(client::Exists(protocol_ + ".signatures"));
  // Signatures that cannot be read.
  Write("s.yaml.signatures", "x");
  EXPECT_EQ(Sign("town").exit, Exit::kUsage);
  EXPECT_EQ(Show("2026-10-01").exit, Exit::kUsage);
}

TEST_F(SigningTest, ATemplateTakesItsPartiesFromTheManifest) {
  const Ended ended =
      Do({"new", kStatutory, kPartners, "--manifest", Path("draft"), "--out", Path("new.yaml")});
  EXPECT_EQ(ended.exit, Exit::kDone) << ended.err;
  EXPECT_THAT(
      ReadBack(Path("new.yaml")),
      AllOf(HasSubstr("organisatie: \"caw-de-overzet.example\""), HasSubstr("\"Lid town\"")));
}

}  // namespace
}  // namespace sluis::cli
