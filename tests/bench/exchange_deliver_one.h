#ifndef SLUIS_TESTS_BENCH_EXCHANGE_DELIVER_ONE_H_
#define SLUIS_TESTS_BENCH_EXCHANGE_DELIVER_ONE_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// A partner's node offers one record to the peer listener of a running node: verify the connection,
// the envelope and what the person signed, decide, make a one-time key, write the collection entry
// and the receipt that is owed, answer. The load comes from a process of its own with 4 channels
// and 64 calls outstanding.
//
// Every call is another exchange, of a case of its own: shared by one of eight people, decided and
// sealed beforehand by the sender's own code, each in an envelope of its own signed with the
// sender's identity key. Each round begins with the same fresh data folder. The sender's node does
// not run meanwhile: the receipts stay owed, after attempts to hand them over that are part of it.
// Baseline: an echo of the same sizes over mutual TLS with the same certificates and client.
absl::StatusOr<Result> ExchangeDeliverOne();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_EXCHANGE_DELIVER_ONE_H_
