#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "server/core/peer_act.h"
#include "server/core/sealing_key.h"
#include "server/core/use_case.h"
#include "server/ledger/row.h"
#include "tests/support/receiving_node.h"

namespace sluis::core {
namespace {

using tests::CodeOf;
using tests::Opened;
using tests::Person;
using tests::PersonSignal;
using tests::ReceivingNode;

// What it is told to plan, as a method of any name.
class Told : public UseCase {
 public:
  using Decision = std::function<absl::StatusOr<Plan>(const Call&, View&)>;
  explicit Told(Decision decision, const char* name = "PeerService.Deliver")
      : decision_(std::move(decision)), method_(MethodNamed(name)) {}
  const Method& method() const override { return method_; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override {
    return decision_(call, view);
  }

 private:
  Decision decision_;
  const Method method_;
};

class Crossing final : public Told {
 public:
  using Told::Told;
  bool crosses_suspension() const override { return true; }
};

Plan Noted(const Call& call) {
  Plan plan;
  plan.effects.emplace_back().entry =
      EntryOf(call, record::v1::OPERATION_COLLECTION, record::v1::OUTCOME_DONE);
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

class PeerCallTest : public ::testing::Test {
 protected:
  ReceivingNode node_;
};

TEST_F(PeerCallTest, NoPersonStandsBehindIt) {
  std::string peer;
  EXPECT_EQ(node_.RunAsPeer(std::make_shared<Told>([&](const Call& call, View&) {
    peer = call.peer;
    return Noted(call);
  })),
            absl::OkStatus());
  EXPECT_EQ(peer, node_.world.sender.organisation);
  const Opened entry = node_.h.Last();
  EXPECT_EQ(entry.act.method(), "PeerService.Deliver");
  EXPECT_EQ(entry.actor.ByteSizeLong(), 0u) << entry.actor.DebugString();
}

TEST_F(PeerCallTest, OnlyMembersComeInAndOnlyToWhatIsTheirs) {
  bool asked = false;
  const auto noted = [&](const Call& call, View&) {
    asked = true;
    return Noted(call);
  };
  for (const std::string& stranger :
       {std::string("elders.example"), node_.h.options.organisation}) {
    EXPECT_EQ(CodeOf(node_.RunAsPeer(std::make_shared<Told>(noted), stranger)), "no_partner");
    EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  }
  for (const char* method :
       {"SignalService.OpenSignal", "LogService.QueryLog", "Node.EraseAgain"}) {
    EXPECT_EQ(CodeOf(node_.RunAsPeer(std::make_shared<Told>(noted, method))), "no_class") << method;
  }
  const Person jan = node_.h.Admit("jan", {"casemanager"}, true);
  EXPECT_EQ(CodeOf(node_.h.Run(jan, std::make_shared<Told>(noted))), "no_class");
  EXPECT_FALSE(asked);
}

TEST_F(PeerCallTest, NothingIsTakenWhileNothingMayBeExchanged) {
  const auto noted = [](const Call& call, View&) { return Noted(call); };
  node_.Change([](Terms& terms) { terms.may_exchange = false; });
  EXPECT_EQ(CodeOf(node_.RunAsPeer(std::make_shared<Told>(noted))), "not_exchanging");
  EXPECT_EQ(node_.RunAsPeer(std::make_shared<Crossing>(noted)), absl::OkStatus())
      << "what takes back and what erases goes on";
  node_.Change([](Terms& terms) { terms.may_exchange = true; });
  EXPECT_EQ(node_.RunAsPeer(std::make_shared<Told>(noted)), absl::OkStatus());
  node_.Change([](Terms& terms) { terms.stamp = ledger::kAbsent; });
  const uint64_t size = node_.h.size();
  EXPECT_EQ(node_.RunAsPeer(std::make_shared<Told>(noted)).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(node_.h.size(), size);
}

TEST_F(PeerCallTest, WhatIsHereAlreadyIsAnsweredWithoutAnEntry) {
  const uint64_t size = node_.h.size();
  EXPECT_EQ(node_.RunAsPeer(std::make_shared<Told>([](const Call&, View&) {
    Plan plan;
    plan.reply = [](std::span<const ledger::Logged> logged) {
      return logged.empty() ? absl::OkStatus() : absl::InternalError("logged");
    };
    return plan;
  })),
            absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size);
}

TEST_F(PeerCallTest, ASecretIsKeptSealedUntilItIsErased) {
  const auto pair = crypto::hpke::GenerateKeyPair(node_.h.random);
  const std::string public_key(crypto::View(pair.public_key));
  ASSERT_EQ(node_.RunAsPeer(std::make_shared<Told>([&](const Call& call, View&) {
    Plan plan = Noted(call);
    plan.effects[0].secret =
        SecretWrite{pair.public_key,
                    std::make_shared<const crypto::hpke::PrivateKey>(pair.private_key.Clone()), 77};
    return plan;
  })),
            absl::OkStatus());
  ledger::KeyRef ref;
  node_.Look([&](const View& view) {
    const auto opened = OpenSealingKey(view, public_key);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->held.row.expires_at_s(), 77u);
    EXPECT_EQ(opened->held.stamp, node_.h.size());
    EXPECT_TRUE(std::ranges::equal(opened->private_key.expose(), pair.private_key.expose()));
    EXPECT_EQ(opened->held.row.SerializeAsString().find(
                  std::string(crypto::View(pair.private_key.expose()))),
              std::string::npos);
    ref = opened->held.ref;
  });
  ASSERT_EQ(node_.RunAsPeer(std::make_shared<Told>([&](const Call& call, View&) {
    Plan plan = Noted(call);
    plan.effects[0].erase = {ref};
    return plan;
  })),
            absl::OkStatus());
  node_.Look([&](const View& view) {
    EXPECT_EQ(OpenSealingKey(view, public_key).status().code(), absl::StatusCode::kNotFound);
  });
  EXPECT_EQ(node_.h.Entries(node_.h.size() - 2)[0].act.method(), "PeerService.Deliver")
      << "its entry stays readable";
}

TEST_F(PeerCallTest, ASecretUnderAnotherNameIsNotOpened) {
  const auto mine = crypto::hpke::GenerateKeyPair(node_.h.random);
  const auto other = crypto::hpke::GenerateKeyPair(node_.h.random);
  ASSERT_EQ(node_.RunAsPeer(std::make_shared<Told>([&](const Call& call, View&) {
    Plan plan = Noted(call);
    plan.effects[0].secret = SecretWrite{
        mine.public_key,
        std::make_shared<const crypto::hpke::PrivateKey>(other.private_key.Clone()), 77};
    return plan;
  })),
            absl::OkStatus());
  node_.Look([&](const View& view) {
    EXPECT_EQ(OpenSealingKey(view, crypto::View(mine.public_key)).status().code(),
              absl::StatusCode::kDataLoss);
    EXPECT_EQ(OpenSealingKey(view, crypto::View(other.public_key)).status().code(),
              absl::StatusCode::kNotFound);
  });
}

TEST_F(PeerCallTest, WhatAnExerciseLeftIsNotFound) {
  node_.Change([](Terms& terms) { terms.exercise = true; });
  const Person jan = node_.h.Admit("jan", {"casemanager"});
  const auto recorded = node_.h.Record(jan, PersonSignal(), node_.Context("casemanager"));
  ASSERT_EQ(recorded.status, absl::OkStatus());
  const auto found = [&] {
    absl::StatusCode code{};
    EXPECT_EQ(node_.RunAsPeer(std::make_shared<Told>([&](const Call& call, View& view) {
      code = view.OpenRecord(recorded.record_id).status().code();
      return Noted(call);
    })),
              absl::OkStatus());
    return code;
  };
  // The manifest of the world is active: what is marked as made in exercise is hidden.
  EXPECT_EQ(found(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace sluis::core
