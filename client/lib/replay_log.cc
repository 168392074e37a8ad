#include "client/lib/replay_log.h"

#include <cstddef>
#include <optional>

#include "sluis/record/v1/entry.pb.h"

namespace sluis::client {
namespace {

// What is open and does not give the commitment of the leaf is not the part that was logged.
ExportPart Proven(const ExportEntry& entry, LogPart part, ProvenParts proven) {
  if (entry.closed) return {};
  ExportPart given = entry.parts[PlaceOf(part)];
  if (given.state == ExportPart::State::kOpen && !proven[PlaceOf(part)]) {
    given = {.state = ExportPart::State::kMissing};
  }
  return given;
}

// The time in a leaf, docs/formats.md. What is no leaf has a finding, and no time.
std::optional<uint64_t> LoggedAtUs(crypto::BytesView leaf) {
  crypto::Reader reader(leaf);
  uint32_t format = 0, reserved = 0;
  uint64_t index = 0, time_us = 0;
  if (!reader.U32(&format) || !reader.U32(&reserved) || !reader.U64(&index) ||
      !reader.U64(&time_us)) {
    return std::nullopt;
  }
  return time_us;
}

class Count {
 public:
  Count(RulePacks& packs, const ReplayOptions& options)
      : replayer_(packs, options.protocols), options_(options) {}

  void Begins(const std::string& origin) { replayer_.SetOrigin(origin); }

  void Add(uint64_t index, const ExportEntry& entry, ProvenParts proven) {
    Replayed replayed{.index = index};
    if (entry.hash_only || entry.damaged) {
      replayed.verdict = ReplayVerdict::kNotReplayable;
      replayed.why = entry.damaged ? "missing" : "hash-only";
    } else {
      replayed = replayer_.Replay(
          index, Proven(entry, LogPart::kAct, proven), Proven(entry, LogPart::kDecision, proven),
          Proven(entry, LogPart::kCounterpart, proven), LoggedAtUs(entry.leaf));
    }
    ++report_.totals[static_cast<size_t>(replayed.verdict)];
    if (replayed.unchecked_protocol) Uncheck(*replayed.unchecked_protocol, index);
    if (replayed.verdict == ReplayVerdict::kEqual ||
        replayed.verdict == ReplayVerdict::kNoDecision) {
      return;
    }
    if (!replayed.why.empty()) report_.obstacles[replayed.why].Add(index);
    if (replayed.verdict == ReplayVerdict::kPackMissing) Miss(replayed);
    List(std::move(replayed));
  }
  void Act(crypto::BytesView bytes) {
    record::v1::ActPart act;
    report_.exercise =
        report_.exercise ||
        (act.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && act.exercise());
  }
  ReplayReport& report() { return report_; }

 private:
  void List(Replayed replayed) {
    const bool mismatch = replayed.verdict == ReplayVerdict::kMismatch;
    const size_t others = report_.listed.size() - mismatches_;
    if ((mismatch ? mismatches_ : others) >= options_.max_listed) return;
    const size_t place = mismatch ? mismatches_++ : report_.listed.size();
    report_.listed.insert(report_.listed.begin() + static_cast<std::ptrdiff_t>(place),
                          std::move(replayed));
  }

  void Miss(const Replayed& replayed) {
    const std::pair key(replayed.layer, replayed.digest);
    if (report_.missing.size() == options_.max_missing && !report_.missing.contains(key)) {
      ++report_.missing_left_out;
    } else {
      report_.missing[key].Add(replayed.index);
    }
  }

  void Uncheck(const crypto::Hash& protocol, uint64_t index) {
    if (report_.unchecked.size() == options_.max_missing && !report_.unchecked.contains(protocol)) {
      ++report_.unchecked_left_out;
    } else {
      report_.unchecked[protocol].Add(index);
    }
  }

  Replayer replayer_;
  const ReplayOptions& options_;
  ReplayReport report_;
  size_t mismatches_ = 0;  // listed
};

}  // namespace

absl::StatusOr<ReplayReport> ReplayLog(std::istream& input, RulePacks& packs,
                                       const ReplayOptions& options) {
  Count count(packs, options);
  VerifyOptions verify;
  verify.verifier_key = options.verifier_key;
  verify.progress = options.progress;
  verify.begins = [&count](const std::string& origin) { count.Begins(origin); };
  verify.act = [&count](crypto::BytesView bytes) { count.Act(bytes); };
  verify.entry = [&count](uint64_t index, const ExportEntry& entry, ProvenParts proven) {
    count.Add(index, entry, proven);
  };
  absl::StatusOr<VerifyReport> verified = VerifyExport(input, verify);
  if (!verified.ok()) return verified.status();
  count.report().verification = *std::move(verified);
  return std::move(count.report());
}

}  // namespace sluis::client
