// Mandates for a partnership, as who keeps the mandate key and who gets one use them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "sluis/record/v1/mandate.pb.h"
#include "tests/integration/cli_node.h"

namespace sluis::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPartnership[] = "livc-r.vaartland.example";

class CliMandateTest : public testing::Test {
 protected:
  void SetUp() override {
    node_.Start();
    node_.Admit("sofie.maes", "maatschappelijk-werker");
  }
  Answer Beheer(std::vector<std::string> words) {
    words.insert(words.end(), {"--profile", "it.beheer"});
    return node_.Sluis(words);
  }
  Answer Issue(const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {
        "mandate", "issue", "--user",        "sofie.maes", "--role", "maatschappelijk-werker",
        "--key",   Key(),   "--partnership", kPartnership, "--out",  node_.PathOf(out)};
    words.insert(words.end(), more.begin(), more.end());
    return Beheer(words);
  }
  Answer Install(const std::string& file) {
    return node_.Sluis({"mandate", "install", node_.PathOf(file), "--profile", "sofie.maes"});
  }
  std::string Key() const { return node_.PathOf("node/mandate/mandate.key"); }
  uint64_t ListNumber() { return Beheer({"mandate", "list", "--json"}).json()["status_number"]; }
  record::v1::Mandate Read(const std::string& file) {
    std::ifstream bytes(node_.PathOf(file), std::ios::binary);
    record::v1::SignedMandate signed_mandate;
    record::v1::Mandate mandate;
    EXPECT_TRUE(signed_mandate.ParseFromString({std::istreambuf_iterator<char>(bytes), {}}));
    EXPECT_TRUE(mandate.ParseFromString(signed_mandate.mandate()));
    return mandate;
  }

  CliNode node_;
};

TEST_F(CliMandateTest, IsIssuedInstalledAndRenewedUnderOnePseudonym) {
  EXPECT_EQ(ListNumber(), 0u);
  const Answer issued = Issue("een");
  ASSERT_EQ(issued.exit, 0) << issued.err;
  EXPECT_THAT(issued.out, HasSubstr("sluis mandate install"));
  EXPECT_THAT(issued.err, HasSubstr("eerste, lege lijst"));
  EXPECT_EQ(ListNumber(), 1u) << "without a list no partner believes it";
  const record::v1::Mandate mandate = Read("een");
  EXPECT_EQ(mandate.user_id(), "") << "partners read it";
  EXPECT_EQ(mandate.partnership(), kPartnership);
  EXPECT_EQ(mandate.pseudonym().size(), 16u);
  const Answer installed = Install("een");
  EXPECT_EQ(installed.exit, 0) << installed.err;
  EXPECT_THAT(installed.out, HasSubstr("maatschappelijk-werker"));
  EXPECT_THAT(Beheer({"mandate", "list"}).out, Not(HasSubstr(kPartnership)))
      << "the node does not store it";

  const Answer again = Issue("twee", {"--follows", node_.PathOf("een")});
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_EQ(again.err, "") << "there is a list already";
  EXPECT_EQ(Read("twee").pseudonym(), mandate.pseudonym());
  EXPECT_NE(Read("twee").mandate_id(), mandate.mandate_id());
  EXPECT_EQ(Install("twee").err, "");
  ASSERT_EQ(Issue("drie").exit, 0);
  EXPECT_NE(Read("drie").pseudonym(), mandate.pseudonym());
  EXPECT_THAT(Install("drie").err, HasSubstr("ander pseudoniem"));
  EXPECT_EQ(ListNumber(), 1u);
}

TEST_F(CliMandateTest, SaysWhatIsWrongAndWritesNothing) {
  EXPECT_EQ(Beheer({"mandate", "issue", "--user", "sofie.maes", "--role", "r", "--key", Key(),
                    "--partnership", kPartnership})
                .exit,
            2)
      << "no file to put it in";
  EXPECT_EQ(Beheer({"mandate", "issue", "--user", "sofie.maes", "--role", "r", "--key", Key(),
                    "--out", node_.PathOf("x")})
                .exit,
            2)
      << "one for the own node goes to the node";
  ASSERT_EQ(Issue("een").exit, 0);
  EXPECT_EQ(Issue("een").exit, 2) << "never over another file";
  // Another person's pseudonym is not taken over.
  node_.Admit("jan.wouters", "maatschappelijk-werker");
  const Answer stolen =
      Beheer({"mandate", "issue", "--user", "jan.wouters", "--role", "maatschappelijk-werker",
              "--key", Key(), "--partnership", kPartnership, "--out", node_.PathOf("jan"),
              "--follows", node_.PathOf("een")});
  EXPECT_EQ(stolen.exit, 2);
  EXPECT_THAT(stolen.err, HasSubstr("geen eerder mandaat van deze persoon"));
  EXPECT_FALSE(std::ifstream(node_.PathOf("jan")).good());
  const Answer other =
      node_.Sluis({"mandate", "install", node_.PathOf("een"), "--profile", "jan.wouters"});
  EXPECT_EQ(other.exit, 2);
  EXPECT_THAT(other.err, HasSubstr("niet voor het profiel"));
}

TEST_F(CliMandateTest, OneThatTheNodeDoesNotStoreIsRevokedAndStaysRevoked) {
  const Answer issued = Issue("een", {"--json"});
  ASSERT_EQ(issued.exit, 0) << issued.err;
  const std::string id = issued.json()["mandate_id"];
  EXPECT_EQ(Beheer({"mandate", "revoke", id, "--key", Key()}).exit, 4) << "not stored there";
  const Answer revoked =
      Beheer({"mandate", "revoke", id, "--key", Key(), "--partnership", kPartnership});
  EXPECT_EQ(revoked.exit, 0) << revoked.err;
  EXPECT_EQ(ListNumber(), 2u);
  // The node refuses a list that leaves out what an earlier one names, so each next one names it.
  const Answer next = Beheer({"mandate", "status", "--key", Key()});
  EXPECT_EQ(next.exit, 0) << next.err;
  EXPECT_THAT(next.out, HasSubstr("Lijst 3"));
  const auto stored = Beheer({"mandate", "list", "--user", "sofie.maes", "--json"}).json();
  EXPECT_EQ(Beheer({"mandate", "revoke", stored["mandates"][0]["mandate_id"], "--key", Key()}).exit,
            0);
  EXPECT_EQ(ListNumber(), 4u);
}

TEST_F(CliMandateTest, TheFirstListIsEmptyAndEasilyPut) {
  const Answer first = Beheer({"mandate", "status", "--key", Key(), "--json"});
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_EQ(first.json()["status_number"], 1);
  EXPECT_EQ(ListNumber(), 1u);
  EXPECT_EQ(Issue("een").err, "") << "nothing is put besides";
}

}  // namespace
}  // namespace sluis::test
