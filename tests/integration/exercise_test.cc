// A node that comes into a partnership while it runs: exercise, wrong manifests, active; and what
// people see of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "client/lib/calls.h"
#include "client/lib/key_file.h"
#include "server/config.h"
#include "server/terms_loader.h"
#include "tests/integration/cli_node.h"
#include "tests/support/node_process.h"
#include "tests/support/organisation.h"
#include "tests/support/signed_members.h"
#include "tests/support/temp_folder.h"

namespace sluis::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kExercise = record::v1::PARTNERSHIP_STATE_EXERCISE;
constexpr auto kActive = record::v1::PARTNERSHIP_STATE_ACTIVE;
constexpr char kManifest[] = "partnership:\n  manifest: livc.manifest\n";
constexpr char kListener[] = "peer_listener:\n  address: 127.0.0.1:0\n";

// Asks again and again until a signal has done its work. Never waits for a time to pass; the bound
// only ends a hang.
template <typename Condition>
bool Eventually(Condition condition) {
  // By the clock, not by turns: how long a turn takes is up to whoever else uses the machine.
  const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > last) return false;
    std::this_thread::yield();
  }
  return true;
}

ManifestSpec SpecOf(const std::string& config_file) {
  const auto terms = server::LoadTerms(*server::ReadConfig(config_file));
  ManifestSpec spec;
  spec.statutory_pack = (*terms)->packs.digests().statutory;
  spec.partnership_pack = *(*terms)->packs.digests().partnership;
  return spec;
}

class PartnershipNodeTest : public ::testing::Test {
 protected:
  void Start() {
    node_ = std::make_unique<NodeProcess>(organisation_.config_file());
    ASSERT_TRUE(node_->started()) << node_->Errors();
  }
  client::Calls CallsOf(const Person& person) {
    return client::Calls(organisation_.EndpointOf(person, node_->port()));
  }
  node::v1::GetStatusResponse Status() {
    const auto status = CallsOf(organisation_.administrator()).Do(node::v1::GetStatusRequest());
    return status.ok() ? *status : node::v1::GetStatusResponse();
  }
  bool MarkedAnswer() {
    bool marked = false;
    client::Calls calls = CallsOf(noor_);
    calls.OnExercise([&marked] { marked = true; });
    node::v1::OpenSignalRequest none;
    EXPECT_FALSE(calls.Do(none).ok()) << "a refusal is marked like any other answer";
    return marked;
  }
  void Put(const partnership::SignedManifest& manifest) {
    WriteBytes(organisation_.folder() + "/livc.manifest", manifest.Serialise());
  }
  partnership::SignedManifest Make(record::v1::PartnershipState state,
                                   const partnership::Manifest* held,
                                   std::vector<std::string> unsigned_by = {}) {
    ManifestSpec spec = SpecOf(organisation_.config_file());
    spec.state = state;
    spec.held = held;
    spec.unsigned_by = std::move(unsigned_by);
    return MakeSigned({&own_, &other_}, spec);
  }
  std::string Recorded() {
    node::v1::RecordSignalRequest request;
    *request.mutable_context() = Intake();
    *request.mutable_signal() = PersonSignal();
    const auto recorded = CallsOf(noor_).Do(request);
    EXPECT_TRUE(recorded.ok());
    return recorded.ok() ? recorded->record_id() : "";
  }
  bool Opens(const std::string& id) {
    node::v1::OpenSignalRequest request;
    *request.mutable_context() = Intake();
    request.set_record_id(id);
    return CallsOf(noor_).Do(request).ok();
  }
  // Reloads and waits for the line in which the daemon says why not.
  void Refused(const std::string& why) {
    const size_t before = node_->Errors().size();
    node_->Signal(SIGHUP);
    EXPECT_TRUE(Eventually(
        [&] { return node_->Errors().substr(before).find("not reloaded") != std::string::npos; }));
    EXPECT_THAT(node_->Errors().substr(before), HasSubstr(why));
  }

