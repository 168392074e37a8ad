// Who has signed a manifest, and who cannot sign in another's place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>

#include "crypto/hash.h"
#include "server/partnership/manifest.h"
#include "tests/support/partnership.h"
#include "tests/support/places.h"
#include "tests/support/seeded_random.h"

namespace sluis::partnership {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::SignedBy;
using tests::TestMember;

constexpr char kDay[] = "2026-06-01";
constexpr char kA[] = "caw-de-overzet.example";
constexpr char kB[] = "lindervaart.example";
constexpr char kC[] = "pz-drie-sluizen.example";

class SignaturesTest : public ::testing::Test {
 protected:
  Manifest Make(std::vector<const TestMember*> members, const Manifest* held = nullptr) {
    auto manifest = MakeManifest(tests::DraftOf(members), held);
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    return *std::move(manifest);
  }
  SignedManifest Signed(const Manifest& manifest, std::vector<const TestMember*> signers) {
    return SignedBy(manifest, signers);
  }

  tests::SeededRandom random_{17};
  TestMember a_ = tests::MakeTestMember(kA, random_);
  TestMember b_ = tests::MakeTestMember(kB, random_);
  TestMember c_ = tests::MakeTestMember(kC, random_);
};

TEST_F(SignaturesTest, CompleteWhenAllHaveSigned) {
  const Manifest manifest = Make({&a_, &b_, &c_});
  EXPECT_THAT(MissingSignatures(Signed(manifest, {&a_, &b_, &c_}), nullptr, kDay), IsEmpty());
  EXPECT_THAT(MissingSignatures(Signed(manifest, {&a_, &c_}), nullptr, kDay), ElementsAre(kB));
  EXPECT_THAT(MissingSignatures(Signed(manifest, {}), nullptr, kDay), ElementsAre(kA, kB, kC));
}

TEST_F(SignaturesTest, WhatWasSignedIsReadBack) {
  const SignedManifest whole = Signed(Make({&a_, &b_, &c_}), {&c_, &a_});
  const auto read = ReadSignedManifest(whole.Serialise());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Serialise(), whole.Serialise());
  EXPECT_THAT(MissingSignatures(*read, nullptr, kDay), ElementsAre(kB));
}

TEST_F(SignaturesTest, OnlyAnIdentityKeyOfTheMemberCounts) {
  const Manifest manifest = Make({&a_, &b_});
  const auto missing = [&](const crypto::Signature& signature) {
    SignedManifest whole = Signed(manifest, {&a_, &b_});
    whole.signatures[1].set_signature(std::string(crypto::View(signature)));
    return MissingSignatures(whole, nullptr, kDay);
  };
  EXPECT_THAT(missing(SignManifest(manifest, b_.identity())), IsEmpty());
  EXPECT_THAT(missing(SignManifest(manifest, a_.identity())), ElementsAre(kB));
  EXPECT_THAT(missing(SignManifest(manifest, b_.keys.at(crypto::KeyPurpose::kLog))),
              ElementsAre(kB));
  // Signed as a statement, and without any label.
  EXPECT_THAT(missing(b_.identity().Sign(crypto::Lp("sluis/member/v1") + manifest.bytes)),
              ElementsAre(kB));
  EXPECT_THAT(missing(b_.identity().Sign(manifest.bytes)), ElementsAre(kB));
  // Another manifest.
  EXPECT_THAT(missing(SignManifest(Make({&a_, &b_, &c_}), b_.identity())), ElementsAre(kB));
}

TEST_F(SignaturesTest, AKeyCountsFromItsFirstToItsLastDay) {
  const SignedManifest whole = Signed(Make({&a_, &b_}), {&a_, &b_});
  EXPECT_THAT(MissingSignatures(whole, nullptr, "2025-12-31"), ElementsAre(kA, kB));
  EXPECT_THAT(MissingSignatures(whole, nullptr, "2026-01-01"), IsEmpty());
  EXPECT_THAT(MissingSignatures(whole, nullptr, "2026-12-31"), IsEmpty());
  EXPECT_THAT(MissingSignatures(whole, nullptr, "2027-01-01"), ElementsAre(kA, kB));
}

TEST_F(SignaturesTest, WhoDraftsCannotReplaceKeysAndSignInAMembersPlace) {
  const Manifest held = Make({&a_, &b_, &c_});
  // The drafter makes a statement of b with keys of its own.
  const TestMember forged = tests::MakeTestMember(kB, random_);
  const Manifest next = Make({&a_, &forged, &c_}, &held);
  EXPECT_THAT(MissingSignatures(Signed(next, {&a_, &forged, &c_}), &held, kDay), ElementsAre(kB));
  // Not even by giving b a further identity key.
  TestMember extended = tests::MakeTestMember(kB, random_);
  extended.statement = b_.statement;
  record::v1::MemberKey& key = *extended.statement.add_keys();
  key = b_.statement.keys(0);
  key.set_purpose("identity");
  key.set_public_key(std::string(crypto::View(extended.identity().public_key())));
  tests::SortKeys(extended.statement);
  const Manifest further = Make({&a_, &extended, &c_}, &held);
  EXPECT_THAT(MissingSignatures(Signed(further, {&a_, &extended, &c_}), &held, kDay),
              ElementsAre(kB));
  // Signed with the key that `held` gives it, a renewal holds; the new key counts afterwards.
  EXPECT_THAT(MissingSignatures(Signed(further, {&a_, &b_, &c_}), &held, kDay), IsEmpty());
  const Manifest third = Make({&a_, &extended, &c_}, &further);
  EXPECT_THAT(MissingSignatures(Signed(third, {&a_, &extended, &c_}), &further, kDay), IsEmpty());
}

