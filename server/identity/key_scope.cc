#include "server/identity/key_scope.h"

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

}  // namespace sluis::identity
