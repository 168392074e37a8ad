// `sluis policy` on the frozen example pack, on the shipped packs and on packs that are wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/client/cli/run_sluis.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

const char kAbove[] = "/tests/policies/data/statutory.voorbeeld.yaml";
const char kExample[] = "/tests/policies/data/livc-r.voorbeeldvallei.yaml";
const char kStatutory[] = "/policies/packs/statutory.be.yaml";
const char kPartnership[] = "/policies/packs/livc-r.vaartland.yaml";
const char kNode[] = "/policies/packs/node.caw.yaml";

// A word that begins with "/" and ends with ".yaml" is a file of the sources.
Ended Policy(Words words, const std::string& language = "nl") {
  for (std::string& word : words) {
    if (word.starts_with("/policies/") || word.starts_with("/tests/")) {
      word = tests::InSources(word);
    }
  }
  words.insert(words.begin(), "policy");
  words.push_back("--lang=" + language);
  return RunSluis(words);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The text of a file of the sources with one part of it replaced.
std::string Changed(const char* path, const std::string& from, const std::string& to) {
  std::string text = ReadFile(tests::InSources(path));
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// What `explain` decides on an example of the analysis: "attribute=value, ...".
Json Explained(const Words& packs, const std::string& example) {
  Words words = {"explain", "--json"};
  words.insert(words.begin() + 1, packs.begin(), packs.end());
  std::istringstream parts(example);
  std::string part;
  while (std::getline(parts, part, ',')) {
    words.emplace_back("--set");
    words.push_back(part.substr(part.find_first_not_of(' ')));
  }
  return Json::parse(Policy(words).out);
}

// How that decision shows a field: as the matrix calls it.
std::string SightIn(const Json& decision, const std::string& field) {
  for (const Json& one : decision["granted"]) {
    if (one["field"] == field) return one["treatment"] == "keep" ? "as_is" : "coarser";
  }
  return "never";
}

class PolicyTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.PathOf(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  // The example pack with one part replaced, as a file.
  std::string Other(const std::string& from, const std::string& to) {
    return Write("other.yaml", Changed(kExample, from, to));
  }

  tests::TempFolder folder_;
};

// What people read is reviewed as a text: tests/client/cli/golden. After a change that is meant,
// run this test once with SLUIS_WRITE_GOLDEN=1 and read the difference.
TEST_F(PolicyTest, WhatItSaysOfTheExampleIsAsReviewed) {
  const std::vector<Words> commands = {
      {"check", kAbove, kExample},
      {"test", kAbove, kExample},
      {"explain", kAbove, kExample},
      {"explain", kAbove, kExample, "--set", "subject.minor=true", "--set", "cross_zone=true",
       "--set", "actor.role=jeugdreferent"},
      {"explain", kAbove, kExample, "--set", "record.category=gezondheid", "--set",
       "protocol.active=false"},
      {"explain", kAbove, kExample, "--set", "action=match", "--set", "record.age_days=731"},
      {"matrix", kAbove, kExample},
      {"matrix", kAbove, kExample, "--axes", "action", "--where", "purpose=evaluatie", "--format",
       "csv"},
      {"matrix", kAbove, kExample, "--axes", "action", "--where", "purpose=evaluatie", "--format",
       "html"},
      {"matrix", kAbove, kExample, "--where", "protocol.active=false"},
      {"analyse", kAbove, kExample, "--on", "2026-10-01"},
      {"diff", "--before", kAbove, kExample, "--after", kAbove, kExample},
  };
  std::string said;
  for (const Words& words : commands) {
    said += "=== sluis policy";
    for (const std::string& word : words) said += " " + word;
    const Ended ended = Policy(words);
    EXPECT_EQ(ended.exit, Exit::kDone);
    EXPECT_EQ(ended.err, "");
    said += "\n" + ended.out;
  }
  const std::string path = tests::InSources("/tests/client/cli/golden/policy.nl.txt");
  if (std::getenv("SLUIS_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << said;
  EXPECT_EQ(said, ReadFile(path));
}

TEST_F(PolicyTest, TheShippedPacksLoadAndPassTheirTestsInAnyOrderOfFiles) {
  const Ended check = Policy({"check", kNode, kPartnership, kStatutory});
  EXPECT_EQ(check.exit, Exit::kDone) << check.err;
  EXPECT_LT(check.out.find("statutory.be versie"), check.out.find("livc-r.vaartland versie"));
  EXPECT_LT(check.out.find("livc-r.vaartland versie"), check.out.find("node.caw versie"));
  const Ended test = Policy({"test", kNode, kPartnership, kStatutory});
  EXPECT_EQ(test.exit, Exit::kDone) << test.err;
  EXPECT_THAT(test.out, Not(HasSubstr(" 0 tests uitgevoerd")));
}

TEST_F(PolicyTest, EveryFileThatIsNoPackIsNamedWithItsPlace) {
  const std::string first = Write("first.yaml", "sluis: 1\npack: {id: first, layer: statutori}\n");
  const std::string second = Write("second.yaml", "sluis: 1\npack: {id: [}\n");
  const Ended text = Policy({"check", first, second});
  EXPECT_EQ(text.exit, Exit::kUsage);
  EXPECT_EQ(text.out, "");
  EXPECT_THAT(text.err, HasSubstr(first + ":2:26: unknown layer: \"statutori\" (nearest: "
                                          "\"statutory\")"));
  EXPECT_THAT(text.err, HasSubstr(second + ":2:"));
  const Ended json = Policy({"check", first, second, "--json"});
  EXPECT_EQ(json.exit, Exit::kUsage);
  EXPECT_EQ(Json::parse(json.out)["refusals"].size(), 2U);
}

TEST_F(PolicyTest, AWordThatIsNotInTheVocabularyIsRefusedOnItsLine) {
  const std::string other = Other("{protocol.active: false}", "{protocol.activ: false}");
  for (const char* command : {"check", "test", "explain", "matrix", "analyse"}) {
    const Ended ended = Policy({command, kAbove, other});
    EXPECT_EQ(ended.exit, Exit::kUsage) << command;
    EXPECT_THAT(ended.err, AllOf(HasSubstr(other + ":68:12: "), HasSubstr("\"protocol.active\"")))
        << command;
  }
  EXPECT_EQ(Policy({"diff", "--before", kAbove, kExample, "--after", kAbove, other}).exit,
            Exit::kUsage);
}

TEST_F(PolicyTest, EveryTestThatFailsIsToldAndTheOthersAreRun) {
  std::string text = Changed(kExample, "removed: [reporter], retention: P180D", "retention: P90D");
  const std::string from = "expect: {decision: deny, rules: [F-TER]}";
  text.replace(text.find(from), from.size(), "expect: {decision: permit}");
  const std::string other = Write("other.yaml", text);
  const Ended ended = Policy({"test", kAbove, other});
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, HasSubstr("8 tests uitgevoerd, 2 mislukt"));
  EXPECT_THAT(ended.out, HasSubstr("test \"casus ok\": expected P90D, got P180D"));
  EXPECT_THAT(ended.out, HasSubstr("test \"T.E.R. copy\": expected permit, got deny"));
  EXPECT_EQ(Policy({"check", kAbove, other}).exit, Exit::kUsage);
  const Json json = Json::parse(Policy({"test", kAbove, other, "--json"}).out);
  EXPECT_FALSE(json["ok"]);
  EXPECT_EQ(json["tests"][1]["ran"], 8);
  EXPECT_EQ(json["tests"][1]["failed"].size(), 2U);
}

// The tests of a pack say nothing of its promises.
TEST_F(PolicyTest, APromiseThatDoesNotHoldIsRefusedByTestToo) {
  const Ended ended = Policy(
      {"test", kAbove, Other("never: {field: reporter}", "never: {field: summary}"), "--json"});
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.out, HasSubstr("I-REPORTER"));
}

TEST_F(PolicyTest, ExplainTakesNoValueThatTheRulesDoNotKnow) {
  const auto said = [](const std::string& typed) {
    const Ended ended = Policy({"explain", kStatutory, kPartnership, "--set", typed});
    EXPECT_EQ(ended.exit, Exit::kUsage) << typed;
    EXPECT_EQ(ended.out, "") << typed;
    return ended.err;
  };
  EXPECT_THAT(said("purpose"), HasSubstr("attribuut=waarde"));
  EXPECT_THAT(said("=x"), HasSubstr("attribuut=waarde"));
  EXPECT_THAT(said("purpos=toezicht"), HasSubstr("Bedoelt u purpose?"));
  EXPECT_THAT(said("weather=rain"), HasSubstr("«weather» is geen attribuut"));
  EXPECT_THAT(said("record.held=maybe"), HasSubstr("Kies uit: true, false."));
  EXPECT_THAT(said("record.held=none"), HasSubstr("Kies uit: true, false."));
  EXPECT_THAT(said("record.age_days=3651"), HasSubstr("Kies uit: 0-3650, none."));
  EXPECT_THAT(said("actor.mode=helping"), HasSubstr("actor.mode volgt uit actor.role"));
  const Ended twice = Policy({"explain", kStatutory, kPartnership, "--set", "record.held=true",
                              "--set", "record.held=false"});
  EXPECT_EQ(twice.exit, Exit::kUsage);
  EXPECT_THAT(twice.err, HasSubstr("record.held staat er twee keer"));
}

TEST_F(PolicyTest, WhatNeitherBaseNorPersonSaysIsAskedFor) {
  const std::string text = ReadFile(tests::InSources(kExample));
  const std::string bare = Write("bare.yaml", text.substr(0, text.find("\ntests:")) + "\n");
  const Ended ended = Policy({"explain", kAbove, bare, "--set", "purpose=toezicht"});
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("actor.role, basis"), Not(HasSubstr("purpose"))));
}

