// Two real nodes over sockets of this machine, and people of both who share with `sluis`.
#ifndef SLUIS_TESTS_INTEGRATION_SHARE_SITES_H_
#define SLUIS_TESTS_INTEGRATION_SHARE_SITES_H_

#include <gtest/gtest.h>

#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/cli/run.h"
#include "client/lib/calls.h"
#include "client/lib/channel.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_mandate.h"
#include "client/lib/profile.h"
#include "client/lib/signing.h"
#include "crypto/key_file.h"
#include "server/config.h"
#include "server/node.h"
#include "tests/support/partners.h"
#include "tests/support/temp_folder.h"

namespace sluis::test {

using Json = nlohmann::json;

inline constexpr char kTown[] = "lindervaart.example";
inline constexpr char kCare[] = "caw-de-overzet.example";
inline constexpr char kPartnership[] = "livc-r.vaartland.example";
inline constexpr char kWorker[] = "maatschappelijk-werker";
inline constexpr char kManager[] = "casemanager";

struct Ended {
  cli::Exit exit;
  std::string out;
  std::string err;
  Json json() const { return Json::parse(out, nullptr, false); }
};

inline OrganisationOptions OptionsOf(const std::string& id, const std::string& kind,
                                     const std::string& partnership_pack = "") {
  OrganisationOptions options;
  options.id = id;
  options.kind = kind;
  options.secrecy_regime = kind == "welfare";
  options.in_partnership = true;
  options.partnership_pack = partnership_pack;
  return options;
}

// One organisation, its running node, and the machine of one person there.
struct Site {
  // Under the shipped packs, or with this one of the partnership.
  Site(const std::string& id, const std::string& kind, const std::string& partnership_pack = "")
      : organisation(folder.path(), OptionsOf(id, kind, partnership_pack)),
        person(organisation.MakePerson("sofie")) {}

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
  // Registered, with a mandate here and one for the partnership, in a profile.
  void Admit() {
    organisation.Admit(node->user_port(), person, {kWorker, kManager});
    client::Calls calls(organisation.EndpointOf(organisation.administrator(), node->user_port()));
    node::v1::PutMandateStatusRequest list;
    *list.mutable_status() = organisation.MakeStatus(1, {});
    ASSERT_TRUE(calls.Do(list).ok());
    profile.folder = folder.PathOf("profiles/sofie");
    profile.node = "127.0.0.1:" + std::to_string(node->user_port());
    profile.organisation = organisation.id();
    profile.user = "sofie";
    profile.role = kWorker;
    profile.basis = "vl-prev-2024";
    ASSERT_FALSE(client::MakePrivateFolder(profile.folder).has_value());
    crypto::KeyFile key{crypto::KeyPurpose::kSigning, "2199-12-31", std::move(person.signing_key)};
    const auto text = crypto::FormatKeyFile(key);
    person.signing_key = std::move(key.key);
    ASSERT_TRUE(text.ok());
    Put("signing.key", std::string(crypto::View(text->expose())));
    Put("tls.key", person.tls_key_pem);
    Put("cert.pem", person.certificate_pem);
    Put("ca.pem", organisation.ca().certificate_pem);
    ASSERT_FALSE(client::SaveProfile(profile).has_value());
  }
  void Put(const std::string& name, const std::string& bytes) {
    ASSERT_FALSE(
        client::WriteNew(profile.PathOf(name), bytes, client::FileMode::kPrivate).has_value());
  }
  // The mandate under which the person signs.
  void Mandate(const std::vector<std::string>& roles) {
    record::v1::Mandate mandate;
    const auto now = static_cast<uint64_t>(std::time(nullptr));
    mandate.set_mandate_id(std::string(crypto::View(crypto::SystemRandom().Array<16>())));
    mandate.set_organisation(organisation.id());
    mandate.set_signing_key(std::string(crypto::View(person.signing_key.public_key())));
    for (const std::string& role : roles) mandate.add_roles(role);
    mandate.set_not_before_s(now - 3600);
    mandate.set_not_after_s(now + 30ull * 24 * 3600);
    mandate.set_partnership(kPartnership);
    mandate.set_pseudonym(std::string(16, 'p'));
    const client::PartnershipMandate issued{
        client::SignMandate(mandate, organisation.mandate_key()), mandate};
    ASSERT_FALSE(client::InstallMandate(issued, profile, person.signing_key.public_key()));
  }
  Ended Sluis(std::vector<std::string> words, const std::string& purpose,
              const std::string& case_ref, const std::string& input = "") {
    words.insert(words.end(), {"--purpose", purpose, "--case", case_ref});
    return Type(words, input);
  }
  Ended Type(const std::vector<std::string>& words, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out, err;
    const cli::Exit exit = cli::Run(words, {in, out, err, folder.PathOf("profiles"), [] {
                                              return static_cast<int64_t>(std::time(nullptr));
                                            }});
    return {exit, out.str(), err.str()};
  }
  // As for signals of the own node, and as for sharing.
  Ended Here(std::vector<std::string> words, const std::string& input = "") {
    return Sluis(std::move(words), "signaal-intake", "INTAKE", input);
  }
  Ended Share(std::vector<std::string> words, const std::string& input = "") {
    return Sluis(std::move(words), "doorverwijzing-hulp", "C-2026-014", input);
  }
  // A made-up signal that may be shared.
  std::string Record() {
    client::Calls calls(organisation.EndpointOf(person, node->user_port()));
    node::v1::RecordSignalRequest request;
    *request.mutable_context() = Intake();
    *request.mutable_signal() = PersonSignal();
    // Under professional secrecy it would stay within the table.
    record::v1::SignalMarks& marks = *request.mutable_signal()->mutable_marks();
    marks.set_secret(false);
    marks.set_secret_unmarked_reason("de cliënt vroeg zelf om de doorverwijzing");
    const auto recorded = calls.Do(request);
    EXPECT_TRUE(recorded.ok());
    return recorded.ok() ? crypto::HexEncode(recorded->record_id()) : "";
  }

