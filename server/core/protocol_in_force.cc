#include "server/core/protocol_in_force.h"

#include "server/partnership/identity_keys.h"

namespace sluis::core {

std::vector<policies::PartyKey> PartyKeysOf(const partnership::Manifest& manifest) {
  std::vector<policies::PartyKey> keys;
  for (const auto& [organisation, key] : partnership::IdentityKeysOf(manifest)) {
    keys.push_back({organisation, key.public_key, key.not_before, key.not_after});
  }
  return keys;
}

std::shared_ptr<const policies::ProtocolStanding> ProtocolInForce::StandingOn(
    const std::string& day) const {
  std::lock_guard lock(mutex_);
  if (!standing_ || day_ != day) {
    standing_ = std::make_shared<const policies::ProtocolStanding>(
        policies::ProtocolState(protocol_, signatures_, keys_, day));
    day_ = day;
  }
  return standing_;
}

bool ProtocolInForce::HoldsBetween(std::string_view organisation, std::string_view other,
                                   const std::string& day) const {
  return protocol_.FindParty(organisation) != nullptr && protocol_.FindParty(other) != nullptr &&
         StandingOn(day)->new_disclosures;
}

}  // namespace sluis::core
