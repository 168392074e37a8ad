// What is hashed into the group for one person by one kind of key, and where it may go.
//
//   "PSN1" || lp(id type) || lp(partnership) || lp(purpose) || lp(canonical identifier)
//
// with lp a length of two bytes and then the bytes. docs/formats.md has the identifiers.
//
// Guarantee: where an input may go is its type. KeysOf (server/identity/person_keys.h) alone makes
// inputs: of a person, of the kinds that the partnership uses, each with the text that belongs to
// its kind. Only a CrossNodeInput shows its bytes, and the identifier in them, which is what
// crypto/threshold.h evaluates; one is made of a KeyInput that may cross, or of one that needs a
// grant together with a grant for the same partnership, purpose and case, which it uses up, and of
// nothing else: K4 and K5 cannot be asked of another node by code that compiles. All of them can be
// compared inside the node, under a key of the node. Bytes lie in locked, wiped memory, move and do
// not copy, and nothing prints them. Not guaranteed: that a PackGrant was granted: who makes one
// has asked policies first and logs it. Ownership: expose() borrows. Thread-safety: like any value.
// Errors: kInvalidArgument.
#ifndef SLUIS_SERVER_IDENTITY_KEY_INPUT_H_
#define SLUIS_SERVER_IDENTITY_KEY_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "server/identity/key_kind.h"
#include "server/identity/key_scope.h"
#include "server/identity/name_text.h"
#include "server/identity/pack_grant.h"
#include "server/identity/wiped_text.h"

namespace sluis::identity {

class Person;
struct PersonKeys;
PersonKeys KeysOf(const Person& person, const KeyScope& scope, const KeyKinds& kinds);

namespace internal {
// The bytes above.
WipedText EncodeInput(KeyKind kind, const KeyScope& scope, const WipedText& identifier);
// HMAC-SHA256(node key, "sluis/identity/v1" || input).
crypto::Hash IndexOf(const crypto::Secret<32>& node_key, const WipedText& input);
}  // namespace internal

template <Reach kReach>
class KeyInput {
 public:
  KeyKind kind() const { return kind_; }
  // Under which a node finds its own records again; means nothing to another node.
  crypto::Hash LocalIndex(const crypto::Secret<32>& node_key) const {
    return internal::IndexOf(node_key, bytes_);
  }

  KeyInput(KeyInput&&) noexcept = default;
  KeyInput& operator=(KeyInput&&) noexcept = default;
  KeyInput(const KeyInput&) = delete;
  KeyInput& operator=(const KeyInput&) = delete;

 private:
  friend class CrossNodeInput;
  friend PersonKeys KeysOf(const Person& person, const KeyScope& scope, const KeyKinds& kinds);

  KeyInput(KeyKind kind, const KeyScope& scope, const WipedText& identifier)
      : kind_(kind),
        scope_(scope),
        identifier_bytes_(identifier.size()),
        bytes_(internal::EncodeInput(kind, scope, identifier)) {}

  KeyKind kind_;
  KeyScope scope_;
  size_t identifier_bytes_;
  WipedText bytes_;
};

using FreeInput = KeyInput<Reach::kAcrossNodes>;
using GrantedInput = KeyInput<Reach::kWithGrant>;
using OwnNodeInput = KeyInput<Reach::kOwnNode>;

// Of one person at most so many inputs may cross: national, bis and foreign number, K2, and K3 with
// a grant.
inline constexpr size_t kMaxCrossingOfOnePerson =
    static_cast<size_t>(std::count_if(kKeyKinds.begin(), kKeyKinds.end(), [](KeyKind kind) {
      return ReachOf(kind) != Reach::kOwnNode;
    }));
static_assert(kMaxCrossingOfOnePerson == 5);
// The longest identifier is a K3 of names of 400 letters that sound as two each; K2 has 821 bytes
// at most, numbers 44. Names that people have stay far below.
inline constexpr size_t kMaxIdentifierBytes = 6 + (2 + 2 * kMaxNameBytes) * 2 + 2 + 10;

// One input that another node is asked about. What needs no grant has no case of its own.
class CrossNodeInput {
 public:
  static CrossNodeInput Of(FreeInput input);
  // Uses the grant up, which must be for the scope of the input and for this case;
  // kPermissionDenied when it is not, or was used before.
  static absl::StatusOr<CrossNodeInput> Of(GrantedInput input, PackGrant grant,
                                           std::string_view case_reference);

  KeyKind kind() const { return kind_; }
  const KeyScope& scope() const { return scope_; }
  // For which it may be asked and no other, where it took a grant; otherwise empty.
  const std::string& case_reference() const { return case_reference_; }
  // The id type inside the bytes; no secret.
  std::string_view kind_word() const { return IdType(kind_); }
  // The canonical identifier inside the bytes, in the memory that is wiped with them: at most
  // kMaxIdentifierBytes.
  crypto::BytesView identifier() const {
    return View(bytes_).substr(bytes_.size() - std::min(identifier_bytes_, bytes_.size()));
  }
  crypto::BytesView expose() const { return View(bytes_); }

  CrossNodeInput(CrossNodeInput&&) noexcept = default;
  CrossNodeInput& operator=(CrossNodeInput&&) noexcept = default;
  CrossNodeInput(const CrossNodeInput&) = delete;
  CrossNodeInput& operator=(const CrossNodeInput&) = delete;

 private:
  template <Reach kReach>
  CrossNodeInput(KeyInput<kReach> input, std::string_view case_reference)
      : kind_(input.kind_),
        scope_(std::move(input.scope_)),
        case_reference_(case_reference),
        identifier_bytes_(input.identifier_bytes_),
        bytes_(std::move(input.bytes_)) {}

  KeyKind kind_;
  KeyScope scope_;
  std::string case_reference_;
  size_t identifier_bytes_;
  WipedText bytes_;
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_KEY_INPUT_H_
