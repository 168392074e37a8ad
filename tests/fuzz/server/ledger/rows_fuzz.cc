// Rows of the ledger store by their first byte: keys of wrapped keys ('k'), stamped rows ('r'), the
// state row ('S') and bucket rows ('b'). A row that is read is written as it was, or at least reads
// the same again; a bucket row opens only with the key that its own epoch wrapped.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "server/ledger/bucket_keys.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/log_state.h"
#include "server/ledger/row.h"
#include "server/ledger/sealed_row.h"
#include "server/storage/memory_store.h"
#include "tests/support/require.h"
#include "tests/support/seeded_random.h"

namespace {

using namespace sluis;  // NOLINT(google-build-using-namespace)

using sluis::tests::Require;

std::unique_ptr<storage::Store> StoreWith(const std::string& key, const std::string& value) {
  std::unique_ptr<storage::Store> store = storage::NewMemoryStore();
  const std::vector<storage::Write> rows = {{key, value}};
  Require(store->Apply(rows).ok());
  return store;
}

ledger::EpochKey Kek() {
  ledger::EpochKey kek;
  std::fill(kek.mutable_span().begin(), kek.mutable_span().end(), uint8_t{7});
  return kek;
}

absl::Status Load(const record::v1::Bucket& row) {
  tests::SeededRandom random(7);
  const auto store = StoreWith(ledger::BucketRowKey(row.number()), row.SerializeAsString());
  ledger::BucketKeys keys(*store, random);
  const auto snapshot = store->NewSnapshot();
  const absl::Status loaded = keys.Load(*snapshot, row.key_epoch(), Kek());
  Require(loaded.ok() == keys.KeyOf(row.number()).ok());
  return loaded;
}

void CheckState(const std::string& value) {
  const std::string key = ledger::RowKey(ledger::Table::kState);
  const auto state = ledger::ReadLogState(*StoreWith(key, value)->NewSnapshot());
  if (!state.ok()) return Require(!state.status().message().empty());
  Require(state->has_value() && (*state)->key_epoch > 0);
  const std::string written = ledger::EncodeLogState(**state);
  const auto again = ledger::ReadLogState(*StoreWith(key, written)->NewSnapshot());
  Require(again.ok() && again->has_value() && ledger::EncodeLogState(**again) == written);
}

void CheckBucket(const std::string& value) {
  record::v1::Bucket row;
  if (!row.ParseFromString(value)) return;
  const absl::Status as_it_is = Load(row);
  Require(!as_it_is.ok() && !as_it_is.message().empty());
  tests::SeededRandom random(7);
  const crypto::DataKey key = crypto::NewDataKey(random);
  row.set_wrapped_key(
      ledger::WrapBucketKey(Kek(), row.key_epoch(), row.number(), row.use(), key, random));
  Require(Load(row).ok() == (row.number() != 0));
  row.set_number(row.number() ^ 1);
  Require(!Load(row).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] == 'k') {
    if (const auto ref = ledger::ParseKeyRowKey(bytes)) Require(ledger::KeyRowKey(*ref) == bytes);
  }
  if (data[0] == 'r') {
    const auto row = ledger::SplitRow(bytes);
    if (row.ok()) {
      Require(row->stamp != 0 && ledger::JoinRow(row->stamp, row->value) == bytes);
    } else {
      Require(!row.status().message().empty());
    }
    ledger::BucketOfRow(bytes);
  }
  if (data[0] == 'S') CheckState(bytes);
  if (data[0] == 'b') CheckBucket(bytes);
  return 0;
}
