// By what the parties find that they mean one person.
#include <algorithm>
#include <array>
#include <utility>

#include "policies/protocol_sections.h"

namespace sluis::policies {
namespace {

constexpr auto kKeys = std::to_array<std::string_view>({"sleutels", "waarom"});
// A number of another state goes with the national number only.
constexpr std::string_view kNational = kIdentityKinds[0];
constexpr std::string_view kForeign = kIdentityKinds[2];

const Word* Find(const std::vector<Word>& kinds, std::string_view kind) {
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [kind](const Word& word) { return word.text == kind; });
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace

void ReadIdentity(const FilledReader& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "herkenning", kKeys)) return;
  ProtocolIdentity identity;
  identity.kinds = reader.Several(reader.Get(node, "sleutels"), "sleutels", false);
  const Word* number = nullptr;
  for (const Word& kind : identity.kinds) {
    if (!reader.ok()) return;
    if (std::find(std::begin(kIdentityKinds), std::end(kIdentityKinds), kind.text) ==
        std::end(kIdentityKinds)) {
      reader.yaml().complaint().Unknown(kind, "there is no such kind of key", kIdentityKinds);
    }
    if (number == nullptr && IsIdentityNumber(kind.text)) number = &kind;
  }
  // Who decided that no number of a person is compared has decided it of all of them.
  if (const Word* foreign = Find(identity.kinds, kForeign);
      foreign != nullptr && Find(identity.kinds, kNational) == nullptr) {
    reader.About(*foreign, "this goes with be-nrn only: name both or leave it out");
  }
  const YamlNode* why = node.Find("waarom");
  if (why != nullptr) {
    identity.why = reader.Text(*why, "waarom");
  } else if (number != nullptr) {
    reader.About(*number, "this is a number of a person: say why it is needed under \"waarom\"");
  }
  if (reader.ok()) protocol.identity = std::move(identity);
}

}  // namespace sluis::policies
