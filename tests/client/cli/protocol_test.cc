// `sluis protocol` on the example, and on texts that are wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "policies/protocol_check.h"
#include "policies/protocol_state.h"
#include "tests/client/cli/protocol_folder.h"

namespace sluis::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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
  } forms[] = {{"html", "<h2>8. Mededelingen</h2>"},
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
