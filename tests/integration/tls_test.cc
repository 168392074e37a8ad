// Who may speak to the real daemon: TLS 1.3, a certificate of the one CA, one URI of this
// organisation, a person that the register knows. What the handshake cannot tell is refused after
// it, and then it is in the log.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "tests/integration/raw_tls.h"
#include "tests/support/node_process.h"
#include "tests/support/organisation.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis {
namespace {

using test::Handshake;
using test::Organisation;
using test::Person;
using test::TlsVersion;
using ::testing::HasSubstr;

int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

client::LeafNames Named(std::string uri) { return {.uri = std::move(uri), .dns = {}, .ips = {}}; }

void ReplaceInFile(const std::string& path, const std::string& from, const std::string& to) {
  std::ifstream in(path);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  std::ofstream(path) << text.replace(at, from.size(), to);
}

class TlsTest : public ::testing::Test {
 protected:
  // The daemon, started on first use, so that a test can change its files before.
  test::NodeProcess& Node() {
    if (!node_) node_ = std::make_unique<test::NodeProcess>(organisation_.config_file());
    EXPECT_TRUE(node_->started()) << node_->Errors();
    return *node_;
  }

  test::HandshakeResult Meet(const Person* person, TlsVersion version = TlsVersion::k13) {
    return Handshake(Node().port(), person ? person->certificate_pem : std::string(),
                     person ? person->tls_key_pem : std::string(), version);
  }

  tests::TempFolder folder_;
  Organisation organisation_{folder_.path()};

