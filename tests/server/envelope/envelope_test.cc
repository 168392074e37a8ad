#include "server/envelope/envelope.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/envelope/leaf_tree.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using peer::v1::EnvelopeHead;
using peer::v1::EnvelopeKind;

// What whoever receives it makes of an envelope that was sent like this.
absl::StatusOr<Envelope> MadeAndRead(const EnvelopeDraft& draft, const EnvelopeKeys& keys) {
  const absl::StatusOr<peer::v1::Envelope> made = MakeEnvelope(draft, keys);
  if (!made.ok()) return made.status();
  return ReadEnvelope(*made);
}

class EnvelopeTest : public ::testing::Test {
 protected:
  // The head changed and signed again by the sender, as one would who holds its keys.
  peer::v1::Envelope Resigned(const Envelope& envelope,
                              const std::function<void(EnvelopeHead&)>& change) {
    EnvelopeHead head = envelope.head.head;
    change(head);
    peer::v1::Envelope message = envelope.Message();
    message.set_head(head.SerializeAsString());
    const auto& keys = world_.SenderOf(envelope.head.head.kind());
    message.set_signature(Text(keys.identity.Sign(HeadMessage(message.head()))));
    if (!message.receipt_signature().empty()) {
      message.set_receipt_signature(Text(keys.receipt.Sign(ReceiptMessage(message.head()))));
    }
    return message;
  }
  std::string ReadAndVerify(peer::v1::Envelope message, const JudgedBy& judged_by) {
    const auto envelope = ReadEnvelope(std::move(message));
    return envelope.ok() ? Word(VerifyEnvelope(*envelope, judged_by)) : Word(envelope);
  }
  template <size_t N>
  static std::string Text(const crypto::FixedBytes<N>& bytes) {
    return std::string(crypto::View(bytes));
  }

  tests::ExchangeWorld world_{1};
  static constexpr auto kOffer = peer::v1::ENVELOPE_KIND_OFFER;
  static constexpr auto kReceipt = peer::v1::ENVELOPE_KIND_RECEIPT;
};

TEST_F(EnvelopeTest, EveryKindTravels) {
  for (int k = peer::v1::ENVELOPE_KIND_OFFER; k <= peer::v1::ENVELOPE_KIND_NOTICE; ++k) {
    const auto kind = static_cast<EnvelopeKind>(k);
    for (const size_t count : {size_t{1}, size_t{3}}) {
      const Envelope made = world_.Made(kind, count);
      const auto read = ReadEnvelope(crypto::BytesView(made.Message().SerializeAsString()));
      ASSERT_TRUE(read.ok()) << k << read.status();
      EXPECT_EQ(read->leaf_bytes, made.leaf_bytes);
      EXPECT_EQ(read->head.head.count(), count);
      EXPECT_EQ(BindingOf(read->leaves[0]).kind(), kind);
      EXPECT_EQ(Word(VerifyEnvelope(*read, world_.Judge(kind))), "ok") << k;
    }
  }
}

TEST_F(EnvelopeTest, FullEnvelopeTravelsAndOneLeafMoreDoesNot) {
  const auto kind = peer::v1::ENVELOPE_KIND_ERASURE;
  EnvelopeDraft draft = world_.Draft(kind, 256);
  draft.leaves.push_back(world_.Draft(kind, 1).leaves[0]);
  EXPECT_EQ(Word(MadeAndRead(draft, world_.sender.keys())), "count");
  draft.leaves.pop_back();
  const auto full = MadeAndRead(draft, world_.sender.keys());
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_EQ(Word(VerifyEnvelope(*full, world_.Judge(kind))), "ok");
  draft.leaves.clear();
  EXPECT_EQ(Word(MadeAndRead(draft, world_.sender.keys())), "count");
}

TEST_F(EnvelopeTest, BoundOfTheWholeIsOneMebibyte) {
  const std::string bytes = world_.Made(kOffer, 1).Message().SerializeAsString();
  EXPECT_EQ(Word(ReadEnvelope(bytes + std::string(kMaxEnvelopeBytes, '\0'))), "too_large");
  peer::v1::Envelope message = world_.Made(kOffer, 1).Message();
  message.add_leaves(std::string(kMaxEnvelopeBytes, 'x'));
  EXPECT_EQ(Word(ReadEnvelope(std::move(message))), "too_large");
}

