// The second round: `sluis partnership sign` signs a draft after showing it, `assemble` puts the
// signatures together, `show` shows.
#include <algorithm>

#include "client/cli/partnership_commands.h"
#include "client/cli/partnership_view.h"
#include "client/cli/receipt.h"
#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_files.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::cli {
namespace {

using partnership::Manifest;
using partnership::SignedManifest;

struct SignOptions {
  std::string draft;
  std::string config = "/etc/sluis/sluisd.yaml";
  std::string member;
  std::string key;
  std::string follows;
  std::string out;
  bool yes = false;
};

struct AssembleOptions {
  std::vector<std::string> files;
  std::string follows;
  std::string out;
};

struct ShowOptions {
  std::string file;
  std::string follows;
};

Step Refused(const char* key, const Args& args) {
  return Failure{Exit::kUsage, {key, args}, nullptr};
}

const Manifest* Get(const Result<std::optional<Manifest>>& held) {
  return *held ? &**held : nullptr;
}

// The own statement stands in it as it was made, and it is about this node as it is now.
Step CheckStatement(const SignOptions& options, const client::NodeConfiguration& node,
                    const Manifest& manifest) {
  const Result<partnership::Member> own = client::ReadMemberFile(options.member);
  if (!own.ok()) return own.failure();
  if (Step failure = client::CheckOwn(*own, node)) return failure;
  const partnership::Member* there = manifest.Find(node.organisation);
  if (there == nullptr) {
    return Refused("partnership.not_in_draft", {{"organisation", node.organisation}});
  }
  if (there->bytes != own->bytes) {
    return Refused("partnership.other_statement", {{"path", options.member}});
  }
  return std::nullopt;
}

Step CheckPacks(const client::PackPair& own, const Manifest& manifest, const Shell& shell) {
  const auto differs = [&](const char* layer, const client::PackFacts& pack) {
    return Refused(
        "partnership.other_pack",
        {{"layer", shell.Text(layer)}, {"id", pack.id}, {"version", std::to_string(pack.version)}});
  };
  if (own.statutory.digest != manifest.statutory_pack) {
    return differs("partnership.layer_statutory", own.statutory);
  }
  if (own.partnership.digest != manifest.partnership_pack) {
    return differs("partnership.layer_partnership", own.partnership);
  }
  return std::nullopt;
}

// The identity key that the others will look for: that of the manifest in force, if it names this
// organisation.
Result<crypto::KeyFile> KeyToSign(const Shell& shell, const std::string& path,
                                  const partnership::Member& holder) {
  Result<crypto::KeyFile> key = client::ReadKey(path, crypto::KeyPurpose::kIdentity);
  if (!key.ok()) return key;
  for (const partnership::Key* known :
       holder.KeysFor(crypto::KeyPurpose::kIdentity, shell.today())) {
    if (known->public_key == key->key.public_key()) return key;
  }
  return Failure{Exit::kUsage, {"partnership.other_key", {{"path", path}}}, nullptr};
}

void PutSignature(const std::string& organisation, const crypto::Signature& signature,
                  SignedManifest* out) {
  std::erase_if(out->signatures,
                [&](const auto& one) { return one.organisation() == organisation; });
  record::v1::ManifestSignature& added = out->signatures.emplace_back();
  added.set_organisation(organisation);
  added.set_signature(std::string(crypto::View(signature)));
  std::sort(out->signatures.begin(), out->signatures.end(),
            [](const auto& a, const auto& b) { return a.organisation() < b.organisation(); });
}

Exit Sign(Shell& shell, const SignOptions& options) {
  const Result<client::NodeConfiguration> node = client::ReadNodeConfiguration(options.config);
  if (!node.ok()) return shell.Fail(node.failure());
  Result<SignedManifest> draft = client::ReadManifestFile(options.draft);
  if (!draft.ok()) return shell.Fail(draft.failure());
  const Manifest& manifest = draft->manifest;
  const Result<std::optional<Manifest>> followed = HeldManifest(options.follows);
  if (!followed.ok()) return shell.Fail(followed.failure());
  const Manifest* held = Get(followed);
  if (Step failure = client::CheckFollows(held, manifest)) return shell.Fail(*failure);
  if (Step failure = CheckStatement(options, *node, manifest)) return shell.Fail(*failure);
  const Result<client::PackPair> packs =
      client::ReadPackPair(node->statutory_pack, node->partnership_pack);
  if (!packs.ok()) return shell.Fail(packs.failure());
  if (Step failure = CheckPacks(*packs, manifest, shell)) return shell.Fail(*failure);
  const partnership::Member* before = held == nullptr ? nullptr : held->Find(node->organisation);
  const Result<crypto::KeyFile> key =
      KeyToSign(shell, options.key.empty() ? node->identity_key : options.key,
                before == nullptr ? *manifest.Find(node->organisation) : *before);
  if (!key.ok()) return shell.Fail(key.failure());
  if (client::Exists(options.out)) {
    return shell.Fail(Exit::kUsage, "file.exists", {{"path", options.out}});
  }
  // Beside the result, so that --json stays one object and the question has its text above it.
  shell.err() << ManifestLines(shell, manifest, &*packs, nullptr);
  if (held != nullptr) shell.err() << ChangeLines(shell, *held, manifest);
  if (!options.yes && !shell.Confirm("partnership.confirm_sign")) {
    return shell.Fail(Exit::kUsage, "partnership.not_signed_now");
  }
  PutSignature(node->organisation, partnership::SignManifest(manifest, key->key), &*draft);
  if (Step failure = client::WriteNew(options.out, draft->Serialise(), client::FileMode::kPublic)) {
    return shell.Fail(*failure);
  }
  if (shell.json) {
    const std::vector<std::string> missing =
        partnership::MissingSignatures(*draft, held, shell.today());
    Json json = ManifestJson(manifest, &missing);
    json["out"] = options.out;
    shell.Print(json);
    return Exit::kDone;
  }
  shell.Say("partnership.signed_now", {{"path", options.out}});
  return Exit::kDone;
}

// Takes over each signature of `from` that holds; names whose does not.
std::vector<std::string> Take(const SignedManifest& from, const Manifest* held,
                              const std::string& today, SignedManifest* out) {
  const std::vector<std::string> missing = partnership::MissingSignatures(from, held, today);
  std::vector<std::string> broken;
  for (const record::v1::ManifestSignature& signature : from.signatures) {
    if (std::find(missing.begin(), missing.end(), signature.organisation()) != missing.end()) {
      broken.push_back(signature.organisation());
      continue;
    }
    const absl::StatusOr<crypto::Signature> bytes = crypto::ToFixed<64>(signature.signature());
    if (bytes.ok()) PutSignature(signature.organisation(), *bytes, out);
  }
  return broken;
}

Exit Assemble(Shell& shell, const AssembleOptions& options) {
  const Result<std::optional<Manifest>> followed = HeldManifest(options.follows);
  if (!followed.ok()) return shell.Fail(followed.failure());
  const Manifest* held = Get(followed);
  SignedManifest whole;
  for (const std::string& path : options.files) {
    const Result<SignedManifest> read = client::ReadManifestFile(path);
    if (!read.ok()) return shell.Fail(read.failure());
    if (whole.manifest.bytes.empty()) {
      whole.manifest = read->manifest;
      if (Step failure = client::CheckFollows(held, whole.manifest)) return shell.Fail(*failure);
    }
    if (read->manifest.bytes != whole.manifest.bytes) {
      return shell.Fail(Exit::kUsage, "partnership.other_draft",
                        {{"path", path}, {"first", options.files.front()}});
    }
    for (const std::string& organisation : Take(*read, held, shell.today(), &whole)) {
      shell.Note("partnership.broken_signature", {{"path", path}, {"organisation", organisation}});
    }
  }
  const std::vector<std::string> missing =
      partnership::MissingSignatures(whole, held, shell.today());
  if (missing.empty()) {
    if (Step failure =
            client::WriteNew(options.out, whole.Serialise(), client::FileMode::kPublic)) {
      return shell.Fail(*failure);
    }
  }
  if (shell.json) {
    Json json = ManifestJson(whole.manifest, &missing);
    json["out"] = missing.empty() ? Json(options.out) : Json(nullptr);
    shell.Print(json);
  } else if (missing.empty()) {
    shell.Say("partnership.assembled",
              {{"path", options.out},
               {"digest", crypto::HexEncode(crypto::View(whole.manifest.digest))}});
  } else {
    for (const std::string& organisation : missing) {
      shell.Say("partnership.missing", {{"organisation", organisation}});
    }
    shell.Note("partnership.not_assembled");
  }
  return missing.empty() ? Exit::kDone : Exit::kFinding;
}

// What the own node has in force.
Result<SignedManifest> OfTheNode(Shell& shell) {
  const auto answer = Call<node::v1::GetExchangeResponse>(shell, node::v1::GetExchangeRequest());
  if (!answer.ok()) return answer.failure();
  if (answer->partnership().empty()) {
    return Failure{Exit::kFinding, {"partnership.none", {}}, nullptr};
  }
  absl::StatusOr<SignedManifest> read = partnership::ReadSignedManifest(answer->signed_manifest());
  if (!read.ok()) return Failure{Exit::kInternal, {"partnership.bad_answer", {}}, nullptr};
  return *std::move(read);
}

Exit Show(Shell& shell, const ShowOptions& options) {
  const Result<SignedManifest> read =
      options.file.empty() ? OfTheNode(shell) : client::ReadManifestFile(options.file);
  if (!read.ok()) return shell.Fail(read.failure());
  const Manifest& manifest = read->manifest;
  const Result<std::optional<Manifest>> followed = HeldManifest(options.follows);
  if (!followed.ok()) return shell.Fail(followed.failure());
  const Manifest* held = Get(followed);
  if (held != nullptr) {
    if (Step failure = client::CheckFollows(held, manifest)) return shell.Fail(*failure);
  }
  if (manifest.state == record::v1::PARTNERSHIP_STATE_EXERCISE) shell.SayExercise();
  // The keys with which a later one is signed stand in the one before.
  std::optional<std::vector<std::string>> missing;
  if (held != nullptr || manifest.version == 1) {
    missing = partnership::MissingSignatures(*read, held, shell.today());
  }
  if (shell.json) {
    shell.Print(ManifestJson(manifest, missing ? &*missing : nullptr));
    return Exit::kDone;
  }
  shell.out() << ManifestLines(shell, manifest, nullptr, missing ? &*missing : nullptr);
  if (held != nullptr) shell.out() << ChangeLines(shell, *held, manifest);
  if (!missing) shell.Note("partnership.signers_unknown");
  return Exit::kDone;
}

}  // namespace

void AddSignCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<SignOptions>();
  Command(set, group, "sign",
          "sluis partnership sign vaartland.draft --member caw.member --out vaartland.caw.signed")
      .Text("draft", &options->draft, Need::kRequired, "draft_file")
      .Text("--member", &options->member, Need::kRequired, "own_member")
      .Text("--follows", &options->follows, Need::kOptional)
      .Text("--out", &options->out, Need::kRequired, "sign_out")
      .Text("--key", &options->key, Need::kOptional, "identity_key")
      .Text("--config", &options->config, Need::kOptional, "node_config")
      .Flag("--yes", &options->yes, "sign_yes")
      .AnswersJson()
      .Runs([&shell, options] { return Sign(shell, *options); });
}

void AddAssembleCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<AssembleOptions>();
  Command(set, group, "assemble",
          "sluis partnership assemble vaartland.caw.signed vaartland.lindervaart.signed "
          "--out vaartland.manifest")
      .Files("signed", &options->files, Need::kRequired, "signed_files")
      .Text("--follows", &options->follows, Need::kOptional)
      .Text("--out", &options->out, Need::kRequired, "manifest_out")
      .AnswersJson()
      .Runs([&shell, options] { return Assemble(shell, *options); });
}

void AddShowCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<ShowOptions>();
  Command(set, group, "show", "sluis partnership show vaartland.manifest")
      .Text("manifest", &options->file, Need::kOptional, "manifest_file")
      .Text("--follows", &options->follows, Need::kOptional)
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, options] { return Show(shell, *options); });
}

}  // namespace sluis::cli
