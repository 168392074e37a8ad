// How `sluis review` shows a review, and what it asks for before it asks the node.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "client/cli/review_commands.h"
#include "tests/client/cli/run_sluis.h"

namespace sluis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Shown(const node::v1::ReviewView& view) {
  std::istringstream in;
  std::ostringstream out, err;
  Shell shell({in, out, err, "", [] { return kTestNow; }}, client::Language::kDutch);
  SayReview(shell, view);
  return out.str();
}

node::v1::ReviewView Drawn() {
  node::v1::ReviewView view;
  record::v1::StoredReview& review = *view.mutable_review();
  review.set_purpose("doorverwijzing-hulp");
  review.set_epoch(2);
  review.set_first_day(20635);  // 1 July 2026
  review.set_last_day(20726);
  review.set_state(record::v1::REVIEW_STATE_DRAWN);
  review.set_requests(12);
  review.set_open_until_s(1'793'000'000);
  node::v1::ReviewHolder& holder = *view.add_holders();
  holder.set_organisation("lindervaart.example");
  holder.set_lists(92);
  return view;
}

TEST(ReviewView, ShowsThePeriodAndWhoGaveWhat) {
  node::v1::ReviewView view = Drawn();
  const std::string shown = Shown(view);
  EXPECT_THAT(shown, HasSubstr("doorverwijzing-hulp, tijdvak 2, van 01/07/2026 tot en met "
                               "30/09/2026: steekproef getrokken"));
  EXPECT_THAT(shown, HasSubstr("lindervaart.example: lijsten van 92 dag(en)\n"));
  EXPECT_THAT(shown, HasSubstr("12 vragen op de lijsten, 0 in de steekproef"));
  view.mutable_review()->set_everything(true);
  view.mutable_review()->add_missing("vaartstede.example");
  EXPECT_THAT(Shown(view), HasSubstr("vaartstede.example gaf niet voor elke dag een lijst"));
}

TEST(ReviewView, TellsWhatWasErasedApart) {
  node::v1::ReviewView view = Drawn();
  record::v1::SampledEvaluation& one = *view.mutable_review()->add_sample();
  one.set_leaf_hash(std::string(32, '\x0a'));
  EXPECT_THAT(Shown(view), HasSubstr("0a0a: nog te openen"));
  one.set_verdict("matches");
  EXPECT_THAT(Shown(view), HasSubstr("0a0a: klopt"));
  one.set_verdict("erased");
  one.set_erased_by_entry(4711);
  EXPECT_THAT(Shown(view), HasSubstr("Gewist door regel 4711 van het log"));
  EXPECT_THAT(Shown(view), Not(HasSubstr("wie de vraag zelf stelde")));
  one.set_erased_by_asker(true);
  one.set_erased_in_period(true);
  EXPECT_THAT(Shown(view), HasSubstr("gewist door wie de vraag zelf stelde"));
  EXPECT_THAT(Shown(view), HasSubstr("gewist voor de periode voorbij was"));
}

// The words are those of the node (server/evaluation, opening.h and period.h).
TEST(ReviewView, EveryWordOfTheNodeHasItsText) {
  for (const auto language :
       {client::Language::kDutch, client::Language::kEnglish, client::Language::kFrench}) {
    const client::Catalogue catalogue(language);
    for (const char* word : {"matches", "unopenable", "other_entry", "not_in_log", "other_request",
                             "other_persons", "other_case", "erased", "waiting"}) {
      EXPECT_TRUE(catalogue.Has(std::string("review.verdict.") + word)) << word;
    }
    for (const char* word : {"leaf_used_twice", "id_used_twice", "holders_differ", "two_lists",
                             "unproven", "above_caps", "no_share", "forked_log", "other_sharing"}) {
      EXPECT_TRUE(catalogue.Has(std::string("review.fault.") + word)) << word;
    }
  }
}

TEST(ReviewCommand, APeriodAndAReasonAreAskedFor) {
  EXPECT_EQ(RunSluis({"review", "collect", "--key", "doorverwijzing-hulp"}).exit, Exit::kUsage);
  EXPECT_THAT(RunSluis({"review", "open", "--key", "doorverwijzing-hulp", "--from", "01/07/2026",
                        "--until", "30/09/2026"})
                  .err,
              HasSubstr("--reason"));
}

}  // namespace
}  // namespace sluis::cli
