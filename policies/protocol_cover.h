// Which clause of a protocol covers one disclosure.
//
// Guarantee: a clause is named only when it says all of it: purpose, ground, category, sender,
// recipient and every field. Two clauses that each say a part cover nothing. Not guaranteed: that
// the protocol is in force (protocol_state.h), or that the rules permit it. Pure; thread-safe.
#ifndef SLUIS_POLICIES_PROTOCOL_COVER_H_
#define SLUIS_POLICIES_PROTOCOL_COVER_H_

#include <string_view>
#include <vector>

#include "policies/protocol.h"

namespace sluis::policies {

// Borrowed words, as the rules know them.
struct Disclosure {
  std::string_view purpose;
  std::string_view basis;
  std::string_view category;  // `none` for what has none
  std::string_view from, to;  // organisations
  std::vector<std::string_view> fields;
};

// The first clause in the order of the text; null when there is none, or when sender or recipient
// is no party, or both are the same one.
const ProtocolClause* CoveringClause(const Protocol& protocol, const Disclosure& disclosure);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_COVER_H_
