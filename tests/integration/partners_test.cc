// Three real nodes of one partnership in one process, over sockets of this machine: they see each
// other, and nobody else is seen.

#include "tests/support/partners.h"

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "client/lib/calls.h"
#include "client/lib/channel.h"
#include "server/config.h"
#include "server/exchange/peer_channel.h"
#include "server/exchange/peer_refusal.h"
#include "server/node.h"
#include "sluis/peer/v1/peer.grpc.pb.h"
#include "tests/support/temp_folder.h"

namespace sluis::test {
namespace {

using node::v1::GetExchangeResponse;
using ::testing::ElementsAre;

constexpr char kTown[] = "lindervaart.example";
constexpr char kZone[] = "pz-heidezoom.example";
constexpr char kCare[] = "caw-de-overzet.example";

OrganisationOptions OptionsOf(const std::string& id, const std::string& kind) {
  OrganisationOptions options;
  options.id = id;
  options.kind = kind;
  options.secrecy_regime = kind == "welfare";
  options.in_partnership = true;
  return options;
}

// One organisation and its running node.
struct Site {
  Site(const std::string& id, const std::string& kind)
      : organisation(folder.path(), OptionsOf(id, kind)) {}

  server::Config Config() const {
    auto config = server::ReadConfig(organisation.config_file());
    EXPECT_TRUE(config.ok()) << config.status();
    return *std::move(config);
  }
  void Start() {
    auto started = server::Node::Start(Config(), storage::SystemClock(), crypto::SystemRandom());
    ASSERT_TRUE(started.ok()) << started.status();
    node = *std::move(started);
  }
  GetExchangeResponse Exchange() {
    client::Calls calls(organisation.EndpointOf(organisation.administrator(), node->user_port()));
    const auto answer = calls.Do(node::v1::GetExchangeRequest());
    EXPECT_TRUE(answer.ok());
    return answer.ok() ? *answer : GetExchangeResponse();
  }
  // "organisation trouble" of each partner, after asking them.
  std::vector<std::string> Partners() {
    node->MeetPeers();
    std::vector<std::string> out;
    const GetExchangeResponse exchange = Exchange();
    for (const node::v1::PeerState& peer : exchange.peers()) {
      out.push_back(peer.organisation() + " " + peer.trouble());
    }
    return out;
  }

  tests::TempFolder folder;
  Organisation organisation;
  std::unique_ptr<server::Node> node;
};

class PartnersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(client::RequireTls13()); }

  std::vector<Site*> All() { return {&care_, &town_, &zone_}; }

  // A manifest of these, which says where each of them listens once it runs.
  void Next(const std::vector<Site*>& sites, ManifestForm form = {}) {
    std::vector<const Organisation*> members;
    for (Site* site : sites) {
      members.push_back(&site->organisation);
      if (site->node && site->node->peer_port() != 0) {
        form.addresses.try_emplace(
            site->organisation.id(),
            std::vector<std::string>{"127.0.0.1:" + std::to_string(site->node->peer_port())});
      }
    }
    partners_.Next(members, form);
  }
  void Install(Site& site) {
    partners_.Install(site.organisation);
    const absl::Status status = site.node->Reload(site.Config());
    ASSERT_TRUE(status.ok()) << status;
  }
  // Everybody runs and holds a manifest with everybody's address.
  void StartAll() {
    Next(All());
    for (Site* site : All()) {
      partners_.Install(site->organisation);
      site->Start();
      ASSERT_NE(site->node->peer_port(), 0);
    }
    Next(All());
    for (Site* site : All()) Install(*site);
  }

  Partners partners_;
  Site town_{kTown, "municipality"};
  Site zone_{kZone, "police-zone"};
  Site care_{kCare, "welfare"};
};

TEST_F(PartnersTest, ThreeNodesSeeEachOtherAndTheirLogsDoNotGrow) {
  StartAll();
  for (Site* site : All()) site->node->MeetPeers();
  EXPECT_THAT(town_.Partners(), ElementsAre("caw-de-overzet.example ", "pz-heidezoom.example "));
  EXPECT_THAT(zone_.Partners(), ElementsAre("caw-de-overzet.example ", "lindervaart.example "));
  EXPECT_THAT(care_.Partners(), ElementsAre("lindervaart.example ", "pz-heidezoom.example "));
  const GetExchangeResponse exchange = town_.Exchange();
  EXPECT_EQ(exchange.partnership(), "livc-r.vaartland.example");
  EXPECT_EQ(exchange.manifest_version(), 2u);
  EXPECT_EQ(exchange.state(), record::v1::PARTNERSHIP_STATE_EXERCISE);
  EXPECT_FALSE(exchange.signed_manifest().empty());
  for (const node::v1::PeerState& peer : exchange.peers()) {
    EXPECT_NE(peer.reached_at_us(), 0u);
    EXPECT_NE(peer.heard_at_us(), 0u);
    EXPECT_EQ(peer.manifest_version(), 2u);
    EXPECT_EQ(peer.protocol_version(), 1u);
    EXPECT_LE(peer.clock_ahead_s(), 1);
    EXPECT_GE(peer.clock_ahead_s(), -1);
  }

  // However often they meet, nothing is written for it.
  const auto entries = [this] {
    std::vector<uint64_t> sizes;
    for (Site* site : All()) {
      client::Calls calls(site->organisation.EndpointOf(site->organisation.administrator(),
                                                        site->node->user_port()));
      sizes.push_back(calls.Do(node::v1::GetStatusRequest())->checkpoint_size());
    }
    return sizes;
  };
  std::vector<uint64_t> before = entries();
  for (int i = 0; i < 20; ++i) {
    for (Site* site : All()) site->node->MeetPeers();
  }
  // A checkpoint that covers what was there already may have come meanwhile: terms and first
  // administrator, a few entries each. Twenty rounds of three nodes would be 120.
  const std::vector<uint64_t> after = entries();
  for (size_t i = 0; i < before.size(); ++i) EXPECT_LT(after[i] - before[i], 10u);
}

