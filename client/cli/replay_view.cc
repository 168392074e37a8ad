#include "client/cli/replay_view.h"

#include <algorithm>
#include <string>

#include "client/cli/signal_view.h"
#include "client/lib/text.h"
#include "crypto/bytes.h"

namespace sluis::cli {
namespace {

using client::Replayed;
using client::ReplayReport;
using client::ReplayVerdict;

constexpr ReplayVerdict kVerdicts[] = {ReplayVerdict::kEqual, ReplayVerdict::kMismatch,
                                       ReplayVerdict::kPackMissing, ReplayVerdict::kNotReplayable,
                                       ReplayVerdict::kNoDecision};
// Of what is not replayable the text shows so many entries one by one; --json has more.
constexpr size_t kObstaclesShown = 20;

std::string Hex(const crypto::Hash& hash) { return crypto::HexEncode(crypto::View(hash)); }

// "closed" says the same of every entry; these have something of their own to say.
bool HasItsOwnLine(const Replayed& one) { return one.erased_by || !one.name.empty(); }

std::string WhyText(const Shell& shell, const Replayed& one) {
  return shell.Text(
      "replay.why." + std::string(one.why),
      {{"by", one.erased_by ? std::to_string(*one.erased_by) : ""}, {"name", Harmless(one.name)}});
}

std::string DifferencesText(const Shell& shell, const Replayed& one) {
  std::string text;
  for (const std::string_view word : one.differs) {
    text += (text.empty() ? "" : "; ") + shell.Text("replay.differs." + std::string(word));
  }
  return text;
}

std::string TimeOf(const Replayed& one) {
  return one.time_us ? client::LegalMinute(static_cast<int64_t>(*one.time_us / 1'000'000)) : "?";
}

Json ReplayedJson(const Replayed& one) {
  Json out = {{"index", one.index},
              {"decided_at_us", one.time_us ? Json(*one.time_us) : Json()},
              {"verdict", client::ReplayVerdictName(one.verdict)}};
  if (one.verdict == ReplayVerdict::kMismatch) out["differs"] = one.differs;
  if (!one.why.empty()) out["why"] = one.why;
  if (!one.name.empty()) out["name"] = Harmless(one.name);
  if (one.erased_by) out["erased_by"] = *one.erased_by;
  if (one.verdict == ReplayVerdict::kPackMissing) {
    out["layer"] = policies::LayerName(one.layer);
    out["digest"] = Hex(one.digest);
  }
  return out;
}

void SayMismatches(Shell& shell, const ReplayReport& report) {
  uint64_t shown = 0;
  for (const Replayed& one : report.listed) {
    if (one.verdict != ReplayVerdict::kMismatch) continue;
    shell.Say("replay.mismatch", {{"index", std::to_string(one.index)},
                                  {"time", TimeOf(one)},
                                  {"what", DifferencesText(shell, one)}});
    ++shown;
  }
  const uint64_t left = report.Total(ReplayVerdict::kMismatch) - shown;
  if (left > 0) shell.Say("replay.more", {{"count", std::to_string(left)}});
}

void SayMissing(Shell& shell, const ReplayReport& report) {
  for (const auto& [pack, entries] : report.missing) {
    shell.Say(
        "replay.missing",
        {{"layer", shell.Text("policy.layer." + std::string(policies::LayerName(pack.first)))},
         {"digest", Hex(pack.second)},
         {"count", std::to_string(entries.count())},
         {"indexes", entries.Text()}});
  }
  if (report.missing_left_out > 0) {
    shell.Say("replay.missing_more", {{"count", std::to_string(report.missing_left_out)}});
  }
}

void SayUnchecked(Shell& shell, const ReplayReport& report) {
  for (const auto& [protocol, entries] : report.unchecked) {
    shell.Say("replay.unchecked", {{"digest", Hex(protocol)},
                                   {"count", std::to_string(entries.count())},
                                   {"indexes", entries.Text()}});
  }
  if (report.unchecked_left_out > 0) {
    shell.Say("replay.unchecked_more", {{"count", std::to_string(report.unchecked_left_out)}});
  }
}

void SayObstacles(Shell& shell, const ReplayReport& report) {
  size_t lines = 0;
  for (const Replayed& one : report.listed) {
    if (one.why.empty() || !HasItsOwnLine(one)) continue;
    if (lines++ == kObstaclesShown) break;
    shell.Say("replay.obstacle",
              {{"index", std::to_string(one.index)}, {"why", WhyText(shell, one)}});
  }
  for (const auto& [why, entries] : report.obstacles) {
    shell.Say("replay.obstacles", {{"why", shell.Text("replay.why_all." + std::string(why))},
                                   {"count", std::to_string(entries.count())},
                                   {"indexes", entries.Text()}});
  }
}

std::string_view VerdictKey(const ReplayReport& report) {
  if (!report.verification.ok()) return "replay.not_verified";
  if (report.Total(ReplayVerdict::kMismatch) > 0) return "replay.bad";
  if (report.Total(ReplayVerdict::kPackMissing) > 0) return "replay.give_packs";
  if (!report.unchecked.empty()) return "replay.give_protocols";
  if (report.Total(ReplayVerdict::kNotReplayable) > 0) return "replay.partly";
  return report.decisions() > 0 ? "replay.good" : "replay.none";
}

}  // namespace

Exit ExitOf(const ReplayReport& report) {
  if (!report.verification.ok() || report.Total(ReplayVerdict::kMismatch) > 0) {
    return Exit::kFinding;
  }
  if (report.Total(ReplayVerdict::kPackMissing) > 0 || !report.unchecked.empty()) {
    return Exit::kPartly;
  }
  return report.Total(ReplayVerdict::kNotReplayable) > 0 ? Exit::kRefused : Exit::kDone;
}

Json ReplayJson(const ReplayReport& report) {
  Json totals = Json::object();
  for (const ReplayVerdict verdict : kVerdicts) {
    totals[std::string(client::ReplayVerdictName(verdict))] = report.Total(verdict);
  }
  Json obstacles = Json::object();
  for (const auto& [why, entries] : report.obstacles) {
    obstacles[std::string(why)] = entries.count();
  }
  Json missing = Json::array();
  for (const auto& [pack, entries] : report.missing) {
    missing.push_back({{"layer", policies::LayerName(pack.first)},
                       {"digest", Hex(pack.second)},
                       {"entries", entries.count()}});
  }
  Json unchecked = Json::array();
  for (const auto& [protocol, entries] : report.unchecked) {
    unchecked.push_back({{"digest", Hex(protocol)}, {"entries", entries.count()}});
  }
  Json listed = Json::array();
  for (const Replayed& one : report.listed) listed.push_back(ReplayedJson(one));
  return {{"ok", ExitOf(report) == Exit::kDone},
          {"origin", report.verification.origin},
          {"entries", report.verification.entries},
          {"verified", report.verification.ok()},
          {"findings_total", report.verification.findings_total},
          {"key_is_claimed", report.verification.key_is_claimed},
          {"totals", totals},
          {"not_replayable", obstacles},
          {"missing_packs", missing},
          {"missing_protocols", unchecked},
          {"listed_total", report.listed_total()},
          {"listed", listed}};
}

void SayReplay(Shell& shell, const ReplayReport& report) {
  SayMismatches(shell, report);
  SayMissing(shell, report);
  SayUnchecked(shell, report);
  SayObstacles(shell, report);
  shell.Say("replay.log", {{"origin", Harmless(report.verification.origin)},
                           {"count", std::to_string(report.verification.entries)},
                           {"decisions", std::to_string(report.decisions())}});
  for (const ReplayVerdict verdict : kVerdicts) {
    shell.Say("replay.total",
              {{"verdict",
                shell.Text("replay.verdict." + std::string(client::ReplayVerdictName(verdict)))},
               {"count", std::to_string(report.Total(verdict))}});
  }
  if (report.verification.key_is_claimed) {
    shell.Say("verify.key_claimed", {{"key", Harmless(report.verification.verifier_key)}});
  }
  shell.Say(VerdictKey(report), {{"count", std::to_string(report.verification.findings_total)}});
}

}  // namespace sluis::cli
