// Decides again what a log says was decided, with the attribute values and the rule packs that it
// names, and compares.
//
// Guarantee: *equal* means that both engines, given those values and exactly those packs, come to
// the decision, rules, fields and obligations that were logged, on a day on which the packs were
// valid, that it is a decision on what was done and agrees with it, and that it was logged when it
// was made; and unless `unchecked_protocol` says that its text was not given, that this text gives
// the clause that was logged, on one of its days. Not asked: whether anybody signed that text. Not
// guaranteed: that the values were true, that the packs were the ones agreed on (the manifest says
// which), that an act was logged at all, or that the obligations were then carried out. Values that
// the rules themselves keep apart from the decision are no part of it: whose they were (the source
// of each attribute) is taken as declared. Thread-safety: one thread. Ownership: borrows the packs.
// Errors: none; what cannot be read is a verdict. Source: docs/formats.md, "Replaying".
#ifndef SLUIS_CLIENT_LIB_REPLAY_H_
#define SLUIS_CLIENT_LIB_REPLAY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/lib/export_reader.h"
#include "client/lib/replay_clause.h"
#include "client/lib/rule_packs.h"
#include "crypto/bytes.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::client {

enum class ReplayVerdict { kEqual, kMismatch, kNotReplayable, kPackMissing, kNoDecision };
inline constexpr size_t kReplayVerdicts = 5;

// "equal", "mismatch", "not-replayable", "pack-missing", "no-decision": the words of reports.
std::string_view ReplayVerdictName(ReplayVerdict verdict);

// In what a decision that was logged differs from the one that the packs give.
inline constexpr std::array<std::string_view, 10> kReplayDifferences = {
    "decision",     // permitted and not, or done although it was not permitted
    "rules",        // other rules
    "fields",       // other fields, or the same ones otherwise shown
    "obligations",  // other conditions
    "clause",     // another clause than the protocol gives, none where it gives one, or none in it
    "citations",  // other legal texts than stood on that day
    "validity",   // on a day on which packs or protocol do not hold, or logged at another time
    "exercise",   // in an exercise, or not, otherwise than an earlier entry under that manifest
    "packs",      // the digest of the packs together is not that of the packs named
    "engines",    // the compiled engine and the plain evaluator do not agree
};

// Why a decision cannot be made again.
inline constexpr std::array<std::string_view, 11> kReplayObstacles = {
    "closed",     // act or decision part not opened in this export
    "hash-only",  // the export gives a hash of this entry only
    "erased",     // the part is said to be erased; `erased_by` names the entry
    "missing",    // the part is there no more, or is not what was committed to
    "malformed",  // a part that no node logs
    "attribute",  // the packs know no attribute `name`, or nobody supplies it
    "refused",    // the packs are all there and do not load; `name` is what their reader says
    "engine",     // made by a decision procedure that this program does not know, `name`
    "withheld",   // permitted by the rules and refused by the node, for what no part holds
    "protocol",   // refused as in no clause of a protocol, whose text is not given
    "partner",    // the clause turns on which partner it was, which the export does not say
};

struct Replayed {
  uint64_t index = 0;
  // When it was decided, microseconds UTC; nothing while the act part is closed.
  std::optional<uint64_t> time_us = {};
  ReplayVerdict verdict = ReplayVerdict::kNoDecision;
  std::vector<std::string_view> differs = {};  // of a mismatch, in the order of kReplayDifferences
  std::string_view why = {};                   // of one that is not replayable
  std::string name = {};
  std::optional<uint64_t> erased_by = {};
  // Of a pack that is missing.
  policies::Layer layer = policies::Layer::kStatutory;
  crypto::Hash digest{};
  // The protocol whose text would say whether the clause is right, when it was not given.
  std::optional<crypto::Hash> unchecked_protocol = {};
};

// A node logs a decision within the call that asked for it, and rounds the time down to its tick,
// which is a minute at the longest. What is further apart than this was not logged when it was
// decided, or by a clock that was set back meanwhile.
inline constexpr uint64_t kMostApartUs = 3600ull * 1'000'000;

class Replayer {
 public:
  // Both must outlive this.
  Replayer(RulePacks& packs, const ProtocolTexts& protocols)
      : packs_(packs), protocols_(protocols) {}

  // Whose log it is, by its origin: "<organisation>/log". Without it parties are known by kind.
  void SetOrigin(std::string_view origin);

  // Judges one entry by its act part and its decision part, and by who is named in its counterpart
  // part where that is open. A part that is open must have been compared with the leaf before: give
  // what was not the same as missing. `logged_at_us`: the time in the leaf; without it that of the
  // decision is believed.
  // Entries are given in the order of the log: the first under a manifest says whether it is an
  // exercise.
  Replayed Replay(uint64_t index, const ExportPart& act, const ExportPart& decision,
                  const ExportPart& counterpart = {}, std::optional<uint64_t> logged_at_us = {});

 private:
  Replayed Judge(uint64_t index, const record::v1::ActPart* act, const ExportPart& act_part,
                 const ExportPart& decision_part, const ExportPart& counterpart_part,
                 std::optional<uint64_t> logged_at_us);
  bool SameExercise(const record::v1::ActPart& act);

  RulePacks& packs_;
  const ProtocolTexts& protocols_;
  std::string organisation_;
  // By version and partnership, which is kept as its hash.
  std::map<std::pair<uint64_t, crypto::Hash>, bool> exercise_;
};

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_REPLAY_H_
