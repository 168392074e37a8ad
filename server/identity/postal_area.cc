#include "server/identity/postal_area.h"

#include <algorithm>

#include "server/identity/separator.h"

namespace sluis::identity {

absl::StatusOr<WipedText> PostalArea(std::string_view written) {
  while (TakeSeparator(written)) continue;
  while (!written.empty() && written.back() == ' ') written.remove_suffix(1);
  if (written.empty()) return WipedText();
  for (const std::string_view country : {"BE", "be", "B", "b"}) {
    if (!written.starts_with(country)) continue;
    written.remove_prefix(country.size());
    while (TakeSeparator(written)) continue;
    break;
  }
  const bool digits =
      std::all_of(written.begin(), written.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool length = written.size() == 4 || written.size() == 2;  // the code, or the area of it
  if (!length || !digits || written.front() == '0') {
    return absl::InvalidArgumentError(
        "postal code: write the four digits of a Belgian one; leave it out for an address abroad");
  }
  return WipedText(written.begin(), written.begin() + 2);
}

}  // namespace sluis::identity
