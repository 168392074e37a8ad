#include "client/cli/log_verify.h"

#include <fstream>
#include <map>
#include <vector>

#include "client/cli/signal_view.h"
#include "client/lib/finding.h"
#include "client/lib/index_ranges.h"
#include "client/lib/own_files.h"
#include "client/lib/verifier.h"
#include "crypto/bytes.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::cli {
namespace {

constexpr size_t kMaxCheckpointBytes = 64 << 10;
// Of what was erased the text shows so much; --json has the list.
constexpr size_t kErasuresShown = 20;

struct VerifyCommand {
  std::string file;
  std::string key;
  std::vector<std::string> seen;
};

std::string KindText(const Shell& shell, const client::Finding& finding) {
  std::string key(client::FindingKindName(finding.kind));
  return shell.Text("verify.kind." + key);
}

std::string FindingLine(const Shell& shell, const client::Finding& finding) {
  std::string place;
  if (finding.index)
    place = shell.Text("verify.entry", {{"index", std::to_string(*finding.index)}});
  if (finding.part) {
    place += (place.empty() ? "" : ", ") +
             shell.Text("verify.part", {{"part", std::string(client::LogPartName(*finding.part))}});
  }
  const std::string text = KindText(shell, finding);
  return place.empty() ? text : place + ": " + text;
}

// The entries that each erasure closed.
std::map<uint64_t, client::IndexRanges> ByErasure(const client::VerifyReport& report) {
  std::map<uint64_t, client::IndexRanges> out;
  for (const client::ErasedSubject& erased : report.erased) out[erased.by].Add(erased.index);
  return out;
}

void SayErased(Shell& shell, const client::VerifyReport& report) {
  size_t lines = 0;
  uint64_t shown = 0;
  for (const auto& [by, one] : ByErasure(report)) {
    if (lines++ == kErasuresShown) break;
    shell.Say("verify.erased_by", {{"by", std::to_string(by)},
                                   {"indexes", one.Text()},
                                   {"count", std::to_string(one.count())}});
    shown += one.count();
  }
  if (shown == report.erased_total) return;
  shell.Say("verify.erased_more", {{"count", std::to_string(report.erased_total - shown)},
                                   {"listed", std::to_string(report.erased.size())}});
}

Json ReportJson(const client::VerifyReport& report) {
  Json parts = Json::object();
  for (const client::LogPart part : client::kLogParts) {
    const client::PartCounts& counts = report.parts[client::PlaceOf(part)];
    parts[std::string(client::LogPartName(part))] = {{"open", counts.open},
                                                     {"closed", counts.closed},
                                                     {"erased", counts.erased},
                                                     {"missing", counts.missing}};
  }
  Json erased = Json::array();
  for (const client::ErasedSubject& one : report.erased) {
    erased.push_back({{"index", one.index}, {"erased_by", one.by}});
  }
  Json findings = Json::array();
  for (const client::Finding& finding : report.findings) {
    findings.push_back({{"kind", client::FindingKindName(finding.kind)},
                        {"index", finding.index ? Json(*finding.index) : Json()},
                        {"part", finding.part ? Json(client::LogPartName(*finding.part)) : Json()},
                        {"text", finding.text}});
  }
  return {{"ok", report.ok()},
          {"origin", report.origin},
          {"verifier_key", report.verifier_key},
          {"key_is_claimed", report.key_is_claimed},
          {"complete", report.complete},
          {"entries", report.entries},
          {"hash_only", report.hash_only},
          {"root", report.head ? Json(crypto::HexEncode(crypto::View(report.head->root))) : Json()},
          {"signature_good", report.checkpoint && report.checkpoint->signature_good},
          {"seen_confirmed", report.seen_confirmed},
          {"self_consistency_only", report.self_consistency_only},
          {"parts", parts},
          {"erased_total", report.erased_total},
          {"erased", erased},
          {"findings_total", report.findings_total},
          {"findings", findings}};
}

void SayReport(Shell& shell, const client::VerifyReport& report) {
  for (const client::Finding& finding : report.findings) {
    shell.out() << FindingLine(shell, finding) << '\n';
  }
  const uint64_t unseen = report.findings_total - report.findings.size();
  if (unseen > 0) shell.Say("verify.more", {{"count", std::to_string(unseen)}});
  shell.Say("verify.log",
            {{"origin", Harmless(report.origin)}, {"count", std::to_string(report.entries)}});
  for (const client::LogPart part : client::kLogParts) {
    const client::PartCounts& counts = report.parts[client::PlaceOf(part)];
    shell.Say("verify.counts", {{"part", std::string(client::LogPartName(part))},
                                {"open", std::to_string(counts.open)},
                                {"closed", std::to_string(counts.closed)},
                                {"erased", std::to_string(counts.erased)},
                                {"missing", std::to_string(counts.missing)}});
  }
  SayErased(shell, report);
  if (report.head) {
    shell.Say("verify.root", {{"root", crypto::HexEncode(crypto::View(report.head->root))}});
  }
  if (report.hash_only > 0 || !report.complete) {
    shell.Say("verify.not_complete", {{"count", std::to_string(report.hash_only)}});
  }
  if (report.key_is_claimed) {
    shell.Say("verify.key_claimed", {{"key", Harmless(report.verifier_key)}});
  }
  if (report.ok()) {
    shell.Say(report.self_consistency_only ? "verify.self_only" : "verify.good",
              {{"seen", std::to_string(report.seen_confirmed)}});
  } else {
    shell.Say("verify.bad", {{"count", std::to_string(report.findings_total)}});
  }
}

Exit Verify(Shell& shell, const VerifyCommand& options) {
  client::VerifyOptions how;
  how.verifier_key = options.key;
  for (const std::string& path : options.seen) {
    const Result<std::string> note = client::ReadWhole(path, kMaxCheckpointBytes);
    if (!note.ok()) return shell.Fail(note.failure());
    how.seen.push_back(*note);
  }
  bool exercise = false;
  how.act = [&exercise](crypto::BytesView bytes) {
    record::v1::ActPart act;
    exercise = exercise ||
               (act.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && act.exercise());
  };
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return shell.Fail(Exit::kUsage, "file.absent", {{"path", options.file}});
  const auto report = client::VerifyExport(file, how);
  if (!report.ok()) return shell.Fail(Exit::kUsage, "file.failed", {{"path", options.file}});
  if (exercise) shell.SayExercise("exercise.log");
  if (shell.json) {
    shell.Print(ReportJson(*report));
  } else {
    SayReport(shell, *report);
  }
  return report->ok() ? Exit::kDone : Exit::kFinding;
}

}  // namespace

void AddVerifyCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<VerifyCommand>();
  Shell& shell = set.shell();
  Command(set, group, "verify", "sluis log verify november.sluislog --seen 2026-10-31.checkpoint")
      .Text("file", &options->file, Need::kRequired, "export_file")
      .Text("--key", &options->key, Need::kOptional, "verifier_key")
      .Texts("--seen", &options->seen)
      .AnswersJson()
      .Runs([&shell, options] { return Verify(shell, *options); });
}

}  // namespace sluis::cli