TEST_F(SignaturesTest, AnExpiredKeyOfTheManifestInForceDoesNotSignTheNext) {
  const Manifest held = Make({&a_, &b_});
  for (record::v1::MemberKey& key : *b_.statement.mutable_keys()) key.set_not_after("2027-12-31");
  const Manifest next = Make({&a_, &b_}, &held);
  EXPECT_THAT(MissingSignatures(Signed(next, {&a_, &b_}), &held, "2026-12-31"), IsEmpty());
  EXPECT_THAT(MissingSignatures(Signed(next, {&a_, &b_}), &held, "2027-01-01"),
              ElementsAre(kA, kB));
}

TEST_F(SignaturesTest, ANewMemberSignsWithAKeyOfItsOwnStatement) {
  const Manifest held = Make({&a_, &b_});
  const Manifest next = Make({&a_, &b_, &c_}, &held);
  EXPECT_THAT(MissingSignatures(Signed(next, {&a_, &b_, &c_}), &held, kDay), IsEmpty());
  EXPECT_THAT(MissingSignatures(Signed(next, {&a_, &b_}), &held, kDay), ElementsAre(kC));
  // Who left is not asked.
  const Manifest without = Make({&a_, &c_}, &next);
  EXPECT_THAT(MissingSignatures(Signed(without, {&a_, &c_}), &next, kDay), IsEmpty());
}

// The example of docs/formats.md.
TEST_F(SignaturesTest, ThePageAndTheCodeSayTheSame) {
  std::ifstream file(tests::InSources("/docs/formats.md"));
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  Manifest manifest;
  const std::string hex =
      "080112186c6976632d722e76616172746c616e642e6578616d706c65"
      "1a104c49564320522056616172746c616e6420013002";
  manifest.bytes = *crypto::HexDecode(hex);
  std::string seed(32, '\0');
  for (size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<char>(i);
  const auto key = crypto::SigningKey::FromSeed(*crypto::Secret<32>::FromBytes(std::move(seed)));
  EXPECT_THAT(page, HasSubstr(hex));
  EXPECT_THAT(page, HasSubstr(crypto::HexEncode(crypto::View(SignManifest(manifest, key)))));
  EXPECT_THAT(page, HasSubstr(crypto::HexEncode(crypto::View(crypto::Sha256(manifest.bytes)))));
}

TEST_F(SignaturesTest, EachBrokenFormIsRefused) {
  const SignedManifest good = Signed(Make({&a_, &b_, &c_}), {&a_, &b_, &c_});
  using Proto = record::v1::SignedManifest;
  const struct {
    const char* what;
    const char* field;
    std::function<void(Proto&)> spoil;
  } wrong[] = {
      {"no manifest", "format", [](Proto& m) { m.clear_manifest(); }},
      {"a manifest that breaks a rule", "bytes",
       [](Proto& m) { m.mutable_manifest()->pop_back(); }},
      {"unsorted", "signatures must be sorted",
       [](Proto& m) { m.mutable_signatures()->SwapElements(0, 1); }},
      {"one member twice", "signatures must be sorted",
       [](Proto& m) { *m.mutable_signatures(1) = m.signatures(0); }},
      {"no member", "signature 3: organisation",
       [](Proto& m) { m.mutable_signatures(2)->set_organisation("zandrode.example"); }},
      {"no organisation", "signature 1: organisation",
       [](Proto& m) { m.mutable_signatures(0)->clear_organisation(); }},
      {"63 bytes", "signature 2: signature",
       [](Proto& m) { m.mutable_signatures(1)->mutable_signature()->pop_back(); }},
      {"65 bytes", "signature 2: signature",
       [](Proto& m) { m.mutable_signatures(1)->mutable_signature()->push_back('s'); }},
  };
  for (const auto& [what, field, spoil] : wrong) {
    Proto proto;
    ASSERT_TRUE(proto.ParseFromString(good.Serialise()));
    spoil(proto);
    const auto status = ReadSignedManifest(proto.SerializeAsString()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << what << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(field)) << what;
  }
  const std::string bytes = good.Serialise();
  for (const std::string& broken :
       {std::string("\xff"), bytes.substr(0, bytes.size() - 1), bytes + std::string("\x1a\x01x"),
        std::string(kMaxSignedManifestBytes + 1, 'x')}) {
    EXPECT_EQ(ReadSignedManifest(broken).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace sluis::partnership
