#include "crypto/proof.h"

#include <optional>

#include "crypto/text.h"

namespace sluis::crypto {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr size_t kMaxExtraText = (kMaxProofExtra + 2) / 3 * 4;

absl::Status Malformed(const char* what) {
  return absl::InvalidArgumentError(std::string("not a log proof: ") + what);
}

absl::Status CheckBounds(const TlogProof& proof) {
  if (proof.extra.size() > kMaxProofExtra) return Malformed("at most 48 KiB of extra data");
  if (proof.hashes.size() > kMaxProofHashes) return Malformed("at most 63 hashes");
  if (proof.checkpoint.empty() || proof.checkpoint.size() > kMaxNoteSize) {
    return Malformed("it must end in a checkpoint of at most 1 MiB");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Bytes> MarshalProof(const TlogProof& proof) {
  if (const absl::Status status = CheckBounds(proof); !status.ok()) return status;
  Bytes out(kHeader);
  out.append("\n");
  if (!proof.extra.empty()) out.append(kExtra).append(Base64Encode(proof.extra)).append("\n");
  out.append(kIndex).append(std::to_string(proof.index)).append("\n");
  for (const Hash& hash : proof.hashes) out.append(Base64Encode(View(hash))).append("\n");
  out.append("\n").append(proof.checkpoint);
  return out;
}

absl::StatusOr<TlogProof> ParseProof(BytesView text) {
  TlogProof out;
  if (text::TakeLine(text) != kHeader) return Malformed("the first line names another format");

  std::optional<std::string_view> line = text::TakeLine(text);
  if (line && line->starts_with(kExtra)) {
    const std::string_view encoded = line->substr(kExtra.size());
    if (encoded.empty() || encoded.size() > kMaxExtraText) {
      return Malformed("extra data must be 1 byte to 48 KiB, or the line left out");
    }
    absl::StatusOr<Bytes> extra = Base64Decode(encoded);
    if (!extra.ok()) return extra.status();
    out.extra = *std::move(extra);
    line = text::TakeLine(text);
  }

  if (!line || !line->starts_with(kIndex)) return Malformed("the index line is missing");
  const std::optional<uint64_t> index = text::ParseDecimal(line->substr(kIndex.size()));
  if (!index) return Malformed("the index must be a decimal number");
  out.index = *index;

  for (line = text::TakeLine(text); line && !line->empty(); line = text::TakeLine(text)) {
    const std::optional<Hash> hash = text::ParseHash(*line);
    if (!hash || out.hashes.size() == kMaxProofHashes) {
      return Malformed("expected at most 63 hashes of 32 bytes in canonical base64");
    }
    out.hashes.push_back(*hash);
  }
  if (!line) return Malformed("the empty line before the checkpoint is missing");
  out.checkpoint = Bytes(text);
  if (const absl::Status status = CheckBounds(out); !status.ok()) return status;
  return out;
}

absl::StatusOr<Checkpoint> VerifyProof(const TlogProof& proof, BytesView entry,
                                       const VerifierKey& log_key) {
  absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(proof.checkpoint, log_key);
  if (!checkpoint.ok()) return checkpoint;
  const absl::Status included = VerifyInclusion(entry, proof.index, checkpoint->head, proof.hashes);
  if (!included.ok()) return included;
  return checkpoint;
}

}  // namespace sluis::crypto
