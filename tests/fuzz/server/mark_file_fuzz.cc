#include <cstdlib>

#include "crypto/hash.h"
#include "server/ledger/mark_file.h"

namespace {

using namespace sluis::ledger;  // NOLINT(google-build-using-namespace)
using sluis::crypto::Bytes;
using sluis::crypto::BytesView;

// One slot per mark: what is accepted is what would be written.
void Check(BytesView slot) {
  const auto mark = DecodeMarkSlot(slot);
  if (!mark.ok()) return;
  const auto again = EncodeMarkSlot(*mark);
  if (!again.ok() || *again != slot) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView input(reinterpret_cast<const char*>(data), size);
  Check(input);
  // The same with a hash that fits and the zeros behind it, which no mutation would find.
  constexpr size_t kHeader = 8 + 8 + 8 + 4;
  if (size < kHeader || size > kMarkSlotBytes - 32) return 0;
  Bytes slot(input);
  slot.replace(0, 8, "sluismk1");
  slot.replace(24, 2, Bytes(2, '\0'));
  sluis::crypto::Reader reader(slot);
  BytesView skipped;
  BytesView note;
  if (!reader.Fixed(24, &skipped) || !reader.Lp(kMarkSlotBytes, &note)) return 0;
  slot.resize(kHeader + note.size());
  const sluis::crypto::Hash hash = sluis::crypto::Sha256(slot);
  slot += sluis::crypto::View(hash);
  slot.resize(kMarkSlotBytes, '\0');
  const auto mark = DecodeMarkSlot(slot);
  if (!mark.ok()) std::abort();
  Check(slot);
  return 0;
}
