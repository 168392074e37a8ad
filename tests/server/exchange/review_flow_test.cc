// The privacy officer of who asked looks at what holders list of it, over real cores: lists, the
// sample that nobody chooses, openings, and what is destroyed when it is over.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "server/core/asked_evaluation.h"
#include "server/core/close_review.h"
#include "server/core/refusal.h"
#include "server/core/review_openings.h"
#include "server/evaluation/stated_period.h"
#include "server/exchange/review_asking.h"
#include "tests/server/exchange/review_world.h"

namespace sluis::exchange {
namespace {

using ledger::Table;
using record::v1::StoredReview;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::CodeOf;
using tests::EvaluationWorld;
using tests::KeyWorld;
using tests::Opened;
using tests::Text;

constexpr char kOfficer[] = "privacy-officer";

// What the node does when the last day of a question is over, without waiting for that day.
class ForgetNow : public core::UseCase {
 public:
  explicit ForgetNow(std::string request_id) : request_id_(std::move(request_id)) {}
  const core::Method& method() const override {
    static const core::Method& method =
        *new core::Method{"Node.ForgetAsked", node::v1::METHOD_CLASS_UNSPECIFIED};
    return method;
  }
  absl::StatusOr<core::Plan> Decide(const core::Call& call, core::View& view) override {
    const auto asked = core::ReadAsked(view, request_id_);
    if (!asked.ok()) return asked.status();
    const auto forgotten = core::ForgottenOf(view, request_id_, *asked);
    if (!forgotten.ok()) return forgotten.status();
    core::Plan plan;
    core::Effect& effect = plan.effects.emplace_back();
    effect.entry = core::EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
    effect.entry.counterpart = core::AboutRequest(call, request_id_, core::kKindPersons, "erased");
    core::AddForgotten(call, *forgotten, effect);
    plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
    return plan;
  }

 private:
  const std::string request_id_;
};

class ReviewFlow : public tests::ReviewWorld {
 protected:
  ReviewFlow() : officer_(h().Admit("fien", {kOfficer})) { Begin(); }