TEST_F(PolicyTest, ExplainAnswersAProgramWithEverything) {
  const Ended ended = Policy({"explain", kStatutory, kPartnership, "--set", "side=release", "--set",
                              "action=share", "--set", "to.kind=police-zone", "--json"});
  ASSERT_EQ(ended.exit, Exit::kDone);
  const Json json = Json::parse(ended.out);
  EXPECT_EQ(json["decision"], "deny");
  EXPECT_EQ(json["forbids"], Json({"F-HULPVERLENER-POLITIE"}));
  EXPECT_EQ(json["set"]["to.kind"], "police-zone");
  EXPECT_EQ(json["base"]["actor.role"], "maatschappelijk-werker");
  EXPECT_FALSE(json["base"].contains("to.kind"));
  EXPECT_EQ(json["packs"]["effective"].get<std::string>().size(), 64U);
  EXPECT_TRUE(json["packs"]["node"].is_null());
  bool found = false;
  for (const Json& one : json["nearest_permit"]["in_the_way"]) {
    if (one["rule"] != "F-HULPVERLENER-POLITIE" || one["attribute"] != "to.kind") continue;
    found = true;
    EXPECT_EQ(one["value"], "police-zone");
    EXPECT_EQ(one["accepted"], Json({"municipality", "welfare"}));
  }
  EXPECT_TRUE(found) << ended.out;
}

