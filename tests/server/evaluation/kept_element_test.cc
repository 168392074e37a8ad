// What a node keeps of a person, and what it makes of that when the key was rolled.
#include "server/evaluation/kept_element.h"

#include <gtest/gtest.h>

#include <functional>

#include "sluis/record/v1/tags.pb.h"
#include "tests/server/evaluation/world.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using test::NameOf;
using test::World;

KeptElement Kept(const World& world, const std::string& name) {
  auto bytes = world.ElementOf(test::kPurpose, name).encoding();
  return {test::kPartnership, test::kPurpose, world.package->key_id,
          identity::KeyKind::kNameAndDate,
          oprf::SecretElement::Deserialize(crypto::Secret<32>::FromBytes(bytes)).value()};
}

TEST(KeptElementTest, WhatIsKeptIsReadAsItWas) {
  const World world(3, 2);
  const KeptElement kept = Kept(world, "een");
  const identity::WipedText plain = PlainFormOf(kept);
  EXPECT_LE(plain.size(), kMaxKeptBytes);
  const KeptElement read = ReadKeptElement(identity::View(plain)).value();
  EXPECT_EQ(read.partnership, kept.partnership);
  EXPECT_EQ(read.purpose, kept.purpose);
  EXPECT_EQ(read.key_id, kept.key_id);
  EXPECT_EQ(read.kind, kept.kind);
  EXPECT_EQ(crypto::View(read.element.bytes().expose()),
            crypto::View(kept.element.bytes().expose()));
  EXPECT_NE(KeptKeyOf("R-1", kept), KeptKeyOf("R-2", kept));
  EXPECT_EQ(KeptKeyOf("R-1", kept).find(plain.data(), 0, plain.size()), std::string::npos);
}

TEST(KeptElementTest, WhatIsOutOfFormIsRefused) {
  const World world(3, 2);
  const identity::WipedText plain = PlainFormOf(Kept(world, "een"));
  const auto reads = [&](const std::function<void(record::v1::KeptElement&)>& change) {
    record::v1::KeptElement message;
    message.ParseFromString(std::string(identity::View(plain)));
    change(message);
    return ReadKeptElement(message.SerializeAsString()).ok();
  };
  EXPECT_TRUE(reads([](auto&) {}));
  EXPECT_FALSE(reads([](auto& m) { m.set_version(2); }));
  EXPECT_FALSE(reads([](auto& m) { m.set_partnership("Geen"); }));
  EXPECT_FALSE(reads([](auto& m) { m.set_purpose("twee woorden"); }));
  EXPECT_FALSE(reads([](auto& m) { m.mutable_key_id()->pop_back(); }));
  EXPECT_FALSE(reads([](auto& m) { m.set_kind("name"); }));
  EXPECT_FALSE(reads([](auto& m) { m.set_kind("given-date-area"); })) << "crosses no node";
  EXPECT_FALSE(reads([](auto& m) { m.set_element(std::string(32, '\0')); })) << "the identity";
  EXPECT_FALSE(reads([](auto& m) { m.mutable_element()->back() ^= '\x80'; })) << "bit 255";
  EXPECT_FALSE(reads([](auto& m) { m.mutable_element()->pop_back(); }));
  EXPECT_FALSE(ReadKeptElement(std::string(kMaxKeptBytes + 1, 'x')).ok());
}

TEST(KeptElementTest, ShareTagsAreMadeAgainAfterARollForEachRecipientAlone) {
  const World before(3, 2, 1);
  const World after(3, 2, 2);  // the next key
  const KeptElement old_one = Kept(before, "een");
  const KeptElement new_one = Kept(after, "een");
  const std::vector<std::string> recipients = {NameOf(2), NameOf(3)};
  const auto tags = ReissueShareTags(old_one, new_one, recipients).value();
  ASSERT_EQ(tags.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(tags[i].recipient, recipients[i]);
    EXPECT_EQ(tags[i].before, ShareTag(old_one.element, old_one.key_id, recipients[i]));
    EXPECT_EQ(tags[i].after, ShareTag(new_one.element, new_one.key_id, recipients[i]));
  }
  EXPECT_NE(tags[0].after, tags[1].after);
  EXPECT_FALSE(ReissueShareTags(old_one, old_one, recipients).ok()) << "no roll";
  for (const auto& change : std::vector<std::function<void(KeptElement&)>>{
           [](auto& kept) { kept.purpose = "ander-doel"; },
           [](auto& kept) { kept.partnership = "ander.example"; },
           [](auto& kept) { kept.kind = identity::KeyKind::kNationalNumber; }}) {
    KeptElement other = Kept(after, "een");
    change(other);
    EXPECT_FALSE(ReissueShareTags(old_one, other, recipients).ok());
  }
}

}  // namespace
}  // namespace sluis::evaluation