  tests::CoreHarness& h() { return world_.node(0).h; }
  // As a new process would.
  void Begin() {
    reviews_ = std::make_unique<ReviewAsking>(
        ReviewAskingParts{.organisation = KeyWorld::NameOf(0),
                          .ledger = *h().ledger,
                          .executor = *h().executor,
                          .terms = h().terms,
                          .peers = *peers_,
                          .desk = world_.nodes().link(0).desk(),
                          .identity = world_.node(0).own().identity(),
                          .caps = caps_});
  }
  // Asked to the end, and proven to all holders.
  crypto::Hash Asked(const std::string& record) {
    auto evaluated = EvaluateRecords({record});
    EXPECT_TRUE(evaluated.ok()) << evaluated.status();
    asked_.push_back(evaluated->leaf_hash);
    return evaluated->leaf_hash;
  }
  // Begun, and no holder is asked.
  crypto::Hash Begun(const std::string& record) {
    const auto drafted = Draft({record});
    EXPECT_TRUE(drafted.ok()) << drafted.status();
    auto begun = std::make_shared<std::optional<core::BegunEvaluation>>();
    EXPECT_EQ(h().Run(world_.person(),
                      std::make_shared<core::BeginEvaluation>(Signed(*drafted), tools_, begun)),
              absl::OkStatus());
    return begun->value().logged.leaf_hash();
  }
  // All holders have answered: who was slow too.
  void Prove() {
    asking_.Stop();
    for (size_t holder = 0; holder < world_.nodes().size(); ++holder) {
      EXPECT_TRUE(world_.Prove(holder, world_.ProofsOf(asked_)).ok()) << holder;
    }
  }
  template <typename Request>
  Request About() {
    Request request;
    request.mutable_context()->set_role(kOfficer);
    request.mutable_context()->set_purpose("toezicht");
    request.mutable_context()->set_basis("eu-gdpr-accountability");
    request.mutable_period()->set_purpose(EvaluationWorld::kKeyPurpose);
    request.mutable_period()->set_first_day(day_);
    request.mutable_period()->set_last_day(last_day_);
    return request;
  }
  absl::StatusOr<node::v1::ReviewView> Wait(const std::function<void(ReviewAsking::Done)>& step) {
    std::promise<absl::StatusOr<ReviewStepped>> done;
    step([&done](auto stepped) { done.set_value(std::move(stepped)); });
    auto stepped = done.get_future().get();
    if (!stepped.ok()) return stepped.status();
    return stepped->review;
  }
  absl::StatusOr<node::v1::ReviewView> Collect() {
    return Wait([this](auto done) {
      reviews_->Collect(officer_.facts, About<node::v1::CollectListsRequest>(), done);
    });
  }
  absl::StatusOr<node::v1::ReviewView> Draw(bool everything = false, uint32_t per_holder = 0) {
    auto request = About<node::v1::DrawSampleRequest>();
    request.set_everything(everything);
    request.set_per_holder(per_holder);
    return Wait([&](auto done) { reviews_->Draw(officer_.facts, request, done); });
  }
  absl::StatusOr<node::v1::ReviewView> Close() {
    return Wait([this](auto done) {
      reviews_->Close(officer_.facts, About<node::v1::CloseReviewRequest>(), done);
    });
  }
  absl::StatusOr<node::v1::OpenSampleResponse> Open() {
    auto request = About<node::v1::OpenSampleRequest>();
    request.set_reason("steekproef van het kwartaal");
    request.set_decision_ref("B-2026-7");
    auto response = std::make_shared<node::v1::OpenSampleResponse>();
    const core::ReviewTools tools{h().ledger->origin(), caps_, world_.case_key()};
    const absl::Status status =
        h().Run(officer_, std::make_shared<core::OpenSample>(request, tools, response));
    if (!status.ok()) return status;
    return *response;
  }
  std::vector<std::string> Verdicts() {
    std::vector<std::string> out;
    auto opened = Open();
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return out;
    for (const auto& one : opened->review().review().sample()) out.push_back(one.verdict());
    return out;
  }
  StoredReview Row() {
    return world_.nodes().With(0, [&](const core::View& view) {
      return core::ReadReview(view, crypto::View(world_.package().key_id), day_)->row;
    });
  }
  uint64_t Stamp() {
    return world_.nodes().With(0, [&](const core::View& view) {
      return core::ReadReview(view, crypto::View(world_.package().key_id), day_)->stamp;
    });
  }
  std::vector<std::string> AskedIds() {
    return world_.nodes().With(0, [](const core::View& view) {
      std::vector<std::string> ids;
      const std::string prefix = ledger::RowKey(Table::kAskedEvaluation);
      EXPECT_TRUE(view.snapshot()
                      .Scan(prefix, storage::PrefixEnd(prefix),
                            [&](std::string_view key, std::string_view) {
                              ids.emplace_back(key.substr(prefix.size()));
                              return true;
                            })
                      .ok());
      return ids;
    });
  }
  Opened EntryOf(const crypto::Hash& leaf) {
    for (Opened& entry : h().Entries()) {
      if (entry.leaf_hash == leaf) return entry;
    }
    ADD_FAILURE() << "there is no such entry";
    return {};
  }