// Who somebody is and the marks of a record are no advice: another way is, or there is none.
TEST_F(PolicyTest, ExplainNeverAdvisesAnotherPersonOrAnotherMark) {
  const Words ask = {"explain", kStatutory,     kPartnership, "--set",          "side=release",
                     "--set",   "action=share", "--set",      "to.kind=welfare"};
  const auto with = [&ask](const Words& more) {
    Words words = ask;
    for (const std::string& one : more) words.insert(words.end(), {"--set", one});
    return words;
  };
  const auto part = [](const std::string& text) {
    const size_t at = text.find("Dit kan wel, volgens regel");
    return at == std::string::npos ? std::string() : text.substr(at);
  };
  std::size_t possible = 0, none = 0;
  for (const Words& more : std::vector<Words>{{"actor.role=burgemeester"},
                                              {"record.secret=true"},
                                              {"record.secret=true", "purpose=casusoverleg-458ter"},
                                              {"actor.role=privacy-officer"},
                                              {"protocol.active=false"},
                                              {"basis=be-livc-2018", "record.no_onward=true"}}) {
    const Ended said = Policy(with(more));
    Words words = with(more);
    words.emplace_back("--json");
    const Json json = Json::parse(Policy(words).out);
    if (json["decision"] == "permit") continue;
    EXPECT_EQ(json["possible"].is_null(), part(said.out).empty()) << said.out;
    if (json["possible"].is_null()) {
      ++none;
      EXPECT_THAT(said.out, HasSubstr("Dit staat vast:\n")) << more[0];
      continue;
    }
    ++possible;
    const std::string lines = part(said.out);
    const size_t first = lines.find("staat in de weg:\n  ");
    ASSERT_NE(first, std::string::npos) << said.out;
    const std::string way = lines.substr(first);
    const std::string line = way.substr(0, way.find('\n', way.find("\n  ") + 1));
    for (const char* fact : {"(actor.role)", "(actor.mode)", "(record.secret)", "(action)"}) {
      EXPECT_THAT(line, Not(HasSubstr(fact))) << said.out;
    }
  }
  EXPECT_GT(possible, 0U);
  EXPECT_GT(none, 0U);
  const Ended said = Policy(with({"record.secret=true"}));
  EXPECT_THAT(said.out.substr(said.out.find("Dit kan niet")), Not(HasSubstr(" is true")));
  EXPECT_THAT(said.out, HasSubstr("Gevraagd: "));
}

