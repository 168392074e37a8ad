#include "tests/support/organisation.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "client/lib/signing.h"
#include "crypto/bytes.h"
#include "crypto/key_file.h"
#include "crypto/random.h"
#include "tests/support/places.h"

namespace sluis::test {
namespace {

int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The value, or the end of the test: without it nothing that follows means anything.
template <typename T>
T Must(client::Result<T> result, const char* what) {
  if (!result.ok()) throw std::runtime_error(std::string("test organisation: cannot make ") + what);
  return std::move(*result);
}

void WriteFile(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  if (!file) throw std::runtime_error("test organisation: cannot write " + path);
  ::chmod(path.c_str(), 0600);
}

crypto::SigningKey MakeKeyFile(const std::string& path, crypto::KeyPurpose purpose) {
  crypto::KeyFile file{purpose, "2199-12-31", crypto::SigningKey::Generate(crypto::SystemRandom())};
  const auto text = crypto::FormatKeyFile(file);
  if (!text.ok()) throw std::runtime_error("test organisation: cannot write " + path);
  WriteFile(path, crypto::View(text->expose()));
  return std::move(file.key);
}

}  // namespace

Organisation::Organisation(std::string folder, OrganisationOptions options)
    : folder_(std::move(folder)),
      options_(std::move(options)),
      ca_(Must(client::MakeCa(options_.id, NowSeconds()), "a CA")),
      mandate_key_(crypto::SigningKey::Generate(crypto::SystemRandom())) {
  const std::string tls = folder_ + "/tls";
  std::filesystem::create_directories(tls);
  std::filesystem::create_directories(folder_ + "/backup");
  const std::string key = Must(client::MakeTlsKey(), "a TLS key");
  const client::LeafNames names{
      .uri = client::NodeUri(options_.id), .dns = {"localhost"}, .ips = {"127.0.0.1"}};
  WriteFile(tls + "/tls.key", key);
  WriteFile(tls + "/tls.crt",
            Must(client::Issue(ca_, Must(client::MakeCertificateRequest(key, "node"), "a request"),
                               names, client::LeafUse::kNode, NowSeconds()),
                 "a node certificate"));
  WriteFile(tls + "/ca.crt", ca_.certificate_pem);

  log_public_ = MakeKeyFile(folder_ + "/log.key", crypto::KeyPurpose::kLog).public_key();
  identity_key_ = std::make_shared<const crypto::SigningKey>(
      MakeKeyFile(folder_ + "/identity.key", crypto::KeyPurpose::kIdentity));
  receipt_public_ =
      MakeKeyFile(folder_ + "/receipt.key", crypto::KeyPurpose::kReceipt).public_key();
  MakeKeyFile(folder_ + "/case.key", crypto::KeyPurpose::kCase);

  administrator_ = std::make_unique<Person>(MakePerson("beheer"));
  WriteFile(folder_ + "/first.request", administrator_->request.SerializeAsString());
  WriteConfig();
}

std::string Organisation::PartnershipPack() const {
  return options_.partnership_pack.empty()
             ? tests::InSources("/policies/packs/livc-r.vaartland.yaml")
             : options_.partnership_pack;
}

void Organisation::WriteConfig(const std::string& more) const {
  const std::string packs = tests::InSources("/policies/packs/");
  std::string text = "organisation: " + options_.id + "\nkind: " + options_.kind +
                     "\nhost: " + options_.id +
                     "\nsecrecy_regime: " + (options_.secrecy_regime ? "true" : "false") +
                     "\ndata_folder: data\nbackup_folder: backup\n"
                     "user_listener:\n  address: 127.0.0.1:0\n  certificate_folder: tls\n"
                     "keys:\n  log: log.key\n  identity: identity.key\n  mandate_public: " +
                     crypto::Base64Encode(crypto::View(mandate_key_.public_key())) +
                     "\npacks:\n  statutory: " + packs +
                     "statutory.be.yaml\n  partnership: " + PartnershipPack() + "\n";
  if (!options_.node_pack.empty()) text += "  node: " + options_.node_pack + "\n";
  if (options_.in_partnership) {
    text += "partnership:\n  manifest: manifest.bin\n";
    if (options_.protocol) text += "  protocol: protocol.yaml\n";
    if (options_.exercise_cooling_off_s != 0) {
      text += "  exercise_cooling_off_s: " + std::to_string(options_.exercise_cooling_off_s) + "\n";
    }
    text += "peer_listener:\n  address: 127.0.0.1:0\n";
  }
  text += "loopback:\n  address: 127.0.0.1:0\ntick_ms: " + std::to_string(options_.tick_ms) +
          "\nlow_water_mb: 1\nballast_mb: 1\nlimits:\n  refusals_per_minute: " +
          std::to_string(options_.refusals_per_minute) +
          "\nfirst_administrator:\n  request: first.request\nopenssl_conf: " +
          tests::InSources("/deploy/openssl.cnf\n") + more;
  WriteFile(config_file(), text);
}

void Organisation::SetInPartnership(bool in_partnership) {
  options_.in_partnership = in_partnership;
  WriteConfig();
}

void Organisation::SetExerciseCoolingOff(int seconds) {
  options_.exercise_cooling_off_s = seconds;
  WriteConfig();
}

Person Organisation::MakePerson(const std::string& user_id) const {
  return MakePersonWith(user_id,
                        {.uri = client::UserUri(options_.id, user_id), .dns = {}, .ips = {}}, ca_,
                        NowSeconds(), client::kLeafDays);
}

Person Organisation::MakePersonWith(const std::string& user_id, const client::LeafNames& names,
                                    const client::CertifiedKey& ca, int64_t now_s, int days) const {
  Person person{.user_id = user_id,
                .tls_key_pem = Must(client::MakeTlsKey(), "a TLS key"),
                .certificate_pem = {},
                .signing_key = crypto::SigningKey::Generate(crypto::SystemRandom()),
                .request = {}};
  const std::string request =
      Must(client::MakeCertificateRequest(person.tls_key_pem, user_id), "a request");
  person.certificate_pem =
      Must(client::Issue(ca, request, names, client::LeafUse::kUser, now_s, days), "a certificate");
  person.request = client::SignUserRequest(user_id, request, person.signing_key);
  return person;
}

record::v1::SignedMandate Organisation::MakeMandate(const Person& person,
                                                    const std::vector<std::string>& roles,
                                                    int days) const {
  record::v1::Mandate mandate;
  mandate.set_mandate_id(std::string(crypto::View(crypto::SystemRandom().Array<16>())));
  mandate.set_organisation(options_.id);
  mandate.set_user_id(person.user_id);
  mandate.set_signing_key(std::string(crypto::View(person.signing_key.public_key())));
  for (const std::string& role : roles) mandate.add_roles(role);
  const auto begin = static_cast<uint64_t>(NowSeconds() - 3600);
  mandate.set_not_before_s(begin);
  mandate.set_not_after_s(begin + static_cast<uint64_t>(days) * 24 * 3600);
  return client::SignMandate(mandate, mandate_key_);
}

record::v1::SignedMandateStatus Organisation::MakeStatus(uint64_t number,
                                                         std::vector<std::string> revoked) const {
  record::v1::MandateStatus status;
  status.set_organisation(options_.id);
  status.set_number(number);
  std::sort(revoked.begin(), revoked.end());
  for (std::string& id : revoked) status.add_revoked(std::move(id));
  status.set_issued_at_s(static_cast<uint64_t>(NowSeconds()));
  return client::SignMandateStatus(status, mandate_key_);
}

client::Endpoint Organisation::EndpointOf(const Person& person, int port) const {
  return {.address = "127.0.0.1:" + std::to_string(port),
          .organisation = options_.id,
          .ca_pem = ca_.certificate_pem,
          .certificate_pem = person.certificate_pem,
          .key_pem = person.tls_key_pem};
}

void Organisation::Admit(int port, const Person& person, const std::vector<std::string>& roles,
                         bool administrator) const {
  client::Calls calls(EndpointOf(*administrator_, port));
  node::v1::AddUserRequest add;
  *add.mutable_request() = person.request;
  add.set_administrator(administrator);
  Must(calls.Do(add), "a registered user");
  if (roles.empty()) return;
  node::v1::AddMandateRequest mandate;
  *mandate.mutable_mandate() = MakeMandate(person, roles);
  Must(calls.Do(mandate), "a stored mandate");
}

node::v1::RequestContext Intake(const std::string& role) {
  node::v1::RequestContext context;
  context.set_role(role);
  context.set_purpose("signaal-intake");
  context.set_basis("vl-prev-2024");
  context.set_case_ref("INTAKE");
  return context;
}

node::v1::RequestContext Oversight() {
  node::v1::RequestContext context;
  context.set_role("privacy-officer");
  context.set_purpose("toezicht");
  context.set_basis("eu-gdpr-accountability");
  return context;
}

record::v1::Signal PlaceSignal() {
  record::v1::Signal signal;
  record::v1::SignalContent& content = *signal.mutable_content();
  record::v1::Statement& fact = *content.add_statements();
  fact.set_assertion(record::v1::ASSERTION_FACT);
  fact.set_text("Drie stickers met een gewelddadig symbool aan de bushalte.");
  record::v1::Statement& reading = *content.add_statements();
  reading.set_assertion(record::v1::ASSERTION_ASSESSMENT);
  reading.set_text("Waarschijnlijk door voorbijgangers, niet door de buurt.");
  content.set_category("fenomeen");
  content.set_onlife(record::v1::ONLIFE_OFFLINE);
  content.set_source_mode(record::v1::SOURCE_MODE_ENCOUNTERED);
  content.add_risk_factors("Het symbool duikt vaker op.");
  content.add_protective_factors("De buurt start een muurschildering.");
  content.set_observed_on("2026-01-15");
  content.set_place("Stationsbuurt");
  content.set_channel(record::v1::CHANNEL_OWN_OBSERVATION);
  content.set_normative_border(record::v1::NORMATIVE_BORDER_NONE_NAMED);
  content.set_subject_kind(record::v1::SUBJECT_KIND_PLACE);
  signal.mutable_marks()->set_tlp(record::v1::TLP_AMBER);
  signal.mutable_marks()->set_secret(true);
  return signal;
}

record::v1::Signal PersonSignal(const std::string& subject_ref) {
  record::v1::Signal signal = PlaceSignal();
  record::v1::SignalContent& content = *signal.mutable_content();
  content.mutable_statements(0)->set_text(
      "Zegt sinds zijn ontslag dat hulpverleners de vijand zijn.");
  content.mutable_statements(1)->set_text("Klinkt eerder gekwetst dan vijandig.");
  content.set_category("gedrag-offline");
  content.set_subject_kind(record::v1::SUBJECT_KIND_PERSON);
  content.set_subject_ref(subject_ref);
  content.set_age_band(record::v1::AGE_BAND_25_TO_39);
  content.set_client_informed(record::v1::CLIENT_INFORMED_YES);
  content.set_client_agrees(record::v1::CLIENT_AGREES_YES);
  content.set_contributor("buurtwerker van het wijkhuis");
  return signal;
}

}  // namespace sluis::test
