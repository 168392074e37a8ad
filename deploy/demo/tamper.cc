// sluis_demo_tamper: what somebody could do who runs a node and holds every file and key of it. For
// the demo only, and only on a copy: the data folder that the configuration names must end in
// ".copy", and no node may run on it.
//
//   sluis_demo_tamper weak CONFIG PARTNER
//       one byte of one entry towards PARTNER is changed where it is stored
//   sluis_demo_tamper strong CONFIG PARTNER
//       every entry towards PARTNER becomes a copy of a harmless one before it; tree, state and
//       mark are made anew, and the checkpoint is signed with the log's own key
//
// Says in one Dutch line what it did. Exit codes: 0 done, 1 not done, 2 wrong use.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/random.h"
#include "server/config.h"
#include "server/ledger/ledger.h"
#include "server/ledger/log_state.h"
#include "server/ledger/mark_file.h"
#include "server/ledger/open_in.h"
#include "server/ledger/reader.h"
#include "server/ledger/row.h"
#include "server/ledger/segment.h"
#include "server/ledger/tree_rows.h"
#include "server/node_stores.h"
#include "server/storage/clock.h"
#include "server/storage/memory_store.h"
#include "server/terms_loader.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::demo {
namespace {

using ledger::Table;
using storage::Write;

// Entries to overwrite, each with the one that takes its place.
using Replacements = std::map<uint64_t, ledger::StoredEntry>;

// One entry as it will be stored.
struct NewEntry {
  crypto::FixedBytes<ledger::kLeafBytes> leaf;
  std::string sealed;
};

bool IsToward(const ledger::LogReader& reader, const ledger::StoredEntry& entry,
              const std::string& partner) {
  const auto part = reader.Open(entry, ledger::Part::kCounterpart);
  record::v1::CounterpartPart counterpart;
  return part.ok() && part->state == ledger::OpenedPart::State::kOpen &&
         counterpart.ParseFromString(part->bytes) && counterpart.peer() == partner;
}

// Whoever has the files has the keys: the parts are read as the node reads them.
absl::StatusOr<Replacements> FindEntries(ledger::Ledger& ledger, const std::string& partner) {
  const auto snapshot = ledger.store().NewSnapshot();
  const ledger::LogReader reader(ledger.origin(), *snapshot, ledger.keyring());
  const absl::StatusOr<uint64_t> size = reader.Size();
  if (!size.ok()) return size.status();
  Replacements found;
  ledger::StoredEntry harmless;
  const absl::Status read = reader.Visit(0, *size, [&](const ledger::StoredEntry& entry) {
    if (!IsToward(reader, entry, partner)) {
      harmless = entry;
    } else if (!harmless.leaf.empty()) {
      found.emplace(entry.index, harmless);
    }
    return true;
  });
  if (!read.ok()) return read;
  if (found.empty()) return absl::NotFoundError("no entry names this partner");
  return found;
}

// Visits all segments, with every entry as `change` leaves it.
absl::Status EachSegment(
    const storage::Snapshot& rows,
    const std::function<void(uint64_t index, NewEntry& entry)>& change,
    const std::function<void(std::string_view key, const std::vector<NewEntry>&)>& take) {
  absl::Status parsed;
  const std::string from = ledger::RowKey(Table::kSegment);
  const absl::Status scanned =
      rows.Scan(from, storage::PrefixEnd(from), [&](std::string_view key, std::string_view value) {
        const auto first = ledger::SegmentFirst(key);
        const auto entries = ledger::ParseSegment(value);
        if (!first || !entries.ok()) {
          parsed = absl::DataLossError("a segment of the log cannot be read");
          return false;
        }
        std::vector<NewEntry> changed;
        for (const ledger::SegmentEntry& entry : *entries) {
          const auto leaf = crypto::ToFixed<ledger::kLeafBytes>(entry.leaf);
          if (!leaf.ok()) {
            parsed = leaf.status();
            return false;
          }
          changed.push_back({*leaf, std::string(entry.sealed)});
          change(*first + changed.size() - 1, changed.back());
        }
        take(key, changed);
        return true;
      });
  return scanned.ok() ? parsed : scanned;
}

Write SegmentWrite(std::string_view key, const std::vector<NewEntry>& entries) {
  std::string segment;
  for (const NewEntry& entry : entries) {
    ledger::AppendSegmentEntry(segment, entry.leaf, entry.sealed);
  }
  return {std::string(key), std::move(segment)};
}

absl::Status Weak(storage::Store& store, uint64_t index) {
  std::vector<Write> writes;
  const absl::Status visited = EachSegment(
      *store.NewSnapshot(),
      [&](uint64_t at, NewEntry& entry) {
        // In the commitment of what was done.
        if (at == index) entry.leaf[30] ^= 1;
      },
      [&](std::string_view key, const std::vector<NewEntry>& entries) {
        writes.push_back(SegmentWrite(key, entries));
      });
  return visited.ok() ? store.Apply(writes) : visited;
}

absl::Status DeleteAll(const storage::Snapshot& rows, Table table, std::vector<Write>* writes) {
  const std::string prefix = ledger::RowKey(table);
  return rows.Scan(prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
    writes->push_back({std::string(key), std::nullopt});
    return true;
  });
}