// A text of law is named while it is in force, of the basis and of the rules alike.
TEST_F(PolicyTest, ExplainNamesTheTextsOfTheDay) {
  std::string text =
      Changed(kStatutory, "[{cite: \"decreet van 21 mei 2021 over de deelname aan de LIVC R\"}]",
              "[{cite: het oude decreet, until: 2026-12-31}, {cite: het nieuwe decreet, from: "
              "2027-01-01}]");
  const std::string rule = "[{cite: \"art. 5, lid 1, e), AVG\"}]";
  ASSERT_NE(text.find(rule), std::string::npos);
  text.replace(text.find(rule), rule.size(), "[{cite: de oude bewaarregel, until: 2026-12-31}]");
  const std::string law = Write("law.yaml", text);
  const auto on = [&](const std::string& day) {
    return Policy({"explain", law, kPartnership, "--on", day}).out;
  };
  EXPECT_THAT(on("2026-12-31"), AllOf(HasSubstr("het oude decreet"), HasSubstr("bewaarregel"),
                                      Not(HasSubstr("het nieuwe decreet"))));
  EXPECT_THAT(on("2027-01-01"),
              AllOf(HasSubstr("het nieuwe decreet"), Not(HasSubstr("bewaarregel")),
                    Not(HasSubstr("het oude decreet"))));
  const Json json =
      Json::parse(Policy({"explain", law, kPartnership, "--on", "2027-01-01", "--json"}).out);
  EXPECT_EQ(json["on"], "2027-01-01");
  EXPECT_THAT(json["citations"].get<Words>(), ::testing::Contains("het nieuwe decreet"));
  for (const Json& one : json["because"]) {
    if (one["rule"] != "R-BEWAARTERMIJN") continue;
    EXPECT_EQ(one["cites"], Json({"eu-gdpr-storage"}));
    EXPECT_EQ(one["citations"], Json::array());
  }
  EXPECT_EQ(Policy({"explain", law, kPartnership, "--on", "tomorrow"}).exit, Exit::kUsage);
}

// What a node pack adds shows, and where it comes from.
TEST_F(PolicyTest, ExplainNamesTheRuleOfEachCondition) {
  const Ended ended = Policy({"explain", kStatutory, kPartnership, kNode, "--set", "side=release",
                              "--set", "action=refer", "--set", "purpose=doorverwijzing-hulp",
                              "--set", "record.client_agrees=yes"});
  EXPECT_THAT(ended.out,
              HasSubstr("Dit kan, omdat:\n  de betrokkene akkoord gaat met hulp [P-HULP]"));
  EXPECT_THAT(ended.out, HasSubstr("goedkeuring door 1 van: casemanager [R-CAW-VIER-OGEN]"));
  EXPECT_THAT(ended.out, HasSubstr("bedenktijd van 24 uur [R-BEDENKTIJD, R-CAW-VIER-OGEN]"));
  EXPECT_THAT(ended.out, HasSubstr("decreet van 21 mei 2021"));
}

TEST_F(PolicyTest, RulesSpeakTheLanguageAskedForWhereTheyCan) {
  EXPECT_THAT(Policy({"explain", kStatutory, kPartnership}, "en").out,
              HasSubstr("This is possible, because:\n  it is a signal of your own organisation"));
  // P-LEZEN has no French words, so it keeps its Dutch ones.
  EXPECT_THAT(Policy({"explain", kStatutory, kPartnership}, "fr").out,
              HasSubstr("C'est possible, car :\n  het een signaal van de eigen organisatie is"));
}

