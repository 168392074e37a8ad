#include "client/lib/key_file.h"

#include <utility>

#include "client/lib/own_files.h"
#include "crypto/random.h"

namespace sluis::client {

Result<crypto::KeyFile> ReadKey(const std::string& path, crypto::KeyPurpose purpose) {
  Result<std::string> text = ReadSecret(path, crypto::kMaxKeyFileBytes);
  if (!text.ok()) return text.failure();
  absl::StatusOr<crypto::KeyFile> file = crypto::ParseKeyFile(*text);
  crypto::Wipe(*text);
  if (!file.ok()) return Failure{Exit::kUsage, {"key.bad_file", {{"path", path}}}, nullptr};
  if (file->purpose != purpose) {
    return Failure{Exit::kUsage,
                   {"key.other_purpose",
                    {{"path", path},
                     {"found", std::string(crypto::KeyPurposeName(file->purpose))},
                     {"wanted", std::string(crypto::KeyPurposeName(purpose))}}},
                   nullptr};
  }
  return *std::move(file);
}

Result<crypto::KeyFile> MakeKey(const std::string& path, crypto::KeyPurpose purpose,
                                const std::string& not_after) {
  crypto::KeyFile file{purpose, not_after, crypto::SigningKey::Generate(crypto::SystemRandom())};
  const absl::StatusOr<crypto::SecretBytes> text = crypto::FormatKeyFile(file);
  if (!text.ok()) return Failure{Exit::kUsage, {"key.bad_day", {{"day", not_after}}}, nullptr};
  if (Step failure = WriteNew(path, crypto::View(text->expose()), FileMode::kPrivate)) {
    return *std::move(failure);
  }
  return file;
}

}  // namespace sluis::client
