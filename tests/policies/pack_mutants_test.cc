// Every condition of every shipped rule counts: flipped, a test or a promise of a pack fails.
//
// What survives must be shown to change nothing at all, by the exact comparison of all requests.
// Some two hundred mutants do not load, so that no test can run on them; they count as neither.
// Only one reason is accepted: a permit left without a legal basis in force (IsWithoutBasis).
#include "tests/policies/pack_mutants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/invariants.h"
#include "policies/pack_diff.h"
#include "policies/pack_resolver.h"
#include "policies/pack_test.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

using Layers = std::vector<Pack>;

Pack Parsed(std::string_view path, const std::string& text) {
  absl::StatusOr<Pack> pack = ParsePack(path, text);
  EXPECT_TRUE(pack.ok()) << pack.status();
  return pack.ok() ? *std::move(pack) : Pack();
}

Pack Shipped(std::string_view path) { return Parsed(path, ReadSourceFile(path)); }

// What every partnership that a pack is shipped for loads, and the node of the example.
std::vector<Layers> Partnerships() {
  std::vector<Layers> all;
  const Pack statutory = Shipped(kStatutoryPack);
  all.push_back({statutory, Shipped(kPartnershipPack)});
  for (const std::string_view path : kOtherPartnershipPacks) {
    all.push_back({statutory, Shipped(path)});
  }
  for (const std::string_view path : kWaitingPacks) {
    all.push_back({statutory, Parsed(path, InForce(path))});
  }
  return all;
}

// Who notices a mutant: the tests of the last pack, a promise of any layer, the loader alone.
enum class Notice { kNobody, kLoader, kPromise, kTest };

Notice NoticedBy(std::span<const Pack> layers, std::string* why) {
  const absl::StatusOr<PackSet> packs = PackSetResolver::Resolve(layers);
  if (!packs.ok()) {
    *why = std::string(packs.status().message());
    return Notice::kLoader;
  }
  const absl::StatusOr<PackTestRun> run = RunEachPackTest(layers, *packs);
  if (!run.ok()) {
    *why = std::string(run.status().message());
    return Notice::kLoader;
  }
  if (!run->failed.empty()) return Notice::kTest;
  const absl::Status promises = CheckInvariants(layers, *packs);
  if (promises.ok()) return Notice::kNobody;
  *why = std::string(promises.message());
  // Beyond the steps that the check may take nothing was found out.
  return absl::IsResourceExhausted(promises) ? Notice::kLoader : Notice::kPromise;
}

// Nothing when the two decide alike; else a request that they decide otherwise.
std::string Difference(std::span<const Pack> before, std::span<const Pack> after) {
  const absl::StatusOr<PackSet> one = PackSetResolver::Resolve(before);
  const absl::StatusOr<PackSet> other = PackSetResolver::Resolve(after);
  if (!one.ok() || !other.ok()) return "does not load";
  const absl::StatusOr<PackDiff> diff = ComparePacks(*one, *other);
  if (!diff.ok()) return std::string(diff.status().message());
  for (const auto& difference : diff->by_kind) {
    if (difference.classes != 0) return difference.example;
  }
  return "";
}

// A permit that names no basis, or one that does not hold on every day: the loader's own check.
bool IsWithoutBasis(std::string_view why) {
  return why.find(": this permit names no legal basis:") != std::string_view::npos ||
         (why.find(": legal basis \"") != std::string_view::npos &&
          why.ends_with("\" is not in force on every day of this pack"));
}

// How many mutants were noticed by what.
class Tally {
 public:
  void Count(Notice notice, const std::string& what, const std::string& why) {
    ++counts_[notice];
    EXPECT_TRUE(notice != Notice::kLoader || IsWithoutBasis(why)) << what << ": " << why;
  }
  void Print(const std::string& pack) {
    std::cout << pack << ": " << counts_[Notice::kTest] << " noticed by tests, "
              << counts_[Notice::kPromise] << " by promises alone; " << counts_[Notice::kLoader]
              << " do not load, " << counts_[Notice::kNobody] << " change nothing\n";
  }

 private:
  std::map<Notice, std::size_t> counts_;
};

// Tries the mutants of the last of `layers`.
void ExpectNoticed(const Layers& layers) {
  const absl::StatusOr<PackSet> packs = PackSetResolver::Resolve(layers);
  ASSERT_TRUE(packs.ok()) << packs.status();
  std::string why;
  ASSERT_EQ(NoticedBy(layers, &why), Notice::kNobody) << layers.back().id << ": " << why;
  Tally tally;
  std::size_t tried = 0;
  for (Mutant& mutant : MutantsOf(layers.back(), packs->schema())) {
    Layers changed = layers;
    changed.back() = std::move(mutant.pack);
    ++tried;
    const Notice notice = NoticedBy(changed, &why);
    tally.Count(notice, mutant.what, why);
    if (notice != Notice::kNobody) continue;
    EXPECT_EQ(Difference(layers, changed), "") << layers.back().id << ", " << mutant.what;
  }
  EXPECT_GE(tried, layers.back().tree.Find("rules")->items.size());
  tally.Print(layers.back().id);
}

TEST(PackMutants, APartnershipNoticesEveryConditionOfItsRules) {
  for (const Layers& layers : Partnerships()) ExpectNoticed(layers);
}

TEST(PackMutants, ANodeNoticesEveryConditionOfItsRules) {
  ExpectNoticed({Shipped(kStatutoryPack), Shipped(kPartnershipPack), Shipped(kNodePack)});
}

// Permits everything, so that nothing of what the statutory pack forbids or requires goes unseen.
Pack PermitsEverything(const PackSet& statutory) {
  std::string bases;
  for (const auto& value : statutory.schema().FindVocabulary("basis")->values) {
    bases += (bases.empty() ? "" : ", ") + value.name;
  }
  std::string fields;
  for (const Field& field : statutory.schema().fields) {
    fields += (fields.empty() ? "" : ", ") + field.name;
  }
  return Parsed(
      "everything",
      "sluis: 1\npack: {id: everything, layer: partnership, version: 1, extends: [{id: "
      "statutory.be, version: 1}], valid: {from: 2026-09-01, until: 2027-08-31}}\nvocab: {basis: "
      "{values: {gedeeld-beroepsgeheim: {citations: [{cite: x}]}, vraag-tussen-tafels: {citations: "
      "[{cite: x}]}}}}\nrules: [{id: P-ALL, effect: permit, why: {basis: [" +
          bases + "]}, grants: [" + fields + "], because: {nl: x}}]\n");
}

TEST(PackMutants, SomePackNoticesEveryConditionOfTheLaw) {
  const Pack statutory = Shipped(kStatutoryPack);
  const absl::StatusOr<PackSet> packs = PackSetResolver::Resolve(Layers{statutory});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const Layers everything = {statutory, PermitsEverything(*packs)};
  const std::vector<Layers> partnerships = Partnerships();
  Tally tally;
  for (const Mutant& mutant : MutantsOf(statutory, packs->schema())) {
    std::string why;
    Notice notice = NoticedBy(Layers{mutant.pack}, &why);
    for (const Layers& layers : partnerships) {
      if (notice == Notice::kTest) break;
      notice = std::max(notice, NoticedBy(Layers{mutant.pack, layers[1]}, &why));
    }
    tally.Count(notice, mutant.what, why);
    if (notice != Notice::kNobody) continue;
    EXPECT_EQ(Difference(everything, Layers{mutant.pack, everything[1]}), "")
        << statutory.id << ", " << mutant.what;
  }
  tally.Print(statutory.id);
}

}  // namespace
}  // namespace sluis::policies
