#include "client/cli/log_export.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <utility>

#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/lib/own_files.h"

namespace sluis::cli {
namespace {

struct ExportOptions {
  ContextOptions context;
  OpenOptions open;
  std::string reason;
  std::string out;
  bool closed = false;
  std::string partner;
};

// Writes pieces to a new file; what is not finished is removed.
class ExportFile {
 public:
  explicit ExportFile(std::string path) : path_(std::move(path)), partial_(path_ + ".part") {}
  ~ExportFile() {
    if (!finished_) std::remove(partial_.c_str());
  }
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  Step Begin() {
    std::remove(partial_.c_str());
    if (client::Exists(path_))
      return Failure{Exit::kUsage, {"file.exists", {{"path", path_}}}, nullptr};
    if (Step failure = client::WriteNew(partial_, "", client::FileMode::kPrivate)) return failure;
    file_.open(partial_, std::ios::binary | std::ios::app);
    return Checked();
  }
  Step Append(const std::string& bytes) {
    file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return Checked();
  }
  Step Finish() {
    file_.close();
    if (Step failure = Checked()) return failure;
    if (std::rename(partial_.c_str(), path_.c_str()) != 0) return Failed();
    finished_ = true;
    return std::nullopt;
  }

 private:
  Failure Failed() const { return {Exit::kUsage, {"file.failed", {{"path", path_}}}, nullptr}; }
  Step Checked() const { return file_.good() ? Step() : Step(Failed()); }

  const std::string path_;
  const std::string partial_;
  std::ofstream file_;
  bool finished_ = false;
};

Exit Export(Shell& shell, const ExportOptions& options) {
  const Result<node::v1::RequestContext> context =
      ContextOf(shell, options.context, CaseRef::kOptional);
  if (!context.ok()) return shell.Fail(context.failure());
  node::v1::ExportLogRequest request;
  *request.mutable_context() = *context;
  request.set_reason(options.reason);
  request.set_closed(options.closed);
  request.set_organisation(options.partner);
  if (!options.partner.empty() && (options.closed || !options.open.open.empty())) {
    return shell.Fail(Exit::kUsage, "log.partner_only");
  }
  if (options.closed && !options.open.open.empty()) {
    return shell.Fail(Exit::kUsage, "log.closed_and_open");
  }
  if (Step failure = SetOpen(options.open, request.mutable_open())) return shell.Fail(*failure);
  const Result<uint64_t> entries = FetchExport(shell, request, options.out);
  if (!entries.ok()) return shell.Fail(entries.failure());
  if (shell.json) {
    shell.Print({{"file", options.out}, {"entries", *entries}});
    return Exit::kDone;
  }
  shell.Say("log.exported", {{"path", options.out}, {"count", std::to_string(*entries)}});
  if (!options.partner.empty()) shell.Note("log.exported_for", {{"peer", options.partner}});
  return Exit::kDone;
}

}  // namespace

void AddOpen(Command& command, OpenOptions* options) {
  command.Texts("--open", &options->open).Text("--decision-ref", &options->decision_ref);
}

Step SetOpen(const OpenOptions& options, node::v1::OpenParts* parts) {
  for (const std::string& part : options.open) {
    if (part == "actor") {
      parts->set_actor(true);
    } else if (part == "subject") {
      parts->set_subject(true);
    } else if (part == "decision") {
      parts->set_decision(true);
    } else {
      return Failure{Exit::kUsage, {"log.bad_part", {{"part", part}}}, nullptr};
    }
  }
  if ((parts->actor() || parts->subject()) && options.decision_ref.empty()) {
    return Failure{Exit::kUsage, {"log.needs_decision_ref", {}}, nullptr};
  }
  parts->set_decision_ref(options.decision_ref);
  return std::nullopt;
}

Result<uint64_t> FetchExport(Shell& shell, const node::v1::ExportLogRequest& request,
                             const std::string& path) {
  const Result<std::shared_ptr<client::Calls>> calls = shell.Node();
  if (!calls.ok()) return calls.failure();
  ExportFile file(path);
  if (Step failure = file.Begin()) return *std::move(failure);
  uint64_t entries = 0;
  Step failure = (*calls)->Export(request, [&](const node::v1::ExportLogResponse& piece) {
    entries = piece.entries_done();
    return file.Append(piece.data());
  });
  if (!failure) failure = file.Finish();
  if (failure) return *std::move(failure);
  return entries;
}

void AddExportCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<ExportOptions>();
  Shell& shell = set.shell();
  Command command(set, group, "export",
                  "sluis log export --out november.sluislog --reason \"controle door de DPO\"");
  command.Text("--out", &options->out, Need::kRequired, "export_out")
      .Text("--reason", &options->reason, Need::kRequired, "log_reason")
      .Flag("--closed", &options->closed)
      .Text("--for", &options->partner, Need::kOptional, "export_for");
  AddOpen(command, &options->open);
  AddContext(command, &options->context);
  command.Runs([&shell, options] { return Export(shell, *options); });
}

}  // namespace sluis::cli
