// What an export made for a partner says about exchanges with that partner: its counterpart parts,
// each proven to be what was committed to when it was logged.
//
// Guarantee: an entry in `entries` stands in the log under the checkpoint of the export, at that
// index and with that leaf hash, and its part is the one committed to, as far as `report` has no
// findings; its fields are bounded and hold nothing that a terminal would obey. Not guaranteed:
// that what it says is true, or that the export gives all entries that it should; that is what the
// other side's export is for (client/lib/reconcile.h). Thread-safety: pure; a stream belongs to one
// call. Errors: kUnavailable when the stream cannot be read, kResourceExhausted for more than
// kMaxExchangeEntries; what is wrong with the file is a finding of `report` or a word of `fault`.
// Source: docs/formats.md, "Export file" and "Reconciling".
#ifndef SLUIS_CLIENT_LIB_EXCHANGE_LOG_H_
#define SLUIS_CLIENT_LIB_EXCHANGE_LOG_H_

#include <cstdint>
#include <istream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/verifier.h"
#include "crypto/bytes.h"
#include "crypto/merkle.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::client {

inline constexpr size_t kMaxExchangeEntries = 1'000'000;

// One entry towards the partner.
struct ExchangeEntry {
  uint64_t index = 0;
  uint64_t logged_at_us = 0;
  crypto::Hash leaf_hash{};
  record::v1::CounterpartPart part;
};

struct ExchangeLog {
  // Of the origin "<organisation>/log"; empty when the origin is another one.
  std::string organisation;
  VerifyReport report;
  std::vector<ExchangeEntry> entries;
  // Why it cannot be reconciled although it verifies; empty when it can: "origin", "part" (a
  // counterpart part that is not of form), "opens_more" (parts that no partner is shown).
  std::string fault;
};

// The organisation whose log has this name; empty when it is no such name.
std::string OrganisationOf(const std::string& origin);

// INVALID_ARGUMENT when the bytes are not a counterpart part that a node can have logged.
absl::StatusOr<record::v1::CounterpartPart> ReadCounterpart(crypto::BytesView bytes);

// `verifier_key`: as in VerifyOptions.
absl::StatusOr<ExchangeLog> ReadExchangeLog(std::istream& input, const std::string& verifier_key);

// The roots of the log at these sizes, from a stream that ReadExchangeLog read without findings;
// sizes beyond its end are left out.
absl::StatusOr<std::map<uint64_t, crypto::Hash>> RootsAt(std::istream& input,
                                                         const std::set<uint64_t>& sizes);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_EXCHANGE_LOG_H_
