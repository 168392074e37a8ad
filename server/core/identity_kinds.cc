#include "server/core/identity_kinds.h"

#include "policies/protocol.h"

namespace sluis::core {
namespace {

identity::KeyKinds KindsOf(const policies::Protocol& protocol) {
  identity::KeyKinds kinds = identity::KeyKinds::None();
  for (const identity::KeyKind kind : identity::kKeyKinds) {
    if (protocol.UsesIdentityKind(identity::IdType(kind))) kinds = kinds.With(kind);
  }
  return kinds;
}

}  // namespace

identity::KeyKinds IdentityKindsOn(const Terms& terms, const std::string& day) {
  if (!terms.protocol) return terms.exercise ? terms.identity_kinds : identity::KeyKinds();
  const policies::Protocol& protocol = terms.protocol->protocol();
  const bool holds = protocol.FindParty(terms.organisation) != nullptr &&
                     terms.protocol->StandingOn(day)->new_disclosures;
  return holds ? KindsOf(protocol) : identity::KeyKinds();
}

}  // namespace sluis::core
