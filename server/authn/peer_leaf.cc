#include "server/authn/peer_leaf.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "server/authn/certificate.h"
#include "server/authn/identity.h"

namespace sluis::authn {
namespace {

constexpr uint64_t kSecond = 1'000'000;
// 112 bits: no SHA-1, no RSA below 2048.
constexpr int kSecurityLevel = 2;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using ContextPtr = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;

absl::Status Refused(const std::string& why) {
  return absl::UnauthenticatedError("certificate of a partner's node: " + why);
}

int NoPassPhrase(char*, int, int, void*) { return -1; }

X509Ptr ReadPem(std::string_view pem) {
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Ptr(bio ? PEM_read_bio_X509(bio.get(), nullptr, NoPassPhrase, nullptr) : nullptr);
}

X509Ptr ReadDer(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = at + der.size();
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == end ? std::move(certificate) : nullptr;
}

// Seconds since the epoch; false when the certificate says no moment.
bool SecondsOf(const ASN1_TIME* time, int64_t* seconds) {
  std::tm moment{};
  if (ASN1_TIME_to_tm(time, &moment) != 1) return false;
  *seconds = timegm(&moment);
  return true;
}

// The chain of exactly two: this leaf, and the pinned CA, which need not be self-signed.
absl::Status VerifyAgainst(X509* ca, X509* leaf, int64_t now_s) {
  StorePtr store(X509_STORE_new());
  ContextPtr context(X509_STORE_CTX_new());
  if (!store || !context || X509_STORE_add_cert(store.get(), ca) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr) != 1) {
    return Refused("no memory to verify it");
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, now_s);
  X509_VERIFY_PARAM_set_depth(rules, 0);
  X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
  if (X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN) != 1 ||
      X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT) != 1) {
    return Refused("cannot set the rules to verify it by");
  }
  if (X509_verify_cert(context.get()) == 1) return absl::OkStatus();
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return Refused(std::string("does not hold against the CA that the manifest pins: ") +
                 X509_verify_cert_error_string(error));
}

}  // namespace

absl::StatusOr<PeerLeaf> VerifyPeerLeaf(std::string_view pem, const partnership::Manifest& manifest,
                                        uint64_t now_us) {
  // Bounds the text before anything else reads it.
  absl::StatusOr<CertificateFacts> facts = FactsOfPem(pem);
  if (!facts.ok()) return Refused("cannot be read");
  absl::StatusOr<Identity> identity = IdentityOf(facts->uris);
  if (!identity.ok() || !identity->user_id.empty()) {
    return Refused("must hold exactly one URI, of a node");
  }
  const partnership::Member* member = manifest.Find(identity->organisation);
  if (member == nullptr) return Refused("names no member of the manifest in force");

  const X509Ptr leaf = ReadPem(pem);
  const X509Ptr ca = ReadDer(member->ca_certificate);
  if (!leaf || !ca) return Refused("it, or the pinned CA, cannot be read");
  if (X509_check_ca(leaf.get()) != 0) return Refused("is that of a CA");
  // Without the extension any use would be allowed.
  if ((X509_get_extension_flags(leaf.get()) & EXFLAG_XKUSAGE) == 0 ||
      X509_check_purpose(leaf.get(), X509_PURPOSE_SSL_SERVER, 0) != 1) {
    return Refused("may not be used as server and as client");
  }
  absl::Status holds = VerifyAgainst(ca.get(), leaf.get(), static_cast<int64_t>(now_us / kSecond));
  if (!holds.ok()) return holds;
  PeerLeaf out{.organisation = std::move(identity->organisation)};
  if (!SecondsOf(X509_get0_notBefore(leaf.get()), &out.not_before_s) ||
      !SecondsOf(X509_get0_notAfter(leaf.get()), &out.not_after_s)) {
    return Refused("says no dates");
  }
  return out;
}

}  // namespace sluis::authn
