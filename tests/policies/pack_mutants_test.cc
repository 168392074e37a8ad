// Every condition of every shipped rule counts: flipped, a test or a promise of a pack fails.
//
// What survives must be shown to change nothing at all, by the exact comparison of all requests.
#include "tests/policies/pack_mutants.h"

#include <gtest/gtest.h>

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

// Whether the last pack's tests or a promise of any layer fail, or the layers no longer load.
bool Noticed(std::span<const Pack> layers) {
  const absl::StatusOr<PackSet> packs = PackSetResolver::Resolve(layers);
  return !packs.ok() || !RunPackTests(layers, *packs).ok() || !CheckInvariants(layers, *packs).ok();
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

// Tries the mutants of the last of `layers`.
void ExpectNoticed(const Layers& layers) {
  const absl::StatusOr<PackSet> packs = PackSetResolver::Resolve(layers);
  ASSERT_TRUE(packs.ok()) << packs.status();
  ASSERT_FALSE(Noticed(layers)) << layers.back().id;
  std::size_t tried = 0;
  for (Mutant& mutant : MutantsOf(layers.back(), packs->schema())) {
    Layers changed = layers;
    changed.back() = std::move(mutant.pack);
    ++tried;
    if (Noticed(changed)) continue;
    EXPECT_EQ(Difference(layers, changed), "") << layers.back().id << ", " << mutant.what;
  }
  EXPECT_GE(tried, layers.back().tree.Find("rules")->items.size());
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
  for (const Mutant& mutant : MutantsOf(statutory, packs->schema())) {
    bool noticed = Noticed(Layers{mutant.pack});
    for (const Layers& layers : partnerships) {
      if (noticed) break;
      noticed = Noticed(Layers{mutant.pack, layers[1]});
    }
    if (noticed) continue;
    EXPECT_EQ(Difference(everything, Layers{mutant.pack, everything[1]}), "")
        << statutory.id << ", " << mutant.what;
  }
}

}  // namespace
}  // namespace sluis::policies
