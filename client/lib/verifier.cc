#include "client/lib/verifier.h"

#include <algorithm>
#include <string>
#include <utility>

#include "client/lib/entry_check.h"
#include "client/lib/export_reader.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"

namespace sluis::client {
namespace {

constexpr uint64_t kProgressStep = 65'536;

std::string FirstLine(const absl::Status& status) { return std::string(status.message()); }

// One verification: header, entries, then the tree.
class Verification {
 public:
  Verification(std::istream& input, const VerifyOptions& options)
      : options_(options), reader_(input), findings_(options.max_findings) {}

  absl::StatusOr<VerifyReport> Run() {
    const absl::StatusOr<ExportHeader> header = reader_.ReadHeader();
    if (!header.ok()) return Stopped(header.status());
    header_ = *header;
    report_.origin = header_.origin;
    report_.complete = header_.complete;
    if (options_.begins) options_.begins(header_.origin);
    JudgeCheckpoint();
    OpenSeen();

    EntryCheck check(header_, findings_, options_);
    const absl::Status read = ReadEntries(check);
    report_.entries = check.tree().size();
    report_.hash_only = check.hash_only();
    report_.parts = check.counts();
    report_.erased_total = check.erased_total();
    report_.erased = check.TakeErased();
    if (!read.ok()) return Stopped(read);

    const absl::Status end = reader_.Finish();
    if (end.code() == absl::StatusCode::kUnavailable) return end;
    if (!end.ok()) Found(FindingKind::kTrailing, std::nullopt, FirstLine(end));
    JudgeTree(check.tree().Head());
    return Finished();
  }

 private:
  void Found(FindingKind kind, std::optional<uint64_t> index, std::string text) {
    findings_.Add({index, std::nullopt, kind, std::move(text)});
  }

  absl::StatusOr<VerifyReport> Finished() {
    report_.self_consistency_only = report_.seen_confirmed == 0;
    report_.findings_total = findings_.total();
    report_.findings = findings_.TakeSorted();
    return std::move(report_);
  }

  // The file could not be read to its end: what was judged so far, and why it stopped.
  absl::StatusOr<VerifyReport> Stopped(const absl::Status& status) {
    if (status.code() == absl::StatusCode::kUnavailable) return status;
    const FindingKind kind = status.code() == absl::StatusCode::kOutOfRange
                                 ? FindingKind::kTruncated
                                 : FindingKind::kMalformed;
    Found(kind, in_entries_ ? std::optional(report_.entries) : std::nullopt, FirstLine(status));
    return Finished();
  }

  void JudgeCheckpoint() {
    report_.key_is_claimed = options_.verifier_key.empty();
    report_.verifier_key = report_.key_is_claimed ? header_.verifier_key : options_.verifier_key;
    absl::StatusOr<crypto::VerifierKey> key = crypto::VerifierKey::Parse(report_.verifier_key);
    if (key.ok()) {
      key_ = *std::move(key);
    } else {
      Found(FindingKind::kBadKey, std::nullopt, "the verifier key cannot be read: check its text");
    }

    // Read before it is verified: its size and root tell what was changed even when unsigned.
    const absl::StatusOr<crypto::UnverifiedNote> note =
        crypto::ParseUnverifiedNote(header_.checkpoint);
    const absl::StatusOr<crypto::Checkpoint> checkpoint =
        note.ok() ? crypto::ParseCheckpointText(note->text) : note.status();
    if (!checkpoint.ok()) {
      Found(FindingKind::kBadCheckpoint, std::nullopt, FirstLine(checkpoint.status()));
      return;
    }
    report_.checkpoint = CheckpointFacts{checkpoint->head, false};
    if (checkpoint->origin != header_.origin) {
      Found(FindingKind::kWrongOrigin, std::nullopt, "the checkpoint is of another log");
    }
    if (checkpoint->head.size != header_.count) {
      Found(FindingKind::kCount, std::nullopt,
            "the export counts " + std::to_string(header_.count) + " entries, its checkpoint " +
                std::to_string(checkpoint->head.size));
    }
    JudgeSignature();
  }

