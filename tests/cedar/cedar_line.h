// A pack set with requests and our answers, as other engines read them.
//
//   {"pack": name, "policies": {id: text}, "rules": {id: the rule as its file has it},
//    "fields": [name], "cases": [{"context": {attribute: value}, "decision": "allow" or "deny",
//      "determining": [id], "requires": [id], "shown": [field]}]}
//
// Thread-safety: pure.
#ifndef SLUIS_TESTS_CEDAR_CEDAR_LINE_H_
#define SLUIS_TESTS_CEDAR_CEDAR_LINE_H_

#include <nlohmann/json.hpp>
#include <string>

#include "policies/pack.h"
#include "policies/request.h"

namespace sluis::policies {

// With no cases yet.
nlohmann::json CedarLine(const std::string& name, const PackSet& packs);

// A complete request for these packs and what the compiled engine answers.
nlohmann::json CedarCase(const PackSet& packs, const Request& request);

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_CEDAR_CEDAR_LINE_H_
