// Holders of a key that answer what another node asks, over the path that everything between nodes
// takes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "server/core/forget_evaluated.h"
#include "server/evaluation/book.h"
#include "server/evaluation/limits.h"
#include "tests/server/exchange/evaluation_world.h"

namespace sluis::exchange {
namespace {

using evaluation::Caps;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::EvaluationWorld;
using tests::KeyWorld;
using tests::Opened;

constexpr auto kRefused = peer::v1::EVALUATION_REFUSAL_REFUSED;
constexpr auto kUpdate = peer::v1::EVALUATION_REFUSAL_UPDATE;
constexpr auto kUsed = peer::v1::EVALUATION_REFUSAL_USED;
constexpr auto kQuota = peer::v1::EVALUATION_REFUSAL_QUOTA;
constexpr auto kAnswered = std::nullopt;

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

TEST(EvaluationFlow, AHolderLogsWhatItEvaluatedAndNotForWhom) {
  EvaluationWorld world;
  const evaluation::Question question = world.Ask({7});
  const crypto::Hash leaf = world.Log(question);
  const std::string request = world.Request(question, leaf);
  for (size_t holder = 0; holder < 5; ++holder) {
    const uint64_t before = world.node(holder).h.size();
    EXPECT_EQ(world.Ground(holder, request), kAnswered) << holder;
    ASSERT_EQ(world.node(holder).h.size(), before + 1) << holder;
    const Opened entry = world.node(holder).h.Last();
    EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ADMINISTRATION);
    EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_DONE);
    EXPECT_EQ(entry.act.method(), "HolderService.Evaluate");
    EXPECT_EQ(entry.act.purpose(), EvaluationWorld::kKeyPurpose);
    EXPECT_EQ(entry.act.basis(), EvaluationWorld::kBasis);
    EXPECT_EQ(entry.counterpart.side(), "receiver");
    EXPECT_EQ(entry.counterpart.kind(), "evaluation");
    EXPECT_EQ(entry.counterpart.outcome(), "evaluated");
    EXPECT_EQ(entry.counterpart.peer(), KeyWorld::NameOf(0));
    EXPECT_EQ(entry.counterpart.element_count(), 1u);
    EXPECT_EQ(entry.counterpart.message_digest(), Text(evaluation::ReadRequest(request)->digest));
    EXPECT_EQ(entry.counterpart.peer_leaf_hash(), Text(leaf));
    EXPECT_EQ(entry.counterpart.blinded_digest(), Text(question.entry().blinded_digest));
    EXPECT_EQ(entry.subject.ByteSizeLong(), 0u) << "nothing about whom";
    EXPECT_EQ(entry.all_bytes.find(EvaluationWorld::kCase), std::string::npos);
    ASSERT_THAT(world.Held(holder), SizeIs(1)) << holder;
    EXPECT_EQ(world.Held(holder)[0].leaf_hash(), Text(leaf));
    EXPECT_FALSE(world.nodes().Stores(holder, world.CaseToken(EvaluationWorld::kCase)))
        << "who asked about which case lies sealed";
  }
  EXPECT_EQ(world.node(1).h.Last().actor.user_id(), "") << "no person here is behind it";
  EXPECT_EQ(world.node(0).h.Last().actor.user_id(), "node") << "its own part is one like any other";
}

TEST(EvaluationFlow, WithoutAnEntryThereIsNoAnswer) {
  EvaluationWorld world;
  const std::string request = world.Request({7});
  world.node(1).h.ledger->SetHook(
      [](const ledger::Submission&) { return absl::ResourceExhaustedError("full"); });
  EXPECT_EQ(world.Answer(1, request).status().code(), absl::StatusCode::kUnavailable);
  world.node(1).h.ledger->SetHook(nullptr);
  EXPECT_THAT(world.Held(1), IsEmpty());
  EXPECT_EQ(world.Ground(1, request), kAnswered) << "what was not logged was not counted";
}

