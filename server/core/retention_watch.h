// Which records are past the day until which they are kept, without reading all of them each
// minute.
//
// All rows are looked through when a legal day begins, and again when an act brought a day nearer
// or lifted a hold, which writes one row that is compared here. A day on which two looks in a row
// found nothing is over: two, because an act that was planned on the day before may commit after
// the first.
//
// Guarantee: what is due is found by the second look after it came due. Not guaranteed: that it can
// be erased; ErasePastRetention decides that anew. Thread-safety: one thread at a time; a watch
// begins with knowing nothing. Errors: DATA_LOSS when rows cannot be read and nothing else is due:
// it then looks again each time.
#ifndef SLUIS_SERVER_CORE_RETENTION_WATCH_H_
#define SLUIS_SERVER_CORE_RETENTION_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/plan.h"
#include "server/core/view.h"

namespace sluis::core {

class RetentionWatch {
 public:
  // Ids of records whose retention has run out and that no hold keeps, at most `most`. `today`: the
  // legal day, YYYY-MM-DD.
  absl::StatusOr<std::vector<std::string>> Due(const View& view, const std::string& today,
                                               size_t most);

 private:
  std::string day_;
  uint64_t stamp_ = 0;
  int quiet_looks_ = 0;
};

// To be part of whatever may make a record due before the next day begins.
void BringRetentionNearer(Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RETENTION_WATCH_H_