  const evaluation::Caps caps_;
  const tests::Person officer_;
  const uint32_t day_ = Today();
  uint32_t last_day_ = day_;
  std::vector<crypto::Hash> asked_;
  std::unique_ptr<ReviewAsking> reviews_;
};

TEST_F(ReviewFlow, FromListsToWhatIsDestroyed) {
  const crypto::Hash one = Asked(RecordOf(7));
  const crypto::Hash other = Asked(RecordOf(8));
  Prove();
  PassDays(1);
  const crypto::Hash later = Begun(RecordOf(9));
  const auto collected = Collect();
  ASSERT_TRUE(collected.ok()) << collected.status();
  ASSERT_THAT(collected->holders(), SizeIs(5));
  for (const auto& holder : collected->holders()) EXPECT_EQ(holder.lists(), 1u);
  EXPECT_EQ(collected->review().state(), record::v1::REVIEW_STATE_COLLECTING);

  const auto drawn = Draw();
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_EQ(drawn->review().state(), record::v1::REVIEW_STATE_DRAWN);
  EXPECT_FALSE(drawn->review().everything());
  EXPECT_THAT(drawn->review().missing(), IsEmpty());
  EXPECT_THAT(drawn->review().findings(), IsEmpty());
  EXPECT_THAT(drawn->review().sample(), SizeIs(2));
  EXPECT_EQ(drawn->to_destroy(), 2u) << "what was asked today is not of this period";

  EXPECT_EQ(CodeOf(Close().status()), "review_open");
  const uint64_t before = h().size();
  const auto opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(h().size(), before + 2) << "an entry for each that is opened";
  for (const Opened& entry : h().Entries(before)) {
    EXPECT_EQ(entry.act.method(), "ReviewService.OpenSample");
    EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_CONSULTATION);
    EXPECT_EQ(entry.act.decision_ref(), "B-2026-7");
    EXPECT_THAT((std::vector{Text(one), Text(other)}), Contains(entry.act.object_digest()));
    EXPECT_EQ(entry.counterpart.kind(), "evaluation-review");
    EXPECT_EQ(entry.counterpart.outcome(), "matches");
  }
  for (const auto& shown : opened->opened()) {
    EXPECT_EQ(shown.result().verdict(), "matches");
    EXPECT_EQ(shown.case_ref(), EvaluationWorld::kCase);
    EXPECT_THAT(shown.record_ids(), SizeIs(1));
  }
  EXPECT_EQ(CodeOf(Open().status()), "review_step");

  const auto closed = Close();
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->review().state(), record::v1::REVIEW_STATE_CLOSED);
  EXPECT_EQ(closed->to_destroy(), 0u);
  for (const crypto::Hash& leaf : {one, other}) {
    const Opened gone = EntryOf(leaf);
    EXPECT_EQ(gone.subject_state, ledger::OpenedPart::State::kErased);
    EXPECT_EQ(h().Entries(gone.erased_by).at(0).act.operation(), record::v1::OPERATION_ERASURE);
  }
  EXPECT_EQ(EntryOf(later).subject_state, ledger::OpenedPart::State::kOpen);
  EXPECT_EQ(Rows(0, Table::kAskedEvaluation), 1u);
  EXPECT_EQ(CodeOf(Close().status()), "review_step");
}

// What holders list does not say what goes.
TEST_F(ReviewFlow, WhatNoHolderListsIsDestroyedAsWell) {
  const crypto::Hash leaf = Begun(RecordOf(7));
  // Of the last day it would be taken for one that came on the day after it.
  last_day_ = day_ + 1;
  PassDays(2);
  ASSERT_TRUE(Collect().ok());
  const auto drawn = Draw();
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_THAT(drawn->review().sample(), IsEmpty());
  ASSERT_TRUE(Close().ok());
  EXPECT_EQ(EntryOf(leaf).subject_state, ledger::OpenedPart::State::kErased);
}

TEST_F(ReviewFlow, AHolderWithoutAListIsNamedAndEverythingIsOpened) {
  for (int number = 1; number <= 3; ++number) Asked(RecordOf(number));
  Prove();
  PassDays(1);
  world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(4));
  ASSERT_TRUE(Collect().ok());
  const auto drawn = Draw(false, 1);
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_TRUE(drawn->review().everything());
  EXPECT_THAT(drawn->review().missing(), ElementsAre(KeyWorld::NameOf(4)));
  EXPECT_THAT(drawn->review().sample(), SizeIs(3));
}

