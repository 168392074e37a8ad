// What a node owes the organisation that shared a record which it was compelled to hand over.
//
// Guarantee: the Notice is a row of its own, so that nothing else that is owed in the exchange
// pushes it aside, and whole, so that it leaves also when the record was erased meanwhile. It names
// fields and a time, never the order. Not guaranteed: that the organisation is still a partner when
// the day comes; it is told once it is. Thread-safety: pure. Errors: DATA_LOSS for an exchange that
// cannot be read. Source: docs/formats.md, "Notice".
#ifndef SLUIS_SERVER_CORE_OWED_NOTICE_H_
#define SLUIS_SERVER_CORE_OWED_NOTICE_H_

#include <string>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/envelope/form.h"

namespace sluis::core {

inline constexpr std::string_view kKindNotice = "notice";
inline constexpr std::string_view kCompelled = "compelled";

// What was handed over of a record that came by this exchange.
struct Compelled {
  const std::string& exchange_id;
  // Names of fields, sorted.
  const envelope::Repeated<std::string>& scope;
  // Last day on which the sender may not hear of it; empty when it may at once.
  const std::string& barred_until;
};

// Makes a Notice owed to the sender of the exchange, marked when that was made in exercise. One
// that is not barred is named in the counterpart part of the entry; a barred one in none. The day
// from which it is sent.
absl::StatusOr<std::string> OweNotice(const Call& call, const View& view,
                                      const Compelled& compelled, crypto::Random& random,
                                      Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OWED_NOTICE_H_
