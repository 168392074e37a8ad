// What somebody tries who evaluates with others, at nodes: each test is named after the row it is
// about. The same without nodes, and what becomes of days, lists, samples and match tokens:
// tests/server/evaluation.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/expand_message.h"
#include "crypto/oprf.h"
#include "server/evaluation/book.h"
#include "server/evaluation/opening.h"
#include "tests/server/exchange/asking_world.h"
#include "tests/support/dictionary.h"

namespace sluis::exchange {
namespace {

using evaluation::Caps;
using evaluation::OpeningVerdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::EvaluationWorld;
using tests::KeyWorld;

constexpr auto kQuota = peer::v1::EVALUATION_REFUSAL_QUOTA;
constexpr auto kUnproven = peer::v1::EVALUATION_REFUSAL_UNPROVEN;
constexpr auto kAnswered = std::nullopt;

// All who were born on one day are 997 candidates. Whatever holders the asker chooses for each
// batch, the caps stop it at floor(n * R / t).
TEST(EvaluationAttacks, NineHundredNinetySevenCandidatesUnderOneCaseStopAtTheCap) {
  EvaluationWorld world;
  Caps caps;
  caps.unproven = 1000;
  for (size_t holder = 0; holder < 5; ++holder) world.Restart(holder, caps);
  constexpr int kCandidates = 997;
  std::vector<int> given(5);
  int evaluated = 0;
  for (int first = 0; first < kCandidates; first += 8) {
    std::vector<int> batch;
    for (int one = first; one < std::min(first + 8, kCandidates); ++one) batch.push_back(one);
    const std::string request = world.Request(batch);
    // Those that have given least, so that no room is left over.
    std::vector<size_t> order = {0, 1, 2, 3, 4};
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return given[a] < given[b]; });
    int answers = 0;
    for (const size_t holder : order) {
      if (answers == 3) break;
      const auto ground = world.Ground(holder, request);
      if (ground) {
        ASSERT_EQ(*ground, kQuota);
        continue;
      }
      ++answers;
      given[holder] += static_cast<int>(batch.size());
    }
    if (answers == 3) evaluated += static_cast<int>(batch.size());
  }
  EXPECT_LE(evaluated, static_cast<int>(evaluation::AskerTotal(5, 3, caps.per_case)));
  EXPECT_GE(evaluated, 72) << "the caps let a case go on until then";
  for (const int elements : given) EXPECT_EQ(elements, static_cast<int>(caps.per_case));
  EXPECT_EQ(world.Ground(1, world.Request({5000}, "C-2026-015")), kAnswered) << "another case";
}

// n = 4 and t = 2: two quorums that have nobody in common, so that nobody sees both lists. The
// quorum to which the entry does not belong finds it when the asker has to prove it.
TEST(EvaluationAttacks, TwoListsUnderOneLeafSentToDisjointQuorumsAreFound) {
  EvaluationWorld world(4, 2);
  const evaluation::Question logged = world.Ask({1});
  const crypto::Hash leaf = world.Log(logged);
  const std::string first = world.Request(logged, leaf);
  const std::string second = world.Request(world.Ask({997}), leaf);
  for (const size_t holder : {size_t{0}, size_t{1}}) {
    ASSERT_EQ(world.Ground(holder, first), kAnswered) << holder;
  }
  for (const size_t holder : {size_t{2}, size_t{3}}) {
    ASSERT_EQ(world.Ground(holder, second), kAnswered) << holder << " knows of no other list";
  }
  for (const size_t holder : {size_t{1}, size_t{2}, size_t{3}}) {
    const auto proven = world.Prove(holder, world.ProofsOf({leaf}));
    ASSERT_TRUE(proven.ok()) << proven.status();
    ASSERT_THAT(world.Held(holder), SizeIs(1));
  }
  EXPECT_EQ(world.Held(1)[0].proof(), record::v1::EVALUATION_PROOF_STATE_PROVEN);
  for (const size_t holder : {size_t{2}, size_t{3}}) {
    EXPECT_EQ(world.Held(holder)[0].proof(), record::v1::EVALUATION_PROOF_STATE_DIFFERS) << holder;
    const std::string row = ledger::RowKey(ledger::Table::kDiffering,
                                           evaluation::StoredFormOf(world.Held(holder)[0]).key);
    record::v1::DifferingEvaluation evidence;
    world.nodes().With(holder, [&](const core::View& view) {
      const auto kept = ledger::ReadRow(view.snapshot(), view.keyring(), row);
      EXPECT_TRUE(kept.ok() && evidence.ParseFromString(kept->value)) << holder;
      return 0;
    });
    EXPECT_EQ(evidence.signed_request(), second) << "what the asker signed";
    record::v1::CounterpartPart part;
    ASSERT_TRUE(part.ParseFromString(evidence.counterpart()));
    EXPECT_EQ(part.blinded_digest(), std::string(crypto::View(logged.entry().blinded_digest)))
        << "and what its log says";
    EXPECT_EQ(world.Ground(holder, world.Request({3})), kUnproven) << "until people looked";
  }
}