TEST_F(ReviewFlow, WithoutEnoughListsThereIsNoPeriod) {
  Asked(RecordOf(7));
  Prove();
  PassDays(1);
  for (size_t at = 2; at < 5; ++at) {
    world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(at));
  }
  ASSERT_TRUE(Collect().ok());
  EXPECT_EQ(CodeOf(Draw(true).status()), "lists_missing");
  for (size_t at = 2; at < 5; ++at) {
    world_.nodes().network().Mend(KeyWorld::NameOf(0), KeyWorld::NameOf(at));
  }
  ASSERT_TRUE(Collect().ok()) << "what lacks is asked for again";
  EXPECT_TRUE(Draw().ok());
}

// A draw that was planned without a list must not be committed after it: it rests on the review's
// row, so whoever keeps a list writes that one too.
TEST_F(ReviewFlow, NoDrawPlannedBeforeAListRestsOnTheReviewAfterIt) {
  Asked(RecordOf(7));
  Prove();
  PassDays(1);
  world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(4));
  ASSERT_TRUE(Collect().ok());
  const uint64_t planned_on = Stamp();
  world_.nodes().network().Mend(KeyWorld::NameOf(0), KeyWorld::NameOf(4));
  ASSERT_TRUE(Collect().ok());
  EXPECT_GT(Stamp(), planned_on);
  const auto drawn = Draw();
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_THAT(drawn->review().missing(), IsEmpty());
}

// The lists are fixed, a part of the seed is missing, and the process begins again.
TEST_F(ReviewFlow, ADrawGoesOnWhereItStopped) {
  Asked(RecordOf(7));
  Prove();
  PassDays(1);
  ASSERT_TRUE(Collect().ok());
  world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(4));
  const auto fixed = Draw();
  ASSERT_TRUE(fixed.ok()) << fixed.status();
  EXPECT_EQ(fixed->review().state(), record::v1::REVIEW_STATE_FIXED);
  EXPECT_EQ(CodeOf(Collect().status()), "review_step") << "no list is added";
  reviews_->Stop();
  Begin();
  world_.nodes().network().Mend(KeyWorld::NameOf(0), KeyWorld::NameOf(4));
  const auto drawn = Draw();
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_EQ(drawn->review().state(), record::v1::REVIEW_STATE_DRAWN);
  EXPECT_EQ(drawn->review().period_digest(), fixed->review().period_digest());
  EXPECT_FALSE(drawn->review().everything());
}

TEST_F(ReviewFlow, WhoKeepsItsNonceHasEverythingOpened) {
  for (int number = 1; number <= 3; ++number) Asked(RecordOf(number));
  Prove();
  PassDays(1);
  ASSERT_TRUE(Collect().ok());
  world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(4));
  ASSERT_TRUE(Draw(false, 1).ok());
  const auto all = Draw(true);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_TRUE(all->review().everything());
  EXPECT_THAT(all->review().sample(), SizeIs(3));
}

TEST_F(ReviewFlow, WhatAHolderDidNotSignIsRefusedWithAnEntry) {
  Asked(RecordOf(7));
  Prove();
  PassDays(1);
  exchange::PeerAnswers answers = world_.nodes().network().AnswersOf(KeyWorld::NameOf(4));
  answers.give_evaluation_list = [this, honest = answers.give_evaluation_list](
                                     const std::string& sender, const auto& request, auto done) {
    honest(sender, request, [this, done](auto answer) {
      const auto list = evaluation::ReadDayList(answer->signed_list());
      answer->set_signed_list(
          evaluation::SignDayList(list->body, world_.node(3).own().identity()).Serialise());
      done(std::move(answer));
    });
  };
  world_.nodes().network().Put(KeyWorld::NameOf(4), std::move(answers));
  ASSERT_TRUE(Collect().ok());
  const std::vector<Opened> refused = world_.Entries(0, "unbelieved");
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_EQ(refused[0].counterpart.peer(), KeyWorld::NameOf(4));
  EXPECT_EQ(refused[0].act.refusal(), "unbelieved");
  EXPECT_THAT(Draw()->review().missing(), ElementsAre(KeyWorld::NameOf(4)));
}

