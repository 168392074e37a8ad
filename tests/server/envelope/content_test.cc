#include "server/envelope/content.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <functional>

#include "crypto/hash.h"
#include "server/envelope/terms.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using peer::v1::OfferedContent;
using peer::v1::Terms;
using record::v1::SignalContent;

class ContentTest : public ::testing::Test {
 protected:
  // Commitments and salts made anew over what is in the content now, as a sender would that keeps
  // its own person out: terms alone must then tell.
  void CommitAgain(tests::MadeOffer& made) {
    const auto id = crypto::ToFixed<16>(made.offer.binding().exchange_id()).value();
    std::vector<std::string> names(made.terms.conditions().fields().begin(),
                                   made.terms.conditions().fields().end());
    const auto committed = CommitFields(id, made.content.content(), names, world_.random);
    made.offer.mutable_fields()->Assign(committed.fields.begin(), committed.fields.end());
    made.content.clear_salts();
    for (const FieldSalt& salt : committed.salts) {
      made.content.add_salts(std::string(crypto::View(salt)));
    }
  }
  std::string Judged(const tests::MadeOffer& made) {
    return Word(JudgeContent(made.content, made.offer, made.terms));
  }
  tests::MadeOffer Made() { return std::move(world_.Offers(1)[0]); }

  tests::ExchangeWorld world_{8};
};

TEST_F(ContentTest, OpensUnderItsKeyAndIsWhatWasPromised) {
  const tests::MadeOffer made = Made();
  const auto opened = OpenContent(made.key, made.offer);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->SerializeAsString(), made.content.SerializeAsString());
  EXPECT_EQ(Word(JudgeContent(*opened, made.offer, made.terms)), "ok");
  EXPECT_EQ(made.offer.ciphertext().size() % 256, crypto::kSealOverhead % 256);
}

TEST_F(ContentTest, TagsAreOfFormAndOfAPerson) {
  const auto judged = [this](const std::function<void(OfferedContent&)>& edit) {
    tests::MadeOffer made = Made();
    const auto add = [&made](char key, const char* kind) {
      peer::v1::ShareTag& tag = *made.content.add_tags();
      tag.set_key_id(std::string(32, key));
      tag.set_kind(kind);
      tag.set_tag(std::string(32, 't'));
    };
    add('a', "name-date");
    add('b', "be-nrn");
    add('b', "name-date");
    edit(made.content);
    return Judged(made);
  };
  EXPECT_EQ(judged([](auto&) {}), "ok");
  const std::function<void(OfferedContent&)> wrong[] = {
      [](auto& c) { c.mutable_tags(0)->mutable_tag()->pop_back(); },
      [](auto& c) { c.mutable_tags(0)->mutable_key_id()->push_back('a'); },
      [](auto& c) { c.mutable_tags(0)->set_kind(""); },
      [](auto& c) { c.mutable_tags(0)->set_kind("twee woorden"); },
      [](auto& c) { *c.add_tags() = c.tags(2); },
      [](auto& c) { c.mutable_tags()->SwapElements(0, 1); },
      [](auto& c) {
        for (int i = 0; i < kMaxShareTags; ++i) {
          *c.add_tags() = c.tags(2);
          c.mutable_tags(c.tags_size() - 1)
              ->set_key_id(std::string(32, static_cast<char>('c' + i)));
        }
      },
  };
  for (size_t i = 0; i < std::size(wrong); ++i) EXPECT_EQ(judged(wrong[i]), "terms") << i;
}

TEST_F(ContentTest, APlaceHasNoTags) {
  tests::MadeOffer made = Made();
  made.content.mutable_content()->set_subject_kind(record::v1::SUBJECT_KIND_PLACE);
  made.content.mutable_content()->clear_minor();
  made.content.mutable_content()->clear_client_agrees();
  for (auto& attribute : *made.terms.mutable_attributes()) {
    if (attribute.name() == "record.subject_kind") attribute.set_value("place");
    if (attribute.name() == "subject.minor" || attribute.name() == "record.client_agrees") {
      attribute.set_value("none");
    }
  }
  CommitAgain(made);
  ASSERT_EQ(Judged(made), "ok");
  peer::v1::ShareTag& tag = *made.content.add_tags();
  tag.set_key_id(std::string(32, 'a'));
  tag.set_kind("name-date");
  tag.set_tag(std::string(32, 't'));
  EXPECT_EQ(Judged(made), "terms");
}

