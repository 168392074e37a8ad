// `sluis protocol` on the example, on texts that are wrong, and by three organisations that sign.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "policies/protocol_check.h"
#include "policies/protocol_state.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/example_protocol.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

const std::string kPacks = tests::InSources("/policies/packs/");  // NOLINT: tests only
const std::string kStatutory = kPacks + "statutory.be.yaml";      // NOLINT: tests only
const std::string kPartners = kPacks + "livc-r.vaartland.yaml";   // NOLINT: tests only

// Without the items of a list that name one of these organisations.
std::string Without(std::string text, const Words& organisations) {
  for (const std::string& organisation : organisations) {
    for (size_t at; (at = text.find(organisation)) != std::string::npos;) {
      const size_t begin = text.rfind("\n  ", text.rfind("- ", at));
      const size_t indent = text.find('-', begin) - begin - 1;
      size_t end = text.find('\n', at);
      while (text.compare(end + 1, indent + 1, std::string(indent + 1, ' ')) == 0) {
        end = text.find('\n', end + 1);
      }
      text.erase(begin, end - begin);
    }
  }
  return text;
}

// With advices and assessment of the year before, as the tests sign in 2025.
std::string Earlier(std::string text) {
  for (size_t at; (at = text.find("datum: 2026-")) != std::string::npos;) {
    text.replace(at, 11, "datum: 2025");
  }
  return text;
}

class ProtocolTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) { return folder_.PathOf(name); }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }
  std::string ReadBack(const std::string& path) {
    const auto text = client::ReadWhole(path, 1 << 20);
    return text.ok() ? *text : "";
  }
  static Ended Do(Words words, const std::string& input = "", const std::string& lang = "nl") {
    words.insert(words.begin(), "protocol");
    words.push_back("--lang=" + lang);
    return RunSluis(words, input);
  }
  Ended Check(const std::string& text, const Words& more = {}) {
    Words words = {"check", Write("p.yaml", text), kStatutory, kPartners};
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  }

  tests::TempFolder folder_;
};

TEST_F(ProtocolTest, TheExampleIsInOrder) {
  const Ended ended = Check(policies::ExampleProtocolText());
  EXPECT_EQ(ended.exit, Exit::kDone) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("prot-vaartland-2026-01 versie 1 is in orde"));
  const auto json = nlohmann::json::parse(Check(policies::ExampleProtocolText(), {"--json"}).out);
  EXPECT_EQ(json["ok"], true);
  EXPECT_TRUE(json["gaps"].empty());
  EXPECT_EQ(json["digest"].get<std::string>().size(), 64U);
}

TEST_F(ProtocolTest, AGapIsToldWithARequest) {
  const std::string text = policies::Edited(policies::ExampleProtocolText(),
                                            "van: [municipality, welfare]", "van: [municipality]");
  const Ended ended = Check(text);
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("- niet in de tekst, wel in de regels: "
                                         "doorverwijzing-hulp, van welfare naar municipality"),
                               HasSubstr("  categorieën: gedrag-offline, "),
                               HasSubstr("  bijvoorbeeld side=release, ")));
  const auto json = nlohmann::json::parse(Check(text, {"--json"}).out);
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["gaps"][0]["kind"], "not_in_text");
  EXPECT_THAT(json["gaps"][0]["example"], HasSubstr("from.kind=welfare"));
}

TEST_F(ProtocolTest, EveryFaultIsToldAtOnce) {
  std::string text = policies::WithoutKey(policies::ExampleProtocolText(), "sancties");
  text = policies::Edited(text, "respijt: P60D", "respijt: 60");
  const Ended ended = Check(text);
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("\"sancties\" is missing"),
                               HasSubstr("not a number of days"), Not(HasSubstr("bewaring"))));
  const Ended other =
      Check(policies::Edited(policies::ExampleProtocolText(), "livc-r.vaartland, versie: 1",
                             "livc-r.vaartland, versie: 9"));
  EXPECT_EQ(other.exit, Exit::kUsage);
  EXPECT_THAT(other.err, HasSubstr("has version 1"));
  const Ended three =
      Do({"check", Path("p.yaml"), kStatutory, kPartners, kPacks + "node.caw.yaml"});
  EXPECT_EQ(three.exit, Exit::kUsage);
  EXPECT_THAT(three.err, HasSubstr("twee regelpakketten"));
}

TEST_F(ProtocolTest, ATemplateIsMadeOnce) {
  const Words words = {"new", kStatutory, kPartners, "--out", Path("new.yaml")};
  const Ended ended = Do(words);
  EXPECT_EQ(ended.exit, Exit::kDone) << ended.err;
  EXPECT_THAT(ReadBack(Path("new.yaml")),
              AllOf(HasSubstr("id: prot-vaartland-2026-01"), HasSubstr("# Sancties.\n"),
                    HasSubstr("soort: \"police-zone\"")));
  const Ended check = Do({"check", Path("new.yaml"), kStatutory, kPartners});
  EXPECT_EQ(check.exit, Exit::kUsage);
  EXPECT_THAT(check.err, HasSubstr("still to be filled in"));
  EXPECT_EQ(Do(words).exit, Exit::kUsage) << "it exists already";
  EXPECT_EQ(Do({"new", kStatutory, kPartners, "--out", Path("2.yaml"), "--id", "Een Naam"}).exit,
            Exit::kUsage);
}

