// A statement that reads has one encoding; a foreign signature stands under nothing.

#include "server/envelope/user_signature.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto statement = envelope::ReadStatement(input); statement.ok()) {
    Require(statement->SerializeAsString() == input);
  }
  peer::v1::UserSignature signature;
  if (!signature.ParseFromArray(data, static_cast<int>(size))) return 0;
  record::v1::UserStatement statement;
  statement.ParseFromString(signature.statement().statement());
  envelope::UserSignatureVerifier verifier(statement.partnership(), statement.organisation(),
                                           {crypto::PublicKey{}});
  record::v1::MandateStatus status;
  status.set_organisation(statement.organisation());
  Require(!verifier
               .Verify(signature,
                       {statement.partnership(),
                        statement.organisation(),
                        statement.audience(),
                        statement.action(),
                        {}},
                       status, 1)
               .ok());
  return 0;
}
