#include "server/identity/key_input.h"

#include "crypto/hash.h"
#include "server/identity/lp16.h"

namespace sluis::identity {

absl::StatusOr<KeyScope> KeyScope::Of(std::string_view partnership, std::string_view purpose) {
  if (partnership.empty() || partnership.size() > kMaxNameBytes) {
    return absl::InvalidArgumentError("key scope: give a partnership of 1 to 255 bytes");
  }
  if (purpose.empty() || purpose.size() > kMaxNameBytes) {
    return absl::InvalidArgumentError("key scope: give a purpose of 1 to 255 bytes");
  }
  return KeyScope(partnership, purpose);
}

absl::StatusOr<PackGrant> PackGrant::Of(const crypto::Hash& pack_digest, std::string_view rule,
                                        std::string_view asker, std::string_view approver) {
  if (rule.empty()) {
    return absl::InvalidArgumentError("search by sound: name the rule of the pack that grants it");
  }
  if (asker.empty() || approver.empty()) {
    return absl::InvalidArgumentError("search by sound: name who asks and who approves");
  }
  if (asker == approver) {
    return absl::PermissionDeniedError(
        "search by sound: it takes two persons; let somebody else approve it");
  }
  PackGrant grant;
  grant.pack_digest_ = pack_digest;
  grant.rule_ = rule;
  grant.asker_ = asker;
  grant.approver_ = approver;
  return grant;
}

namespace internal {

WipedText EncodeInput(KeyKind kind, const KeyScope& scope, const WipedText& identifier) {
  WipedText input;
  Append(input, "PSN1");
  AppendLp16(input, IdType(kind));
  AppendLp16(input, scope.partnership());
  AppendLp16(input, scope.purpose());
  AppendLp16(input, View(identifier));
  return input;
}

crypto::Hash IndexOf(const crypto::Secret<32>& node_key, const WipedText& input) {
  return crypto::HmacSha256(crypto::View(node_key.expose()), {"sluis/identity/v1", View(input)});
}

}  // namespace internal
}  // namespace sluis::identity
