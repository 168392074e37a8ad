#ifndef SLUIS_TESTS_SUPPORT_PLACES_H_
#define SLUIS_TESTS_SUPPORT_PLACES_H_

#include <string>
#include <string_view>

namespace sluis::tests {

// Paths of this checkout and of this build. Known to one source file only, so that what is compiled
// for one checkout serves another.
std::string InSources(std::string_view path);
std::string InBuild(std::string_view path);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_PLACES_H_
