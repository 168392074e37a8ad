#include "client/lib/entry_check.h"

#include <utility>

#include "client/lib/act_operation.h"
#include "crypto/hash.h"

namespace sluis::client {
namespace {

constexpr uint32_t kLeafFormat = 1;
constexpr size_t kCommitmentsOffset = 24;
constexpr size_t kHashBytes = 32;

crypto::Hash ToHash(crypto::BytesView bytes) {
  crypto::Hash out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

}  // namespace

EntryCheck::EntryCheck(const ExportHeader& header, FindingList& findings,
                       const VerifyOptions& options)
    : count_(header.count),
      complete_(header.complete),
      commitment_prefix_("sluis/part/v1" + crypto::Lp(header.origin)),
      findings_(findings),
      options_(options) {}

void EntryCheck::Found(FindingKind kind, uint64_t position, std::optional<LogPart> part,
                       std::string text) {
  findings_.Add({position, part, kind, std::move(text)});
}

void EntryCheck::Add(const ExportEntry& entry) {
  const uint64_t position = tree_.size();
  ProvenParts proven;
  Judge(entry, position, proven);
  if (options_.entry) options_.entry(position, entry, proven);
}

void EntryCheck::Judge(const ExportEntry& entry, uint64_t position, ProvenParts& proven) {
  if (entry.hash_only) {
    tree_.Append(ToHash(entry.leaf_hash));
    ++hash_only_;
    ++next_index_;
    if (complete_) {
      Found(FindingKind::kHashOnly, position, std::nullopt,
            "only the hash is given although the export calls itself complete: ask for the entry");
    }
    Settle(position, Act::kUnknown);
    return;
  }
  if (entry.damaged) {
    tree_.Append(ToHash(entry.leaf_hash));
    ++next_index_;
    Found(FindingKind::kDamaged, position, std::nullopt,
          "the node does not have this entry any more as it was logged: its store was changed, or "
          "is broken; have it restored from a backup");
    Settle(position, Act::kUnknown);
    return;
  }
  tree_.Append(crypto::LeafHash(entry.leaf));
  CheckLeaf(entry.leaf, position);
  if (entry.closed) {
    ++all_closed_;
    Settle(position, Act::kUnknown);
    return;
  }
  CheckParts(entry, position, proven);
}

void EntryCheck::CheckLeaf(crypto::BytesView leaf, uint64_t position) {
  crypto::Reader reader(leaf);
  uint32_t format = 0;
  uint32_t reserved = 0;
  uint64_t index = 0;
  uint64_t time_us = 0;
  reader.U32(&format);
  reader.U32(&reserved);
  reader.U64(&index);
  reader.U64(&time_us);
  if (format != kLeafFormat || reserved != 0) {
    Found(FindingKind::kLeafFormat, position, std::nullopt,
          "the leaf has format " + std::to_string(format) + " and reserved field " +
              std::to_string(reserved) + ", expected 1 and 0");
  }
  // One removed entry shifts all that follow: only the first of them is named.
  if (index != position && index != next_index_) {
    Found(FindingKind::kIndex, position, std::nullopt,
          "the leaf says index " + std::to_string(index) +
              ": an entry was removed, repeated or moved");
  }
  next_index_ = index + 1;
  if (time_us < last_time_us_) {
    Found(FindingKind::kTime, position, std::nullopt,
          "logged at " + std::to_string(time_us) + " us, before the entry in front of it");
  }
  last_time_us_ = time_us;
}

bool EntryCheck::Matches(const ExportEntry& entry, LogPart part, const ExportPart& given) const {
  crypto::FixedBytes<1> number{static_cast<uint8_t>(part)};
  const auto size = static_cast<uint32_t>(given.bytes.size());
  const crypto::FixedBytes<4> length{static_cast<uint8_t>(size >> 24),
                                     static_cast<uint8_t>(size >> 16),
                                     static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
  const crypto::Hash computed = crypto::Sha256(
      {commitment_prefix_, crypto::View(number), given.salt, crypto::View(length), given.bytes});
  return crypto::View(computed) ==
         entry.leaf.substr(kCommitmentsOffset + PlaceOf(part) * kHashBytes, kHashBytes);
}

void EntryCheck::CheckParts(const ExportEntry& entry, uint64_t position, ProvenParts& proven) {
  std::optional<crypto::BytesView> shown_act;
  for (LogPart part : kLogParts) {
    const ExportPart& given = entry.parts[PlaceOf(part)];
    PartCounts& counts = counts_[PlaceOf(part)];
    switch (given.state) {
      case ExportPart::State::kClosed:
        ++counts.closed;
        break;
      case ExportPart::State::kMissing:
        ++counts.missing;
        Found(FindingKind::kMissing, position, part,
              "the node could not produce this part: ask why its key or bytes are gone");
        break;
      case ExportPart::State::kErased:
        ++counts.erased;
        CheckErased(position, part, given.erased_by);
        break;
      case ExportPart::State::kOpen:
        ++counts.open;
        if (!Matches(entry, part, given)) {
          Found(FindingKind::kCommitment, position, part,
                "the part shown is not what was committed to: salt or bytes were changed");
          break;
        }
        proven.set(PlaceOf(part));
        if (part == LogPart::kAct) {
          shown_act = given.bytes;
          if (options_.act) options_.act(given.bytes);
        } else if (part == LogPart::kCounterpart && options_.counterpart) {
          options_.counterpart(position, entry.leaf, given.bytes);
        }
        break;
    }
  }
  Act act = Act::kUnknown;
  const bool named = !erased_.empty() && erased_.top().by == position;
  if (named && shown_act.has_value()) {
    act = OperationOf(*shown_act) == kErasureOperation ? Act::kErasure : Act::kOther;
  }
  Settle(position, act);
}

void EntryCheck::CheckErased(uint64_t position, LogPart part, uint64_t by) {
  // Only the subject part lies under a key that an erasure destroys.
  if (part != LogPart::kSubject) {
    Found(FindingKind::kErasurePart, position, part,
          "said to be erased by entry " + std::to_string(by) +
              ", but an erasure takes subject parts only: this part is withheld; ask for it");
    return;
  }
  ++erased_total_;
  if (erased_listed_.size() < options_.max_erased) erased_listed_.push_back({position, by});
  if (by < position || by >= count_) {
    Found(FindingKind::kErasureRange, position, LogPart::kSubject,
          "said to be erased by entry " + std::to_string(by) +
              ", which lies before it or outside the log");
    return;
  }
  erased_.push({position, by});
}

void EntryCheck::Settle(uint64_t position, Act act) {
  while (!erased_.empty() && erased_.top().by == position) {
    const ErasedSubject erased = erased_.top();
    erased_.pop();
    if (act != Act::kOther) continue;
    Found(FindingKind::kErasure, erased.index, LogPart::kSubject,
          "said to be erased by entry " + std::to_string(erased.by) + ", which is no erasure");
  }
}

std::array<PartCounts, kLogPartCount> EntryCheck::counts() const {
  std::array<PartCounts, kLogPartCount> out = counts_;
  for (PartCounts& counts : out) counts.closed += all_closed_;
  return out;
}

}  // namespace sluis::client
