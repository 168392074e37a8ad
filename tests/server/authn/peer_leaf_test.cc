#include "server/authn/peer_leaf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/leaf.h"

namespace sluis::authn {
namespace {

using ::testing::HasSubstr;
using tests::LeafForm;
using tests::MakeLeaf;
using tests::MakeTestCa;
using tests::TestCa;

constexpr int64_t kNow = 1'790'000'000;
constexpr int64_t kDay = 24 * 3600;
constexpr uint64_t kNowUs = uint64_t{kNow} * 1'000'000;
constexpr char kTown[] = "lindervaart.example";
constexpr char kZone[] = "pz-heidezoom.example";
constexpr char kTownNode[] = "spiffe://lindervaart.example/node";

class PeerLeafTest : public ::testing::Test {
 protected:
  PeerLeafTest() {
    for (const auto& [organisation, ca] : {std::pair(kTown, &town_), std::pair(kZone, &zone_)}) {
      partnership::Member member;
      member.organisation = organisation;
      member.ca_certificate = ca->certificate_der;
      manifest_.members.push_back(std::move(member));
    }
  }
  static LeafForm Node(const std::string& uri = kTownNode) {
    return {.name = "leaf", .uris = {uri}, .from_s = kNow - kDay, .until_s = kNow + kDay};
  }
  absl::StatusOr<PeerLeaf> Verify(const std::string& pem, uint64_t now_us = kNowUs) {
    return VerifyPeerLeaf(pem, manifest_, now_us);
  }
  absl::StatusOr<PeerLeaf> Verify(const TestCa& ca, const LeafForm& form,
                                  uint64_t now_us = kNowUs) {
    return Verify(MakeLeaf(ca, form).certificate_pem, now_us);
  }
  void ExpectRefused(const absl::StatusOr<PeerLeaf>& answer, const std::string& why) {
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnauthenticated);
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr(why));
  }

  const TestCa town_ = MakeTestCa("Sluis CA", kNow - 30 * kDay, kNow + 30 * kDay);
  const TestCa zone_ = MakeTestCa("Sluis CA", kNow - 30 * kDay, kNow + 30 * kDay);
  partnership::Manifest manifest_;
};

TEST_F(PeerLeafTest, TakesTheNodeOfAMemberFromItsOwnCa) {
  const absl::StatusOr<PeerLeaf> town = Verify(town_, Node());
  ASSERT_TRUE(town.ok()) << town.status();
  EXPECT_EQ(town->organisation, kTown);
  EXPECT_EQ(town->not_before_s, kNow - kDay);
  EXPECT_EQ(town->not_after_s, kNow + kDay);
  const absl::StatusOr<PeerLeaf> zone = Verify(zone_, Node("spiffe://pz-heidezoom.example/node"));
  ASSERT_TRUE(zone.ok()) << zone.status();
  EXPECT_EQ(zone->organisation, kZone);
}

// Both CAs carry the same name and no key identifier: only the key tells them apart.
TEST_F(PeerLeafTest, AnotherMembersCaOfTheSameNameNeverSpeaksForThisOne) {
  ExpectRefused(Verify(zone_, Node()), "signature");
}

// With names of their own a bundle of all pinned CAs would find the right one for either leaf, and
// take both: here the CA of one member is no CA for another, whatever it is called.
TEST_F(PeerLeafTest, AnotherMembersCaOfItsOwnNameNeverSpeaksForThisOne) {
  const TestCa town = MakeTestCa("CA Lindervaart", kNow - 30 * kDay, kNow + 30 * kDay);
  const TestCa zone = MakeTestCa("CA Heidezoom", kNow - 30 * kDay, kNow + 30 * kDay);
  manifest_.members[0].ca_certificate = town.certificate_der;
  manifest_.members[1].ca_certificate = zone.certificate_der;
  const LeafForm zone_node = Node("spiffe://pz-heidezoom.example/node");
  EXPECT_TRUE(Verify(town, Node()).ok());
  EXPECT_TRUE(Verify(zone, zone_node).ok());
  ExpectRefused(Verify(zone, Node()), "issuer");
  ExpectRefused(Verify(town, zone_node), "issuer");
}