  tests::TempFolder folder;
  Organisation organisation;
  Person person;
  client::Profile profile;
  std::unique_ptr<server::Node> node;
};

class ShareTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(client::RequireTls13()); }

  // Both run, hold a manifest with both addresses, and have met.
  void Start(int cooling_off_s) {
    const std::vector<Site*> sites = {&care_, &town_};
    for (Site* site : sites) site->organisation.SetExerciseCoolingOff(cooling_off_s);
    partners_.Next({&care_.organisation, &town_.organisation});
    ManifestForm form;
    for (Site* site : sites) {
      partners_.Install(site->organisation);
      site->Start();
      ASSERT_NE(site->node, nullptr);
      form.addresses[site->organisation.id()] = {"127.0.0.1:" +
                                                 std::to_string(site->node->peer_port())};
    }
    partners_.Next({&care_.organisation, &town_.organisation}, form);
    for (Site* site : sites) {
      partners_.Install(site->organisation);
      ASSERT_TRUE(site->node->Reload(site->Config()).ok());
      site->Admit();
    }
    care_.Mandate({kWorker});
    // The lists of revoked mandates travel with the heartbeats.
    for (Site* site : sites) site->node->MeetPeers();
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
  std::string StateOf(const std::string& record) {
    Json sent = care_.Here({"signal", "sent", record, "--json"}).json();
    return sent["sent"].empty() ? "" : sent["sent"][0].value("state", "");
  }
  Json Received() {
    Json inbox = town_.Here({"inbox", "list", "--json"}).json();
    return inbox["received"].empty() ? Json::object() : inbox["received"][0];
  }

  Partners partners_;
  Site care_{kCare, "welfare"};
  Site town_{kTown, "municipality"};
};

}  // namespace sluis::test

#endif  // SLUIS_TESTS_INTEGRATION_SHARE_SITES_H_
