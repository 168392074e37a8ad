#include "client/lib/node_files.h"

#include <arpa/inet.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/signing.h"
#include "client/lib/text.h"
#include "crypto/secret.h"

namespace sluis::client {
namespace {

constexpr size_t kMaxPackBytes = 8 << 20;  // above what a pack may be
constexpr size_t kMaxHostLength = 120;
constexpr int64_t kDaySeconds = 24 * 3600;
constexpr int64_t kNodeKeyDays = 2 * 365;
// As long as the CA: every checkpoint ever shown is signed by it, and no other can take its place.
constexpr int64_t kLogKeyDays = kCaDays;
constexpr int64_t kMandateKeyDays = 5 * 365;

// TLS 1.2 is taken away as a protocol: a lowest version would be overridden by the TLS library.
constexpr char kOpensslConf[] =
    "openssl_conf = sluis\n\n[sluis]\nssl_conf = sluis_ssl\n\n[sluis_ssl]\n"
    "system_default = sluis_tls\n\n[sluis_tls]\nProtocol = -TLSv1.2\n";

Failure Wrong(std::string key, const std::string& value) {
  return {Exit::kUsage, {std::move(key), {{"value", value}}}, nullptr};
}

struct HostPort {
  std::string host;
  std::string port;
};

// "host:port", "[v6]:port"; an empty host when it is neither.
HostPort Split(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return {};
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return {};
  }
  const std::string port = address.substr(colon + 1);
  unsigned number = 65536;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number > 65535) return {};
  return {host, port};
}

bool IsIp(const std::string& host) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

bool IsAnyAddress(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

// Names that users may dial: those given and the hosts of both addresses.
LeafNames NamesOf(const NodePlan& plan) {
  LeafNames names{NodeUri(plan.organisation), plan.dns, plan.ips};
  for (const std::string& address : {plan.address, plan.listen}) {
    const std::string host = Split(address).host;
    if (host.empty() || IsAnyAddress(host)) continue;
    std::vector<std::string>& list = IsIp(host) ? names.ips : names.dns;
    if (std::find(list.begin(), list.end(), host) == list.end()) list.push_back(host);
  }
  return names;
}

std::string Configuration(const NodePlan& plan, const std::string& mandate_public,
                          const std::string& request_path) {
  const auto in = [&](const char* name) { return plan.folder + "/" + name; };
  YAML::Node yaml;
  yaml["organisation"] = plan.organisation;
  yaml["kind"] = plan.kind;
  yaml["host"] = plan.host;
  yaml["secrecy_regime"] = plan.secrecy_regime;
  yaml["data_folder"] = in("data");
  yaml["backup_folder"] = in("backup");
  yaml["key_copy_days"] = 14;
  yaml["user_listener"]["address"] = plan.listen;
  yaml["user_listener"]["certificate_folder"] = in("tls");
  yaml["keys"]["log"] = in("keys/log.key");
  yaml["keys"]["identity"] = in("keys/identity.key");
  yaml["keys"]["mandate_public"] = mandate_public;
  yaml["packs"]["statutory"] = in("packs/statutory.yaml");
  yaml["packs"]["partnership"] = in("packs/partnership.yaml");
  if (!plan.node_pack.empty()) yaml["packs"]["node"] = in("packs/node.yaml");
  yaml["loopback"]["address"] = "127.0.0.1:9464";
  yaml["tick_ms"] = 1000;
  yaml["heartbeat_s"] = 600;
  yaml["low_water_mb"] = 256;
  yaml["ballast_mb"] = 16;
  yaml["limits"]["refusals_per_minute"] = 30;
  yaml["first_administrator"]["request"] = request_path;
  yaml["openssl_conf"] = in("openssl.cnf");
  YAML::Emitter out;
  out << yaml;
  return std::string(out.c_str()) + "\n";
}

Step CopyPack(const std::string& from, const std::string& to) {
  const Result<std::string> bytes = ReadWhole(from, kMaxPackBytes);
  if (!bytes.ok()) return bytes.failure();
  return WriteNew(to, *bytes, FileMode::kPublic);
}

// Stops at the first step that fails.
class Steps {
 public:
  void Take(Step failure) {
    if (!failure_ && failure) failure_ = std::move(failure);
  }
  bool failed() const { return failure_.has_value(); }
  const Failure& failure() const { return *failure_; }

 private:
  Step failure_;
};

// Certificate of the node, in its folder.
Step MakeTls(const NodePlan& plan, const CertifiedKey& ca, int64_t now_s) {
  Result<std::string> key = MakeTlsKey();
  if (!key.ok()) return key.failure();
  const Result<std::string> request = MakeCertificateRequest(*key, plan.organisation);
  if (!request.ok()) return request.failure();
  const Result<std::string> certificate = Issue(ca, *request, NamesOf(plan), LeafUse::kNode, now_s);
  if (!certificate.ok()) return certificate.failure();
  Step failure = WriteNew(plan.folder + "/tls/tls.key", *key, FileMode::kPrivate);
  crypto::Wipe(*key);
  if (!failure) failure = WriteNew(plan.folder + "/tls/tls.crt", *certificate, FileMode::kPublic);
  if (!failure) {
    failure = WriteNew(plan.folder + "/tls/ca.crt", ca.certificate_pem, FileMode::kPublic);
  }
  return failure;
}

}  // namespace

