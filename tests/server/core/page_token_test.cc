// Where a list goes on: sealed, and of one process, user, method and filter.
#include "server/core/page_token.h"

#include <gtest/gtest.h>

#include "server/core/list_signals.h"
#include "server/core/query_log.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using tests::CodeOf;
using tests::CoreHarness;
using tests::Person;

class PageTokenTest : public ::testing::Test {
 protected:
  PageTokenTest() {
    for (int i = 0; i < 3; ++i) {
      ids_.push_back(h_.Record(jan_, tests::PersonSignal()).record_id);
      h_.clock.Advance(std::chrono::seconds(1));
    }
    *request_.mutable_context() = tests::Intake();
    request_.set_page_size(1);
  }

  absl::Status List(const Person& who, const std::string& token) {
    request_.set_page_token(token);
    response_.Clear();
    return h_.Run(who, std::make_shared<ListSignals>(request_, response_));
  }
  std::string FirstToken() {
    EXPECT_EQ(List(jan_, ""), absl::OkStatus());
    return response_.next_page_token();
  }
  absl::Status Query(const std::string& token) {
    node::v1::QueryLogRequest request;
    node::v1::QueryLogResponse response;
    *request.mutable_context() = tests::Oversight();
    request.set_reason("jaarlijkse steekproef");
    request.set_page_size(1);
    request.set_page_token(token);
    absl::Status status =
        h_.Run(dpo_, std::make_shared<QueryLog>(request, response, h_.ledger->origin()));
    log_token_ = response.next_page_token();
    return status;
  }
  void RestartTheDaemon() {
    h_.executor.reset();
    h_.executor = std::make_unique<Executor>(*h_.ledger, h_.terms, h_.verifier, h_.clock, h_.random,
                                             ExecutorOptions{});
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person piet_ = h_.Admit("piet", {"maatschappelijk-werker"});
  const Person dpo_ = h_.Admit("dpo", {"privacy-officer"});
  std::vector<std::string> ids_;
  node::v1::ListSignalsRequest request_;
  node::v1::ListSignalsResponse response_;
  std::string log_token_;
};

// The token was recorded_at ‖ record_id of the last record looked at, in clear.
TEST_F(PageTokenTest, TokenSaysNothingOfTheRecordLookedAt) {
  const std::string token = FirstToken();
  ASSERT_FALSE(token.empty());
  for (const std::string& id : ids_) EXPECT_EQ(token.find(id), std::string::npos);
  EXPECT_NE(token, FirstToken()) << "and two of the same place cannot be compared";
  ASSERT_EQ(Query(""), absl::OkStatus());
  std::string index;
  crypto::AppendU64(index, h_.size() - 2);
  ASSERT_FALSE(log_token_.empty());
  EXPECT_EQ(log_token_.find(index), std::string::npos);
}

TEST_F(PageTokenTest, TokenGoesOnWhereItEnded) {
  ASSERT_EQ(List(jan_, FirstToken()), absl::OkStatus());
  ASSERT_EQ(response_.signals_size(), 1);
  EXPECT_EQ(response_.signals(0).record_id(), ids_[1]);
  request_.set_page_size(200);
  ASSERT_EQ(List(jan_, response_.next_page_token()), absl::OkStatus()) << "in a page of any size";
  EXPECT_EQ(response_.signals(0).record_id(), ids_[0]);
  ASSERT_EQ(Query(""), absl::OkStatus());
  EXPECT_EQ(Query(log_token_), absl::OkStatus());
}

TEST_F(PageTokenTest, TokenOfAnotherCallerListOrFilterStartsAgain) {
  const std::string token = FirstToken();
  EXPECT_EQ(CodeOf(List(piet_, token)), "bad_page_token");
  EXPECT_EQ(response_.signals_size(), 0);
  EXPECT_EQ(CodeOf(Query(token)), "bad_page_token");
  request_.set_case_ref("ZAAK-1");
  EXPECT_EQ(CodeOf(List(jan_, token)), "bad_page_token");
  request_.clear_case_ref();
  EXPECT_EQ(List(jan_, token), absl::OkStatus());
}

TEST_F(PageTokenTest, AlteredTokenStartsAgain) {
  const std::string token = FirstToken();
  for (size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    ASSERT_EQ(CodeOf(List(jan_, altered)), "bad_page_token") << i;
  }
  for (const std::string& wrong : {std::string("x"), token + "x", token.substr(1),
                                   std::string(24, '\0'), std::string(1 << 20, 'x')}) {
    EXPECT_EQ(CodeOf(List(jan_, wrong)), "bad_page_token");
  }
  const absl::Status status = List(jan_, "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("start again from the first page"), std::string::npos);
}

TEST_F(PageTokenTest, TokenFromBeforeARestartStartsAgain) {
  const std::string token = FirstToken();
  RestartTheDaemon();
  EXPECT_EQ(CodeOf(List(jan_, token)), "bad_page_token");
  EXPECT_EQ(List(jan_, FirstToken()), absl::OkStatus());
}

}  // namespace
}  // namespace sluis::core
