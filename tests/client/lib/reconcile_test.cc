#include "client/lib/reconcile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace sluis::client {
namespace {

using record::v1::CounterpartPart;
using ::testing::IsEmpty;

constexpr char kA[] = "caw-de-overzet.example";
constexpr char kB[] = "lindervaart.example";
constexpr char kPartnership[] = "livc-r.vaartland.example";

std::string Bytes(char c, size_t size = 32) { return std::string(size, c); }
const std::string& kId = *new std::string(Bytes('x', 16));
const std::string& kTerms = *new std::string(Bytes('t'));
const std::string& kOffer = *new std::string(Bytes('o'));

crypto::Hash HashOf(char c) {
  crypto::Hash hash;
  hash.fill(static_cast<uint8_t>(c));
  return hash;
}

// Two logs of one exchange, A to B, put together by hand; leaf hashes are one letter each.
class ReconcileTest : public ::testing::Test {
 protected:
  ReconcileTest() {
    a_.organisation = kA;
    b_.organisation = kB;
  }

  static ExchangeEntry Entry(ExchangeLog& log, const char* side, const char* kind,
                             const char* outcome) {
    ExchangeEntry entry;
    entry.index = log.entries.size() * 3;
    entry.leaf_hash = HashOf(static_cast<char>('a' + log.entries.size()));
    entry.part.set_exchange_id(kId);
    entry.part.set_side(side);
    entry.part.set_kind(kind);
    entry.part.set_outcome(outcome);
    entry.part.set_peer(log.organisation == kA ? kB : kA);
    entry.part.set_partnership(kPartnership);
    return entry;
  }
  CounterpartPart& Sent(const char* kind, const char* outcome = "") {
    return a_.entries.emplace_back(Entry(a_, "sender", kind, outcome)).part;
  }
  CounterpartPart& Received(const char* kind, const char* outcome) {
    return b_.entries.emplace_back(Entry(b_, "receiver", kind, outcome)).part;
  }
  void Intent() { Sent("intent").set_message_digest(kTerms); }
  void Collect() {
    CounterpartPart& part = Received("offer", "accepted");
    part.set_message_digest(kOffer);
    part.set_terms_digest(kTerms);
    part.set_peer_leaf_hash(Bytes('a'));
  }
  // With a head of size 5 whose root is 'r'.
  CounterpartPart& Release() {
    CounterpartPart& part = Sent("receipt");
    part.set_offer_digest(kOffer);
    part.set_peer_leaf_hash(Bytes('a'));
    part.set_peer_size(5);
    part.set_peer_root(Bytes('r'));
    return part;
  }
  void Refuse() { Received("offer", "refused").set_message_digest(kOffer); }
  void Key(const char* outcome) { Received("key", outcome).set_offer_digest(kOffer); }
  void End(const char* kind) { Sent(kind).set_offer_digest(kOffer); }

  Reconciliation Compare() const { return Reconcile({a_, {}}, {b_, roots_}); }
  // "result why" of the only exchange.
  std::string Verdict() const {
    const Reconciliation found = Compare();
    EXPECT_EQ(found.exchanges.size(), 1u);
    if (found.exchanges.size() != 1) return "";
    const ReconciledExchange& one = found.exchanges.front();
    EXPECT_EQ(found.Total(one.result), 1u);
    EXPECT_EQ(one.exchange_id, kId);
    EXPECT_EQ(one.sender, kA);
    EXPECT_EQ(one.recipient, kB);
    EXPECT_EQ(one.sent.size(), a_.entries.size()) << "its proof";
    EXPECT_EQ(one.received.size(), b_.entries.size());
    EXPECT_THAT(kReconcileWords, ::testing::Contains(std::pair(one.result, one.why)));
    // The order in which they are given makes no difference.
    const Reconciliation other = Reconcile({b_, roots_}, {a_, {}});
    EXPECT_EQ(other.exchanges.front().why, one.why);
    EXPECT_EQ(other.exchanges.front().result, one.result);
    return std::string(ExchangeResultName(one.result)) + " " + std::string(one.why);
  }

