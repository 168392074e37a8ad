#ifndef SLUIS_SERVER_LEDGER_ROW_H_
#define SLUIS_SERVER_LEDGER_ROW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Tables of the ledger store: first byte of every key. Numbers are part of the format.
// docs/formats.md lists the keys.
enum class Table : uint8_t {
  kState = 'S',      // one row: LedgerState
  kSegment = 's',    // u64 first index → entries of one group
  kHashes = 'h',     // u8 level ‖ u64 first → hashes not yet in a full tile
  kTile = 't',       // u8 level ‖ u64 number → 8,192 bytes
  kBucket = 'b',     // u32 number → Bucket
  kKey = 'k',        // u32 bucket ‖ key id[16] → wrapped keys
  kErasedKey = 'x',  // key id[16] → u64 index of the erasure entry
  kRecord = 'r',     // record id[16] → StoredRecord, stamped
  kRecordOrder = 'o',  // u64 recorded_at_us ‖ record id[16] → empty, stamped: newest-first listing
  kImport = 'i',  // u32 day ‖ record id[16] → row HMAC sealed under the record's data key, stamped
  kUser = 'u',           // user id → User, stamped
  kMandate = 'm',        // user id ‖ 0 ‖ mandate id[16] → SignedMandate, stamped
  kMandateStatus = 'M',  // one row: SignedMandateStatus, stamped
  kTerms = 'P',          // one row: digests of what is in force, stamped
  kManifest = 'p',       // partnership id → SignedManifest, stamped
  kExercise = 'e',       // id[16] → empty, stamped: records and exchanges made in exercise
  kOutbox = 'O',    // partner ‖ 0 ‖ exchange or notice id[16] → OwedMessage, sealed, stamped
  kSent = 'X',      // exchange id[16] → SentExchange, sealed, stamped
  kSentOf = 'R',    // record id[16] ‖ exchange id[16] → empty, stamped: where a record went
  kReceived = 'Y',  // exchange id[16] → ReceivedExchange, sealed, stamped
  kReceivedOrder = 'y',  // u64 received_at_us ‖ exchange id[16] → empty, stamped: newest first
  kQuarantine =
      'q',  // day YYYY-MM-DD ‖ exchange id[16] → empty, stamped: until then its content stays
  kPartnerStatus = 'N',  // organisation id → SignedMandateStatus of a partner, stamped
  kSealingKey = 'Q',     // public key[32] → SealingKey, stamped
  // partner ‖ 0 ‖ u64 size ‖ root[32] → u64 microseconds, stamped: set aside by an administrator
  kSetAsideHead = 'H',
  kCeremony = 'C',       // ceremony id[32] → StoredCeremony, sealed, stamped
  kCeremonyEvent = 'v',  // ceremony id[32] ‖ u32 number → CeremonyEvent, sealed, stamped
  // partnership ‖ 0 ‖ purpose ‖ 0 ‖ u8 use ‖ u32 epoch → StoredKey, sealed, stamped
  kPinnedKey = 'K',
  kKeySecret = 'Z',  // u8 what ‖ id[32] → KeySecret, stamped
  kRetention = 'D',  // one row: empty, stamped by acts that bring the last day of a record nearer
  // lp(asker) ‖ key id[32] ‖ request id[16] → HeldEvaluation, sealed, stamped
  kEvaluated = 'E',
  // the same → DifferingEvaluation, sealed, stamped
  kDiffering = 'd',
  kEvaluationAnswers = 'A',  // request id[16] → HeldAnswers, stamped
  kWrongAnswer = 'W',        // request id[16] ‖ u16 holder → signed answer, sealed, stamped
  kOwedProof = 'a',          // holder ‖ 0 ‖ key id[32] ‖ request id[16] → empty, stamped
  kAskedEvaluation = 'B',    // request id[16] → AskedEvaluation, sealed, stamped
  // lp(asker) ‖ key id[32] ‖ u32 day → HeldEvaluationList, sealed, stamped
  kHeldList = 'L',
  // lp(asker) ‖ key id[32] ‖ period digest[32] → HeldReveal, sealed, stamped
  kHeldReveal = 'V',
  kReview = 'G',  // key id[32] ‖ u32 first day → StoredReview, sealed, stamped
  // key id[32] ‖ u32 first day ‖ u16 holder ‖ u32 day, or 2³²−1 → what the holder signed, sealed,
  // stamped
  kReviewGiven = 'g',
  // lp(record id) → empty, stamped: something was added about who it is about; the same ‖ request
  // id[16] → empty, stamped: that evaluation is about it
  kAskedOf = 'w',
  kElement = 'n',  // lp(record id) ‖ key id[32] ‖ lp(id type) → sealed KeptElement, stamped
  // index[32] ‖ lp(sender) ‖ record id[16] → empty, stamped: a received record with that tag
  kTagIndex = 'z',
  kReceivedTag = 'l',  // lp(record id) ‖ index[32] ‖ lp(sender) → sealed ReceivedTag, stamped
  kTask = 'T',         // task id[16] → StoredTask, sealed, stamped
  kTaskMark = 'J',     // digest[32] → TaskMark, sealed, stamped
  kAbsence = 'U',      // absence id[16] → StoredAbsence, sealed, stamped
};

std::string RowKey(Table table, std::string_view rest = {});

// A stamped row as read.
struct Row {
  uint64_t stamp = 0;  // kAbsent when the row does not exist; `value` is then empty
  std::string value;
};

// Reads a stamped row. DATA_LOSS when the stored value is shorter than its stamp.
absl::StatusOr<Row> ReadRow(const storage::Snapshot& snapshot, std::string_view key);

// Stamp of a row as stored. DATA_LOSS.
absl::StatusOr<uint64_t> StampOf(std::string_view stored);

// Splits / joins the stored form u64 stamp ‖ bytes.
absl::StatusOr<Row> SplitRow(std::string_view stored);
std::string JoinRow(uint64_t stamp, std::string_view value);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_ROW_H_
