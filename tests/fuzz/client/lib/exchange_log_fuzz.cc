// Any bytes as counterpart parts of two logs: refused or compared, never a crash, and every
// exchange has one result, a word for it and the entries it rests on.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "client/lib/reconcile.h"

namespace {

using sluis::client::ExchangeLog;

constexpr size_t kMaxEntries = 200;

// u8 whose log ‖ u8 length ‖ bytes, again and again.
void Feed(std::string_view bytes, ExchangeLog& a, ExchangeLog& b) {
  while (bytes.size() >= 2 && a.entries.size() + b.entries.size() < kMaxEntries) {
    ExchangeLog& log = (bytes[0] & 1) != 0 ? a : b;
    const size_t length = static_cast<uint8_t>(bytes[1]);
    bytes.remove_prefix(2);
    auto part = sluis::client::ReadCounterpart(bytes.substr(0, length));
    bytes.remove_prefix(std::min(length, bytes.size()));
    if (!part.ok()) continue;
    if (part->peer().empty() || part->kind().size() > 32) std::abort();
    sluis::client::ExchangeEntry entry;
    entry.index = log.entries.size();
    entry.leaf_hash.fill(static_cast<uint8_t>(log.entries.size()));
    entry.part = *std::move(part);
    log.entries.push_back(std::move(entry));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ExchangeLog a;
  ExchangeLog b;
  a.organisation = "caw-de-overzet.example";
  b.organisation = "lindervaart.example";
  Feed({reinterpret_cast<const char*>(data), size}, a, b);
  const sluis::client::Reconciliation found = sluis::client::Reconcile({a, {}}, {b, {}});
  uint64_t total = 0;
  for (const uint64_t count : found.totals) total += count;
  if (total != found.exchanges.size()) std::abort();
  for (const sluis::client::ReconciledExchange& one : found.exchanges) {
    if (one.sent.empty() && one.received.empty()) std::abort();
    bool known = false;
    for (const auto& [result, why] : sluis::client::kReconcileWords) {
      known = known || (result == one.result && why == one.why);
    }
    if (!known) std::abort();
  }
  return 0;
}
