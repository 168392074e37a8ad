// The text of a protocol as packs allow it, with what only the parties can say left open.
//
// Guarantee: ReadProtocol finds nothing wrong with it but what begins with kFillIn and the days
// that stand so; with those filled in as they should be, text and packs say the same. Pure.
#ifndef SLUIS_POLICIES_PROTOCOL_TEMPLATE_H_
#define SLUIS_POLICIES_PROTOCOL_TEMPLATE_H_

#include <string>
#include <vector>

#include "policies/disclosure_flows.h"
#include "policies/pack.h"

namespace sluis::policies {

// A party as far as it is known; empty is left open.
struct TemplateParty {
  std::string organisation;
  std::string name;
  std::string kind;
};

// `packs` are one statutory and one partnership pack; `groups` what these let go between the kinds
// of the parties.
std::string ProtocolTemplate(const std::string& id, const PackSet& packs,
                             const std::vector<TemplateParty>& parties,
                             const std::vector<FlowGroup>& groups);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_TEMPLATE_H_