TEST(EvaluationFlow, NoAnswerLeavesBeforeItsEntryIsOnDisk) {
  EvaluationWorld world;
  const std::string request = world.Request({7});
  world.node(1).h.store.Hold();
  auto answer = std::async(std::launch::async, [&] { return world.Answer(1, request); });
  world.node(1).h.store.WaitUntilHeld();
  EXPECT_EQ(answer.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  world.node(1).h.store.Release();
  EXPECT_TRUE(answer.get().ok());
}

TEST(EvaluationFlow, ARefusalIsToldWhenItIsOnDisk) {
  EvaluationWorld world;
  const std::string request = world.Request({7});
  ASSERT_EQ(world.Ground(1, request), kAnswered);
  world.node(1).h.store.Hold();
  auto answer = std::async(std::launch::async, [&] { return world.Answer(1, request); });
  world.node(1).h.store.WaitUntilHeld();
  EXPECT_EQ(answer.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  world.node(1).h.store.Release();
  EXPECT_TRUE(answer.get().ok());
  const Opened entry = world.node(1).h.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(entry.act.refusal(), "used");
  EXPECT_EQ(entry.counterpart.outcome(), "refused");
  EXPECT_EQ(entry.counterpart.message_digest(), Text(evaluation::ReadRequest(request)->digest));
}

// The rules change between decision and commit: it is decided again, and counts once.
TEST(EvaluationFlow, WhatIsPlannedAgainIsNotItsOwnCopy) {
  EvaluationWorld world;
  tests::ExchangeNode& node = world.node(1);
  node.h.ledger->BeforeNext([&] { node.Put(node.TermsWithManifest()); });
  EXPECT_EQ(world.Ground(1, world.Request({7})), kAnswered);
  EXPECT_THAT(world.Held(1), SizeIs(1));
}

TEST(EvaluationFlow, ARequestIsTakenOnce) {
  EvaluationWorld world;
  const evaluation::Question question = world.Ask({7});
  const crypto::Hash leaf = world.Log(question);
  const std::string request = world.Request(question, leaf);
  ASSERT_EQ(world.Ground(1, request), kAnswered);
  EXPECT_EQ(world.Ground(1, request), kUsed);
  EXPECT_EQ(world.Ground(1, world.Request(world.Ask({8}), leaf)), kUsed) << "on the same entry";
  world.Restart(1, {});
  EXPECT_EQ(world.Ground(1, request), kUsed) << "a new process knows it from its rows";
  EXPECT_EQ(world.Ground(2, request), kAnswered);
  EXPECT_THAT(world.Held(1), SizeIs(1));
}

TEST(EvaluationFlow, NobodyAsksInTheNameOfAnotherMember) {
  EvaluationWorld world;
  tests::RequestEdits forged;
  forged.signer = 1;
  const evaluation::Question question = world.Ask({7});
  EXPECT_EQ(
      world.Ground(2, world.Request(question, crypto::Hash{1}, EvaluationWorld::kCase, forged)),
      kRefused)
      << "signed by the node of another member";
  const absl::StatusOr<std::string> handed = world.Answer(2, world.Request({8}), /*asker=*/1);
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(evaluation::ReadAnswer(evaluation::ReadAnswerEnvelope(*handed).value())->body.refusal(),
            kRefused)
      << "handed over by another member";
  EXPECT_THAT(world.Held(2), IsEmpty());
  EXPECT_THAT(world.Entries(2, "refused"), SizeIs(2));
}

TEST(EvaluationFlow, WhoeverTheRulesDoNotLetIsRefused) {
  EvaluationWorld world;
  const auto ground = [&](const std::function<void(record::v1::UserStatement&)>& statement,
                          const std::function<void(peer::v1::EvaluationRequest&)>& request = {}) {
    return world.Ground(2, world.Request(world.Ask({7}), world.random().Array<32>(),
                                         EvaluationWorld::kCase, {request, statement, {}}));
  };
  EXPECT_EQ(ground({}), kAnswered);
  EXPECT_EQ(ground([](auto& statement) { statement.set_role("jeugdreferent"); }), kRefused)
      << "not in the mandate";
  EXPECT_EQ(ground([](auto& statement) { statement.set_purpose("doorverwijzing-hulp"); }),
            kRefused);
  EXPECT_EQ(ground({}, [](auto& request) { request.set_basis("eu-gdpr-security"); }), kRefused)
      << "a ground on which nothing is done for that purpose";
  EXPECT_EQ(ground({}, [](auto& request) { request.set_basis("zomaar"); }), kRefused);
}

TEST(EvaluationFlow, BytesThatAreNoRequestComeToNothing) {
  EvaluationWorld world;
  const uint64_t before = world.node(1).h.size();
  for (const std::string& bytes : {std::string(), std::string("x"), std::string(9000, 'x')}) {
    EXPECT_EQ(world.Answer(1, bytes).status().code(), absl::StatusCode::kPermissionDenied);
  }
  EXPECT_EQ(world.node(1).h.size(), before) << "a log is not filled with them";
  EXPECT_EQ(world.nodes().link(1).no_requests(), 3u);
}

TEST(EvaluationFlow, AKeyThatThisNodeDoesNotHaveIsRefusedUnsigned) {
  EvaluationWorld world;
  tests::RequestEdits edits;
  edits.request = [](auto& request) { request.set_key_id(std::string(32, 'k')); };
  const absl::StatusOr<std::string> answer = world.Answer(
      1, world.Request(world.Ask({7}), crypto::Hash{1}, EvaluationWorld::kCase, edits));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(world.node(1).h.Last().act.refusal(), "no_key");
}

TEST(EvaluationFlow, NothingIsEvaluatedWhileNothingIsExchanged) {
  EvaluationWorld world;
  for (const size_t holder : {size_t{0}, size_t{1}}) {
    auto terms = world.node(holder).TermsWithManifest();
    terms->may_exchange = false;
    world.node(holder).Put(terms);
    EXPECT_FALSE(world.Answer(holder, world.Request({7})).ok()) << holder;
    EXPECT_EQ(world.node(holder).h.Last().act.refusal(), "not_exchanging") << holder;
    EXPECT_THAT(world.Held(holder), IsEmpty());
  }
}

TEST(EvaluationFlow, AKeyThatStoppedIsEvaluatedNoMore) {
  EvaluationWorld world;
  const uint64_t now_s = world.node(1).h.clock.NowUs() / evaluation::kUsPerSecond;
  world.Repin(1, world.package(), now_s + 10);
  EXPECT_EQ(world.Ground(1, world.Request({7})), kAnswered);
  world.node(1).h.clock.Advance(std::chrono::seconds(10));
  EXPECT_EQ(world.Ground(1, world.Request({8})), kUpdate);
  world.Repin(1, world.package(), 1);
  EXPECT_EQ(world.Ground(1, world.Request({9})), kUpdate);
}

// What an exercise left is gone for everybody, also while its rows are still there.
TEST(EvaluationFlow, AKeyOfAnExerciseThatIsOverIsEvaluatedNoMore) {
  EvaluationWorld world;
  Caps caps;
  caps.per_case = 1;
  world.Restart(1, caps);
  world.Repin(1, world.package(), 0, /*of_now=*/false);
  const std::string request = world.Request({7});
  EXPECT_EQ(world.Ground(1, request), kUpdate);
  EXPECT_EQ(world.node(1).h.Last().act.refusal(), "update");
  EXPECT_THAT(world.Held(1), IsEmpty());
  tests::RequestEdits forged;
  forged.signer = 2;
  EXPECT_EQ(world.Ground(
                1, world.Request(world.Ask({8}), crypto::Hash{1}, EvaluationWorld::kCase, forged)),
            kRefused)
      << "who has no right to ask is not told";
  world.Repin(1, world.package());
  EXPECT_EQ(world.Ground(1, request), kAnswered) << "what was refused was not counted";
}

TEST(EvaluationFlow, AKeyThatIsSharedAnewGivesNoCapsAnew) {
  EvaluationWorld world;
  Caps caps;
  caps.per_case = 1;
  world.Restart(1, caps);
  ASSERT_EQ(world.Ground(1, world.Request({7})), kAnswered);
  const std::string before = world.Request({8}, "C-2026-015");
  world.ShareAnew(1);
  EXPECT_EQ(world.Ground(1, before), kUpdate) << "asked for under the sharing of before";
  EXPECT_EQ(world.Ground(1, world.Request({9})), kQuota);
  EXPECT_EQ(world.Ground(1, world.Request({9}, "C-2026-015")), kAnswered);
}

// What lies on the disk is not believed because it lies there.
TEST(EvaluationFlow, ARowThatCannotBeReadStopsTheHolder) {
  EvaluationWorld world;
  ASSERT_EQ(world.Ground(1, world.Request({7})), kAnswered);
  const evaluation::StoredRow row = evaluation::StoredFormOf(world.Held(1).at(0));
  world.nodes().Spoil(1, ledger::RowKey(ledger::Table::kEvaluated, row.key));
  world.Restart(1, {});
  EXPECT_EQ(world.Answer(1, world.Request({8})).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(world.nodes().link(1).desk_faults(), 1u);
}

TEST(EvaluationFlow, ADeskThatIsStoppedSaysLater) {
  EvaluationWorld world;
  world.nodes().link(1).desk().Stop();
  EXPECT_EQ(world.Answer(1, world.Request({7})).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(world.Held(1), IsEmpty());
}

TEST(EvaluationFlow, ManyAtOnceAreCountedOneByOne) {
  EvaluationWorld world;
  Caps caps;
  caps.per_case = 5;
  caps.unproven = 100;
  world.Restart(1, caps);
  std::vector<std::string> requests;
  for (int number = 0; number < 40; ++number) requests.push_back(world.Request({number}));
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t i = thread; i < requests.size(); i += 4) {
        if (!world.Ground(1, requests[i])) ++answered;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 5);
  EXPECT_THAT(world.Held(1), SizeIs(5));
}

}  // namespace
}  // namespace sluis::exchange
