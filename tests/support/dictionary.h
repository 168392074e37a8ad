#ifndef SLUIS_TESTS_SUPPORT_DICTIONARY_H_
#define SLUIS_TESTS_SUPPORT_DICTIONARY_H_

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "crypto/oprf.h"

namespace sluis::tests {

// The search of somebody who tries all candidates: those of which the point, times one or times
// something that lies anywhere in these bytes, lies there as well. By position in `points`.
inline std::vector<int> Fits(const std::string& remains,
                             std::span<const crypto::oprf::Element> points) {
  namespace oprf = crypto::oprf;
  std::vector<std::string> windows;
  std::vector<oprf::Scalar> scalars;
  for (size_t at = 0; at + 32 <= remains.size(); ++at) {
    windows.push_back(remains.substr(at, 32));
    const auto scalar = oprf::Scalar::Deserialize(windows.back());
    if (scalar.ok() && !scalar->IsZero()) scalars.push_back(*scalar);
  }
  std::sort(windows.begin(), windows.end());
  std::vector<int> out;
  for (size_t i = 0; i < points.size(); ++i) {
    const auto there = [&](const oprf::Element& element) {
      return std::binary_search(windows.begin(), windows.end(),
                                std::string(crypto::View(element.encoding())));
    };
    const bool fits =
        there(points[i]) || std::any_of(scalars.begin(), scalars.end(), [&](const auto& s) {
          return there(oprf::Multiply(s, points[i]));
        });
    if (fits) out.push_back(static_cast<int>(i));
  }
  return out;
}

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_DICTIONARY_H_
