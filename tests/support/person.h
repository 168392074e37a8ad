#ifndef SLUIS_TESTS_SUPPORT_PERSON_H_
#define SLUIS_TESTS_SUPPORT_PERSON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/random.h"
#include "crypto/signature.h"
#include "server/authn/certificate.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::tests {

// Someone with both keys, as far as the node ever sees them: what the TLS layer would have
// verified, and the request to be registered.
struct Person {
  std::string user_id;
  crypto::SigningKey signing_key;
  authn::CertificateFacts facts;
  record::v1::UserRequest request;
};

// A person of that organisation with fresh keys. Ends the process when OpenSSL cannot make them.
Person MakePerson(const std::string& organisation, const std::string& user_id,
                  crypto::Random& random);

// A PKCS#10 request, DER, signed by a fresh key on `curve`; the SHA-256 of its key info in
// `key_digest`.
std::string MakeCertificateRequest(const char* curve, crypto::Hash* key_digest);

// The signature of the signing key over the other fields.
void SignRequest(record::v1::UserRequest& request, const crypto::SigningKey& key);

record::v1::SignedMandate SignMandate(const record::v1::Mandate& mandate,
                                      const crypto::SigningKey& mandate_key);
record::v1::SignedMandateStatus SignStatus(const record::v1::MandateStatus& status,
                                           const crypto::SigningKey& mandate_key);

// A mandate as an organisation would give it: from an hour before `now_us`, for 30 days.
record::v1::Mandate MandateOf(const std::string& organisation, const Person& person,
                              const std::vector<std::string>& roles, uint64_t now_us,
                              crypto::Random& random);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_PERSON_H_