  tests::TempFolder folder_;
  Organisation organisation_{folder_.path()};
  const MemberKit own_ = MakeMember({.organisation = organisation_.id(),
                                     .kind = "welfare",
                                     .secrecy_regime = true,
                                     .ca_pem = organisation_.ca().certificate_pem,
                                     .log = organisation_.log_public(),
                                     .mandate = organisation_.mandate_key().public_key(),
                                     .identity = organisation_.identity_key(),
                                     .receipt = organisation_.receipt_public()});
  const MemberKit other_ = MakeMember({});
  const Person noor_ = organisation_.MakePerson("noor.w");
  const Person dpo_ = organisation_.MakePerson("dpo");
  std::unique_ptr<NodeProcess> node_;
};

TEST_F(PartnershipNodeTest, FromNoneThroughExerciseToActive) {
  Start();
  organisation_.Admit(node_->port(), noor_, {"maatschappelijk-werker"});
  organisation_.Admit(node_->port(), dpo_, {"privacy-officer"});
  const std::string before = Recorded();
  EXPECT_EQ(Status().partnership(), "");
  EXPECT_FALSE(MarkedAnswer());

  // Into exercise.
  const partnership::SignedManifest first = Make(kExercise, nullptr);
  Put(first);
  organisation_.WriteConfig(kManifest);
  node_->Signal(SIGHUP);
  ASSERT_TRUE(Eventually([&] { return Status().manifest_version() == 1; })) << node_->Errors();
  EXPECT_EQ(Status().partnership(), "livc-r.vaartland.example");
  EXPECT_EQ(Status().partnership_state(), kExercise);
  EXPECT_TRUE(MarkedAnswer());
  const std::string made_up = Recorded();
  EXPECT_TRUE(Opens(made_up));

  // What may not follow changes nothing.
  const partnership::SignedManifest second = Make(kActive, &first.manifest);
  Put(Make(kActive, &first.manifest, {other_.member.organisation}));
  Refused("is not signed as it must be by pz-drie-sluizen.example");
  Put(Make(kActive, &second.manifest));
  Refused("install version 2 first");
  Put(second);
  organisation_.WriteConfig();
  Refused("name its manifest");
  EXPECT_EQ(Status().manifest_version(), 1u);
  EXPECT_TRUE(MarkedAnswer());
  EXPECT_TRUE(Opens(made_up));

  // Active.
  organisation_.WriteConfig(kManifest);
  node_->Signal(SIGHUP);
  ASSERT_TRUE(Eventually([&] { return Status().manifest_version() == 2; })) << node_->Errors();
  EXPECT_EQ(Status().partnership_state(), kActive);
  EXPECT_FALSE(MarkedAnswer());
  EXPECT_FALSE(Opens(made_up));
  EXPECT_TRUE(Opens(before));
  node::v1::QueryLogRequest look;
  *look.mutable_context() = Oversight();
  look.set_reason("nazicht door de proef");
  look.add_operations(record::v1::OPERATION_ERASURE);
  node::v1::QueryLogResponse found;
  ASSERT_TRUE(Eventually([&] {
    const auto answer = CallsOf(dpo_).Do(look);
    if (answer.ok()) found = *answer;
    return found.rows_size() > 0;
  }));
  ASSERT_EQ(found.rows_size(), 1);
  EXPECT_EQ(found.rows(0).act().method(), "Node.EraseExercise");
  EXPECT_EQ(found.rows(0).act().manifest_version(), 2u);
  EXPECT_FALSE(found.rows(0).act().exercise());

  // What is in force is read from the ledger at the next start.
  EXPECT_EQ(node_->Signal(SIGTERM), 0);
  Start();
  EXPECT_EQ(Status().manifest_version(), 2u);
  EXPECT_TRUE(Opens(before));
  EXPECT_EQ(node_->Signal(SIGTERM), 0);
  Put(first);
  NodeProcess wrong(organisation_.config_file());
  EXPECT_FALSE(wrong.started());
  EXPECT_EQ(wrong.Wait(), 3);
  EXPECT_THAT(wrong.Errors(), HasSubstr("in force already"));
}

class ExerciseBannerTest : public ::testing::Test {
 protected:
  std::shared_ptr<const crypto::SigningKey> KeyIn(const std::string& name,
                                                  crypto::KeyPurpose purpose) {
    auto file = client::ReadKey(node_.PathOf("node/" + name), purpose);
    EXPECT_TRUE(file.ok()) << name;
    return std::make_shared<const crypto::SigningKey>(std::move(file->key));
  }

