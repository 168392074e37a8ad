#ifndef SLUIS_TESTS_SUPPORT_ORGANISATION_H_
#define SLUIS_TESTS_SUPPORT_ORGANISATION_H_

#include <memory>
#include <string>
#include <vector>

#include "client/lib/calls.h"
#include "client/lib/certificate.h"
#include "client/lib/channel.h"
#include "crypto/signature.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::test {

// One person of a test organisation, with both keys and a certificate.
struct Person {
  std::string user_id;
  std::string tls_key_pem;
  std::string certificate_pem;
  crypto::SigningKey signing_key;
  record::v1::UserRequest request;
};

struct OrganisationOptions {
  std::string id = "caw-de-overzet.example";
  std::string kind = "welfare";
  bool secrecy_regime = true;
  int tick_ms = 50;
  int refusals_per_minute = 1000;
  // Partnership layer; empty for the shipped one.
  std::string partnership_pack;
  // Node layer, or empty.
  std::string node_pack;
  // Whether the configuration names a manifest (manifest.bin in the folder, which Partners writes)
  // and a listener for partners.
  bool in_partnership = false;
  // Whether it names a protocol besides (protocol.yaml, which Partners writes).
  bool protocol = false;
  // Longest cooling-off time in exercise, seconds; 0 for what the rules say.
  int exercise_cooling_off_s = 0;
};

// An organisation for tests: own CA, node certificate, keys, configuration file and a first
// administrator, all in one folder. Starts nothing. Fails the running test when something cannot be
// made.
class Organisation {
 public:
  explicit Organisation(std::string folder, OrganisationOptions options = {});

  const std::string& folder() const { return folder_; }
  const std::string& id() const { return options_.id; }
  std::string config_file() const { return folder_ + "/sluisd.yaml"; }
  std::string manifest_file() const { return folder_ + "/manifest.bin"; }
  const OrganisationOptions& options() const { return options_; }
  // The partnership layer that its configuration names.
  std::string PartnershipPack() const;
  // From now on the configuration names a partnership, or none.
  void SetInPartnership(bool in_partnership);
  // From now on the configuration shortens the cooling-off time of an exercise.
  void SetExerciseCoolingOff(int seconds);
  std::string data_folder() const { return folder_ + "/data"; }

  // A person with a certificate of this CA; not registered.
  Person MakePerson(const std::string& user_id) const;
  // The same with any names in the certificate, signed by any CA, valid for so many days from
  // `now_s`.
  Person MakePersonWith(const std::string& user_id, const client::LeafNames& names,
                        const client::CertifiedKey& ca, int64_t now_s, int days) const;
  const Person& administrator() const { return *administrator_; }
  const client::CertifiedKey& ca() const { return ca_; }
  const crypto::SigningKey& mandate_key() const { return mandate_key_; }
  const crypto::PublicKey& log_public() const { return log_public_; }
  const std::shared_ptr<const crypto::SigningKey>& identity_key() const { return identity_key_; }
  const crypto::PublicKey& receipt_public() const { return receipt_public_; }

  // A mandate for these roles, from an hour ago for `days`.
  record::v1::SignedMandate MakeMandate(const Person& person, const std::vector<std::string>& roles,
                                        int days = 30) const;
  record::v1::SignedMandateStatus MakeStatus(uint64_t number,
                                             std::vector<std::string> revoked) const;

  // How that person reaches a node of this organisation on 127.0.0.1.
  client::Endpoint EndpointOf(const Person& person, int port) const;

  // Registers the person as the administrator would, and gives the roles by one mandate.
  void Admit(int port, const Person& person, const std::vector<std::string>& roles,
             bool administrator = false) const;

  // Writes the configuration again with these lines at the end (for reload tests).
  void WriteConfig(const std::string& more = "") const;

 private:
  std::string folder_;
  OrganisationOptions options_;
  client::CertifiedKey ca_;
  crypto::SigningKey mandate_key_;
  crypto::PublicKey log_public_{};
  std::shared_ptr<const crypto::SigningKey> identity_key_;
  crypto::PublicKey receipt_public_{};
  std::unique_ptr<Person> administrator_;
};

// A context that the shipped packs permit for signals of the own node.
node::v1::RequestContext Intake(const std::string& role = "maatschappelijk-werker");
// A context for the privacy officer.
node::v1::RequestContext Oversight();
// A signal about a person that is well-formed everywhere.
record::v1::Signal PersonSignal(const std::string& subject_ref = "dossier-1");
// A signal about a place.
record::v1::Signal PlaceSignal();

}  // namespace sluis::test

#endif  // SLUIS_TESTS_SUPPORT_ORGANISATION_H_
