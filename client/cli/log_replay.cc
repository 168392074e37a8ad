#include "client/cli/log_replay.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "client/cli/log_export.h"
#include "client/cli/policy_files.h"
#include "client/cli/protocol_files.h"
#include "client/cli/replay_view.h"
#include "client/cli/request_context.h"
#include "client/lib/replay_log.h"

namespace sluis::cli {
namespace {

namespace fs = std::filesystem;

// More than a partnership has versions in a lifetime; a folder with more is another folder.
constexpr size_t kMaxPackFiles = 1000;
// Between two lines that say how far it is.
constexpr int64_t kProgressSeconds = 10;

struct ReplayCommand {
  ContextOptions context;
  std::string file;
  std::vector<std::string> packs;
  std::vector<std::string> protocols;
  std::string key;
  std::string out;
  std::string reason;
};

bool IsPackFile(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

// The pack files of a folder, by name; a file is given as it is.
Result<std::vector<std::string>> FilesIn(const std::vector<std::string>& places) {
  std::vector<std::string> files;
  for (const std::string& place : places) {
    std::error_code error;
    if (fs::is_directory(place, error)) {
      std::vector<std::string> here;
      for (fs::directory_iterator at(place, error), end; !error && at != end; at.increment(error)) {
        if (IsPackFile(at->path()) && at->is_regular_file(error)) here.push_back(at->path());
      }
      std::sort(here.begin(), here.end());
      files.insert(files.end(), here.begin(), here.end());
    } else {
      files.push_back(place);
    }
    if (error) return Failure{Exit::kUsage, {"file.failed", {{"path", place}}}, nullptr};
    if (files.size() > kMaxPackFiles) {
      return Failure{Exit::kUsage,
                     {"replay.too_many", {{"path", place}, {"max", std::to_string(kMaxPackFiles)}}},
                     nullptr};
    }
  }
  return files;
}

// What is no pack is told and passed over: folders hold other things as well, and a pack that the
// log needs and that cannot be read shows as missing.
Result<client::RulePacks> PacksIn(Shell& shell, const std::vector<std::string>& places) {
  const Result<std::vector<std::string>> files = FilesIn(places);
  if (!files.ok()) return files.failure();
  Result<ReadPacks> read = ReadPackFiles(*files);
  if (!read.ok()) return read.failure();
  for (const std::string& refusal : read->refusals) {
    shell.Note("replay.no_pack", {{"text", refusal}});
  }
  client::RulePacks packs;
  for (policies::Pack& pack : read->packs) packs.Add(std::move(pack));
  if (packs.size() == 0) return Failure{Exit::kUsage, {"replay.no_packs", {}}, nullptr};
  return packs;
}

Result<client::ProtocolTexts> ProtocolsIn(const std::vector<std::string>& files) {
  client::ProtocolTexts texts;
  for (const std::string& file : files) {
    Result<policies::Protocol> text = ReadProtocolFile(file);
    if (!text.ok()) return text.failure();
    const crypto::Hash digest = text->digest;
    texts.insert_or_assign(digest, *std::move(text));
  }
  return texts;
}

// The export to read: the one given, or one that the own node makes now.
Result<std::string> ExportOf(Shell& shell, const ReplayCommand& options) {
  const bool any = !options.out.empty() || !options.reason.empty();
  const bool both = !options.out.empty() && !options.reason.empty();
  if (options.file.empty() ? !both : any) {
    return Failure{Exit::kUsage, {"replay.usage", {}}, nullptr};
  }
  if (!options.file.empty()) return options.file;
  const Result<node::v1::RequestContext> context =
      ContextOf(shell, options.context, CaseRef::kOptional);
  if (!context.ok()) return context.failure();
  node::v1::ExportLogRequest request;
  *request.mutable_context() = *context;
  request.set_reason(options.reason);
  request.mutable_open()->set_decision(true);
  const Result<uint64_t> entries = FetchExport(shell, request, options.out);
  if (!entries.ok()) return entries.failure();
  return options.out;
}

Exit RunReplay(Shell& shell, const ReplayCommand& options) {
  Result<client::RulePacks> packs = PacksIn(shell, options.packs);
  if (!packs.ok()) return shell.Fail(packs.failure());
  Result<client::ProtocolTexts> protocols = ProtocolsIn(options.protocols);
  if (!protocols.ok()) return shell.Fail(protocols.failure());
  const Result<std::string> path = ExportOf(shell, options);
  if (!path.ok()) return shell.Fail(path.failure());
  std::ifstream file(*path, std::ios::binary);
  if (!file) return shell.Fail(Exit::kUsage, "file.absent", {{"path", *path}});
  client::ReplayOptions how;
  how.verifier_key = options.key;
  how.protocols = *std::move(protocols);
  int64_t said_s = shell.now_s();
  how.progress = [&shell, &said_s](uint64_t done, uint64_t count) {
    if (shell.now_s() < said_s + kProgressSeconds) return;
    said_s = shell.now_s();
    shell.Note("replay.progress",
               {{"done", std::to_string(done)}, {"count", std::to_string(count)}});
  };
  const absl::StatusOr<client::ReplayReport> report = client::ReplayLog(file, *packs, how);
  if (!report.ok()) return shell.Fail(Exit::kUsage, "file.failed", {{"path", *path}});
  if (report->exercise) shell.SayExercise("exercise.log");
  if (shell.json) {
    shell.Print(ReplayJson(*report));
  } else {
    SayReplay(shell, *report);
  }
  return ExitOf(*report);
}

}  // namespace

void AddReplayCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<ReplayCommand>();
  Shell& shell = set.shell();
  Command command(set, group, "replay",
                  "sluis log replay november.sluislog --packs /var/lib/sluis/packs");
  command.Text("file", &options->file, Need::kOptional, "replay_file")
      .Texts("--packs", &options->packs, Need::kRequired, "replay_packs")
      .Texts("--protocol", &options->protocols, Need::kOptional, "replay_protocols")
      .Text("--key", &options->key, Need::kOptional, "verifier_key")
      .Text("--out", &options->out, Need::kOptional, "replay_out")
      .Text("--reason", &options->reason, Need::kOptional, "log_reason");
  AddContext(command, &options->context);
  command.Runs([&shell, options] { return RunReplay(shell, *options); });
}

}  // namespace sluis::cli
