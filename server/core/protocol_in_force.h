#ifndef SLUIS_SERVER_CORE_PROTOCOL_IN_FORCE_H_
#define SLUIS_SERVER_CORE_PROTOCOL_IN_FORCE_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "policies/protocol.h"
#include "policies/protocol_signatures.h"
#include "policies/protocol_state.h"
#include "server/partnership/manifest.h"

namespace sluis::core {

// The identity keys that a manifest gives its members: with one of these a party signs a protocol.
std::vector<policies::PartyKey> PartyKeysOf(const partnership::Manifest& manifest);

// The protocol that the configuration names, with the signatures beside it and the keys that the
// manifest in force gives the parties. Immutable, but for what it remembers of the last day asked.
// Not guaranteed: that it is the text of the packs in force, which is for whoever loads it.
// Thread-safe.
class ProtocolInForce {
 public:
  // `signatures_digest`: SHA-256 of the file that holds them; all zero without one.
  ProtocolInForce(policies::Protocol protocol, policies::ProtocolSignatures signatures,
                  std::vector<policies::PartyKey> keys, crypto::Hash signatures_digest)
      : protocol_(std::move(protocol)),
        signatures_(std::move(signatures)),
        keys_(std::move(keys)),
        signatures_digest_(signatures_digest) {}

  const policies::Protocol& protocol() const { return protocol_; }
  const crypto::Hash& signatures_digest() const { return signatures_digest_; }

  // Where it stands on that day, yyyy-mm-dd, legal time. Checks every signature on the first
  // question about a day.
  std::shared_ptr<const policies::ProtocolStanding> StandingOn(const std::string& day) const;

  // Whether anything new may be disclosed between these two on that day: both are parties, all
  // parties signed, and its days hold.
  bool HoldsBetween(std::string_view organisation, std::string_view other,
                    const std::string& day) const;

 private:
  const policies::Protocol protocol_;
  const policies::ProtocolSignatures signatures_;
  const std::vector<policies::PartyKey> keys_;
  const crypto::Hash signatures_digest_;

  mutable std::mutex mutex_;
  mutable std::string day_;  // of standing_
  mutable std::shared_ptr<const policies::ProtocolStanding> standing_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PROTOCOL_IN_FORCE_H_
