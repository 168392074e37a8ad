#ifndef SLUIS_TESTS_BENCH_EXCHANGE_SEND_BULK_H_
#define SLUIS_TESTS_BENCH_EXCHANGE_SEND_BULK_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// What the node of the sender does for each of many records: decide, verify what the person signed,
// seal, write entry and outbox, all in the use case ShareSignal through the executor; then, when
// the cooling-off time is over, decide again, compose envelopes of 256 and sign them.
//
// People look and sign on their own machines, so recording, preview and their signatures come
// before the clock runs. Each record is another one, of a case of its own; eight people share at
// once. The steps follow each other: nothing leaves while shares are still coming, because the
// cooling-off time of the shipped rules (moved over by a clock that jumps) lies between them.
// Transport is no part of it on either end: no gRPC, and whoever is sent to takes at once.
// Baseline: the batches of the ledger, written raw and synced.
absl::StatusOr<Result> ExchangeSendBulk();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_EXCHANGE_SEND_BULK_H_
