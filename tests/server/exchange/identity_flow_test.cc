// Who a signal is about, from one node to another: what lets it go, where it lies, how it goes.
#include "tests/server/exchange/identity_pair.h"

namespace sluis::exchange {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using tests::CodeOf;
using tests::ExchangeNode;
using tests::kSurname;
using tests::Somebody;

class IdentityFlowTest : public tests::IdentityPair {};
class ReleaseAlone : public tests::IdentityPair {
 protected:
  ReleaseAlone() : IdentityPair("release") {}
};
class AcceptAlone : public tests::IdentityPair {
 protected:
  AcceptAlone() : IdentityPair("accept") {}
};

TEST_F(IdentityFlowTest, ItGoesAlongWhereBothSidesGrantItAndLiesApartThere) {
  const std::string record = Named();
  const auto preview = welfare_.Preview(record);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(preview->fields(), Contains("identity"));
  EXPECT_EQ(preview->identity().surname(), kSurname) << "who signs for it sees it";
  EXPECT_EQ(preview->content().SerializeAsString().find(kSurname), std::string::npos);
  const std::string id = DueOf(record);
  EXPECT_NE(welfare_.Row(id).row.sealed_identity_key(), "");
  EXPECT_NE(welfare_.Offer(id).offer.identity(), "");
  Cross();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(welfare_.Row(id).row.sealed_identity_key(), "") << "no key can be given any more";

  const std::string there = Received(id).record_id();
  const record::v1::StoredRecord row = RowOf(city_, there);
  ASSERT_TRUE(row.has_identity());
  EXPECT_NE(row.identity().key_id(), row.key_id());
  const auto view = city_.h.Open(reader_, there);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->SerializeAsString().find(kSurname), std::string::npos);
  const auto who = WhoIs(there);
  ASSERT_TRUE(who.ok()) << who.status();
  EXPECT_EQ(who->SerializeAsString(), Somebody().SerializeAsString());
  EXPECT_EQ(city_.h.Last().act.method(), "SignalService.OpenIdentity");
  EXPECT_THAT(city_.h.Last().act.scope(), ElementsAre("identity"));
  // Who looks at the log sees who got to know it.
  EXPECT_THAT(ScopeOf("ExchangeService.PreviewShare", record::v1::OPERATION_CONSULTATION),
              ElementsAre("identity"));
  EXPECT_THAT(ScopeOf("", record::v1::OPERATION_DISCLOSURE), ElementsAre("identity"));
  for (ExchangeNode* node : {static_cast<ExchangeNode*>(&welfare_), &city_}) {
    EXPECT_FALSE(InPlain(*node, kSurname));
    EXPECT_FALSE(InPlain(*node, "1985-03-14"));
  }
}

// Compared with a signal of nobody: not even a length tells them apart.
TEST_F(AcceptAlone, WithoutAGrantAtTheSenderNoTraceOfItLeaves) {
  const std::string named = Named(), nobody = welfare_.Recorded();
  const auto preview = welfare_.Preview(named);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(preview->fields(), Not(Contains("identity")));
  EXPECT_FALSE(preview->has_identity());
  const std::string id = welfare_.Shared(named), other = welfare_.Shared(nobody);
  const core::TravellingOffer with = welfare_.Offer(id), without = welfare_.Offer(other);
  EXPECT_EQ(with.offer.identity(), "");
  EXPECT_EQ(with.bytes.size(), without.bytes.size());
  EXPECT_EQ(with.offer.ciphertext().size(), without.offer.ciphertext().size());
  ASSERT_EQ(with.offer.fields_size(), without.offer.fields_size());
  for (int i = 0; i < with.offer.fields_size(); ++i) {
    EXPECT_EQ(with.offer.fields(i).name(), without.offer.fields(i).name());
  }
  peer::v1::Terms of_named, of_nobody;
  ASSERT_TRUE(of_named.ParseFromString(with.offer.terms()));
  ASSERT_TRUE(of_nobody.ParseFromString(without.offer.terms()));
  of_named.set_salt(of_nobody.salt());
  EXPECT_EQ(of_named.SerializeAsString(), of_nobody.SerializeAsString());
  EXPECT_EQ(welfare_.Row(id).row.ByteSizeLong(), welfare_.Row(other).row.ByteSizeLong());

  Advance(std::chrono::hours(4));
  Cross();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(KeyThatCame(id).ByteSizeLong(), KeyThatCame(other).ByteSizeLong());
  EXPECT_EQ(RowOf(city_, Received(id).record_id()).ByteSizeLong(),
            RowOf(city_, Received(other).record_id()).ByteSizeLong());
}

