// Bounds of the messages of evaluations. docs/formats.md, "Evaluation", has them as a table.
#ifndef SLUIS_SERVER_EVALUATION_LIMITS_H_
#define SLUIS_SERVER_EVALUATION_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "server/identity/key_input.h"
#include "server/ledger/part.h"

namespace sluis::evaluation {

inline constexpr uint32_t kVersion = 1;
inline constexpr size_t kMaxPersons = 8;
// Match keys of one person that cross nodes: three numbers, K2, and K3 with a grant. K4 and K5 stay
// inside the node and need no holder.
inline constexpr size_t kMaxKeysPerPerson = identity::kMaxCrossingOfOnePerson;
inline constexpr size_t kMaxElements = kMaxPersons * kMaxKeysPerPerson;
inline constexpr size_t kMaxCaseRefBytes = identity::PackGrant::kMaxReferenceBytes;
// Of all match keys of a question with what stands around them, so that they fit in one part of an
// entry together with the case. One person always fits; eight with names as people have them do.
inline constexpr size_t kMaxQuestionBytes = ledger::kMaxPartBytes - 2 * kMaxCaseRefBytes;
inline constexpr size_t kBytesAroundMatchKey = 64;  // blind, kind, and lengths

inline constexpr size_t kMaxRequestBytes = 8 << 10;
inline constexpr size_t kMaxAnswerBytes = 2 << 10;
inline constexpr size_t kMaxProofsBytes = 512 << 10;
inline constexpr int kMaxProofs = 64;
inline constexpr int kMaxInclusion = 63;
inline constexpr int kMaxConsistency = 126;
inline constexpr size_t kMaxListBytes = 1 << 20;
inline constexpr int kMaxListItems = 4096;
inline constexpr size_t kMaxRevealBytes = 8 << 10;
inline constexpr size_t kMaxStatedPeriodBytes = 512 << 10;
inline constexpr uint32_t kMaxPeriodDays = 92;
// What one look at a period takes in, so that lists that holders flood do not fill the memory of
// whoever looks: requests as all lists name them, and findings beyond which it says that there are
// more.
inline constexpr size_t kMaxPeriodItems = 1 << 20;
inline constexpr size_t kMaxFindings = 4096;
inline constexpr size_t kMaxSharings = 16;
// How long rows and lists are kept at least: two of the longest periods.
inline constexpr uint32_t kLeastKeptDays = 2 * kMaxPeriodDays;

inline constexpr uint64_t kSecondsPerDay = 24 * 3600;
inline constexpr uint64_t kUsPerSecond = 1'000'000;

// The last day of the year 9999: days that others name end there, so that one can count past them.
inline constexpr uint32_t kLastDay = 2'932'896;

// UTC, days since 1970-01-01.
inline uint32_t DayOf(uint64_t seconds) { return static_cast<uint32_t>(seconds / kSecondsPerDay); }

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_LIMITS_H_
