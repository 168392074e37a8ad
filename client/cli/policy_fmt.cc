#include "client/cli/policy_fmt.h"

#include <filesystem>
#include <system_error>

#include "client/cli/policy_files.h"
#include "client/lib/own_files.h"
#include "crypto/bytes.h"
#include "policies/pack_format.h"
#include "policies/pack_yaml.h"

namespace sluis::cli {
namespace {

struct FmtCommand {
  std::string file;
  bool check = false;
  bool write = false;
};

void SayOutcome(Shell& shell, const FmtCommand& options, bool same, const std::string& digest) {
  const Args args{{"path", options.file}, {"digest", digest}};
  if (same) return shell.Say("policy.fmt_good", args);
  shell.Say(options.write ? "policy.fmt_written" : "policy.fmt_differs", args);
}

// Replaces the text of the file that the path leads to: a link stays a link, and whoever could read
// or change the file still can, and nobody else.
Step Rewrite(const std::string& path, const std::string& text) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::canonical(path, error);
  const std::filesystem::file_status before = std::filesystem::status(file, error);
  if (error) return Failure{Exit::kUsage, {"file.failed", {{"path", path}}}, nullptr};
  if (Step failure = client::WriteOver(file.string(), text, client::FileMode::kPrivate)) {
    return failure;
  }
  std::filesystem::permissions(file, before.permissions(), error);
  if (error) return Failure{Exit::kUsage, {"file.failed", {{"path", path}}}, nullptr};
  return std::nullopt;
}

Exit Fmt(Shell& shell, const FmtCommand& options) {
  if (options.check && options.write) return shell.Fail(Exit::kUsage, "policy.fmt_both");
  const Result<std::string> text = client::ReadWhole(options.file, kMaxPackFileBytes);
  if (!text.ok()) return shell.Fail(text.failure());
  // A file that is no pack is not for this command to lay out.
  const absl::StatusOr<policies::Pack> pack = policies::ParsePack(options.file, *text);
  if (!pack.ok()) return shell.Fail(PacksRefused({WordsOf(pack.status())}));
  const absl::StatusOr<std::string> laid = policies::FormatPack(options.file, *text);
  if (!laid.ok()) return shell.Fail(PacksRefused({WordsOf(laid.status())}));
  const bool same = *laid == *text;
  const std::string digest = crypto::HexEncode(crypto::View(pack->digest));
  if (options.write && !same) {
    if (Step failure = Rewrite(options.file, *laid)) {
      return shell.Fail(*failure);
    }
  }
  const bool shows = !options.check && !options.write;
  if (shell.json) {
    Json out{{"file", options.file}, {"same", same}, {"digest", digest}};
    if (shows) out["text"] = *laid;
    shell.Print(out);
  } else if (shows) {
    shell.out() << *laid;
  } else {
    SayOutcome(shell, options, same, digest);
  }
  return options.check && !same ? Exit::kFinding : Exit::kDone;
}

}  // namespace

void AddPolicyFmtCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<FmtCommand>();
  Shell& shell = set.shell();
  Command(set, group, "fmt", "sluis policy fmt livc-r.yaml --write")
      .Text("file", &options->file, Need::kRequired, "pack_file")
      .Flag("--check", &options->check, "fmt_check")
      .Flag("--write", &options->write, "fmt_write")
      .AnswersJson()
      .Runs([&shell, options] { return Fmt(shell, *options); });
}

}  // namespace sluis::cli
