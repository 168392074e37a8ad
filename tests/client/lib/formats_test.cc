// docs/formats.md, its vectors and the code say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "client/lib/proof_check.h"
#include "client/lib/verifier.h"
#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/key_file.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/signature.h"
#include "tests/support/export_builder.h"
#include "tests/support/places.h"

namespace sluis::client {
namespace {

using nlohmann::json;

std::string ReadAll(const std::string& path) {
  std::ifstream file(tests::InSources("/") + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class FormatsTest : public ::testing::Test {
 protected:
  std::string Hex(const json& value) const { return *crypto::HexDecode(value.get<std::string>()); }
  static std::string HexOf(const crypto::Hash& hash) {
    return crypto::HexEncode(crypto::View(hash));
  }

  const json vectors_ = json::parse(ReadAll("tests/vectors/leaf-and-commitment.json"));
  const std::string page_ = ReadAll("docs/formats.md");
};

TEST_F(FormatsTest, CommitmentsLeavesAndRoot) {
  crypto::CompactRange tree;
  for (const json& entry : vectors_["entries"]) {
    std::string commitments;
    for (const json& part : entry["parts"]) {
      const std::string salt = Hex(part["salt"]);
      const std::string bytes = Hex(part["bytes"]);
      const std::string number(1, static_cast<char>(part["number"].get<int>()));
      const crypto::Hash commitment =
          crypto::Sha256({"sluis/part/v1", crypto::Lp(vectors_["origin"].get<std::string>()),
                          number, salt, crypto::Lp(bytes)});
      EXPECT_EQ(HexOf(commitment), part["commitment"]);
      commitments += crypto::View(commitment);
    }
    std::string leaf;
    crypto::AppendU32(leaf, 1);
    crypto::AppendU32(leaf, 0);
    crypto::AppendU64(leaf, entry["index"]);
    crypto::AppendU64(leaf, entry["logged_at_us"]);
    leaf += commitments;
    EXPECT_EQ(crypto::HexEncode(leaf), entry["leaf"]);
    EXPECT_EQ(HexOf(crypto::LeafHash(leaf)), entry["leaf_hash"]);
    tree.Append(crypto::LeafHash(leaf));
  }
  EXPECT_EQ(HexOf(tree.Root()), vectors_["root"]);
}

TEST_F(FormatsTest, KeyAndCheckpoint) {
  const crypto::SigningKey key =
      crypto::SigningKey::FromSeed(*crypto::Secret<32>::FromBytes(Hex(vectors_["seed"])));
  const std::string origin = vectors_["origin"];
  const absl::StatusOr<crypto::VerifierKey> verifier =
      crypto::VerifierKey::Create(origin, key.public_key());
  ASSERT_TRUE(verifier.ok());
  EXPECT_EQ(verifier->Format(), vectors_["verifier_key"]);
  crypto::Checkpoint checkpoint{origin, {2, *crypto::ToFixed<32>(Hex(vectors_["root"]))}};
  EXPECT_EQ(*crypto::SignCheckpoint(checkpoint, key), vectors_["checkpoint"]);
}

TEST_F(FormatsTest, ExportVerifies) {
  std::istringstream input(Hex(vectors_["export"]));
  const absl::StatusOr<VerifyReport> report =
      VerifyExport(input, {.verifier_key = vectors_["verifier_key"]});
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(report->entries, 2u);
  EXPECT_EQ(HexOf(report->head->root), vectors_["root"]);
  EXPECT_EQ(report->parts[0].open, 2u);
  EXPECT_EQ(report->parts[2].erased, 1u);
}

TEST_F(FormatsTest, ProofOfEntryVerifies) {
  const std::string sibling = Hex(vectors_["entries"][1]["leaf_hash"]);
  const std::string proof = "c2sp.org/tlog-proof@v1\nindex 0\n" + crypto::Base64Encode(sibling) +
                            "\n\n" + vectors_["checkpoint"].get<std::string>();
  const absl::StatusOr<ProvenEntry> proven = CheckProof(
      proof, Hex(vectors_["entries"][0]["leaf"]), vectors_["verifier_key"].get<std::string>());
  EXPECT_TRUE(proven.ok()) << proven.status();
}

TEST_F(FormatsTest, FilesBesideTheStore) {
  const json& erasure = vectors_["erasure_record"];
  std::string record;
  crypto::AppendU64(record, erasure["epoch"]);
  crypto::AppendU64(record, erasure["entry_index"]);
  record += Hex(erasure["key_id"]);
  const crypto::Hash check = crypto::Sha256(record);
  record += crypto::View(check).substr(0, 8);
  EXPECT_EQ(crypto::HexEncode(record), erasure["bytes"]);

  const json& file = vectors_["key_file"];
  std::string key = "sluiskk1";
  crypto::AppendU64(key, file["epoch"]);
  key += Hex(file["key"]);
  const crypto::Hash sum = crypto::Sha256(key);
  key += crypto::View(sum).substr(0, 16);
  EXPECT_EQ(crypto::HexEncode(key), file["bytes"]);

  const json& slot = vectors_["mark_slot"];
  std::string mark = "sluismk1";
  crypto::AppendU64(mark, slot["sequence"]);
  crypto::AppendU64(mark, slot["made_at_us"]);
  crypto::AppendLp(mark, vectors_["checkpoint"].get<std::string>());
  EXPECT_EQ(HexOf(crypto::Sha256(mark)), slot["sha256"]);
  EXPECT_EQ(mark.size() + 32, slot["used_bytes"]);
}

TEST_F(FormatsTest, PlainPartAndMandate) {
  const json& act = vectors_["entries"][0]["parts"][0];
  const std::string bytes = Hex(act["bytes"]);
  std::string plain = Hex(act["salt"]) + crypto::Lp(bytes) + std::string(256 - bytes.size(), '\0');
  EXPECT_EQ(plain.size(), vectors_["sealed_part"]["plain_bytes"]);
  EXPECT_EQ(HexOf(crypto::Sha256(plain)), vectors_["sealed_part"]["plain_sha256"]);
  EXPECT_EQ("01" + act["commitment"].get<std::string>(),
            vectors_["sealed_part"]["associated_data"]);

  const json& mandate = vectors_["mandate"];
  const std::string message = crypto::Lp("sluis/mandate/v1") + Hex(mandate["mandate"]);
  EXPECT_EQ(crypto::HexEncode(message), mandate["signed_message"]);
  EXPECT_TRUE(crypto::Verify(*crypto::ToFixed<32>(Hex(vectors_["public_key"])), message,
                             Hex(mandate["signature"])));
}

TEST_F(FormatsTest, ImportRowAndPrivateKeyFile) {
  const json& import = vectors_["import_row"];
  const crypto::Hash hmac =
      crypto::HmacSha256(Hex(import["data_key"]), "sluis/import/v1" + Hex(import["row"]));
  EXPECT_EQ(HexOf(hmac), import["hmac"]);
  EXPECT_EQ(crypto::HexEncode(crypto::Lp("sluis/import/v1") + Hex(import["record_id"])),
            import["associated_data"]);

  const json& file = vectors_["private_key_file"];
  const absl::StatusOr<crypto::KeyFile> key = crypto::ParseKeyFile(file["text"].get<std::string>());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->purpose, crypto::KeyPurpose::kMandate);
  EXPECT_EQ(crypto::HexEncode(crypto::View(key->key.public_key())), vectors_["public_key"]);
  EXPECT_EQ(crypto::KeyId(crypto::KeyPurpose::kSigning, key->key.public_key()),
            file["id_as_signing"]);
}

TEST_F(FormatsTest, PageShowsTheseValues) {
  const json& entries = vectors_["entries"];
  const std::vector<json> shown = {
      vectors_["verifier_key"],
      entries[0]["parts"][0]["commitment"],
      entries[0]["parts"][1]["commitment"],
      entries[0]["leaf_hash"],
      entries[1]["leaf_hash"],
      vectors_["root"],
      vectors_["erasure_record"]["bytes"],
      vectors_["mark_slot"]["sha256"],
      vectors_["sealed_part"]["plain_sha256"],
      vectors_["sealed_part"]["associated_data"],
      vectors_["mandate"]["mandate"],
      vectors_["mandate"]["signature"],
      vectors_["import_row"]["row"],
      vectors_["import_row"]["hmac"],
      vectors_["import_row"]["associated_data"],
      vectors_["private_key_file"]["id_as_signing"],
      "6c" + vectors_["entries"][0]["leaf_hash"].get<std::string>().substr(0, 32),
  };
  for (const json& value : shown) {
    EXPECT_THAT(page_, ::testing::HasSubstr(value.get<std::string>()));
  }
  std::istringstream lines(vectors_["checkpoint"].get<std::string>() +
                           vectors_["private_key_file"]["text"].get<std::string>());
  for (std::string line; std::getline(lines, line);) {
    const std::string shown_line = line.empty() ? "\n" : "    " + line + "\n";
    EXPECT_THAT(page_, ::testing::HasSubstr(shown_line));
  }
  const std::string key_file = vectors_["key_file"]["bytes"];
  EXPECT_THAT(page_, ::testing::HasSubstr(key_file.substr(key_file.size() - 32)));
}

// Every word that a verifier can report is explained.
TEST_F(FormatsTest, PageExplainsEveryFinding) {
  for (int kind = 0; kind <= static_cast<int>(FindingKind::kShorterThanSeen); ++kind) {
    const std::string word(FindingKindName(static_cast<FindingKind>(kind)));
    EXPECT_THAT(page_, ::testing::HasSubstr("`" + word + "`"));
  }
}

}  // namespace
}  // namespace sluis::client