 private:
  std::unique_ptr<test::NodeProcess> node_;
};

TEST_F(TlsTest, Tls13WithACertificateOfTheOwnCaIsAccepted) {
  const Person person = organisation_.MakePerson("lotte.maes");
  const test::HandshakeResult met = Meet(&person);
  EXPECT_TRUE(met.accepted) << met.why;
  EXPECT_EQ(met.version, "TLSv1.3");
}

TEST_F(TlsTest, Tls12IsRefused) {
  const Person person = organisation_.MakePerson("lotte.maes");
  EXPECT_FALSE(Meet(&person, TlsVersion::k12).accepted);
  EXPECT_THAT(Node().Errors(), HasSubstr("unsupported protocol"));
}

// Such a file would leave TLS 1.2 on without a word: gRPC 1.51 undoes MinProtocol, and OpenSSL
// passes over a file that is not there.
TEST_F(TlsTest, TheDaemonTakesNoConfigurationThatLeavesTls12On) {
  const std::string least = folder_.PathOf("least.cnf");
  std::ofstream(least) << "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
                          "MinProtocol = TLSv1.3\n";
  std::string in_force = tests::InSources("/deploy/openssl.cnf");
  for (const std::string& wrong : {least, folder_.PathOf("absent.cnf")}) {
    ReplaceInFile(organisation_.config_file(), in_force, wrong);
    in_force = wrong;
    test::NodeProcess node(organisation_.config_file());
    EXPECT_FALSE(node.started()) << wrong;
    EXPECT_EQ(node.Wait(), 2);
    EXPECT_THAT(node.Errors(), HasSubstr("\"openssl_conf\""));
  }
}

// The daemon asked for a pass phrase on the terminal and waited, and took a key that anybody could
// read.
TEST_F(TlsTest, TheDaemonTakesNoKeyThatIsLockedOrOpenToOthers) {
  const std::string path = organisation_.folder() + "/tls/tls.key";
  ::chmod(path.c_str(), 0640);
  {
    test::NodeProcess node(organisation_.config_file());
    EXPECT_FALSE(node.started());
    EXPECT_EQ(node.Wait(), 3);
    EXPECT_THAT(node.Errors(), HasSubstr("chmod 600"));
  }
  ::chmod(path.c_str(), 0600);
  using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  const KeyPtr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  std::FILE* const file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  unsigned char phrase[] = "geheim";
  EXPECT_EQ(PEM_write_PrivateKey(file, key.get(), EVP_aes_256_cbc(), phrase, 6, nullptr, nullptr),
            1);
  EXPECT_EQ(std::fclose(file), 0);
  test::NodeProcess node(organisation_.config_file());
  EXPECT_FALSE(node.started());
  EXPECT_EQ(node.Wait(), 3);
  EXPECT_THAT(node.Errors(), HasSubstr("without a pass phrase"));
}

TEST_F(TlsTest, NoCertificateIsRefused) {
  EXPECT_FALSE(Meet(nullptr).accepted);
  EXPECT_THAT(Node().Errors(), HasSubstr("peer did not return a certificate"));
}

// Another CA with the very name of ours, and a certificate of it that claims a user of ours.
TEST_F(TlsTest, AnotherCaIsRefusedThoughItIssuesOurUri) {
  const auto other = client::MakeCa(organisation_.id(), NowSeconds());
  ASSERT_TRUE(other.ok());
  const Person person = organisation_.MakePersonWith(
      "lotte.maes", Named(client::UserUri(organisation_.id(), "lotte.maes")), *other, NowSeconds(),
      30);
  EXPECT_FALSE(Meet(&person).accepted);
  EXPECT_THAT(Node().Errors(), HasSubstr("certificate verify failed"));
}

TEST_F(TlsTest, AnotherOrganisationsCaIsRefused) {
  const auto other = client::MakeCa("politiezone-vaart.example", NowSeconds());
  ASSERT_TRUE(other.ok());
  const Person person = organisation_.MakePersonWith(
      "lotte.maes", Named(client::UserUri(organisation_.id(), "lotte.maes")), *other, NowSeconds(),
      30);
  EXPECT_FALSE(Meet(&person).accepted);
}

TEST_F(TlsTest, ACertificateOutsideItsDatesIsRefused) {
  constexpr int64_t kDay = 24 * 3600;
  for (const int64_t begin : {NowSeconds() - 40 * kDay, NowSeconds() + 2 * kDay}) {
    const Person person = organisation_.MakePersonWith(
        "lotte.maes", Named(client::UserUri(organisation_.id(), "lotte.maes")), organisation_.ca(),
        begin, 30);
    EXPECT_FALSE(Meet(&person).accepted) << begin;
  }
  EXPECT_THAT(Node().Errors(), HasSubstr("certificate verify failed"));
}

// A folder changed by renaming is read within seconds, without a restart (deploy/runbook.md).
TEST_F(TlsTest, TheNodeTakesANewCertificateFromARenamedFolder) {
  const Person person = organisation_.MakePerson("lotte.maes");
  const crypto::Hash before = Meet(&person).server_certificate;
  test::RenewNodeCertificate(organisation_, folder_.path() + "/tls");
  // The daemon looks every 5 seconds; a minute is a bound, not a wait.
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  crypto::Hash now = before;
  while (now == before && std::chrono::steady_clock::now() < end) {
    const test::HandshakeResult met = Meet(&person);
    ASSERT_TRUE(met.accepted) << met.why;
    now = met.server_certificate;
  }
  EXPECT_NE(now, before);
}

// --- what the handshake lets through: refused on the call, and in the log
// -------------------------

class RefusedCallTest : public TlsTest {
 protected:
  void SetUp() override {
    auditor_.emplace(organisation_.MakePerson("fg.wouters"));
    organisation_.Admit(Node().port(), *auditor_, {"privacy-officer"});
    lotte_.emplace(organisation_.MakePerson("lotte.maes"));
    organisation_.Admit(Node().port(), *lotte_, {"maatschappelijk-werker"});
  }

  // Refusals in the log, newest first, with who they were about.
  std::vector<node::v1::LogRow> Refusals() {
    client::Calls calls(organisation_.EndpointOf(*auditor_, Node().port()));
    node::v1::QueryLogRequest request;
    *request.mutable_context() = test::Oversight();
    request.set_reason("tests which refusals are in the log");
    request.add_operations(record::v1::OPERATION_REFUSAL);
    request.mutable_open()->set_actor(true);
    request.mutable_open()->set_decision_ref("BESLUIT-2026-1");
    const auto answer = calls.Do(request);
    EXPECT_TRUE(answer.ok()) << answer.failure().message.key;
    if (!answer.ok()) return {};
    return {answer->rows().begin(), answer->rows().end()};
  }

