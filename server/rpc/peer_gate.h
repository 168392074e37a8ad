#ifndef SLUIS_SERVER_RPC_PEER_GATE_H_
#define SLUIS_SERVER_RPC_PEER_GATE_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/authn/peer_leaf.h"
#include "server/core/terms.h"
#include "server/rpc/metrics.h"
#include "server/storage/clock.h"

namespace sluis::rpc {

// Which member of the manifest in force is behind a certificate, asked at the handshake and again
// at each call: removal from the manifest takes effect on the next call, however old the connection
// is. Remembers certificates that held under the manifest in force, so that a call costs a hash.
// Thread-safe.
class PeerGate {
 public:
  // All references must live until Close has returned.
  PeerGate(std::string organisation, const core::TermsInForce& terms, const storage::Clock& clock,
           Metrics& metrics);

  // The organisation of another member. exchange::RefusedToPeer in every other case; why stands in
  // the log of the node, at most once a minute, and in its metrics as a number.
  absl::StatusOr<std::string> Check(std::string_view pem);

  // From now on nobody passes. A handshake may outlive its listener, and must not touch what is
  // gone.
  void Close();

 private:
  absl::StatusOr<std::string> CheckLocked(std::string_view pem);

  const std::string organisation_;
  std::mutex mutex_;
  const core::TermsInForce* terms_;
  const storage::Clock* clock_;
  Metrics* metrics_;
  std::shared_ptr<const partnership::SignedManifest> manifest_;
  std::map<crypto::Hash, authn::PeerLeaf> held_;
  bool told_ = false;
  std::chrono::steady_clock::time_point told_at_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_PEER_GATE_H_
