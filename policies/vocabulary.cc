#include "policies/vocabulary.h"

namespace sluis::policies {

std::optional<ValueId> Vocabulary::Find(std::string_view value) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].name == value) return static_cast<ValueId>(i);
  }
  return std::nullopt;
}

}  // namespace sluis::policies
