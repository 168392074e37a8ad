#include "crypto/checkpoint.h"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

class CheckpointVectors : public ::testing::Test {
 protected:
  const nlohmann::json vectors_ = test::LoadVectors("checkpoint");
};

SigningKey NewKey() { return SigningKey::Generate(SystemRandom()); }

TreeHead SomeHead() { return {7, LeafHash("seven")}; }

// The body with its third line replaced by a root of 32 bytes.
std::string WithProperRoot(const std::string& body) {
  const size_t begin = body.find('\n', body.find('\n') + 1) + 1;
  const size_t end = body.find('\n', begin);
  return body.substr(0, begin) + Base64Encode(View(LeafHash("x"))) + body.substr(end);
}

// Upstream takes roots of any length and extension lines. We take neither, so both of its accepted
// bodies are refused as they stand; the first passes once its root has 32 bytes, the second still
// has its extension.
TEST_F(CheckpointVectors, Published) {
  size_t upstream_accepts = 0;
  size_t upstream_refuses = 0;
  for (const auto& c : vectors_["published"]) {
    const std::string body = c["body"].get<std::string>();
    EXPECT_FALSE(ParseCheckpointText(body).ok()) << c["desc"];
    ++(c["ok"].get<bool>() ? upstream_accepts : upstream_refuses);
    if (!c["ok"].get<bool>()) continue;
    const bool extended = c["desc"].get<std::string>().find("extension") != std::string::npos;
    EXPECT_EQ(ParseCheckpointText(WithProperRoot(body)).ok(), !extended) << c["desc"];
  }
  EXPECT_EQ(upstream_accepts, 2u);
  EXPECT_EQ(upstream_refuses, 7u);
}

TEST_F(CheckpointVectors, StrictRefusals) {
  ASSERT_EQ(vectors_["strict_refuse"].size(), 12u);
  for (const auto& c : vectors_["strict_refuse"]) {
    EXPECT_FALSE(ParseCheckpointText(c["body"].get<std::string>()).ok()) << c["desc"];
  }
  // The same body without a fault, so that the refusals above are not for another reason.
  EXPECT_TRUE(ParseCheckpointText("Log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").ok());
}

TEST_F(CheckpointVectors, LeafHashExample) {
  const auto& example = vectors_["leaf_hash_example"];
  EXPECT_EQ(Base64Encode(View(LeafHash(example["data"].get<std::string>()))),
            example["leaf_hash_b64"].get<std::string>());
}

TEST(Checkpoint, TextSurvivesParsing) {
  for (const Checkpoint& checkpoint :
       {Checkpoint{"example.com/log", SomeHead()}, Checkpoint{"example.com/log", TreeHead{}},
        Checkpoint{"x", {UINT64_MAX, LeafHash("")}}}) {
    EXPECT_EQ(ParseCheckpointText(CheckpointText(checkpoint).value()).value(), checkpoint);
  }
}

TEST(Checkpoint, OpensWhatTheLogSigned) {
  const SigningKey key = NewKey();
  const Checkpoint checkpoint{"example.com/log", SomeHead()};
  const VerifierKey verifier = VerifierKey::Create(checkpoint.origin, key.public_key()).value();
  const Bytes note = SignCheckpoint(checkpoint, key).value();
  EXPECT_EQ(OpenCheckpoint(note, verifier).value(), checkpoint);
  EXPECT_EQ(note, CheckpointText(checkpoint).value() + note.substr(note.rfind("\n\n") + 1));
}

TEST(Checkpoint, AnotherKeyOrAnotherOriginIsRefused) {
  const SigningKey key = NewKey();
  const VerifierKey verifier = VerifierKey::Create("example.com/log", key.public_key()).value();
  const Bytes by_stranger = SignCheckpoint({"example.com/log", SomeHead()}, NewKey()).value();
  EXPECT_EQ(OpenCheckpoint(by_stranger, verifier).status().code(),
            absl::StatusCode::kUnauthenticated);
  // The right key, named as itself, signs a checkpoint of somebody else's log.
  const Bytes foreign = CheckpointText({"example.com/other", SomeHead()}).value();
  const Bytes note = SignNote(foreign, "example.com/log", key).value();
  EXPECT_EQ(OpenCheckpoint(note, verifier).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(Checkpoint, ASignedTextThatIsNoCheckpointIsRefused) {
  const SigningKey key = NewKey();
  const VerifierKey verifier = VerifierKey::Create("example.com/log", key.public_key()).value();
  const Bytes extended =
      CheckpointText({"example.com/log", SomeHead()}).value() + "an extension line\n";
  EXPECT_EQ(
      OpenCheckpoint(SignNote(extended, "example.com/log", key).value(), verifier).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST(Checkpoint, OriginsThatCouldForgeLinesAreNotSigned) {
  const SigningKey key = NewKey();
  for (const char* origin : {"", "a b", "a\nb", "a\rb", "a+b", "\xe2\x80\x94",
                             "a\xe2\x80\x94"
                             "b",
                             "\xff", "a\x01"}) {
    EXPECT_FALSE(SignCheckpoint({origin, SomeHead()}, key).ok()) << origin;
    EXPECT_FALSE(
        ParseCheckpointText(std::string(origin) + "\n0\n" + Base64Encode(View(EmptyRoot())) + "\n")
            .ok())
        << origin;
  }
  EXPECT_FALSE(SignCheckpoint({std::string("a\0b", 3), SomeHead()}, key).ok());
}

TEST(Checkpoint, AnEmptyTreeHasTheEmptyRoot) {
  const SigningKey key = NewKey();
  EXPECT_TRUE(SignCheckpoint({"log", TreeHead{}}, key).ok());
  EXPECT_FALSE(SignCheckpoint({"log", {0, LeafHash("")}}, key).ok());
}

}  // namespace
}  // namespace sluis::crypto
