// What a person reads when the node refuses: why, and what to do. The codes, fields and words are
// read from the sources of the node, so that a new one cannot come without its text.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "client/lib/call_failure.h"
#include "client/lib/catalogue.h"
#include "client/lib/form_words.h"
#include "client/lib/identity_form.h"
#include "client/lib/signal_form.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/places.h"

namespace sluis::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr client::Language kLanguages[] = {client::Language::kDutch, client::Language::kEnglish,
                                           client::Language::kFrench};

// Reads one source from a place on: blanks, signs and string literals.
class Reader {
 public:
  Reader(const std::string& text, size_t at) : text_(text), at_(at) {}

  bool Skip(char sign) {
    Blanks();
    if (at_ >= text_.size() || text_[at_] != sign) return false;
    ++at_;
    return true;
  }
  // A literal, adjacent ones joined; nothing when something else stands there.
  std::optional<std::string> Literal() {
    std::optional<std::string> out;
    while (Skip('"')) {
      if (!out) out.emplace();
      while (at_ < text_.size() && text_[at_] != '"') out->push_back(text_[at_++]);
      ++at_;
    }
    return out;
  }

 private:
  void Blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  const std::string& text_;
  size_t at_;
};

// The fields that each code of a refusal to people is given with, as far as they are literals.
using Codes = std::map<std::string, std::set<std::string>>;

void AddWords(const std::string& text, Codes& codes) {
  constexpr std::string_view kStatus = "absl::StatusCode::k";
  for (size_t at = text.find(kStatus); at != std::string::npos; at = text.find(kStatus, at + 1)) {
    // What partners are told is for their nodes, not for people.
    if (text.substr(at < 40 ? 0 : at - 40, 40).find("RefusePeer(") != std::string::npos) continue;
    size_t end = at + kStatus.size();
    while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
    Reader reader(text, end);
    if (!reader.Skip(',')) continue;
    const auto code = reader.Literal();
    if (!code || !reader.Skip(',')) continue;
    auto& fields = codes[*code];
    if (!reader.Literal() || !reader.Skip(',')) continue;
    if (const auto field = reader.Literal()) fields.insert(*field);
  }
  for (const std::string_view builder : {"FailedBefore(", "BadContext(", "RefuseReview(call, "}) {
    for (size_t at = text.find(builder); at != std::string::npos; at = text.find(builder, at + 1)) {
      if (const auto code = Reader(text, at + builder.size()).Literal()) codes[*code];
    }
  }
  constexpr std::string_view kBad = "BadRequest(";
  for (size_t at = text.find(kBad); at != std::string::npos; at = text.find(kBad, at + 1)) {
    Reader reader(text, at + kBad.size());
    if (!reader.Literal() || !reader.Skip(',')) continue;
    if (const auto field = reader.Literal()) codes["bad_request"].insert(*field);
  }
  constexpr std::string_view kProblem = "Problem(\"";
  for (size_t at = text.find(kProblem); at != std::string::npos; at = text.find(kProblem, at + 1)) {
    codes["bad_signal"].insert(*Reader(text, at + kProblem.size() - 1).Literal());
  }
}

Codes CodesOfTheNode() {
  Codes codes{{"bad_certificate", {}}, {"unknown_user", {}},  {"certificate_expired", {}},
              {"denied", {}},          {"not_evaluated", {}}, {"not_in_protocol", {}}};
  for (const auto& entry : fs::recursive_directory_iterator(tests::InSources("/server"))) {
    const std::string extension = entry.path().extension();
    if (extension != ".cc" && extension != ".h") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    AddWords(text.str(), codes);
  }
  return codes;
}

// A received signal that somebody wanted to amend was refused in English, in Dutch and in French.
TEST(RefusalTextsTest, EveryCodeOfTheNodeHasItsTextAndARemedyInEachLanguage) {
  const Codes codes = CodesOfTheNode();
  EXPECT_GT(codes.size(), 38U) << "the sources were not read";
  for (const char* known : {"received", "bad_request", "no_role", "no_partner", "not_due"}) {
    EXPECT_TRUE(codes.contains(known)) << known;
  }
  for (const auto language : kLanguages) {
    const client::Catalogue catalogue(language);
    for (const auto& [code, fields] : codes) {
      ASSERT_TRUE(catalogue.Has("refusal." + code)) << code;
      // Why, and in another sentence what to do.
      EXPECT_NE(catalogue.Text("refusal." + code).find(". "), std::string::npos) << code;
    }
  }
}

TEST(RefusalTextsTest, EveryFieldThatARequestCanHaveWrongHasItsRemedy) {
  Codes codes = CodesOfTheNode();
  codes["bad_request"].insert({"reference", "authority"});  // named by a variable
  codes["bad_request"].erase("");
  EXPECT_GT(codes["bad_request"].size(), 12U);
  EXPECT_GT(codes["bad_signal"].size(), 20U);
  for (const auto language : kLanguages) {
    const client::Catalogue catalogue(language);
    for (const std::string& field : codes["bad_request"]) {
      EXPECT_TRUE(catalogue.Has("refusal.bad_request." + field)) << field;
    }
  }
  for (const std::string& field : codes["bad_signal"]) {
    EXPECT_NE(client::FindFormField(client::FormNameOf(field)), nullptr) << field;
  }
}

