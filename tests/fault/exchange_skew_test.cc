// Nodes of one partnership that do not take a new pack into force at the same time: nothing is
// given under rules that the two do not share, and what was under way ends the same at both.

#include <gtest/gtest.h>

#include <tuple>

#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "tests/fault/exchange_account.h"
#include "tests/fault/five_nodes.h"

namespace sluis::fault {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr size_t kSender = FiveNodes::kLindervaart;
constexpr size_t kRecipient = FiveNodes::kZandrode;
// Where something happened is no longer passed on about a phenomenon.
const tests::PackEdits kNarrowed = {
    {"positive_development, observed_on, place]\n    obligations: {fields",
     "positive_development, observed_on]\n    obligations: {fields"},
    // The pack's own test of it.
    {"generalised: {observed_on: month, place: municipality}",
     "generalised: {observed_on: month}"}};

class ExchangeSkewTest : public ::testing::Test {
 protected:
  ExchangeSkewTest() {
    five_.Exchange();
    partnership::Draft draft;
    const partnership::Manifest& held = five_.manifest().manifest;
    draft.partnership = held.partnership;
    draft.name = held.name;
    draft.state = held.state;
    draft.members = held.members;
    const auto packs = tests::PartnershipPacks(kNarrowed).digests();
    draft.statutory_pack = packs.statutory;
    draft.partnership_pack = *packs.partnership;
    std::vector<const tests::TestMember*> members;
    for (size_t at = 0; at < FiveNodes::kCount; ++at) members.push_back(&five_.node(at).member());
    next_ = std::make_shared<const partnership::SignedManifest>(
        tests::SignedBy(partnership::MakeManifest(draft, &held).value(), members));
  }
  // Takes the new manifest with the narrowed pack into force, by a restart.
  void Renew(size_t at) {
    MortalNode& node = five_.node(at);
    if (node.is_open()) node.Kill(tests::Survival::kSyncedOnly, 0);
    node.Use(next_, kNarrowed);
    ASSERT_EQ(node.Open(), absl::OkStatus());
  }
  // One of the two hands over what it owes.
  void Send(size_t from) {
    EXPECT_EQ(five_.node(from).Round(), absl::OkStatus());
    while (five_.network().Step()) {
    }
    five_.Advance(seconds(2));
  }
  record::v1::SentExchange Sent(const std::string& id) {
    record::v1::SentExchange row;
    five_.node(kSender).Look([&](const core::View& view) {
      if (const auto sent = core::ReadSent(view, id); sent.ok()) row = sent->row;
    });
    return row;
  }
  record::v1::ReceivedExchange Received(const std::string& id) {
    record::v1::ReceivedExchange row;
    five_.node(kRecipient).Look([&](const core::View& view) {
      if (const auto received = core::ReadReceived(view, id); received.ok()) row = received->row;
    });
    return row;
  }
  void ExpectHonest(const LogsAccount& account) {
    for (const std::string& violation : account.violations) ADD_FAILURE() << violation;
  }
  FiveNodes five_{4};
  std::shared_ptr<const partnership::SignedManifest> next_;
};

// After each step of an exchange one side goes ahead, then the other follows.
class EachSkewTest : public ExchangeSkewTest,
                     public ::testing::WithParamInterface<std::tuple<int, size_t>> {};

TEST_P(EachSkewTest, NothingIsGivenUnderRulesThatTheTwoDoNotShare) {
  const auto [steps, ahead] = GetParam();
  const size_t behind = ahead == kSender ? kRecipient : kSender;
  const std::string id = five_.Shared(kSender, kRecipient, About::kPlace, "een hangplek");
  // Offer, Receipt, Key, Opened.
  for (int step = 0; step < steps; ++step) Send(step % 2 == 0 ? kSender : kRecipient);
  const record::v1::ReceivedState before = Received(id).state();
  Renew(ahead);
  // A while during which one is old and the other new.
  five_.Exchange(3, seconds(61));
  const bool was_opened = before == record::v1::RECEIVED_STATE_OPENED;
  EXPECT_EQ(Received(id).state(), before) << "nothing goes on between an old and a new one";
  EXPECT_EQ(Received(id).record_id().empty(), !was_opened);

  Renew(behind);
  for (size_t at = 0; at < FiveNodes::kCount; ++at) {
    if (at != ahead && at != behind) Renew(at);
  }
  five_.Exchange(12, minutes(11));
  five_.Exchange(8, hours(12));
  EXPECT_EQ(Received(id).record_id().empty(), !was_opened);
  const LogsAccount account = AccountOf(five_);
  ExpectHonest(account);
  ASSERT_EQ(account.exchanges.size(), 1u);
  // What was opened under the rules of both stays, whether the sender had heard of it or not.
  const std::string verdict = account.exchanges.at(id).verdict;
  EXPECT_EQ(verdict, steps >= 3 ? "matched opened" : "matched cancelled");

  const std::string anew = five_.Shared(kSender, kRecipient, About::kPlace, "dezelfde hangplek");
  five_.Exchange(3, seconds(61));
  EXPECT_EQ(Sent(anew).state(), record::v1::SENT_STATE_OPENED);
}

INSTANTIATE_TEST_SUITE_P(AfterEachStep, EachSkewTest,
                         ::testing::Combine(::testing::Range(0, 5),
                                            ::testing::Values(kSender, kRecipient)),
                         [](const auto& given) {
                           return "Step" + std::to_string(std::get<0>(given.param)) +
                                  (std::get<1>(given.param) == kSender ? "SenderAhead"
                                                                       : "RecipientAhead");
                         });

TEST_F(ExchangeSkewTest, AThreeDayOutboxWithANarrowedPackInBetween) {
  const auto record = five_.person(kSender).Record(About::kPlace, "een hangplek");
  ASSERT_TRUE(record.ok());
  ExchangePerson::Sharing sharing{.record_id = *record,
                                  .to = five_.node(kRecipient).organisation(),
                                  .lifetime = hours(14 * 24)};
  std::string waits;
  ASSERT_EQ(five_.person(kSender).Share(sharing, waits), absl::OkStatus());
  five_.node(kRecipient).Kill(tests::Survival::kSyncedOnly, 0);
  five_.Exchange(6, hours(6));
  EXPECT_EQ(Sent(waits).state(), record::v1::SENT_STATE_COOLING_OFF) << "due, and not taken";
  size_t offers = 0;
  five_.network().Watch(
      [&offers](const std::string&, const std::string& to, const peer::v1::DeliverRequest&) {
        offers += to == "zandrode.example" ? 1 : 0;
      });
  for (size_t at = 0; at < FiveNodes::kCount; ++at) {
    if (at != kRecipient) Renew(at);
  }
  five_.Exchange(6, hours(6));
  Renew(kRecipient);
  five_.Exchange(3, minutes(11));
  EXPECT_EQ(Sent(waits).state(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(Sent(waits).reason(), "update");
  EXPECT_EQ(Received(waits).exchange_id(), "") << "what is no longer passed on never left";

  std::string anew;
  ASSERT_EQ(five_.person(kSender).Share(sharing, anew), absl::OkStatus());
  five_.Advance(hours(4));
  five_.Exchange(3, seconds(61));
  const auto opened = five_.person(kRecipient).Open(Received(anew).record_id());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->content().statements(0).text(), "een hangplek");
  EXPECT_EQ(opened->content().place(), "");
  EXPECT_GT(offers, 0u);
  const LogsAccount account = AccountOf(five_);
  ExpectHonest(account);
  EXPECT_EQ(account.exchanges.at(anew).verdict, "matched opened");
  EXPECT_EQ(account.exchanges.at(waits).verdict, "matched cancelled");
}

}  // namespace
}  // namespace sluis::fault
