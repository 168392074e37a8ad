// Judges entries of an export one after the other; part of client/lib/verifier.h.
//
// Guarantee: an entry whose parts are all closed costs one leaf hash and its share of node hashes,
// and no allocation. Thread-safety: one object belongs to one thread. Ownership: borrows the
// findings list. Source: docs/formats.md, "Verifying".
#ifndef SLUIS_CLIENT_LIB_ENTRY_CHECK_H_
#define SLUIS_CLIENT_LIB_ENTRY_CHECK_H_

#include <array>
#include <cstdint>
#include <queue>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "client/lib/export_reader.h"
#include "client/lib/finding.h"
#include "client/lib/verifier.h"
#include "crypto/merkle.h"

namespace sluis::client {

class EntryCheck {
 public:
  // Of the erased subject parts at most `options.max_erased` are listed; all are counted.
  // `options` must outlive this.
  EntryCheck(const ExportHeader& header, FindingList& findings, const VerifyOptions& options);

  // Entries in the order of the file.
  void Add(const ExportEntry& entry);

  const crypto::CompactRange& tree() const { return tree_; }
  uint64_t hash_only() const { return hash_only_; }
  std::array<PartCounts, kLogPartCount> counts() const;
  uint64_t erased_total() const { return erased_total_; }
  std::vector<ErasedSubject> TakeErased() { return std::move(erased_listed_); }

 private:
  // The first to be judged stands on top.
  struct JudgedLater {
    bool operator()(const ErasedSubject& a, const ErasedSubject& b) const {
      return std::tie(a.by, a.index) > std::tie(b.by, b.index);
    }
  };
  // What can be told about an entry as an erasure.
  enum class Act { kUnknown, kErasure, kOther };

  void CheckLeaf(crypto::BytesView leaf, uint64_t position);
  void Judge(const ExportEntry& entry, uint64_t position, ProvenParts& proven);
  void CheckParts(const ExportEntry& entry, uint64_t position, ProvenParts& proven);
  // False when the part is not what the leaf committed to.
  bool Matches(const ExportEntry& entry, LogPart part, const ExportPart& given) const;
  void CheckErased(uint64_t position, LogPart part, uint64_t by);
  // Judges the parts that named the entry at `position` as their erasure.
  void Settle(uint64_t position, Act act);
  void Found(FindingKind kind, uint64_t position, std::optional<LogPart> part, std::string text);

  const uint64_t count_;
  const bool complete_;
  const std::string commitment_prefix_;
  FindingList& findings_;
  crypto::CompactRange tree_;
  uint64_t hash_only_ = 0;
  uint64_t all_closed_ = 0;
  std::array<PartCounts, kLogPartCount> counts_;
  uint64_t next_index_ = 0;
  uint64_t last_time_us_ = 0;
  std::priority_queue<ErasedSubject, std::vector<ErasedSubject>, JudgedLater> erased_;
  const VerifyOptions& options_;
  std::vector<ErasedSubject> erased_listed_;
  uint64_t erased_total_ = 0;
};

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_ENTRY_CHECK_H_
