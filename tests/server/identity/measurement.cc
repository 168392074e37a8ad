#include "tests/server/identity/measurement.h"

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "server/identity/person.h"
#include "server/identity/person_keys.h"

namespace sluis::tests {
namespace {

using identity::KeyKind;
using identity::KeyOutcome;
using identity::ResultClass;

bool RefusesForeignNumber(const WrittenPerson& written) {
  return !written.foreign.empty() &&
         !identity::ForeignNumber::Parse(written.country, written.foreign).ok();
}

std::map<KeyKind, crypto::Hash> Indexes(const WrittenPerson& written,
                                        const identity::KeyKinds& kinds) {
  std::optional<identity::Sex> sex;
  if (written.sex == "f") sex = identity::Sex::kFemale;
  if (written.sex == "m") sex = identity::Sex::kMale;
  const bool refused = RefusesForeignNumber(written);
  const auto person = identity::Person::From({.surname = written.surname,
                                              .given = written.given,
                                              .born = written.born,
                                              .sex = sex,
                                              .postal_code = written.area,
                                              .national_number = written.number,
                                              .bis_number = written.bis,
                                              .foreign_country = refused ? "" : written.country,
                                              .foreign_number = refused ? "" : written.foreign});
  const auto scope = identity::KeyScope::Of("proef", "signaal");
  if (!person.ok() || !scope.ok()) {
    std::fprintf(stderr, "%s, %s: %s\n", written.surname.c_str(), written.given.c_str(),
                 std::string(person.status().message()).c_str());
    std::abort();
  }
  const identity::PersonKeys keys = KeysOf(*person, *scope, kinds);
  const crypto::Secret<32> node_key;
  std::map<KeyKind, crypto::Hash> indexes;
  for (const auto& input : keys.free) indexes[input.kind()] = input.LocalIndex(node_key);
  if (keys.granted) indexes[keys.granted->kind()] = keys.granted->LocalIndex(node_key);
  for (const auto& input : keys.own_node) indexes[input.kind()] = input.LocalIndex(node_key);
  return indexes;
}

int Tenths(int part, int whole) { return whole == 0 ? 1000 : part * 1000 / whole; }

void AddRow(std::string& out, std::string_view name, const Count& found,
            const Measurement& measured) {
  char line[120];
  const int recall = measured.Recall(found), precision = Measurement::Precision(found);
  std::snprintf(line, sizeof line, "  %-24.*s %5d %6d   %3d.%d %%   %3d.%d %%\n",
                static_cast<int>(name.size()), name.data(), found.same, found.other, recall / 10,
                recall % 10, precision / 10, precision % 10);
  out += line;
}

}  // namespace

identity::KeyComparison Compare(const WrittenPerson& left, const WrittenPerson& right,
                                const identity::KeyKinds& kinds) {
  const auto mine = Indexes(left, kinds), theirs = Indexes(right, kinds);
  identity::KeyComparison compared;
  for (const auto& [kind, index] : mine) {
    const auto other = theirs.find(kind);
    if (other == theirs.end()) continue;
    compared.Set(kind, index == other->second ? KeyOutcome::kEqual : KeyOutcome::kDifferent);
  }
  return compared;
}

int Measurement::Recall(const Count& found) const { return Tenths(found.same, pairs.same); }

int Measurement::Precision(const Count& found) {
  return Tenths(found.same, found.same + found.other);
}

Count Measurement::Shown() const {
  Count shown;
  for (const ResultClass result : {ResultClass::kCandidate, ResultClass::kMatch}) {
    if (!results.contains(result)) continue;
    shown.same += results.at(result).same;
    shown.other += results.at(result).other;
  }
  return shown;
}

Measurement Measure(const std::vector<IdentityPair>& pairs, const identity::KeyKinds& kinds) {
  Measurement measured;
  const auto add = [](Count& count, bool same) { ++(same ? count.same : count.other); };
  for (const IdentityPair& pair : pairs) {
    const identity::KeyComparison compared = Compare(pair.left, pair.right, kinds);
    const ResultClass result = Classify(compared);
    for (const WrittenPerson* person : {&pair.left, &pair.right}) {
      measured.refused += RefusesForeignNumber(*person) ? 1 : 0;
    }
    add(measured.pairs, pair.same);
    add(measured.results[result], pair.same);
    ++measured.groups[pair.group][result];
    for (const KeyKind kind : identity::kKeyKinds) {
      if (compared.Equal(kind)) add(measured.equal[kind], pair.same);
    }
  }
  return measured;
}

std::string Report(const std::string& title, const Measurement& measured) {
  std::string out = title + ": " + std::to_string(measured.pairs.same) + " pairs of one person, " +
                    std::to_string(measured.pairs.other) + " of two\n";
  out += "                            one    two    recall  precision\n";
  for (const auto& [kind, count] : measured.equal) AddRow(out, IdType(kind), count, measured);
  for (const auto& [result, count] : measured.results) {
    AddRow(out, std::string("= ") += ResultWord(result), count, measured);
  }
  AddRow(out, "= candidate or match", measured.Shown(), measured);
  if (measured.refused > 0) {
    out += "  foreign numbers refused: " + std::to_string(measured.refused) + "\n";
  }
  for (const auto& [group, results] : measured.groups) {
    out += "  " + group + ":";
    for (const auto& [result, count] : results) {
      out += " " + std::string(ResultWord(result)) + " " + std::to_string(count);
    }
    out += "\n";
  }
  return out;
}

}  // namespace sluis::tests
