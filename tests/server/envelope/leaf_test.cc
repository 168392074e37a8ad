#include "server/envelope/leaf.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/envelope/terms.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using peer::v1::EnvelopeKind;

template <typename Message>
struct Spoilt {
  const char* name;
  std::function<void(Message&)> spoil;
  const char* word = "malformed";
};

class LeafTest : public ::testing::Test {
 protected:
  // Each spoilt copy of a valid leaf of that kind must be refused; the leaf itself must not.
  template <typename Message>
  void EachIsRefused(EnvelopeKind kind, const std::vector<Spoilt<Message>>& wrong) {
    const std::string good = world_.Leaves(kind, world_.Offers(1))[0];
    ASSERT_EQ(Word(ReadLeaf(kind, good)), "ok");
    for (const auto& [name, spoil, word] : wrong) {
      Message message;
      ASSERT_TRUE(message.ParseFromString(good));
      spoil(message);
      EXPECT_EQ(Word(ReadLeaf(kind, message.SerializeAsString())), word) << name;
    }
  }

  tests::ExchangeWorld world_{4};
  const std::string hash_ = std::string(32, 'h');
};

TEST_F(LeafTest, EveryKindHasItsOwnMessage) {
  const auto offers = world_.Offers(1);
  for (int k = peer::v1::ENVELOPE_KIND_OFFER; k <= peer::v1::ENVELOPE_KIND_NOTICE; ++k) {
    const auto kind = static_cast<EnvelopeKind>(k);
    const std::string bytes = world_.Leaves(kind, offers)[0];
    for (int other = 0; other <= peer::v1::ENVELOPE_KIND_NOTICE + 1; ++other) {
      EXPECT_EQ(ReadLeaf(static_cast<EnvelopeKind>(other), bytes).ok(), other == k)
          << k << " as " << other;
    }
    EXPECT_EQ(Word(ReadLeaf(kind, bytes + std::string(kMaxLeafBytes, 'x'))), "too_large");
    EXPECT_EQ(Word(ReadLeaf(kind, "")), "binding");
  }
}

TEST_F(LeafTest, BindingTable) {
  using peer::v1::Opened;
  EachIsRefused<Opened>(
      peer::v1::ENVELOPE_KIND_OPENED,
      {
          {"no binding", [](auto& m) { m.clear_binding(); }, "binding"},
          {"no partnership", [](auto& m) { m.mutable_binding()->clear_partnership(); }},
          {"no sender", [](auto& m) { m.mutable_binding()->clear_sender(); }},
          {"upper case", [](auto& m) { m.mutable_binding()->set_sender("Zandrode.example"); }},
          {"to itself", [](auto& m) { m.mutable_binding()->set_recipient(m.binding().sender()); }},
          {"short exchange id",
           [](auto& m) { m.mutable_binding()->mutable_exchange_id()->pop_back(); }},
          {"no terms", [](auto& m) { m.mutable_binding()->clear_terms_digest(); }},
          {"no packs", [](auto& m) { m.mutable_binding()->clear_packs(); }},
          {"one pack", [](auto& m) { m.mutable_binding()->mutable_packs()->RemoveLast(); }},
          {"three packs", [](auto& m) { m.mutable_binding()->add_packs(); }},
          {"packs turned",
           [](auto& m) { m.mutable_binding()->mutable_packs()->SwapElements(0, 1); }},
          {"short pack digest",
           [](auto& m) { m.mutable_binding()->mutable_packs(1)->mutable_digest()->pop_back(); }},
          {"long commitment",
           [](auto& m) { m.mutable_binding()->mutable_key_commitment()->push_back('x'); }},
          {"no ciphertext digest", [](auto& m) { m.mutable_binding()->clear_ciphertext_digest(); }},
      });
}

