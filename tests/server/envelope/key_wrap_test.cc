#include "server/envelope/key_wrap.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <functional>

#include "server/envelope/leaf.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using peer::v1::Key;

class KeyWrapTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& offer : offers_) {
      digests_.push_back({LeafDigest(offer.bytes), world_.random.Array<32>()});
    }
  }
  std::vector<KeyToSend> ToSend() {
    std::vector<KeyToSend> records;
    for (size_t i = 0; i < offers_.size(); ++i) {
      records.push_back(
          {offers_[i].offer.binding(), digests_[i].first, digests_[i].second, offers_[i].key});
    }
    return records;
  }
  std::vector<Key> Wrapped() {
    return WrapKeys(ToSend(), world_.sealing.public_key, world_.random).value();
  }

  tests::ExchangeWorld world_{10};
  const std::vector<tests::MadeOffer> offers_ = world_.Offers(3);
  std::vector<std::pair<crypto::Hash, crypto::Hash>> digests_;
};

TEST_F(KeyWrapTest, EachKeyOpensInAnyOrder) {
  const auto leaves = Wrapped();
  for (const Key& leaf : leaves) {
    EXPECT_EQ(Word(ReadLeaf(peer::v1::ENVELOPE_KIND_KEY, leaf.SerializeAsString())), "ok");
  }
  const auto unwrapper = KeyUnwrapper::Open(leaves, world_.sealing.private_key);
  ASSERT_TRUE(unwrapper.ok()) << unwrapper.status();
  for (const size_t i : {2, 0, 1, 2}) {
    const auto key = unwrapper->Unwrap(leaves[i], digests_[i].first, digests_[i].second);
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(crypto::View(key->expose()), crypto::View(offers_[i].key.expose()));
    EXPECT_EQ(Word(OpenContent(*key, offers_[i].offer)), "ok");
  }
}

// Who it is about goes under a key of its own, to whom signed for it; the two do not stand in for
// each other.
TEST_F(KeyWrapTest, TheKeyOfWhoItIsAboutGoesApart) {
  std::vector<KeyToSend> records = ToSend();
  const crypto::DataKey identity_key = crypto::NewDataKey(world_.random);
  records[1].identity_key = &identity_key;
  auto leaves = WrapKeys(records, world_.sealing.public_key, world_.random).value();
  EXPECT_EQ(leaves[0].wrapped_identity_key(), "");
  EXPECT_EQ(leaves[1].wrapped_identity_key().size(), kWrappedKeyBytes);
  EXPECT_EQ(Word(ReadLeaf(peer::v1::ENVELOPE_KIND_KEY, leaves[1].SerializeAsString())), "ok");
  const auto unwrapper = KeyUnwrapper::Open(leaves, world_.sealing.private_key);
  ASSERT_TRUE(unwrapper.ok());
  const auto unwrapped = [&](size_t i) {
    return unwrapper->UnwrapIdentity(leaves[i], digests_[i].first, digests_[i].second);
  };
  const auto key = unwrapped(1);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(crypto::View(key->expose()), crypto::View(identity_key.expose()));
  EXPECT_EQ(Word(unwrapped(0)), "wrap") << "none was given";
  EXPECT_EQ(Word(unwrapper->UnwrapIdentity(leaves[1], digests_[1].first, digests_[0].second)),
            "other_exchange");
  leaves[1].set_wrapped_identity_key(leaves[1].wrapped_key());
  EXPECT_EQ(Word(unwrapped(1)), "wrap");
  leaves[1].set_wrapped_identity_key("short");
  EXPECT_EQ(Word(ReadLeaf(peer::v1::ENVELOPE_KIND_KEY, leaves[1].SerializeAsString())),
            "malformed");
}

TEST_F(KeyWrapTest, UnderAnotherReceiptItIsRefused) {
  const auto leaves = Wrapped();
  const auto unwrapper = KeyUnwrapper::Open(leaves, world_.sealing.private_key);
  ASSERT_TRUE(unwrapper.ok());
  EXPECT_EQ(Word(unwrapper->Unwrap(leaves[0], digests_[0].first, digests_[1].second)),
            "other_exchange");
  EXPECT_EQ(Word(unwrapper->Unwrap(leaves[0], digests_[1].first, digests_[0].second)),
            "other_exchange");
  // Leaves that claim another receipt than the wrap was made for do not open at all.
  auto claimed = leaves;
  claimed[1].set_receipt_digest(std::string(32, 'x'));
  EXPECT_EQ(Word(KeyUnwrapper::Open(claimed, world_.sealing.private_key)), "wrap");
}

