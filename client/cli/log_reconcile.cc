#include "client/cli/log_reconcile.h"

#include <fstream>
#include <utility>
#include <vector>

#include "client/cli/log_export.h"
#include "client/cli/reconcile_keys.h"
#include "client/cli/reconcile_view.h"
#include "client/cli/request_context.h"
#include "client/lib/reconcile.h"

namespace sluis::cli {
namespace {

struct ReconcileOptions {
  ContextOptions context;
  std::vector<std::string> files;
  std::string manifest;
  std::vector<std::string> keys;
  std::string partner;
  std::string with;
  std::string out;
  std::string reason;
};

Failure CannotRead(const std::string& path) {
  return {Exit::kUsage, {"file.failed", {{"path", path}}}, nullptr};
}

// The two files, the own one fetched first where a partner is named.
Result<std::vector<std::string>> FilesOf(Shell& shell, const ReconcileOptions& options) {
  const bool fetches = !options.partner.empty();
  const bool half = options.with.empty() || options.out.empty() || options.reason.empty();
  const bool any = !options.with.empty() || !options.out.empty() || !options.reason.empty();
  if (fetches ? half || !options.files.empty() : any || options.files.size() != 2) {
    return Failure{Exit::kUsage, {"reconcile.usage", {}}, nullptr};
  }
  if (!fetches) return options.files;
  const Result<node::v1::RequestContext> context =
      ContextOf(shell, options.context, CaseRef::kOptional);
  if (!context.ok()) return context.failure();
  node::v1::ExportLogRequest request;
  *request.mutable_context() = *context;
  request.set_reason(options.reason);
  request.set_organisation(options.partner);
  const Result<uint64_t> entries = FetchExport(shell, request, options.out);
  if (!entries.ok()) return entries.failure();
  return std::vector<std::string>{options.out, options.with};
}

Result<client::ExchangeLog> ReadLog(const std::string& path, const LogKeys& keys) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failure{Exit::kUsage, {"file.absent", {{"path", path}}}, nullptr};
  const Result<std::string> key = keys.For(file);
  if (!key.ok()) return key.failure();
  file.clear();
  file.seekg(0);
  absl::StatusOr<client::ExchangeLog> log = client::ReadExchangeLog(file, *key);
  if (absl::IsResourceExhausted(log.status())) {
    return Failure{Exit::kUsage, {"reconcile.too_many", {{"path", path}}}, nullptr};
  }
  if (!log.ok()) return CannotRead(path);
  if (!log->report.ok()) {
    return Failure{
        Exit::kFinding,
        {"reconcile.not_verified",
         {{"path", path},
          {"count", std::to_string(log->report.findings_total)},
          {"kind", std::string(client::FindingKindName(log->report.findings.at(0).kind))}}},
        nullptr};
  }
  if (!log->fault.empty()) {
    return Failure{Exit::kUsage, {"reconcile.fault." + log->fault, {{"path", path}}}, nullptr};
  }
  return *std::move(log);
}

Result<std::map<uint64_t, crypto::Hash>> Roots(const std::string& path,
                                               const std::set<uint64_t>& sizes) {
  if (sizes.empty()) return std::map<uint64_t, crypto::Hash>();
  std::ifstream file(path, std::ios::binary);
  absl::StatusOr<std::map<uint64_t, crypto::Hash>> roots = client::RootsAt(file, sizes);
  if (!roots.ok()) return CannotRead(path);
  return *std::move(roots);
}

Exit RunReconcile(Shell& shell, const ReconcileOptions& options) {
  const Result<std::vector<std::string>> files = FilesOf(shell, options);
  if (!files.ok()) return shell.Fail(files.failure());
  const Result<LogKeys> keys =
      LogKeys::Of(shell, {options.manifest, options.keys, !options.partner.empty()});
  if (!keys.ok()) return shell.Fail(keys.failure());
  const Result<client::ExchangeLog> a = ReadLog(files->at(0), *keys);
  if (!a.ok()) return shell.Fail(a.failure());
  const Result<client::ExchangeLog> b = ReadLog(files->at(1), *keys);
  if (!b.ok()) return shell.Fail(b.failure());
  std::string_view unfit = client::CannotReconcile(*a, *b);
  if (!options.partner.empty() && b->organisation != options.partner) unfit = "not_for";
  if (!unfit.empty()) {
    return shell.Fail(Exit::kUsage, "reconcile.fault." + std::string(unfit),
                      {{"path", files->at(0)}, {"other", files->at(1)}});
  }
  const auto roots_a = Roots(files->at(0), client::SizesNamed(*b));
  if (!roots_a.ok()) return shell.Fail(roots_a.failure());
  const auto roots_b = Roots(files->at(1), client::SizesNamed(*a));
  if (!roots_b.ok()) return shell.Fail(roots_b.failure());
  const client::Reconciliation found = client::Reconcile({*a, *roots_a}, {*b, *roots_b});
  if (shell.json) {
    shell.Print(ReconciliationJson(found, {&*a, &*b}));
  } else {
    SayReconciliation(shell, found, {&*a, &*b});
  }
  return found.ok() ? Exit::kDone : Exit::kFinding;
}

}  // namespace

void AddReconcileCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<ReconcileOptions>();
  Shell& shell = set.shell();
  Command command(set, group, "reconcile",
                  "sluis log reconcile voor-zandrode.sluislog van-zandrode.sluislog --manifest "
                  "vaartland.manifest");
  command.Files("files", &options->files, Need::kOptional, "reconcile_files")
      .Text("--manifest", &options->manifest, Need::kOptional, "reconcile_manifest")
      .Texts("--key", &options->keys, Need::kOptional, "reconcile_key")
      .Text("--partner", &options->partner, Need::kOptional, "reconcile_partner")
      .Text("--with", &options->with, Need::kOptional, "reconcile_with")
      .Text("--out", &options->out, Need::kOptional, "reconcile_out")
      .Text("--reason", &options->reason, Need::kOptional, "log_reason");
  AddContext(command, &options->context);
  command.Runs([&shell, options] { return RunReconcile(shell, *options); });
}

}  // namespace sluis::cli
