#ifndef SLUIS_TESTS_FAULT_TAMPER_WORLD_H_
#define SLUIS_TESTS_FAULT_TAMPER_WORLD_H_

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "client/lib/verifier.h"
#include "crypto/hash.h"
#include "server/core/export_log.h"
#include "server/core/view.h"
#include "server/ledger/leaf.h"
#include "server/ledger/reader.h"
#include "server/ledger/row.h"
#include "server/ledger/segment.h"
#include "server/storage/rocksdb_store.h"
#include "tests/fault/node_core.h"
#include "tests/fault/signal_calls.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::fault {

namespace fs = std::filesystem;
using ledger::Table;

inline constexpr uint64_t kEntryChanged = 5;
// So many that a tile is full.
inline constexpr uint64_t kEntries = 300;

// A copy of a stopped node's data folder, what it takes to change it, and everything that may show
// the change.
class TamperWorld : public ::testing::Test {
 protected:
  // What is tampered with is always a copy of this one.
  struct Original {
    tests::TempFolder folder;
    test::Organisation organisation{folder.path()};
    test::Person person = organisation.MakePerson("lotte.maes");
    std::string data = folder.PathOf("original");
    std::string amended, erased, untouched;
    std::string first_version;  // row of `amended` before it was amended
    std::string seen;           // checkpoint shown before the last entries

    Original() {
      fs::create_directories(data);
      FolderNode open(organisation, data);
      EXPECT_TRUE(open.serves()) << open.status;
      NodeCore& node = *open.node;
      EXPECT_EQ(node.Admit(organisation, person, {"maatschappelijk-werker"}), absl::OkStatus());
      amended = *Record(node, person, SignalWith("Het eerste bericht."));
      erased = *Record(node, person, SignalWith("Wat later gewist wordt."));
      untouched = *Record(node, person, SignalWith("Een ander bericht."));
      first_version = open.store->Get(core::RecordKey(amended))->value();
      EXPECT_EQ(Amend(node, person, amended, 1, SignalWith("Het bericht, verbeterd.")),
                absl::OkStatus());
      EXPECT_EQ(Erase(node, person, erased), absl::OkStatus());
      while (node.ledger().size() < kEntries) EXPECT_TRUE(Open(node, person, untouched).ok());
      node.ledger().Tick();
      seen = node.ledger().checkpoint().note;
      EXPECT_TRUE(Open(node, person, untouched).ok());
    }
  };
  static Original& Before() {
    static Original original;
    return original;
  }

  void SetUp() override {
    Before();
    fs::copy(Before().data, data_, fs::copy_options::recursive);
  }

  // Changes the stopped node's rows through RocksDB.
  void Tamper(const std::function<std::vector<storage::Write>(const storage::Snapshot&)>& change) {
    auto store = storage::OpenRocksDbStore(data_ + "/ledger");
    ASSERT_TRUE(store.ok()) << store.status();
    const std::vector<storage::Write> writes = change(*(*store)->NewSnapshot());
    ASSERT_FALSE(writes.empty());
    ASSERT_EQ((*store)->Apply(writes), absl::OkStatus());
  }
  // Flips one bit of the first row of a table, `from_end` bytes before its end.
  void FlipInRow(const std::string& prefix, size_t from_end) {
    Tamper([&](const storage::Snapshot& rows) {
      std::vector<storage::Write> out;
      EXPECT_EQ(rows.Scan(prefix, storage::PrefixEnd(prefix),
                          [&](std::string_view key, std::string_view value) {
                            std::string changed(value);
                            changed[changed.size() - from_end] ^= 1;
                            out.push_back({std::string(key), std::move(changed)});
                            return false;
                          }),
                absl::OkStatus());
      return out;
    });
  }
  // Changes the leaf and the sealed parts of one entry where they are stored.
  void ChangeEntry(uint64_t index,
                   const std::function<void(std::string& leaf, std::string& sealed)>& change) {
    Tamper([&](const storage::Snapshot& rows) { return Changed(rows, index, change); });
  }
  static std::vector<storage::Write> Changed(
      const storage::Snapshot& rows, uint64_t index,
      const std::function<void(std::string& leaf, std::string& sealed)>& change) {
    std::vector<storage::Write> out;
    EXPECT_EQ(rows.ScanReverse(ledger::SegmentKey(0), ledger::SegmentKey(index + 1),
                               [&](std::string_view key, std::string_view value) {
                                 uint64_t at = *ledger::SegmentFirst(key);
                                 std::string segment;
                                 const auto entries = ledger::ParseSegment(value);
                                 for (const ledger::SegmentEntry& entry : *entries) {
                                   std::string leaf(entry.leaf);
                                   std::string sealed(entry.sealed);
                                   if (at++ == index) change(leaf, sealed);
                                   ledger::AppendSegmentEntry(
                                       segment, crypto::ToFixed<ledger::kLeafBytes>(leaf).value(),
                                       sealed);
                                 }
                                 out.push_back({std::string(key), std::move(segment)});
                                 return false;
                               }),
              absl::OkStatus());
    return out;
  }

  // Where a tampered node shows it.
  struct Examination {
    std::string start;                // why it does not start or serve; empty when it serves
    std::vector<std::string> verify;  // "5 act missing" of an export of all parts
    std::string proof;                // of entry kEntryChanged; empty when it verifies
    absl::Status open_amended, open_untouched;
    // The row of the amended record is not what its newest entry says.
    bool row_differs_from_entry = false;
    std::string one_line() const {
      std::string line = start.empty() ? "serves" : "start: " + start;
      if (!verify.empty()) line += "; verify: " + verify[0];
      if (verify.size() > 1) line += " and " + std::to_string(verify.size() - 1) + " more";
      if (!proof.empty()) line += "; proof: " + proof;
      if (!open_amended.ok()) line += "; call: " + std::string(open_amended.message());
      if (row_differs_from_entry) line += "; the row is not what its entry says";
      return line;
    }
  };

