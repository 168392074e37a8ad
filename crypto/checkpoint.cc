#include "crypto/checkpoint.h"

#include <utility>

#include "crypto/text.h"

namespace sluis::crypto {
namespace {

constexpr std::string_view kEmDash =
    "\xe2\x80\x94";  // opens a signature line; never part of an origin

absl::Status CheckSignable(const Checkpoint& checkpoint) {
  if (!text::IsKeyName(checkpoint.origin) || checkpoint.origin.find(kEmDash) != std::string::npos) {
    return absl::InvalidArgumentError(
        "the origin must be a name of 1 to 255 bytes without spaces, '+' and em dash");
  }
  if (checkpoint.head.size == 0 && checkpoint.head.root != EmptyRoot()) {
    return absl::InvalidArgumentError("a tree of size 0 has the empty root and no other");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Bytes> CheckpointText(const Checkpoint& checkpoint) {
  if (const absl::Status status = CheckSignable(checkpoint); !status.ok()) return status;
  Bytes out = checkpoint.origin;
  out.append("\n").append(std::to_string(checkpoint.head.size)).append("\n");
  out.append(Base64Encode(View(checkpoint.head.root))).append("\n");
  return out;
}

absl::StatusOr<Checkpoint> ParseCheckpointText(BytesView text) {
  const auto origin = text::TakeLine(text);
  const auto size = text::TakeLine(text);
  const auto root = text::TakeLine(text);
  if (!origin || !size || !root || !text.empty()) {
    return absl::InvalidArgumentError(
        "a checkpoint has three lines: origin, size and root; extension lines are not taken");
  }
  const std::optional<uint64_t> parsed_size = text::ParseDecimal(*size);
  const std::optional<Hash> parsed_root = text::ParseHash(*root);
  if (!parsed_size || !parsed_root) {
    return absl::InvalidArgumentError(
        "a checkpoint needs a decimal size and a root of 32 bytes in canonical base64");
  }
  Checkpoint out{std::string(*origin), {*parsed_size, *parsed_root}};
  if (const absl::Status status = CheckSignable(out); !status.ok()) return status;
  return out;
}

absl::StatusOr<Bytes> SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  const absl::StatusOr<Bytes> text = CheckpointText(checkpoint);
  if (!text.ok()) return text.status();
  return SignNote(*text, checkpoint.origin, key);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(BytesView note, const VerifierKey& log_key) {
  const absl::StatusOr<Note> opened = OpenNote(note, {&log_key, 1});
  if (!opened.ok()) return opened.status();
  absl::StatusOr<Checkpoint> out = ParseCheckpointText(opened->text);
  if (out.ok() && out->origin != log_key.name()) {
    return absl::PermissionDeniedError(
        "the key signed a checkpoint of an origin that is not its own: keep it as evidence");
  }
  return out;
}

}  // namespace sluis::crypto
