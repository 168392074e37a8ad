#include "server/exchange/heartbeat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "server/exchange/peer_refusal.h"
#include "tests/support/fake_clock.h"
#include "tests/support/in_process_peers.h"
#include "tests/support/terms_under.h"

namespace sluis::exchange {
namespace {

constexpr char kTown[] = "lindervaart.example";
constexpr char kZone[] = "pz-heidezoom.example";
constexpr char kCare[] = "caw-de-overzet.example";

std::shared_ptr<partnership::SignedManifest> ManifestOf(
    uint64_t version, std::initializer_list<const char*> organisations) {
  auto made = std::make_shared<partnership::SignedManifest>();
  made->manifest.partnership = "livc-r.vaartland.example";
  made->manifest.version = version;
  made->manifest.digest[0] = static_cast<uint8_t>(version);
  for (const char* organisation : organisations) {
    made->manifest.members.emplace_back().organisation = organisation;
  }
  return made;
}

// One node as far as heartbeats go.
struct Side {
  Side(const char* organisation, tests::InProcessNetwork& network,
       std::shared_ptr<const partnership::SignedManifest> manifest, Protocol protocol = {})
      : id(organisation),
        terms(tests::TermsUnder(organisation, std::move(manifest))),
        peers(network.PeersOf(organisation)),
        heartbeat({.organisation = organisation,
                   .protocol = std::move(protocol),
                   .terms = terms,
                   .peers = *peers,
                   .reachability = reachability,
                   .clock = clock,
                   .own_status = [this] { return status; },
                   .held_statuses = [this] { return held; },
                   .heard_status =
                       [this](const std::string& from, const std::string& whose,
                              record::v1::SignedMandateStatus said) {
                         heard[from == whose ? whose : from + " of " + whose] = said.status();
                       }}) {
    network.Put(organisation,
                {.heartbeat =
                     [this](const std::string& sender, const peer::v1::HeartbeatRequest& request) {
                       held_there[sender] = request.held_statuses_size();
                       return heartbeat.Answer(sender, request);
                     },
                 .deliver = nullptr});
  }
  void Hold(std::shared_ptr<const partnership::SignedManifest> manifest) {
    terms.Set(tests::TermsUnder(id, std::move(manifest)));
  }
  Standing Of(const char* other) { return reachability.Of(other, clock.NowUs()); }
  std::string TroubleWith(const char* other) { return Of(other).trouble; }