TEST_F(ProtocolTest, IsRenderedInEachForm) {
  const std::string protocol = tests::InSources("/") + std::string(policies::kExampleProtocol);
  const struct {
    const char* format;
    const char* holds;
  } forms[] = {{"html", "<h2>7. Mededelingen</h2>"},
               {"md", "# Protocol voor de mededeling"},
               {"odrl", "\"@type\": \"Agreement\""},
               {"csv", "protocol,versie,doel,"},
               {"register", "toestemming:VerwerkingsActiviteit"}};
  for (const auto& form : forms) {
    const Ended ended = Do({"render", protocol, kStatutory, kPartners, "--format", form.format});
    EXPECT_EQ(ended.exit, Exit::kDone) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr(form.holds)) << form.format;
  }
  EXPECT_EQ(Do({"render", protocol, kStatutory, kPartners, "--format", "pdf"}).exit, Exit::kUsage);
  const Ended written =
      Do({"render", protocol, kStatutory, kPartners, "--out", Path("p.html"), "--json"});
  EXPECT_EQ(nlohmann::json::parse(written.out)["format"], "html");
  EXPECT_THAT(ReadBack(Path("p.html")), HasSubstr("</html>"));
}

class SigningTest : public ProtocolTest {
 protected:
  void SetUp() override {
    MakeNode("caw", "caw-de-overzet.example", "welfare");
    MakeNode("town", "lindervaart.example", "municipality");
    MakeNode("police", "pz-drie-sluizen.example", "police-zone");
    Words draft = {"partnership", "draft"};
    for (const char* node : {"caw", "town", "police"}) draft.push_back(Path(node) + ".member");
    draft.insert(draft.end(),
                 {"--id", "livc-r.vaartland.example", "--name", "LIVC R", "--state", "exercise",
                  "--statutory", kStatutory, "--partnership", kPartners, "--out", Path("draft")});
    ASSERT_EQ(RunSluis(draft).exit, Exit::kDone);
    text_ = Earlier(
        Without(policies::ExampleProtocolText(), {"zandrode.example", "pz-heidezoom.example"}));
    protocol_ = Write("p.yaml", text_);
  }

  void MakeNode(const std::string& node, const std::string& organisation, const char* kind) {
    Ended made = RunSluis({"node",
                           "init",
                           "--folder",
                           Path(node),
                           "--organisation",
                           organisation,
                           "--kind",
                           kind,
                           "--host",
                           "Rekencentrum",
                           "--listen",
                           "127.0.0.1:8443",
                           "--address",
                           organisation + ":8443",
                           "--statutory-pack",
                           kStatutory,
                           "--partnership-pack",
                           kPartners,
                           "--administrator-id",
                           "beheer",
                           "--yes"},
                          "", Path(node + ".profiles"));
    ASSERT_EQ(made.exit, Exit::kDone) << made.err;
    made = RunSluis({"partnership", "member", "--config", Path(node + "/sluisd.yaml"), "--name",
                     "Lid " + node, "--mandate-until", "2030-11-20", "--address", node + ":8444",
                     "--out", Path(node + ".member")});
    ASSERT_EQ(made.exit, Exit::kDone) << made.err;
  }

  Ended Sign(const std::string& node, const Words& more = {"--yes"},
             const std::string& input = "") {
    Words words = {"sign",        protocol_,  "--manifest",
                   Path("draft"), "--config", Path(node + "/sluisd.yaml")};
    words.insert(words.end(), more.begin(), more.end());
    return Do(words, input);
  }
  Ended Show(const char* day, const Words& more = {}) {
    Words words = {"show", protocol_, "--manifest", Path("draft"), "--on", day};
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  }

  std::string text_, protocol_;
};

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

// Kinds of gaps, phases and reasons are named by a value at run time.
TEST(ProtocolTexts, EveryWordHasItsText) {
  const client::Catalogue dutch(client::Language::kDutch);
  for (size_t i = 0; i < policies::kGapKinds; ++i) {
    EXPECT_TRUE(dutch.Has("protocol.gap." +
                          std::string(policies::GapKindName(static_cast<policies::GapKind>(i)))));
  }
  for (size_t i = 0; i < policies::kProtocolPhases; ++i) {
    EXPECT_TRUE(dutch.Has("protocol.phase." + std::string(policies::ProtocolPhaseName(
                                                  static_cast<policies::ProtocolPhase>(i)))));
  }
  for (size_t i = 0; i < policies::kProtocolReasons; ++i) {
    EXPECT_TRUE(dutch.Has(
        "protocol.reason." +
        std::string(policies::ProtocolReasonName(static_cast<policies::ProtocolReason::Kind>(i)))));
  }
}

}  // namespace
}  // namespace sluis::cli
