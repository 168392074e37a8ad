#ifndef SLUIS_TESTS_BENCH_EXCHANGE_DELIVER_BULK_H_
#define SLUIS_TESTS_BENCH_EXCHANGE_DELIVER_BULK_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// What the node of the recipient does with envelopes of 256 Offers, from the bytes that gRPC hands
// over to durable rows: read, verify the envelope and what each person signed, decide about each
// record, write its collection entry, the Offer with its ciphertext, and the receipt that is owed.
//
// Offers are the messages that carry ciphertext: the content travels in them, sealed, and the key
// comes later. Here they were shared by people, decided and composed beforehand by the sender's
// own code; each record is of a case of its own, eight people signed. Four envelopes are under way
// at once. Each round begins with the same fresh data folder. Transport is no part of it.
// Baseline: the batches of the ledger, written raw and synced.
absl::StatusOr<Result> ExchangeDeliverBulk();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_EXCHANGE_DELIVER_BULK_H_