TEST_F(ContentTest, OtherKeysAndOtherExchangesDoNotOpenIt) {
  const tests::MadeOffer made = Made();
  EXPECT_EQ(Word(OpenContent(crypto::NewDataKey(world_.random), made.offer)), "key_commitment");
  const std::function<void(peer::v1::Offer&)> changes[] = {
      [](auto& o) { o.mutable_binding()->set_partnership("elders.example"); },
      [](auto& o) { o.mutable_binding()->set_sender("heidezoom.example"); },
      [](auto& o) { o.mutable_binding()->set_recipient("heidezoom.example"); },
      [](auto& o) { o.mutable_binding()->mutable_terms_digest()->at(0) ^= 1; },
      [](auto& o) { o.mutable_ciphertext()->at(100) ^= 1; },
      [](auto& o) { o.mutable_ciphertext()->pop_back(); },
      [](auto& o) { o.clear_ciphertext(); },
  };
  for (const auto& change : changes) {
    peer::v1::Offer offer = made.offer;
    change(offer);
    EXPECT_EQ(Word(OpenContent(made.key, offer)), "ciphertext");
  }
  // Another exchange with the commitment made to fit it.
  peer::v1::Offer offer = made.offer;
  offer.mutable_binding()->mutable_exchange_id()->at(0) ^= 1;
  EXPECT_EQ(Word(OpenContent(made.key, offer)), "key_commitment");
  offer.mutable_binding()->set_key_commitment(
      std::string(crypto::View(KeyCommitment(made.key, offer.binding().exchange_id()))));
  EXPECT_EQ(Word(OpenContent(made.key, offer)), "ciphertext");
}

TEST_F(ContentTest, PlaintextHasOneForm) {
  tests::MadeOffer made = Made();
  const auto sealed = [&](const crypto::Bytes& plain) {
    made.offer.set_ciphertext(
        crypto::Seal(made.key, ContentBinding(made.offer.binding()), plain, world_.random));
    return Word(OpenContent(made.key, made.offer));
  };
  const auto padded = [](crypto::Bytes plain) {
    plain.resize((plain.size() + 255) / 256 * 256);
    return plain;
  };
  const crypto::Bytes inner = crypto::Lp(made.content.SerializeAsString());
  EXPECT_EQ(sealed(padded(inner)), "ok");
  EXPECT_EQ(sealed(padded(inner) + crypto::Bytes(256, '\0')), "ciphertext");
  EXPECT_EQ(sealed(padded(inner + "x")), "ciphertext");
  EXPECT_EQ(sealed(inner), "ciphertext");
  EXPECT_EQ(sealed(""), "ciphertext");
  EXPECT_EQ(sealed(padded(crypto::Lp("\x08\x01\x08\x01"))), "ciphertext");
}

TEST_F(ContentTest, TooLongForAnOfferIsRefusedBeforeItIsSealed) {
  tests::MadeOffer made = Made();
  made.content.mutable_content()->set_place(std::string(kMaxCiphertextBytes, 'x'));
  EXPECT_EQ(Word(SealContent(made.key, made.offer.binding(), made.content, world_.random)),
            "too_large");
}

TEST_F(ContentTest, EachFieldChangedAfterThePersonSignedIsFound) {
  const std::function<void(SignalContent&)> changes[] = {
      [](auto& c) { c.mutable_statements(0)->set_text("Iets anders."); },
      [](auto& c) { c.mutable_statements()->RemoveLast(); },
      [](auto& c) { c.mutable_statements(1)->set_assertion(record::v1::ASSERTION_FACT); },
      [](auto& c) { c.set_category("risicofactor"); },
      [](auto& c) { c.set_onlife(record::v1::ONLIFE_ONLINE); },
      [](auto& c) { c.set_source_mode(record::v1::SOURCE_MODE_LOOKED_FOR); },
      [](auto& c) { c.add_risk_factors("nog een"); },
      [](auto& c) { c.clear_protective_factors(); },
      [](auto& c) { c.clear_alternative_explanation(); },
      [](auto& c) { c.set_positive_development("niets"); },
      [](auto& c) { c.set_observed_on("2026-09"); },
      [](auto& c) { c.set_channel(record::v1::CHANNEL_PAPER); },
      [](auto& c) { c.set_normative_border(record::v1::NORMATIVE_BORDER_VIOLENCE); },
      [](auto& c) { c.set_age_band(record::v1::AGE_BAND_16_TO_17); },
      [](auto& c) { c.set_minor(true); },
      [](auto& c) { c.set_client_informed(record::v1::CLIENT_INFORMED_YES); },
      [](auto& c) { c.set_client_informed_ground("anders"); },
      [](auto& c) { c.set_client_agrees(record::v1::CLIENT_AGREES_NO); },
      [](auto& c) { c.set_subject_kind(record::v1::SUBJECT_KIND_PLACE); },
  };
  for (size_t i = 0; i < std::size(changes); ++i) {
    tests::MadeOffer made = Made();
    changes[i](*made.content.mutable_content());
    EXPECT_EQ(Judged(made), "fields") << i;
  }
}

TEST_F(ContentTest, SaltsAndCommitmentsMustFit) {
  tests::MadeOffer made = Made();
  made.content.mutable_salts()->RemoveLast();
  EXPECT_EQ(Judged(made), "fields");
  made = Made();
  made.content.mutable_salts(0)->at(0) ^= 1;
  EXPECT_EQ(Judged(made), "fields");
  made = Made();
  made.content.mutable_salts(0)->pop_back();
  EXPECT_EQ(Judged(made), "fields");
  made = Made();
  made.offer.mutable_fields()->DeleteSubrange(0, 1);
  EXPECT_EQ(Judged(made), "fields");
}

