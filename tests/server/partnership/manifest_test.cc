#include "server/partnership/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>

#include "crypto/hash.h"
#include "tests/support/partnership.h"
#include "tests/support/seeded_random.h"

namespace sluis::partnership {
namespace {

using ::testing::HasSubstr;
using Proto = record::v1::Manifest;

class ManifestTest : public ::testing::Test {
 protected:
  Manifest Made() {
    const tests::TestMember* const all[] = {&b_, &c_, &a_};
    auto manifest = MakeManifest(tests::DraftOf(all), nullptr);
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    return *std::move(manifest);
  }
  Proto ProtoOf(const Manifest& manifest) {
    Proto proto;
    EXPECT_TRUE(proto.ParseFromString(manifest.bytes));
    return proto;
  }

  tests::SeededRandom random_{11};
  tests::TestMember a_ = tests::MakeTestMember("caw-de-overzet.example", random_);
  tests::TestMember b_ = tests::MakeTestMember("lindervaart.example", random_);
  tests::TestMember c_ = tests::MakeTestMember("pz-drie-sluizen.example", random_);
};

TEST_F(ManifestTest, MembersAreSortedAndBytesKept) {
  const Manifest manifest = Made();
  EXPECT_EQ(manifest.partnership, "livc-r.vaartland.example");
  EXPECT_EQ(manifest.name, "LIVC R Vaartland");
  EXPECT_EQ(manifest.version, 1u);
  EXPECT_FALSE(manifest.previous_digest.has_value());
  EXPECT_EQ(manifest.state, record::v1::PARTNERSHIP_STATE_EXERCISE);
  ASSERT_EQ(manifest.members.size(), 3u);
  EXPECT_EQ(manifest.members[0].bytes, a_.statement.SerializeAsString());
  EXPECT_EQ(manifest.members[1].bytes, b_.statement.SerializeAsString());
  EXPECT_EQ(manifest.members[2].bytes, c_.statement.SerializeAsString());
  EXPECT_EQ(manifest.statutory_pack, crypto::Sha256("statutory"));
  EXPECT_EQ(manifest.partnership_pack, crypto::Sha256("partnership"));
  EXPECT_EQ(manifest.digest, crypto::Sha256(manifest.bytes));
  EXPECT_EQ(manifest.Find("lindervaart.example"), &manifest.members[1]);
  EXPECT_EQ(manifest.Find("elders.example"), nullptr);
}

// What MakeManifest makes is what ReadManifest reads, whatever the draft holds.
RC_GTEST_PROP(ManifestPropertyTest, ReadsWhatIsMade, ()) {
  const auto state = *rc::gen::inRange(1, 4);
  const auto many = *rc::gen::inRange<size_t>(2, 5);
  const auto chain = *rc::gen::inRange(0, 3);
  tests::SeededRandom random(*rc::gen::arbitrary<uint64_t>());
  Draft draft;
  draft.partnership = *rc::gen::element<std::string>("abc", "livc-r.vaartland.example");
  draft.name = *rc::gen::element<std::string>("x", "LIVC R Vaartland", "\xc3\x89tang");
  draft.state = static_cast<record::v1::PartnershipState>(state);
  draft.statutory_pack = random.Array<32>();
  draft.partnership_pack = random.Array<32>();
  for (size_t i = 0; i < many; ++i) {
    tests::TestMember member = tests::MakeTestMember("m" + std::to_string(i) + ".example", random);
    member.statement.set_secrecy_regime(*rc::gen::arbitrary<bool>());
    if (*rc::gen::arbitrary<bool>()) member.statement.clear_addresses();
    draft.members.insert(draft.members.begin(), tests::ReadTestMember(member));
  }
  std::optional<Manifest> held;
  for (int i = 0; i <= chain; ++i) {
    const auto made = MakeManifest(draft, held ? &*held : nullptr);
    RC_ASSERT(made.ok());
    const auto read = ReadManifest(made->bytes);
    RC_ASSERT(read.ok());
    RC_ASSERT(read->bytes == made->bytes);
    RC_ASSERT(read->digest == made->digest);
    RC_ASSERT(read->partnership == draft.partnership);
    RC_ASSERT(read->name == draft.name);
    RC_ASSERT(read->state == draft.state);
    RC_ASSERT(read->version == static_cast<uint64_t>(i) + 1);
    RC_ASSERT(read->previous_digest == (held ? std::optional(held->digest) : std::nullopt));
    RC_ASSERT(read->statutory_pack == draft.statutory_pack);
    RC_ASSERT(read->partnership_pack == draft.partnership_pack);
    RC_ASSERT(read->members.size() == many);
    for (const Member& member : draft.members) {
      const Member* found = read->Find(member.organisation);
      RC_ASSERT(found != nullptr);
      RC_ASSERT(found->bytes == member.bytes);
      RC_ASSERT(found->addresses == member.addresses);
      RC_ASSERT(found->secrecy_regime == member.secrecy_regime);
    }
    const auto whole = ReadSignedManifest(SignedManifest{*made, {}}.Serialise());
    RC_ASSERT(whole.ok());
    RC_ASSERT(whole->manifest.bytes == made->bytes);
    held = *made;
  }
}

TEST_F(ManifestTest, EachBrokenRuleIsRefused) {
  tests::TestMember thief = tests::MakeTestMember("zandrode.example", random_);
  const auto with_member = [](Proto& proto, const tests::TestMember& member) {
    proto.add_members(member.statement.SerializeAsString());
  };
  const struct {
    const char* what;
    const char* field;
    std::function<void(Proto&)> spoil;
  } wrong[] = {
      {"no format", "format", [](Proto& m) { m.clear_format(); }},
      {"later format", "format", [](Proto& m) { m.set_format(2); }},
      {"no partnership", "partnership", [](Proto& m) { m.clear_partnership(); }},
      {"partnership in capitals", "partnership", [](Proto& m) { m.set_partnership("LIVC"); }},
      {"no name", "name", [](Proto& m) { m.clear_name(); }},
      {"name of two lines", "name", [](Proto& m) { m.set_name("a\nb"); }},
      {"version 0", "version", [](Proto& m) { m.set_version(0); }},
      {"first with a digest", "previous_digest",
       [](Proto& m) { m.set_previous_digest(std::string(32, 'd')); }},
      {"second without a digest", "previous_digest", [](Proto& m) { m.set_version(2); }},
      {"second with a short digest", "previous_digest",
       [](Proto& m) {
         m.set_version(2);
         m.set_previous_digest(std::string(31, 'd'));
       }},
      {"no state", "state", [](Proto& m) { m.clear_state(); }},
      {"unknown state", "state",
       [](Proto& m) { m.set_state(static_cast<record::v1::PartnershipState>(4)); }},
      {"one member", "members must be 2 to 64",
       [](Proto& m) { m.mutable_members()->DeleteSubrange(1, 2); }},
      {"unsorted members", "members must be sorted",
       [](Proto& m) { m.mutable_members()->SwapElements(0, 1); }},
      {"a member that breaks a rule", "member 2: kind",
       [this](Proto& m) {
         record::v1::Member member = b_.statement;
         member.set_kind("school");
         m.set_members(1, member.SerializeAsString());
       }},
      {"bytes that are no member", "member 3: bytes",
       [](Proto& m) { m.set_members(2, "\xff\xff"); }},
      {"a key of another member, same purpose", "member 4: keys must be of no other member",
       [&](Proto& m) {
         record::v1::Member& member = thief.statement;
         member.mutable_keys(0)->set_public_key(a_.statement.keys(0).public_key());
         with_member(m, thief);
       }},
      {"a key of another member, other purpose", "member 4: keys must be of no other member",
       [&](Proto& m) {
         thief.statement.mutable_keys(0)->set_public_key(a_.statement.keys(1).public_key());
         with_member(m, thief);
       }},
      {"the CA of another member", "member 4: ca_certificate must be of no other member",
       [&](Proto& m) {
         thief = tests::MakeTestMember("zandrode.example", random_);
         thief.statement.set_ca_certificate(a_.statement.ca_certificate());
         with_member(m, thief);
       }},
      {"no packs", "packs", [](Proto& m) { m.clear_packs(); }},
      {"one pack", "packs", [](Proto& m) { m.mutable_packs()->RemoveLast(); }},
      {"three packs", "packs", [](Proto& m) { *m.add_packs() = m.packs(0); }},
      {"packs in the other order", "packs",
       [](Proto& m) { m.mutable_packs()->SwapElements(0, 1); }},
      {"a node's pack", "packs", [](Proto& m) { m.mutable_packs(1)->set_layer("node"); }},
      {"short digest of a pack", "packs must have digests",
       [](Proto& m) { m.mutable_packs(1)->mutable_digest()->pop_back(); }},
      {"no digest of a pack", "packs must have digests",
       [](Proto& m) { m.mutable_packs(0)->clear_digest(); }},
  };
  const Manifest good = Made();
  for (const auto& [what, field, spoil] : wrong) {
    Proto proto = ProtoOf(good);
    spoil(proto);
    const auto status = ReadManifest(proto.SerializeAsString()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << what << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(field)) << what;
  }
}

TEST_F(ManifestTest, NoMemberTwice) {
  Proto proto = ProtoOf(Made());
  tests::TestMember again = tests::MakeTestMember("caw-de-overzet.example", random_);
  proto.add_members();
  for (int i = 3; i > 1; --i) proto.set_members(i, proto.members(i - 1));
  proto.set_members(1, again.statement.SerializeAsString());
  EXPECT_THAT(std::string(ReadManifest(proto.SerializeAsString()).status().message()),
              HasSubstr("members must be sorted by organisation, each once"));
  const tests::TestMember* const both[] = {&a_, &again};
  EXPECT_EQ(MakeManifest(tests::DraftOf(both), nullptr).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ManifestTest, WhatIsNotOfTheFormIsRefused) {
  const std::string good = Made().bytes;
  for (const std::string& bytes :
       {std::string(), std::string("\xff"), good.substr(0, good.size() - 1),
        // A field that nobody was shown, and one given twice.
        good + std::string("\x4a\x01x"), good + std::string("\x08\x01"),
        std::string(kMaxSignedManifestBytes + 1, 'x')}) {
    EXPECT_EQ(ReadManifest(bytes).status().code(), absl::StatusCode::kInvalidArgument)
        << crypto::HexEncode(bytes.substr(0, 20));
  }
}

TEST_F(ManifestTest, SixtyFourOfTheLargestMembersFit) {
  std::vector<tests::TestMember> members;
  for (size_t i = 0; i < kMaxMembers + 1; ++i) {
    std::string id = "m" + std::to_string(100 + i);
    id += std::string(120 - id.size(), 'x');
    tests::TestMember member = tests::MakeTestMember(id, random_);
    std::string name;
    for (int k = 0; k < 120; ++k) name += "\xf0\x9f\x8c\xb1";
    member.statement.set_name(name);
    member.statement.set_host(name);
    member.statement.clear_addresses();
    for (int k = 0; k < 4; ++k) {
      member.statement.add_addresses(std::string(252, 'a') + std::to_string(k) + ":65535");
    }
    while (member.statement.keys_size() < 16) {
      record::v1::MemberKey key = member.statement.keys(0);
      key.set_public_key(std::string(crypto::View(random_.Array<32>())));
      *member.statement.add_keys() = key;
    }
    tests::SortKeys(member.statement);
    members.push_back(std::move(member));
  }
  std::vector<const tests::TestMember*> all;
  for (const tests::TestMember& member : members) all.push_back(&member);
  EXPECT_EQ(MakeManifest(tests::DraftOf(all), nullptr).status().code(),
            absl::StatusCode::kInvalidArgument);
  all.pop_back();
  const auto manifest = MakeManifest(tests::DraftOf(all), nullptr);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const std::string bytes = tests::SignedBy(*manifest, all).Serialise();
  // Certificates may be larger than these: room for the largest each.
  EXPECT_LT(bytes.size() + kMaxMembers * 4096, kMaxSignedManifestBytes);
  EXPECT_TRUE(ReadSignedManifest(bytes).ok());
}

}  // namespace
}  // namespace sluis::partnership
