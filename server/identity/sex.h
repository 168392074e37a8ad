// Sex as an identity card has it, where it is known.
#ifndef SLUIS_SERVER_IDENTITY_SEX_H_
#define SLUIS_SERVER_IDENTITY_SEX_H_

#include <cstdint>

namespace sluis::identity {

enum class Sex : uint8_t { kFemale, kMale };

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_SEX_H_
