#include "server/identity/person_keys.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "server/identity/lp16.h"
#include "server/identity/skeleton.h"

namespace sluis::identity {
namespace {

// Empty as soon as one part is.
WipedText Identifier(std::initializer_list<std::string_view> parts) {
  if (std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty(); })) {
    return {};
  }
  WipedText out;
  Append(out, kNormalisation);
  for (const std::string_view part : parts) AppendLp16(out, part);
  return out;
}

// A number has one form whatever becomes of names, so it carries no version.
WipedText Digits(const std::optional<NationalNumber>& number) {
  if (!number) return {};
  const auto digits = number->expose();
  return {digits.begin(), digits.end()};
}

WipedText Foreign(const std::optional<ForeignNumber>& number) {
  if (!number) return {};
  return Identifier({number->country(), crypto::View(number->expose())});
}

WipedText NameAndDate(const Person& person) {
  if (person.surname().empty() || person.given().empty()) return {};
  Words words = person.surname();
  words.insert(words.end(), person.given().begin(), person.given().end());
  std::sort(words.begin(), words.end());
  return Identifier({View(Joined(words)), View(person.born().Iso())});
}

WipedText FirstGiven(const Person& person) {
  return person.given().empty() ? WipedText() : Skeleton(View(person.given().front()));
}

WipedText SkeletonAndDate(const Person& person) {
  return Identifier({View(SortedSkeletons(person.surname())), View(FirstGiven(person)),
                     View(person.born().Iso())});
}

WipedText SwappedDate(const Person& person) {
  return Identifier({View(SortedSkeletons(person.surname())), View(FirstGiven(person)).substr(0, 1),
                     View(person.born().IsoUnswapped())});
}

WipedText ChangedSurname(const Person& person) {
  if (!person.sex()) return {};
  return Identifier({View(FirstGiven(person)), View(person.born().Iso()),
                     *person.sex() == Sex::kFemale ? "f" : "m", View(person.area())});
}

WipedText IdentifierOf(KeyKind kind, const Person& person) {
  switch (kind) {
    case KeyKind::kNationalNumber:
      return Digits(person.national());
    case KeyKind::kBisNumber:
      return Digits(person.bis());
    case KeyKind::kForeignNumber:
      return Foreign(person.foreign());
    case KeyKind::kNameAndDate:
      return NameAndDate(person);
    case KeyKind::kSkeleton:
      return SkeletonAndDate(person);
    case KeyKind::kSwappedDate:
      return SwappedDate(person);
    case KeyKind::kChangedSurname:
      return ChangedSurname(person);
  }
  return {};
}

}  // namespace

PersonKeys KeysOf(const Person& person, const KeyScope& scope, const KeyKinds& kinds) {
  PersonKeys keys;
  for (const KeyKind kind : kKeyKinds) {
    if (!kinds.Uses(kind)) continue;
    const WipedText identifier = IdentifierOf(kind, person);
    if (identifier.empty()) continue;
    switch (ReachOf(kind)) {
      case Reach::kAcrossNodes:
        keys.free.push_back(FreeInput(kind, scope, identifier));
        break;
      case Reach::kWithGrant:
        keys.granted = GrantedInput(kind, scope, identifier);
        break;
      case Reach::kOwnNode:
        keys.own_node.push_back(OwnNodeInput(kind, scope, identifier));
        break;
    }
  }
  return keys;
}

}  // namespace sluis::identity
