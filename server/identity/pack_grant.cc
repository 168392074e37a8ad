#include "server/identity/pack_grant.h"

#include <algorithm>

namespace sluis::identity {
namespace {

absl::Status Refuse(const char* why) {
  return absl::InvalidArgumentError(std::string("search by sound: ") + why);
}

// As server/authn has it: one spelling for one user, so that two that differ are two persons.
bool IsUserId(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return text.size() >= 2 && text.size() <= 32 && lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return lower(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
         });
}

}  // namespace

absl::StatusOr<PackGrant> PackGrant::Of(GrantTerms terms) {
  if (terms.pack_digest == crypto::Hash{}) return Refuse("name the pack that grants it");
  if (terms.rule.empty()) return Refuse("name the rule of the pack that grants it");
  if (!IsUserId(terms.asker)) return Refuse("name who asks, by the id of a user");
  if (!IsUserId(terms.approver)) return Refuse("name who approves, by the id of a user");
  if (terms.asker == terms.approver) {
    return absl::PermissionDeniedError(
        "search by sound: it takes two persons; let somebody else approve it");
  }
  if (terms.case_reference.empty() || terms.case_reference.size() > kMaxReferenceBytes) {
    return Refuse("name the case or the exchange, in 1 to 255 bytes");
  }
  return PackGrant(std::move(terms));
}

absl::Status PackGrant::Covers(const KeyScope& scope, std::string_view case_reference) const {
  if (!held_) {
    return absl::PermissionDeniedError("search by sound: this grant was used; ask for another");
  }
  if (scope != terms_.scope) {
    return absl::PermissionDeniedError(
        "search by sound: the grant is for another partnership or purpose; ask for one for this");
  }
  if (case_reference != terms_.case_reference) {
    return absl::PermissionDeniedError(
        "search by sound: the grant is for another case; ask for one for this");
  }
  return absl::OkStatus();
}

}  // namespace sluis::identity