class EvaluationDestroyed : public tests::AskingWorld {
 protected:
  // What holders have of the request, as one of them lists it.
  peer::v1::EvaluatedItem Item() {
    peer::v1::EvaluatedItem item;
    for (size_t holder = 1; holder < 5; ++holder) {
      for (const evaluation::HeldRow& row : world_.Held(holder)) {
        item.set_request_digest(row.request_digest());
        item.set_request_id(row.request_id());
        item.set_leaf_hash(row.leaf_hash());
        item.set_case_token(row.case_token());
        item.set_count(row.count());
        item.set_blinded_digest(row.blinded_digest());
        item.set_generation(row.generation());
      }
    }
    return item;
  }
  OpeningVerdict Opened(const crypto::Hash& leaf) {
    std::vector<crypto::TreeHead> heads;
    const evaluation::Opening opening = world_.Open(leaf, heads);
    return evaluation::CheckOpening(
        {world_.package().partnership, world_.package().purpose, world_.package().key_id,
         world_.node(0).h.ledger->origin(), heads, world_.case_key()},
        Item(), opening);
  }
  absl::StatusOr<std::vector<std::string>> Answers() {
    const auto id = crypto::ToFixed<16>(Item().request_id());
    return world_.nodes().With(
        0, [&](const core::View& view) { return core::ReadEvaluationAnswers(view, *id); });
  }
  // All that the asker opens of what it logged from there on, with the answers it keeps, and all
  // that holders keep.
  std::string Readable(uint64_t first) {
    std::string out;
    for (const tests::Opened& entry : world_.node(0).h.Entries(first)) out += entry.all_bytes;
    if (const auto answers = Answers(); answers.ok()) {
      for (const std::string& answer : *answers) {
        const auto envelope = evaluation::ReadAnswerEnvelope(answer);
        if (envelope.ok()) out += envelope->bytes;
      }
    }
    for (size_t holder = 0; holder < 5; ++holder) {
      for (const evaluation::HeldRow& row : world_.Held(holder)) out += row.signed_request();
    }
    return out;
  }
  std::vector<int> Found(uint64_t first) {
    std::vector<crypto::oprf::Element> points;
    for (int number = 0; number < 12; ++number) {
      points.push_back(crypto::oprf::HashToGroup(
          {world_.KeyOf(number).expose()},
          "HashToGroup-" + crypto::oprf::ContextOf(crypto::oprf::Mode::kVoprf).name()));
    }
    return tests::Fits(Readable(first), points);
  }
};

TEST_F(EvaluationDestroyed, AnUnopenableCommitmentIsReported) {
  const auto evaluated = EvaluateRecords({RecordOf(7)});
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  EXPECT_EQ(Opened(evaluated->leaf_hash), OpeningVerdict::kMatches);
  world_.Destroy(evaluated->leaf_hash);
  EXPECT_EQ(Opened(evaluated->leaf_hash), OpeningVerdict::kUnopenable);
}

TEST_F(EvaluationDestroyed, AfterDestructionADictionaryOverTheBlindedElementsFails) {
  const std::string record = RecordOf(7);
  const uint64_t first = world_.node(0).h.size();
  const auto evaluated = EvaluateRecords({record});
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  EXPECT_THAT(Found(first), ElementsAre(7)) << "with the blind that is kept there is one that fits";
  const auto answers = Answers();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_THAT(*answers, SizeIs(3));
  world_.Destroy(evaluated->leaf_hash);
  EXPECT_THAT(Found(first), IsEmpty());
  EXPECT_TRUE(absl::IsNotFound(Answers().status())) << "destroyed with the question";
}

}  // namespace
}  // namespace sluis::exchange
