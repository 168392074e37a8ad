// What `sluis keys` refuses before it asks the node, and how it shows keys and ceremonies.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/keys_commands.h"
#include "client/cli/keys_view.h"
#include "client/cli/node_doctor.h"
#include "tests/client/cli/run_sluis.h"

namespace sluis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Generate(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"keys", "generate", "--purpose", "bestuurlijke-aanpak"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<std::string> Holders(const std::vector<std::string>& names) {
  std::vector<std::string> arguments;
  for (const std::string& name : names) {
    arguments.push_back("--holder");
    arguments.push_back(name);
  }
  return arguments;
}

TEST(KeysCommand, FewerThanThreeHoldersAreRefusedWithAdvice) {
  const Ended two = RunSluis(Generate(Holders({"een.example", "twee.example"})));
  EXPECT_EQ(two.exit, Exit::kUsage);
  EXPECT_THAT(two.err, HasSubstr("minstens 3 houders"));
  EXPECT_THAT(two.err, HasSubstr("Dit kan wel"));
}

TEST(KeysCommand, AThresholdOutOfBoundsIsRefusedWithThem) {
  std::vector<std::string> five = Generate(
      Holders({"een.example", "twee.example", "drie.example", "vier.example", "vijf.example"}));
  five.insert(five.end(), {"--threshold", "2"});
  const Ended low = RunSluis(five);
  EXPECT_EQ(low.exit, Exit::kUsage);
  EXPECT_THAT(low.err, HasSubstr("--threshold"));
  EXPECT_THAT(low.err, HasSubstr("van 3 tot 5"));
  for (const char* number : {"1", "65", "-2", "drie", "2x"}) {
    const Ended ended = RunSluis(Generate({"--threshold", number}));
    EXPECT_EQ(ended.exit, Exit::kUsage) << number;
    EXPECT_THAT(ended.err, HasSubstr("van 2 tot 64")) << number;
  }
}

TEST(KeysCommand, WhatIsNoNumberNoPurposeOrNoCeremonyIsRefused) {
  EXPECT_THAT(RunSluis(Generate({"--hours", "721"})).err, HasSubstr("van 1 tot 720"));
  EXPECT_THAT(RunSluis(Generate({"--round", "199"})).err, HasSubstr("van 200 tot 604800"));
  EXPECT_THAT(RunSluis({"keys", "roll", "--purpose", "twee woorden"}).err,
              HasSubstr("zonder spaties"));
  EXPECT_THAT(RunSluis({"keys", "recover"}).err, HasSubstr("--ceremony"));
  for (const char* command : {"agree", "cancel"}) {
    for (const char* id : {"abc", "zz", "00ff"}) {
      const Ended ended = RunSluis({"keys", command, id});
      EXPECT_EQ(ended.exit, Exit::kUsage) << command << id;
      EXPECT_THAT(ended.err, HasSubstr("64 hexadecimale")) << command << id;
    }
  }
}

TEST(KeysView, ShowsExactlyWhoHoldsOnWhichHostAndHowManyAreNeeded) {
  node::v1::CeremonyView ceremony;
  ceremony.set_id(std::string(32, '\x0a'));
  ceremony.set_kind("reshare");
  ceremony.set_state("proposed");
  ceremony.set_purpose("bestuurlijke-aanpak");
  ceremony.set_epoch(1);
  ceremony.set_threshold(2);
  ceremony.set_threshold_before(3);
  for (const char* name : {"een.example", "twee.example", "drie.example"}) {
    node::v1::KeySeat& seat = *ceremony.add_seats();
    seat.set_organisation(name);
    seat.set_host(std::string("host-") + name);
    seat.set_holds(true);
  }
  node::v1::KeySeat& leaver = *ceremony.add_seats();
  leaver.set_organisation("vier.example");
  std::istringstream in;
  std::ostringstream out, err;
  Shell shell({in, out, err, "", [] { return kTestNow; }}, client::Language::kDutch);
  SayCeremony(shell, ceremony);
  for (const char* text : {"een.example, op host-een.example", "drie.example, op host-drie.example",
                           "nodig: 2 van 3 houders", "nu zijn er 3 nodig",
                           "houdt geen deel meer: vier.example", "sluis keys agree 0a0a0a"}) {
    EXPECT_THAT(out.str(), HasSubstr(text));
  }
  EXPECT_THAT(out.str(), Not(HasSubstr("keys."))) << "a text that is missing";
  EXPECT_TRUE(NeedsSomebody(ceremony));
  ceremony.set_state("running");
  EXPECT_FALSE(NeedsSomebody(ceremony));
}

std::string Shown(const std::function<void(Shell&)>& say) {
  std::istringstream in;
  std::ostringstream out, err;
  Shell shell({in, out, err, "", [] { return kTestNow; }}, client::Language::kDutch);
  say(shell);
  EXPECT_THAT(out.str(), Not(HasSubstr("keys."))) << "a text that is missing";
  return out.str();
}

TEST(KeysView, WhatEndedOnPurposeOrByWhatIsInForceIsNobodysFault) {
  node::v1::CeremonyView ceremony;
  ceremony.set_kind("generation");
  ceremony.set_state("ended");
  EXPECT_TRUE(NeedsSomebody(ceremony));
  ceremony.set_reason("not_exchanging");
  EXPECT_TRUE(NeedsSomebody(ceremony)) << "it can be started again";
  EXPECT_THAT(Shown([&](Shell& shell) { SayCeremony(shell, ceremony); }),
              HasSubstr("zonder dat iemand faalde: het samenwerkingsverband wisselde niets uit"));
  ceremony.clear_reason();
  node::v1::CeremonyFault& fault = *ceremony.add_faults();
  fault.set_organisation("een.example");
  fault.set_ground("cancelled");
  fault.set_round("announce");
  EXPECT_FALSE(NeedsSomebody(ceremony));
  EXPECT_THAT(Shown([&](Shell& shell) { SayCeremony(shell, ceremony); }),
              HasSubstr("een.example stopte de ceremonie"));
}

TEST(KeysView, AKeyThatStopsIsATaskUnlessALaterOneIsThere) {
  node::v1::KeyState key;
  key.set_use("tags");
  key.set_purpose("hulp");
  key.set_share("held");
  const auto shown = [&] { return Shown([&](Shell& shell) { SayKey(shell, key); }); };
  EXPECT_FALSE(IsTask(key));
  key.set_stops_s(static_cast<uint64_t>(kTestNow) + 30 * 86400);
  EXPECT_TRUE(IsTask(key));
  EXPECT_THAT(shown(), HasSubstr("Een houder verliet"));
  key.set_stops_why("committee");
  EXPECT_TRUE(NeedsSomebody(key));
  EXPECT_THAT(shown(), HasSubstr("te weinig houders of computers"));
  key.set_stops_why("rolled");
  key.set_share("erased");
  EXPECT_FALSE(NeedsSomebody(key));
  EXPECT_THAT(shown(), HasSubstr("Een later tijdvak"));
}

TEST(KeysDoctor, ATaskIsAWarningAndAFaultShortlyBefore) {
  node::v1::GetKeysResponse keys;
  node::v1::KeyState& key = *keys.add_keys();
  key.set_purpose("hulp");
  const auto found = [&]() -> std::string {
    const std::vector<Diagnosis> all = ExamineKeys(keys, kTestNow);
    if (all.empty()) return "";
    return all.front().what.key + (all.front().weight == Weight::kFault ? " fault" : " warning");
  };
  EXPECT_EQ(found(), "");
  key.set_stops_s(static_cast<uint64_t>(kTestNow) + 30 * 86400);
  EXPECT_EQ(found(), "doctor.key_stops warning");
  key.set_stops_s(static_cast<uint64_t>(kTestNow) + 6 * 86400);
  EXPECT_EQ(found(), "doctor.key_stops fault");
  key.set_stops_s(static_cast<uint64_t>(kTestNow) - 1);
  EXPECT_EQ(found(), "doctor.key_stopped fault");
  key.set_stops_why("rolled");
  EXPECT_EQ(found(), "");
  key.set_share("lost");
  EXPECT_EQ(found(), "doctor.key_lost fault");
}

// Every word that a node can say has its text.
TEST(KeysView, EveryWordHasItsText) {
  node::v1::CeremonyView ceremony;
  ceremony.set_state("ended");
  for (const char* ground : {"silence", "equivocation", "malformed", "echo", "session", "share_key",
                             "reveal", "commitments", "constant", "share", "complaint", "package",
                             "holding", "unfounded", "cancelled"}) {
    for (const char* round : {"announce", "commit", "deal", "verdict", "confirm"}) {
      node::v1::CeremonyFault& fault = *ceremony.add_faults();
      fault.set_organisation("een.example");
      fault.set_ground(ground);
      fault.set_round(round);
    }
  }
  for (const client::Language language :
       {client::Language::kDutch, client::Language::kEnglish, client::Language::kFrench}) {
    const client::Catalogue catalogue(language);
    for (const node::v1::CeremonyFault& fault : ceremony.faults()) {
      EXPECT_TRUE(catalogue.Has("keys.ground." + fault.ground())) << fault.ground();
      EXPECT_TRUE(catalogue.Has("keys.round." + fault.round())) << fault.round();
    }
    for (const char* state : {"proposed", "running", "complete", "ended", "closed"}) {
      EXPECT_TRUE(catalogue.Has(std::string("keys.state.") + state)) << state;
    }
    for (const char* share : {"held", "none", "lost", "erased"}) {
      EXPECT_TRUE(catalogue.Has(std::string("keys.share.") + share)) << share;
    }
    for (const char* reason : {"removed", "identity_key", "not_exchanging", "unreadable"}) {
      EXPECT_TRUE(catalogue.Has(std::string("keys.reason.") + reason)) << reason;
    }
    for (const char* kind : {"generation", "reshare", "factor", "roll"}) {
      EXPECT_TRUE(catalogue.Has(std::string("keys.kind.") + kind)) << kind;
    }
  }
}

}  // namespace
}  // namespace sluis::cli
