#include "client/lib/node_renewal.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <utility>

#include "client/lib/own_files.h"
#include "client/lib/text.h"
#include "crypto/secret.h"

namespace sluis::client {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxPemBytes = 64 << 10;
constexpr int64_t kDaySeconds = 24 * 3600;

Failure Wrong(std::string key, std::string name, std::string value) {
  return {Exit::kUsage, {std::move(key), {{std::move(name), std::move(value)}}}, nullptr};
}
Failure WrongPath(std::string key, const std::string& path) {
  return Wrong(std::move(key), "path", path);
}

// What the folder in force says, checked against its own CA.
struct InForce {
  std::string ca_pem;
  LeafNames names;
};

Result<InForce> ReadInForce(const RenewalPlan& plan, int64_t now_s) {
  const Result<std::string> ca = ReadWhole(plan.folder + "/ca.crt", kMaxPemBytes);
  if (!ca.ok()) return ca.failure();
  const Result<std::string> certificate = ReadWhole(plan.folder + "/tls.crt", kMaxPemBytes);
  if (!certificate.ok()) return certificate.failure();
  const Result<CertificateFacts> ca_facts = FactsOf(*ca);
  if (!ca_facts.ok()) return ca_facts.failure();
  const Result<CertificateFacts> facts = FactsOf(*certificate);
  if (!facts.ok()) return facts.failure();
  // The folder lies on the node: what it names is signed again only if the CA signed it before.
  if (!IsSignedBy(*certificate, *ca)) return WrongPath("renew.not_of_ca", plan.folder);
  if (facts->uris.size() != 1 || !facts->uris.front().ends_with("/node")) {
    return WrongPath("renew.no_node", plan.folder);
  }
  if (ca_facts->not_after_s < now_s + plan.days * kDaySeconds) {
    return Wrong("renew.ca_ends", "day", LegalDay(ca_facts->not_after_s));
  }
  return InForce{*ca, {facts->uris.front(), facts->dns, facts->ips}};
}

// Both halves of the new pair.
struct Pair {
  std::string key_pem;
  std::string certificate_pem;
};

Result<Pair> MakePair(const RenewalPlan& plan, const InForce& now, int64_t now_s) {
  Result<std::string> ca_key = ReadSecret(plan.ca_key_path, kMaxPemBytes);
  if (!ca_key.ok()) return ca_key.failure();
  CertifiedKey ca{std::move(*ca_key), now.ca_pem};
  if (!Matches(ca.certificate_pem, ca.key_pem)) {
    crypto::Wipe(ca.key_pem);
    return WrongPath("renew.other_ca", plan.ca_key_path);
  }
  Result<std::string> key = MakeTlsKey();
  Result<std::string> certificate = Failure{};
  if (key.ok()) {
    const Result<std::string> request = MakeCertificateRequest(*key, now.names.uri);
    certificate = request.ok() ? Issue(ca, *request, now.names, LeafUse::kNode, now_s, plan.days)
                               : Result<std::string>(request.failure());
  }
  crypto::Wipe(ca.key_pem);
  if (!key.ok()) return key.failure();
  if (!certificate.ok()) {
    crypto::Wipe(*key);
    return certificate.failure();
  }
  return Pair{std::move(*key), std::move(*certificate)};
}

// Gives what root made to the account that the folder belongs to.
Step GiveTo(const std::string& path, const struct stat& owner) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return WrongPath("file.failed", path);
  if (facts.st_uid == owner.st_uid && facts.st_gid == owner.st_gid) return std::nullopt;
  if (chown(path.c_str(), owner.st_uid, owner.st_gid) != 0) {
    return WrongPath("renew.not_owner", path);
  }
  return std::nullopt;
}

Step WriteFolder(const std::string& folder, const Pair& pair, const std::string& ca_pem,
                 const struct stat& owner) {
  if (Step failure = MakePrivateFolder(folder)) return failure;
  struct File {
    const char* name;
    const std::string& text;
    FileMode mode;
  };
  for (const File& file : {File{"/tls.key", pair.key_pem, FileMode::kPrivate},
                           File{"/tls.crt", pair.certificate_pem, FileMode::kPublic},
                           File{"/ca.crt", ca_pem, FileMode::kPublic}}) {
    const std::string path = folder + file.name;
    if (Step failure = WriteNew(path, file.text, file.mode)) return failure;
    if (Step failure = GiveTo(path, owner)) return failure;
  }
  return GiveTo(folder, owner);
}

// As it is renamed: absolute, and without a slash behind it.
std::string Named(const std::string& folder) {
  std::string path = fs::absolute(folder).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool SyncFolder(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = fsync(fd) == 0;
  close(fd);
  return done;
}

}  // namespace

Result<Renewed> RenewNodeCertificate(const RenewalPlan& plan, int64_t now_s) {
  const std::string folder = Named(plan.folder);
  struct stat owner {};
  if (stat(folder.c_str(), &owner) != 0) return WrongPath("file.absent", folder);
  const Result<InForce> now = ReadInForce(plan, now_s);
  if (!now.ok()) return now.failure();
  Result<Pair> pair = MakePair(plan, *now, now_s);
  if (!pair.ok()) return pair.failure();
  const Result<CertificateFacts> facts = FactsOf(pair->certificate_pem);

  const std::string next = folder + ".next";
  const std::string previous = folder + ".previous";
  std::error_code error;
  fs::remove_all(next, error);  // of a renewal that was cut short
  Step failure = WriteFolder(next, *pair, now->ca_pem, owner);
  crypto::Wipe(pair->key_pem);
  if (!failure && !facts.ok()) failure = facts.failure();
  if (!failure &&
      renameat2(AT_FDCWD, next.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) != 0) {
    failure = WrongPath("renew.not_exchanged", folder);
  }
  if (failure) {
    fs::remove_all(next, error);
    return *std::move(failure);
  }
  // From here on the new one is in force, and `next` is the earlier one.
  fs::remove_all(previous, error);
  fs::rename(next, previous, error);
  if (error || !SyncFolder(fs::path(folder).parent_path().string())) {
    return WrongPath("renew.not_kept", next);
  }
  return Renewed{*facts, previous};
}

}  // namespace sluis::client
