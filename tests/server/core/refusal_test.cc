// What a caller is told of a refusal, besides that it is one.
#include "server/core/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policies/evaluate.h"
#include "policies/request.h"
#include "tests/support/shipped_packs.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;

constexpr char kPack[] = R"(sluis: 1
pack: {id: cited, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  basis:
    values:
      law:
        citations:
          - {cite: "art. 1 van de oude wet", until: 2026-06-30}
          - {cite: "art. 9 van de nieuwe wet", from: 2026-07-01}
  norm: {values: {later: {citations: [{cite: "art. 2 van het decreet", from: 2026-09-01}]}}}
attributes: {basis: {type: basis, source: caller}}
fields: [text]
rules:
  - {id: F-LAW, effect: forbid, because: {nl: "dit kan niet omdat a", en: "not because a", cite: [law, later]}}
  - {id: F-OWN, effect: forbid, because: {nl: "dit kan niet omdat b", cite: "protocol, art. 4"}}
  - {id: F-NOT, effect: forbid, because: {nl: "dit kan niet omdat c"}}
)";

class RefusalTest : public ::testing::Test {
 protected:
  RefusalTest() {
    auto packs = policies::LoadTexts({{"cited", kPack}});
    EXPECT_TRUE(packs.ok()) << packs.status();
    if (packs.ok()) terms_ = std::make_shared<Terms>(*std::move(packs));
  }

  // "language: text [what it cites]" of each text.
  std::vector<std::string> ToldOn(const std::string& day, const Answer& answer) const {
    Call call;
    call.terms = terms_;
    call.today = day;
    std::vector<std::string> told;
    const node::v1::RefusalDetail detail = DetailOf(call, answer);
    for (const node::v1::RefusalText& one : detail.because()) {
      told.push_back(one.language() + ": " + one.text() + " [" + one.cite() + "]");
    }
    return told;
  }
  Answer Denied() const {
    policies::RequestBuilder request(terms_->packs);
    request.Set("basis", "law", policies::Source::kCaller);
    Answer answer;
    answer.decision = policies::Decide(terms_->packs, request.Build());
    EXPECT_EQ(answer.decision.outcome, policies::Outcome::kDeny);
    return answer;
  }

  std::shared_ptr<const Terms> terms_;
};

TEST_F(RefusalTest, EachTextSaysWhatTheRuleCitesAsItStandsThatDay) {
  ASSERT_TRUE(terms_);
  const char own[] = "nl: dit kan niet omdat b [protocol, art. 4]";
  const char nothing[] = "nl: dit kan niet omdat c []";
  EXPECT_THAT(ToldOn("2026-06-30", Denied()),
              ElementsAre("nl: dit kan niet omdat a [art. 1 van de oude wet]",
                          "en: not because a [art. 1 van de oude wet]", nothing, own));
  EXPECT_THAT(ToldOn("2026-07-01", Denied()),
              ElementsAre("nl: dit kan niet omdat a [art. 9 van de nieuwe wet]",
                          "en: not because a [art. 9 van de nieuwe wet]", nothing, own));
  EXPECT_THAT(
      ToldOn("2026-09-01", Denied()),
      ElementsAre("nl: dit kan niet omdat a [art. 9 van de nieuwe wet; art. 2 van het decreet]",
                  "en: not because a [art. 9 van de nieuwe wet; art. 2 van het decreet]", nothing,
                  own));
}

// No rule refused: nothing is cited.
TEST_F(RefusalTest, WhatNoClauseCoversCitesNothing) {
  ASSERT_TRUE(terms_);
  Answer answer;
  answer.outside_protocol = true;
  answer.decision = policies::Refusal(terms_->packs.digests(), "no clause covers it");
  const std::vector<std::string> told = ToldOn("2026-09-01", answer);
  ASSERT_EQ(told.size(), 3U);
  for (const std::string& one : told) EXPECT_TRUE(one.ends_with(" []")) << one;
}

}  // namespace
}  // namespace sluis::core