TEST_F(PolicyTest, AnAxisOrFormThatIsNotThereIsRefused) {
  for (const char* axes : {"weather", "actor.mode", "record.age_days", "purpose,,action"}) {
    const Ended ended = Policy({"matrix", kStatutory, kPartnership, "--axes", axes});
    EXPECT_EQ(ended.exit, Exit::kUsage) << axes;
    EXPECT_EQ(ended.out, "") << axes;
  }
  EXPECT_EQ(Policy({"matrix", kAbove, kExample, "--format", "pdf"}).exit, Exit::kUsage);
  EXPECT_EQ(Policy({"matrix", kAbove, kExample, "--where", "purpose"}).exit, Exit::kUsage);
}

TEST_F(PolicyTest, AMatrixIsNarrowedByAnAttributeThatFollowsFromAnother) {
  const Json json = Json::parse(Policy({"matrix", kStatutory, kPartnership, "--axes", "actor.role",
                                        "--where", "actor.mode=enforcing", "--json"})
                                    .out);
  ASSERT_EQ(json["rows"].size(), 1U);
  EXPECT_EQ(json["rows"][0]["values"]["actor.role"], "information-officer");
  EXPECT_EQ(json["where"], "actor.mode=enforcing");
}

// The example of a difference, asked of both versions, is answered differently.
TEST_F(PolicyTest, ADifferenceComesWithARequestThatShowsIt) {
  const std::string other =
      Other("actor.role: [livc-coordinator, privacy-officer]}", "actor.role: privacy-officer}");
  const Ended text = Policy({"diff", "--before", kAbove, kExample, "--after", kAbove, other});
  EXPECT_EQ(text.exit, Exit::kFinding);
  EXPECT_THAT(text.out, HasSubstr("Kan erbij: 0\n"));
  EXPECT_THAT(text.out, HasSubstr("Kan niet meer: "));
  const Json json = Json::parse(
      Policy({"diff", "--before", kAbove, kExample, "--after", kAbove, other, "--json"}).out);
  EXPECT_FALSE(json["same"]);
  Words asked;
  std::istringstream values(json["no_longer_permitted"]["example"].get<std::string>());
  for (std::string one; std::getline(values >> std::ws, one, ',');) {
    asked.insert(asked.end(), {"--set", one});
  }
  EXPECT_GT(asked.size(), 10U);
  for (const auto& [pack, decision] :
       {std::pair<std::string, const char*>{kExample, "permit"}, {other, "deny"}}) {
    Words words = {"explain", kAbove, pack, "--json"};
    words.insert(words.end(), asked.begin(), asked.end());
    EXPECT_EQ(Json::parse(Policy(words).out)["decision"], decision);
  }
}

TEST_F(PolicyTest, TheAnalysisCountsTheClassesOfTheExample) {
  const Ended ended = Policy({"analyse", kAbove, kExample, "--on", "2026-10-01", "--json"});
  EXPECT_EQ(ended.exit, Exit::kDone);
  const Json json = Json::parse(ended.out);
  EXPECT_EQ(json["classes"], "5419008");
  EXPECT_EQ(json["permitted"], "13902");
  EXPECT_EQ(json["fields"]["reporter"], Json::object());
  EXPECT_EQ(json["fields"]["detail"].size(), 1U);
}

TEST_F(PolicyTest, TheAnalysisShowsWhatItFindsByARequestThatCanBeExplained) {
  const std::string other = Other("rules:\n",
                                  "rules:\n  - {id: F-TWICE, effect: forbid, when: "
                                  "{protocol.active: false}, because: {nl: x}}\n");
  const Json json = Json::parse(Policy({"analyse", kAbove, other, "--json"}).out);
  std::map<std::string, std::string> examples;
  for (const Json& one : json["idle_rules"]) examples[one["rule"]] = one["example"];
  ASSERT_TRUE(examples.contains("F-TWICE")) << json["idle_rules"];
  EXPECT_THAT(examples["F-TWICE"], HasSubstr("protocol.active=false"));
  const Ended said = Policy({"analyse", kAbove, other});
  EXPECT_THAT(said.out, HasSubstr("    bijvoorbeeld: " + examples["F-TWICE"] + "\n"));
  // What a role can do is what the question about that role says, in one request for each purpose.
  std::size_t asked = 0;
  for (const auto& [role, purposes] : json["roles"].items()) {
    for (const auto& [purpose, example] : purposes.items()) {
      EXPECT_THAT(example.get<std::string>(), HasSubstr("actor.role=" + role));
      EXPECT_THAT(example.get<std::string>(), HasSubstr("purpose=" + purpose));
      EXPECT_EQ(Explained({kAbove, other}, example)["decision"], "permit") << example;
      EXPECT_THAT(said.out, HasSubstr("    " + purpose + ": " + example.get<std::string>() + "\n"));
      ++asked;
    }
  }
  EXPECT_GT(asked, 5U);
}

