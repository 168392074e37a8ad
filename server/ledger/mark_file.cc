#include "server/ledger/mark_file.h"

#include <array>
#include <utility>

#include "crypto/hash.h"

namespace sluis::ledger {
namespace {

constexpr crypto::BytesView kMagic = "sluismk1";
constexpr size_t kHashBytes = 32;
constexpr uint64_t kSlots = 2;

absl::Status Damaged(const std::string& path) {
  return absl::DataLossError(path +
                             " holds no valid mark: do not remove it; restore the folder from a "
                             "backup, or ask a partner how far it saw this log");
}

}  // namespace

absl::StatusOr<crypto::Bytes> EncodeMarkSlot(const Mark& mark) {
  if (mark.note.size() > kMaxMarkNoteBytes) {
    return absl::InvalidArgumentError("the checkpoint is too long for a mark");
  }
  crypto::Bytes slot(kMagic);
  crypto::AppendU64(slot, mark.sequence);
  crypto::AppendU64(slot, mark.made_at_us);
  crypto::AppendLp(slot, mark.note);
  const crypto::Hash hash = crypto::Sha256(slot);
  slot += crypto::View(hash);
  slot.resize(kMarkSlotBytes, '\0');
  return slot;
}

absl::StatusOr<Mark> DecodeMarkSlot(crypto::BytesView slot) {
  Mark mark;
  crypto::BytesView magic;
  crypto::BytesView note;
  crypto::BytesView hash;
  crypto::Reader reader(slot);
  const bool read = reader.Fixed(kMagic.size(), &magic) && reader.U64(&mark.sequence) &&
                    reader.U64(&mark.made_at_us) && reader.Lp(kMaxMarkNoteBytes, &note);
  const size_t hashed = slot.size() - reader.remaining();
  if (slot.size() != kMarkSlotBytes || !read || magic != kMagic ||
      !reader.Fixed(kHashBytes, &hash) ||
      crypto::View(crypto::Sha256(slot.substr(0, hashed))) != hash ||
      slot.substr(hashed + kHashBytes).find_first_not_of('\0') != crypto::BytesView::npos) {
    return absl::InvalidArgumentError("not a mark");
  }
  mark.note = note;
  return mark;
}

absl::StatusOr<MarkFile> MarkFile::Open(storage::Files& files, std::string path) {
  MarkFile mark_file(files, std::move(path));
  auto file = files.Open(mark_file.path_, storage::Files::Mode::kReadWrite);
  if (absl::IsNotFound(file.status())) return mark_file;
  if (!file.ok()) return file.status();
  for (uint64_t slot = 0; slot < kSlots; ++slot) {
    std::array<uint8_t, kMarkSlotBytes> bytes;
    const auto read = (*file)->ReadAt(slot * kMarkSlotBytes, bytes);
    if (!read.ok()) return read.status();
    auto mark = DecodeMarkSlot(crypto::View(std::span(bytes).first(*read)));
    if (!mark.ok()) continue;
    if (mark_file.newest_ && mark->sequence == mark_file.newest_->sequence) {
      return Damaged(mark_file.path_);  // never written so: someone put slots together
    }
    if (!mark_file.newest_ || mark->sequence > mark_file.newest_->sequence) {
      mark_file.newest_ = *std::move(mark);
      mark_file.newest_slot_ = slot;
    }
  }
  if (!mark_file.newest_) return Damaged(mark_file.path_);
  mark_file.file_ = *std::move(file);
  return mark_file;
}

absl::Status MarkFile::Write(uint64_t made_at_us, crypto::BytesView note) {
  Mark next{newest_ ? newest_->sequence + 1 : 1, made_at_us, std::string(note)};
  auto slot = EncodeMarkSlot(next);
  if (!slot.ok()) return slot.status();
  if (file_ == nullptr) {
    // Both slots at once: the file never exists without a valid mark.
    slot->resize(kSlots * kMarkSlotBytes, '\0');
    const absl::Status made = storage::ReplaceFile(*files_, path_, *slot);
    if (!made.ok()) return made;
    auto file = files_->Open(path_, storage::Files::Mode::kReadWrite);
    if (!file.ok()) return file.status();
    file_ = *std::move(file);
    newest_slot_ = 0;
  } else {
    const uint64_t other = 1 - newest_slot_;
    absl::Status status = file_->WriteAt(other * kMarkSlotBytes, *slot);
    if (status.ok()) status = file_->Sync();
    if (!status.ok()) return status;
    newest_slot_ = other;
  }
  newest_ = std::move(next);
  return absl::OkStatus();
}

}  // namespace sluis::ledger