// Whoever asked, and erased the record before anybody looked.
TEST_F(ReviewFlow, ErasingWhoWasAskedAboutIsNoWayOut) {
  const std::string record = RecordOf(7);
  Asked(record);
  Asked(RecordOf(8));
  Prove();
  ASSERT_EQ(h().Erase(world_.person(), record), absl::OkStatus());
  const uint64_t erasure = h().size() - 1;
  PassDays(1);
  ASSERT_TRUE(Collect().ok());
  ASSERT_TRUE(Draw().ok());
  EXPECT_THAT(Verdicts(), ::testing::UnorderedElementsAre("matches", "erased"));
  const StoredReview row = Row();
  for (const auto& one : row.sample()) {
    if (one.verdict() != "erased") continue;
    EXPECT_EQ(one.erased_by_entry(), erasure);
    EXPECT_TRUE(one.erased_by_asker());
    EXPECT_TRUE(one.erased_in_period());
  }
  EXPECT_TRUE(Close().ok());
}

// Logged on the last day of a period, and sent to the holders on the day after it.
TEST_F(ReviewFlow, AReviewLeavesWhatItsListsDoNotNameOnItsLastDay) {
  const crypto::Hash later = Begun(RecordOf(9));
  PassDays(1);
  ASSERT_TRUE(Collect().ok());
  const auto drawn = Draw();
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_EQ(drawn->to_destroy(), 0u);
  ASSERT_TRUE(Close().ok());
  EXPECT_EQ(EntryOf(later).subject_state, ledger::OpenedPart::State::kOpen);
  EXPECT_EQ(Rows(0, Table::kAskedEvaluation), 1u);
}

// The node destroyed it by itself, on its last day, before the review got to it: not "erased".
TEST_F(ReviewFlow, WhatTheNodeDestroyedByItselfIsNotTakenForAnErasedRecord) {
  Asked(RecordOf(7));
  Prove();
  PassDays(1);
  ASSERT_TRUE(Collect().ok());
  const auto drawn = Draw();
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  ASSERT_THAT(Row().sample(), SizeIs(1));
  const std::vector<std::string> ids = AskedIds();
  ASSERT_THAT(ids, SizeIs(1));
  ASSERT_EQ(h().executor->RunAsNodeAndWait(std::make_shared<ForgetNow>(ids[0])), absl::OkStatus());
  EXPECT_THAT(Verdicts(), ElementsAre("unopenable"));
}

// It cannot be opened any more and no entry says that it was erased, or was never there.
TEST_F(ReviewFlow, WhatIsNotOpenedBeforeTheEndHasFailed) {
  const evaluation::Question question = world_.Ask({7});
  const std::string request = world_.Request(question, world_.random().Array<32>());
  for (size_t holder = 0; holder < 3; ++holder) {
    EXPECT_TRUE(world_.Answer(holder, request).ok());
  }
  PassDays(1);
  ASSERT_TRUE(Collect().ok());
  const auto drawn = Draw();
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_THAT(drawn->review().findings(), SizeIs(1));
  EXPECT_EQ(drawn->review().findings(0).fault(), "unproven");
  EXPECT_THAT(Verdicts(), ElementsAre("unopenable"));
  EXPECT_EQ(CodeOf(Close().status()), "review_open");
  PassDays(22);
  EXPECT_EQ(CodeOf(Open().status()), "review_step") << "it is too late";
  ASSERT_TRUE(Close().ok());
  EXPECT_EQ(Row().sample(0).verdict(), "unopenable");
}

