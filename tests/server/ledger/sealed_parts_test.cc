#include "server/ledger/sealed_parts.h"

#include <gtest/gtest.h>

#include "server/ledger/segment.h"
#include "tests/support/seeded_random.h"

namespace sluis::ledger {
namespace {

struct Example {
  Example() {
    for (size_t i = 0; i < kPartCount; ++i) {
      bytes[i] = std::string(kMinSealedBytes / kPartCount - 7 + i * kPartPadding,
                             static_cast<char>('a' + i));
      parts.sealed[i] = bytes[i];
    }
    parts.parts_bucket = 7;
    parts.subject.bucket = 9;
    parts.subject.key_id.fill(3);
  }
  std::array<std::string, kPartCount> bytes;
  SealedParts parts;
};

TEST(SealedPartsTest, ParsesWhatItEncodes) {
  const Example example;
  const std::string framed = EncodeSealedParts(example.parts);
  EXPECT_EQ(crypto::HexEncode(framed.substr(0, 27)),
            "010000000700000009"
            "03030303030303030303030303030303"
            "004c");
  const absl::StatusOr<SealedParts> parsed = ParseSealedParts(framed);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->parts_bucket, 7u);
  EXPECT_EQ(parsed->subject.bucket, 9u);
  EXPECT_EQ(parsed->subject.key_id, example.parts.subject.key_id);
  for (size_t i = 0; i < kPartCount; ++i) EXPECT_EQ(parsed->sealed[i], example.bytes[i]);
}

TEST(SealedPartsTest, RefusesEveryCutAndEveryAddition) {
  const std::string framed = EncodeSealedParts(Example().parts);
  for (size_t length = 0; length < framed.size(); ++length) {
    EXPECT_FALSE(ParseSealedParts(framed.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(ParseSealedParts(framed + '\0').ok());
}

TEST(SealedPartsTest, RefusesOtherFramings) {
  const std::string good = EncodeSealedParts(Example().parts);
  std::string version = good;
  version[0] = 2;
  EXPECT_FALSE(ParseSealedParts(version).ok());
  std::string no_bucket = good;
  no_bucket.replace(1, 4, 4, '\0');
  EXPECT_FALSE(ParseSealedParts(no_bucket).ok());
  std::string absent_with_key = good;
  absent_with_key.replace(5, 4, 4, '\0');
  EXPECT_FALSE(ParseSealedParts(absent_with_key).ok());
  EXPECT_FALSE(ParseSealedParts(std::string(kMaxSealedBytes + 1, '\1')).ok());
}

TEST(SealedPartsTest, PlainPartIsPaddedAndParsesBack) {
  for (const size_t length : {0u, 1u, 255u, 256u, 257u, 8192u}) {
    PlainPart part;
    part.salt.fill(5);
    const std::string bytes(length, 'x');
    part.bytes = bytes;
    const std::string framed = EncodePlainPart(part);
    EXPECT_EQ((framed.size() - 36) % 256, 0u);
    EXPECT_EQ((framed.size() - 36) / 256, (length + 255) / 256);
    const absl::StatusOr<PlainPart> parsed = ParsePlainPart(framed);
    ASSERT_TRUE(parsed.ok()) << length;
    EXPECT_EQ(parsed->salt, part.salt);
    EXPECT_EQ(parsed->bytes, bytes);
  }
}

TEST(SealedPartsTest, PlainPartRefusesOtherPaddingAndLengths) {
  PlainPart part;
  part.bytes = "abc";
  const std::string good = EncodePlainPart(part);
  std::string dirty = good;
  dirty.back() = 1;
  EXPECT_FALSE(ParsePlainPart(dirty).ok());
  EXPECT_FALSE(ParsePlainPart(good.substr(0, good.size() - 1)).ok());
  EXPECT_FALSE(ParsePlainPart(good + std::string(256, '\0')).ok());
  std::string longer = good;
  longer[35] = static_cast<char>(0xff);
  longer[34] = 1;
  EXPECT_FALSE(ParsePlainPart(longer).ok());
  EXPECT_FALSE(ParsePlainPart("").ok());
}

TEST(SegmentTest, ParsesWhatItEncodesAndRefusesEveryCut) {
  const std::string sealed = EncodeSealedParts(Example().parts);
  Leaf leaf;
  std::string segment;
  for (uint64_t i = 0; i < 3; ++i) {
    leaf.index = 40 + i;
    AppendSegmentEntry(segment, EncodeLeaf(leaf), sealed);
  }
  const absl::StatusOr<std::vector<SegmentEntry>> entries = ParseSegment(segment);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ(DecodeLeaf((*entries)[2].leaf)->index, 42u);
  EXPECT_EQ((*entries)[2].sealed, sealed);
  const size_t each = segment.size() / 3;
  for (size_t length = 0; length < segment.size(); ++length) {
    EXPECT_EQ(ParseSegment(segment.substr(0, length)).ok(), length > 0 && length % each == 0)
        << length;
  }
  EXPECT_EQ(SegmentFirst(SegmentKey(40)), 40u);
  EXPECT_FALSE(SegmentFirst("s1234567").has_value());
}

// Found by fuzzing: a length that no entry has, as the last four bytes, was read and passed over.
TEST(SegmentTest, FourBytesBehindTheLastEntryWerePassedOver) {
  std::string segment;
  AppendSegmentEntry(segment, EncodeLeaf({}), EncodeSealedParts(Example().parts));
  for (const uint32_t length : {0u, 0xffff'ffffu}) {
    std::string longer = segment;
    crypto::AppendU32(longer, length);
    EXPECT_FALSE(ParseSegment(longer).ok()) << length;
  }
}

TEST(SegmentTest, RefusesMoreEntriesThanAGroupHolds) {
  const std::string sealed = EncodeSealedParts(Example().parts);
  std::string segment;
  for (size_t i = 0; i < kMaxSegmentEntries; ++i)
    AppendSegmentEntry(segment, EncodeLeaf({}), sealed);
  EXPECT_TRUE(ParseSegment(segment).ok());
  AppendSegmentEntry(segment, EncodeLeaf({}), sealed);
  EXPECT_FALSE(ParseSegment(segment).ok());
}

}  // namespace
}  // namespace sluis::ledger
