#include "crypto/note.h"

#include <algorithm>
#include <utility>

#include "crypto/text.h"

namespace sluis::crypto {
namespace {

constexpr std::string_view kLinePrefix = "\xe2\x80\x94 ";  // em dash, space
constexpr size_t kIdSize = 4;

absl::Status Malformed() {
  return absl::InvalidArgumentError(
      "not a signed note: expected text, an empty line and 1 to 100 signature lines");
}

bool SameKey(const NoteSignature& a, const NoteSignature& b) {
  return a.id == b.id && a.name == b.name;
}

std::optional<NoteSignature> ParseSignatureLine(std::string_view line) {
  if (!line.starts_with(kLinePrefix)) return std::nullopt;
  line.remove_prefix(kLinePrefix.size());
  const size_t space = line.find(' ');
  if (space == line.npos) return std::nullopt;
  NoteSignature out;
  out.name = std::string(line.substr(0, space));
  if (!text::IsKeyName(out.name)) return std::nullopt;
  const absl::StatusOr<Bytes> blob = Base64Decode(line.substr(space + 1));
  if (!blob.ok() || blob->size() <= kIdSize) return std::nullopt;
  Reader(*blob).U32(&out.id);
  out.signature = blob->substr(kIdSize);
  return out;
}

bool IsSignableText(BytesView text) {
  return !text.empty() && text.back() == '\n' && text::IsNoteText(text);
}

}  // namespace

absl::StatusOr<Bytes> SignNote(BytesView text, std::string_view name, const SigningKey& key) {
  const absl::StatusOr<VerifierKey> verifier = VerifierKey::Create(name, key.public_key());
  if (!verifier.ok()) return verifier.status();
  if (!IsSignableText(text)) {
    return absl::InvalidArgumentError(
        "only UTF-8 text without control characters that ends in a line feed can be signed as a "
        "note");
  }
  Bytes blob;
  AppendU32(blob, verifier->id());
  blob.append(View(key.Sign(text)));
  Bytes out(text);
  out.append("\n").append(kLinePrefix).append(name).append(" ");
  out.append(Base64Encode(blob)).append("\n");
  if (out.size() > kMaxNoteSize) {
    return absl::InvalidArgumentError("a signed note holds at most 1 MiB: shorten the text");
  }
  return out;
}

absl::StatusOr<UnverifiedNote> ParseUnverifiedNote(BytesView note) {
  if (note.size() > kMaxNoteSize || !text::IsNoteText(note)) return Malformed();
  // The text may hold empty lines; signatures follow the last one.
  const size_t gap = note.rfind("\n\n");
  if (gap == note.npos) return Malformed();
  UnverifiedNote out;
  out.text = Bytes(note.substr(0, gap + 1));
  std::string_view rest = note.substr(gap + 2);
  if (rest.empty()) return Malformed();
  while (!rest.empty()) {
    const std::optional<std::string_view> line = text::TakeLine(rest);
    if (!line.has_value() || out.signatures.size() == kMaxNoteSignatures) return Malformed();
    std::optional<NoteSignature> signature = ParseSignatureLine(*line);
    if (!signature.has_value()) return Malformed();
    out.signatures.push_back(*std::move(signature));
  }
  return out;
}

absl::StatusOr<Note> OpenNote(BytesView note, std::span<const VerifierKey> keys) {
  absl::StatusOr<UnverifiedNote> parsed = ParseUnverifiedNote(note);
  if (!parsed.ok()) return parsed.status();
  Note out;
  out.text = std::move(parsed->text);
  for (NoteSignature& signature : parsed->signatures) {
    const auto is_signer = [&](const VerifierKey& key) {
      return key.id() == signature.id && key.name() == signature.name;
    };
    const auto key = std::find_if(keys.begin(), keys.end(), is_signer);
    if (key == keys.end()) {
      if (std::find(out.unverified.begin(), out.unverified.end(), signature) ==
          out.unverified.end()) {
        out.unverified.push_back(std::move(signature));
      }
      continue;
    }
    if (std::find_if(key + 1, keys.end(), is_signer) != keys.end()) {
      return absl::FailedPreconditionError(
          "two trusted keys share the name and id of a signature: remove one of them");
    }
    // Every line of a known key is checked, also a repeated one: a bad one taints the whole note.
    if (!key->Verifies(out.text, signature.signature)) {
      return absl::DataLossError(
          "a signature of a known key does not verify: keep the note as evidence");
    }
    const auto same = [&](const NoteSignature& seen) { return SameKey(seen, signature); };
    if (std::none_of(out.verified.begin(), out.verified.end(), same)) {
      out.verified.push_back(std::move(signature));
    }
  }
  if (out.verified.empty()) {
    return absl::UnauthenticatedError("the note carries no signature of a known key");
  }
  return out;
}

}  // namespace sluis::crypto
