// Corrections that a partner should have answered by now.
//
// A partner that has not opened a correction goes on reading what is known to be wrong, so that it
// alarms as an erasure does. Thread-safety: pure. Errors: DATA_LOSS for a row that cannot be read.
#ifndef SLUIS_SERVER_CORE_OVERDUE_CORRECTION_H_
#define SLUIS_SERVER_CORE_OVERDUE_CORRECTION_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/core/view.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {

// How long a partner has to open or refuse a correction, from the moment that it may leave.
inline constexpr uint64_t kCorrectionAnswerUs = 24ull * 3600 * 1'000'000;

// Whether this is a correction that the partner should have answered, and has not.
bool IsCorrectionOverdue(const record::v1::SentExchange& row, uint64_t now_us);

// Corrections that are overdue at that partner and for which something is still owed to it: one
// that ran out is counted until the partner took back what it was offered, one of which nothing but
// the word that the earlier version is wrong is left until that was taken, and one that cannot be
// read is. Reads what is owed and was due a day ago: not for every call.
absl::StatusOr<size_t> OverdueCorrections(const View& view, std::string_view partner,
                                          uint64_t now_us);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OVERDUE_CORRECTION_H_
