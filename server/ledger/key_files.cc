#include "server/ledger/key_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "crypto/hash.h"

namespace sluis::ledger {
namespace {

using storage::Files;

constexpr crypto::BytesView kMagic = "sluiskk1";
constexpr std::string_view kPrefix = "kek-";
constexpr std::string_view kDraftSuffix = ".tmp";
constexpr size_t kKeyAt = 16;
constexpr size_t kCheckAt = kKeyFileBytes - kKeyCheckBytes;

// The epoch that a file name states; nothing for any other file.
std::optional<uint64_t> EpochOf(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  uint64_t epoch = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, epoch);
  if (error != std::errc() || stop != end || std::to_string(epoch) != name) return std::nullopt;
  return epoch;
}

crypto::FixedBytes<kKeyCheckBytes> Check(std::span<const uint8_t, kKeyFileBytes> file) {
  const crypto::Hash hash = crypto::Sha256(crypto::View(file.first(kCheckAt)));
  crypto::FixedBytes<kKeyCheckBytes> check;
  std::copy_n(hash.begin(), check.size(), check.begin());
  return check;
}

// Everything before the key.
crypto::Bytes Header(uint64_t epoch) {
  crypto::Bytes header(kMagic);
  crypto::AppendU64(header, epoch);
  return header;
}

}  // namespace

crypto::Secret<kKeyFileBytes> EncodeKeyFile(uint64_t epoch, const EpochKey& key) {
  crypto::Secret<kKeyFileBytes> out;
  const auto bytes = out.mutable_span();
  const crypto::Bytes header = Header(epoch);
  std::memcpy(bytes.data(), header.data(), header.size());
  std::memcpy(bytes.data() + kKeyAt, key.expose().data(), key.expose().size());
  const auto check = Check(bytes);
  std::memcpy(bytes.data() + kCheckAt, check.data(), check.size());
  return out;
}

absl::StatusOr<EpochKey> DecodeKeyFile(uint64_t epoch, const crypto::Secret<kKeyFileBytes>& bytes) {
  const auto file = bytes.expose();
  if (crypto::View(file.first(kKeyAt)) != Header(epoch) ||
      !crypto::ConstantTimeEqual(crypto::View(Check(file)), crypto::View(file.subspan(kCheckAt)))) {
    return absl::DataLossError("the key file of epoch " + std::to_string(epoch) +
                               " is damaged: put its copy back");
  }
  EpochKey key;
  std::memcpy(key.mutable_span().data(), file.data() + kKeyAt, key.expose().size());
  return key;
}

std::string KeyFiles::PathOf(uint64_t epoch) const {
  return folder_ + "/" + std::string(kPrefix) + std::to_string(epoch);
}

absl::StatusOr<std::vector<uint64_t>> KeyFiles::Epochs() const {
  const auto names = files_.List(folder_);
  if (!names.ok()) return names.status();
  std::vector<uint64_t> epochs;
  for (const std::string& name : *names) {
    if (const auto epoch = EpochOf(name)) epochs.push_back(*epoch);
  }
  std::sort(epochs.begin(), epochs.end());
  return epochs;
}

absl::Status KeyFiles::Create(uint64_t epoch, const EpochKey& key) {
  const std::string path = PathOf(epoch);
  const auto exists = files_.Exists(path);
  if (!exists.ok()) return exists.status();
  if (*exists) return absl::AlreadyExistsError(path + " exists");
  const crypto::Secret<kKeyFileBytes> content = EncodeKeyFile(epoch, key);
  return storage::ReplaceFile(files_, path, crypto::View(content.expose()));
}

absl::StatusOr<EpochKey> KeyFiles::Load(uint64_t epoch) const {
  const auto file = files_.Open(PathOf(epoch), Files::Mode::kRead);
  if (!file.ok()) return file.status();
  const auto size = (*file)->Size();
  if (!size.ok()) return size.status();
  crypto::Secret<kKeyFileBytes> content;  // a file of another length fails its check
  const auto read = (*file)->ReadAt(0, content.mutable_span());
  if (!read.ok()) return read.status();
  if (*size != kKeyFileBytes || *read != kKeyFileBytes) {
    return absl::DataLossError("the key file of epoch " + std::to_string(epoch) +
                               " has another length: put its copy back");
  }
  return DecodeKeyFile(epoch, content);
}

absl::Status KeyFiles::DestroyPath(const std::string& path) {
  const auto file = files_.Open(path, Files::Mode::kReadWrite);
  if (file.ok()) {
    const auto size = (*file)->Size();
    if (!size.ok()) return size.status();
    absl::Status status = (*file)->WriteAt(0, std::string(*size, '\0'));
    if (status.ok()) status = (*file)->Sync();
    if (!status.ok()) return status;
  } else if (!absl::IsNotFound(file.status())) {
    return file.status();
  }
  return storage::RemoveDurably(files_, path);
}

absl::Status KeyFiles::Destroy(uint64_t epoch) { return DestroyPath(PathOf(epoch)); }

absl::Status KeyFiles::KeepOnly(uint64_t epoch) {
  const auto kept = Load(epoch);
  if (!kept.ok()) return kept.status();
  const auto names = files_.List(folder_);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    const bool draft = name.ends_with(kDraftSuffix);
    const auto found =
        EpochOf(draft ? std::string_view(name).substr(0, name.size() - kDraftSuffix.size()) : name);
    if (!found || (*found == epoch && !draft)) continue;
    const absl::Status status = DestroyPath(folder_ + "/" + name);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace sluis::ledger
