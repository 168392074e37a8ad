#include "server/keys/package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/threshold.h"
#include "sluis/record/v1/key_package.pb.h"
#include "tests/server/keys/ceremony_bus.h"

namespace sluis::keys {
namespace {

using record::v1::KeyPackage;
using ::testing::HasSubstr;

Package Made() {
  tests::SeededRandom random(3);
  PackageDraft draft;
  draft.partnership = "livc-r.vaartland.example";
  draft.purpose = "hulp";
  draft.epoch = 2;
  for (MemberIndex i = 1; i <= 4; ++i) draft.holders.push_back({i, test::NameOf(i)});
  draft.commitments =
      crypto::oprf::Polynomial::Random(crypto::oprf::SecretScalar::Random(random), 2, random)
          .value()
          .Commit();
  return MakePackage(std::move(draft)).value();
}

template <typename Change>
std::string Refused(Change change) {
  KeyPackage proto;
  proto.ParseFromString(Made().bytes);
  change(proto);
  const auto read = ReadPackage(proto.SerializeAsString());
  return read.ok() ? "" : std::string(read.status().message());
}

TEST(PackageTest, ReadsWhatItWrites) {
  const Package made = Made();
  const Package read = ReadPackage(made.bytes).value();
  EXPECT_EQ(read.bytes, made.bytes);
  EXPECT_EQ(read.digest, made.digest);
  EXPECT_EQ(read.threshold, 2U);
  EXPECT_EQ(read.key_id,
            crypto::oprf::KeyId(made.partnership, made.purpose, 2, made.public_key()).value());
  EXPECT_EQ(read.Find(3)->verification_key,
            crypto::oprf::VerificationKey(made.commitments, 3).value());
  EXPECT_EQ(read.Find(5), nullptr);
}

TEST(PackageTest, WhatDoesNotFollowIsRefused) {
  EXPECT_EQ(Refused([](auto&) {}), "");
  EXPECT_THAT(Refused([](auto& p) { p.mutable_key_id()->back() ^= 1; }), HasSubstr("follow"));
  EXPECT_THAT(Refused([](auto& p) {
                p.mutable_holders(0)->set_verification_key(p.holders(1).verification_key());
              }),
              HasSubstr("follow"));
  EXPECT_THAT(Refused([](auto& p) { p.set_epoch(3); }), HasSubstr("follow"));
}

TEST(PackageTest, FieldsOutOfBoundsAreRefused) {
  EXPECT_THAT(Refused([](auto& p) { p.set_version(2); }), HasSubstr("version"));
  EXPECT_THAT(Refused([](auto& p) { p.set_partnership("Geen"); }), HasSubstr("partnership"));
  EXPECT_THAT(Refused([](auto& p) { p.set_purpose(""); }), HasSubstr("purpose"));
  EXPECT_THAT(Refused([](auto& p) { p.set_epoch(0); }), HasSubstr("epoch"));
  EXPECT_THAT(Refused([](auto& p) { p.set_threshold(1); }), HasSubstr("commitments"));
  EXPECT_THAT(Refused([](auto& p) { p.set_threshold(65); }), HasSubstr("threshold"));
  EXPECT_THAT(Refused([](auto& p) {
                p.set_threshold(1);
                p.mutable_commitments()->resize(32);
              }),
              HasSubstr("majority"));
  EXPECT_THAT(Refused([](auto& p) { p.set_commitments(std::string(64, '\0')); }),
              HasSubstr("commitments"));
  EXPECT_THAT(Refused([](auto& p) { p.set_ceremony("kort"); }), HasSubstr("ceremony"));
  EXPECT_THAT(Refused([](auto& p) { p.set_transcript("kort"); }), HasSubstr("transcript"));
  EXPECT_THAT(Refused([](auto& p) { p.mutable_holders()->DeleteSubrange(0, 2); }),
              HasSubstr("3 to 64"));
  EXPECT_THAT(Refused([](auto& p) { p.mutable_holders()->SwapElements(0, 1); }),
              HasSubstr("sorted"));
  EXPECT_THAT(Refused([](auto& p) { p.mutable_holders(1)->set_organisation("Een"); }),
              HasSubstr("organisation"));
  EXPECT_THAT(
      Refused([](auto& p) { p.mutable_holders(1)->set_organisation(p.holders(0).organisation()); }),
      HasSubstr("organisation"));
  EXPECT_THAT(Refused([](auto& p) { p.set_generation(0); }), HasSubstr("fit"));
  EXPECT_THAT(Refused([](auto& p) { p.set_generation(2); }), HasSubstr("fit"));
  EXPECT_THAT(Refused([](auto& p) { p.set_previous_digest(std::string(32, 'x')); }),
              HasSubstr("fit"));
  EXPECT_THAT(Refused([](auto& p) { p.set_previous_digest("kort"); }), HasSubstr("previous"));
  EXPECT_EQ(Refused([](auto& p) {
              p.set_generation(2);
              p.set_previous_digest(std::string(32, 'x'));
            }),
            "");
  EXPECT_FALSE(ReadPackage(Made().bytes + "x").ok());
  EXPECT_FALSE(ReadPackage(std::string(kMaxPackageBytes + 1, '\0')).ok());
}

}  // namespace
}  // namespace sluis::keys
