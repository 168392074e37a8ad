// What a manifest changes: the part of partnership_view.h that compares two.
#include <algorithm>

#include "client/cli/partnership_view.h"

namespace sluis::cli {
namespace {

class Comparison {
 public:
  explicit Comparison(const Shell& shell) : shell_(shell) {}

  void Say(const char* key, const Args& args) { lines_ += shell_.Text(key, args) + "\n"; }
  // A value that people read.
  void Value(const std::string& whose, const char* field, const std::string& before,
             const std::string& after) {
    if (before == after) return;
    Say("partnership.change_value",
        {{"whose", whose}, {"field", shell_.Text(field)}, {"before", before}, {"after", after}});
  }
  void Member(const partnership::Member& before, const partnership::Member& after);
  std::string lines() && { return std::move(lines_); }

 private:
  void Keys(const partnership::Member& before, const partnership::Member& after);

  const Shell& shell_;
  std::string lines_;
};

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

const partnership::Key* Find(const partnership::Member& member, const partnership::Key& wanted) {
  const auto found =
      std::find_if(member.keys.begin(), member.keys.end(), [&](const partnership::Key& key) {
        return key.purpose == wanted.purpose && key.public_key == wanted.public_key;
      });
  return found == member.keys.end() ? nullptr : &*found;
}

void Comparison::Keys(const partnership::Member& before, const partnership::Member& after) {
  const auto args = [&](const partnership::Key& key) {
    return Args{{"whose", after.organisation},
                {"purpose", std::string(crypto::KeyPurposeName(key.purpose))},
                {"id", key.id()},
                {"from", key.not_before},
                {"until", key.not_after}};
  };
  for (const partnership::Key& key : after.keys) {
    const partnership::Key* old = Find(before, key);
    if (old == nullptr) {
      Say("partnership.change_key_new", args(key));
    } else if (old->not_before != key.not_before || old->not_after != key.not_after) {
      Say("partnership.change_key_days", args(key));
    }
  }
  for (const partnership::Key& key : before.keys) {
    if (Find(after, key) == nullptr) Say("partnership.change_key_gone", args(key));
  }
}

void Comparison::Member(const partnership::Member& before, const partnership::Member& after) {
  const std::string& whose = after.organisation;
  const auto yes_no = [&](bool value) { return shell_.Text(value ? "answer.yes" : "answer.no"); };
  Value(whose, "partnership.field_name", before.name, after.name);
  Value(whose, "partnership.field_kind", before.kind, after.kind);
  Value(whose, "partnership.field_secrecy", yes_no(before.secrecy_regime),
        yes_no(after.secrecy_regime));
  Value(whose, "partnership.field_host", before.host, after.host);
  Value(whose, "partnership.field_zone", before.zone, after.zone);
  Value(whose, "partnership.field_addresses", Joined(before.addresses), Joined(after.addresses));
  Value(whose, "partnership.field_ca", before.ca_fingerprint(), after.ca_fingerprint());
  Keys(before, after);
}

}  // namespace

std::string ChangeLines(const Shell& shell, const partnership::Manifest& held,
                        const partnership::Manifest& next) {
  Comparison comparison(shell);
  const auto hex = [](const crypto::Hash& hash) { return crypto::HexEncode(crypto::View(hash)); };
  comparison.Value(next.partnership, "partnership.field_name", held.name, next.name);
  comparison.Value(next.partnership, "partnership.field_state", StateText(shell, held.state),
                   StateText(shell, next.state));
  comparison.Value(next.partnership, "partnership.layer_statutory", hex(held.statutory_pack),
                   hex(next.statutory_pack));
  comparison.Value(next.partnership, "partnership.layer_partnership", hex(held.partnership_pack),
                   hex(next.partnership_pack));
  for (const partnership::Member& member : next.members) {
    const partnership::Member* before = held.Find(member.organisation);
    if (before == nullptr) {
      comparison.Say("partnership.change_joins", {{"whose", member.organisation}});
    } else {
      comparison.Member(*before, member);
    }
  }
  for (const partnership::Member& member : held.members) {
    if (next.Find(member.organisation) == nullptr) {
      comparison.Say("partnership.change_leaves", {{"whose", member.organisation}});
    }
  }
  std::string lines = std::move(comparison).lines();
  return lines.empty() ? shell.Text("partnership.change_nothing") + "\n" : lines;
}

}  // namespace sluis::cli
