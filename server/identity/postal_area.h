// The part of the country that a Belgian postal code lies in.
//
// Guarantee: the first two digits of a code from 1000 to 9999, however it is written, or nothing.
// Coarse on purpose: who moves within a town keeps it. Pure; thread-safe. Errors: kInvalidArgument,
// without the code.
#ifndef SLUIS_SERVER_IDENTITY_POSTAL_AREA_H_
#define SLUIS_SERVER_IDENTITY_POSTAL_AREA_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "server/identity/wiped_text.h"

namespace sluis::identity {

// "2018", "B-2018", "BE 2018", and the area itself, "20"; nothing written gives an empty text.
absl::StatusOr<WipedText> PostalArea(std::string_view written);

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_POSTAL_AREA_H_
