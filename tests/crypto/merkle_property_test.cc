// Properties over random trees, against the definition of RFC 6962 written out in
// reference_tree.cc.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "crypto/merkle.h"
#include "crypto/tile.h"
#include "tests/crypto/reference_tree.h"

namespace sluis::crypto {
namespace {

// Entries that differ, so that an altered index always means another entry.
std::vector<Bytes> RandomEntries(int at_least) {
  const int count = *rc::gen::inRange(at_least, 300);
  const auto tail = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  std::vector<Bytes> out;
  for (int i = 0; i < count; ++i) out.push_back(std::to_string(i) + "/" + tail);
  return out;
}

void FlipBit(Hash& hash, int bit) {
  hash[static_cast<size_t>(bit / 8)] ^= static_cast<uint8_t>(1 << (bit % 8));
}

int RandomBit() { return *rc::gen::inRange(0, 256); }

CompactRange RangeOf(std::span<const Bytes> entries) {
  CompactRange out;
  for (const Bytes& entry : entries) out.Append(LeafHash(entry));
  return out;
}

TEST(MerkleProperty, CompactRangeHasTheReferenceRoot) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Bytes> entries = RandomEntries(0);
    RC_ASSERT(RangeOf(entries).Head() == test::ReferenceHead(entries));
  }));
}

TEST(MerkleProperty, CompactRangeResumesFromAnyPoint) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Bytes> entries = RandomEntries(1);
    const auto cut = *rc::gen::inRange<size_t>(0, entries.size());
    CompactRange range =
        CompactRange::Parse(RangeOf(std::span(entries).first(cut)).Serialise()).value();
    for (size_t i = cut; i < entries.size(); ++i) range.Append(LeafHash(entries[i]));
    RC_ASSERT(range == RangeOf(entries));
  }));
}

TEST(MerkleProperty, InclusionHoldsForTheEntryAndNothingElse) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Bytes> entries = RandomEntries(1);
    const auto index = *rc::gen::inRange<size_t>(0, entries.size());
    const TreeHead head = test::ReferenceHead(entries);
    test::ReferenceSource source(entries);
    std::vector<Hash> proof = InclusionProof(index, head.size, source).value();
    RC_ASSERT(proof == test::ReferencePath(index, entries));
    RC_ASSERT(VerifyInclusion(entries[index], index, head, proof).ok());

    RC_ASSERT(!VerifyInclusion(entries[index] + "x", index, head, proof).ok());
    for (size_t other = 0; other <= entries.size(); ++other) {
      if (other != index) RC_ASSERT(!VerifyInclusion(entries[index], other, head, proof).ok());
    }
    TreeHead bad_head = head;
    FlipBit(bad_head.root, RandomBit());
    RC_ASSERT(!VerifyInclusion(entries[index], index, bad_head, proof).ok());
    proof.push_back(head.root);
    RC_ASSERT(!VerifyInclusion(entries[index], index, head, proof).ok());
    proof.pop_back();
    if (proof.empty()) return;
    const auto at = *rc::gen::inRange<size_t>(0, proof.size());
    std::vector<Hash> altered = proof;
    FlipBit(altered[at], RandomBit());
    RC_ASSERT(!VerifyInclusion(entries[index], index, head, altered).ok());
    proof.erase(proof.begin() + static_cast<std::ptrdiff_t>(at));
    RC_ASSERT(!VerifyInclusion(entries[index], index, head, proof).ok());
  }));
}

TEST(MerkleProperty, ConsistencyHoldsForExtensionsAndNothingElse) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Bytes> entries = RandomEntries(1);
    const auto size = *rc::gen::inRange<size_t>(1, entries.size() + 1);
    const TreeHead older = test::ReferenceHead(std::span(entries).first(size));
    const TreeHead newer = test::ReferenceHead(entries);
    test::ReferenceSource source(entries);
    std::vector<Hash> proof = ConsistencyProof(size, entries.size(), source).value();
    RC_ASSERT(proof == test::ReferenceConsistency(size, entries));
    RC_ASSERT(VerifyConsistency(older, newer, proof).ok());

    TreeHead bad = older;
    FlipBit(bad.root, RandomBit());
    RC_ASSERT(!VerifyConsistency(bad, newer, proof).ok());
    bad = newer;
    FlipBit(bad.root, RandomBit());
    RC_ASSERT(!VerifyConsistency(older, bad, proof).ok());

    // A history rewritten below the older size, with the proof its author would give.
    const auto rewritten = *rc::gen::inRange<size_t>(0, size);
    entries[rewritten] += "x";
    RC_ASSERT(!VerifyConsistency(older, test::ReferenceHead(entries),
                                 test::ReferenceConsistency(size, entries))
                   .ok());
    proof.push_back(older.root);
    RC_ASSERT(!VerifyConsistency(older, newer, proof).ok());
    proof.pop_back();
    if (proof.empty()) return;
    const auto at = *rc::gen::inRange<size_t>(0, proof.size());
    std::vector<Hash> altered = proof;
    FlipBit(altered[at], RandomBit());
    RC_ASSERT(!VerifyConsistency(older, newer, altered).ok());
    proof.erase(proof.begin() + static_cast<std::ptrdiff_t>(at));
    RC_ASSERT(!VerifyConsistency(older, newer, proof).ok());
  }));
}

TEST(TileProperty, PathsSurviveParsing) {
  EXPECT_TRUE(rc::check([] {
    const auto level = *rc::gen::inRange<uint32_t>(0, 64);
    const auto width = *rc::gen::inRange<uint32_t>(1, 257);
    const auto index = *rc::gen::arbitrary<uint64_t>() >> *rc::gen::inRange(0, 64);
    const TileId tile{level, index, width};
    RC_ASSERT(ParseTilePath(TilePath(tile)).value() == tile);
    const BundleId bundle{index, width};
    RC_ASSERT(ParseBundlePath(BundlePath(bundle)).value() == bundle);
  }));
}

}  // namespace
}  // namespace sluis::crypto