TEST_F(LeafTest, OfferTable) {
  using peer::v1::Offer;
  EachIsRefused<Offer>(
      peer::v1::ENVELOPE_KIND_OFFER,
      {
          {"no terms", [](auto& m) { m.clear_terms(); }},
          {"terms changed under the digest",
           [](auto& m) {
             peer::v1::Terms terms;
             terms.ParseFromString(m.terms());
             terms.set_record_version(2);
             m.set_terms(terms.SerializeAsString());
           },
           "binding"},
          {"ciphertext changed", [](auto& m) { m.mutable_ciphertext()->at(0) ^= 1; }, "binding"},
          {"no ciphertext", [](auto& m) { m.clear_ciphertext(); }},
          {"long ciphertext",
           [](auto& m) { m.mutable_ciphertext()->resize(kMaxCiphertextBytes + 1); }},
          {"no person", [](auto& m) { m.clear_user(); }},
          {"no statement", [](auto& m) { m.mutable_user()->clear_statement(); }},
          {"short signature",
           [](auto& m) { m.mutable_user()->mutable_statement()->mutable_signature()->pop_back(); }},
          {"long statement",
           [](auto& m) {
             m.mutable_user()->mutable_statement()->mutable_statement()->resize(1025);
           }},
          {"no mandate", [](auto& m) { m.mutable_user()->clear_mandate(); }},
          {"no status number", [](auto& m) { m.mutable_user()->clear_mandate_status_number(); }},
          {"item 256", [](auto& m) { m.mutable_user()->set_item(256); }},
          {"a long path",
           [this](auto& m) {
             while (m.user().path_size() < 9) m.mutable_user()->add_path(hash_);
           }},
          {"a short hash in the path", [](auto& m) { m.mutable_user()->add_path("x"); }},
          {"no fields", [](auto& m) { m.clear_fields(); }},
          {"fields not sorted", [](auto& m) { m.mutable_fields()->SwapElements(0, 1); }},
          {"a field twice", [](auto& m) { *m.mutable_fields(1) = m.fields(0); }},
          {"a short commitment", [](auto& m) { m.mutable_fields(0)->set_commitment("x"); }},
          {"a root of nothing", [this](auto& m) { m.set_seen_root(hash_); }},
          {"a head without root", [](auto& m) { m.set_seen_size(5); }},
          {"no intent", [](auto& m) { m.clear_intent_leaf_hash(); }},
      });
}

TEST_F(LeafTest, ReceiptTable) {
  using peer::v1::Receipt;
  EachIsRefused<Receipt>(
      peer::v1::ENVELOPE_KIND_RECEIPT,
      {
          {"no offer", [](auto& m) { m.clear_offer_digest(); }},
          {"no conditions", [](auto& m) { m.clear_accepted(); }},
          {"no retention", [](auto& m) { m.mutable_accepted()->clear_retention_until(); }},
          {"short leaf", [](auto& m) { m.mutable_log_leaf()->pop_back(); }},
          {"no salt", [](auto& m) { m.clear_counterpart_salt(); }},
          {"no counterpart", [](auto& m) { m.clear_counterpart(); }},
          {"long counterpart",
           [](auto& m) { m.mutable_counterpart()->resize(kMaxCounterpartBytes + 1); }},
          {"64 hashes",
           [this](auto& m) {
             while (m.inclusion_size() < 64) m.add_inclusion(hash_);
           }},
          {"127 hashes",
           [this](auto& m) {
             while (m.consistency_size() < 127) m.add_consistency(hash_);
           }},
          {"no checkpoint", [](auto& m) { m.clear_checkpoint(); }},
          {"long checkpoint",
           [](auto& m) { m.mutable_checkpoint()->resize(kMaxCheckpointBytes + 1); }},
          {"no key", [](auto& m) { m.clear_sealing_key(); }},
      });
}

TEST_F(LeafTest, KeyOpenedUnopenableTable) {
  using namespace peer::v1;  // NOLINT: names of the messages, in this table only
  EachIsRefused<Key>(ENVELOPE_KIND_KEY,
                     {
                         {"no offer", [](auto& m) { m.clear_offer_digest(); }},
                         {"no receipt", [](auto& m) { m.clear_receipt_digest(); }},
                         {"no encapsulation", [](auto& m) { m.clear_encapsulation(); }},
                         {"no wrap", [](auto& m) { m.clear_sealed_wrapping_key(); }},
                         {"short key", [](auto& m) { m.mutable_wrapped_key()->pop_back(); }},
                     });
  EachIsRefused<Opened>(ENVELOPE_KIND_OPENED,
                        {
                            {"no offer", [](auto& m) { m.clear_offer_digest(); }},
                            {"no receipt", [](auto& m) { m.clear_receipt_digest(); }},
                            {"no key", [](auto& m) { m.clear_key_digest(); }},
                        });
  EachIsRefused<Unopenable>(
      ENVELOPE_KIND_UNOPENABLE,
      {
          {"no key", [](auto& m) { m.clear_key_digest(); }},
          {"no reason", [](auto& m) { m.clear_reason(); }},
          {"unknown reason", [](auto& m) { m.set_reason(static_cast<UnopenableReason>(99)); }},
      });
}