TEST_F(EnvelopeTest, EachAlteredOuterFormIsRefused) {
  const Envelope good = world_.Made(kOffer, 2);
  const std::tuple<const char*, const char*, std::function<void(peer::v1::Envelope&)>> wrong[] = {
      {"no head", "version", [](auto& m) { m.clear_head(); }},
      {"no signature", "malformed", [](auto& m) { m.clear_signature(); }},
      {"a short signature", "malformed", [](auto& m) { m.mutable_signature()->pop_back(); }},
      {"a leaf less", "count", [](auto& m) { m.mutable_leaves()->RemoveLast(); }},
      {"a leaf more", "count", [](auto& m) { m.add_leaves(m.leaves(0)); }},
      {"one leaf twice", "repeated", [](auto& m) { m.set_leaves(1, m.leaves(0)); }},
      {"leaves exchanged", "root", [](auto& m) { m.mutable_leaves()->SwapElements(0, 1); }},
      {"a truncated leaf", "malformed", [](auto& m) { m.mutable_leaves(0)->pop_back(); }},
      {"a second signature where none belongs", "receipt_signature",
       [](auto& m) { m.set_receipt_signature(m.signature()); }},
      {"an unknown field", "malformed",
       [](auto& m) { m.GetReflection()->MutableUnknownFields(&m)->AddVarint(15, 1); }},
  };
  for (const auto& [name, word, spoil] : wrong) {
    peer::v1::Envelope message = good.Message();
    spoil(message);
    EXPECT_EQ(ReadAndVerify(std::move(message), world_.Judge(kOffer)), word) << name;
  }
}

TEST_F(EnvelopeTest, EachWrongHeadIsRefusedThoughSigned) {
  const Envelope good = world_.Made(kOffer, 2);
  const std::tuple<const char*, const char*, std::function<void(EnvelopeHead&)>> wrong[] = {
      {"no change", "ok", [](auto&) {}},
      {"version 0", "version", [](auto& h) { h.set_version(0); }},
      {"version 2", "version", [](auto& h) { h.set_version(2); }},
      {"no kind", "kind", [](auto& h) { h.clear_kind(); }},
      {"unknown kind", "kind", [](auto& h) { h.set_kind(static_cast<EnvelopeKind>(99)); }},
      {"other kind", "malformed", [](auto& h) { h.set_kind(peer::v1::ENVELOPE_KIND_KEY); }},
      {"no partnership", "malformed", [](auto& h) { h.clear_partnership(); }},
      {"other partnership", "binding", [](auto& h) { h.set_partnership("elders.example"); }},
      {"no manifest", "malformed", [](auto& h) { h.clear_manifest_version(); }},
      {"older manifest", "update", [](auto& h) { h.set_manifest_version(3); }},
      {"newer manifest", "update", [](auto& h) { h.set_manifest_version(5); }},
      {"other sender", "binding", [](auto& h) { h.set_sender("heidezoom.example"); }},
      {"to itself", "malformed", [](auto& h) { h.set_recipient(h.sender()); }},
      {"other recipient", "binding", [](auto& h) { h.set_recipient("heidezoom.example"); }},
      {"other count", "count", [](auto& h) { h.set_count(3); }},
      {"count 0", "count", [](auto& h) { h.set_count(0); }},
      {"count 257", "count", [](auto& h) { h.set_count(257); }},
      {"no root", "malformed", [](auto& h) { h.clear_root(); }},
      {"other root", "root", [](auto& h) { h.mutable_root()->at(5) ^= 1; }},
  };
  for (const auto& [name, word, change] : wrong) {
    EXPECT_EQ(ReadAndVerify(Resigned(good, change), world_.Judge(kOffer)), word) << name;
  }
}

