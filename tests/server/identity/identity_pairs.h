#ifndef SLUIS_TESTS_SERVER_IDENTITY_IDENTITY_PAIRS_H_
#define SLUIS_TESTS_SERVER_IDENTITY_IDENTITY_PAIRS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sluis::tests {

// An identity as somebody wrote it; empty where nothing was written.
struct WrittenPerson {
  std::string surname, given, born, number, sex, area;
  std::string bis = {}, country = {}, foreign = {};
};

struct IdentityPair {
  std::string group;
  bool same = false;  // the truth
  WrittenPerson left, right;
};

// tests/vectors/identity-pairs.tsv. Ends the test program when a line does not have its fields.
std::vector<IdentityPair> LabelledPairs();

// tests/vectors/identity-number-pairs.tsv: what bis numbers and numbers of other states do. Ends
// the test program likewise.
std::vector<IdentityPair> NumberPairs();

// Pairs that nobody wrote: pools of names that the list does not have, changed by rules of their
// own, which know nothing of the table of server/identity. The same for the same seed.
std::vector<IdentityPair> HeldOutPairs(uint64_t seed, int same, int other);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_IDENTITY_IDENTITY_PAIRS_H_