TEST_F(LeafTest, CancelErasureRefusalTable) {
  using namespace peer::v1;  // NOLINT: names of the messages, in this table only
  EachIsRefused<Cancel>(
      ENVELOPE_KIND_CANCEL,
      {
          {"no offer", [](auto& m) { m.clear_offer_digest(); }},
          {"no reason", [](auto& m) { m.clear_reason(); }},
          {"unknown reason", [](auto& m) { m.set_reason(static_cast<CancelReason>(99)); }},
          {"withdrawn by nobody", [](auto& m) { m.clear_user(); }},
          {"expired, by a person", [](auto& m) { m.set_reason(CANCEL_REASON_EXPIRED); }},
      });
  const auto done = [this](Erasure& m) {
    m.set_step(ERASURE_STEP_DONE);
    m.set_day("2026-10-05");
    m.set_asked_digest(hash_);
    m.clear_reason();
    m.clear_user();
  };
  EachIsRefused<Erasure>(
      ENVELOPE_KIND_ERASURE,
      {
          {"no step", [](auto& m) { m.clear_step(); }},
          {"unknown step", [](auto& m) { m.set_step(static_cast<ErasureStep>(99)); }},
          {"asked for a day", [](auto& m) { m.set_day("2026-10-05"); }},
          {"asked in answer", [this](auto& m) { m.set_asked_digest(hash_); }},
          {"asked by nobody known", [](auto& m) { m.clear_reason(); }},
          {"unknown reason", [](auto& m) { m.set_reason(static_cast<ErasureReason>(99)); }},
          {"by a person who signed nothing", [](auto& m) { m.clear_user(); }},
          {"by the node, signed by a person", [](auto& m) { m.set_reason(ERASURE_REASON_NODE); }},
          {"done without a day", [done](auto& m) { done(m), m.clear_day(); }},
          {"held until no day",
           [done](auto& m) {
             done(m);
             m.set_step(ERASURE_STEP_HELD);
             m.set_day("2026-13-05");
           }},
          {"done in answer to nothing", [done](auto& m) { done(m), m.clear_asked_digest(); }},
          {"done for a reason", [done](auto& m) { done(m), m.set_reason(ERASURE_REASON_NODE); }},
          {"done, signed by a person",
           [done](auto& m) {
             const UserSignature user = m.user();
             done(m);
             *m.mutable_user() = user;
           }},
      });
  Erasure asked = std::get<Erasure>(
      ReadLeaf(ENVELOPE_KIND_ERASURE, world_.Leaves(ENVELOPE_KIND_ERASURE, world_.Offers(1))[0])
          .value());
  done(asked);
  EXPECT_TRUE(ReadLeaf(ENVELOPE_KIND_ERASURE, asked.SerializeAsString()).ok())
      << "the answer itself is of form";
  EachIsRefused<Refusal>(
      ENVELOPE_KIND_REFUSAL,
      {
          {"of no kind", [](auto& m) { m.clear_refused_kind(); }},
          {"of a refusal", [](auto& m) { m.set_refused_kind(ENVELOPE_KIND_REFUSAL); }},
          {"of no message", [](auto& m) { m.clear_refused_digest(); }},
          {"no reason", [](auto& m) { m.clear_reason(); }},
          {"unknown reason", [](auto& m) { m.set_reason(static_cast<RefusalReason>(99)); }},
          {"no manifest", [](auto& m) { m.clear_manifest_version(); }},
      });
}

