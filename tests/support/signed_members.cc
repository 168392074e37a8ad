#include "tests/support/signed_members.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "client/lib/certificate.h"
#include "crypto/random.h"

namespace sluis::test {
namespace {

constexpr char kFirstDay[] = "2020-01-01";
constexpr char kLastDay[] = "2199-12-31";

int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

template <typename T>
T Must(absl::StatusOr<T> result, const char* what) {
  if (result.ok()) return *std::move(result);
  throw std::runtime_error(std::string("test partnership: cannot make ") + what + ": " +
                           std::string(result.status().message()));
}

std::string DerOf(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  unsigned char* der = nullptr;
  const int length = certificate != nullptr ? i2d_X509(certificate, &der) : -1;
  X509_free(certificate);
  if (length < 0) throw std::runtime_error("test partnership: a CA certificate cannot be read");
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return bytes;
}

std::string FreshCa(const std::string& organisation) {
  auto ca = client::MakeCa(organisation, NowSeconds());
  if (!ca.ok()) throw std::runtime_error("test partnership: cannot make a CA");
  return ca->certificate_pem;
}

crypto::PublicKey FreshKey() {
  return crypto::SigningKey::Generate(crypto::SystemRandom()).public_key();
}

}  // namespace

MemberKit MakeMember(const MemberSpec& spec) {
  std::shared_ptr<const crypto::SigningKey> identity = spec.identity;
  if (!identity) {
    identity = std::make_shared<const crypto::SigningKey>(
        crypto::SigningKey::Generate(crypto::SystemRandom()));
  }
  record::v1::Member member;
  member.set_organisation(spec.organisation);
  member.set_name("Proeflid " + spec.organisation);
  member.set_kind(spec.kind);
  member.set_secrecy_regime(spec.secrecy_regime);
  member.set_host(spec.host.empty() ? spec.organisation : spec.host);
  member.set_zone(spec.zone);
  member.set_ca_certificate(DerOf(spec.ca_pem.empty() ? FreshCa(spec.organisation) : spec.ca_pem));
  // In the order of their names, as a manifest has them.
  const std::pair<const char*, crypto::PublicKey> keys[] = {
      {"identity", identity->public_key()},
      {"log", spec.log.value_or(FreshKey())},
      {"mandate", spec.mandate.value_or(FreshKey())},
      {"receipt", spec.receipt.value_or(FreshKey())},
      {"witness", FreshKey()}};
  for (const auto& [purpose, key] : keys) {
    record::v1::MemberKey& added = *member.add_keys();
    added.set_purpose(purpose);
    added.set_public_key(std::string(crypto::View(key)));
    added.set_not_before(kFirstDay);
    added.set_not_after(kLastDay);
  }
  const std::string statement =
      Must(partnership::SignMember(member, *identity), "the statement of a member");
  return {Must(partnership::ReadSignedMember(statement), "a member"), std::move(identity)};
}

partnership::SignedManifest MakeSigned(const std::vector<const MemberKit*>& members,
                                       const ManifestSpec& spec) {
  partnership::Draft draft;
  draft.partnership = spec.partnership;
  draft.name = "LIVC R Vaartland (proef)";
  draft.state = spec.state;
  draft.statutory_pack = spec.statutory_pack;
  draft.partnership_pack = spec.partnership_pack;
  for (const MemberKit* kit : members) draft.members.push_back(kit->member);
  partnership::SignedManifest out{Must(partnership::MakeManifest(draft, spec.held), "a manifest"),
                                  {}};
  for (const partnership::Member& member : out.manifest.members) {
    const std::string& organisation = member.organisation;
    if (std::count(spec.unsigned_by.begin(), spec.unsigned_by.end(), organisation) > 0) continue;
    const auto kit = std::find_if(members.begin(), members.end(), [&](const MemberKit* one) {
      return one->member.organisation == organisation;
    });
    record::v1::ManifestSignature& signature = out.signatures.emplace_back();
    signature.set_organisation(organisation);
    signature.set_signature(
        std::string(crypto::View(partnership::SignManifest(out.manifest, *(*kit)->identity))));
  }
  return out;
}

void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.close();
  if (!file) throw std::runtime_error("test partnership: cannot write " + path);
}

}  // namespace sluis::test
