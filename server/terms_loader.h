#ifndef SLUIS_SERVER_TERMS_LOADER_H_
#define SLUIS_SERVER_TERMS_LOADER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"
#include "crypto/signature.h"
#include "server/config.h"
#include "server/core/terms.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::server {

// Of a rule pack and of a protocol, whose own readers know their bounds.
inline constexpr size_t kMaxPackBytes = 8 << 20;

// A file that the configuration names. FAILED_PRECONDITION naming it when it cannot be read,
// INVALID_ARGUMENT when it is longer than `most` bytes.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path, size_t most);

// Reads the rule packs that the configuration names and makes the terms of them. INVALID_ARGUMENT
// as the pack reader says it: file, line, column. The stamp is not set: the ledger gives it.
absl::StatusOr<std::shared_ptr<core::Terms>> LoadTerms(const Config& config);

// What a node needs of its own to exchange with partners.
struct ExchangeKeys {
  crypto::SigningKey identity;
  crypto::SigningKey receipt;
  // Makes the tokens by which partners see a case.
  crypto::Secret<32> case_key;
};

// Reads the private key of the log, and those for partners: the identity key, with receipt.key and
// case.key beside it. FAILED_PRECONDITION when others may read the file, it is of another purpose,
// or its last day has passed (`today`, YYYY-MM-DD).
absl::StatusOr<crypto::KeyFile> LoadLogKey(const Config& config, const std::string& today);
absl::StatusOr<ExchangeKeys> LoadExchangeKeys(const Config& config, const std::string& today);

// Reads the request of the first administrator.
absl::StatusOr<record::v1::UserRequest> LoadFirstAdministrator(const Config& config);

}  // namespace sluis::server

#endif  // SLUIS_SERVER_TERMS_LOADER_H_