TEST_F(ContentTest, FieldsMayBeTakenAwayButNotAdded) {
  // Taken away: both from the conditions and from the content.
  tests::MadeOffer made = Made();
  auto& fields = *made.terms.mutable_conditions()->mutable_fields();
  ASSERT_EQ(fields[0], "age_band");
  fields.DeleteSubrange(0, 1);
  made.content.mutable_salts()->DeleteSubrange(0, 1);
  made.content.mutable_content()->clear_age_band();
  EXPECT_EQ(Judged(made), "ok");
  // There, though not in the conditions.
  made.content.mutable_content()->set_age_band(record::v1::AGE_BAND_18_TO_24);
  EXPECT_EQ(Judged(made), "terms");
  // What never travels, whatever conditions and commitments say.
  for (const auto& change :
       {std::function<void(SignalContent&)>([](auto& c) { c.set_contributor("een vrijwilliger"); }),
        std::function<void(SignalContent&)>([](auto& c) { c.set_mandate_reference("OPDR-14"); }),
        std::function<void(SignalContent&)>([](auto& c) { c.set_subject_ref("D-2026-014"); }),
        std::function<void(SignalContent&)>([](auto& c) { c.set_place("Vaartkant"); })}) {
    made = Made();
    change(*made.content.mutable_content());
    EXPECT_EQ(Judged(made), "terms");
  }
  made = Made();
  made.terms.mutable_conditions()->mutable_fields()->Clear();
  *made.terms.mutable_conditions()->add_fields() = "contributor";
  made.content.clear_content();
  made.content.mutable_content()->set_contributor("een vrijwilliger");
  EXPECT_EQ(Judged(made), "terms");
}

TEST_F(ContentTest, ContentUnlikeItsTermsIsFoundThoughSigned) {
  const std::tuple<const char*, const char*, std::function<void(SignalContent&)>> rows[] = {
      {"as stated", "ok", [](auto&) {}},
      {"looked for", "terms",
       [](auto& c) { c.set_source_mode(record::v1::SOURCE_MODE_LOOKED_FOR); }},
      {"other category", "terms", [](auto& c) { c.set_category("risicofactor"); }},
      {"weaker", "terms",
       [](auto& c) { c.mutable_statements(0)->set_assertion(record::v1::ASSERTION_HEARSAY); }},
      {"stronger", "terms", [](auto& c) { c.mutable_statements()->RemoveLast(); }},
      {"other onlife", "terms", [](auto& c) { c.set_onlife(record::v1::ONLIFE_OFFLINE); }},
      {"a minor", "terms", [](auto& c) { c.set_minor(true); }},
      {"does not agree", "terms",
       [](auto& c) { c.set_client_agrees(record::v1::CLIENT_AGREES_NO); }},
      {"a place", "terms", [](auto& c) { c.set_subject_kind(record::v1::SUBJECT_KIND_PLACE); }},
      {"nothing at all", "terms",
       [](auto& c) { c.set_subject_kind(record::v1::SUBJECT_KIND_UNSPECIFIED); }},
      {"the very day", "terms", [](auto& c) { c.set_observed_on("2026-10-05"); }},
      {"no day", "ok", [](auto& c) { c.clear_observed_on(); }},
  };
  for (const auto& [name, word, change] : rows) {
    tests::MadeOffer made = Made();
    change(*made.content.mutable_content());
    CommitAgain(made);
    EXPECT_EQ(Judged(made), word) << name;
  }
  tests::MadeOffer made = Made();
  made.terms.mutable_conditions()->mutable_reduced_fields()->DeleteSubrange(0, 1);
  EXPECT_EQ(Judged(made), "terms") << "a month where no generalisation was stated";
}

// Without the salt a guess cannot be confirmed: the same content, committed twice, has nothing in
// common.
RC_GTEST_PROP(ContentProperty, NothingOfOneExchangeIsInAnother, ()) {
  tests::ExchangeWorld world(*rc::gen::arbitrary<uint64_t>());
  const auto offers = world.Offers(2);
  for (const auto& field : offers[0].offer.fields()) {
    RC_ASSERT(offers[1].bytes.find(field.commitment()) == std::string::npos);
  }
  RC_ASSERT(offers[0].offer.binding().key_commitment() !=
            offers[1].offer.binding().key_commitment());
  const std::string& ciphertext = offers[0].offer.ciphertext();
  for (size_t at = 0; at + 8 <= ciphertext.size(); at += 8) {
    RC_ASSERT(offers[1].bytes.find(ciphertext.substr(at, 8)) == std::string::npos);
  }
}

}  // namespace
}  // namespace sluis::envelope
