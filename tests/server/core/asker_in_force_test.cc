#include "server/core/asker_in_force.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "server/core/status_lists.h"
#include "server/ledger/row.h"
#include "tests/support/protocol_between.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using tests::kCity;
using tests::kPolice;
using tests::SharingNode;

class AskerInForceTest : public ::testing::Test {
 protected:
  absl::StatusOr<AskerInForce> Of(const std::string& organisation) {
    const auto snapshot = node_.h.ledger->store().NewSnapshot();
    View view(*snapshot, node_.h.ledger->keyring());
    Call call;
    call.terms = terms_;
    call.today = "2026-10-05";
    absl::StatusOr<AskerInForce> asker = AskerInForce::Of(call, view, organisation);
    preconditions_ = view.preconditions();
    return asker;
  }
  bool Entitled(const std::string& organisation, std::string_view role, std::string_view purpose,
                std::string_view basis) {
    return Of(organisation)->Entitled({organisation, role, purpose, basis});
  }

  SharingNode node_;
  std::shared_ptr<Terms> terms_ = node_.TermsWithManifest();
  std::vector<ledger::Precondition> preconditions_;
};

TEST_F(AskerInForceTest, KnowsTheKeysOfTodayAndNobodyElses) {
  const auto asker = Of(kCity);
  ASSERT_TRUE(asker.ok());
  const auto facts = asker->Find(kCity);
  ASSERT_TRUE(facts);
  const partnership::Member& city = node_.member(kCity);
  const auto key = [&](crypto::KeyPurpose purpose) {
    return city.KeysFor(purpose, "2026-10-05").at(0)->public_key;
  };
  EXPECT_EQ(facts->identity_keys, std::vector{key(crypto::KeyPurpose::kIdentity)});
  EXPECT_EQ(facts->mandate_keys, std::vector{key(crypto::KeyPurpose::kMandate)});
  EXPECT_EQ(facts->log_keys, std::vector{key(crypto::KeyPurpose::kLog)});
  EXPECT_EQ(facts->status.number(), 0u) << "no list was seen";
  EXPECT_FALSE(asker->Find(kPolice)) << "it is made for one";
  EXPECT_FALSE(Of("vreemde.example")->Find("vreemde.example"));
  terms_->manifest = nullptr;
  EXPECT_FALSE(Of(kCity)->Find(kCity));
}

TEST_F(AskerInForceTest, RestsOnTheListThatIsHeld) {
  ASSERT_TRUE(Of(kCity).ok());
  ASSERT_EQ(preconditions_.size(), 1u);
  EXPECT_EQ(preconditions_[0].key, PartnerStatusKey(kCity));
  const std::string own = node_.h.options.organisation;
  EXPECT_EQ(Of(own)->Find(own)->status.number(), 1u) << "its own list, as it gave it out";
  node_.h.PutRow(PartnerStatusKey(kCity), 7, "niet te lezen");
  EXPECT_EQ(Of(kCity).status().code(), absl::StatusCode::kDataLoss);
}

