// A node keeps to what it signed for: what came on the condition that it goes no further does not.

#include <gtest/gtest.h>

#include <string>

#include "server/core/preview_share.h"
#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using tests::CodeOf;
using tests::kWelfare;

class OnwardFlowTest : public tests::LinkedPair {
 protected:
  node::v1::RequestContext Helping() {
    node::v1::RequestContext context = tests::Helping();
    context.set_role("casemanager");
    return context;
  }
  // The code of a refusal, which is one entry about the record and leaves nothing owed.
  template <typename Run>
  void ExpectRefusedAndLogged(const Run& run) {
    const uint64_t before = city_.h.size();
    EXPECT_EQ(CodeOf(run()), "onward");
    ASSERT_EQ(city_.h.size(), before + 1);
    const tests::Opened entry = city_.h.Last();
    EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_REFUSAL);
    EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_REFUSED);
    EXPECT_EQ(entry.act.refusal(), "onward");
    EXPECT_EQ(entry.actor.user_id(), "mia");
    EXPECT_EQ(entry.subject.record_ids(0), there_);
    EXPECT_TRUE(from_city_.outbound().Outstanding(kWelfare).value().empty());
  }

  tests::Person mia_ = city_.h.Admit("mia", {"casemanager"});
  std::string there_;
};

TEST_F(OnwardFlowTest, AReceivedRecordThatGoesNoFurtherIsRefusedAndLogged) {
  const std::string id = Due();
  Cross();
  there_ = Received(id).record_id();
  ASSERT_NE(there_, "");
  crypto::Secret<32> case_key;
  ExpectRefusedAndLogged([&] {
    node::v1::PreviewShareRequest request;
    node::v1::PreviewShareResponse response;
    *request.mutable_context() = Helping();
    request.set_record_id(there_);
    request.set_recipient(kWelfare);
    return city_.h.Run(mia_, std::make_shared<core::PreviewShare>(request, response, case_key));
  });
  ExpectRefusedAndLogged([&] {
    tests::FakeHeads heads;
    node::v1::ShareSignalRequest request;
    node::v1::ShareSignalResponse response;
    *request.mutable_context() = Helping();
    request.set_record_id(there_);
    request.set_version(1);
    request.set_recipient(kWelfare);
    request.set_exchange_id(std::string(16, 'x'));
    return city_.h.Run(mia_,
                       std::make_shared<core::ShareSignal>(
                           request, response, core::ShareTools{city_.h.random, case_key, heads}));
  });
}

}  // namespace
}  // namespace sluis::exchange