// Index and time stay, so that nothing is missing; what was done becomes something else.
void Overwrite(const ledger::StoredEntry& harmless, NewEntry* entry) {
  const auto own = ledger::DecodeLeaf(crypto::View(entry->leaf));
  auto leaf = ledger::DecodeLeaf(harmless.leaf);
  if (!own.ok() || !leaf.ok()) return;
  leaf->index = own->index;
  leaf->logged_at_us = own->logged_at_us;
  *entry = {ledger::EncodeLeaf(*leaf), harmless.sealed};
}

// Returns the head of the new tree.
absl::StatusOr<crypto::TreeHead> Strong(storage::Store& store, const Replacements& replacements) {
  const auto rows = store.NewSnapshot();
  auto state = ledger::ReadLogState(*rows);
  if (!state.ok()) return state.status();
  if (!state->has_value()) return absl::NotFoundError("there is no log");
  std::vector<Write> writes;
  for (const Table table : {Table::kHashes, Table::kTile}) {
    if (absl::Status status = DeleteAll(*rows, table, &writes); !status.ok()) return status;
  }
  const auto nothing = storage::NewMemoryStore();
  auto edge = ledger::RightEdge::Load(*nothing->NewSnapshot(), 0);
  if (!edge.ok()) return edge.status();
  crypto::CompactRange range;
  const absl::Status visited = EachSegment(
      *rows,
      [&](uint64_t at, NewEntry& entry) {
        const auto found = replacements.find(at);
        if (found != replacements.end()) Overwrite(found->second, &entry);
      },
      [&](std::string_view key, const std::vector<NewEntry>& entries) {
        std::vector<crypto::Hash> hashes;
        for (const NewEntry& entry : entries) {
          hashes.push_back(crypto::LeafHash(crypto::View(entry.leaf)));
          range.Append(hashes.back());
        }
        writes.push_back(SegmentWrite(key, entries));
        edge->Append(hashes, &writes);
      });
  if (!visited.ok()) return visited;
  const crypto::TreeHead head = range.Head();
  (*state)->range = std::move(range);
  writes.push_back({ledger::RowKey(Table::kState), ledger::EncodeLogState(**state)});
  if (absl::Status status = store.Apply(writes); !status.ok()) return status;
  return head;
}

absl::Status SignAnew(const server::Config& config, const crypto::SigningKey& log_key,
                      const crypto::TreeHead& head) {
  const auto note = crypto::SignCheckpoint({config.organisation + "/log", head}, log_key);
  if (!note.ok()) return note.status();
  auto mark = ledger::MarkFile::Open(storage::SystemFiles(), config.data_folder + "/mark");
  if (!mark.ok()) return mark.status();
  if (!mark->newest()) return absl::NotFoundError("there is no mark file");
  return mark->Write(mark->newest()->made_at_us, *note);
}

absl::StatusOr<std::string> Tamper(const std::string& how, const std::string& config_file,
                                   const std::string& partner) {
  const auto config = server::ReadConfig(config_file);
  if (!config.ok()) return config.status();
  if (!config->data_folder.ends_with(".copy") ||
      !std::filesystem::is_directory(config->data_folder)) {
    return absl::FailedPreconditionError(
        "the data folder must be a copy, with a name that ends in .copy");
  }
  const std::string today = storage::LegalDay(storage::SystemClock().NowUs());
  auto log_key = server::LoadLogKey(*config, today);
  if (!log_key.ok()) return log_key.status();
  auto again = server::LoadLogKey(*config, today);
  if (!again.ok()) return again.status();
  auto stores = server::OpenNodeStores(config->data_folder);
  if (!stores.ok()) return stores.status();
  ledger::LedgerOptions options;
  options.origin = config->organisation + "/log";
  options.folder = config->data_folder;
  absl::StatusOr<Replacements> found;
  {
    auto opened = ledger::OpenLedgerIn(std::move(stores->folder), options, *stores->ledger,
                                       storage::SystemClock(), crypto::SystemRandom(),
                                       std::move(log_key->key));
    if (!opened.ok()) return opened.status();
    found = FindEntries(**opened, partner);
  }
  if (!found.ok()) return found.status();
  if (how == "weak") {
    const uint64_t index = found->begin()->first;
    if (absl::Status status = Weak(*stores->ledger, index); !status.ok()) return status;
    return "In de kopie is één byte van handeling " + std::to_string(index) + " veranderd.";
  }
  const auto head = Strong(*stores->ledger, *found);
  if (!head.ok()) return head.status();
  if (absl::Status status = SignAnew(*config, again->key, *head); !status.ok()) return status;
  return "In de kopie zijn " + std::to_string(found->size()) +
         " handelingen overschreven met een onschuldige, en is alles herrekend en opnieuw "
         "ondertekend.";
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3 || (arguments[0] != "weak" && arguments[0] != "strong")) {
    std::fprintf(stderr, "usage: sluis_demo_tamper weak|strong CONFIG PARTNER\n");
    return 2;
  }
  const auto done = Tamper(arguments[0], arguments[1], arguments[2]);
  if (!done.ok()) {
    std::fprintf(stderr, "sluis_demo_tamper: %s\n", std::string(done.status().message()).c_str());
    return 1;
  }
  std::printf("%s\n", done->c_str());
  return 0;
}

}  // namespace
}  // namespace sluis::demo

int main(int argc, char** argv) {
  return sluis::demo::Main(std::vector<std::string>(argv + 1, argv + argc));
}