// What the shipped packs say of roles, purposes and grounds, whatever is to be known of a record.
TEST_F(AskerInForceTest, TheRulesSayWhoseWorkItIs) {
  const std::string own = node_.h.options.organisation;
  EXPECT_TRUE(Entitled(own, "maatschappelijk-werker", "casusoverleg-458ter", "vl-livc-2021"));
  EXPECT_TRUE(Entitled(kCity, "casemanager", "casusoverleg-458ter", "be-livc-2018"));
  EXPECT_TRUE(Entitled(kCity, "casemanager", "signaal-intake", "vl-livc-2021")) << "recording";
  EXPECT_TRUE(Entitled(kPolice, "information-officer", "casusoverleg-458ter", "be-livc-2018"));
  EXPECT_FALSE(Entitled(own, "information-officer", "casusoverleg-458ter", "be-livc-2018"))
      << "a role of another kind of organisation";
  EXPECT_FALSE(Entitled(own, "privacy-officer", "toezicht", "eu-gdpr-accountability"))
      << "who supervises does none of it";
  EXPECT_FALSE(Entitled(own, "beheerder", "beheer", "eu-gdpr-security"));
  EXPECT_FALSE(Entitled(kCity, "livc-coordinator", "evaluatie", "vl-prev-2024"))
      << "figures are of nobody";
  EXPECT_FALSE(Entitled(own, "maatschappelijk-werker", "casusoverleg-458ter", "eu-gdpr-security"))
      << "a ground on which nothing is done for that purpose";
  for (const auto& [role, purpose, basis] :
       {std::tuple{"baas", "casusoverleg-458ter", "vl-livc-2021"},
        std::tuple{"maatschappelijk-werker", "zomaar", "vl-livc-2021"},
        std::tuple{"maatschappelijk-werker", "casusoverleg-458ter", "zomaar"},
        std::tuple{"", "", ""}}) {
    EXPECT_FALSE(Entitled(own, role, purpose, basis)) << role << purpose << basis;
  }
  EXPECT_FALSE(Of(own)->Entitled({kCity, "casemanager", "casusoverleg-458ter", "vl-livc-2021"}))
      << "it is made for one";
}

TEST_F(AskerInForceTest, NotOutsideTheDaysOfTheRules) {
  Call call;
  call.terms = terms_;
  call.today = "2031-01-01";
  const auto snapshot = node_.h.ledger->store().NewSnapshot();
  View view(*snapshot, node_.h.ledger->keyring());
  const std::string own = node_.h.options.organisation;
  EXPECT_FALSE(
      AskerInForce::Of(call, view, own)
          ->Entitled({own, "maatschappelijk-werker", "casusoverleg-458ter", "vl-livc-2021"}));
}

// Once something is real, a text that all signed must name purpose and ground for who asks.
TEST_F(AskerInForceTest, TheProtocolNamesPurposeAndGround) {
  const std::string own = node_.h.options.organisation;
  node_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
  terms_ = node_.TermsWithManifest();
  const auto asks = [&](const std::string& who) {
    return Entitled(who, "maatschappelijk-werker", "casusoverleg-458ter", "vl-livc-2021");
  };
  EXPECT_TRUE(asks(own)) << "a text that names everything";
  const policies::Protocol everything = terms_->protocol->protocol();
  const auto under = [&](const std::function<void(policies::ProtocolClause&)>& edit,
                         const std::string& without = "") {
    policies::Protocol text = everything;
    for (policies::ProtocolClause& clause : text.clauses) {
      if (clause.purpose.text == "casusoverleg-458ter") edit(clause);
    }
    terms_->protocol = tests::SignedByAll(std::move(text), without);
  };
  const auto nothing = [](policies::ProtocolClause&) {};
  under(nothing);
  EXPECT_TRUE(asks(own));
  under(nothing, kCity);
  EXPECT_FALSE(asks(own)) << "not signed by all";
  under([](auto& clause) {
    std::erase_if(clause.bases, [](const auto& word) { return word.text == "vl-livc-2021"; });
  });
  EXPECT_FALSE(asks(own));
  under([](auto& clause) { clause.purpose.text = "signaal-intake"; });
  EXPECT_FALSE(asks(own));
  under([&](auto& clause) { clause.from = {{kCity, {}}}; });
  EXPECT_TRUE(asks(own)) << "who gets it needs to know of whom it is as well";
  under([&](auto& clause) { clause.from = clause.to = {{kCity, {}}}; });
  EXPECT_FALSE(asks(own));
  terms_->protocol = nullptr;
  EXPECT_FALSE(asks(own)) << "nothing was signed";
  terms_->exercise = true;
  EXPECT_TRUE(asks(own)) << "nothing is real";
}

}  // namespace
}  // namespace sluis::core
