#include "tests/support/partnership.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "crypto/hash.h"

namespace sluis::tests {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

void AddBasicConstraints(X509* certificate, bool ca) {
  std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(X509V3_EXT_conf_nid(
      nullptr, nullptr, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE"));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) std::abort();
}

}  // namespace

std::string MakeSelfSigned(const std::string& name, bool ca) {
  std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  std::unique_ptr<X509, Freer<X509_free>> certificate(X509_new());
  if (!key || !certificate) std::abort();
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 10l * 365 * 24 * 3600);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  // A common name has at most 64 characters (RFC 5280, ub-common-name).
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.substr(0, 64).c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_set_pubkey(certificate.get(), key.get());
  AddBasicConstraints(certificate.get(), ca);
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) <= 0) std::abort();
  unsigned char* buffer = nullptr;
  const int length = i2d_X509(certificate.get(), &buffer);
  if (length <= 0) std::abort();
  std::string der(reinterpret_cast<char*>(buffer), static_cast<size_t>(length));
  OPENSSL_free(buffer);
  return der;
}

TestMember MakeTestMember(const std::string& organisation, crypto::Random& random) {
  using crypto::KeyPurpose;
  TestMember member;
  record::v1::Member& statement = member.statement;
  statement.set_organisation(organisation);
  statement.set_name("Organisatie " + organisation.substr(0, 100));
  statement.set_kind("welfare");
  statement.set_secrecy_regime(true);
  statement.set_host("Rekencentrum Vaartland");
  statement.set_zone("drie-sluizen");
  statement.set_ca_certificate(MakeSelfSigned(organisation));
  statement.add_addresses("node." + organisation + ":8444");
  for (const KeyPurpose purpose : {KeyPurpose::kIdentity, KeyPurpose::kLog, KeyPurpose::kWitness,
                                   KeyPurpose::kReceipt, KeyPurpose::kMandate}) {
    const auto added = member.keys.emplace(purpose, crypto::SigningKey::Generate(random));
    record::v1::MemberKey& key = *statement.add_keys();
    key.set_purpose(std::string(crypto::KeyPurposeName(purpose)));
    key.set_public_key(std::string(crypto::View(added.first->second.public_key())));
    key.set_not_before("2026-01-01");
    key.set_not_after("2026-12-31");
  }
  SortKeys(statement);
  return member;
}

void SortKeys(record::v1::Member& statement) {
  std::sort(statement.mutable_keys()->begin(), statement.mutable_keys()->end(),
            [](const auto& a, const auto& b) {
              return std::pair(a.purpose(), a.public_key()) <
                     std::pair(b.purpose(), b.public_key());
            });
}

partnership::Member ReadTestMember(const TestMember& member) {
  const auto bytes = partnership::SignMember(member.statement, member.identity());
  if (!bytes.ok()) std::abort();
  auto read = partnership::ReadSignedMember(*bytes);
  if (!read.ok()) std::abort();
  return *std::move(read);
}

partnership::Draft DraftOf(std::span<const TestMember* const> members) {
  partnership::Draft draft;
  draft.partnership = "livc-r.vaartland.example";
  draft.name = "LIVC R Vaartland";
  draft.state = record::v1::PARTNERSHIP_STATE_EXERCISE;
  for (const TestMember* member : members) draft.members.push_back(ReadTestMember(*member));
  draft.statutory_pack = crypto::Sha256("statutory");
  draft.partnership_pack = crypto::Sha256("partnership");
  return draft;
}

partnership::SignedManifest SignedBy(const partnership::Manifest& manifest,
                                     std::span<const TestMember* const> signers) {
  partnership::SignedManifest out;
  out.manifest = manifest;
  for (const TestMember* signer : signers) {
    record::v1::ManifestSignature& signature = out.signatures.emplace_back();
    signature.set_organisation(signer->statement.organisation());
    signature.set_signature(
        std::string(crypto::View(partnership::SignManifest(manifest, signer->identity()))));
  }
  std::sort(out.signatures.begin(), out.signatures.end(),
            [](const auto& a, const auto& b) { return a.organisation() < b.organisation(); });
  return out;
}

}  // namespace sluis::tests