TEST_F(EnvelopeTest, OnlyTheRecipientTakesIt) {
  const Envelope envelope = world_.Made(kOffer, 1);
  JudgedBy judged_by = world_.Judge(kOffer);
  judged_by.recipient = world_.third.organisation;
  EXPECT_EQ(Word(VerifyEnvelope(envelope, judged_by)), "recipient");
  judged_by.recipient = world_.sender.organisation;
  EXPECT_EQ(Word(VerifyEnvelope(envelope, judged_by)), "recipient");
  judged_by.recipient.reset();
  EXPECT_EQ(Word(VerifyEnvelope(envelope, judged_by)), "ok");
}

TEST_F(EnvelopeTest, ManifestDecides) {
  const Envelope envelope = world_.Made(kOffer, 1);
  const auto judged = [&](const std::function<void(partnership::Manifest&)>& change) {
    partnership::Manifest manifest = world_.manifest;
    change(manifest);
    return Word(
        VerifyEnvelope(envelope, {manifest, tests::kExchangeDay, world_.recipient.organisation}));
  };
  EXPECT_EQ(judged([](auto&) {}), "ok");
  EXPECT_EQ(judged([](auto& m) { m.partnership = "elders.example"; }), "partnership");
  EXPECT_EQ(judged([](auto& m) { m.state = record::v1::PARTNERSHIP_STATE_PREPARATION; }),
            "not_exchanging");
  EXPECT_EQ(judged([](auto& m) { m.state = record::v1::PARTNERSHIP_STATE_UNSPECIFIED; }),
            "not_exchanging");
  partnership::Manifest suspended = world_.manifest;
  suspended.state = record::v1::PARTNERSHIP_STATE_PREPARATION;
  for (const auto& [kind, word] : {std::pair(peer::v1::ENVELOPE_KIND_CANCEL, "ok"),
                                   std::pair(peer::v1::ENVELOPE_KIND_ERASURE, "ok"),
                                   std::pair(peer::v1::ENVELOPE_KIND_NOTICE, "ok"),
                                   std::pair(peer::v1::ENVELOPE_KIND_OPENED, "not_exchanging"),
                                   std::pair(peer::v1::ENVELOPE_KIND_KEY, "not_exchanging")}) {
    EXPECT_EQ(Word(VerifyEnvelope(world_.Made(kind, 1), {suspended, tests::kExchangeDay,
                                                         world_.RecipientOf(kind).organisation})),
              word)
        << kind;
  }
  EXPECT_EQ(judged([](auto& m) { m.version = 5; }), "update");
  EXPECT_EQ(judged([](auto& m) { m.statutory_pack[0] ^= 1; }), "update");
  EXPECT_EQ(judged([](auto& m) { m.partnership_pack[31] ^= 1; }), "update");
  EXPECT_EQ(judged([](auto& m) { m.state = record::v1::PARTNERSHIP_STATE_EXERCISE; }), "binding");
  EXPECT_EQ(judged([](auto& m) { m.members.erase(m.members.begin() + 1); }), "sender");
  EXPECT_EQ(judged([](auto& m) { m.members.pop_back(); }), "recipient");
  // Keys that two members exchanged: a signature is judged under those of the sender only.
  EXPECT_EQ(judged([](auto& m) { std::swap(m.members[0].keys, m.members[1].keys); }), "signature");
}

TEST_F(EnvelopeTest, ExerciseIsMarked) {
  world_.manifest.state = record::v1::PARTNERSHIP_STATE_EXERCISE;
  const Envelope envelope = world_.Made(kOffer, 1);
  EXPECT_TRUE(BindingOf(envelope.leaves[0]).exercise());
  EXPECT_EQ(Word(VerifyEnvelope(envelope, world_.Judge(kOffer))), "ok");
  world_.manifest.state = record::v1::PARTNERSHIP_STATE_ACTIVE;
  EXPECT_EQ(Word(VerifyEnvelope(envelope, world_.Judge(kOffer))), "binding");
}

TEST_F(EnvelopeTest, OnlyAValidIdentityKeyOfTheSenderSigns) {
  const EnvelopeDraft draft = world_.Draft(kOffer, 1);
  const auto signed_by = [&](const crypto::SigningKey& key) {
    const auto envelope = MadeAndRead(draft, {key, world_.sender.receipt});
    return Word(VerifyEnvelope(*envelope, world_.Judge(kOffer)));
  };
  EXPECT_EQ(signed_by(world_.sender.identity), "ok");
  EXPECT_EQ(signed_by(world_.sender.log), "key_purpose");
  EXPECT_EQ(signed_by(world_.sender.witness), "key_purpose");
  EXPECT_EQ(signed_by(world_.sender.receipt), "key_purpose");
  EXPECT_EQ(signed_by(world_.sender.mandate), "key_purpose");
  EXPECT_EQ(signed_by(world_.recipient.identity), "signature");
  EXPECT_EQ(signed_by(world_.person_key), "signature");
}

