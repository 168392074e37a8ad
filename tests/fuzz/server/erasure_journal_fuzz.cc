#include <cstdlib>
#include <cstring>

#include "server/ledger/erasure_journal.h"

namespace {

using namespace sluis::ledger;  // NOLINT(google-build-using-namespace)
using sluis::crypto::Bytes;
using sluis::crypto::BytesView;

// What is read is a prefix of what lies there, and at most one record is left out.
std::vector<ErasedKey> Check(BytesView bytes) {
  const auto records = DecodeErasures(bytes);
  if (!records.ok()) return {};
  Bytes again;
  for (const ErasedKey& record : *records) again += EncodeErasure(record);
  if (!bytes.starts_with(again) || bytes.size() - again.size() > kErasureRecordBytes) std::abort();
  return *records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView input(reinterpret_cast<const char*>(data), size);
  Check(input);
  // Whole records made of the input, then its rest as a torn one.
  constexpr size_t kChecked = 32;
  Bytes journal;
  size_t at = 0;
  for (; at + kChecked <= size; at += kChecked) {
    ErasedKey record;
    std::memcpy(&record.epoch, data + at, 8);
    std::memcpy(&record.entry_index, data + at + 8, 8);
    std::memcpy(record.key_id.data(), data + at + 16, 16);
    journal += EncodeErasure(record);
  }
  journal += input.substr(at);
  if (Check(journal).size() != size / kChecked) std::abort();
  return 0;
}