  bool MayList(const Person& person) {
    client::Calls calls(organisation_.EndpointOf(person, Node().port()));
    node::v1::ListSignalsRequest request;
    *request.mutable_context() = test::Intake();
    return calls.Do(request).ok();
  }

  // The handshake passes, the call does not, and one entry more says so about this certificate.
  void ExpectRefusedAndLogged(const Person& person, const std::string& code) {
    const std::vector<node::v1::LogRow> before = Refusals();
    EXPECT_TRUE(Meet(&person).accepted);
    EXPECT_FALSE(MayList(person));
    const std::vector<node::v1::LogRow> after = Refusals();
    ASSERT_EQ(after.size(), before.size() + 1);
    const node::v1::LogRow& row = after.front();
    EXPECT_EQ(row.act().refusal(), code);
    EXPECT_EQ(row.act().method(), "SignalService.ListSignals");
    const auto facts = client::FactsOf(person.certificate_pem);
    ASSERT_TRUE(facts.ok());
    EXPECT_EQ(row.actor().certificate_digest(), std::string(crypto::View(facts->digest)));
  }

  Person WithUri(const std::string& uri) {
    return organisation_.MakePersonWith("lotte.maes", Named(uri), organisation_.ca(), NowSeconds(),
                                        30);
  }

  std::optional<Person> auditor_;
  std::optional<Person> lotte_;
};

TEST_F(RefusedCallTest, ARegisteredPersonMayAndIsNoRefusal) {
  const size_t before = Refusals().size();
  EXPECT_TRUE(MayList(*lotte_));
  EXPECT_EQ(Refusals().size(), before);
}

TEST_F(RefusedCallTest, ARevokedUser) {
  ASSERT_TRUE(MayList(*lotte_));
  client::Calls calls(organisation_.EndpointOf(organisation_.administrator(), Node().port()));
  node::v1::RevokeUserRequest revoke;
  revoke.set_user_id("lotte.maes");
  revoke.set_reason("uit dienst");
  ASSERT_TRUE(calls.Do(revoke).ok());
  ExpectRefusedAndLogged(*lotte_, "unknown_user");
}

TEST_F(RefusedCallTest, AUserWhoIsNotRegistered) {
  ExpectRefusedAndLogged(organisation_.MakePerson("sam.claes"), "unknown_user");
}

TEST_F(RefusedCallTest, ARegisteredUserWithAKeyThatIsNotTheRegisteredOne) {
  ExpectRefusedAndLogged(organisation_.MakePerson("lotte.maes"), "unknown_user");
}

TEST_F(RefusedCallTest, TwoUrisInTheCertificate) {
  Person person = *std::move(lotte_);
  person.certificate_pem = test::WithUris(organisation_.ca(), person.tls_key_pem,
                                          {client::UserUri(organisation_.id(), "lotte.maes"),
                                           client::UserUri(organisation_.id(), "fg.wouters")});
  ExpectRefusedAndLogged(person, "bad_certificate");
}

TEST_F(RefusedCallTest, NoUriInTheCertificate) {
  Person person = *std::move(lotte_);
  person.certificate_pem = test::WithUris(organisation_.ca(), person.tls_key_pem, {});
  ExpectRefusedAndLogged(person, "bad_certificate");
}

TEST_F(RefusedCallTest, AnotherOrganisationsUriIssuedByTheOwnCa) {
  ExpectRefusedAndLogged(WithUri(client::UserUri("politiezone-vaart.example", "lotte.maes")),
                         "bad_certificate");
}

TEST_F(RefusedCallTest, TheUriOfTheNodeItself) {
  ExpectRefusedAndLogged(WithUri(client::NodeUri(organisation_.id())), "bad_certificate");
}

}  // namespace
}  // namespace sluis