TEST_F(ReleaseAlone, WhoDoesNotTakeItGetsNothingToOpenItWith) {
  const std::string id = DueOf(Named());
  EXPECT_NE(welfare_.Offer(id).offer.identity(), "");
  Cross();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_FALSE(AcceptedIt(id));
  EXPECT_THAT(ScopeOf("", record::v1::OPERATION_DISCLOSURE), IsEmpty()) << "nobody got to know it";
  EXPECT_EQ(KeyThatCame(id).wrapped_identity_key(), "");
  const std::string there = Received(id).record_id();
  EXPECT_FALSE(RowOf(city_, there).has_identity());
  EXPECT_TRUE(city_.h.Open(reader_, there).ok()) << "the rest was taken";
  EXPECT_EQ(CodeOf(WhoIs(there).status()), "no_identity");
}

TEST_F(IdentityFlowTest, AClauseMustNameItToo) {
  welfare_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
  city_.Follow(welfare_);
  const std::string record = Named();
  EXPECT_EQ(CodeOf(welfare_.Preview(record).status()), "ok");
  policies::Protocol less = tests::ProtocolOf(welfare_.manifest(), welfare_.h.terms.Get()->packs);
  for (policies::ProtocolClause& clause : less.clauses) {
    std::erase_if(clause.fields, [](const policies::Word& one) { return one.text == "identity"; });
  }
  auto terms = welfare_.TermsWithManifest();
  terms->protocol = tests::SignedByAll(std::move(less));
  welfare_.Put(terms);
  EXPECT_EQ(CodeOf(welfare_.Preview(record).status()), "not_in_protocol");
}

// In an exercise each node may use other numbers: what the recipient does not use it does not keep.
TEST_F(IdentityFlowTest, NumbersThatAreNotUsedThereAreNotKept) {
  auto terms = welfare_.TermsWithManifest();
  terms->identity_kinds = identity::KeyKinds().With(identity::KeyKind::kNationalNumber);
  welfare_.Put(terms);
  record::v1::SubjectIdentity numbered = Somebody();
  numbered.set_national_number("85073003328");
  record::v1::SubjectIdentity number_only;
  number_only.set_national_number("85073003328");
  const std::string of_both = Named(numbered), of_number = Named(number_only);
  const std::string both = welfare_.Shared(of_both), number = welfare_.Shared(of_number);
  Advance(std::chrono::hours(4));
  Cross();
  ASSERT_EQ(Received(both).state(), record::v1::RECEIVED_STATE_OPENED);
  ASSERT_EQ(Received(number).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(WhoIs(Received(both).record_id())->SerializeAsString(), Somebody().SerializeAsString());
  EXPECT_FALSE(RowOf(city_, Received(number).record_id()).has_identity());
  // Nor does the sender send one that is not used any more.
  welfare_.Put(welfare_.TermsWithManifest());
  EXPECT_EQ(welfare_.Preview(of_both)->identity().national_number(), "");
  EXPECT_FALSE(welfare_.Preview(of_number)->has_identity());
}

// Sealed when it was shared; what the protocol says when it would leave, or be opened, counts.
TEST_F(IdentityFlowTest, ANumberThatIsNotUsedAnyMoreStopsTheShareThatHoldsIt) {
  record::v1::SubjectIdentity numbered = Somebody();
  numbered.set_national_number("85073003328");
  for (const bool key_is_due : {false, true}) {
    auto terms = welfare_.TermsWithManifest();
    terms->identity_kinds = identity::KeyKinds().With(identity::KeyKind::kNationalNumber);
    welfare_.Put(terms);
    const std::string id = welfare_.Shared(Named(numbered)), without = DueOf(Named());
    if (key_is_due) {
      SendFromWelfare();
      SendFromCity();
      ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
    }
    welfare_.Put(welfare_.TermsWithManifest());
    for (int i = 0; i < 2; ++i) Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_STOPPED) << key_is_due;
    EXPECT_EQ(welfare_.Row(id).row.reason(), "rule");
    EXPECT_EQ(Sent(without), record::v1::SENT_STATE_OPENED) << key_is_due;
  }
}

}  // namespace
}  // namespace sluis::exchange