TEST(RefusalTextsTest, EveryFieldOfAPersonHasItsHelp) {
  const client::Catalogue dutch(client::Language::kDutch);
  for (const client::FormField& field : client::IdentityFields()) {
    std::string name(field.column.name);
    std::replace(name.begin(), name.end(), '_', '-');
    EXPECT_TRUE(dutch.Has("option.field." + name)) << name;
  }
}

class RefusedTest : public testing::Test {
 protected:
  // As it comes over the wire.
  static Failure Refused(absl::StatusCode status, const std::string& code, const std::string& field,
                         const std::string& words) {
    node::v1::RefusalDetail detail;
    detail.set_code(code);
    detail.set_field(field);
    return client::FailureOfCall(status, words, detail.SerializeAsString(), "node:8443");
  }

  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  Shell shell_{{in_, out_, err_, "", [] { return kTestNow; }}, client::Language::kDutch};
};

// "Dit kan niet omdat de aanvraag niet klopt." was all that was said; what the node had said was
// dropped.
TEST_F(RefusedTest, ABadRequestSaysWhatToDoAndKeepsTheWordsOfTheNode) {
  const Failure failure = Refused(absl::StatusCode::kInvalidArgument, "bad_request", "reason",
                                  "reason: say why in 3 to 500 characters");
  EXPECT_EQ(shell_.Fail(failure), Exit::kUsage);
  EXPECT_EQ(
      err_.str(),
      "veld reason: Dit kan niet omdat de aanvraag niet klopt. Dit kan wel: verbeter wat hier "
      "genoemd is en vraag het opnieuw. Zeg waarom in 3 tot 500 tekens, zonder "
      "rijksregisternummer; om het wissen op te schorten of in het log te kijken zijn het er "
      "minstens 10.\n"
      "De node zegt (in het Engels): reason: say why in 3 to 500 characters\n");
  shell_.json = true;
  shell_.Fail(failure);
  EXPECT_EQ(Json::parse(out_.str())["error"]["node_says"],
            "reason: say why in 3 to 500 characters");
}

TEST_F(RefusedTest, ABadSignalSaysWhatBelongsInTheField) {
  shell_.Fail(Refused(absl::StatusCode::kInvalidArgument, "bad_signal", "place",
                      "place: take the national \x1B[2J register number out"));
  EXPECT_THAT(err_.str(), HasSubstr("veld wijk: "));
  EXPECT_THAT(err_.str(), HasSubstr("Wat in dit veld hoort: Wijk, geen straat met nummer."));
  EXPECT_THAT(err_.str(), HasSubstr("place: take the national ?[2J register number out"));
}

TEST_F(RefusedTest, ACodeOfOneCauseNeedsNoWordsOfTheNode) {
  shell_.Fail(Refused(absl::StatusCode::kFailedPrecondition, "received", "",
                      "a partner shared this signal; ask the partner to correct it"));
  EXPECT_THAT(err_.str(), HasSubstr("alleen die organisatie verbetert het"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("De node zegt")));
}

// Of several shares the second failed, and a program read two objects, of which only the last had
// what was shared; of several withdrawals those before were lost.
TEST_F(RefusedTest, WhatWasDoneBeforeStandsInTheOneObjectOfTheFailure) {
  const Failure failure = Refused(absl::StatusCode::kFailedPrecondition, "withdrawn", "", "no");
  shell_.json = true;
  const Json done = {{{"exchange_id", "0a"}}, {{"exchange_id", "0b"}}};
  EXPECT_EQ(shell_.Fail(failure, {{"shared", done}}), Exit::kRefused);
  const Json json = Json::parse(out_.str());  // refuses a second object behind it
  EXPECT_EQ(json["shared"], done);
  EXPECT_EQ(json["error"]["exit"], 4);
  out_.str("");
  shell_.Fail(failure);
  EXPECT_EQ(Json::parse(out_.str()).size(), 1U) << "nothing was done before";
}

// What this command does not know yet is told in the node's words.
TEST_F(RefusedTest, AnUnknownCodeKeepsTheWordsOfTheNode) {
  shell_.Fail(Refused(absl::StatusCode::kFailedPrecondition, "of_later", "", "wait for the moon"));
  EXPECT_THAT(err_.str(), HasSubstr("wait for the moon"));
}

// A text sent its reader to a file that does not exist.
TEST(RefusalTextsTest, EveryFileThatATextNamesExists) {
  size_t named = 0;
  for (const auto language : kLanguages) {
    const client::Catalogue catalogue(language);
    for (const auto& [key, text] : catalogue.texts()) {
      for (const std::string_view folder : {"docs/", "deploy/"}) {
        const size_t at = text.find(folder);
        if (at == std::string::npos) continue;
        const size_t end = text.find(".md", at);
        ASSERT_NE(end, std::string::npos) << key;
        const std::string path = "/" + text.substr(at, end + 3 - at);
        EXPECT_TRUE(fs::exists(tests::InSources("") + path)) << key << path;
        ++named;
      }
    }
  }
  EXPECT_GE(named, 6U);
}

}  // namespace
}  // namespace sluis::cli
