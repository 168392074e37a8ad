// By what two nodes can find that they mean one person, and which of it a partnership uses.
//
//   kNationalNumber   K1   the national number
//   kBisNumber        K1   the bis number
//   kForeignNumber         a number of another state, with the state: a kind of its own that is
//   used
//                          only where K1 is, and never a match
//   kNameAndDate      K2   all words of the name, sorted, and the full birth date
//   kSkeleton         K3   how surname and first given name sound, and the full birth date
//   kSwappedDate      K4   how the surname sounds, the initial, and the date with day and month in
//                          either order
//   kChangedSurname   K5   how the first given name sounds, birth date, sex and postal area
//
// Guarantee: ReachOf is the only place that says where a kind may go, and types of
// server/identity/key_input.h follow from it. Pure; thread-safe. Errors: kInvalidArgument, naming
// the word.
#ifndef SLUIS_SERVER_IDENTITY_KEY_KIND_H_
#define SLUIS_SERVER_IDENTITY_KEY_KIND_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace sluis::identity {

enum class KeyKind : uint8_t {
  kNationalNumber,
  kBisNumber,
  kForeignNumber,
  kNameAndDate,
  kSkeleton,
  kSwappedDate,
  kChangedSurname,
};

inline constexpr std::array kKeyKinds = {
    KeyKind::kNationalNumber, KeyKind::kBisNumber, KeyKind::kForeignNumber,
    KeyKind::kNameAndDate,    KeyKind::kSkeleton,  KeyKind::kSwappedDate,
    KeyKind::kChangedSurname,
};

enum class Reach : uint8_t {
  kAcrossNodes,  // may be asked of other nodes
  kWithGrant,    // may be where a pack grants it, by two persons
  kOwnNode,      // never leaves the node
};

constexpr Reach ReachOf(KeyKind kind) {
  switch (kind) {
    case KeyKind::kNationalNumber:
    case KeyKind::kBisNumber:
    case KeyKind::kForeignNumber:
    case KeyKind::kNameAndDate:
      return Reach::kAcrossNodes;
    case KeyKind::kSkeleton:
      return Reach::kWithGrant;
    case KeyKind::kSwappedDate:
    case KeyKind::kChangedSurname:
      break;
  }
  return Reach::kOwnNode;
}

// The word for a kind: the id type inside its inputs, and the word of settings. Part of every input
// and so never changed.
std::string_view IdType(KeyKind kind);

// Which kinds a partnership uses.
class KeyKinds {
 public:
  // Those that need no number: what a partnership has that says nothing else.
  constexpr KeyKinds() {
    for (const KeyKind kind : {KeyKind::kNameAndDate, KeyKind::kSkeleton, KeyKind::kSwappedDate,
                               KeyKind::kChangedSurname}) {
      used_[static_cast<size_t>(kind)] = true;
    }
  }
  static constexpr KeyKinds None() {
    KeyKinds none;
    none.used_ = {};
    return none;
  }
  static constexpr KeyKinds All() {
    KeyKinds all;
    all.used_.fill(true);
    return all;
  }
  // From the words of a setting, each at most once; at least one; foreign-number with be-nrn only.
  static absl::StatusOr<KeyKinds> FromWords(std::span<const std::string_view> words);

  constexpr KeyKinds With(KeyKind kind) const {
    KeyKinds more = *this;
    more.used_[static_cast<size_t>(kind)] = true;
    return more;
  }
  // A foreign number only together with the national one: whoever decided that no number of a
  // person is compared has decided it of all of them.
  constexpr bool Uses(KeyKind kind) const {
    return Named(kind) && (kind != KeyKind::kForeignNumber || Named(KeyKind::kNationalNumber));
  }
  std::vector<std::string_view> Words() const;

  // Whether they use the same kinds.
  friend constexpr bool operator==(const KeyKinds& left, const KeyKinds& right) {
    for (const KeyKind kind : kKeyKinds) {
      if (left.Uses(kind) != right.Uses(kind)) return false;
    }
    return true;
  }

 private:
  constexpr bool Named(KeyKind kind) const { return used_[static_cast<size_t>(kind)]; }

  std::array<bool, kKeyKinds.size()> used_{};
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_KEY_KIND_H_
