#include "client/lib/replay_clause.h"

#include <set>
#include <utility>
#include <vector>

#include "client/lib/decide_again.h"
#include "policies/protocol_cover.h"
#include "policies/protocol_state.h"

namespace sluis::client {
namespace {

using record::v1::ActPart;
using record::v1::DecisionPart;

bool SaysActive(const DecisionPart& part) { return WordOf(part, "protocol.active") == "true"; }

// Outside an exercise nothing is done between organisations but under a protocol, whether the rules
// ask for one or not, and the entry names it.
bool LacksProtocol(const ActPart& act, const DecisionPart& part) {
  return act.outcome() == record::v1::OUTCOME_DONE && !act.exercise() && KeepsGrounds(part);
}

// Refused as in no clause, and no protocol is named: then none was in force between the two, the
// rules do not say that one was, and they permitted it all the same. In an exercise a node goes on
// without a protocol, and refuses only where one is named that does not hold.
ClauseFit JudgeNoneInForce(const policies::Decision& decision, const ActPart& act,
                           const DecisionPart& part, bool refused_unsaid) {
  if (decision.outcome != policies::Outcome::kPermit || !refused_unsaid || SaysActive(part)) {
    return ClauseFit::kDiffers;
  }
  return act.exercise() ? ClauseFit::kUntold : ClauseFit::kFits;
}

// The text that the entry names; null where it is not given, or none is named.
const policies::Protocol* TextOf(const ProtocolTexts& texts, const DecisionPart& part) {
  const absl::StatusOr<crypto::Hash> digest = crypto::ToFixed<32>(part.protocol_digest());
  const auto text = digest.ok() ? texts.find(*digest) : texts.end();
  return text == texts.end() ? nullptr : &text->second;
}

// Which parties it can have been: the one named, or all of that kind.
std::vector<std::string_view> PartiesOf(const policies::Protocol& protocol, std::string_view name,
                                        std::string_view kind) {
  if (!name.empty()) return {name};
  std::vector<std::string_view> parties;
  for (const policies::ProtocolParty& party : protocol.parties) {
    if (kind.empty() || party.kind.text == kind) parties.push_back(party.organisation.text);
  }
  return parties;
}

// Whether the one named is a party, and of the kind logged: a node takes no protocol that says
// another kind than the manifest.
bool IsParty(const policies::Protocol& protocol, std::string_view name, std::string_view kind) {
  if (name.empty()) return true;
  const policies::ProtocolParty* party = protocol.FindParty(name);
  return party != nullptr && (kind.empty() || party->kind.text == kind);
}

// Every clause that the text can give; empty for none.
std::set<std::string_view> ClausesFor(const policies::Protocol& protocol,
                                      const policies::Decision& decision, const DecisionPart& part,
                                      std::string_view from, std::string_view to) {
  policies::Disclosure disclosure{.purpose = WordOf(part, "purpose"),
                                  .basis = WordOf(part, "basis"),
                                  .category = WordOf(part, "record.category"),
                                  .from = {},
                                  .to = {},
                                  .fields = {}};
  for (const policies::GrantedField& field : decision.granted) {
    disclosure.fields.emplace_back(field.name);
  }
  std::set<std::string_view> clauses;
  for (const std::string_view sender : PartiesOf(protocol, from, WordOf(part, "from.kind"))) {
    for (const std::string_view recipient : PartiesOf(protocol, to, WordOf(part, "to.kind"))) {
      if (sender == recipient) continue;
      disclosure.from = sender;
      disclosure.to = recipient;
      const policies::ProtocolClause* clause = policies::CoveringClause(protocol, disclosure);
      clauses.insert(clause == nullptr ? std::string_view() : clause->id.text);
    }
  }
  // No party at all that it can have been.
  if (clauses.empty()) clauses.insert(std::string_view());
  return clauses;
}

}  // namespace

ClauseFit JudgeClause(const ProtocolTexts& texts, const policies::Decision& decision,
                      const ActPart& act, const DecisionPart& part, const Between& between,
                      bool refused_unsaid) {
  const auto fits_when = [](bool fits) { return fits ? ClauseFit::kFits : ClauseFit::kDiffers; };
  const bool outside = act.refusal() == kNotInProtocol;
  const bool named = !part.clause().empty();
  const std::string_view side = WordOf(part, "side");
  const bool release = side == "release";
  if (part.protocol_digest().empty()) {
    const bool exchanged = release || side == "accept";
    if (named || (outside && !exchanged)) return ClauseFit::kDiffers;
    if (outside) return JudgeNoneInForce(decision, act, part, refused_unsaid);
    return fits_when(!(exchanged && LacksProtocol(act, part)));
  }
  // The text is asked about what the rules permit and the node could carry out, and nothing else.
  if (decision.outcome != policies::Outcome::kPermit || (refused_unsaid && !outside)) {
    return fits_when(!named && !outside);
  }
  const bool done = act.outcome() == record::v1::OUTCOME_DONE;
  if ((outside && (named || !refused_unsaid)) || (done && !named)) return ClauseFit::kDiffers;
  if (!crypto::ToFixed<32>(part.protocol_digest()).ok()) return ClauseFit::kDiffers;
  const policies::Protocol* text = TextOf(texts, part);
  if (text == nullptr) return ClauseFit::kNoText;
  if (!release && side != "accept") return ClauseFit::kDiffers;
  const std::string_view from = release ? between.own : between.peer;
  const std::string_view to = release ? between.peer : between.own;
  if (!IsParty(*text, from, WordOf(part, "from.kind")) ||
      !IsParty(*text, to, WordOf(part, "to.kind"))) {
    return ClauseFit::kDiffers;
  }
  const std::set<std::string_view> clauses = ClausesFor(*text, decision, part, from, to);
  if (!clauses.contains(part.clause())) return ClauseFit::kDiffers;
  return clauses.size() == 1 ? ClauseFit::kFits : ClauseFit::kPartner;
}

bool NamedOnItsDays(const ProtocolTexts& texts, const DecisionPart& part, std::string_view day) {
  const policies::Protocol* text = TextOf(texts, part);
  return text == nullptr || policies::DaysHold(*text, day);
}

}  // namespace sluis::client
