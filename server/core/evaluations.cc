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
  // The same, and that of who had a part in it before.
  std::shared_ptr<evaluation::Holder> teller;
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

// Keys of rows of a table whose keys are lp(asker) || key id || `tail` bytes, of that key.
absl::StatusOr<std::vector<std::string>> KeysOf(const View& view, ledger::Table table,
                                                crypto::BytesView key_id, size_t tail) {
  const std::string prefix = ledger::RowKey(table);
  std::vector<std::string> keys;
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
        const size_t end = key_id.size() + tail;
        if (key.size() > end && key.substr(key.size() - end, key_id.size()) == key_id) {
          keys.emplace_back(key);
        }
        return true;
      });
  if (!scanned.ok()) return scanned;
  return keys;
}
constexpr size_t kAfterListKey = 4;     // u32 day
constexpr size_t kAfterRevealKey = 32;  // period digest

absl::StatusOr<std::vector<std::string>> RowsOf(const View& view, ledger::Table table,
                                                crypto::BytesView key_id, size_t tail) {
  const auto keys = KeysOf(view, table, key_id, tail);
  if (!keys.ok()) return keys.status();
  std::vector<std::string> rows;
  for (const std::string& key : *keys) {
    absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), view.keyring(), key);
    if (!row.ok()) return row.status();
    rows.push_back(std::move(row->value));
  }
  return rows;
}

// The last sharing in which this node has or had a part, and since when it had.
struct Part {
  std::shared_ptr<const keys::Package> package;
  keys::MemberIndex index = 0;
  uint64_t since_s = 0;
  bool now = false;
};
std::optional<Part> PartIn(const std::shared_ptr<const keys::Package>& package,
                           const std::string& organisation) {
  for (const keys::KeyHolder& holder : package->holders) {
    if (holder.organisation == organisation) return Part{package, holder.index};
  }
  return std::nullopt;
}
absl::StatusOr<std::optional<Part>> LastPartIn(const std::shared_ptr<const keys::Package>& package,
                                               const record::v1::StoredKey& row,
                                               const std::string& organisation) {
  std::optional<Part> part = PartIn(package, organisation);
  if (part) {
    part->since_s = row.since_s();
    part->now = true;
  }
  for (int i = row.earlier_size() - 1; i >= 0 && !part; --i) {
    absl::StatusOr<keys::Package> read = keys::ReadPackage(row.earlier(i).package());
    if (!read.ok()) {
      return absl::DataLossError("the row of a key cannot be read; run the node's doctor");
    }
    part = PartIn(std::make_shared<const keys::Package>(*std::move(read)), organisation);
    if (part) part->since_s = row.earlier(i).since_s();
  }
  return part;
}

// Rows of lists and reveals of a key that is not among these: an exercise made it.
absl::Status AddUnpinned(const View& view, const std::set<std::string>& pinned,
                         std::vector<std::string>& rows) {
  constexpr size_t kKeyIdBytes = 32;
  for (const auto& [table, tail] : {std::pair(ledger::Table::kHeldList, kAfterListKey),
                                    std::pair(ledger::Table::kHeldReveal, kAfterRevealKey)}) {
    const std::string prefix = ledger::RowKey(table);
    const size_t end = kKeyIdBytes + tail;
    const absl::Status scanned = view.snapshot().Scan(
        prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
          if (key.size() > end &&
              !pinned.contains(std::string(key.substr(key.size() - end, kKeyIdBytes)))) {
            rows.emplace_back(key);
          }
          return true;
        });
    if (!scanned.ok()) return scanned;
  }
  return absl::OkStatus();
}