  ExchangeLog a_;
  ExchangeLog b_;
  std::map<uint64_t, crypto::Hash> roots_ = {{5, HashOf('r')}};
};

TEST_F(ReconcileTest, AnExchangeStepByStepIsOpenUntilBothSayHowItEnded) {
  Intent();
  EXPECT_EQ(Verdict(), "intent-only intent");
  EXPECT_FALSE(Compare().ok());
  Collect();
  EXPECT_EQ(Verdict(), "open collected");
  EXPECT_TRUE(Compare().ok());
  Release();
  EXPECT_EQ(Verdict(), "open released");
  Key("opened");
  EXPECT_EQ(Verdict(), "open opened");
  End("opened");
  EXPECT_EQ(Verdict(), "matched opened");
  EXPECT_TRUE(Compare().ok());
  Sent("cancel");
  EXPECT_EQ(Verdict(), "open cancelled") << "taken back, not closed yet";
  Received("cancel", "closed");
  EXPECT_EQ(Verdict(), "matched cancelled");
}

// Taken back while a corrected version took its place: the recipient had closed it already, wrote
// nothing about the Cancel, and the exchange stayed open for good.
TEST_F(ReconcileTest, TakenBackOnceItWasCorrectedStayedOpen) {
  Intent();
  Collect();
  Release();
  Key("opened");
  End("opened");
  CounterpartPart& closed = Received("correction", "closed");
  closed.set_message_digest(Bytes('n'));
  closed.set_offer_digest(kOffer);
  EXPECT_EQ(Verdict(), "matched opened") << "a correction is no end of the exchange";
  Sent("cancel");
  EXPECT_EQ(Verdict(), "matched cancelled");
}

// Closed ahead of a correction that could not be delivered, which was opened later; or the other
// way round, when the word that it was wrong was still under way.
TEST_F(ReconcileTest, ClosedAheadOfItsCorrectionIsMatchedInEitherOrder) {
  Intent();
  Collect();
  Release();
  Key("opened");
  End("opened");
  End("cancel");
  EXPECT_EQ(Verdict(), "open cancelled") << "owed, not taken";
  Received("cancel", "closed").set_offer_digest(kOffer);
  EXPECT_EQ(Verdict(), "matched cancelled");
  CounterpartPart& opened = Received("correction", "closed");
  opened.set_message_digest(Bytes('n'));
  opened.set_offer_digest(kOffer);
  EXPECT_EQ(Verdict(), "matched cancelled");
  b_.entries.erase(b_.entries.end() - 2);
  EXPECT_EQ(Verdict(), "matched cancelled");
}

TEST_F(ReconcileTest, WhatCouldNotBeOpened) {
  Intent();
  Collect();
  Release();
  Key("unopenable");
  EXPECT_EQ(Verdict(), "open unopenable");
  End("unopenable");
  EXPECT_EQ(Verdict(), "matched unopenable");
}

TEST_F(ReconcileTest, RefusedBeforeTheReceiptAndAtTheKey) {
  Intent();
  Refuse();
  EXPECT_EQ(Verdict(), "open refused");
  End("refusal");
  EXPECT_EQ(Verdict(), "matched refused");
  a_.entries.clear();
  b_.entries.clear();
  Intent();
  Collect();
  Release();
  Key("refused");
  EXPECT_EQ(Verdict(), "open refused");
  End("refusal");
  EXPECT_EQ(Verdict(), "matched refused");
}

TEST_F(ReconcileTest, TakenBackBeforeItLeftOrBeforeTheKey) {
  Intent();
  Sent("cancel").set_message_digest(kTerms);
  EXPECT_EQ(Verdict(), "matched cancelled");
  Collect();
  EXPECT_EQ(Verdict(), "open cancelled");
  Received("offer", "expired").set_message_digest(kOffer);
  EXPECT_EQ(Verdict(), "matched cancelled");
  b_.entries.pop_back();
  Received("cancel", "closed");
  EXPECT_EQ(Verdict(), "matched cancelled");
}

// One that ended by its time after the key was called taken back, which nobody had done.
TEST_F(ReconcileTest, AnEndOfWhichNobodyWasToldWasCalledTakenBack) {
  Intent();
  Sent("end").set_message_digest(kTerms);
  EXPECT_EQ(Verdict(), "matched cancelled") << "it had not left";
  a_.entries.pop_back();
  Collect();
  Release();
  End("end");
  EXPECT_EQ(Verdict(), "open unanswered");
  Key("opened");
  EXPECT_EQ(Verdict(), "open unanswered") << "the sender waits for no answer";
  b_.entries.pop_back();
  Received("offer", "expired").set_message_digest(kOffer);
  EXPECT_EQ(Verdict(), "matched ended");
  b_.entries.pop_back();
  Key("refused");
  EXPECT_EQ(Verdict(), "matched ended");
}

TEST_F(ReconcileTest, OfferRefusedWhileItWasTakenBack) {
  Intent();
  Sent("cancel");
  Refuse();
  EXPECT_EQ(Verdict(), "matched cancelled");
}

TEST_F(ReconcileTest, OneSideOfAnEndIsOpen) {
  Intent();
  Collect();
  Received("cancel", "closed");
  EXPECT_EQ(Verdict(), "open closed");
  b_.entries.pop_back();
  Received("offer", "expired").set_message_digest(kOffer);
  EXPECT_EQ(Verdict(), "open expired");
}

TEST_F(ReconcileTest, WhatTheSendersLogDoesNotHold) {
  Collect();
  EXPECT_EQ(Verdict(), "collected-only collected");
  EXPECT_FALSE(Compare().ok());
  Key("opened");
  EXPECT_EQ(Verdict(), "collected-only collected");
  b_.entries.clear();
  Refuse();
  EXPECT_EQ(Verdict(), "collected-only refused");
  End("refusal");
  EXPECT_EQ(Verdict(), "differing no_intent");
}

TEST_F(ReconcileTest, WhatTheRecipientsLogDoesNotHold) {
  Intent();
  Key("opened");
  EXPECT_EQ(Verdict(), "differing no_collection");
  b_.entries.clear();
  End("refusal");
  EXPECT_EQ(Verdict(), "differing no_collection");
  a_.entries.pop_back();
  Release().clear_peer_size();
  EXPECT_EQ(Verdict(), "differing no_collection");
}

// The collection is gone from the recipient's log after its receipt was followed.
TEST_F(ReconcileTest, TheReceiptTellsWithheldFromRewrittenFromCut) {
  Intent();
  Release();
  EXPECT_EQ(Verdict(), "differing withheld");
  roots_[5] = HashOf('s');
  EXPECT_EQ(Verdict(), "differing rewritten");
  roots_.clear();
  EXPECT_EQ(Verdict(), "differing shorter");
  Collect();
  EXPECT_EQ(Verdict(), "differing shorter") << "also with an entry that was put in its place";
  roots_[5] = HashOf('s');
  EXPECT_EQ(Verdict(), "differing rewritten");
}

TEST_F(ReconcileTest, EveryDigestThatBothNameMustAgree) {
  const std::map<std::string, std::function<void()>> edits = {
      {"terms", [&] { b_.entries[0].part.set_terms_digest(Bytes('u')); }},
      {"intent", [&] { b_.entries[0].part.set_peer_leaf_hash(Bytes('b')); }},
      {"offer", [&] { b_.entries[0].part.set_message_digest(Bytes('p')); }},
      {"offer ", [&] { a_.entries[1].part.set_offer_digest(Bytes('p')); }},
      {"offer  ", [&] { b_.entries[1].part.set_offer_digest(Bytes('p')); }},
      {"collection", [&] { a_.entries[1].part.set_peer_leaf_hash(Bytes('z')); }},
      {"partnership", [&] { b_.entries[1].part.set_partnership("ander.example"); }}};
  for (const auto& [word, edit] : edits) {
    a_.entries.clear();
    b_.entries.clear();
    Intent();
    Collect();
    Release();
    Key("opened");
    End("opened");
    EXPECT_EQ(Verdict(), "matched opened");
    edit();
    EXPECT_EQ(Verdict(), "differing " + word.substr(0, word.find(' ')));
  }
}

TEST_F(ReconcileTest, TwoOffersUnderOneId) {
  Intent();
  Collect();
  Received("offer", "refused").set_message_digest(kOffer);
  EXPECT_EQ(Verdict(), "open collected") << "the same once more is no other";
  Received("offer", "refused").set_message_digest(Bytes('p'));
  EXPECT_EQ(Verdict(), "differing offer");
}

TEST_F(ReconcileTest, EndsThatContradict) {
  Intent();
  Collect();
  Key("opened");
  EXPECT_EQ(Verdict(), "differing no_release");
  b_.entries.pop_back();
  Release();
  End("opened");
  EXPECT_EQ(Verdict(), "differing no_key");
  Key("unopenable");
  EXPECT_EQ(Verdict(), "differing endings");
  b_.entries.clear();
  Refuse();
  EXPECT_EQ(Verdict(), "differing endings") << "released what was refused";
  a_.entries.pop_back();
  EXPECT_EQ(Verdict(), "differing endings") << "whatever came of it";
  a_.entries.clear();
  Intent();
  End("opened");
  EXPECT_EQ(Verdict(), "differing endings");
}

TEST_F(ReconcileTest, WhatWasTurnedAwayChangesNothing) {
  Received("key", "refused");
  EXPECT_EQ(Verdict(), "differing turned_away") << "a key of an exchange that no log knows";
  Intent();
  EXPECT_EQ(Verdict(), "intent-only intent");
  Collect();
  Sent("receipt", "refused");
  Sent("answer", "refused");
  Received("cancel", "refused").set_offer_digest(kOffer);
  EXPECT_EQ(Verdict(), "open collected");
}

TEST_F(ReconcileTest, AKindOfALaterVersionIsPassedOver) {
  Intent();
  Collect();
  Sent("later");
  Received("later", "done");
  EXPECT_EQ(Verdict(), "open collected");
}

TEST_F(ReconcileTest, ErasedIsAnEndWhenBothSaySo) {
  Intent();
  Sent("erasure", "erased");
  EXPECT_EQ(Verdict(), "intent-only intent");
  Received("erasure", "erased");
  EXPECT_EQ(Verdict(), "matched erased") << "it never arrived";
  a_.entries.clear();
  b_.entries.clear();
  Intent();
  Collect();
  Release();
  Received("erasure", "held");
  Sent("erasure", "held");
  EXPECT_EQ(Verdict(), "open released");
  Received("exercise", "erased");
  EXPECT_EQ(Verdict(), "open released");
  Sent("exercise", "erased");
  EXPECT_EQ(Verdict(), "matched erased");
  End("opened");
  EXPECT_EQ(Verdict(), "differing no_key") << "an erasure hides no contradiction";
  a_.entries.clear();
  b_.entries.clear();
  Intent();
  Refuse();
  Sent("exercise", "erased");
  EXPECT_EQ(Verdict(), "open refused");
  Received("exercise", "erased");
  EXPECT_EQ(Verdict(), "matched erased");
}

TEST_F(ReconcileTest, EntriesWithoutAnExchangeAreNone) {
  Sent("export").clear_exchange_id();
  Received("status", "").clear_exchange_id();
  EXPECT_THAT(Compare().exchanges, IsEmpty());
  EXPECT_TRUE(Compare().ok());
}

TEST_F(ReconcileTest, OneIdInBothDirectionsIsTwoExchanges) {
  Intent();
  Collect();
  CounterpartPart& back = b_.entries.emplace_back(Entry(b_, "sender", "intent", "")).part;
  back.set_message_digest(kTerms);
  const Reconciliation found = Compare();
  ASSERT_EQ(found.exchanges.size(), 2u);
  EXPECT_EQ(found.Total(ExchangeResult::kOpen), 1u);
  EXPECT_EQ(found.Total(ExchangeResult::kIntentOnly), 1u);
  EXPECT_EQ(found.exchanges[1].sender, kB);
}

TEST_F(ReconcileTest, ExportsThatWereNotMadeForEachOther) {
  Intent();
  Collect();
  EXPECT_EQ(CannotReconcile(a_, b_), "");
  EXPECT_EQ(CannotReconcile(a_, a_), "same");
  a_.entries[0].part.set_peer("pz-drie-sluizen.example");
  EXPECT_EQ(CannotReconcile(a_, b_), "not_for");
  EXPECT_EQ(CannotReconcile(b_, a_), "not_for");
}

TEST_F(ReconcileTest, SizesNamedAreThoseOfReceipts) {
  Intent();
  EXPECT_THAT(SizesNamed(a_), IsEmpty());
  Release();
  EXPECT_THAT(SizesNamed(a_), ::testing::ElementsAre(5));
}

}  // namespace
}  // namespace sluis::client
