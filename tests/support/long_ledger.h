#ifndef SLUIS_TESTS_SUPPORT_LONG_LEDGER_H_
#define SLUIS_TESTS_SUPPORT_LONG_LEDGER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/ledger/ledger.h"
#include "server/storage/files.h"
#include "server/storage/store.h"

namespace sluis::tests {

// A ledger for making it long and opening it again: always the same origin and key, no checkpoint
// but at the end of growing and of draining. `files` null is the machine's. What is given must
// outlive it.
absl::StatusOr<std::unique_ptr<ledger::Ledger>> OpenLongLedger(storage::Store& store,
                                                               const std::string& folder,
                                                               storage::Files* files = nullptr);

// Appends entries through the ledger until it holds `size`: an act part of eight bytes, four absent
// parts, groups of 256. `progress` is told the size now and then.
absl::Status GrowLedger(ledger::Ledger& ledger, uint64_t size,
                        const std::function<void(uint64_t)>& progress = {});

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_LONG_LEDGER_H_