  Examination Examine(const std::string& what, const std::vector<std::string>& seen = {}) {
    Examination found;
    FolderNode open(Before().organisation, data_);
    if (open.node == nullptr) {
      found.start = open.status.ToString();
    } else {
      ledger::Ledger& ledger = open.node->ledger();
      found.start = open.serves() ? "" : ledger.serving_detail();
      if (open.serves()) {
        found.open_amended = Open(*open.node, Before().person, Before().amended).status();
        found.open_untouched = Open(*open.node, Before().person, Before().untouched).status();
        ledger.Tick();
      }
      found.proof = Prove(ledger);
      found.row_differs_from_entry = RowDiffersFromEntry(ledger);
      report_ = Verify(ledger, seen, &found.verify);
    }
    std::printf("| %-44s | %s\n", what.c_str(), found.one_line().c_str());
    return found;
  }

  static std::string Prove(ledger::Ledger& ledger) {
    const auto snapshot = ledger.store().NewSnapshot();
    const ledger::LogReader reader(ledger.origin(), *snapshot, ledger.keyring());
    const ledger::ShownCheckpoint shown = ledger.checkpoint();
    const auto entry = reader.Entry(kEntryChanged);
    if (!entry.ok()) return std::string(entry.status().message());
    const auto proof = reader.InclusionProof(kEntryChanged, shown.size);
    if (!proof.ok()) return std::string(proof.status().message());
    return std::string(
        crypto::VerifyInclusion(entry->leaf, kEntryChanged, {shown.size, shown.root}, *proof)
            .message());
  }

  static bool RowDiffersFromEntry(ledger::Ledger& ledger) {
    const auto snapshot = ledger.store().NewSnapshot();
    const ledger::LogReader reader(ledger.origin(), *snapshot, ledger.keyring());
    const auto row = core::View(*snapshot, ledger.keyring()).ReadRecordRow(Before().amended);
    if (!row.ok()) return true;
    std::string newest;
    const absl::Status read = reader.Visit(0, ledger.size(), [&](const ledger::StoredEntry& entry) {
      const auto subject = reader.Open(entry, ledger::Part::kSubject);
      record::v1::SubjectPart part;
      if (subject.ok() && subject->state == ledger::OpenedPart::State::kOpen &&
          part.ParseFromString(subject->bytes) && part.record_ids_size() == 1 &&
          part.record_ids(0) == Before().amended && !part.sealed_digest().empty()) {
        newest = part.sealed_digest();
      }
      return true;
    });
    return read.ok() && newest != crypto::View(crypto::Sha256(row->sealed()));
  }

  static client::VerifyReport Verify(ledger::Ledger& ledger, const std::vector<std::string>& seen,
                                     std::vector<std::string>* verdict) {
    node::v1::OpenParts open;
    open.set_actor(true);
    open.set_subject(true);
    open.set_decision(true);
    core::ExportStream stream(ledger, ledger.checkpoint(), open, false);
    std::string bytes;
    for (;;) {
      absl::StatusOr<std::optional<std::string>> piece = stream.Next();
      if (!piece.ok()) {
        verdict->push_back("no export: " + std::string(piece.status().message()));
        return {};
      }
      if (!*piece) break;
      bytes += **piece;
    }
    std::istringstream input(bytes);
    const auto report =
        client::VerifyExport(input, {.verifier_key = ledger.verifier_key(), .seen = seen});
    EXPECT_TRUE(report.ok()) << report.status();
    for (const client::Finding& finding : report->findings) {
      verdict->push_back((finding.index ? std::to_string(*finding.index) : "-") + " " +
                         std::string(finding.part ? client::LogPartName(*finding.part) : "-") +
                         " " + std::string(client::FindingKindName(finding.kind)));
    }
    EXPECT_EQ(SecondVerdict(bytes, ledger.verifier_key(), seen), *verdict);
    return *report;
  }

  // What the verifier that shares no code finds in the same export.
  static std::vector<std::string> SecondVerdict(const std::string& bytes, const std::string& key,
                                                const std::vector<std::string>& seen) {
    const tests::TempFolder folder;
    const std::string path = folder.PathOf("export.sluislog");
    std::ofstream(path, std::ios::binary) << bytes;
    std::ofstream(folder.PathOf("list"))
        << nlohmann::json{{"export", path}, {"key", key}, {"seen", seen}}.dump() << "\n";
    const std::string command = "node '" + tests::InSources("/tests/second_verifier/verify.mjs") +
                                "' --batch '" + folder.PathOf("list") + "' > '" +
                                folder.PathOf("verdict") + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::ifstream verdict(folder.PathOf("verdict"));
    const nlohmann::json parsed = nlohmann::json::parse(verdict, nullptr, false);
    std::vector<std::string> out;
    for (const nlohmann::json& one : parsed.value("findings", nlohmann::json::array())) {
      const auto text = [&one](const char* name) {
        return one[name].is_null()     ? std::string("-")
               : one[name].is_string() ? one[name].get<std::string>()
                                       : one[name].dump();
      };
      out.push_back(text("index") + " " + text("part") + " " + text("kind"));
    }
    return out;
  }

  tests::TempFolder folder_;
  const std::string data_ = folder_.PathOf("data");
  client::VerifyReport report_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_TAMPER_WORLD_H_
