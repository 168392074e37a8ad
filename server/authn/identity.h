#ifndef SLUIS_SERVER_AUTHN_IDENTITY_H_
#define SLUIS_SERVER_AUTHN_IDENTITY_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sluis::authn {

// Who a certificate names: an organisation's node, or one of its users.
struct Identity {
  std::string organisation;
  // Empty for the node itself.
  std::string user_id;
};

// Whether `text` can be a user id: 2 to 32 characters [a-z0-9.-], starting with a letter.
bool IsUserId(std::string_view text);

// Whether `text` can be an organisation id: a lower-case host name of 3 to 120 characters.
bool IsOrganisationId(std::string_view text);

// Reads the identity from the URIs of a certificate: exactly one URI may be there, of the form
// spiffe://<organisation>/node or spiffe://<organisation>/user/<id>.
// UNAUTHENTICATED otherwise: no URI, two URIs, another scheme, another path, an escaped or
// upper-case character.
absl::StatusOr<Identity> IdentityOf(std::span<const std::string> uris);

std::string NodeUri(std::string_view organisation);
std::string UserUri(std::string_view organisation, std::string_view user_id);

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_IDENTITY_H_
