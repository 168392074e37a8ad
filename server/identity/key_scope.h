// One partnership and one purpose: inputs of two scopes never meet.
//
// Guarantee: neither is empty, nor longer than 255 bytes. Not guaranteed: that a partnership or a
// purpose of that name exists. Ownership and thread-safety: like any value. Errors:
// kInvalidArgument.
#ifndef SLUIS_SERVER_IDENTITY_KEY_SCOPE_H_
#define SLUIS_SERVER_IDENTITY_KEY_SCOPE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sluis::identity {

class KeyScope {
 public:
  static constexpr size_t kMaxNameBytes = 255;

  static absl::StatusOr<KeyScope> Of(std::string_view partnership, std::string_view purpose);

  const std::string& partnership() const { return partnership_; }
  const std::string& purpose() const { return purpose_; }

  friend bool operator==(const KeyScope&, const KeyScope&) = default;

 private:
  KeyScope(std::string_view partnership, std::string_view purpose)
      : partnership_(partnership), purpose_(purpose) {}

  std::string partnership_, purpose_;
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_KEY_SCOPE_H_
