#ifndef SLUIS_SERVER_LEDGER_OPEN_IN_H_
#define SLUIS_SERVER_LEDGER_OPEN_IN_H_

#include <memory>

#include "server/ledger/data_folder.h"
#include "server/ledger/ledger.h"

namespace sluis::ledger {

// Ledger::Open for a caller that holds the folder already, because its store lies in there: lock
// and FORMAT have to be judged before anything opens the store, which would bring the files of a
// newer program to its own form. `folder` must be that of `options.folder`. Everything else as
// Ledger::Open says.
absl::StatusOr<std::unique_ptr<Ledger>> OpenLedgerIn(DataFolder folder, LedgerOptions options,
                                                     storage::Store& store, storage::Clock& clock,
                                                     crypto::Random& random,
                                                     crypto::SigningKey log_key);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_OPEN_IN_H_
