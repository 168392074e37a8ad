#include "server/envelope/user_signature.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <functional>

#include "server/envelope/field_commitment.h"
#include "server/envelope/signed_conditions.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"
#include "tests/support/person.h"

namespace sluis::envelope {
namespace {

using peer::v1::UserSignature;
using record::v1::Mandate;
using record::v1::UserStatement;

constexpr uint64_t kNow = tests::kExchangeNowUs;
constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;

class UserSignatureTest : public ::testing::Test {
 protected:
  SignedAct Act(size_t i = 0) const {
    return {tests::kPartnership, world_.sender.organisation, world_.recipient.organisation, "share",
            items_[i]};
  }
  UserSignatureVerifier Verifier() const {
    return {tests::kPartnership,
            world_.sender.organisation,
            {world_.third.mandate.public_key(), world_.sender.mandate.public_key()}};
  }
  std::vector<UserSignature> Signed(const UserStatement& statement) {
    return SignaturesFor(SignStatement(StatementOver(statement, items_).value(), world_.person_key),
                         items_, world_.mandate, 7);
  }
  // The verdict on the first item under another mandate.
  std::string UnderMandate(const Mandate& mandate, const crypto::SigningKey& key) {
    UserStatement statement = world_.GoodStatement();
    world_.mandate = tests::SignMandate(mandate, key);
    statement.set_mandate_digest(std::string(crypto::View(authn::MandateDigest(world_.mandate))));
    return Word(Verifier().Verify(Signed(statement)[0], Act(), world_.GoodStatus(), kNow));
  }
  std::string Verdict(const UserStatement& statement, uint64_t now_us = kNow) {
    return Word(Verifier().Verify(Signed(statement)[0], Act(), world_.GoodStatus(), now_us));
  }

