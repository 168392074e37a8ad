// The first round: `sluis partnership member` states, `draft` puts statements together.
#include <algorithm>

#include "client/cli/partnership_commands.h"
#include "client/cli/partnership_view.h"
#include "client/cli/request_context.h"
#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_files.h"

namespace sluis::cli {
namespace {

struct MemberOptions {
  std::string config = "/etc/sluis/sluisd.yaml";
  std::string name;
  std::string host;
  std::string zone;
  std::vector<std::string> addresses;
  std::string mandate_until;
  std::string follows;
  std::string out;
};

struct DraftOptions {
  std::vector<std::string> members;
  std::vector<std::string> without;
  std::string id;
  std::string name;
  std::string state;
  std::string statutory;
  std::string partnership;
  std::string follows;
  std::string out;
};

Failure Refused(const char* key, const Args& args) { return {Exit::kUsage, {key, args}, nullptr}; }

Exit State(Shell& shell, const MemberOptions& options) {
  const Result<client::NodeConfiguration> node = client::ReadNodeConfiguration(options.config);
  if (!node.ok()) return shell.Fail(node.failure());
  const Result<std::string> until = DayOf(options.mandate_until, "--mandate-until");
  if (!until.ok()) return shell.Fail(until.failure());
  const Result<std::optional<partnership::Manifest>> held = HeldManifest(options.follows);
  if (!held.ok()) return shell.Fail(held.failure());
  const Result<record::v1::Member> statement = client::StatementOf(
      *node, {options.name, options.host, options.zone, options.addresses, *until, shell.today()},
      *held ? &**held : nullptr);
  if (!statement.ok()) return shell.Fail(statement.failure());
  const Result<crypto::KeyFile> identity =
      client::ReadKey(node->identity_key, crypto::KeyPurpose::kIdentity);
  if (!identity.ok()) return shell.Fail(identity.failure());
  const absl::StatusOr<std::string> bytes = partnership::SignMember(*statement, identity->key);
  if (!bytes.ok()) {
    return shell.Fail(Exit::kUsage, "partnership.bad_statement",
                      {{"reason", std::string(bytes.status().message())}});
  }
  if (Step failure = client::WriteNew(options.out, *bytes, client::FileMode::kPublic)) {
    return shell.Fail(*failure);
  }
  const Result<partnership::Member> member = client::ReadMemberFile(options.out);
  if (!member.ok()) return shell.Fail(member.failure());
  if (shell.json) {
    Json json = MemberJson(*member);
    json["out"] = options.out;
    shell.Print(json);
    return Exit::kDone;
  }
  shell.out() << MemberLines(shell, *member);
  shell.Note("partnership.stated", {{"path", options.out}});
  return Exit::kDone;
}

Result<record::v1::PartnershipState> StateOf(const std::string& word) {
  for (const record::v1::PartnershipState state :
       {record::v1::PARTNERSHIP_STATE_PREPARATION, record::v1::PARTNERSHIP_STATE_EXERCISE,
        record::v1::PARTNERSHIP_STATE_ACTIVE}) {
    if (word == StateWord(state)) return state;
  }
  return Refused("partnership.bad_state", {{"value", word}});
}

// Members of the manifest that is followed stay as they are, unless a new statement takes their
// place or they leave.
Result<std::vector<partnership::Member>> MembersOf(const DraftOptions& options,
                                                   const partnership::Manifest* held) {
  std::vector<partnership::Member> members;
  for (const std::string& path : options.members) {
    Result<partnership::Member> member = client::ReadMemberFile(path);
    if (!member.ok()) return member.failure();
    for (const partnership::Member& other : members) {
      if (other.organisation == member->organisation) {
        return Refused("partnership.member_twice", {{"organisation", member->organisation}});
      }
    }
    members.push_back(std::move(*member));
  }
  const size_t stated = members.size();
  for (const std::string& leaving : options.without) {
    if (held == nullptr || held->Find(leaving) == nullptr) {
      return Refused("partnership.not_a_member", {{"organisation", leaving}});
    }
  }
  for (size_t i = 0; held != nullptr && i < held->members.size(); ++i) {
    const partnership::Member& member = held->members[i];
    const auto end = members.begin() + static_cast<std::ptrdiff_t>(stated);
    const bool replaced = std::any_of(members.begin(), end, [&](const auto& other) {
      return other.organisation == member.organisation;
    });
    const bool leaves = std::find(options.without.begin(), options.without.end(),
                                  member.organisation) != options.without.end();
    if (!replaced && !leaves) members.push_back(member);
  }
  return members;
}

Result<partnership::Manifest> Drafted(const DraftOptions& options,
                                      const partnership::Manifest* held,
                                      const client::PackPair& packs) {
  partnership::Draft draft;
  draft.statutory_pack = packs.statutory.digest;
  draft.partnership_pack = packs.partnership.digest;
  if (held != nullptr) {
    draft.partnership = held->partnership;
    draft.name = held->name;
    draft.state = held->state;
  }
  if (!options.id.empty()) draft.partnership = options.id;
  if (!options.name.empty()) draft.name = options.name;
  if (!options.state.empty()) {
    const Result<record::v1::PartnershipState> state = StateOf(options.state);
    if (!state.ok()) return state.failure();
    draft.state = *state;
  }
  Result<std::vector<partnership::Member>> members = MembersOf(options, held);
  if (!members.ok()) return members.failure();
  draft.members = std::move(*members);
  absl::StatusOr<partnership::Manifest> made = partnership::MakeManifest(draft, held);
  if (made.ok()) return *std::move(made);
  if (made.status().code() == absl::StatusCode::kFailedPrecondition) {
    return held != nullptr && draft.partnership != held->partnership
               ? Refused("partnership.other_partnership", {})
               : Refused("partnership.active_stays", {});
  }
  return Refused("partnership.bad_draft", {{"reason", std::string(made.status().message())}});
}

Exit Draft(Shell& shell, const DraftOptions& options) {
  const std::pair<const char*, const std::string*> needed[] = {
      {"--id", &options.id}, {"--name", &options.name}, {"--state", &options.state}};
  for (const auto& [name, value] : needed) {
    if (options.follows.empty() && value->empty()) {
      return shell.Fail(Exit::kUsage, "usage.required",
                        {{"command", "sluis partnership draft"}, {"option", name}});
    }
  }
  const Result<std::optional<partnership::Manifest>> held = HeldManifest(options.follows);
  if (!held.ok()) return shell.Fail(held.failure());
  const Result<client::PackPair> packs =
      client::ReadPackPair(options.statutory, options.partnership);
  if (!packs.ok()) return shell.Fail(packs.failure());
  const partnership::Manifest* before = *held ? &**held : nullptr;
  const Result<partnership::Manifest> manifest = Drafted(options, before, *packs);
  if (!manifest.ok()) return shell.Fail(manifest.failure());
  const std::string bytes = partnership::SignedManifest{*manifest, {}}.Serialise();
  if (Step failure = client::WriteNew(options.out, bytes, client::FileMode::kPublic)) {
    return shell.Fail(*failure);
  }
  if (shell.json) {
    std::vector<std::string> all;
    for (const partnership::Member& member : manifest->members) all.push_back(member.organisation);
    Json json = ManifestJson(*manifest, &all);
    json["out"] = options.out;
    shell.Print(json);
    return Exit::kDone;
  }
  shell.out() << ManifestLines(shell, *manifest, &*packs, nullptr);
  if (before != nullptr) shell.out() << ChangeLines(shell, *before, *manifest);
  shell.Note("partnership.drafted", {{"path", options.out}});
  return Exit::kDone;
}

}  // namespace

void AddMemberCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<MemberOptions>();
  Command(set, group, "member",
          "sluis partnership member --name \"CAW De Overzet\" --zone drie-sluizen --address "
          "node.caw.example:8444 "
          "--mandate-until 2030-11-20 --out caw.member")
      .Text("--name", &options->name, Need::kRequired, "member_name")
      .Text("--host", &options->host, Need::kOptional, "member_host")
      .Text("--zone", &options->zone, Need::kOptional, "member_zone")
      .Texts("--address", &options->addresses, Need::kOptional, "member_address")
      .Text("--mandate-until", &options->mandate_until, Need::kRequired, "key_until")
      .Text("--out", &options->out, Need::kRequired, "member_out")
      .Text("--follows", &options->follows, Need::kOptional, "member_follows")
      .Text("--config", &options->config, Need::kOptional, "node_config")
      .AnswersJson()
      .Runs([&shell, options] { return State(shell, *options); });
}

void AddDraftCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<DraftOptions>();
  Command(set, group, "draft",
          "sluis partnership draft caw.member lindervaart.member --id livc-r.vaartland.example "
          "--name \"LIVC R Vaartland\" --state exercise --statutory statutory.be.yaml "
          "--partnership livc-r.vaartland.yaml --out vaartland.draft")
      .Files("members", &options->members, Need::kOptional, "member_files")
      .Text("--id", &options->id, Need::kOptional, "partnership_id")
      .Text("--name", &options->name, Need::kOptional, "partnership_name")
      .Text("--state", &options->state, Need::kOptional, "partnership_state")
      .Text("--statutory", &options->statutory, Need::kRequired, "draft_statutory")
      .Text("--partnership", &options->partnership, Need::kRequired, "draft_partnership")
      .Text("--follows", &options->follows, Need::kOptional)
      .Texts("--without", &options->without)
      .Text("--out", &options->out, Need::kRequired, "draft_out")
      .AnswersJson()
      .Runs([&shell, options] { return Draft(shell, *options); });
}

}  // namespace sluis::cli
