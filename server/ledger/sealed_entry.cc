#include "server/ledger/sealed_entry.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/secret.h"
#include "server/ledger/sealed_parts.h"

namespace sluis::ledger {

Sealer::Sealer(std::string origin, Keyring& keyring, crypto::Random& random)
    : origin_(std::move(origin)), keyring_(keyring), random_(random) {}

absl::StatusOr<Sealing> Sealer::Seal(const EntryParts& parts, const RecordKeys* record_keys,
                                     uint64_t now_us) const {
  const std::array<crypto::BytesView, kPartCount> plain = {parts.act, parts.actor, parts.subject,
                                                           parts.decision, parts.counterpart};
  for (const crypto::BytesView part : plain) {
    if (part.size() > kMaxPartBytes) {
      return absl::InvalidArgumentError(
          "a part of a log entry is longer than 8192 bytes: shorten "
          "the reason or name fewer records");
    }
  }
  absl::StatusOr<std::shared_ptr<const PartKeys>> part_keys =
      keyring_.PartKeysFor(parts.retention_class, now_us);
  if (!part_keys.ok()) return part_keys.status();

  SealedParts framing;
  framing.parts_bucket = (*part_keys)->use.bucket;
  std::vector<storage::Write> rows;
  std::vector<KeyUse> uses = {(*part_keys)->use};
  std::optional<NewRecordKeys> own;
  const crypto::DataKey* subject_key = &(*part_keys)->of(Part::kSubject);
  if (!parts.subject.empty()) {
    if (record_keys == nullptr) {
      absl::StatusOr<NewRecordKeys> made = keyring_.NewKeys(parts.retention_class, now_us);
      if (!made.ok()) return made.status();
      own = *std::move(made);
      rows.push_back(std::move(own->row));
      record_keys = &own->keys;
    }
    framing.subject = record_keys->ref;
    subject_key = &record_keys->subject;
    uses.push_back({record_keys->ref.bucket, record_keys->generation});
  }

  crypto::FixedBytes<32 * kPartCount> salts{};
  random_.Fill(salts);
  std::array<crypto::Hash, kPartCount> commitments;
  std::array<crypto::Bytes, kPartCount> sealed;
  for (size_t i = 0; i < kPartCount; ++i) {
    PlainPart part;
    std::copy_n(salts.begin() + static_cast<ptrdiff_t>(32 * i), 32, part.salt.begin());
    part.bytes = plain[i];
    commitments[i] = Commitment(origin_, kParts[i], part.salt, part.bytes);
    const crypto::DataKey& key =
        kParts[i] == Part::kSubject ? *subject_key : (*part_keys)->of(kParts[i]);
    crypto::Bytes framed = EncodePlainPart(part);
    sealed[i] = crypto::SealPart(key, crypto::View(PartAssociatedData(kParts[i], commitments[i])),
                                 framed, random_);
    crypto::Wipe(framed);
    framing.sealed[i] = sealed[i];
  }
  crypto::Wipe(salts);
  return Sealing{SealedEntry(commitments, EncodeSealedParts(framing)), std::move(rows),
                 std::move(uses)};
}

}  // namespace sluis::ledger
