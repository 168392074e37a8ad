// That a pack allows one search by sound (K3) across nodes: for one partnership, purpose and case,
// asked by one person and approved by another.
//
// Guarantee: a grant names the pack, the rule, two users and a case, and is used up by the one
// input that crosses with it (CrossNodeInput::Of), also where that is refused: it moves and does
// not copy, and one that was moved from grants nothing. Not guaranteed: that it was granted: who
// makes one has asked policies first, has checked both signatures, and logs it before it is used;
// nor that the same terms are not granted again: each time is an entry of its own. Ownership: like
// any value; terms() borrows. Thread-safety: like any value. Errors: kInvalidArgument,
// kPermissionDenied.
#ifndef SLUIS_SERVER_IDENTITY_PACK_GRANT_H_
#define SLUIS_SERVER_IDENTITY_PACK_GRANT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/identity/key_scope.h"

namespace sluis::identity {

struct GrantTerms {
  crypto::Hash pack_digest;
  std::string rule;             // the id of the rule that grants it
  std::string asker, approver;  // ids of users, as certificates have them
  KeyScope scope;
  std::string case_reference;  // the case, or the exchange, for which is searched
};

class PackGrant {
 public:
  static constexpr size_t kMaxReferenceBytes = 255;

  static absl::StatusOr<PackGrant> Of(GrantTerms terms);

  const GrantTerms& terms() const { return terms_; }
  // Why it does not grant a search of this scope for this case; kOk when it does.
  absl::Status Covers(const KeyScope& scope, std::string_view case_reference) const;

  PackGrant(PackGrant&& other) noexcept
      : terms_(std::move(other.terms_)), held_(std::exchange(other.held_, false)) {}
  PackGrant& operator=(PackGrant&& other) noexcept {
    terms_ = std::move(other.terms_);
    held_ = std::exchange(other.held_, false);
    return *this;
  }
  PackGrant(const PackGrant&) = delete;
  PackGrant& operator=(const PackGrant&) = delete;

 private:
  explicit PackGrant(GrantTerms terms) : terms_(std::move(terms)) {}

  GrantTerms terms_;
  bool held_ = true;
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_PACK_GRANT_H_
