// A whole identity: its fields are the lines of the input. A person that is taken has keys of the
// kinds asked for and no other, each at most once, and the same again.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/identity/person.h"
#include "server/identity/person_keys.h"
#include "tests/support/require.h"

using namespace sluis::identity;  // NOLINT: a fuzz target is one function
namespace crypto = sluis::crypto;

namespace {

using sluis::tests::Require;

std::string_view TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

std::vector<crypto::Hash> Indexes(const PersonKeys& keys) {
  const crypto::Secret<32> node_key;
  std::vector<crypto::Hash> indexes;
  for (const auto& input : keys.free) indexes.push_back(input.LocalIndex(node_key));
  if (keys.granted) indexes.push_back(keys.granted->LocalIndex(node_key));
  for (const auto& input : keys.own_node) indexes.push_back(input.LocalIndex(node_key));
  return indexes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  WrittenIdentity written;
  written.surname = TakeLine(rest);
  written.given = TakeLine(rest);
  written.born = TakeLine(rest);
  const std::string_view sex = TakeLine(rest);
  if (sex == "f") written.sex = Sex::kFemale;
  if (sex == "m") written.sex = Sex::kMale;
  for (std::string_view* field :
       {&written.postal_code, &written.national_number, &written.bis_number,
        &written.foreign_country, &written.foreign_number}) {
    *field = TakeLine(rest);
  }
  const auto person = Person::From(written);
  if (!person.ok()) {
    Require(!person.status().message().empty());
    return 0;
  }
  const WipedText iso = person->born().Iso();
  if (!iso.empty()) {
    const auto again = BirthDate::Parse(View(iso));
    Require(again.ok() && again->Iso() == iso);
  }
  Require(person->area().empty() || person->area().size() == 2);

  const KeyScope scope = *KeyScope::Of("partnership", "purpose");
  const PersonKeys all = KeysOf(*person, scope, KeyKinds::All());
  Require(Indexes(all) == Indexes(KeysOf(*person, scope, KeyKinds::All())));
  std::array<int, kKeyKinds.size()> count{};
  const auto seen = [&](KeyKind kind) { ++count[static_cast<size_t>(kind)]; };
  for (const auto& input : all.free) seen(input.kind());
  if (all.granted) seen(all.granted->kind());
  for (const auto& input : all.own_node) seen(input.kind());
  for (const KeyKind kind : kKeyKinds) {
    const int has = count[static_cast<size_t>(kind)];
    Require(has <= 1);
    const auto one = Indexes(KeysOf(*person, scope, KeyKinds::None().With(kind)));
    const bool alone = kind != KeyKind::kForeignNumber;  // which goes with the national number only
    Require(one.size() == static_cast<size_t>(alone ? has : 0));
  }
  return 0;
}
