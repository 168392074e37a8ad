#include "server/identity/key_input.h"

#include "crypto/hash.h"
#include "server/identity/lp16.h"

namespace sluis::identity {

CrossNodeInput CrossNodeInput::Of(FreeInput input) { return CrossNodeInput(std::move(input), {}); }

absl::StatusOr<CrossNodeInput> CrossNodeInput::Of(GrantedInput input, PackGrant grant,
                                                  std::string_view case_reference) {
  if (absl::Status covers = grant.Covers(input.scope_, case_reference); !covers.ok()) return covers;
  return CrossNodeInput(std::move(input), case_reference);
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
