// What is hashed into the group for one person by one kind of key, and where it may go.
//
//   "PSN1" || lp(id type) || lp(partnership) || lp(purpose) || lp(canonical identifier)
//
// with lp a length of two bytes and then the bytes. docs/formats.md has the identifiers.
//
// Guarantee: where an input may go is its type. KeysOf (server/identity/person_keys.h) alone makes
// inputs: of a person, of the kinds that the partnership uses, each with the text that belongs to
// its kind. Only a CrossNodeInput shows its bytes, which is what crypto/threshold.h evaluates; one
// is made of a KeyInput that may cross, or of one that needs a grant together with the grant, and
// of nothing else: K4 and K5 cannot be asked of another node by code that compiles. All of them can
// be compared inside the node, under a key of the node. Bytes lie in locked, wiped memory, move and
// do not copy, and nothing prints them. Not guaranteed: that a PackGrant was granted: who makes one
// has asked policies first and logs it. Ownership: expose() borrows. Thread-safety: like any value.
// Errors: kInvalidArgument.
#ifndef SLUIS_SERVER_IDENTITY_KEY_INPUT_H_
#define SLUIS_SERVER_IDENTITY_KEY_INPUT_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "server/identity/key_kind.h"
#include "server/identity/wiped_text.h"

namespace sluis::identity {

// One partnership and one purpose: inputs of two scopes never meet.
class KeyScope {
 public:
  static constexpr size_t kMaxNameBytes = 255;

  // Neither may be empty.
  static absl::StatusOr<KeyScope> Of(std::string_view partnership, std::string_view purpose);

  const std::string& partnership() const { return partnership_; }
  const std::string& purpose() const { return purpose_; }

 private:
  KeyScope(std::string_view partnership, std::string_view purpose)
      : partnership_(partnership), purpose_(purpose) {}

  std::string partnership_, purpose_;
};

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
      : kind_(kind), bytes_(internal::EncodeInput(kind, scope, identifier)) {}

  KeyKind kind_;
  WipedText bytes_;
};

using FreeInput = KeyInput<Reach::kAcrossNodes>;
using GrantedInput = KeyInput<Reach::kWithGrant>;
using OwnNodeInput = KeyInput<Reach::kOwnNode>;

// That a pack allows the search by sound across nodes, asked by one person and approved by another.
class PackGrant {
 public:
  // `rule` is the id of the rule that granted it.
  static absl::StatusOr<PackGrant> Of(const crypto::Hash& pack_digest, std::string_view rule,
                                      std::string_view asker, std::string_view approver);

  const crypto::Hash& pack_digest() const { return pack_digest_; }
  const std::string& rule() const { return rule_; }
  const std::string& asker() const { return asker_; }
  const std::string& approver() const { return approver_; }

 private:
  PackGrant() = default;

  crypto::Hash pack_digest_{};
  std::string rule_, asker_, approver_;
};

class CrossNodeInput {
 public:
  static CrossNodeInput Of(FreeInput input) {
    return CrossNodeInput(input.kind_, std::move(input.bytes_));
  }
  static CrossNodeInput Of(GrantedInput input, const PackGrant& /*grant*/) {
    return CrossNodeInput(input.kind_, std::move(input.bytes_));
  }

  KeyKind kind() const { return kind_; }
  crypto::BytesView expose() const { return View(bytes_); }

  CrossNodeInput(CrossNodeInput&&) noexcept = default;
  CrossNodeInput& operator=(CrossNodeInput&&) noexcept = default;
  CrossNodeInput(const CrossNodeInput&) = delete;
  CrossNodeInput& operator=(const CrossNodeInput&) = delete;

 private:
  CrossNodeInput(KeyKind kind, WipedText bytes) : kind_(kind), bytes_(std::move(bytes)) {}

  KeyKind kind_;
  WipedText bytes_;
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_KEY_INPUT_H_
