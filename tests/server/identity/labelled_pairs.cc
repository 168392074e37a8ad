#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/server/identity/identity_pairs.h"
#include "tests/support/places.h"

namespace sluis::tests {
namespace {

std::vector<std::string> Split(const std::string& line) {
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

using Fields = std::vector<std::string>;

// Fields of one person from `at` on, empty where the file has a dash.
std::string Field(const Fields& fields, size_t at) { return fields[at] == "-" ? "" : fields[at]; }

WrittenPerson LabelledPerson(const Fields& f, size_t at) {
  return {Field(f, at),     Field(f, at + 1), Field(f, at + 2),
          Field(f, at + 3), Field(f, at + 4), Field(f, at + 5)};
}

WrittenPerson NumberedPerson(const Fields& f, size_t at) {
  WrittenPerson person = {
      Field(f, at), Field(f, at + 1), Field(f, at + 2), Field(f, at + 3), "", ""};
  person.bis = Field(f, at + 4);
  person.country = Field(f, at + 5);
  person.foreign = Field(f, at + 6);
  return person;
}

// Lines of a group, a truth, and the fields of two persons.
std::vector<IdentityPair> Pairs(const char* name, size_t fields_of_one,
                                WrittenPerson (*person)(const Fields&, size_t)) {
  std::ifstream file(InSources(std::string("/tests/vectors/") + name));
  std::vector<IdentityPair> pairs;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const Fields fields = Split(line);
    if (fields.size() != 2 + 2 * fields_of_one || (fields[1] != "same" && fields[1] != "other")) {
      std::fprintf(stderr, "%s: pair %zu is not one\n", name, pairs.size() + 1);
      std::abort();
    }
    pairs.push_back(
        {fields[0], fields[1] == "same", person(fields, 2), person(fields, 2 + fields_of_one)});
  }
  return pairs;
}

}  // namespace

std::vector<IdentityPair> LabelledPairs() { return Pairs("identity-pairs.tsv", 6, LabelledPerson); }

std::vector<IdentityPair> NumberPairs() {
  return Pairs("identity-number-pairs.tsv", 7, NumberedPerson);
}

}  // namespace sluis::tests
