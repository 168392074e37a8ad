// A small statutory pack to build tests on: four attributes, two fields, and the rules given.
#ifndef SLUIS_TESTS_POLICIES_SMALL_PACKS_H_
#define SLUIS_TESTS_POLICIES_SMALL_PACKS_H_

#include <string>
#include <string_view>

namespace sluis::policies {

inline std::string SmallPack(std::string_view rest) {
  std::string text = R"(sluis: 1
pack: {id: small, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  colour: [red, green, blue]
  tlp: [clear, green, red]
  mode: [calm, loud]
  party: [contributor]
  dimension: [quarter]
  role: {open: true, values: {cook: {mode: calm, kinds: [inn]}, drummer: {mode: loud}}}
attributes:
  colour: {type: colour, source: record, optional: true}
  secret: {type: bool, source: ledger}
  days: {type: {int: [0, 100]}, source: node}
  role: {type: role, source: mandate}
fields: [text, {place: {generalise: [street, town]}}]
)";
  text += rest;
  return text;
}

// A partnership or node pack on top of it.
inline std::string LowerPack(std::string_view layer, std::string_view above,
                             std::string_view rest) {
  std::string text = "sluis: 1\npack: {id: ";
  text += layer;
  text += ", layer: ";
  text += layer;
  text += ", version: 1, extends: [{id: ";
  text += above;
  text += ", version: 1}], valid: {from: 2026-01-01, until: 2026-12-31}}\n";
  text += rest;
  return text;
}

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_POLICIES_SMALL_PACKS_H_
