#ifndef SLUIS_TESTS_SERVER_IDENTITY_MEASUREMENT_H_
#define SLUIS_TESTS_SERVER_IDENTITY_MEASUREMENT_H_

#include <map>
#include <string>
#include <vector>

#include "server/identity/key_kind.h"
#include "server/identity/result_class.h"
#include "tests/server/identity/identity_pairs.h"

namespace sluis::tests {

// What all keys of both persons say, found as a node finds its own records: by their indexes.
identity::KeyComparison Compare(const WrittenPerson& left, const WrittenPerson& right,
                                const identity::KeyKinds& kinds);

struct Count {
  int same = 0;   // pairs that are one person
  int other = 0;  // pairs that are two
};

struct Measurement {
  Count pairs;
  std::map<identity::KeyKind, Count> equal;
  std::map<identity::ResultClass, Count> results;
  std::map<std::string, std::map<identity::ResultClass, int>> groups;
  int refused = 0;  // foreign numbers that are not taken, so that the person goes without one

  // Of the pairs that are one person, how many this finds, and of what it finds, how many are; in
  // tenths of a percent, rounded down. 1000 for the precision of what finds nothing.
  int Recall(const Count& found) const;
  static int Precision(const Count& found);
  // Candidates and matches: what a node shows.
  Count Shown() const;
};

Measurement Measure(const std::vector<IdentityPair>& pairs, const identity::KeyKinds& kinds);

// As a table, for people.
std::string Report(const std::string& title, const Measurement& measured);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_IDENTITY_MEASUREMENT_H_
