#include "server/core/evaluations.h"

#include <algorithm>
#include <functional>

#include "server/core/ceremony_rows.h"
#include "server/evaluation/limits.h"
#include "server/ledger/sealed_row.h"

namespace sluis::core {
namespace {

// A key as its pinned row has it.
struct Kept {
  uint64_t stamp = 0;
  std::shared_ptr<const keys::Package> package;
  // Null when this node has no part in it, or it makes no tags.
  std::shared_ptr<evaluation::Holder> holder;
};

absl::StatusOr<std::shared_ptr<evaluation::Book>> ReadBook(const View& view,
                                                           const evaluation::Caps& caps) {
  const std::string prefix = ledger::RowKey(ledger::Table::kEvaluated);
  std::vector<std::string> rows;
  absl::Status fault = absl::OkStatus();
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        absl::StatusOr<ledger::Row> row = ledger::OpenRow(view.keyring(), key, stored);
        if (row.ok()) rows.push_back(std::move(row->value));
        fault = row.status();
        return row.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!fault.ok()) return fault;
  absl::StatusOr<std::shared_ptr<evaluation::Book>> book = evaluation::Book::From(caps, rows);
  // What cannot be read is counted by nobody: better no answer than one too many.
  if (!book.ok()) return absl::DataLossError(book.status().message());
  return book;
}

absl::StatusOr<Kept> Read(const PinnedRow& row, const std::string& organisation,
                          const std::shared_ptr<evaluation::Book>& book) {
  absl::StatusOr<keys::Package> read = keys::ReadPackage(row.row.package());
  if (!read.ok()) {
    return absl::DataLossError("the row of a key cannot be read; run the node's doctor");
  }
  Kept kept{row.stamp, std::make_shared<const keys::Package>(*std::move(read)), nullptr};
  const std::vector<keys::KeyHolder>& holders = kept.package->holders;
  const auto own = std::find_if(holders.begin(), holders.end(), [&](const keys::KeyHolder& one) {
    return one.organisation == organisation;
  });
  if (own == holders.end() || kept.package->use != record::v1::KEY_USE_TAGS) return kept;
  evaluation::Holder::Own part;
  part.package = kept.package;
  part.index = own->index;
  // The last second before it stops; a key that stopped at once is open in none that comes.
  if (row.row.stops_s() != 0) part.open_until_s = std::max<uint64_t>(row.row.stops_s(), 2) - 1;
  part.since_day = evaluation::DayOf(row.row.since_s());
  absl::StatusOr<evaluation::Holder> holder = evaluation::Holder::Make(std::move(part), book);
  if (!holder.ok()) return absl::DataLossError(holder.status().message());
  kept.holder = std::make_shared<evaluation::Holder>(*std::move(holder));
  return kept;
}

}  // namespace

struct Evaluations::Books {
  explicit Books(const evaluation::Caps& the_caps) : caps(the_caps) {}

  // Called under the lock.
  absl::Status Load(const View& view) {
    if (book != nullptr) return absl::OkStatus();
    absl::StatusOr<std::shared_ptr<evaluation::Book>> read = ReadBook(view, caps);
    if (read.ok()) book = *std::move(read);
    return read.status();
  }

  // The pinned keys as they are now, until `visit` returns false. Called under the lock.
  absl::Status Visit(const View& view, const std::string& organisation,
                     const std::function<bool(const PinnedRow&, const Kept&)>& visit) {
    if (absl::Status loaded = Load(view); !loaded.ok()) return loaded;
    absl::Status fault = absl::OkStatus();
    const absl::Status visited = VisitPinnedRows(view, [&](const PinnedRow& row) {
      Kept& kept = keys[row.key];
      // A view from before does not take back what a later one showed.
      if (kept.stamp < row.stamp) {
        absl::StatusOr<Kept> read = Read(row, organisation, book);
        if (!read.ok()) {
          fault = read.status();
          return false;
        }
        kept = *std::move(read);
      }
      return visit(row, kept);
    });
    return visited.ok() ? fault : visited;
  }

  const evaluation::Caps caps;
  std::mutex mutex;
  std::shared_ptr<evaluation::Book> book;
  std::map<std::string, Kept> keys;  // by the key of the pinned row
};

Evaluations::Evaluations(std::string organisation, const evaluation::Caps& caps)
    : organisation_(std::move(organisation)), books_(std::make_shared<Books>(caps)) {}

Evaluations::Admitted::~Admitted() {
  if (logged_ || !admission_) return;
  const std::lock_guard lock(books_->mutex);
  holder_->Abandon(*std::move(admission_));
}

absl::Status Evaluations::Admitted::Settle(const evaluation::LoggedDurably& logged) {
  if (absl::Status checked = evaluation::CheckLogged(logged, Log()); !checked.ok()) return checked;
  const std::lock_guard lock(books_->mutex);
  holder_->Settle(*admission_, logged);
  logged_ = logged;
  return absl::OkStatus();
}

