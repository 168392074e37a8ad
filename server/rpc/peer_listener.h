#ifndef SLUIS_SERVER_RPC_PEER_LISTENER_H_
#define SLUIS_SERVER_RPC_PEER_LISTENER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/core/terms.h"
#include "server/exchange/peers.h"
#include "server/rpc/metrics.h"
#include "server/storage/clock.h"

namespace sluis::rpc {

// What the listener of the other nodes needs. All references must outlive it.
struct PeerListenerParts {
  // Address with a port; 0 lets the system choose.
  std::string address;
  // Folder with tls.crt and tls.key, those of the user listener.
  std::string certificate_folder;
  std::string organisation;
  const core::TermsInForce& terms;
  const storage::Clock& clock;
  Metrics& metrics;
  exchange::PeerAnswers answers;
};

// The gRPC listener of the other nodes: mutual TLS 1.3 in which each certificate is verified
// against the one CA that the manifest in force pins for the organisation it names, once the
// handshake has proven its key and again at every call. Whoever is not another member sees a closed
// connection, or one constant refusal. Messages, streams, memory and age of connections are
// bounded; there is no health service here.
class PeerListener {
 public:
  // UNAVAILABLE when the address cannot be bound; errors of PeerListenerCredentials.
  static absl::StatusOr<std::unique_ptr<PeerListener>> Start(PeerListenerParts parts);
  // Takes no new calls and waits for those in progress, at most a few seconds.
  ~PeerListener();

  int port() const;

 private:
  struct Impl;
  explicit PeerListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_PEER_LISTENER_H_
