#include "server/manifest_loader.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>
#include <vector>

#include "server/terms_loader.h"

namespace sluis::server {
namespace {

constexpr char kRemedy[] =
    "; put it right here, or have the manifest made again from a new statement of this node (sluis "
    "partnership member)";

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

absl::StatusOr<std::string> ReadManifestFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::FailedPreconditionError("cannot read the manifest " + Quoted(path) +
                                         "; put the file there that sluis partnership assemble "
                                         "made");
  }
  std::string bytes(partnership::kMaxSignedManifestBytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(file.gcount()));
  return bytes;
}

// The one certificate in a PEM file, DER.
absl::StatusOr<std::string> ReadCertificate(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "r");
  X509* certificate = file ? PEM_read_X509(file, nullptr, nullptr, nullptr) : nullptr;
  if (file != nullptr) std::fclose(file);
  unsigned char* der = nullptr;
  const int length = certificate ? i2d_X509(certificate, &der) : -1;
  X509_free(certificate);
  ERR_clear_error();
  if (length < 0) {
    return absl::FailedPreconditionError("cannot read a certificate from " + Quoted(path));
  }
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return bytes;
}

absl::Status Differs(const std::string& what) {
  return absl::FailedPreconditionError(what + kRemedy);
}

absl::Status WithFile(const std::string& file, const absl::Status& status) {
  return absl::Status(status.code(), Quoted(file) + ": " + std::string(status.message()));
}

std::string Joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

bool HasKey(const partnership::Member& member, crypto::KeyPurpose purpose,
            const crypto::PublicKey& key) {
  return std::any_of(member.keys.begin(), member.keys.end(), [&](const partnership::Key& one) {
    return one.purpose == purpose && one.public_key == key;
  });
}

absl::StatusOr<partnership::SignedManifest> ReadManifest(const std::string& file) {
  absl::StatusOr<std::string> bytes = ReadManifestFile(file);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<partnership::SignedManifest> read = partnership::ReadSignedManifest(*bytes);
  if (!read.ok()) return WithFile(file, read.status());
  return read;
}

// Whether it may come into force after that one, null for none, as far as others say.
absl::Status CheckComesNext(const partnership::SignedManifest& next, const std::string& file,
                            const partnership::Manifest* before, const std::string& today) {
  absl::Status follows = partnership::CheckFollows(before, next.manifest);
  if (!follows.ok()) return WithFile(file, follows);
  const std::vector<std::string> missing = partnership::MissingSignatures(next, before, today);
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Quoted(file) + " is not signed as it must be by " + Joined(missing) +
      "; have it signed there (sluis partnership sign) and assemble it again");
}

}  // namespace

absl::StatusOr<core::ManifestChain> ManifestsBetween(
    const Config& config, const std::shared_ptr<const partnership::SignedManifest>& held,
    const std::string& today) {
  core::ManifestChain between;
  if (!held || config.manifest_file.empty()) return between;
  const absl::StatusOr<partnership::SignedManifest> named = ReadManifest(config.manifest_file);
  // Whoever loads it says so.
  if (!named.ok()) return between;
  const std::string first = config.manifest_file + "." + std::to_string(held->manifest.version + 1);
  if (named->manifest.version <= held->manifest.version + 1 || !std::ifstream(first)) {
    return between;
  }
  const partnership::Manifest* before = &held->manifest;
  for (uint64_t version = before->version + 1; version < named->manifest.version; ++version) {
    const std::string file = config.manifest_file + "." + std::to_string(version);
    absl::StatusOr<partnership::SignedManifest> read = ReadManifest(file);
    if (!read.ok()) return read.status();
    const absl::Status comes_next = CheckComesNext(*read, file, before, today);
    if (!comes_next.ok()) return comes_next;
    between.push_back(std::make_shared<const partnership::SignedManifest>(*std::move(read)));
    before = &between.back()->manifest;
  }
  return between;
}

