#include "server/evaluation/input.h"

#include "server/authn/identity.h"
#include "server/envelope/form.h"

namespace sluis::evaluation {

absl::StatusOr<Wiped> InputOf(std::string_view partnership, std::string_view purpose,
                              std::string_view kind, crypto::BytesView identifier) {
  if (!authn::IsOrganisationId(partnership) || !envelope::IsCode(purpose) ||
      !envelope::IsCode(kind, kMaxKindBytes)) {
    return absl::InvalidArgumentError(
        "a match key belongs to a partnership, a purpose and a kind of at most 16 characters; give "
        "all three");
  }
  if (identifier.empty() || identifier.size() > kMaxIdentifierBytes) {
    return absl::InvalidArgumentError(
        "a match key has 1 to 200 bytes; leave out the ones that are empty and shorten the others");
  }
  crypto::Bytes out;
  // No growing: what a string outgrows is not wiped.
  out.reserve(4 + 4 * 2 + kind.size() + partnership.size() + purpose.size() + identifier.size());
  out.append("PSN1");
  for (const crypto::BytesView part : {kind, partnership, purpose, identifier}) {
    crypto::AppendU16(out, static_cast<uint16_t>(part.size()));
    out.append(part);
  }
  Wiped wiped(out);
  crypto::Wipe(out);
  return wiped;
}

}  // namespace sluis::evaluation
