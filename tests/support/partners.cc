#include "tests/support/partners.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/key_file.h"
#include "crypto/random.h"
#include "policies/pack_yaml.h"
#include "policies/protocol_signatures.h"
#include "policies/protocol_yaml.h"
#include "tests/support/places.h"

namespace sluis::test {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <typename T>
T Must(absl::StatusOr<T> result, const char* what) {
  if (!result.ok()) {
    throw std::runtime_error(std::string("test partnership: ") + what + ": " +
                             std::string(result.status().message()));
  }
  return *std::move(result);
}

std::string DerOf(const std::string& pem) {
  const std::unique_ptr<BIO, Freer<BIO_free>> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<X509, Freer<X509_free>> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  unsigned char* der = nullptr;
  const int length = certificate ? i2d_X509(certificate.get(), &der) : 0;
  if (length <= 0) throw std::runtime_error("test partnership: no CA certificate");
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return out;
}

// After the advices of the example.
constexpr char kSignedOn[] = "2026-07-01";

crypto::Hash PackDigest(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return Must(policies::ParsePack(path, text), "pack").digest;
}

// The example with these parties instead of its own.
std::string ProtocolText(const std::vector<const Organisation*>& members) {
  YAML::Node text = YAML::LoadFile(tests::InSources("/docs/examples/protocol.vaartland.yaml"));
  YAML::Node parties, advices, grounds, publications;
  for (const Organisation* member : members) {
    YAML::Node party = YAML::Clone(text["partijen"][0]);
    party["organisatie"] = member->id();
    party["soort"] = member->options().kind;
    parties.push_back(party);
    YAML::Node advice = YAML::Clone(text["functionarissen"][0]);
    advice["partij"] = member->id();
    advices.push_back(advice);
    YAML::Node ground = YAML::Clone(text["rechtsgronden"]["inzameling"][0]);
    ground["partij"] = member->id();
    grounds.push_back(ground);
    YAML::Node publication = YAML::Clone(text["bekendmaking"][0]);
    publication["partij"] = member->id();
    publications.push_back(publication);
  }
  text["partijen"] = parties;
  text["functionarissen"] = advices;
  text["rechtsgronden"]["inzameling"] = grounds;
  text["bekendmaking"] = publications;
  text["duur"]["herziening"] = text["duur"]["tot"].Scalar();
  // A clause may name only kinds that some party is of.
  for (YAML::Node clause : text["mededelingen"]) {
    for (const char* side : {"van", "naar"}) {
      YAML::Node named;
      for (const Organisation* member : members) named.push_back(member->id());
      clause[side] = named;
    }
  }
  return YAML::Dump(text) + "\n";
}

}  // namespace

record::v1::Member Partners::StatementOf(const Organisation& organisation,
                                         const ManifestForm& form) {
  record::v1::Member member;
  member.set_organisation(organisation.id());
  member.set_name("Organisatie " + organisation.id());
  member.set_kind(organisation.options().kind);
  member.set_secrecy_regime(organisation.options().secrecy_regime);
  member.set_host(organisation.id());
  member.set_zone("drie-sluizen");
  const auto pinned = form.pinned.find(organisation.id());
  member.set_ca_certificate(
      DerOf(pinned == form.pinned.end() ? organisation.ca().certificate_pem : pinned->second));
  if (const auto found = form.addresses.find(organisation.id()); found != form.addresses.end()) {
    for (const std::string& address : found->second) member.add_addresses(address);
  }
  std::vector<crypto::PublicKey>& spare = spare_keys_[organisation.id()];
  if (spare.empty()) {
    spare.push_back(crypto::SigningKey::Generate(crypto::SystemRandom()).public_key());
  }
  const std::pair<crypto::KeyPurpose, crypto::PublicKey> keys[] = {
      {crypto::KeyPurpose::kIdentity, organisation.identity_key()->public_key()},
      {crypto::KeyPurpose::kLog, organisation.log_public()},
      {crypto::KeyPurpose::kMandate, organisation.mandate_key().public_key()},
      {crypto::KeyPurpose::kReceipt, organisation.receipt_public()},
      {crypto::KeyPurpose::kWitness, spare[0]}};
  for (const auto& [purpose, key] : keys) {
    record::v1::MemberKey& stated = *member.add_keys();
    stated.set_purpose(std::string(crypto::KeyPurposeName(purpose)));
    stated.set_public_key(std::string(crypto::View(key)));
    stated.set_not_before("2020-01-01");
    stated.set_not_after("2199-12-31");
  }
  return member;
}

const partnership::SignedManifest& Partners::Next(const std::vector<const Organisation*>& members,
                                                  const ManifestForm& form) {
  partnership::Draft draft;
  draft.partnership = "livc-r.vaartland.example";
  draft.name = "LIVC R Vaartland";
  draft.state = form.state;
  draft.statutory_pack = PackDigest(tests::InSources("/policies/packs/statutory.be.yaml"));
  draft.partnership_pack = PackDigest(members.front()->PartnershipPack());
  for (const Organisation* organisation : members) {
    const std::string statement = Must(
        partnership::SignMember(StatementOf(*organisation, form), *organisation->identity_key()),
        "statement");
    draft.members.push_back(Must(partnership::ReadSignedMember(statement), "member"));
  }
  const partnership::Manifest* held = manifests_.empty() ? nullptr : &manifests_.back().manifest;
  partnership::SignedManifest next;
  next.manifest = Must(partnership::MakeManifest(draft, held), "manifest");
  for (const Organisation* organisation : members) {
    record::v1::ManifestSignature& signature = next.signatures.emplace_back();
    signature.set_organisation(organisation->id());
    signature.set_signature(std::string(
        crypto::View(partnership::SignManifest(next.manifest, *organisation->identity_key()))));
  }
  std::sort(next.signatures.begin(), next.signatures.end(),
            [](const auto& a, const auto& b) { return a.organisation() < b.organisation(); });
  manifests_.push_back(std::move(next));
  return manifests_.back();
}

void Partners::InstallProtocol(const std::vector<const Organisation*>& members,
                               const Organisation& organisation) const {
  const std::string text = ProtocolText(members);
  const policies::ProtocolReading read = policies::ReadProtocol("protocol.yaml", text);
  if (!read.protocol) {
    throw std::runtime_error("test partnership: " + read.faults.front().ToString());
  }
  policies::ProtocolSignatures signatures;
  signatures.digest = read.protocol->digest;
  for (const Organisation* member : members) {
    signatures.Add(policies::SignProtocol(read.protocol->digest, member->id(), kSignedOn,
                                          *member->identity_key()));
  }
  const std::filesystem::path folder =
      std::filesystem::path(organisation.manifest_file()).parent_path();
  std::ofstream protocol(folder / "protocol.yaml", std::ios::binary | std::ios::trunc);
  protocol << text;
  std::ofstream signed_by(folder / "protocol.yaml.signatures", std::ios::binary | std::ios::trunc);
  signed_by << signatures.Serialise();
  protocol.close();
  signed_by.close();
  if (!protocol || !signed_by) {
    throw std::runtime_error("test partnership: cannot write the protocol");
  }
}

void Partners::Install(const Organisation& organisation) const {
  std::ofstream file(organisation.manifest_file(), std::ios::binary | std::ios::trunc);
  file << manifests_.back().Serialise();
  file.close();
  if (!file) throw std::runtime_error("test partnership: cannot write the manifest");
}

}  // namespace sluis::test
