// What other nodes and strangers meet at the listener for partners, and what a node meets when it
// dials: over real sockets and real TLS.

#include "server/rpc/peer_listener.h"

#include <gtest/gtest.h>

#include "client/lib/channel.h"
#include "server/exchange/peer_refusal.h"
#include "tests/integration/peer_world.h"
#include "tests/integration/raw_tls.h"

namespace sluis::test {
namespace {

using partnership::SignedManifest;

constexpr char kTown[] = "lindervaart.example";
constexpr char kZone[] = "pz-heidezoom.example";
constexpr char kCare[] = "caw-de-overzet.example";

std::string Local(int port) { return "127.0.0.1:" + std::to_string(port); }

class PeerListenerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(client::RequireTls13()); }

  std::shared_ptr<const SignedManifest> Next(std::vector<const PeerSide*> sides,
                                             const ManifestForm& form = {}) {
    std::vector<const Organisation*> members;
    for (const PeerSide* side : sides) members.push_back(&side->organisation());
    return std::make_shared<SignedManifest>(partners_.Next(members, form));
  }
  // All three in one manifest that says where each listens.
  std::shared_ptr<const SignedManifest> All(ManifestForm form = {}) {
    for (PeerSide* side : {&town_, &zone_, &care_}) {
      form.addresses.try_emplace(side->organisation().id(),
                                 std::vector<std::string>{Local(side->port())});
    }
    return Next({&town_, &zone_, &care_}, form);
  }
  void AllHold(const std::shared_ptr<const SignedManifest>& manifest) {
    for (PeerSide* side : {&town_, &zone_, &care_}) side->Hold(manifest);
  }
  bool Accepts(const std::string& certificate, const std::string& key,
               TlsVersion version = TlsVersion::k13) {
    return Handshake(town_.port(), certificate, key, version).accepted;
  }

  Partners partners_;
  PeerSide town_{kTown};
  PeerSide zone_{kZone};
  PeerSide care_{kCare};
};

TEST_F(PeerListenerTest, MembersKnowEachOtherByTheirCertificates) {
  AllHold(All());
  EXPECT_EQ(*zone_.Ask(kTown), kZone);
  EXPECT_EQ(*care_.Ask(kTown), kCare);
  EXPECT_EQ(*town_.Ask(kZone), kTown);
}

TEST_F(PeerListenerTest, TheHandshakeItselfRefusesStrangers) {
  AllHold(All());
  const std::string key = *client::MakeTlsKey();
  const auto leaf = [&key](const PeerSide& signer, const std::string& uri) {
    return *client::Issue(signer.organisation().ca(), *client::MakeCertificateRequest(key, "x"),
                          {.uri = uri, .dns = {}, .ips = {}}, client::LeafUse::kNode,
                          static_cast<int64_t>(storage::SystemClock().NowUs() / 1'000'000));
  };
  ASSERT_TRUE(Accepts(leaf(zone_, client::NodeUri(kZone)), key));
  EXPECT_FALSE(Accepts("", "")) << "no certificate";
  EXPECT_FALSE(Accepts(leaf(care_, client::NodeUri(kZone)), key)) << "another member's CA";
  EXPECT_FALSE(Accepts(leaf(zone_, client::UserUri(kZone, "noor")), key)) << "a user";
  EXPECT_FALSE(Accepts(leaf(town_, client::NodeUri(kTown)), key)) << "the node itself";
  EXPECT_FALSE(Accepts(leaf(zone_, client::NodeUri("zandrode.example")), key)) << "no member";
  const PeerSide stranger("zandrode.example");
  EXPECT_FALSE(Accepts(stranger.CertificatePem(), stranger.KeyPem())) << "nobody's CA";
}

TEST_F(PeerListenerTest, ACertificateWithoutItsKeyIsNothing) {
  AllHold(All());
  ASSERT_TRUE(Accepts(zone_.CertificatePem(), zone_.KeyPem()));
  EXPECT_FALSE(Accepts(zone_.CertificatePem(), WithPublicHalfOf(zone_.KeyPem(), care_.KeyPem())));
}

TEST_F(PeerListenerTest, SpeaksNothingBelowTls13) {
  AllHold(All());
  EXPECT_FALSE(Accepts(zone_.CertificatePem(), zone_.KeyPem(), TlsVersion::k12));
}

