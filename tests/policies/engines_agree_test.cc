// The compiled rules answer as the plain evaluator does: outcome, rules, fields, obligations, the
// nearest permit and every word said. SLUIS_DECISIONS says how many pairs of packs and requests are
// drawn (default 300,000), SLUIS_SEED from which seed on.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "policies/evaluate.h"
#include "policies/plain_evaluate.h"
#include "tests/support/generated_pack.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

constexpr std::size_t kPerPack = 150;

uint64_t Setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

uint64_t VisibleIn(const PackSet& packs, const Decision& decision) {
  uint64_t fields = 0;
  for (const GrantedField& field : decision.granted) {
    fields |= uint64_t{1} << *packs.schema().FindField(field.name);
  }
  return fields;
}

// Whether everything that can be asked of this request has the same answer.
::testing::AssertionResult Agree(const PackSet& packs, const Request& request, Draw& draw) {
  const Decision plain = DecidePlainly(packs, request);
  if (Decide(packs, request) != plain) {
    return ::testing::AssertionFailure() << "decided otherwise";
  }
  const Verdict verdict{plain.outcome, VisibleIn(packs, plain)};
  if (Judge(packs, request) != verdict) return ::testing::AssertionFailure() << "judged otherwise";
  std::vector<std::string> unknown;
  for (const Attribute& attribute : packs.schema().attributes) {
    if (!attribute.derivation && draw.OneIn(4)) unknown.push_back(attribute.name);
  }
  if (DecideWithout(packs, request, unknown) != DecidePlainlyWithout(packs, request, unknown)) {
    return ::testing::AssertionFailure() << "decided otherwise without some attributes";
  }
  return ::testing::AssertionSuccess();
}

TEST(EnginesAgree, OnGeneratedPacks) {
  const uint64_t pairs = Setting("SLUIS_DECISIONS", 300'000);
  const uint64_t first = Setting("SLUIS_SEED", 1);
  std::size_t permits = 0, denials = 0;
  for (uint64_t seed = first; (seed - first) * kPerPack < pairs; ++seed) {
    Draw draw(seed);
    const auto packs = GeneratedPack(seed % 8 == 0 ? 130 : 12, draw);
    ASSERT_TRUE(packs.ok()) << "seed " << seed << ": " << packs.status();
    for (std::size_t i = 0; i < kPerPack; ++i) {
      const Request request = GeneratedRequest(*packs, draw);
      ASSERT_TRUE(request.complete()) << Describe(*request.defect());
      ASSERT_TRUE(Agree(*packs, request, draw)) << "seed " << seed << ", request " << i;
      ++(Judge(*packs, request).outcome == Outcome::kPermit ? permits : denials);
    }
  }
  // Neither answer is rare, or agreeing would say little.
  EXPECT_GT(permits * 10, denials);
  EXPECT_GT(denials * 10, permits);
}

TEST(EnginesAgree, OnTheShippedPacks) {
  const auto packs = LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  Draw draw(Setting("SLUIS_SEED", 1));
  for (uint64_t i = Setting("SLUIS_DECISIONS", 300'000) / 10; i > 0; --i) {
    ASSERT_TRUE(Agree(*packs, GeneratedRequest(*packs, draw), draw)) << i;
  }
}

TEST(EnginesAgree, OnAsManyRulesAsAPackMayHold) {
  Draw draw(Setting("SLUIS_SEED", 1));
  auto layers = ExampleWithRules(kMaxRules, draw);
  ASSERT_TRUE(layers.ok()) << layers.status();
  const auto packs = PackSet::Load(*std::move(layers));
  ASSERT_TRUE(packs.ok()) << packs.status();
  ASSERT_EQ(packs->rules().size(), kMaxRules);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(Agree(*packs, GeneratedRequest(*packs, draw), draw)) << i;
  }
}

}  // namespace
}  // namespace sluis::policies