absl::StatusOr<Kept> Read(const View& view, const PinnedRow& row, const std::string& organisation,
                          const std::shared_ptr<evaluation::Book>& book) {
  absl::StatusOr<keys::Package> read = keys::ReadPackage(row.row.package());
  if (!read.ok()) {
    return absl::DataLossError("the row of a key cannot be read; run the node's doctor");
  }
  Kept kept{row.stamp, std::make_shared<const keys::Package>(*std::move(read)), nullptr, nullptr};
  if (kept.package->use != record::v1::KEY_USE_TAGS) return kept;
  const auto own = LastPartIn(kept.package, row.row, organisation);
  if (!own.ok()) return own.status();
  if (!*own) return kept;
  evaluation::Holder::Own part;
  part.package = (*own)->package;
  part.index = (*own)->index;
  // The last second before it stops; a key that stopped at once is open in none that comes.
  if (row.row.stops_s() != 0) part.open_until_s = std::max<uint64_t>(row.row.stops_s(), 2) - 1;
  part.since_day = evaluation::DayOf((*own)->since_s);
  const crypto::BytesView key_id = crypto::View(kept.package->key_id);
  const auto lists = RowsOf(view, ledger::Table::kHeldList, key_id, kAfterListKey);
  if (!lists.ok()) return lists.status();
  const auto reveals = RowsOf(view, ledger::Table::kHeldReveal, key_id, kAfterRevealKey);
  if (!reveals.ok()) return reveals.status();
  absl::StatusOr<evaluation::Holder> holder =
      evaluation::Holder::Make(std::move(part), book, *lists, *reveals);
  if (!holder.ok()) return absl::DataLossError(holder.status().message());
  kept.teller = std::make_shared<evaluation::Holder>(*std::move(holder));
  if ((*own)->now) kept.holder = kept.teller;
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
        absl::StatusOr<Kept> read = Read(view, row, organisation, book);
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

Evaluations::Telling::~Telling() {
  if (!what_) return;
  const std::lock_guard lock(books_->mutex);
  std::visit([this](const auto& what) { holder_->Abandon(what); }, *what_);
}

evaluation::ToLog Evaluations::Telling::Log() const {
  return std::visit([](const auto& what) { return what.Log(); }, what_.value());
}

absl::StatusOr<std::string> Evaluations::Telling::Give(const evaluation::LoggedDurably& logged) {
  if (!what_) return absl::FailedPreconditionError("what is told was given before; ask again");
  const std::lock_guard lock(books_->mutex);
  absl::StatusOr<std::string> given =
      std::visit([&](auto& what) { return holder_->Give(what, logged); }, *what_);
  if (given.ok()) what_.reset();
  return given;
}

std::optional<std::string> Evaluations::Teller::KeptList(const std::string& asker,
                                                         uint32_t day) const {
  const std::lock_guard lock(books_->mutex);
  return holder_->KeptList(asker, day);
}

absl::StatusOr<std::shared_ptr<Evaluations::Telling>> Evaluations::Teller::PrepareList(
    const std::string& asker, uint32_t day, uint64_t now_us,
    const std::optional<crypto::TreeHead>& known, const evaluation::ListSecrets& secrets) {
  const std::lock_guard lock(books_->mutex);
  absl::StatusOr<evaluation::Listing> listing =
      holder_->PrepareList(asker, day, now_us, known, secrets);
  if (!listing.ok()) return listing.status();
  return std::shared_ptr<Telling>(new Telling(books_, holder_, *std::move(listing)));
}

absl::StatusOr<std::optional<std::string>> Evaluations::Teller::KeptReveal(
    const evaluation::StatedPeriod& period, const evaluation::ListSecrets& secrets) const {
  const std::lock_guard lock(books_->mutex);
  return holder_->KeptReveal(period, secrets);
}

absl::StatusOr<std::shared_ptr<Evaluations::Telling>> Evaluations::Teller::PrepareReveal(
    const evaluation::StatedPeriod& period, const evaluation::ListSecrets& secrets) {
  const std::lock_guard lock(books_->mutex);
  absl::StatusOr<evaluation::Revealing> revealing = holder_->PrepareReveal(period, secrets);
  if (!revealing.ok()) return revealing.status();
  return std::shared_ptr<Telling>(new Telling(books_, holder_, *std::move(revealing)));
}

absl::StatusOr<std::optional<Evaluations::Teller>> Evaluations::TellerOf(
    const View& view, std::string_view partnership, crypto::BytesView key_id) {
  const std::lock_guard lock(books_->mutex);
  std::optional<Teller> found;
  const absl::Status visited =
      books_->Visit(view, organisation_, [&](const PinnedRow& row, const Kept& kept) {
        if (kept.teller != nullptr && kept.package->partnership == partnership &&
            crypto::View(kept.package->key_id) == key_id) {
          found = Teller(books_, kept.teller, {row.key, row.stamp});
        }
        return !found;
      });
  if (!visited.ok()) return visited;
  return found;
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
  std::vector<std::string> rows;
  const auto add = [&rows](ledger::Table table, const std::vector<std::string>& keys) {
    for (const std::string& key : keys) rows.push_back(ledger::RowKey(table, key));
  };
  const absl::Status visited =
      books_->Visit(view, organisation_, [&](const PinnedRow&, const Kept& kept) {
        if (kept.teller == nullptr) return true;
        const evaluation::Holder::Pruned pruned = kept.teller->Prune(now_s);
        add(ledger::Table::kEvaluated, pruned.requests);
        add(ledger::Table::kHeldList, pruned.lists);
        add(ledger::Table::kHeldReveal, pruned.reveals);
        return true;
      });
  if (!visited.ok()) return visited;
  add(ledger::Table::kEvaluated, books_->book->Prune(now_s));
  const absl::Status added = AddUnpinned(view, pinned, rows);
  if (!added.ok()) return added;
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
