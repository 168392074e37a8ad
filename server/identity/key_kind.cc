#include "server/identity/key_kind.h"

#include <algorithm>
#include <cstdlib>

namespace sluis::identity {

std::string_view IdType(KeyKind kind) {
  switch (kind) {
    case KeyKind::kNationalNumber:
      return "be-nrn";
    case KeyKind::kBisNumber:
      return "be-bis";
    case KeyKind::kForeignNumber:
      return "foreign-number";
    case KeyKind::kNameAndDate:
      return "name-date";
    case KeyKind::kSkeleton:
      return "skeleton-date";
    case KeyKind::kSwappedDate:
      return "skeleton-swapped-date";
    case KeyKind::kChangedSurname:
      return "given-date-area";
  }
  std::abort();
}

absl::StatusOr<KeyKinds> KeyKinds::FromWords(std::span<const std::string_view> words) {
  KeyKinds kinds = None();
  if (words.empty()) {
    return absl::InvalidArgumentError("identity keys: name at least one, such as name-date");
  }
  for (const std::string_view word : words) {
    const auto kind = std::find_if(kKeyKinds.begin(), kKeyKinds.end(),
                                   [&](KeyKind some) { return IdType(some) == word; });
    if (kind == kKeyKinds.end()) {
      std::string known;
      for (const KeyKind some : kKeyKinds)
        known.append(known.empty() ? "" : ", ").append(IdType(some));
      return absl::InvalidArgumentError("identity keys: \"" + std::string(word.substr(0, 40)) +
                                        "\" is none; there are " + known);
    }
    if (kinds.Named(*kind)) {
      return absl::InvalidArgumentError("identity keys: \"" + std::string(word) +
                                        "\" stands there twice; leave one out");
    }
    kinds = kinds.With(*kind);
  }
  if (kinds.Named(KeyKind::kForeignNumber) && !kinds.Uses(KeyKind::kForeignNumber)) {
    return absl::InvalidArgumentError(
        "identity keys: \"foreign-number\" goes with \"be-nrn\" only; name both or leave it out");
  }
  return kinds;
}

std::vector<std::string_view> KeyKinds::Words() const {
  std::vector<std::string_view> words;
  for (const KeyKind kind : kKeyKinds) {
    if (Uses(kind)) words.push_back(IdType(kind));
  }
  return words;
}

}  // namespace sluis::identity
