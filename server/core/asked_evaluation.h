// What this node keeps of the evaluations that it began, so that it goes with whom they are about.
//
//   B  by request    the records, and the last day of the entry that began it
//   w  by record     which requests, and that something was added about its person
//   A, W, n          answers put together, wrong answers, and what stands for a person
//
// and what partners said of the person of a received record goes along (received_tags.h).
//
// Guarantee: what goes with a record or with who it is about (ForgottenWith) is everything that an
// evaluation left of that person here: the keys of the subject parts with match keys and blinds,
// under which the answers lie as well, and all these rows. An evaluation about several records goes
// with the first of them: its entry opens whole or not at all. Whoever adds something about the
// person of a record notes it (NotePerson), so that an act which was planned without it is planned
// again. Not guaranteed: that an entry which cannot be read loses its key; its row stays, and the
// upkeep says so. Thread-safety: pure. Errors: DATA_LOSS for rows that cannot be read. Source:
// docs/formats.md, rows B, w, A, W and n.
#ifndef SLUIS_SERVER_CORE_ASKED_EVALUATION_H_
#define SLUIS_SERVER_CORE_ASKED_EVALUATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/evaluation/limits.h"
#include "sluis/record/v1/evaluation.pb.h"

namespace sluis::core {

// UTC days after the one on which it was begun until which the entry can be opened: the end of the
// review, which takes a period of the longest length and as long again.
inline constexpr uint32_t kOpenableDays = evaluation::kLeastKeptDays;

std::string AskedKey(std::string_view request_id);
std::string AskedOfKey(std::string_view record, std::string_view request_id);
std::string EvaluationAnswersKey(std::string_view request_id);
// Begins the keys of what stands for the person of a record.
std::string ElementsOf(std::string_view record);

// The rows of an evaluation that begins, for the effect that logs it.
void AddAsked(const Call& call, std::string_view request_id, crypto::BytesView key_id,
              const std::vector<std::string>& records, Effect& effect);

// That something was added about who the record is about.
void NotePerson(std::string_view record, Effect& effect);

struct AskedRow {
  uint64_t stamp = 0;
  record::v1::AskedEvaluation row;

  // Of the entry that began it.
  uint64_t index() const { return stamp - 1; }
};
// NOT_FOUND when it was forgotten, or never was.
absl::StatusOr<AskedRow> ReadAsked(const View& view, std::string_view request_id);

// The key of the subject part of an entry; nothing when it was destroyed.
absl::StatusOr<std::optional<ledger::KeyRef>> SubjectKeyOf(const View& view, uint64_t index);

// What goes.
struct Forgotten {
  std::vector<ledger::KeyRef> keys;
  std::vector<std::string> rows;
  std::vector<ledger::Precondition> rests_on;
};
// Of one evaluation.
absl::StatusOr<Forgotten> ForgottenOf(const View& view, std::string_view request_id,
                                      const AskedRow& asked);
// With who a record is about: all evaluations, and what stands for that person. An evaluation whose
// entry cannot be read is left.
absl::StatusOr<Forgotten> ForgottenWith(const View& view, std::string_view record);

// Makes the effect destroy and delete it; the act part names the day from which no copy exists.
void AddForgotten(const Call& call, const Forgotten& forgotten, Effect& effect);

// Counterpart part of an entry about that request which is no step of it.
std::string AboutRequest(const Call& call, std::string_view request_id, std::string_view kind,
                         std::string_view outcome);

inline constexpr std::string_view kKindPersons = "evaluation-persons";
inline constexpr std::string_view kKindElements = "evaluation-elements";

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ASKED_EVALUATION_H_
