// What a member states about itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "server/partnership/manifest.h"
#include "tests/support/partnership.h"
#include "tests/support/seeded_random.h"

namespace sluis::partnership {
namespace {

using record::v1::MemberKey;
using ::testing::HasSubstr;
using Statement = record::v1::Member;

class MemberTest : public ::testing::Test {
 protected:
  std::string Signed(const Statement& statement) {
    const auto bytes = SignMember(statement, member_.identity());
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    return bytes.value_or("");
  }
  // A further key of that purpose, in its place.
  void AddKey(Statement& statement, const char* purpose) {
    MemberKey& key = *statement.add_keys();
    key = statement.keys(0);
    key.set_purpose(purpose);
    key.set_public_key(std::string(crypto::View(random_.Array<32>())));
    tests::SortKeys(statement);
  }
  MemberKey& KeyOf(Statement& statement, const char* purpose) {
    for (MemberKey& key : *statement.mutable_keys()) {
      if (key.purpose() == purpose) return key;
    }
    std::abort();
  }

  tests::SeededRandom random_{7};
  tests::TestMember member_ = tests::MakeTestMember("caw-de-overzet.example", random_);
};

TEST_F(MemberTest, IsReadAsStated) {
  const std::string bytes = Signed(member_.statement);
  const auto member = ReadSignedMember(bytes);
  ASSERT_TRUE(member.ok()) << member.status();
  EXPECT_EQ(member->organisation, "caw-de-overzet.example");
  EXPECT_EQ(member->name, member_.statement.name());
  EXPECT_EQ(member->kind, "welfare");
  EXPECT_TRUE(member->secrecy_regime);
  EXPECT_EQ(member->host, "Rekencentrum Vaartland");
  EXPECT_EQ(member->ca_certificate, member_.statement.ca_certificate());
  EXPECT_EQ(member->ca_fingerprint().size(), 64u);
  EXPECT_THAT(member->addresses, ::testing::ElementsAre("node.caw-de-overzet.example:8444"));
  EXPECT_EQ(member->bytes, member_.statement.SerializeAsString());
  ASSERT_EQ(member->keys.size(), 5u);
  for (const Key& key : member->keys) {
    EXPECT_EQ(key.public_key, member_.keys.at(key.purpose).public_key());
    EXPECT_EQ(key.id(), crypto::KeyId(key.purpose, key.public_key));
  }
}

TEST_F(MemberTest, KeysHoldFromFirstToLastDay) {
  Statement& statement = member_.statement;
  AddKey(statement, "log");
  for (MemberKey& key : *statement.mutable_keys()) {
    if (key.purpose() != "log") continue;
    key.set_not_before("2026-03-01");
    key.set_not_after("2026-03-31");
    break;
  }
  const Member member = tests::ReadTestMember(member_);
  const auto count = [&](const char* day) {
    return member.KeysFor(crypto::KeyPurpose::kLog, day).size();
  };
  EXPECT_EQ(count("2026-02-28"), 1u);
  EXPECT_EQ(count("2026-03-01"), 2u);
  EXPECT_EQ(count("2026-03-31"), 2u);
  EXPECT_EQ(count("2026-04-01"), 1u);
  EXPECT_EQ(count("2025-12-31"), 0u);
  EXPECT_TRUE(member.KeysFor(crypto::KeyPurpose::kSigning, "2026-03-01").empty());
}

TEST_F(MemberTest, EachBrokenRuleIsRefused) {
  const struct {
    const char* what;
    const char* field;
    std::function<void(Statement&)> spoil;
  } wrong[] = {
      {"no organisation", "organisation", [](Statement& s) { s.clear_organisation(); }},
      {"capital", "organisation", [](Statement& s) { s.set_organisation("Caw.example"); }},
      {"no name", "name", [](Statement& s) { s.clear_name(); }},
      {"name of 121", "name", [](Statement& s) { s.set_name(std::string(121, 'n')); }},
      {"name that turns", "name",
       [](Statement& s) {
         s.set_name(
             "a\xe2\x80\xae"
             "b");
       }},
      {"no kind", "kind", [](Statement& s) { s.clear_kind(); }},
      {"unknown kind", "kind", [](Statement& s) { s.set_kind("school"); }},
      {"no host", "host", [](Statement& s) { s.clear_host(); }},
      {"host of 121", "host", [](Statement& s) { s.set_host(std::string(121, 'n')); }},
      {"zone of two words", "zone", [](Statement& s) { s.set_zone("drie sluizen"); }},
      {"zone in capitals", "zone", [](Statement& s) { s.set_zone("Drie-Sluizen"); }},
      {"zone with a dot", "zone", [](Statement& s) { s.set_zone("drie.sluizen"); }},
      {"zone that ends in a hyphen", "zone", [](Statement& s) { s.set_zone("drie-"); }},
      {"zone of 41", "zone", [](Statement& s) { s.set_zone(std::string(41, 'z')); }},
      {"no CA", "ca_certificate", [](Statement& s) { s.clear_ca_certificate(); }},
      {"no certificate", "ca_certificate", [](Statement& s) { s.set_ca_certificate("x509"); }},
      {"bytes behind", "ca_certificate",
       [](Statement& s) { s.mutable_ca_certificate()->push_back('\0'); }},
      {"cut short", "ca_certificate", [](Statement& s) { s.mutable_ca_certificate()->pop_back(); }},
      {"too long", "ca_certificate",
       [](Statement& s) { s.set_ca_certificate(std::string(4097, '0')); }},
      {"no CA in it", "ca_certificate must be that of a CA",
       [](Statement& s) { s.set_ca_certificate(tests::MakeSelfSigned("leaf", false)); }},
      {"five addresses", "addresses",
       [](Statement& s) {
         while (s.addresses_size() < 5) {
           s.add_addresses("node:" + std::to_string(1000 + s.addresses_size()));
         }
       }},
      {"no port", "addresses", [](Statement& s) { s.set_addresses(0, "node.example"); }},
      {"one address twice", "addresses", [](Statement& s) { s.add_addresses(s.addresses(0)); }},
      {"unknown purpose", "key 1: purpose",
       [](Statement& s) { s.mutable_keys(0)->set_purpose("tls"); }},
      {"a person's purpose", "key 1: purpose",
       [](Statement& s) { s.mutable_keys(0)->set_purpose("signing"); }},
      {"31 bytes", "key 1: public_key",
       [](Statement& s) { s.mutable_keys(0)->mutable_public_key()->pop_back(); }},
      {"33 bytes", "key 1: public_key",
       [](Statement& s) { s.mutable_keys(0)->mutable_public_key()->push_back('k'); }},
      {"no first day", "key 1: not_before",
       [](Statement& s) { s.mutable_keys(0)->clear_not_before(); }},
      {"first day is none", "key 1: not_before",
       [](Statement& s) { s.mutable_keys(0)->set_not_before("2026-02-30"); }},
      {"last day is none", "key 1: not_after",
       [](Statement& s) { s.mutable_keys(0)->set_not_after("2026-13-01"); }},
      {"ends before it begins", "key 1: not_after",
       [](Statement& s) { s.mutable_keys(0)->set_not_after("2025-12-31"); }},
      {"unsorted keys", "keys must be sorted",
       [](Statement& s) { s.mutable_keys()->SwapElements(0, 1); }},
      {"same key twice", "keys must be sorted",
       [](Statement& s) {
         *s.add_keys() = s.keys(0);
         tests::SortKeys(s);
       }},
      {"key of two purposes", "keys must serve one purpose",
       [](Statement& s) { s.mutable_keys(1)->set_public_key(s.keys(0).public_key()); }},
      {"seventeen keys", "keys must be at most 16",
       [this](Statement& s) {
         while (s.keys_size() < 17) AddKey(s, "witness");
       }},
  };
  for (const auto& [what, field, spoil] : wrong) {
    Statement statement = member_.statement;
    spoil(statement);
    const auto status = SignMember(statement, member_.identity()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << what << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(field)) << what;
  }
}

TEST_F(MemberTest, EachPurposeMustBeThere) {
  for (int i = 0; i < 5; ++i) {
    Statement statement = member_.statement;
    const std::string purpose = statement.keys(i).purpose();
    statement.mutable_keys()->DeleteSubrange(i, 1);
    const auto status = SignMember(statement, member_.identity()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << purpose;
    EXPECT_THAT(std::string(status.message()), HasSubstr("one of each purpose")) << purpose;
  }
}

TEST_F(MemberTest, TheBoundsThemselvesAreAllowed) {
  Statement& statement = member_.statement;
  statement.clear_addresses();
  EXPECT_FALSE(Signed(statement).empty());
  for (int i = 0; i < 4; ++i) statement.add_addresses("node:" + std::to_string(8000 + i));
  while (statement.keys_size() < 16) AddKey(statement, "identity");
  statement.mutable_keys(0)->set_not_after(statement.keys(0).not_before());
  statement.set_name(std::string(120, 'n'));
  statement.set_host(std::string(120, 'h'));
  statement.set_zone(std::string(40, 'z'));
  EXPECT_TRUE(ReadSignedMember(Signed(statement)).ok());
}

// A zone is optional: without one a statement has the bytes of before there were zones, and there
// is no second way to write that.
TEST_F(MemberTest, AStatementWithoutAZoneHasTheBytesOfBefore) {
  Statement statement = member_.statement;
  statement.clear_zone();
  record::v1::SignedMember proto;
  ASSERT_TRUE(proto.ParseFromString(Signed(statement)));
  const auto read = ReadSignedMember(Signed(statement));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->zone, "");
  statement.set_zone("heidezoom");
  std::string with_zone = statement.SerializeAsString();
  EXPECT_EQ(with_zone, proto.member() + "\x4a\x09heidezoom");
  EXPECT_EQ(ReadSignedMember(Signed(statement))->zone, "heidezoom");
  const std::string empty_zone = proto.member() + std::string("\x4a\x00", 2);
  record::v1::SignedMember twice = proto;
  twice.set_member(empty_zone);
  EXPECT_EQ(ReadSignedMember(twice.SerializeAsString()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(MemberTest, OnlyAnIdentityKeyOfTheStatementSigns) {
  for (const auto& [purpose, key] : member_.keys) {
    EXPECT_EQ(SignMember(member_.statement, key).ok(), purpose == crypto::KeyPurpose::kIdentity)
        << crypto::KeyPurposeName(purpose);
  }
  EXPECT_EQ(SignMember(member_.statement, crypto::SigningKey::Generate(random_)).status().code(),
            absl::StatusCode::kInvalidArgument);

  record::v1::SignedMember good;
  ASSERT_TRUE(good.ParseFromString(Signed(member_.statement)));
  std::vector<record::v1::SignedMember> wrong(6, good);
  wrong[0].clear_signature();
  wrong[1].mutable_signature()->pop_back();
  wrong[2].mutable_signature()->at(3) ^= 1;
  Statement renamed = member_.statement;
  renamed.set_name("Iemand anders");
  wrong[3].set_member(renamed.SerializeAsString());
  // Under the label of a manifest, and without one.
  const crypto::SigningKey& key = member_.identity();
  wrong[4].set_signature(
      std::string(crypto::View(key.Sign(crypto::Lp("sluis/manifest/v1") + good.member()))));
  wrong[5].set_signature(std::string(crypto::View(key.Sign(good.member()))));
  for (size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_EQ(ReadSignedMember(wrong[i].SerializeAsString()).status().code(),
              absl::StatusCode::kPermissionDenied)
        << i;
  }
}

TEST_F(MemberTest, ASecondIdentityKeyMaySign) {
  const crypto::SigningKey next = crypto::SigningKey::Generate(random_);
  AddKey(member_.statement, "identity");
  for (MemberKey& key : *member_.statement.mutable_keys()) {
    if (key.purpose() == "identity" &&
        key.public_key() != crypto::View(member_.identity().public_key())) {
      key.set_public_key(std::string(crypto::View(next.public_key())));
    }
  }
  tests::SortKeys(member_.statement);
  EXPECT_TRUE(SignMember(member_.statement, next).ok());
}

TEST_F(MemberTest, WhatIsNotOfTheFormIsRefused) {
  const std::string good = Signed(member_.statement);
  for (const std::string& bytes :
       {std::string(), std::string("\xff"), good.substr(0, good.size() - 1), good + '\0',
        // A field that nobody was shown.
        good + std::string("\x1a\x01x"), std::string(kMaxSignedMemberBytes + 1, 'x')}) {
    EXPECT_EQ(ReadSignedMember(bytes).status().code(), absl::StatusCode::kInvalidArgument)
        << crypto::HexEncode(bytes.substr(0, 20));
  }
  // The same inside what is signed.
  record::v1::SignedMember inner;
  ASSERT_TRUE(inner.ParseFromString(good));
  *inner.mutable_member() += std::string("\x4a\x01x");
  inner.set_signature(std::string(
      crypto::View(member_.identity().Sign(crypto::Lp("sluis/member/v1") + inner.member()))));
  EXPECT_EQ(ReadSignedMember(inner.SerializeAsString()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace sluis::partnership