// A process that ended after the closing was logged.
TEST_F(ReviewFlow, WhatIsLeftToDestroyGoesWithTheUpkeep) {
  const crypto::Hash leaf = Asked(RecordOf(7));
  Prove();
  PassDays(1);
  ASSERT_TRUE(Collect().ok());
  ASSERT_TRUE(Draw().ok());
  ASSERT_TRUE(Open().ok());
  auto task = std::make_shared<core::ReviewTask>();
  ASSERT_EQ(h().Run(officer_, std::make_shared<core::CloseReview>(
                                  About<node::v1::CloseReviewRequest>(), task)),
            absl::OkStatus());
  EXPECT_EQ(EntryOf(leaf).subject_state, ledger::OpenedPart::State::kOpen);
  ASSERT_EQ(core::FinishReviews(*h().ledger, *h().executor), absl::OkStatus());
  EXPECT_EQ(EntryOf(leaf).subject_state, ledger::OpenedPart::State::kErased);
  EXPECT_EQ(Row().state(), record::v1::REVIEW_STATE_CLOSED);
}

TEST_F(ReviewFlow, OnlyWhoMayAuditTakesAStep) {
  PassDays(1);
  auto request = About<node::v1::CollectListsRequest>();
  request.mutable_context()->set_role(EvaluationWorld::kRole);
  const auto refused =
      Wait([&](auto done) { reviews_->Collect(world_.person().facts, request, done); });
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(h().Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(Rows(0, Table::kReview), 0u);
}

// It never had lists enough, and would keep its days from every other review.
TEST_F(ReviewFlow, AReviewThatCannotBeDrawnIsAbandonedAndItsDaysAreFree) {
  const crypto::Hash leaf = Asked(RecordOf(7));
  Prove();
  PassDays(2);
  last_day_ = day_ + 1;
  for (size_t at = 2; at < 5; ++at) {
    world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(at));
  }
  ASSERT_TRUE(Collect().ok());
  EXPECT_EQ(CodeOf(Draw(true).status()), "lists_missing");
  EXPECT_GT(Rows(0, Table::kReviewGiven), 0u);
  const auto abandoned = Close();
  ASSERT_TRUE(abandoned.ok()) << abandoned.status();
  EXPECT_EQ(abandoned->review().state(), record::v1::REVIEW_STATE_UNSPECIFIED);
  EXPECT_EQ(h().Last().counterpart.outcome(), "abandon");
  EXPECT_EQ(Rows(0, Table::kReview), 0u);
  EXPECT_EQ(EntryOf(leaf).subject_state, ledger::OpenedPart::State::kOpen);
  for (size_t at = 2; at < 5; ++at) {
    world_.nodes().network().Mend(KeyWorld::NameOf(0), KeyWorld::NameOf(at));
  }
  last_day_ = day_;
  ASSERT_TRUE(Collect().ok());
  EXPECT_TRUE(Draw().ok());
}

TEST_F(ReviewFlow, APeriodBeforeTheKeyIsRefused) {
  PassDays(1);
  auto request = About<node::v1::CollectListsRequest>();
  request.mutable_period()->set_first_day(day_ - 30);
  const auto early = Wait([&](auto done) { reviews_->Collect(officer_.facts, request, done); });
  EXPECT_EQ(CodeOf(early.status()), "bad_request");
  EXPECT_EQ(Rows(0, Table::kReview), 0u);
}

TEST_F(ReviewFlow, PeriodsOfAKeyDoNotOverlapAndAreOver) {
  EXPECT_EQ(CodeOf(Collect().status()), "bad_request") << "today is not over";
  PassDays(3);
  ASSERT_TRUE(Collect().ok());
  auto request = About<node::v1::CollectListsRequest>();
  request.mutable_period()->set_last_day(day_ + 1);
  const auto overlaps = Wait([&](auto done) { reviews_->Collect(officer_.facts, request, done); });
  EXPECT_EQ(CodeOf(overlaps.status()), "review_overlaps");
}

}  // namespace
}  // namespace sluis::exchange
