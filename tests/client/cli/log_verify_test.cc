#include "client/cli/log_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sluis/record/v1/entry.pb.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/export_builder.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What `sluis log verify` says about entries whose subject part was erased.
class LogVerifyErasedTest : public testing::Test {
 protected:
  tests::BuiltExport Build(size_t entries) {
    return tests::BuildExport(random_, "lindervaart.example/log", key_, {.entries = entries});
  }
  Ended Verify(const tests::BuiltExport& log, const std::string& option = "--lang=nl") {
    const std::string path = folder_.PathOf("a.sluislog");
    std::ofstream(path, std::ios::binary) << log.Encode();
    return RunSluis({"log", "verify", path, option});
  }

  tests::Generator random_{20260722};  // NOLINT(cert-msc51-cpp): the same bytes in every run
  crypto::SigningKey key_ = tests::RandomKey(random_);
  tests::TempFolder folder_;
};

// Counts of erased parts were all that was said, in text and in --json.
TEST_F(LogVerifyErasedTest, TheErasingEntryWasNotNamed) {
  tests::BuiltExport log = Build(16);
  log.entries[1].parts[2] = {tests::kErased, "", "", 6};
  const Ended text = Verify(log);
  EXPECT_EQ(text.exit, Exit::kDone);
  EXPECT_THAT(text.out, HasSubstr("Gewist volgens handeling 6: handeling(en) 0-2, 4, samen 4\n"));
  EXPECT_THAT(text.out,
              HasSubstr("Gewist volgens handeling 13: handeling(en) 7, 9, 11, samen 3\n"));
  EXPECT_THAT(text.out, Not(HasSubstr("…")));
  EXPECT_THAT(Verify(log, "--lang=en").out,
              HasSubstr("Erased by entry 6: entries 0-2, 4, 4 in all\n"));
  EXPECT_THAT(Verify(log, "--lang=fr").out,
              HasSubstr("Effacé par l'inscription 6 : inscriptions 0-2, 4, 4 au total\n"));

  const Json json = Json::parse(Verify(log, "--json").out);
  EXPECT_EQ(json["erased_total"], 7);
  EXPECT_EQ(json["erased"], Json::parse(R"([
    {"index": 0, "erased_by": 6}, {"index": 1, "erased_by": 6}, {"index": 2, "erased_by": 6},
    {"index": 4, "erased_by": 6}, {"index": 7, "erased_by": 13}, {"index": 9, "erased_by": 13},
    {"index": 11, "erased_by": 13}])"));
}

// The name of a log is the export's word: it could clear the screen and say that all is well.
TEST_F(LogVerifyErasedTest, TheNameOfALogWasACommandToTheTerminal) {
  const tests::BuiltExport log =
      tests::BuildExport(random_, "\x1b[2J\x1b]0;x\x07/log", key_, {.entries = 2});
  const Ended ended = Verify(log);
  EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(ended.out, HasSubstr("?[2J?]0;x?/log"));
}

// The entries said so and the command did not.
TEST_F(LogVerifyErasedTest, AnExerciseWasNotSaid) {
  tests::BuiltExport log = Build(3);
  EXPECT_EQ(Verify(log).err, "");
  record::v1::ActPart act;
  act.set_operation(record::v1::OPERATION_COLLECTION);
  act.set_exercise(true);
  tests::BuiltEntry& entry = log.entries[1];
  const std::string salt(32, 's'), bytes = act.SerializeAsString();
  entry.commitments[0] = tests::Commit(log.origin, 1, salt, bytes);
  entry.parts[0] = {tests::kOpen, salt, bytes, 0};
  tests::Sign(log, key_);
  const Ended ended = Verify(log);
  EXPECT_EQ(ended.exit, Exit::kDone) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("OEFENING"));
  EXPECT_THAT(Verify(log, "--json").err, HasSubstr("OEFENING"));
  // What was changed in the file says nothing.
  entry.parts[0].salt[0] ^= 1;
  EXPECT_EQ(Verify(log).err, "");
}

TEST_F(LogVerifyErasedTest, NothingErasedSaysNothing) {
  const tests::BuiltExport log = Build(6);
  EXPECT_THAT(Verify(log).out, Not(HasSubstr("Gewist")));
  EXPECT_EQ(Json::parse(Verify(log, "--json").out)["erased"], Json::array());
}

TEST_F(LogVerifyErasedTest, TextIsBoundedAndSaysHowMuchIsLeftOut) {
  const tests::BuiltExport log = Build(22 * 7);
  const std::string text = Verify(log).out;
  EXPECT_THAT(text, HasSubstr("Gewist volgens handeling 139:"));
  EXPECT_THAT(text, Not(HasSubstr("Gewist volgens handeling 146:")));
  EXPECT_THAT(text, HasSubstr("… en nog 6 die gewist zijn; --json noemt er 66.\n"));
  EXPECT_EQ(Json::parse(Verify(log, "--json").out)["erased"].size(), 66u);
}

TEST_F(LogVerifyErasedTest, RangesOfOneErasureAreBounded) {
  tests::BuiltExport log = Build(49);
  for (tests::BuiltEntry& entry : log.entries) {
    if (entry.parts[2].state == tests::kErased) entry.parts[2] = {};
  }
  for (size_t i = 0; i < 24; i += 2) log.entries[i].parts[2] = {tests::kErased, "", "", 48};
  EXPECT_THAT(Verify(log).out,
              HasSubstr("handeling(en) 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, …, samen 12\n"));
}

}  // namespace
}  // namespace sluis::cli