TEST_F(PeerLeafTest, ACaThatNobodyPinnedIsNone) {
  ExpectRefused(Verify(MakeTestCa("Other CA", kNow - kDay, kNow + kDay), Node()), "issuer");
}

TEST_F(PeerLeafTest, DatesAreThoseOfTheGivenClock) {
  const std::string pem = MakeLeaf(town_, Node()).certificate_pem;
  const auto at = [](int64_t seconds) { return static_cast<uint64_t>(seconds) * 1'000'000; };
  ExpectRefused(Verify(pem, at(kNow - kDay - 1)), "not yet valid");
  EXPECT_TRUE(Verify(pem, at(kNow - kDay)).ok());
  EXPECT_TRUE(Verify(pem, at(kNow + kDay - 1)).ok());
  ExpectRefused(Verify(pem, at(kNow + kDay)), "expired");
  // The CA's own days count as well.
  LeafForm longer = Node();
  longer.until_s = kNow + 300 * kDay;
  ExpectRefused(Verify(town_, longer, at(kNow + 31 * kDay)), "expired");
}

TEST_F(PeerLeafTest, ExactlyOneUriAndItIsANode) {
  LeafForm two = Node();
  two.uris.push_back("spiffe://pz-heidezoom.example/node");
  ExpectRefused(Verify(town_, two), "exactly one URI");
  LeafForm twice = Node();
  twice.uris.push_back(kTownNode);
  ExpectRefused(Verify(town_, twice), "exactly one URI");
  LeafForm none = Node();
  none.uris.clear();
  ExpectRefused(Verify(town_, none), "exactly one URI");
  ExpectRefused(Verify(town_, Node("spiffe://lindervaart.example/user/noor")), "of a node");
  ExpectRefused(Verify(town_, Node("https://lindervaart.example/node")), "of a node");
}

TEST_F(PeerLeafTest, NoMemberNoEntry) {
  ExpectRefused(Verify(town_, Node("spiffe://zandrode.example/node")), "no member");
  manifest_.members.erase(manifest_.members.begin());
  ExpectRefused(Verify(town_, Node()), "no member");
}

TEST_F(PeerLeafTest, MustServeAsServerAndAsClient) {
  for (const char* uses : {"", "serverAuth", "clientAuth", "emailProtection"}) {
    LeafForm form = Node();
    form.extended_key_usage = uses;
    EXPECT_FALSE(Verify(town_, form).ok()) << uses;
  }
  LeafForm form = Node();
  form.key_usage = "critical,keyEncipherment";
  EXPECT_FALSE(Verify(town_, form).ok());
}

TEST_F(PeerLeafTest, NoCaAndNothingBetween) {
  LeafForm ca = Node();
  ca.name = "Between CA";
  ca.basic_constraints = "critical,CA:TRUE";
  ca.key_usage = "critical,digitalSignature,keyCertSign";
  const tests::TestLeaf between = MakeLeaf(town_, ca);
  ExpectRefused(Verify(between.certificate_pem), "of a CA");
  // Issued by a CA that the pinned one issued: the chain is one too long, and its middle is not
  // taken from whoever presents it.
  const tests::TestLeaf leaf = MakeLeaf({between.key_pem, between.certificate_der}, Node());
  EXPECT_FALSE(Verify(leaf.certificate_pem).ok());
  EXPECT_FALSE(Verify(leaf.certificate_pem + between.certificate_pem).ok());
  // Pinned itself, the middle one is the CA, though it is not self-signed.
  manifest_.members[0].ca_certificate = between.certificate_der;
  EXPECT_TRUE(Verify(leaf.certificate_pem).ok());
}

TEST_F(PeerLeafTest, RefusesWhatIsNoCertificate) {
  const std::string good = MakeLeaf(town_, Node()).certificate_pem;
  std::string changed = good;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& pem : {std::string(), std::string("garbage"), good.substr(0, 100),
                                 changed, good + std::string(65 << 10, '\n')}) {
    EXPECT_FALSE(Verify(pem).ok()) << pem.substr(0, 80);
  }
  manifest_.members[0].ca_certificate += "x";
  ExpectRefused(Verify(good), "cannot be read");
}

}  // namespace
}  // namespace sluis::authn