Step CheckPlan(const NodePlan& plan) {
  if (!IsOrganisationId(plan.organisation))
    return Wrong("user.bad_organisation", plan.organisation);
  if (plan.kind != "municipality" && plan.kind != "police-zone" && plan.kind != "welfare") {
    return Wrong("init.bad_kind", plan.kind);
  }
  if (plan.host.empty() || !IsUtf8(plan.host) || Length(plan.host) > kMaxHostLength) {
    return Wrong("init.bad_host", plan.host);
  }
  for (const std::string& address : {plan.listen, plan.address}) {
    if (Split(address).host.empty()) return Wrong("init.bad_address", address);
  }
  if (IsAnyAddress(Split(plan.address).host)) return Wrong("init.any_address", plan.address);
  for (const std::string& ip : plan.ips) {
    if (!IsIp(ip)) return Wrong("init.bad_address", ip);
  }
  return std::nullopt;
}

Result<NodeMade> MakeNodeFiles(const NodePlan& plan, int64_t now_s) {
  if (Step failure = CheckPlan(plan)) return *std::move(failure);
  const auto in = [&](const std::string& name) { return plan.folder + "/" + name; };
  if (Exists(in("sluisd.yaml"))) {
    return Failure{Exit::kUsage, {"init.exists", {{"path", plan.folder}}}, nullptr};
  }
  Steps steps;
  for (const char* name : {"tls", "keys", "packs", "data", "backup", "ca", "mandate"}) {
    steps.Take(MakePrivateFolder(in(name)));
  }
  if (steps.failed()) return steps.failure();
  Result<CertifiedKey> ca = MakeCa(plan.organisation, now_s);
  if (!ca.ok()) return ca.failure();
  steps.Take(WriteNew(in("ca/ca.key"), ca->key_pem, FileMode::kPrivate));
  steps.Take(WriteNew(in("ca/ca.crt"), ca->certificate_pem, FileMode::kPublic));
  steps.Take(MakeTls(plan, *ca, now_s));
  const auto not_after = [now_s](crypto::KeyPurpose purpose) {
    const bool stays = purpose == crypto::KeyPurpose::kLog || purpose == crypto::KeyPurpose::kCase;
    const int64_t days = stays ? kLogKeyDays : kNodeKeyDays;
    return LegalDay(now_s + days * kDaySeconds);
  };
  for (const auto& [name, purpose] : {std::pair{"keys/log.key", crypto::KeyPurpose::kLog},
                                      std::pair{"keys/identity.key", crypto::KeyPurpose::kIdentity},
                                      std::pair{"keys/witness.key", crypto::KeyPurpose::kWitness},
                                      std::pair{"keys/receipt.key", crypto::KeyPurpose::kReceipt},
                                      std::pair{"keys/case.key", crypto::KeyPurpose::kCase}}) {
    const Result<crypto::KeyFile> key = MakeKey(in(name), purpose, not_after(purpose));
    if (!key.ok()) steps.Take(key.failure());
  }
  const Result<crypto::KeyFile> mandate =
      MakeKey(in("mandate/mandate.key"), crypto::KeyPurpose::kMandate,
              LegalDay(now_s + kMandateKeyDays * kDaySeconds));
  if (!mandate.ok()) return mandate.failure();
  steps.Take(CopyPack(plan.statutory_pack, in("packs/statutory.yaml")));
  steps.Take(CopyPack(plan.partnership_pack, in("packs/partnership.yaml")));
  if (!plan.node_pack.empty()) steps.Take(CopyPack(plan.node_pack, in("packs/node.yaml")));
  steps.Take(WriteNew(in("openssl.cnf"), kOpensslConf, FileMode::kPublic));
  const std::string request_path = in("first-administrator.request");
  const std::string mandate_public = crypto::Base64Encode(crypto::View(mandate->key.public_key()));
  // Last, so that its presence means that the rest is there.
  if (!steps.failed()) {
    steps.Take(WriteNew(in("sluisd.yaml"), Configuration(plan, mandate_public, request_path),
                        FileMode::kPrivate));
  }
  if (steps.failed()) return steps.failure();
  return NodeMade{std::move(*ca), in("mandate/mandate.key"), in("ca"), in("sluisd.yaml"),
                  request_path};
}

}  // namespace sluis::client