TEST_F(PeerListenerTest, RemovalTakesEffectOnTheNextCallOfAnOpenConnection) {
  AllHold(All());
  ASSERT_TRUE(zone_.Ask(kTown).ok());
  town_.Hold(Next({&town_, &care_}));
  const absl::Status refused = zone_.Ask(kTown).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(exchange::PeerRefusalOf(refused));
  EXPECT_EQ(exchange::PeerRefusalOf(refused)->code(), "refused");
  // And nobody at all once there is no manifest.
  ASSERT_TRUE(care_.Ask(kTown).ok());
  town_.Hold(nullptr);
  EXPECT_EQ(care_.Ask(kTown).status(), refused);
}

TEST_F(PeerListenerTest, WhoDialsTrustsNoCaButThePinnedOne) {
  const auto manifest = All();
  AllHold(manifest);
  // Of town it is said that another CA speaks for it.
  ManifestForm form;
  form.pinned[kTown] = care_.organisation().ca().certificate_pem;
  form.pinned[kCare] = town_.organisation().ca().certificate_pem;
  zone_.Hold(All(form));
  EXPECT_EQ(zone_.Ask(kTown).status().code(), absl::StatusCode::kUnauthenticated);
  // With the right one again, the connection is made anew.
  zone_.Hold(manifest);
  EXPECT_EQ(*zone_.Ask(kTown), kZone);
}

TEST_F(PeerListenerTest, AnotherMemberAtTheAddressIsNotTheOneAskedFor) {
  ManifestForm form;
  form.addresses[kTown] = {Local(care_.port())};
  AllHold(All(form));
  EXPECT_EQ(zone_.Ask(kTown).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(PeerListenerTest, AddressesAreTriedInTheirOrder) {
  ManifestForm form;
  const int gone = zone_.port();
  zone_.StopListening();
  form.addresses[kTown] = {Local(gone), Local(care_.port()), Local(town_.port())};
  AllHold(All(form));
  EXPECT_EQ(*care_.Ask(kTown), kCare) << "one is gone, one is another member, one is right";
}

// Whoever took it counts it, also when nobody hears the answer.
TEST_F(PeerListenerTest, AnEvaluationIsAskedForOnceWhereSomebodyIs) {
  ManifestForm form;
  const int gone = zone_.port();
  zone_.StopListening();
  form.addresses[kTown] = {Local(gone), Local(town_.port()),
                           "[::ffff:127.0.0.1]:" + std::to_string(town_.port())};
  AllHold(All(form));
  EXPECT_EQ(care_.AskToEvaluate(kTown).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(town_.asked_to_evaluate(), 1) << "where nobody is it was not sent";
  town_.StopListening();
  EXPECT_EQ(care_.AskToEvaluate(kTown).code(), absl::StatusCode::kUnavailable);
  care_.peers().Stop();
  EXPECT_EQ(care_.AskToEvaluate(kTown).code(), absl::StatusCode::kCancelled);
}

TEST_F(PeerListenerTest, WithoutAddressOrMembershipNobodyIsDialled) {
  AllHold(Next({&town_, &zone_},
               {.state = record::v1::PARTNERSHIP_STATE_EXERCISE, .addresses = {}, .pinned = {}}));
  EXPECT_EQ(zone_.Ask(kTown).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(zone_.Ask(kCare).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PeerListenerTest, UnreachableAndStoppingAreTold) {
  AllHold(All());
  town_.StopListening();
  const absl::StatusCode code = zone_.Ask(kTown).status().code();
  EXPECT_TRUE(code == absl::StatusCode::kUnavailable) << static_cast<int>(code);
  zone_.peers().Stop();
  EXPECT_EQ(zone_.Ask(kCare).status().code(), absl::StatusCode::kCancelled);
}

// Only the renewed one is of the CA that the town's manifest pins.
TEST_F(PeerListenerTest, ARenewedCertificateIsPresentedWithoutARestart) {
  AllHold(All());
  tests::TempFolder folder;
  OrganisationOptions options;
  options.id = kZone;
  const Organisation renewed(folder.path(), options);
  ManifestForm form;
  form.pinned[kZone] = renewed.ca().certificate_pem;
  town_.Hold(All(form));
  EXPECT_FALSE(zone_.Ask(kTown).ok());
  RenewNodeCertificate(renewed, zone_.organisation().folder() + "/tls");
  zone_.clock().Advance(std::chrono::seconds(5));
  const auto taken_for = zone_.Ask(kTown);
  ASSERT_TRUE(taken_for.ok()) << taken_for.status();
  EXPECT_EQ(*taken_for, kZone);
}

}  // namespace
}  // namespace sluis::test