TEST_F(PartnersTest, OfAPartnerWhoseLogWasNeverSeenThereIsNothingToAccept) {
  StartAll();
  client::Calls calls(
      town_.organisation.EndpointOf(town_.organisation.administrator(), town_.node->user_port()));
  node::v1::AcceptPartnerLogRequest request;
  request.set_partner(kCare);
  request.set_known_size(5);
  request.set_reason("teruggezet");
  const auto answer = calls.Do(request);
  ASSERT_FALSE(answer.ok());
  ASSERT_NE(answer.failure().refusal, nullptr);
  EXPECT_EQ(answer.failure().refusal->code(), "no_known_log");
}

TEST_F(PartnersTest, ANodeThatIsGoneIsMissedAndFoundAgain) {
  StartAll();
  EXPECT_THAT(town_.Partners(), ElementsAre("caw-de-overzet.example ", "pz-heidezoom.example "));
  zone_.node.reset();
  EXPECT_THAT(town_.Partners(),
              ElementsAre("caw-de-overzet.example ", "pz-heidezoom.example unreachable"));
  zone_.Start();
  Next(All());
  for (Site* site : All()) Install(*site);
  EXPECT_THAT(town_.Partners(), ElementsAre("caw-de-overzet.example ", "pz-heidezoom.example "));
}

TEST_F(PartnersTest, ANodeWithTheWrongCaIsRefusedAndRefuses) {
  StartAll();
  // The town holds a manifest that pins a stranger's CA for the police zone: whoever listens there
  // is an impostor to it, in both directions.
  tests::TempFolder folder;
  const Organisation stranger(folder.path(), OptionsOf("zandrode.example", "municipality"));
  ManifestForm form;
  form.pinned[kZone] = stranger.ca().certificate_pem;
  Next(All(), form);
  Install(town_);
  EXPECT_THAT(town_.Partners(), ElementsAre("caw-de-overzet.example manifest_older_there",
                                            "pz-heidezoom.example refused"));
}

TEST_F(PartnersTest, ARemovedMemberIsRefusedOnItsNextCall) {
  StartAll();
  EXPECT_THAT(zone_.Partners(), ElementsAre("caw-de-overzet.example ", "lindervaart.example "));
  Next({&care_, &town_});
  Install(town_);
  EXPECT_THAT(zone_.Partners(),
              ElementsAre("caw-de-overzet.example ", "lindervaart.example refused"));
  EXPECT_THAT(town_.Partners(), ElementsAre("caw-de-overzet.example manifest_older_there"));
}

TEST_F(PartnersTest, VersionsOutOfRangeAreToldUpdate) {
  StartAll();
  // The police zone's node, speaking for once as a far newer one would.
  const auto manifest = std::make_shared<partnership::SignedManifest>(
      *partnership::ReadSignedManifest(town_.Exchange().signed_manifest()));
  const auto read = [this](const char* name) {
    std::ifstream file(zone_.folder.path() + "/tls/" + name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const auto channel = exchange::OpenPeerChannel(
      "127.0.0.1:" + std::to_string(town_.node->peer_port()), kTown, manifest,
      {.certificate_pem = read("tls.crt"), .key_pem = read("tls.key")}, storage::SystemClock());
  const auto stub = peer::v1::PeerService::NewStub(channel);
  peer::v1::HeartbeatRequest request;
  request.set_organisation(kZone);
  request.set_lowest_version(7);
  request.set_highest_version(9);
  peer::v1::HeartbeatResponse response;
  const auto ask = [&] {
    grpc::ClientContext context;
    return exchange::StatusOfPeerCall(stub->Heartbeat(&context, request, &response));
  };
  const absl::Status told = ask();
  EXPECT_EQ(told.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(exchange::PeerRefusalOf(told));
  EXPECT_EQ(exchange::PeerRefusalOf(told)->code(), "update");
  EXPECT_EQ(exchange::PeerRefusalOf(told)->lowest_version(), 1u);
  EXPECT_EQ(exchange::PeerRefusalOf(told)->highest_version(), 1u);
  // Saying that one is another is refused in the one word.
  request.set_lowest_version(1);
  request.set_organisation(kCare);
  EXPECT_EQ(ask().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(exchange::PeerRefusalOf(ask())->code(), "refused");
  // The same node in its own name and version is answered.
  request.set_organisation(kZone);
  EXPECT_TRUE(ask().ok());
}

TEST_F(PartnersTest, WithoutPartnershipNobodyListens) {
  town_.organisation.SetInPartnership(false);
  town_.organisation.WriteConfig("peer_listener:\n  address: 127.0.0.1:0\n");
  town_.Start();
  EXPECT_EQ(town_.node->peer_port(), 0);
  EXPECT_EQ(town_.Exchange().partnership(), "");
  // It begins to when a manifest comes by reload.
  Next({&town_, &zone_});
  partners_.Install(town_.organisation);
  town_.organisation.SetInPartnership(true);
  const absl::Status status = town_.node->Reload(town_.Config());
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_NE(town_.node->peer_port(), 0);
  EXPECT_EQ(town_.Exchange().partnership(), "livc-r.vaartland.example");
}

}  // namespace
}  // namespace sluis::test