TEST_F(KeyWrapTest, WholeEnvelopeIsBound) {
  const auto good = Wrapped();
  const std::function<void(std::vector<Key>&)> changes[] = {
      [](auto& l) { l.clear(); },
      [](auto& l) { l.pop_back(); },
      [](auto& l) { std::swap(l[0], l[1]); },
      [](auto& l) { l.push_back(l[0]); },
      [](auto& l) { l[0].mutable_offer_digest()->at(0) ^= 1; },
      [](auto& l) { l[2].mutable_binding()->mutable_exchange_id()->at(0) ^= 1; },
      [](auto& l) {
        for (auto& leaf : l) leaf.mutable_binding()->set_partnership("elders.example");
      },
      [](auto& l) {
        for (auto& leaf : l) leaf.mutable_binding()->set_sender("heidezoom.example");
      },
      [](auto& l) {
        for (auto& leaf : l) leaf.mutable_binding()->set_recipient("heidezoom.example");
      },
      [](auto& l) { l[1].mutable_binding()->set_recipient("heidezoom.example"); },
      [](auto& l) { l[1].mutable_encapsulation()->at(0) ^= 1; },
      [](auto& l) { l[1].mutable_sealed_wrapping_key()->at(0) ^= 1; },
      [](auto& l) {
        for (auto& leaf : l) leaf.mutable_sealed_wrapping_key()->at(0) ^= 1;
      },
      [](auto& l) {
        for (auto& leaf : l) leaf.mutable_encapsulation()->assign(32, '\0');
      },
      [](auto& l) {
        for (auto& leaf : l) leaf.clear_encapsulation();
      },
  };
  for (size_t i = 0; i < std::size(changes); ++i) {
    auto leaves = good;
    changes[i](leaves);
    EXPECT_EQ(Word(KeyUnwrapper::Open(leaves, world_.sealing.private_key)), "wrap") << i;
  }
  const auto other = crypto::hpke::GenerateKeyPair(world_.random);
  EXPECT_EQ(Word(KeyUnwrapper::Open(good, other.private_key)), "wrap");
}

TEST_F(KeyWrapTest, OneSpoiltRecordDoesNotStopTheOthers) {
  auto leaves = Wrapped();
  leaves[1].mutable_wrapped_key()->at(60) ^= 1;
  const auto unwrapper = KeyUnwrapper::Open(leaves, world_.sealing.private_key);
  ASSERT_TRUE(unwrapper.ok());
  EXPECT_EQ(Word(unwrapper->Unwrap(leaves[0], digests_[0].first, digests_[0].second)), "ok");
  EXPECT_EQ(Word(unwrapper->Unwrap(leaves[1], digests_[1].first, digests_[1].second)), "wrap");
  EXPECT_EQ(Word(unwrapper->Unwrap(leaves[2], digests_[2].first, digests_[2].second)), "ok");
  // The wrapped key of another record of the same envelope.
  leaves[0].set_wrapped_key(leaves[2].wrapped_key());
  EXPECT_EQ(Word(unwrapper->Unwrap(leaves[0], digests_[0].first, digests_[0].second)), "wrap");
}

TEST_F(KeyWrapTest, EachAttemptIsFresh) {
  const auto first = Wrapped(), second = Wrapped();
  EXPECT_NE(first[0].encapsulation(), second[0].encapsulation());
  EXPECT_NE(first[0].sealed_wrapping_key(), second[0].sealed_wrapping_key());
  EXPECT_NE(first[0].wrapped_key(), second[0].wrapped_key());
}

TEST_F(KeyWrapTest, WhatCannotBeOneEnvelopeIsNotWrapped) {
  EXPECT_FALSE(WrapKeys({}, world_.sealing.public_key, world_.random).ok());
  EXPECT_FALSE(WrapKeys(ToSend(), crypto::hpke::PublicKey{}, world_.random).ok());
  peer::v1::Binding elsewhere = offers_[0].offer.binding();
  elsewhere.set_recipient("heidezoom.example");
  std::vector<KeyToSend> mixed = {
      {offers_[0].offer.binding(), digests_[0].first, digests_[0].second, offers_[0].key},
      {elsewhere, digests_[1].first, digests_[1].second, offers_[1].key}};
  EXPECT_FALSE(WrapKeys(mixed, world_.sealing.public_key, world_.random).ok());
}

RC_GTEST_PROP(KeyWrapProperty, AnyBitOfALeafFlippedOpensNothing, ()) {
  static tests::ExchangeWorld& world = *new tests::ExchangeWorld(11);
  static const auto& offers = *new std::vector<tests::MadeOffer>(world.Offers(1));
  const crypto::Hash digest = LeafDigest(offers[0].bytes), receipt = world.random.Array<32>();
  std::vector<Key> leaves = WrapKeys({{offers[0].offer.binding(), digest, receipt, offers[0].key}},
                                     world.sealing.public_key, world.random)
                                .value();
  std::string* const parts[] = {
      leaves[0].mutable_encapsulation(),  leaves[0].mutable_sealed_wrapping_key(),
      leaves[0].mutable_wrapped_key(),    leaves[0].mutable_offer_digest(),
      leaves[0].mutable_receipt_digest(), leaves[0].mutable_binding()->mutable_exchange_id(),
  };
  std::string& part = *parts[*rc::gen::inRange<size_t>(0, std::size(parts))];
  const auto bit = *rc::gen::inRange<size_t>(0, part.size() * 8);
  // The top bit of an X25519 public key means nothing (RFC 7748); HPKE binds it through the info of
  // its key schedule all the same.
  part[bit / 8] = static_cast<char>(part[bit / 8] ^ (1 << (bit % 8)));
  const auto unwrapper = KeyUnwrapper::Open(leaves, world.sealing.private_key);
  const bool opened = unwrapper.ok() && unwrapper->Unwrap(leaves[0], digest, receipt).ok();
  RC_ASSERT(!opened);
}

}  // namespace
}  // namespace sluis::envelope
