// Words of packs as Dutch readers say them. A word that is not known here stands as it is.
#ifndef SLUIS_POLICIES_PROTOCOL_WORDS_H_
#define SLUIS_POLICIES_PROTOCOL_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "policies/disclosure_flows.h"
#include "policies/obligation.h"
#include "policies/protocol.h"

namespace sluis::policies {

// Kinds of organisation, fields, `none`, dimensions and parties.
std::string DutchWord(std::string_view word);
// What an attribute says that a sender states to a receiver.
std::string DutchAttribute(std::string_view name);
// "a, b en c" of the words in Dutch.
std::string DutchList(const std::vector<std::string>& words);
// Organisations of a clause by their names, kinds in Dutch.
std::string DutchParties(const std::vector<Word>& words, const Protocol& protocol);
// What an obligation asks, as one phrase.
std::string DutchObligation(const Obligation& obligation);
// "31 augustus 2027".
std::string DutchDay(std::string_view day);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_WORDS_H_