TEST_F(PolicyTest, TheAnalysisShowsWhoSeesAFieldByARequestThatShowsIt) {
  const Json json = Json::parse(Policy({"analyse", kAbove, kExample, "--json"}).out);
  const Ended said = Policy({"analyse", kAbove, kExample});
  std::size_t asked = 0;
  for (const auto& [field, purposes] : json["fields"].items()) {
    for (const auto& [purpose, viewers] : purposes.items()) {
      std::vector<std::string> roles = viewers["as_is"];
      const std::vector<std::string> coarser = viewers["coarser"];
      roles.insert(roles.end(), coarser.begin(), coarser.end());
      ASSERT_EQ(viewers["examples"].size(), roles.size());
      for (const std::string& role : roles) {
        const std::string example = viewers["examples"][role];
        EXPECT_THAT(example,
                    AllOf(HasSubstr("actor.role=" + role), HasSubstr("purpose=" + purpose)));
        EXPECT_NE(SightIn(Explained({kAbove, kExample}, example), field), "never") << example;
        ++asked;
      }
      const std::string first = viewers["examples"][roles.front()];
      EXPECT_THAT(said.out, HasSubstr("      bijvoorbeeld: " + first + "\n"));
    }
  }
  EXPECT_GT(asked, 20U);
}

TEST_F(PolicyTest, ABasisThatNoLongerStandsOnADayIsAFinding) {
  const std::string other = Other("[{cite: \"decreet 22-03-2024\"}]",
                                  "[{cite: \"decreet 22-03-2024\", until: 2028-08-31}]");
  EXPECT_EQ(Policy({"analyse", kAbove, other, "--on", "2028-08-31"}).exit, Exit::kDone);
  const Ended ended = Policy({"analyse", kAbove, other, "--on", "2028-09-01"});
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, HasSubstr("Zonder rechtsgrond die geldt op 2028-09-01:\n"));
  const Json json =
      Json::parse(Policy({"analyse", kAbove, other, "--on", "2028-09-01", "--json"}).out);
  ASSERT_EQ(json["permits_without_basis"].size(), 4U);
  for (const Json& one : json["permits_without_basis"]) {
    const std::string rule = one["rule"], example = one["example"];
    EXPECT_THAT(example, HasSubstr("basis=vl-prev-2024"));
    EXPECT_THAT(Explained({kAbove, other}, example)["permits"], ::testing::Contains(rule));
    EXPECT_THAT(ended.out,
                HasSubstr("  " + rule + ": vl-prev-2024\n    bijvoorbeeld: " + example + "\n"));
  }
  EXPECT_THAT(ended.out, HasSubstr("  P-STATS: vl-prev-2024\n"));
  EXPECT_EQ(Policy({"analyse", kAbove, other, "--on", "tomorrow"}).exit, Exit::kUsage);
}

TEST_F(PolicyTest, FmtWritesOnlyWhenAskedAndKeepsTheDigest) {
  const std::string text = ReadFile(tests::InSources(kNode));
  const std::string file = Write("node.yaml", text);
  EXPECT_EQ(Policy({"fmt", file, "--check"}).exit, Exit::kFinding);
  const Ended shown = Policy({"fmt", file});
  EXPECT_EQ(shown.exit, Exit::kDone);
  EXPECT_EQ(ReadFile(file), text);
  EXPECT_EQ(Policy({"fmt", file, "--check", "--write"}).exit, Exit::kUsage);
  EXPECT_EQ(ReadFile(file), text);
  const Json before = Json::parse(Policy({"check", kStatutory, kPartnership, file, "--json"}).out);
  EXPECT_EQ(Policy({"fmt", file, "--write"}).exit, Exit::kDone);
  EXPECT_EQ(ReadFile(file), shown.out);
  EXPECT_NE(ReadFile(file), text);
  EXPECT_EQ(Policy({"fmt", file, "--check"}).exit, Exit::kDone);
  const Json after = Json::parse(Policy({"check", kStatutory, kPartnership, file, "--json"}).out);
  EXPECT_EQ(after["effective"], before["effective"]);
}

