#include "policies/protocol_cover.h"

#include <algorithm>

namespace sluis::policies {
namespace {

bool Has(const std::vector<Word>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [word](const Word& one) { return one.text == word; });
}

}  // namespace

const ProtocolClause* CoveringClause(const Protocol& protocol, const Disclosure& disclosure) {
  const ProtocolParty* from = protocol.FindParty(disclosure.from);
  const ProtocolParty* to = protocol.FindParty(disclosure.to);
  if (from == nullptr || to == nullptr || from == to) return nullptr;
  const auto covers = [&](const ProtocolClause& clause) {
    return clause.purpose.text == disclosure.purpose && Has(clause.bases, disclosure.basis) &&
           Has(clause.categories, disclosure.category) && Protocol::Names(clause.from, *from) &&
           Protocol::Names(clause.to, *to) &&
           std::all_of(disclosure.fields.begin(), disclosure.fields.end(),
                       [&clause](std::string_view field) { return Has(clause.fields, field); });
  };
  const auto found = std::find_if(protocol.clauses.begin(), protocol.clauses.end(), covers);
  return found == protocol.clauses.end() ? nullptr : &*found;
}

}  // namespace sluis::policies
