#include "server/identity/opened_input.h"

#include <algorithm>

#include "server/identity/key_input.h"

namespace sluis::identity {

absl::StatusOr<WipedText> OpenedInput(std::string_view kind_word, const KeyScope& scope,
                                      crypto::BytesView identifier) {
  const auto kind = std::find_if(kKeyKinds.begin(), kKeyKinds.end(),
                                 [&](KeyKind some) { return IdType(some) == kind_word; });
  if (kind == kKeyKinds.end() || ReachOf(*kind) == Reach::kOwnNode) {
    return absl::InvalidArgumentError(
        "an opened input is of no kind that other nodes are asked about; compare kinds inside the "
        "node there");
  }
  if (identifier.empty() || identifier.size() > kMaxIdentifierBytes) {
    return absl::InvalidArgumentError(
        "the identifier of an opened input has no length that one can have; take it as it was "
        "logged");
  }
  return internal::EncodeInput(*kind, scope, WipedText(identifier.begin(), identifier.end()));
}

}  // namespace sluis::identity