  // A node with a manifest of two, which it holds signed by both.
  partnership::SignedManifest StartInPartnership(const std::string& more = "") {
    const std::string config = node_.PathOf("node/sluisd.yaml");
    std::ifstream ca(node_.PathOf("node/tls/ca.crt"));
    const MemberKit own = MakeMember(
        {.organisation = "caw-de-overzet.example",
         .kind = "welfare",
         .secrecy_regime = true,
         .ca_pem = {std::istreambuf_iterator<char>(ca), {}},
         .log = KeyIn("keys/log.key", crypto::KeyPurpose::kLog)->public_key(),
         .mandate = KeyIn("mandate/mandate.key", crypto::KeyPurpose::kMandate)->public_key(),
         .identity = KeyIn("keys/identity.key", crypto::KeyPurpose::kIdentity),
         .receipt = KeyIn("keys/receipt.key", crypto::KeyPurpose::kReceipt)->public_key()});
    const MemberKit other = MakeMember({});
    partnership::SignedManifest manifest = MakeSigned({&own, &other}, SpecOf(config));
    WriteBytes(node_.PathOf("node/livc.manifest"), manifest.Serialise());
    std::ofstream(config, std::ios::app) << kManifest << more;
    node_.Start();
    return manifest;
  }

  CliNode node_;
};

TEST_F(ExerciseBannerTest, ShowWithoutFileShowsWhatTheNodeHasInForce) {
  node_.Start();
  EXPECT_EQ(node_.process().peer_port(), 0) << "nobody to listen for";
  const Answer none = node_.Sluis({"partnership", "show", "--profile", "it.beheer"});
  EXPECT_EQ(none.exit, 1) << none.out;
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(node_.Stop(), 0);

  const partnership::SignedManifest held = StartInPartnership(kListener);
  EXPECT_NE(node_.process().peer_port(), 0) << "the daemon says where partners find it";
  EXPECT_NE(node_.process().peer_port(), node_.process().port());
  const Answer shown = node_.Sluis({"partnership", "show", "--profile", "it.beheer"});
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.err, StartsWith("OEFENING: "));
  EXPECT_THAT(shown.out, HasSubstr(crypto::HexEncode(crypto::View(held.manifest.digest))));
  EXPECT_THAT(shown.out, HasSubstr("caw-de-overzet.example"));
  EXPECT_THAT(shown.out, HasSubstr("pz-drie-sluizen.example"));
  EXPECT_THAT(shown.out, Not(HasSubstr("nog niet")));
  const auto json = node_.Sluis({"partnership", "show", "--json", "--profile", "it.beheer"}).json();
  ASSERT_TRUE(json.is_object());
  // As a file of the same manifest is shown.
  const Answer file =
      node_.Sluis({"partnership", "show", "--json", node_.PathOf("node/livc.manifest")});
  EXPECT_EQ(json, file.json());
  EXPECT_EQ(json["members"].size(), 2u);
  EXPECT_TRUE(json["missing"].empty());
}

TEST_F(ExerciseBannerTest, EveryCommandSaysSoBesideItsResult) {
  StartInPartnership();
  const Answer status = node_.Sluis({"node", "status", "--profile", "it.beheer"});
  EXPECT_EQ(status.exit, 0) << status.err;
  EXPECT_THAT(status.err, StartsWith("OEFENING: "));
  EXPECT_THAT(status.err, Not(HasSubstr("\x1b"))) << "no colours into a file";
  EXPECT_THAT(status.out, HasSubstr("livc-r.vaartland.example, manifest 1, in OEFENING."));
  const Answer json = node_.Sluis({"node", "status", "--json", "--profile", "it.beheer"});
  EXPECT_FALSE(json.json().is_discarded()) << json.out;
  EXPECT_THAT(json.out, Not(HasSubstr("OEFENING")));
  const Answer users = node_.Sluis({"user", "list", "--lang", "en", "--profile", "it.beheer"});
  EXPECT_EQ(users.exit, 0) << users.err;
  EXPECT_THAT(users.err, StartsWith("EXERCISE: "));
  const Answer refused = node_.As("it.beheer", "maatschappelijk-werker", {"signal", "list"});
  EXPECT_NE(refused.exit, 0);
  EXPECT_THAT(refused.err, StartsWith("OEFENING: ")) << "refusals too";
}

}  // namespace
}  // namespace sluis::test
