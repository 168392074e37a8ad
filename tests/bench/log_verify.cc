#include "tests/bench/log_verify.h"

#include <fstream>
#include <string>

#include "client/lib/verifier.h"
#include "crypto/merkle.h"
#include "tests/support/export_builder.h"
#include "tests/support/temp_folder.h"

namespace sluis::bench {
namespace {

constexpr uint64_t kEntries = 400'000;
constexpr size_t kLeafBytes = 184;
constexpr size_t kEntryBytes = 1 + kLeafBytes + 5;
constexpr char kOrigin[] = "bench.example/log";

// Entries as they stand in the file: kind, leaf, five closed parts.
std::string ClosedEntries(tests::Generator& random) {
  std::string out;
  out.reserve(kEntries * kEntryBytes);
  const std::string commitments = tests::RandomBytes(random, 160);
  for (uint64_t i = 0; i < kEntries; ++i) {
    tests::BuiltEntry entry;
    entry.index = i;
    entry.logged_at_us = 1'790'000'000'000'000 + i / 100 * 1'000'000;
    for (size_t part = 0; part < 5; ++part) {
      entry.commitments[part] = commitments.substr(32 * part, 32);
    }
    out += '\x01';
    out += entry.Leaf();
    out.append(5, '\0');
  }
  return out;
}

}  // namespace

absl::StatusOr<Result> LogVerify() {
  tests::Generator random(1);  // NOLINT(cert-msc51-cpp): the same bytes in every run
  const crypto::SigningKey key = tests::RandomKey(random);
  const std::string entries = ClosedEntries(random);
  const auto leaf = [&](uint64_t i) {
    return crypto::BytesView(entries).substr(i * kEntryBytes + 1, kLeafBytes);
  };
  crypto::CompactRange tree;
  for (uint64_t i = 0; i < kEntries; ++i) tree.Append(crypto::LeafHash(leaf(i)));

  tests::BuiltExport header;
  header.origin = kOrigin;
  header.verifier_key = tests::VerifierKeyText(kOrigin, key);
  header.checkpoint =
      tests::SignedCheckpoint(kOrigin, kEntries, std::string(crypto::View(tree.Root())), key);
  header.count = kEntries;
  const tests::TempFolder folder;
  const std::string path = folder.PathOf("closed.sluislog");
  std::ofstream(path, std::ios::binary) << header.Encode() << entries;

  const Work verify = [&]() -> absl::StatusOr<uint64_t> {
    std::ifstream input(path, std::ios::binary);
    const absl::StatusOr<client::VerifyReport> report = client::VerifyExport(input);
    if (!report.ok()) return report.status();
    if (!report->ok() || report->entries != kEntries) {
      return absl::InternalError("the export of the measurement does not verify");
    }
    return kEntries;
  };
  const Work hash = [&]() -> absl::StatusOr<uint64_t> {
    // A tree of n leaves has n - 1 nodes.
    crypto::Hash last = crypto::LeafHash(leaf(0));
    for (uint64_t i = 1; i < kEntries; ++i) {
      last = crypto::NodeHash(last, crypto::LeafHash(leaf(i)));
    }
    Keep(&last);
    return kEntries;
  };
  return Compare("log_verify", "entries/s", {verify}, {hash});
}

}  // namespace sluis::bench
