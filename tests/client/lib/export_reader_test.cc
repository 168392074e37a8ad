#include "client/lib/export_reader.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/support/export_builder.h"

namespace sluis::client {
namespace {

using sluis::tests::BuiltExport;
using sluis::tests::Generator;

BuiltExport Good(size_t entries) {
  Generator random(7);
  const crypto::SigningKey key = tests::RandomKey(random);
  return tests::BuildExport(random, "lindervaart.example/log", key,
                            {.entries = entries, .open_percent = 60, .hash_only_percent = 20});
}

// Reads everything; the first error.
absl::Status ReadAll(const std::string& bytes) {
  std::istringstream input(bytes);
  ExportReader reader(input);
  const absl::StatusOr<ExportHeader> header = reader.ReadHeader();
  if (!header.ok()) return header.status();
  ExportEntry entry;
  for (uint64_t i = 0; i < header->count; ++i) {
    if (absl::Status status = reader.Next(entry); !status.ok()) return status;
  }
  return reader.Finish();
}

TEST(ExportReader, GivesBackWhatWasBuilt) {
  const BuiltExport built = Good(20);
  const std::string bytes = built.Encode();
  std::istringstream input(bytes);
  ExportReader reader(input);
  const absl::StatusOr<ExportHeader> header = reader.ReadHeader();
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->origin, built.origin);
  EXPECT_EQ(header->verifier_key, built.verifier_key);
  EXPECT_EQ(header->checkpoint, built.checkpoint);
  EXPECT_EQ(header->count, 20u);
  EXPECT_FALSE(header->complete);
  ExportEntry entry;
  for (const tests::BuiltEntry& expected : built.entries) {
    ASSERT_TRUE(reader.Next(entry).ok());
    ASSERT_EQ(entry.hash_only, expected.hash_only);
    if (entry.hash_only) {
      EXPECT_EQ(entry.leaf_hash, expected.LeafHash());
      continue;
    }
    EXPECT_EQ(entry.leaf, expected.Leaf());
    for (size_t place = 0; !entry.closed && place < kLogPartCount; ++place) {
      const tests::BuiltPart& part = expected.parts[place];
      EXPECT_EQ(static_cast<uint8_t>(entry.parts[place].state), part.state);
      if (part.state == tests::kOpen) {
        EXPECT_EQ(entry.parts[place].salt, part.salt);
        EXPECT_EQ(entry.parts[place].bytes, part.bytes);
      }
      EXPECT_EQ(entry.parts[place].erased_by, part.erased_by);
    }
  }
  EXPECT_TRUE(reader.Finish().ok());
  EXPECT_EQ(reader.offset(), bytes.size());
}

TEST(ExportReader, FileOfManyChunksIsReadWhole) {
  Generator random(8);
  const crypto::SigningKey key = tests::RandomKey(random);
  const BuiltExport built = tests::BuildExport(random, "a.example/log", key, {.entries = 6000});
  ASSERT_GT(built.Encode().size(), size_t{2} << 20);
  EXPECT_TRUE(ReadAll(built.Encode()).ok());
}

TEST(ExportReader, CutAnywhereIsRefusedAsCut) {
  const std::string bytes = Good(4).Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ReadAll(bytes.substr(0, size)).code(), absl::StatusCode::kOutOfRange) << size;
  }
}

TEST(ExportReader, BytesAfterTheEndAreRefusedByOffset) {
  const std::string bytes = Good(4).Encode();
  const absl::Status status = ReadAll(bytes + "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(status.message()).find("byte " + std::to_string(bytes.size())),
            std::string::npos)
      << status;
}

TEST(ExportReader, OtherFilesAndBoundsAreRefused) {
  EXPECT_EQ(ReadAll("PK\x03\x04").code(), absl::StatusCode::kInvalidArgument);
  BuiltExport built = Good(1);
  built.origin = std::string(256, 'a');
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kInvalidArgument);
  built.origin = "";
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kInvalidArgument);
  built = Good(1);
  built.checkpoint = std::string(kMaxExportCheckpointBytes + 1, 'a');
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kInvalidArgument);
  built = Good(1);
  built.verifier_key = std::string(kMaxExportKeyBytes + 1, 'a');
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kInvalidArgument);
  built = Good(1);
  built.complete = 2;
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kInvalidArgument);
  built = Good(1);
  built.count = uint64_t{1} << 63;
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kInvalidArgument);
  // A huge claimed count costs nothing: the file simply ends.
  built.count = (uint64_t{1} << 63) - 1;
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kOutOfRange);
}

TEST(ExportReader, UnknownKindStateAndLongPartAreRefused) {
  BuiltExport built = Good(1);
  built.entries[0].hash_only = false;
  built.entries[0].parts[4].state = 4;
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kInvalidArgument);
  built.entries[0].parts[4] = {tests::kOpen, std::string(32, 's'),
                               std::string(kMaxExportPartBytes, 'x'), 0};
  EXPECT_TRUE(ReadAll(built.Encode()).ok());
  built.entries[0].parts[4].bytes += "x";
  EXPECT_EQ(ReadAll(built.Encode()).code(), absl::StatusCode::kInvalidArgument);
  built.entries.clear();
  EXPECT_EQ(ReadAll(built.Encode() + "\x04").code(), absl::StatusCode::kInvalidArgument);
}

TEST(ExportReader, ErrorIsRepeated) {
  std::istringstream input("sluis-export/v1\n");
  ExportReader reader(input);
  EXPECT_FALSE(reader.ReadHeader().ok());
  ExportEntry entry;
  EXPECT_EQ(reader.Next(entry).code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(reader.Finish().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace sluis::client