absl::StatusOr<std::string> Evaluations::Admitted::Answer(
    const evaluation::HolderSecrets& secrets) {
  if (!logged_ || !admission_) {
    return absl::FailedPreconditionError(
        "a request is answered once, when its entry is durable; settle it first");
  }
  evaluation::Admission admission = *std::move(admission_);
  admission_.reset();
  return holder_->Answer(std::move(admission), *logged_, secrets);
}

std::variant<std::shared_ptr<Evaluations::Admitted>, evaluation::Refusal> Evaluations::Seat::Admit(
    crypto::BytesView signed_request, std::string_view caller, const evaluation::Partners& partners,
    uint64_t now_us) {
  const std::lock_guard lock(books_->mutex);
  auto verdict = holder_->Admit(signed_request, caller, partners, now_us);
  if (auto* refusal = std::get_if<evaluation::Refusal>(&verdict)) return std::move(*refusal);
  return std::shared_ptr<Admitted>(
      new Admitted(books_, holder_, std::move(std::get<evaluation::Admission>(verdict))));
}

absl::StatusOr<bool> Evaluations::AnyOpen(const View& view, const std::string& asker) {
  const std::lock_guard lock(books_->mutex);
  if (absl::Status loaded = books_->Load(view); !loaded.ok()) return loaded;
  return books_->book->AnyOpen(asker);
}

absl::StatusOr<evaluation::TakenProofs> Evaluations::TakeProofs(
    const evaluation::OfKey& of, const std::string& asker, crypto::BytesView proofs,
    const evaluation::Partners& partners, const std::optional<crypto::TreeHead>& known) const {
  const std::lock_guard lock(books_->mutex);
  return evaluation::Holder::TakeProofs(*books_->book, of, asker, proofs, partners, known);
}

absl::Status Evaluations::Apply(const evaluation::RowChanges& changes,
                                const evaluation::LoggedDurably& logged) {
  const std::lock_guard lock(books_->mutex);
  return evaluation::Holder::Apply(*books_->book, changes, logged);
}

absl::StatusOr<std::optional<Evaluations::Seat>> Evaluations::SeatIn(const View& view,
                                                                     std::string_view partnership,
                                                                     crypto::BytesView key_id) {
  const std::lock_guard lock(books_->mutex);
  std::optional<Seat> found;
  const absl::Status visited =
      books_->Visit(view, organisation_, [&](const PinnedRow& row, const Kept& kept) {
        if (kept.holder != nullptr && kept.package->partnership == partnership &&
            crypto::View(kept.package->key_id) == key_id) {
          found = Seat(books_, kept.holder, row.row, {row.key, row.stamp});
        }
        return !found;
      });
  if (!visited.ok()) return visited;
  return found;
}

absl::StatusOr<std::optional<Evaluations::Pinned>> Evaluations::NewestIn(
    const View& view, std::string_view partnership, std::string_view purpose) {
  const std::lock_guard lock(books_->mutex);
  std::optional<Pinned> newest;
  const absl::Status visited =
      books_->Visit(view, organisation_, [&](const PinnedRow& row, const Kept& kept) {
        const keys::Package& package = *kept.package;
        if (package.use == record::v1::KEY_USE_TAGS && package.partnership == partnership &&
            package.purpose == purpose && (!newest || newest->package->epoch < package.epoch)) {
          newest = Pinned{kept.package, row.row, {row.key, row.stamp}};
        }
        return true;
      });
  if (!visited.ok()) return visited;
  return newest;
}

absl::StatusOr<std::vector<std::string>> Evaluations::Prune(const View& view,
                                                            const std::set<std::string>& pinned,
                                                            uint64_t now_s) {
  const std::lock_guard lock(books_->mutex);
  if (absl::Status loaded = books_->Load(view); !loaded.ok()) return loaded;
  std::vector<std::string> rows;
  for (const std::string& key : books_->book->Prune(now_s)) {
    rows.push_back(ledger::RowKey(ledger::Table::kEvaluated, key));
  }
  for (const evaluation::HeldRow& row : books_->book->All()) {
    if (pinned.contains(row.key_id())) continue;
    const std::string key = evaluation::StoredFormOf(row).key;
    const std::string stored = ledger::RowKey(ledger::Table::kEvaluated, key);
    // What this view does not show yet is under a key that it does not show yet.
    const absl::StatusOr<uint64_t> stamp = view.StampOf(stored);
    if (!stamp.ok()) return stamp.status();
    if (*stamp == ledger::kAbsent) continue;
    books_->book->Remove(row);
    rows.push_back(stored);
    rows.push_back(ledger::RowKey(ledger::Table::kDiffering, key));
  }
  return rows;
}

}  // namespace sluis::core
