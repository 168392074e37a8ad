#ifndef SLUIS_TESTS_SUPPORT_PARTNERSHIP_H_
#define SLUIS_TESTS_SUPPORT_PARTNERSHIP_H_

#include <map>
#include <span>
#include <string>

#include "crypto/random.h"
#include "crypto/signature.h"
#include "server/partnership/manifest.h"

namespace sluis::tests {

// An organisation that can state itself and sign, with the private half of each key it states.
struct TestMember {
  record::v1::Member statement;
  std::map<crypto::KeyPurpose, crypto::SigningKey> keys;

  const crypto::SigningKey& identity() const { return keys.at(crypto::KeyPurpose::kIdentity); }
};

// A self-signed certificate, DER, of a fresh key; a CA or none.
std::string MakeSelfSigned(const std::string& name, bool ca = true);

// One key of each purpose, valid in 2026, and an own CA.
TestMember MakeTestMember(const std::string& organisation, crypto::Random& random);

// Puts the keys of the statement in the order that the form asks.
void SortKeys(record::v1::Member& statement);

// What the others read of it. Ends the process when the statement breaks a rule.
partnership::Member ReadTestMember(const TestMember& member);

// A draft of these members, in exercise, with packs of which only the digests are known.
partnership::Draft DraftOf(std::span<const TestMember* const> members);

// The signatures of these members, put in order.
partnership::SignedManifest SignedBy(const partnership::Manifest& manifest,
                                     std::span<const TestMember* const> signers);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_PARTNERSHIP_H_
