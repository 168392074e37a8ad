// Names of organisations, as a manifest takes them.
//
// Said once more here because this folder knows no manifests; organisation_id_test compares it with
// what manifests, certificates and the command take. Pure; thread-safe. Errors: none.
#ifndef SLUIS_POLICIES_ORGANISATION_ID_H_
#define SLUIS_POLICIES_ORGANISATION_ID_H_

#include <string_view>

namespace sluis::policies {

// A host name in lower case of 3 to 120 characters: labels of a-z, 0-9 and hyphens, neither the
// first nor the last of a label being a hyphen.
bool IsOrganisationId(std::string_view text);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_ORGANISATION_ID_H_