TEST_F(EnvelopeTest, KeysCountOnTheirDaysOnly) {
  const Envelope envelope = world_.Made(kOffer, 1);
  const auto on = [&](std::string_view day) {
    return Word(VerifyEnvelope(envelope, {world_.manifest, day, world_.recipient.organisation}));
  };
  EXPECT_EQ(on("2026-08-31"), "key_expired");
  EXPECT_EQ(on("2026-09-01"), "ok");
  EXPECT_EQ(on("2026-12-31"), "ok");
  EXPECT_EQ(on("2027-01-01"), "key_expired");
}

TEST_F(EnvelopeTest, ReceiptsNeedTheReceiptKeyAsWell) {
  const EnvelopeDraft draft = world_.Draft(kReceipt, 2);
  const auto signed_by = [&](const crypto::SigningKey& receipt_key) {
    const auto envelope = MadeAndRead(draft, {world_.recipient.identity, receipt_key});
    return Word(VerifyEnvelope(*envelope, world_.Judge(kReceipt)));
  };
  EXPECT_EQ(signed_by(world_.recipient.receipt), "ok");
  EXPECT_EQ(signed_by(world_.recipient.identity), "receipt_signature");
  EXPECT_EQ(signed_by(world_.sender.receipt), "receipt_signature");
  peer::v1::Envelope message = *MakeEnvelope(draft, world_.recipient.keys());
  // The signature over the same head, made for an envelope.
  message.set_receipt_signature(Text(world_.recipient.receipt.Sign(HeadMessage(message.head()))));
  EXPECT_EQ(ReadAndVerify(message, world_.Judge(kReceipt)), "receipt_signature");
  message.clear_receipt_signature();
  EXPECT_EQ(ReadAndVerify(message, world_.Judge(kReceipt)), "receipt_signature");
}

TEST_F(EnvelopeTest, LeafThatDoesNotRepeatItsHeadIsRefused) {
  const std::function<void(peer::v1::Binding&)> changes[] = {
      [](auto& b) { b.set_partnership("elders.example"); },
      [](auto& b) { b.set_sender("heidezoom.example"); },
      [](auto& b) { b.set_recipient("heidezoom.example"); },
      [](auto& b) { b.set_kind(peer::v1::ENVELOPE_KIND_REFUSAL); },
  };
  const auto kind = peer::v1::ENVELOPE_KIND_OPENED;
  for (const auto& change : changes) {
    EnvelopeDraft draft = world_.Draft(kind, 2);
    peer::v1::Opened opened;
    ASSERT_TRUE(opened.ParseFromString(draft.leaves[1]));
    change(*opened.mutable_binding());
    draft.leaves[1] = opened.SerializeAsString();
    EXPECT_EQ(Word(MadeAndRead(draft, world_.recipient.keys())), "binding");
  }
}

TEST_F(EnvelopeTest, ReceiptsShareOneKeyAndKeysOneEncapsulation) {
  const auto offers = world_.Offers(2);
  EnvelopeDraft draft = world_.Draft(kReceipt, 1);
  draft.leaves = {world_.ReceiptFor(offers[0], world_.sealing.public_key),
                  world_.ReceiptFor(offers[1], crypto::hpke::PublicKey{9})};
  EXPECT_EQ(Word(MadeAndRead(draft, world_.recipient.keys())), "binding");
  draft = world_.Draft(peer::v1::ENVELOPE_KIND_KEY, 1);
  draft.leaves.push_back(world_.Draft(peer::v1::ENVELOPE_KIND_KEY, 1).leaves[0]);
  EXPECT_EQ(Word(MadeAndRead(draft, world_.sender.keys())), "binding");
}

}  // namespace
}  // namespace sluis::envelope
