#include "server/terms_loader.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "crypto/key_file.h"
#include "policies/pack_yaml.h"

namespace sluis::server {
namespace {

constexpr size_t kMaxRequestBytes = 16 << 10;

absl::StatusOr<crypto::KeyFile> LoadKey(const std::string& path, crypto::KeyPurpose purpose,
                                        const std::string& today) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError("others can read \"" + path + "\"; run chmod 600 on it");
  }
  absl::StatusOr<std::string> text = ReadWholeFile(path, crypto::kMaxKeyFileBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<crypto::KeyFile> file = crypto::ParseKeyFile(*text);
  explicit_bzero(text->data(), text->size());
  if (!file.ok()) return absl::FailedPreconditionError("\"" + path + "\" is not a key file");
  if (file->purpose != purpose) {
    return absl::FailedPreconditionError("the key in \"" + path + "\" is not the " +
                                         std::string(crypto::KeyPurposeName(purpose)) + " key");
  }
  if (file->not_after < today) {
    return absl::FailedPreconditionError("the key in \"" + path + "\" ended on " + file->not_after);
  }
  return file;
}

}  // namespace

absl::StatusOr<std::string> ReadWholeFile(const std::string& path, size_t most) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::FailedPreconditionError("cannot read \"" + path +
                                         "\"; name a file that is there, readable by the node");
  }
  std::string text(most + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > most) {
    return absl::FailedPreconditionError("\"" + path + "\" is longer than the " +
                                         std::to_string(most) +
                                         " bytes that it may have; name the right file");
  }
  return text;
}

absl::StatusOr<std::shared_ptr<core::Terms>> LoadTerms(const Config& config) {
  std::vector<policies::Pack> layers;
  for (const std::string& path :
       {config.statutory_pack, config.partnership_pack, config.node_pack}) {
    if (path.empty()) continue;
    absl::StatusOr<std::string> text = ReadWholeFile(path, kMaxPackBytes);
    if (!text.ok()) return text.status();
    absl::StatusOr<policies::Pack> pack = policies::ParsePack(path, *text);
    if (!pack.ok()) return pack.status();
    layers.push_back(*std::move(pack));
  }
  absl::StatusOr<policies::PackSet> packs = policies::PackSet::Load(std::move(layers));
  if (!packs.ok()) return packs.status();
  auto terms = std::make_shared<core::Terms>(*std::move(packs));
  terms->organisation = config.organisation;
  terms->kind = config.kind;
  terms->secrecy_regime = config.secrecy_regime;
  terms->configuration_digest = config.digest;
  terms->key_copy_days = config.key_copy_days;
  terms->identity_kinds = config.exercise_identity_keys;
  if (config.exercise_cooling_off_s > 0) {
    terms->exercise_cooling_off_us = config.exercise_cooling_off_s * 1'000'000;
  }
  return terms;
}

absl::StatusOr<crypto::KeyFile> LoadLogKey(const Config& config, const std::string& today) {
  return LoadKey(config.log_key_file, crypto::KeyPurpose::kLog, today);
}

absl::StatusOr<ExchangeKeys> LoadExchangeKeys(const Config& config, const std::string& today) {
  // Where sluis node init puts them.
  const std::filesystem::path folder =
      std::filesystem::path(config.identity_key_file).parent_path();
  absl::StatusOr<crypto::KeyFile> identity =
      LoadKey(config.identity_key_file, crypto::KeyPurpose::kIdentity, today);
  if (!identity.ok()) return identity.status();
  absl::StatusOr<crypto::KeyFile> receipt =
      LoadKey((folder / "receipt.key").string(), crypto::KeyPurpose::kReceipt, today);
  if (!receipt.ok()) return receipt.status();
  absl::StatusOr<crypto::KeyFile> cases =
      LoadKey((folder / "case.key").string(), crypto::KeyPurpose::kCase, today);
  if (!cases.ok()) return cases.status();
  return ExchangeKeys{std::move(identity->key), std::move(receipt->key), cases->key.seed().Clone()};
}

absl::StatusOr<record::v1::UserRequest> LoadFirstAdministrator(const Config& config) {
  absl::StatusOr<std::string> bytes =
      ReadWholeFile(config.first_administrator_request, kMaxRequestBytes);
  if (!bytes.ok()) return bytes.status();
  record::v1::UserRequest request;
  if (!request.ParseFromString(*bytes)) {
    return absl::FailedPreconditionError("\"" + config.first_administrator_request +
                                         "\" is not a user request");
  }
  return request;
}

}  // namespace sluis::server
