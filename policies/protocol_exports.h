// A protocol for other programs: the agreement in ODRL 2.2, and the entry in a register of
// processing activities.
//
// Names come from protocol_iris.h. Guarantee: the agreement says what the rules between
// organisations say, rule by rule, in constraints of the profile urn:sluis:odrl-profile:1
// (docs/odrl-profile.md), with the assets and actions of permissions in prohibitions, so that
// nothing is wider than the packs; who does not know the profile must refuse it. It is an export:
// nothing reads it back. Text is JSON, or CSV by RFC 4180 whose cells no spreadsheet takes for a
// formula. Pure; thread-safe.
#ifndef SLUIS_POLICIES_PROTOCOL_EXPORTS_H_
#define SLUIS_POLICIES_PROTOCOL_EXPORTS_H_

#include <string>
#include <vector>

#include "policies/disclosure_flows.h"
#include "policies/pack.h"
#include "policies/protocol.h"

namespace sluis::policies {

// `rules` and `flows` are of the packs of the protocol.
std::string ProtocolOdrl(const Protocol& protocol, const RuleSpace& rules,
                         const DisclosureFlows& flows);

// One activity for each purpose, in the OSLO shape with DPV terms, as JSON-LD.
std::string ProtocolRegister(const Protocol& protocol, const PackSet& packs);
// The same as rows.
std::string ProtocolRegisterCsv(const Protocol& protocol, const PackSet& packs);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_EXPORTS_H_
