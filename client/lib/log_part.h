// The five parts of a log entry as the verifier knows them: written from docs/formats.md, apart
// from the code that writes the log.
//
// Thread-safety: pure functions. Source: docs/formats.md, "Leaf".
#ifndef SLUIS_CLIENT_LIB_LOG_PART_H_
#define SLUIS_CLIENT_LIB_LOG_PART_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluis::client {

// In the order of the leaf; the number is hashed into the commitment.
enum class LogPart : uint8_t {
  kAct = 1,
  kActor = 2,
  kSubject = 3,
  kDecision = 4,
  kCounterpart = 5
};

inline constexpr size_t kLogPartCount = 5;
inline constexpr std::array<LogPart, kLogPartCount> kLogParts = {
    LogPart::kAct, LogPart::kActor, LogPart::kSubject, LogPart::kDecision, LogPart::kCounterpart};

// 0 for the act part up to 4 for the counterpart part: place in the leaf and in the export.
constexpr size_t PlaceOf(LogPart part) { return static_cast<size_t>(part) - 1; }

// "act", "actor", "subject", "decision" or "counterpart": the words of reports, never translated.
constexpr std::string_view LogPartName(LogPart part) {
  constexpr std::array<std::string_view, kLogPartCount> kNames = {"act", "actor", "subject",
                                                                  "decision", "counterpart"};
  return kNames[PlaceOf(part)];
}

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_LOG_PART_H_