  void JudgeSignature() {
    if (!key_.has_value()) return;
    const absl::StatusOr<crypto::Note> opened = crypto::OpenNote(header_.checkpoint, {&*key_, 1});
    if (opened.status().code() == absl::StatusCode::kDataLoss) {
      Found(FindingKind::kBadSignature, std::nullopt,
            "the signature under the checkpoint does not verify: it was changed after signing");
    } else if (!opened.ok()) {
      Found(FindingKind::kWrongKey, std::nullopt,
            "the checkpoint is not signed by this key: ask the node for its verifier key");
    } else if (key_->name() != header_.origin) {
      Found(FindingKind::kWrongKey, std::nullopt, "the key is that of another log");
    } else {
      report_.checkpoint->signature_good = true;
    }
  }

  void OpenSeen() {
    for (size_t i = 0; i < options_.seen.size(); ++i) {
      absl::StatusOr<crypto::Checkpoint> seen =
          key_.has_value() ? crypto::OpenCheckpoint(options_.seen[i], *key_)
                           : absl::UnauthenticatedError("no key");
      if (!seen.ok() || seen->origin != header_.origin) {
        Found(FindingKind::kBadSeen, std::nullopt,
              "earlier checkpoint " + std::to_string(i + 1) +
                  " is not one that this key signed for this log: check the file");
        continue;
      }
      if (seen->head.size > 0) seen_.push_back(seen->head);
    }
    std::sort(seen_.begin(), seen_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.size, a.root) < std::tie(b.size, b.root);
    });
  }

  absl::Status ReadEntries(EntryCheck& check) {
    in_entries_ = true;
    ExportEntry entry;
    for (uint64_t done = 0; done < header_.count; ++done) {
      if (options_.progress && done % kProgressStep == 0) options_.progress(done, header_.count);
      if (absl::Status status = reader_.Next(entry); !status.ok()) return status;
      check.Add(entry);
      if (next_seen_ < seen_.size() && seen_[next_seen_].size == done + 1) CompareSeen(check);
    }
    if (options_.progress) options_.progress(header_.count, header_.count);
    return absl::OkStatus();
  }

  // The tree has just reached the size of the next earlier checkpoint.
  void CompareSeen(const EntryCheck& check) {
    const crypto::TreeHead head = check.tree().Head();
    for (; next_seen_ < seen_.size() && seen_[next_seen_].size == head.size; ++next_seen_) {
      if (seen_[next_seen_] == head) {
        ++report_.seen_confirmed;
        confirmed_size_ = head.size;
        continue;
      }
      Found(FindingKind::kRewritten, Confirmed(),
            "rewritten since the earlier checkpoint of size " + std::to_string(head.size) +
                ": keep both, they prove it");
    }
  }

  // Entries before it are proven unchanged.
  std::optional<uint64_t> Confirmed() const {
    return confirmed_size_ > 0 ? std::optional(confirmed_size_) : std::nullopt;
  }

  void JudgeTree(const crypto::TreeHead& head) {
    report_.head = head;
    for (; next_seen_ < seen_.size(); ++next_seen_) {
      Found(FindingKind::kShorterThanSeen, std::nullopt,
            "an earlier checkpoint counts " + std::to_string(seen_[next_seen_].size) +
                " entries: the log was cut, or this export is older; ask for a new one");
    }
    if (!report_.checkpoint.has_value() || report_.checkpoint->head.size != head.size ||
        report_.checkpoint->head.root == head.root) {
      return;
    }
    const std::optional<uint64_t> from = Confirmed();
    Found(FindingKind::kRoot, from,
          from.has_value() ? "the tree does not match its checkpoint: an entry from " +
                                 std::to_string(*from) + " on was changed"
                           : "the tree does not match its checkpoint: an entry was changed; an "
                             "earlier checkpoint tells more closely which");
  }

  const VerifyOptions& options_;
  ExportReader reader_;
  FindingList findings_;
  VerifyReport report_;
  ExportHeader header_;
  bool in_entries_ = false;
  std::optional<crypto::VerifierKey> key_;
  std::vector<crypto::TreeHead> seen_;
  size_t next_seen_ = 0;
  uint64_t confirmed_size_ = 0;
};

}  // namespace

absl::StatusOr<VerifyReport> VerifyExport(std::istream& input, const VerifyOptions& options) {
  return Verification(input, options).Run();
}

}  // namespace sluis::client
