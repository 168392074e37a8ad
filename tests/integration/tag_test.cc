// Three real nodes make a key, and a person of one of them has them compute what stands for
// somebody, by what people type.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/bytes.h"
#include "tests/integration/share_sites.h"
#include "tests/support/shipped_packs.h"

namespace sluis::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOtherTown[] = "zandrode.example";
constexpr char kPurpose[] = "signaal-intake";
constexpr char kSurname[] = "Ouwelandse";

// Who wrote a signal down reads who it is about.
std::string PackThatGrants(const tests::TempFolder& folder) {
  std::string text = policies::ReadSourceFile("policies/packs/livc-r.vaartland.yaml");
  const std::string list = "  - id: P-LIJST\n";
  const size_t at = text.find(list);
  EXPECT_NE(at, std::string::npos);
  text.insert(at,
              "  - id: P-WIE\n    effect: permit\n"
              "    who: {actor.role: maatschappelijk-werker, actor.is_author: true}\n"
              "    do: {action: read}\n"
              "    why: {purpose: signaal-intake, basis: vl-livc-2021}\n"
              "    when: {side: local}\n    grants: [identity]\n"
              "    because: {nl: \"wie je zelf noemde\"}\n");
  // Its own tests say what the shipped pack decides, which has no such rule.
  text.erase(text.find("\ntests:\n") + 1);
  const std::string path = folder.PathOf("livc-r.yaml");
  EXPECT_FALSE(client::WriteNew(path, text, client::FileMode::kPrivate).has_value());
  return path;
}

class TagTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(client::RequireTls13()); }

  void SetUp() override {
    std::vector<const Organisation*> members;
    for (Site* site : Sites()) members.push_back(&site->organisation);
    partners_.Next(members);
    ManifestForm form;
    for (Site* site : Sites()) {
      partners_.Install(site->organisation);
      site->Start();
      ASSERT_NE(site->node, nullptr);
      form.addresses[site->organisation.id()] = {"127.0.0.1:" +
                                                 std::to_string(site->node->peer_port())};
    }
    partners_.Next(members, form);
    for (Site* site : Sites()) {
      partners_.Install(site->organisation);
      ASSERT_TRUE(site->node->Reload(site->Config()).ok());
      site->Admit();
    }
    care_.profile.basis = "vl-livc-2021";
    ASSERT_FALSE(client::SaveProfile(care_.profile).has_value());
    care_.Mandate({kWorker});
    // The lists of revoked mandates travel with the heartbeats.
    for (int i = 0; i < 2; ++i) {
      for (Site* site : Sites()) site->node->MeetPeers();
    }
  }
  std::vector<Site*> Sites() { return {&care_, &town_, &other_}; }
  static client::Calls AsAdministrator(Site& site) {
    return client::Calls(
        site.organisation.EndpointOf(site.organisation.administrator(), site.node->user_port()));
  }
  // Asks again until it is so; the bound only ends a hang.
  template <typename Condition>
  bool Eventually(Condition condition) {
    for (int i = 0; i < 20'000; ++i) {
      if (condition()) return true;
      std::this_thread::yield();
    }
    return false;
  }
  std::string StateOf(Site& site, const std::string& ceremony) {
    const auto keys = AsAdministrator(site).Do(node::v1::GetKeysRequest());
    if (!keys.ok()) return "";
    for (const node::v1::CeremonyView& one : keys->ceremonies()) {
      if (one.id() == ceremony) return one.state();
    }
    return "";
  }
  void MakeKey() {
    node::v1::StartCeremonyRequest request;
    request.set_kind("generation");
    request.set_purpose(kPurpose);
    for (Site* site : Sites()) request.add_holders(site->organisation.id());
    const auto started = AsAdministrator(care_).Do(request);
    ASSERT_TRUE(started.ok());
    const std::string id = started->ceremony().id();
    for (Site* site : {&town_, &other_}) {
      ASSERT_TRUE(Eventually([&] { return StateOf(*site, id) == "proposed"; }));
      node::v1::AgreeCeremonyRequest agree;
      agree.set_ceremony(id);
      ASSERT_TRUE(AsAdministrator(*site).Do(agree).ok());
    }
    for (Site* site : Sites()) {
      ASSERT_TRUE(Eventually([&] { return StateOf(*site, id) == "complete"; }))
          << site->organisation.id() << StateOf(*site, id);
    }
  }
  std::string Recorded(bool named = true) {
    client::Calls calls(care_.organisation.EndpointOf(care_.person, care_.node->user_port()));
    node::v1::RecordSignalRequest request;
    *request.mutable_context() = Intake();
    *request.mutable_signal() = PersonSignal();
    if (named) {
      request.mutable_identity()->set_surname(kSurname);
      request.mutable_identity()->set_given("Lena");
      request.mutable_identity()->set_born("14/3/1985");
    }
    const auto recorded = calls.Do(request);
    EXPECT_TRUE(recorded.ok());
    return recorded.ok() ? crypto::HexEncode(recorded->record_id()) : "";
  }
  Ended Tag(std::vector<std::string> words, const std::string& input = "") {
    words.insert(words.begin(), {"signal", "tag"});
    return care_.Sluis(std::move(words), kPurpose, "INTAKE", input);
  }

  tests::TempFolder packs_;
  const std::string pack_ = PackThatGrants(packs_);
  Partners partners_;
  Site care_{kCare, "welfare", pack_};
  Site town_{kTown, "municipality", pack_};
  Site other_{kOtherTown, "municipality", pack_};
};

