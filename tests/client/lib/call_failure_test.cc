#include "client/lib/call_failure.h"

#include <gtest/gtest.h>

#include "client/lib/to_json.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::client {
namespace {

using absl::StatusCode;

std::string Refusal(const std::string& code) {
  node::v1::RefusalDetail refusal;
  refusal.set_code(code);
  auto* text = refusal.add_because();
  text->set_language("en");
  text->set_text("because");
  text = refusal.add_because();
  text->set_language("nl");
  text->set_text("omdat");
  return refusal.SerializeAsString();
}

Exit ExitOf(StatusCode code, const std::string& details = "") {
  return FailureOfCall(code, "text", details, "host:1").exit;
}

TEST(CallFailureTest, EveryCodeHasItsExit) {
  EXPECT_EQ(ExitOf(StatusCode::kUnavailable), Exit::kUnreachable);
  EXPECT_EQ(ExitOf(StatusCode::kDeadlineExceeded), Exit::kUnreachable);
  EXPECT_EQ(ExitOf(StatusCode::kResourceExhausted), Exit::kUnreachable);
  EXPECT_EQ(ExitOf(StatusCode::kUnauthenticated), Exit::kNotPermitted);
  EXPECT_EQ(ExitOf(StatusCode::kPermissionDenied), Exit::kNotPermitted);
  EXPECT_EQ(ExitOf(StatusCode::kInvalidArgument), Exit::kUsage);
  EXPECT_EQ(ExitOf(StatusCode::kNotFound), Exit::kRefused);
  EXPECT_EQ(ExitOf(StatusCode::kAborted), Exit::kRefused);
  EXPECT_EQ(ExitOf(StatusCode::kFailedPrecondition), Exit::kRefused);
  EXPECT_EQ(ExitOf(StatusCode::kAlreadyExists), Exit::kRefused);
  EXPECT_EQ(ExitOf(StatusCode::kUnimplemented), Exit::kInternal);
  EXPECT_EQ(ExitOf(StatusCode::kDataLoss), Exit::kInternal);
  EXPECT_EQ(ExitOf(static_cast<StatusCode>(99)), Exit::kInternal);
}

TEST(CallFailureTest, ADenialByRuleIsAnotherThingThanNoRight) {
  EXPECT_EQ(ExitOf(StatusCode::kPermissionDenied, Refusal("denied")), Exit::kRefused);
  EXPECT_EQ(ExitOf(StatusCode::kPermissionDenied, Refusal("role_not_held")), Exit::kNotPermitted);
  EXPECT_EQ(ExitOf(StatusCode::kPermissionDenied, "\xFF no message"), Exit::kNotPermitted);
}

TEST(CallFailureTest, ReasonsInTheLanguageOfThePerson) {
  const auto failure =
      FailureOfCall(StatusCode::kPermissionDenied, "", Refusal("denied"), "host:1");
  ASSERT_NE(failure.refusal, nullptr);
  EXPECT_EQ(BecauseOf(*failure.refusal, "nl"), "omdat");
  EXPECT_EQ(BecauseOf(*failure.refusal, "fr"), "because") << "the first there is";
  EXPECT_EQ(BecauseOf(node::v1::RefusalDetail(), "nl"), "");
}

TEST(ToJsonTest, NamesWordsAndHexadecimals) {
  node::v1::ListSignalsResponse list;
  auto* summary = list.add_signals();
  summary->set_record_id("\x01\xFF");
  summary->set_version(2);
  summary->set_state(record::v1::RECORD_STATE_WITHDRAWN);
  summary->set_tlp(record::v1::TLP_AMBER_STRICT);
  summary->set_category("é");
  const auto json = ToJson(list);
  const auto& one = json["signals"][0];
  EXPECT_EQ(one["record_id"], "01ff");
  EXPECT_EQ(one["version"], 2);
  EXPECT_EQ(one["state"], "withdrawn");
  EXPECT_EQ(one["tlp"], "amber_strict");
  EXPECT_EQ(one["category"], "é");
  EXPECT_EQ(one["held"], false);
  EXPECT_TRUE(json["log_receipt"].is_null());
  EXPECT_EQ(json["next_page_token"], "");
}

}  // namespace
}  // namespace sluis::client
