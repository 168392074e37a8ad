#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/server/identity/identity_pairs.h"
#include "tests/support/places.h"

namespace sluis::tests {
namespace {

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

WrittenPerson PersonFrom(const std::vector<std::string>& fields, size_t at) {
  const auto field = [&](size_t i) { return fields[at + i] == "-" ? "" : fields[at + i]; };
  return {field(0), field(1), field(2), field(3), field(4), field(5)};
}

}  // namespace

std::vector<IdentityPair> LabelledPairs() {
  std::ifstream file(InSources("/tests/vectors/identity-pairs.tsv"));
  std::vector<IdentityPair> pairs;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const std::vector<std::string> fields = Fields(line);
    if (fields.size() != 14 || (fields[1] != "same" && fields[1] != "other")) {
      std::fprintf(stderr, "identity-pairs.tsv: pair %zu is not one\n", pairs.size() + 1);
      std::abort();
    }
    pairs.push_back({fields[0], fields[1] == "same", PersonFrom(fields, 2), PersonFrom(fields, 8)});
  }
  return pairs;
}

}  // namespace sluis::tests
