// What two logs say together, for people and for programs: part of `sluis log reconcile`.
//
// Guarantee: each exchange that is not matched is listed with the entries it rests on, by which
// anyone who has both exports finds them. Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_RECONCILE_VIEW_H_
#define SLUIS_CLIENT_CLI_RECONCILE_VIEW_H_

#include <array>

#include "client/cli/shell.h"
#include "client/lib/reconcile.h"

namespace sluis::cli {

using TwoLogs = std::array<const client::ExchangeLog*, 2>;

Json ReconciliationJson(const client::Reconciliation& found, const TwoLogs& logs);
void SayReconciliation(Shell& shell, const client::Reconciliation& found, const TwoLogs& logs);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_RECONCILE_VIEW_H_
