#include "tests/support/places.h"

namespace sluis::tests {

std::string InSources(std::string_view path) { return std::string(SLUIS_SOURCE_DIR).append(path); }

std::string InBuild(std::string_view path) { return std::string(SLUIS_BINARY_DIR).append(path); }

}  // namespace sluis::tests
