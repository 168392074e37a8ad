// Replays every decision of an export while it is verified.
//
// Guarantee: each entry of the export has exactly one verdict and is counted; memory is that of the
// verifier and of what is listed, whatever the file says. Not guaranteed: anything about an export
// that does not verify (`verification` has findings): then the verdicts hold for what it shows, and
// that may not be the log. Thread-safety: one thread. Errors: kUnavailable when the stream cannot
// be read. Source: docs/formats.md, "Replaying".
#ifndef SLUIS_CLIENT_LIB_REPLAY_LOG_H_
#define SLUIS_CLIENT_LIB_REPLAY_LOG_H_

#include <array>
#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/index_ranges.h"
#include "client/lib/replay.h"
#include "client/lib/verifier.h"

namespace sluis::client {

struct ReplayReport {
  VerifyReport verification;
  std::array<uint64_t, kReplayVerdicts> totals{};  // by ReplayVerdict
  // Why decisions cannot be made again, with the entries.
  std::map<std::string_view, IndexRanges> obstacles;
  // By layer and digest; `missing_left_out` counts entries whose pack is beyond the limit.
  std::map<std::pair<policies::Layer, crypto::Hash>, IndexRanges> missing;
  uint64_t missing_left_out = 0;
  // Entries of which the clause was not compared with the protocol, by the digest of the text that
  // was not given; `unchecked_left_out` as above. What is equal among them is so as far as the
  // rules go.
  std::map<crypto::Hash, IndexRanges> unchecked;
  uint64_t unchecked_left_out = 0;
  // Mismatches first, then what else is neither equal nor without a decision, each in the order of
  // the log and up to a limit of its own: nothing else can take the place of a mismatch.
  std::vector<Replayed> listed;
  // True when any act of the log was one of an exercise.
  bool exercise = false;

  uint64_t Total(ReplayVerdict verdict) const { return totals[static_cast<size_t>(verdict)]; }
  uint64_t decisions() const { return verification.entries - Total(ReplayVerdict::kNoDecision); }
  uint64_t listed_total() const { return decisions() - Total(ReplayVerdict::kEqual); }
};

struct ReplayOptions {
  std::string verifier_key = {};                                     // as in VerifyOptions
  std::function<void(uint64_t done, uint64_t count)> progress = {};  // likewise
  ProtocolTexts protocols = {};                                      // those that were in force
  size_t max_listed = 1000;                                          // of either sort
  size_t max_missing = 100;
};

absl::StatusOr<ReplayReport> ReplayLog(std::istream& input, RulePacks& packs,
                                       const ReplayOptions& options = {});

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_REPLAY_LOG_H_