TEST_F(LeafTest, NoticeTable) {
  using namespace peer::v1;  // NOLINT: names of the messages, in this table only
  EachIsRefused<Notice>(
      ENVELOPE_KIND_NOTICE,
      {
          {"no offer", [](auto& m) { m.clear_offer_digest(); }},
          {"at no time", [](auto& m) { m.clear_handed_over_at_s(); }},
          {"of nothing", [](auto& m) { m.clear_scope(); }},
          {"a field twice", [](auto& m) { m.set_scope(0, m.scope(1)); }},
          {"not sorted", [](auto& m) { m.mutable_scope()->SwapElements(0, 1); }},
          {"a field that is a sentence", [](auto& m) { m.set_scope(0, "Jan Janssens"); }},
          {"a field too long", [](auto& m) { m.set_scope(0, std::string(65, 'a')); }},
          {"no field that travels", [](auto& m) { m.set_scope(0, "aaa"); }},
          {"too many fields",
           [](auto& m) {
             m.clear_scope();
             for (char c = 'A'; c <= 'A' + 32; ++c) m.add_scope(std::string(1, c));
           }},
      });
}

TEST_F(LeafTest, AnswerBelongsToItsOfferOnly) {
  const auto offers = world_.Offers(2);
  for (int k = peer::v1::ENVELOPE_KIND_RECEIPT; k <= peer::v1::ENVELOPE_KIND_NOTICE; ++k) {
    const auto kind = static_cast<EnvelopeKind>(k);
    const auto leaf = ReadLeaf(kind, world_.Leaves(kind, {&offers[0], 1})[0]);
    ASSERT_TRUE(leaf.ok());
    EXPECT_EQ(Word(CheckAnswers(*leaf, offers[0].offer.binding())), "ok") << k;
    EXPECT_EQ(Word(CheckAnswers(*leaf, offers[1].offer.binding())), "other_exchange") << k;
    const std::function<void(peer::v1::Binding&)> changes[] = {
        [](auto& b) { b.mutable_exchange_id()->at(0) ^= 1; },
        [](auto& b) { b.mutable_terms_digest()->at(0) ^= 1; },
        [](auto& b) { b.mutable_key_commitment()->at(0) ^= 1; },
        [](auto& b) { b.mutable_ciphertext_digest()->at(0) ^= 1; },
        [](auto& b) { b.mutable_packs(1)->mutable_digest()->at(0) ^= 1; },
        [](auto& b) { b.set_exercise(true); },
        [](auto& b) { b.set_partnership("elders.example"); },
        [](auto& b) { b.set_recipient("heidezoom.example"); },
        [](auto& b) { b.set_sender("heidezoom.example"); },
    };
    for (const auto& change : changes) {
      peer::v1::Binding offer = offers[0].offer.binding();
      change(offer);
      EXPECT_EQ(Word(CheckAnswers(*leaf, offer)), "other_exchange") << k;
    }
  }
}

TEST_F(LeafTest, EachKindGoesItsWay) {
  const auto offers = world_.Offers(1);
  for (int k = peer::v1::ENVELOPE_KIND_RECEIPT; k <= peer::v1::ENVELOPE_KIND_NOTICE; ++k) {
    const auto kind = static_cast<EnvelopeKind>(k);
    Leaf leaf = ReadLeaf(kind, world_.Leaves(kind, offers)[0]).value();
    std::visit(
        [](auto& message) {
          const std::string sender = message.binding().sender();
          message.mutable_binding()->set_sender(message.binding().recipient());
          message.mutable_binding()->set_recipient(sender);
        },
        leaf);
    // Either side may refuse what the other sent.
    EXPECT_EQ(Word(CheckAnswers(leaf, offers[0].offer.binding())),
              kind == peer::v1::ENVELOPE_KIND_REFUSAL ? "ok" : "other_exchange")
        << k;
  }
  Leaf erased = ReadLeaf(peer::v1::ENVELOPE_KIND_ERASURE,
                         world_.Leaves(peer::v1::ENVELOPE_KIND_ERASURE, offers)[0])
                    .value();
  std::get<peer::v1::Erasure>(erased).set_step(peer::v1::ERASURE_STEP_DONE);
  EXPECT_EQ(Word(CheckAnswers(erased, offers[0].offer.binding())), "other_exchange");
}

}  // namespace
}  // namespace sluis::envelope