absl::StatusOr<OwnKeys> LoadOwnKeys(const Config& config, const crypto::PublicKey& log,
                                    const std::string& today) {
  absl::StatusOr<ExchangeKeys> keys = LoadExchangeKeys(config, today);
  if (!keys.ok()) return keys.status();
  absl::StatusOr<std::string> ca = ReadCertificate(config.certificate_folder + "/ca.crt");
  if (!ca.ok()) return ca.status();
  return OwnKeys{log, keys->identity.public_key(), keys->receipt.public_key(), *std::move(ca)};
}

absl::Status CheckOwn(const partnership::Manifest& manifest, const std::string& file,
                      const Config& config, const OwnKeys& keys, const core::Terms& terms) {
  const partnership::Member* own = manifest.Find(config.organisation);
  if (own == nullptr) {
    return absl::FailedPreconditionError(Quoted(config.organisation) + " is not a member in " +
                                         Quoted(file) +
                                         "; install the manifest of its own partnership");
  }
  const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
  const std::pair<const char*, std::pair<std::string, std::string>> words[] = {
      {"kind", {config.kind, own->kind}},
      {"secrecy_regime", {word(config.secrecy_regime), word(own->secrecy_regime)}},
      {"host", {config.host, own->host}}};
  for (const auto& [key, values] : words) {
    if (values.first == values.second) continue;
    return Differs(Quoted(key) + " is " + Quoted(values.first) + " in the configuration and " +
                   Quoted(values.second) + " in " + Quoted(file));
  }
  if (own->ca_certificate != keys.ca_certificate) {
    return Differs(Quoted(config.certificate_folder + "/ca.crt") +
                   " is not the certificate that stands in " + Quoted(file));
  }
  const std::pair<crypto::KeyPurpose, std::pair<const char*, const crypto::PublicKey*>> used[] = {
      {crypto::KeyPurpose::kLog, {"keys.log", &keys.log}},
      {crypto::KeyPurpose::kIdentity, {"keys.identity", &keys.identity}},
      {crypto::KeyPurpose::kReceipt, {"receipt.key", &keys.receipt}},
      {crypto::KeyPurpose::kMandate, {"keys.mandate_public", &config.mandate_public}}};
  for (const auto& [purpose, named] : used) {
    if (HasKey(*own, purpose, *named.second)) continue;
    return Differs("the key of " + Quoted(named.first) + " is not in " + Quoted(file));
  }
  const policies::PackDigests& digests = terms.packs.digests();
  const std::pair<bool, const std::string*> packs[] = {
      {digests.statutory == manifest.statutory_pack, &config.statutory_pack},
      {digests.partnership == manifest.partnership_pack, &config.partnership_pack}};
  for (const auto& [same, path] : packs) {
    if (same) continue;
    return absl::FailedPreconditionError("the rule pack " + Quoted(*path) +
                                         " is not the one that " + Quoted(file) +
                                         " names; install the pack that the members agreed on");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const partnership::SignedManifest>> LoadManifest(
    const Config& config, const crypto::PublicKey& log, const core::Terms& terms,
    std::shared_ptr<const partnership::SignedManifest> held, const std::string& today) {
  const std::string& file = config.manifest_file;
  if (file.empty()) {
    if (!held) return held;
    return absl::FailedPreconditionError("the node is in the partnership " +
                                         Quoted(held->manifest.partnership) +
                                         "; name its manifest under \"partnership.manifest\"");
  }
  absl::StatusOr<partnership::SignedManifest> read = ReadManifest(file);
  if (!read.ok()) return read.status();
  absl::StatusOr<OwnKeys> keys = LoadOwnKeys(config, log, today);
  if (!keys.ok()) return keys.status();
  // The one in force was judged when it came into force; the node may have changed since.
  std::shared_ptr<const partnership::SignedManifest> next = held;
  if (!held || held->manifest.digest != read->manifest.digest) {
    const absl::Status comes_next =
        CheckComesNext(*read, file, held ? &held->manifest : nullptr, today);
    if (!comes_next.ok()) return comes_next;
    next = std::make_shared<const partnership::SignedManifest>(*std::move(read));
  }
  absl::Status own = CheckOwn(next->manifest, file, config, *keys, terms);
  if (!own.ok()) return own;
  return next;
}

}  // namespace sluis::server