  const std::string id;
  core::TermsInForce terms;
  tests::FakeClock clock;
  Reachability reachability;
  std::unique_ptr<Peers> peers;
  // The own list of revoked mandates, and what others said of theirs.
  std::optional<record::v1::SignedMandateStatus> status;
  std::vector<core::HeldStatus> held;
  std::map<std::string, std::string> heard;
  // How many lists others said they hold.
  std::map<std::string, int> held_there;
  Heartbeat heartbeat;
};

class HeartbeatTest : public ::testing::Test {
 protected:
  std::shared_ptr<partnership::SignedManifest> manifest_ = ManifestOf(1, {kCare, kTown, kZone});
  tests::InProcessNetwork network_;
};

TEST_F(HeartbeatTest, EverybodySeesEverybody) {
  Side town(kTown, network_, manifest_), zone(kZone, network_, manifest_),
      care(kCare, network_, manifest_);
  for (Side* side : {&town, &zone, &care}) side->heartbeat.Round();
  for (Side* side : {&town, &zone, &care}) {
    for (const char* other : {kTown, kZone, kCare}) {
      const Standing standing = side->Of(other);
      if (side->id == other) {
        EXPECT_EQ(standing.reached_at_us, 0u) << "nobody asks itself";
        continue;
      }
      EXPECT_EQ(standing.trouble, "");
      EXPECT_EQ(standing.reached_at_us, side->clock.NowUs());
      EXPECT_EQ(standing.heard_at_us, side->clock.NowUs());
      EXPECT_EQ(standing.manifest_version, 1u);
      EXPECT_EQ(standing.protocol_version, 1u);
    }
    EXPECT_EQ(
        side->reachability.Count(&manifest_->manifest, side->id, side->clock.NowUs()).reachable,
        2u);
  }
}

TEST_F(HeartbeatTest, OneWayIsSeenAsOneWay) {
  Side town(kTown, network_, manifest_), zone(kZone, network_, manifest_);
  network_.Cut(kTown, kZone);
  town.heartbeat.Round();
  zone.heartbeat.Round();
  EXPECT_EQ(town.TroubleWith(kZone), "unreachable");
  EXPECT_NE(town.Of(kZone).heard_at_us, 0u);
  EXPECT_EQ(zone.TroubleWith(kTown), "");
  EXPECT_EQ(zone.Of(kTown).heard_at_us, 0u);
  network_.Mend(kTown, kZone);
  town.heartbeat.Round();
  EXPECT_EQ(town.TroubleWith(kZone), "");
}

TEST_F(HeartbeatTest, VersionsThatDoNotMeetAreToldUpdateAndWhoHasTo) {
  Side old(kTown, network_, manifest_),
      fresh(kZone, network_, manifest_,
            {.lowest_version = 2, .highest_version = 3, .capabilities = {}});
  old.heartbeat.Round();
  fresh.heartbeat.Round();
  EXPECT_EQ(old.TroubleWith(kZone), "update_here");
  EXPECT_EQ(fresh.TroubleWith(kTown), "update_there");
  EXPECT_EQ(old.Of(kZone).protocol_version, 0u);

  peer::v1::HeartbeatRequest request;
  request.set_organisation(kZone);
  request.set_lowest_version(2);
  request.set_highest_version(3);
  const auto answer = old.heartbeat.Answer(kZone, request);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(PeerRefusalOf(answer.status()));
  EXPECT_EQ(PeerRefusalOf(answer.status())->code(), "update");
  EXPECT_EQ(PeerRefusalOf(answer.status())->highest_version(), 1u);
  // A range that is none is no version of anything.
  request.set_lowest_version(1);
  request.set_highest_version(0);
  EXPECT_EQ(old.heartbeat.Answer(kZone, request).status(), answer.status());
}

TEST_F(HeartbeatTest, ManifestsAreCompared) {
  Side town(kTown, network_, manifest_), zone(kZone, network_, ManifestOf(2, {kTown, kZone}));
  const auto meet = [&] {
    town.heartbeat.Round();
    zone.heartbeat.Round();
  };
  meet();
  EXPECT_EQ(town.TroubleWith(kZone), "manifest_older_here");
  EXPECT_EQ(town.Of(kZone).manifest_version, 2u);
  EXPECT_EQ(zone.TroubleWith(kTown), "manifest_older_there");
  auto other = ManifestOf(1, {kTown, kZone});
  other->manifest.digest[5] = 9;
  zone.Hold(other);
  meet();
  EXPECT_EQ(town.TroubleWith(kZone), "manifest_differs");
  EXPECT_EQ(zone.TroubleWith(kTown), "manifest_differs");
  auto elsewhere = ManifestOf(1, {kTown, kZone});
  elsewhere->manifest.partnership = "other.example";
  zone.Hold(elsewhere);
  meet();
  EXPECT_EQ(town.TroubleWith(kZone), "manifest_differs");
}

TEST_F(HeartbeatTest, WhoIsNotWhoItSaysIsRefusedInOneWord) {
  Side town(kTown, network_, manifest_);
  peer::v1::HeartbeatRequest request;
  request.set_lowest_version(1);
  request.set_highest_version(1);
  const auto ask = [&](const char* sender, const char* says) {
    request.set_organisation(says);
    return town.heartbeat.Answer(sender, request).status();
  };
  EXPECT_EQ(ask(kZone, kZone), absl::OkStatus());
  for (const absl::Status& refused :
       {ask(kZone, kCare), ask(kZone, ""), ask("zandrode.example", "zandrode.example"),
        ask(kTown, kTown)}) {
    EXPECT_EQ(refused, RefusedToPeer());
  }
  EXPECT_EQ(town.Of(kCare).heard_at_us, 0u) << "nobody is heard of by what another says";
  town.Hold(nullptr);
  EXPECT_EQ(ask(kZone, kZone), RefusedToPeer());
}

TEST_F(HeartbeatTest, RemovedMemberIsRefusedAtItsNextAskAndForgotten) {
  Side town(kTown, network_, manifest_), zone(kZone, network_, manifest_);
  zone.heartbeat.Round();
  EXPECT_EQ(zone.TroubleWith(kTown), "");
  town.Hold(ManifestOf(2, {kCare, kTown}));
  zone.heartbeat.Round();
  EXPECT_EQ(zone.TroubleWith(kTown), "refused");
  town.heartbeat.Round();
  EXPECT_EQ(town.Of(kZone).heard_at_us, 0u);
}

TEST_F(HeartbeatTest, AnswerInTheNameOfAnotherIsNoAnswer) {
  Side town(kTown, network_, manifest_), care(kCare, network_, manifest_);
  network_.Put(kZone, {.heartbeat =
                           [&](const std::string& sender, peer::v1::HeartbeatRequest request) {
                             return care.heartbeat.Answer(sender, request);
                           },
                       .deliver = nullptr});
  town.heartbeat.Round();
  EXPECT_EQ(town.TroubleWith(kZone), "refused");
  EXPECT_EQ(town.Of(kZone).reached_at_us, 0u);
}

TEST_F(HeartbeatTest, EachFailureHasItsCode) {
  Side town(kTown, network_, manifest_);
  const std::pair<absl::Status, const char*> table[] = {
      {absl::FailedPreconditionError("no address"), "no_address"},
      {absl::UnauthenticatedError("another certificate"), "refused"},
      {RefusedToPeer(), "refused"},
      {absl::UnavailableError("gone"), "unreachable"},
      {absl::DeadlineExceededError("slow"), "unreachable"},
      {absl::UnknownError("odd"), "unreachable"},
      {UpdateNeeded({.lowest_version = 7, .highest_version = 9, .capabilities = {}}),
       "update_here"},
  };
  for (const auto& [status, code] : table) {
    network_.Answer(kTown, kZone, status);
    town.heartbeat.Round();
    EXPECT_EQ(town.TroubleWith(kZone), code);
  }
  // Stopping is no news of anybody.
  network_.Answer(kTown, kZone, absl::CancelledError("stopping"));
  town.heartbeat.Round();
  EXPECT_EQ(town.TroubleWith(kZone), "update_here");
}

TEST_F(HeartbeatTest, CapabilitiesAreThoseOfBothAndNeverInvented) {
  Side town(kTown, network_, manifest_,
            {.lowest_version = 1, .highest_version = 1, .capabilities = {"erasure", "offer"}}),
      zone(kZone, network_, manifest_,
           {.lowest_version = 1, .highest_version = 2, .capabilities = {"offer", "spying"}});
  town.heartbeat.Round();
  EXPECT_EQ(town.Of(kZone).capabilities, std::vector<std::string>{"offer"});
  EXPECT_EQ(town.Of(kZone).protocol_version, 1u);
  EXPECT_EQ(zone.Of(kTown).capabilities, std::vector<std::string>{"offer"});
}

TEST_F(HeartbeatTest, ClocksAreComparedInSeconds) {
  Side town(kTown, network_, manifest_), zone(kZone, network_, manifest_);
  zone.clock.SetNowUs(town.clock.NowUs() + 90'000'000);
  town.heartbeat.Round();
  zone.heartbeat.Round();
  EXPECT_EQ(town.Of(kZone).clock_ahead_s, 90);
  EXPECT_EQ(zone.Of(kTown).clock_ahead_s, -90);
}

TEST_F(HeartbeatTest, WithoutManifestNobodyIsAsked) {
  Side town(kTown, network_, nullptr), zone(kZone, network_, manifest_);
  town.heartbeat.Round();
  EXPECT_EQ(zone.Of(kTown).heard_at_us, 0u);
}

TEST_F(HeartbeatTest, ListsOfRevokedMandatesTravelAlongInBothDirections) {
  Side care(kCare, network_, manifest_), town(kTown, network_, manifest_);
  care.status.emplace().set_status("list of the care organisation");
  care.heartbeat.Round();
  EXPECT_EQ(town.heard[kCare], "list of the care organisation") << "whoever only dials out says it";
  EXPECT_TRUE(care.heard.empty()) << "there is none";
  town.status.emplace().set_status("list of the town");
  care.heartbeat.Round();
  EXPECT_EQ(care.heard[kTown], "list of the town");
}

TEST_F(HeartbeatTest, NobodyElseIsHeardOfAsAPartner) {
  Side care(kCare, network_, manifest_);
  peer::v1::HeartbeatRequest request;
  request.set_organisation(kTown);
  request.mutable_mandate_status()->set_status("not theirs");
  EXPECT_FALSE(care.heartbeat.Answer("stranger.example", request).ok());
  EXPECT_FALSE(care.heartbeat.Answer(kZone, request).ok()) << "says that it is another";
  EXPECT_TRUE(care.heard.empty());
}

// A list of revoked mandates as a node holds it of another; `mark` tells two of one number apart.
core::HeldStatus ListOf(const char* organisation, uint64_t number, const std::string& mark = {}) {
  record::v1::MandateStatus status;
  status.set_organisation(organisation);
  status.set_number(number);
  if (!mark.empty()) status.add_revoked(mark);
  core::HeldStatus held{organisation, number, {}};
  held.list.set_status(status.SerializeAsString());
  return held;
}

TEST_F(HeartbeatTest, AListThatOneMemberHidesComesFromAnother) {
  Side town(kTown, network_, manifest_), zone(kZone, network_, manifest_),
      care(kCare, network_, manifest_);
  const core::HeldStatus newer = ListOf(kCare, 8);
  zone.held = {newer, ListOf(kTown, 3)};
  struct Row {
    const char* what;
    std::vector<core::HeldStatus> held;
    bool told;
  };
  const Row rows[] = {
      {"nothing held", {}, true},
      {"an older one", {ListOf(kCare, 7)}, true},
      {"another one of that number", {ListOf(kCare, 8, "m")}, true},
      {"the same", {newer}, false},
      {"a newer one", {ListOf(kCare, 9)}, false},
  };
  for (const Row& row : rows) {
    town.held = row.held;
    town.heard.clear();
    town.heartbeat.Round();
    const std::string from_zone = std::string(kZone) + " of " + kCare;
    EXPECT_EQ(town.heard.contains(from_zone), row.told) << row.what;
    if (row.told) {
      EXPECT_EQ(town.heard[from_zone], newer.list.status()) << row.what;
    }
    EXPECT_EQ(town.heard.size(), row.told ? 1u : 0u)
        << "nobody is told of the own one: " << row.what;
  }
}

TEST_F(HeartbeatTest, AnAnswerHoldsNoMoreListsThanFit) {
  constexpr char kOther[] = "zandrode.example";
  const auto manifest = ManifestOf(1, {kCare, kTown, kZone, kOther});
  Side town(kTown, network_, manifest), zone(kZone, network_, manifest);
  const std::string long_one(260 << 10, 'm');
  zone.held = {ListOf(kCare, 8, long_one), ListOf(kTown, 2), ListOf(kOther, 3, long_one)};
  peer::v1::HeartbeatRequest request;
  request.set_organisation(kTown);
  request.set_lowest_version(1);
  request.set_highest_version(1);
  // One of the two that do not fit together, and the next time the other.
  std::set<std::string> handed;
  for (int turn = 0; turn < 6; ++turn) {
    const auto answer = zone.heartbeat.Answer(kTown, request);
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_EQ(answer->other_statuses_size(), 1);
    EXPECT_LE(answer->ByteSizeLong(), static_cast<size_t>(kMaxHeartbeatBytes));
    handed.insert(*core::OrganisationOf(answer->other_statuses(0)));
  }
  EXPECT_EQ(handed.size(), 2u);
  for (int i = 0; i < 300; ++i) request.add_held_statuses()->set_organisation(std::to_string(i));
  EXPECT_EQ(zone.heartbeat.Answer(kTown, request)->other_statuses_size(), 0)
      << "who names more than there are members is handed nothing";
}

// The lists of members that had left went on to those that came after them.
TEST_F(HeartbeatTest, WhoIsNoMemberAnyMoreWasNamedToAll) {
  Side town(kTown, network_, manifest_), zone(kZone, network_, manifest_);
  zone.held = {ListOf(kCare, 8), ListOf("gone.example", 4)};
  peer::v1::HeartbeatRequest request;
  request.set_organisation(kTown);
  request.set_lowest_version(1);
  request.set_highest_version(1);
  EXPECT_EQ(zone.heartbeat.Answer(kTown, request)->other_statuses_size(), 1);
  zone.heartbeat.Round();
  EXPECT_EQ(town.held_there[kZone], 1);
}

}  // namespace
}  // namespace sluis::exchange
