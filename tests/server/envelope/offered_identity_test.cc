// Who a record is about, on its way: apart from the content, and only where the conditions name it.
#include "server/envelope/offered_identity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "server/envelope/leaf.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using peer::v1::Offer;
using record::v1::SubjectIdentity;

SubjectIdentity Person(const std::string& surname = "Ouwelandse") {
  SubjectIdentity person;
  person.set_surname(surname);
  person.set_given("Lena");
  person.set_born("1985-03-14");
  return person;
}

// An Offer whose conditions name the field, and whose person signed for Person().
class OfferedIdentityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.edit_terms = [](auto& terms) {
      auto& fields = *terms.mutable_conditions()->mutable_fields();
      *fields.Add() = kIdentityField;
      std::sort(fields.begin(), fields.end());
    };
    made_ = std::move(world_.Offers(1)[0]);
    offer_ = made_.offer;
    Sign(Person());
    Seal(Person());
  }
  void Sign(const SubjectIdentity& person) {
    const auto id = crypto::ToFixed<16>(offer_.binding().exchange_id()).value();
    auto& fields = *offer_.mutable_fields();
    fields.erase(std::remove_if(fields.begin(), fields.end(),
                                [](const auto& one) { return one.name() == kIdentityField; }),
                 fields.end());
    auto* field = fields.Add();
    field->set_name(kIdentityField);
    field->set_commitment(std::string(
        crypto::View(FieldCommitmentOf(id, kIdentityField, salt_, IdentityValue(person)))));
    std::sort(fields.begin(), fields.end(),
              [](const auto& a, const auto& b) { return a.name() < b.name(); });
  }
  void Seal(const SubjectIdentity& person) {
    offer_.set_identity(
        SealOfferedIdentity(key_, offer_.binding(), person, salt_, world_.random).value());
  }
  static std::string Read(const Offer& offer) {
    return Word(ReadLeaf(peer::v1::ENVELOPE_KIND_OFFER, offer.SerializeAsString()));
  }

  tests::ExchangeWorld world_{31};
  const crypto::DataKey key_ = crypto::NewDataKey(world_.random);
  const FieldSalt salt_ = world_.random.Array<32>();
  tests::MadeOffer made_;
  Offer offer_;
};

TEST_F(OfferedIdentityTest, OpensUnderItsOwnKeyAndIsWhatWasSigned) {
  ASSERT_EQ(Read(offer_), "ok");
  const auto opened = OpenOfferedIdentity(key_, offer_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->SerializeAsString(), Person().SerializeAsString());
  EXPECT_EQ(offer_.SerializeAsString().find("Ouwelandse"), std::string::npos);
  const size_t size = offer_.identity().size();
  for (const std::string& surname : {std::string("Ou"), std::string(400, 'w')}) {
    Seal(Person(surname));
    EXPECT_EQ(offer_.identity().size(), size) << "names do not show by their length";
  }
}

// Who has the key of the content has neither the person nor what a person could be guessed by.
TEST_F(OfferedIdentityTest, TheKeyOfTheContentOpensNothingOfIt) {
  EXPECT_EQ(Word(OpenOfferedIdentity(made_.key, offer_)), "ciphertext");
  const auto content = OpenContent(made_.key, offer_);
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->SerializeAsString().find(std::string(crypto::View(salt_))), std::string::npos);
  EXPECT_EQ(Word(JudgeContent(*content, offer_, made_.terms)), "ok")
      << "the content is judged without it";
  peer::v1::OfferedContent more = *content;
  more.add_salts(std::string(crypto::View(salt_)));
  EXPECT_EQ(Word(JudgeContent(more, offer_, made_.terms)), "fields");
}

TEST_F(OfferedIdentityTest, AnotherExchangeAnotherKeyOrAnotherPersonIsFound) {
  EXPECT_EQ(Word(OpenOfferedIdentity(crypto::NewDataKey(world_.random), offer_)), "ciphertext");
  const std::function<void(Offer&)> changes[] = {
      [](auto& o) { o.mutable_binding()->set_recipient("heidezoom.example"); },
      [](auto& o) { o.mutable_binding()->mutable_exchange_id()->at(0) ^= 1; },
      [](auto& o) { o.mutable_binding()->mutable_terms_digest()->at(0) ^= 1; },
      [](auto& o) { o.mutable_identity()->at(80) ^= 1; },
      [](auto& o) { o.mutable_identity()->pop_back(); },
      [](auto& o) { o.clear_identity(); },
  };
  for (const auto& change : changes) {
    Offer offer = offer_;
    change(offer);
    EXPECT_EQ(Word(OpenOfferedIdentity(key_, offer)), "ciphertext");
  }
  Seal(Person("Terneuzense"));
  EXPECT_EQ(Word(OpenOfferedIdentity(key_, offer_)), "fields") << "not whom the person signed for";
  Sign(Person("Terneuzense"));
  EXPECT_EQ(Word(OpenOfferedIdentity(key_, offer_)), "ok");
  offer_.clear_fields();
  EXPECT_EQ(Word(OpenOfferedIdentity(key_, offer_)), "fields");
}

TEST_F(OfferedIdentityTest, ItIsThereExactlyWhereTheConditionsNameIt) {
  Offer without = offer_;
  without.clear_identity();
  EXPECT_EQ(Read(without), "binding");
  Offer large = offer_;
  large.set_identity(std::string(kMaxOfferedIdentityBytes + 1, 'x'));
  EXPECT_EQ(Read(large), "malformed");
  world_.edit_terms = nullptr;
  Offer unnamed = world_.Offers(1)[0].offer;
  ASSERT_EQ(Read(unnamed), "ok");
  unnamed.set_identity(offer_.identity());
  EXPECT_EQ(Read(unnamed), "binding");
}

}  // namespace
}  // namespace sluis::envelope