TEST_F(TagTest, HoldersComputeWhatStandsForAPersonTheyNeverSee) {
  const std::string record = Recorded();
  const Ended without = Tag({record, "--yes"});
  EXPECT_EQ(without.exit, cli::Exit::kRefused);
  EXPECT_THAT(without.err, HasSubstr("sluis keys status"));
  ASSERT_NO_FATAL_FAILURE(MakeKey());

  const Ended declined = Tag({record}, "nee\n");
  EXPECT_EQ(declined.exit, cli::Exit::kUsage);
  EXPECT_THAT(declined.err, HasSubstr(kSurname));
  EXPECT_THAT(declined.err, HasSubstr("volledige naam en geboortedatum"));
  EXPECT_THAT(declined.err, HasSubstr("2 van deze houders"));
  const Ended tagged = Tag({record}, "ja\n");
  ASSERT_EQ(tagged.exit, cli::Exit::kDone) << tagged.err;
  EXPECT_THAT(tagged.out, HasSubstr(record));
  EXPECT_THAT(tagged.out, Not(HasSubstr(kSurname)));

  const Ended again = Tag({record, "--yes", "--json"});
  ASSERT_EQ(again.exit, cli::Exit::kDone) << again.err;
  const Json json = again.json();
  EXPECT_EQ(json["records"][0]["record_id"], record);
  EXPECT_THAT(json["records"][0]["kinds"], ElementsAre("name-date"));
  EXPECT_TRUE(json["wrong_holders"].empty());
}

TEST_F(TagTest, ARefusalSaysWhatCanBeDone) {
  ASSERT_NO_FATAL_FAILURE(MakeKey());
  const Ended nobody = Tag({Recorded(false), "--yes"});
  EXPECT_EQ(nobody.exit, cli::Exit::kRefused);
  EXPECT_THAT(nobody.err, HasSubstr("sluis signal amend"));
  const std::string record = Recorded();
  EXPECT_EQ(Tag({record, record, "--yes"}).exit, cli::Exit::kUsage);
  EXPECT_EQ(Tag({"geen-nummer", "--yes"}).exit, cli::Exit::kUsage);
  const Ended elsewhere =
      care_.Sluis({"signal", "tag", record, "--yes"}, "doorverwijzing-hulp", "INTAKE");
  EXPECT_EQ(elsewhere.exit, cli::Exit::kRefused) << "there is a key for one purpose only";
}

}  // namespace
}  // namespace sluis::test