  tests::ExchangeWorld world_{9};
  const std::vector<StatementItem> items_ = [this] {
    std::vector<StatementItem> items;
    for (int i = 0; i < 3; ++i) {
      items.push_back({world_.random.Array<16>(),
                       i == 2 ? "" : std::string(crypto::View(world_.random.Array<32>())),
                       world_.random.Array<32>()});
    }
    return items;
  }();
};

TEST_F(UserSignatureTest, EachItemIsCoveredAndThePersonIsAPseudonym) {
  UserSignatureVerifier verifier = Verifier();
  const auto signatures = Signed(world_.GoodStatement());
  for (size_t i = 0; i < items_.size(); ++i) {
    const auto person = verifier.Verify(signatures[i], Act(i), world_.GoodStatus(), kNow);
    ASSERT_TRUE(person.ok()) << person.status();
    EXPECT_EQ(person->pseudonym, std::string(16, 'p'));
    EXPECT_EQ(person->statement->role(), "casemanager");
  }
}

// What was read last is kept: nothing of it may stand for a signature that differs anywhere.
TEST_F(UserSignatureTest, AGoodSignatureVouchesForNoneAfterIt) {
  const UserSignature good = Signed(world_.GoodStatement())[0];
  const UserSignature other = Signed([&] {
    UserStatement statement = world_.GoodStatement();
    statement.set_role("another-role");
    return statement;
  }())[0];
  const auto flip = [](std::string* bytes) { bytes->back() ^= 1; };
  const std::tuple<const char*, std::function<void(UserSignature&)>, const char*> changes[] = {
      {"statement", [&](auto& s) { flip(s.mutable_statement()->mutable_statement()); },
       "statement"},
      {"a statement with a role that the mandate lacks",
       [&](auto& s) { *s.mutable_statement() = other.statement(); }, "mandate"},
      {"signature of the statement",
       [&](auto& s) { flip(s.mutable_statement()->mutable_signature()); }, "statement_key"},
      {"signature of another statement",
       [&](auto& s) { s.mutable_statement()->set_signature(other.statement().signature()); },
       "statement_key"},
      {"mandate", [&](auto& s) { flip(s.mutable_mandate()->mutable_mandate()); }, "mandate"},
      {"signature of the mandate", [&](auto& s) { flip(s.mutable_mandate()->mutable_signature()); },
       "mandate"},
  };
  UserSignatureVerifier verifier = Verifier();
  const auto judged = [&](const UserSignature& signature) {
    return Word(verifier.Verify(signature, Act(), world_.GoodStatus(), kNow));
  };
  for (const auto& [name, change, word] : changes) {
    ASSERT_EQ(judged(good), "ok") << "before " << name;
    UserSignature changed = good;
    change(changed);
    EXPECT_EQ(judged(changed), word) << name;
    EXPECT_EQ(judged(changed), word) << name << ", again";
  }
  EXPECT_EQ(judged(good), "ok");
}

TEST_F(UserSignatureTest, OffersOfTheWorldAreCovered) {
  UserSignatureVerifier verifier = Verifier();
  for (const auto& made : world_.Offers(4)) {
    const StatementItem item{crypto::ToFixed<16>(made.offer.binding().exchange_id()).value(),
                             made.terms.case_token(), FieldsRoot(made.offer.fields()),
                             ConditionsDigest(made.terms.conditions())};
    SignedAct act = Act();
    act.item = item;
    EXPECT_EQ(Word(verifier.Verify(made.offer.user(), act, world_.GoodStatus(), kNow)), "ok");
  }
}

TEST_F(UserSignatureTest, AnotherActIsNotCovered) {
  UserSignatureVerifier verifier = Verifier();
  const UserSignature signature = Signed(world_.GoodStatement())[0];
  const std::function<void(SignedAct&)> changes[] = {
      [](auto& a) { a.partnership = "elders.example"; },
      [](auto& a) { a.organisation = "heidezoom.example"; },
      [](auto& a) { a.audience = "heidezoom.example"; },
      [](auto& a) { a.action = "withdraw"; },
      [](auto& a) { a.item.exchange[0] ^= 1; },
      [](auto& a) { a.item.case_token[0] ^= 1; },
      [](auto& a) { a.item.case_token.clear(); },
      [](auto& a) { a.item.fields_root[0] ^= 1; },
      [](auto& a) { a.item.conditions[0] ^= 1; },
      [this](auto& a) { a.item = items_[1]; },
  };
  for (size_t i = 0; i < std::size(changes); ++i) {
    SignedAct act = Act();
    changes[i](act);
    EXPECT_EQ(Word(verifier.Verify(signature, act, world_.GoodStatus(), kNow)), "statement") << i;
  }
}

TEST_F(UserSignatureTest, EachIllFormedStatementIsNotEvenSigned) {
  const std::function<void(UserStatement&)> changes[] = {
      [](auto& s) { s.clear_partnership(); },
      [](auto& s) { s.clear_action(); },
      [](auto& s) { s.set_action("deel het"); },
      [](auto& s) { s.clear_organisation(); },
      [](auto& s) { s.set_audience("Zandrode"); },
      [](auto& s) { s.set_audience(s.organisation()); },
      [](auto& s) { s.clear_role(); },
      [](auto& s) { s.clear_purpose(); },
      [](auto& s) { s.clear_basis(); },
      [](auto& s) { s.mutable_mandate_digest()->pop_back(); },
      [](auto& s) { s.clear_signed_at_s(); },
      [](auto& s) { s.set_expires_at_s(s.signed_at_s()); },
      [](auto& s) { s.set_expires_at_s(s.signed_at_s() + kMaxStatementSeconds + 1); },
  };
  for (size_t i = 0; i < std::size(changes); ++i) {
    UserStatement statement = world_.GoodStatement();
    changes[i](statement);
    EXPECT_FALSE(StatementOver(statement, items_).ok()) << i;
  }
  EXPECT_FALSE(StatementOver(world_.GoodStatement(), {}).ok());
  EXPECT_FALSE(StatementOver(world_.GoodStatement(), {items_[0], items_[0]}).ok());
  std::vector<StatementItem> many(257);
  for (size_t i = 0; i < many.size(); ++i) many[i].exchange = world_.random.Array<16>();
  EXPECT_FALSE(StatementOver(world_.GoodStatement(), many).ok());
  many.pop_back();
  EXPECT_TRUE(StatementOver(world_.GoodStatement(), many).ok());
  UserStatement longest = world_.GoodStatement();
  longest.set_expires_at_s(longest.signed_at_s() + kMaxStatementSeconds);
  EXPECT_TRUE(StatementOver(longest, items_).ok());
  EXPECT_EQ(Word(ReadStatement("")), "statement");
  EXPECT_EQ(Word(ReadStatement(StatementOver(longest, items_).value() + "x")), "statement");
}

TEST_F(UserSignatureTest, OnlyTheKeyInTheMandateSigns) {
  UserSignature signature = Signed(world_.GoodStatement())[0];
  UserSignatureVerifier verifier = Verifier();
  const auto judged = [&] {
    return Word(verifier.Verify(signature, Act(), world_.GoodStatus(), kNow));
  };
  ASSERT_EQ(judged(), "ok");  // and remembered: what follows must not profit
  const std::string statement = signature.statement().statement();
  signature.mutable_statement()->mutable_signature()->at(3) ^= 1;
  EXPECT_EQ(judged(), "statement_key");
  for (const crypto::SigningKey* key : {&world_.sender.mandate, &world_.sender.identity}) {
    *signature.mutable_statement() = SignStatement(statement, *key);
    EXPECT_EQ(judged(), "statement_key");
  }
  signature.mutable_statement()->set_signature(std::string(
      crypto::View(world_.person_key.Sign(crypto::Lp("sluis/user-request/v1") + statement))));
  EXPECT_EQ(judged(), "statement_key");
  signature.mutable_statement()->clear_signature();
  EXPECT_EQ(judged(), "statement_key");
}

TEST_F(UserSignatureTest, MandateTable) {
  const crypto::SigningKey& key = world_.sender.mandate;
  const uint64_t now_s = kNow / 1'000'000;
  EXPECT_EQ(UnderMandate(world_.GoodMandate(), key), "ok");
  const std::pair<const char*, std::function<void(Mandate&)>> wrong[] = {
      {"of the own node",
       [](auto& m) {
         m.set_user_id("jan");
         m.clear_partnership();
         m.clear_pseudonym();
       }},
      {"with the user's name", [](auto& m) { m.set_user_id("jan"); }},
      {"of another partnership", [](auto& m) { m.set_partnership("elders.example"); }},
      {"of another organisation", [](auto& m) { m.set_organisation("heidezoom.example"); }},
      {"without the role", [](auto& m) { m.mutable_roles()->DeleteSubrange(0, 1); }},
      {"began after it was signed", [&](auto& m) { m.set_not_before_s(now_s - 30); }},
      {"ended", [&](auto& m) { m.set_not_after_s(now_s - 1); }},
      {"not begun", [&](auto& m) { m.set_not_before_s(now_s + 1); }},
  };
  for (const auto& [name, spoil] : wrong) {
    Mandate mandate = world_.GoodMandate();
    spoil(mandate);
    EXPECT_EQ(UnderMandate(mandate, key), "mandate") << name;
  }
  // A node that holds all its own keys but not the mandate key cannot invent an officer.
  for (const crypto::SigningKey* other :
       {&world_.sender.identity, &world_.sender.log, &world_.sender.receipt, &world_.person_key}) {
    EXPECT_EQ(UnderMandate(world_.GoodMandate(), *other), "mandate");
  }
}

TEST_F(UserSignatureTest, StatementNamesItsMandate) {
  UserStatement statement = world_.GoodStatement();
  statement.mutable_mandate_digest()->at(0) ^= 1;
  EXPECT_EQ(Verdict(statement), "mandate");
}

TEST_F(UserSignatureTest, RevokedOrHiddenListIsFound) {
  const UserSignature signature = Signed(world_.GoodStatement())[0];
  UserSignatureVerifier verifier = Verifier();
  record::v1::MandateStatus status = world_.GoodStatus();
  const auto judged = [&] { return Word(verifier.Verify(signature, Act(), status, kNow)); };
  EXPECT_EQ(judged(), "ok");
  status.set_number(8);
  EXPECT_EQ(judged(), "ok");
  status.add_revoked(std::string(16, 'm'));
  EXPECT_EQ(judged(), "mandate");
  // The list held here is older than the one the sender states.
  status = world_.GoodStatus();
  status.set_number(6);
  EXPECT_EQ(judged(), "status_behind");
  status = world_.GoodStatus();
  status.set_organisation("heidezoom.example");
  EXPECT_EQ(judged(), "status_behind");
}

TEST_F(UserSignatureTest, WindowTable) {
  UserStatement statement = world_.GoodStatement();
  const uint64_t signed_us = statement.signed_at_s() * 1'000'000;
  const uint64_t expires_us = statement.expires_at_s() * 1'000'000;
  EXPECT_EQ(Verdict(statement, expires_us), "ok");
  EXPECT_EQ(Verdict(statement, expires_us + 1'000'000), "statement_window");
  EXPECT_EQ(Verdict(statement, signed_us - kMaxSkewSeconds * 1'000'000), "ok");
  EXPECT_EQ(Verdict(statement, signed_us - (kMaxSkewSeconds + 1) * 1'000'000), "statement_window");
  EXPECT_EQ(Verdict(statement, kNow + 4 * kDayUs), "statement_window");
  // A moment that overflows when counted in microseconds is in the future, not in the past.
  statement.set_signed_at_s(~uint64_t{0} - 10);
  statement.set_expires_at_s(~uint64_t{0});
  EXPECT_EQ(Verdict(statement), "statement_window");
}

TEST_F(UserSignatureTest, ListsAreVerifiedUnderTheSameKeys) {
  UserSignatureVerifier verifier = Verifier();
  EXPECT_EQ(Word(verifier.Status(tests::SignStatus(world_.GoodStatus(), world_.sender.mandate))),
            "ok");
  EXPECT_EQ(Word(verifier.Status(tests::SignStatus(world_.GoodStatus(), world_.sender.identity))),
            "mandate");
}

// One statement over any number of exchanges: each path proves its own item and no other.
RC_GTEST_PROP(UserSignatureProperty, PathsDoNotMix, ()) {
  tests::ExchangeWorld world(*rc::gen::arbitrary<uint64_t>());
  std::vector<StatementItem> items(*rc::gen::inRange<size_t>(2, 20));
  for (auto& item : items) item.exchange = world.random.Array<16>();
  const auto signatures = SignaturesFor(
      SignStatement(StatementOver(world.GoodStatement(), items).value(), world.person_key), items,
      world.mandate, 7);
  UserSignatureVerifier verifier(tests::kPartnership, world.sender.organisation,
                                 {world.sender.mandate.public_key()});
  const auto i = *rc::gen::inRange<size_t>(0, items.size());
  const auto j = *rc::gen::inRange<size_t>(0, items.size());
  const SignedAct act = {tests::kPartnership, world.sender.organisation,
                         world.recipient.organisation, "share", items[j]};
  RC_ASSERT(Word(verifier.Verify(signatures[i], act, world.GoodStatus(), kNow)) ==
            (i == j ? "ok" : "statement"));
}

}  // namespace
}  // namespace sluis::envelope
