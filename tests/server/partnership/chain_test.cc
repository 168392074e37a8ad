// Which manifest may take the place of which.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/partnership/manifest.h"
#include "tests/support/partnership.h"
#include "tests/support/seeded_random.h"

namespace sluis::partnership {
namespace {

using record::v1::PARTNERSHIP_STATE_ACTIVE;
using record::v1::PARTNERSHIP_STATE_EXERCISE;
using record::v1::PARTNERSHIP_STATE_PREPARATION;
using record::v1::PartnershipState;
using ::testing::HasSubstr;

class ChainTest : public ::testing::Test {
 protected:
  ChainTest() {
    const tests::TestMember* const both[] = {&a_, &b_};
    draft_ = tests::DraftOf(both);
  }
  Manifest Next(const Manifest* held) {
    auto manifest = MakeManifest(draft_, held);
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    return *std::move(manifest);
  }
  // The same with other values, past the checks of MakeManifest.
  Manifest With(const Manifest& manifest, uint64_t version, const crypto::Hash& previous) {
    record::v1::Manifest proto;
    EXPECT_TRUE(proto.ParseFromString(manifest.bytes));
    proto.set_version(version);
    proto.set_previous_digest(std::string(crypto::View(previous)));
    auto read = ReadManifest(proto.SerializeAsString());
    EXPECT_TRUE(read.ok()) << read.status();
    return *std::move(read);
  }

  tests::SeededRandom random_{13};
  tests::TestMember a_ = tests::MakeTestMember("caw-de-overzet.example", random_);
  tests::TestMember b_ = tests::MakeTestMember("lindervaart.example", random_);
  Draft draft_;
};

TEST_F(ChainTest, EachVersionFollowsTheOneBefore) {
  const Manifest first = Next(nullptr);
  const Manifest second = Next(&first);
  const Manifest third = Next(&second);
  EXPECT_TRUE(CheckFollows(&first, second).ok());
  EXPECT_TRUE(CheckFollows(&second, third).ok());
  EXPECT_EQ(second.previous_digest, first.digest);
  // Who joins later has nothing that the manifest could follow.
  EXPECT_TRUE(CheckFollows(nullptr, third).ok());
}

TEST_F(ChainTest, NoVersionIsSkippedOrTakenTwice) {
  const Manifest first = Next(nullptr);
  const Manifest second = Next(&first);
  const Manifest third = Next(&second);
  const auto skipped = CheckFollows(&first, third);
  EXPECT_EQ(skipped.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(skipped.message()), HasSubstr("install version 2 first"));
  EXPECT_EQ(CheckFollows(&second, second).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CheckFollows(&second, first).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CheckFollows(&first, With(second, 3, first.digest)).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CheckFollows(&first, With(second, ~uint64_t{0}, first.digest)).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(ChainTest, ADigestOfAnotherVersionBeforeIsRefused) {
  const Manifest first = Next(nullptr);
  crypto::Hash other = first.digest;
  other[31] ^= 1;
  const auto status = CheckFollows(&first, With(Next(&first), 2, other));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("follows another version 1"));
}

TEST_F(ChainTest, ThePartnershipKeepsItsId) {
  const Manifest first = Next(nullptr);
  draft_.partnership = "livc-r.elders.example";
  const auto status = MakeManifest(draft_, &first).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("another partnership"));
}

TEST_F(ChainTest, ActiveIsNeverTakenBack) {
  const PartnershipState all[] = {PARTNERSHIP_STATE_PREPARATION, PARTNERSHIP_STATE_EXERCISE,
                                  PARTNERSHIP_STATE_ACTIVE};
  for (const PartnershipState from : all) {
    for (const PartnershipState to : all) {
      draft_.state = from;
      const Manifest held = Next(nullptr);
      draft_.state = to;
      const auto next = MakeManifest(draft_, &held);
      const bool may = from != PARTNERSHIP_STATE_ACTIVE || to == PARTNERSHIP_STATE_ACTIVE;
      EXPECT_EQ(next.status().code(),
                may ? absl::StatusCode::kOk : absl::StatusCode::kFailedPrecondition)
          << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace sluis::partnership
