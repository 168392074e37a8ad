#include "client/cli/log_commands.h"

#include <utility>

#include "client/cli/log_export.h"
#include "client/cli/log_query.h"
#include "client/cli/log_reconcile.h"
#include "client/cli/log_replay.h"
#include "client/cli/log_verify.h"
#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/lib/own_files.h"
#include "client/lib/proof_check.h"
#include "client/lib/text.h"

namespace sluis::cli {
namespace {

constexpr size_t kMaxProofBytes = 1 << 20;

struct ProofOptions {
  std::string leaf_hash;
  std::string out;
  std::string file;
  std::string leaf;
  std::string key;
};

struct CheckpointOptions {
  std::string out;
};

Result<std::string> KeyOfNode(Shell& shell) {
  const auto answer =
      Call<node::v1::GetCheckpointResponse>(shell, node::v1::GetCheckpointRequest());
  if (!answer.ok()) return answer.failure();
  return answer->verifier_key();
}

// The proof of an entry as the node gives it, written to `out` with its leaf beside.
Exit Fetch(Shell& shell, const ProofOptions& options, std::string* proof, std::string* leaf,
           std::string* key) {
  const Result<std::string> hash = IdOf(options.leaf_hash, 32);
  if (!hash.ok()) return shell.Fail(hash.failure());
  node::v1::GetProofRequest request;
  request.set_leaf_hash(*hash);
  const auto answer = Call<node::v1::GetProofResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (key->empty()) {
    const Result<std::string> node_key = KeyOfNode(shell);
    if (!node_key.ok()) return shell.Fail(node_key.failure());
    *key = *node_key;
  }
  *proof = answer->proof();
  *leaf = answer->leaf();
  if (options.out.empty()) return Exit::kDone;
  const std::pair<std::string, const std::string*> files[] = {{options.out, proof},
                                                              {options.out + ".leaf", leaf}};
  for (const auto& [path, bytes] : files) {
    if (Step failure = client::WriteNew(path, *bytes, client::FileMode::kPublic)) {
      return shell.Fail(*failure);
    }
  }
  return Exit::kDone;
}

Exit Proof(Shell& shell, const ProofOptions& options) {
  const bool offline = !options.file.empty();
  if (offline == !options.leaf_hash.empty()) return shell.Fail(Exit::kUsage, "proof.one_of");
  if (offline && (options.leaf.empty() || options.key.empty() || !options.out.empty())) {
    return shell.Fail(Exit::kUsage, "proof.offline_needs");
  }
  if (!offline && !options.leaf.empty()) return shell.Fail(Exit::kUsage, "proof.offline_needs");
  std::string proof;
  std::string leaf;
  std::string key = options.key;
  if (offline) {
    Result<std::string> proof_file = client::ReadWhole(options.file, kMaxProofBytes);
    if (!proof_file.ok()) return shell.Fail(proof_file.failure());
    Result<std::string> leaf_file = client::ReadWhole(options.leaf, kMaxProofBytes);
    if (!leaf_file.ok()) return shell.Fail(leaf_file.failure());
    proof = std::move(*proof_file);
    leaf = std::move(*leaf_file);
  } else {
    const Exit exit = Fetch(shell, options, &proof, &leaf, &key);
    if (exit != Exit::kDone) return exit;
  }
  const auto proven = client::CheckProof(proof, leaf, key);
  if (!proven.ok()) return shell.Fail(Exit::kFinding, "proof.bad");
  const Args args{
      {"index", std::to_string(proven->index)},
      {"time", client::LegalMinute(static_cast<int64_t>(proven->logged_at_us / 1000000))},
      {"size", std::to_string(proven->checkpoint.head.size)},
      {"origin", proven->checkpoint.origin}};
  if (shell.json) {
    shell.Print({{"index", proven->index},
                 {"logged_at_us", proven->logged_at_us},
                 {"leaf_hash", crypto::HexEncode(crypto::View(proven->leaf_hash))},
                 {"origin", proven->checkpoint.origin},
                 {"size", proven->checkpoint.head.size},
                 {"root", crypto::HexEncode(crypto::View(proven->checkpoint.head.root))}});
    return Exit::kDone;
  }
  shell.Say("proof.good", args);
  return Exit::kDone;
}

Exit Checkpoint(Shell& shell, const CheckpointOptions& options) {
  const auto answer =
      Call<node::v1::GetCheckpointResponse>(shell, node::v1::GetCheckpointRequest());
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (!options.out.empty()) {
    if (Step failure =
            client::WriteNew(options.out, answer->checkpoint(), client::FileMode::kPublic)) {
      return shell.Fail(*failure);
    }
  }
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  shell.out() << answer->checkpoint();
  shell.Note("checkpoint.key", {{"key", answer->verifier_key()}});
  shell.Note("checkpoint.keep");
  return Exit::kDone;
}

}  // namespace

void AddLogCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "log", "sluis log verify november.sluislog");
  Shell& shell = set.shell();
  AddQueryCommand(set, group);
  AddVerifyCommand(set, group);

  const auto proof = Options<ProofOptions>();
  Command(set, group, "proof",
          "sluis log proof --leaf-hash "
          "5f1c2b3a4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8 --out handeling.proof")
      .Text("--leaf-hash", &proof->leaf_hash)
      .Text("--out", &proof->out, Need::kOptional, "proof_out")
      .Text("--file", &proof->file, Need::kOptional, "proof_file")
      .Text("--leaf", &proof->leaf, Need::kOptional, "proof_leaf")
      .Text("--key", &proof->key, Need::kOptional, "verifier_key")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, proof] { return Proof(shell, *proof); });

  AddExportCommand(set, group);
  AddReconcileCommand(set, group);
  AddReplayCommand(set, group);

  const auto checkpoint = Options<CheckpointOptions>();
  Command(set, group, "checkpoint", "sluis log checkpoint --out 2026-11-21.checkpoint")
      .Text("--out", &checkpoint->out, Need::kOptional, "checkpoint_out")
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, checkpoint] { return Checkpoint(shell, *checkpoint); });
}

}  // namespace sluis::cli