TEST_F(PolicyTest, FmtKeepsALinkAndWhoMayReadTheFile) {
  const std::string file = Write("node.yaml", ReadFile(tests::InSources(kNode)));
  const std::string link = file + ".link.yaml";
  std::filesystem::create_symlink(file, link);
  const auto mode = std::filesystem::perms(0640);
  std::filesystem::permissions(file, mode);
  EXPECT_EQ(Policy({"fmt", link, "--write"}).exit, Exit::kDone);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(std::filesystem::status(file).permissions(), mode);
  EXPECT_NE(ReadFile(file), ReadFile(tests::InSources(kNode)));
  EXPECT_EQ(Policy({"fmt", file, "--check"}).exit, Exit::kDone);
}

TEST_F(PolicyTest, TheMatrixShowsTheNumberThatWasAskedFor) {
  const Json json = Json::parse(
      Policy({"matrix", kAbove, kExample, "--where", "record.age_days=17", "--json"}).out);
  ASSERT_GT(json["rows"].size(), 3U);
  for (const Json& row : json["rows"]) {
    EXPECT_THAT(row["example"].get<std::string>() + ",", HasSubstr("record.age_days=17,"));
    for (const auto& [field, sight] : row["fields"].items()) {
      EXPECT_EQ(row["examples"].contains(field), sight != "never");
      if (sight == "never") continue;
      const std::string example = row["examples"][field];
      EXPECT_EQ(SightIn(Explained({kAbove, kExample}, example), field), sight) << example;
    }
  }
}

TEST_F(PolicyTest, TheMatrixHasOneFormAtATime) {
  const Ended both = Policy({"matrix", kAbove, kExample, "--format", "csv", "--json"});
  EXPECT_EQ(both.exit, Exit::kUsage);
  EXPECT_THAT(both.out, HasSubstr("policy.format_json"));
}

// What follows from another attribute has no rows of its own: the rest is answered all the same.
TEST_F(PolicyTest, TheAnalysisSaysThatAPurposeThatFollowsHasNoRows) {
  const std::string file = Write(
      "derived.yaml",
      "sluis: 1\npack: {id: derived, layer: statutory, version: 1, valid: {from: 2026-01-01, "
      "until: 2026-12-31}}\nvocab:\n  aim: [help]\n  act: {values: {call: {aim: help}}}\n  role: "
      "[cook]\nattributes:\n  act: {type: act, source: caller}\n  purpose: {type: aim, source: "
      "caller, derived: {from: act, property: aim}}\n  actor.role: {type: role, source: "
      "mandate}\nfields: [text]\n");
  const Ended ended = Policy({"analyse", file});
  EXPECT_EQ(ended.exit, Exit::kDone) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Wie wat kan zien is niet te zeggen"));
  EXPECT_TRUE(Json::parse(Policy({"analyse", file, "--json"}).out)["roles"].is_null());
  const Ended matrix = Policy({"matrix", file});
  EXPECT_EQ(matrix.exit, Exit::kUsage);
  EXPECT_THAT(matrix.err, HasSubstr("\"purpose\" follows from another one"));
}

TEST_F(PolicyTest, FmtRefusesWhatIsNoPackWithItsPlace) {
  const std::string file = Write("other.yaml", "services: {a: b}\n");
  const Ended ended = Policy({"fmt", file, "--write"});
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.err, HasSubstr(file + ":1:1: "));
  EXPECT_EQ(ReadFile(file), "services: {a: b}\n");
}

TEST_F(PolicyTest, WhatIsLeftOutIsNamed) {
  for (const char* command : {"check", "test", "explain", "matrix", "analyse", "diff", "fmt"}) {
    EXPECT_EQ(Policy({command}).exit, Exit::kUsage) << command;
    EXPECT_THAT(Policy({command}).err, HasSubstr("ontbreekt")) << command;
  }
  const Ended absent = Policy({"check", "/nonexistent/a.yaml"});
  EXPECT_EQ(absent.exit, Exit::kUsage);
  EXPECT_THAT(absent.err, HasSubstr("/nonexistent/a.yaml is er niet."));
}

}  // namespace
}  // namespace sluis::cli
