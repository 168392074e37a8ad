#ifndef SLUIS_TESTS_INTEGRATION_PEER_WORLD_H_
#define SLUIS_TESTS_INTEGRATION_PEER_WORLD_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/core/terms.h"
#include "server/exchange/grpc_peers.h"
#include "server/rpc/metrics.h"
#include "server/rpc/peer_listener.h"
#include "server/storage/clock.h"
#include "tests/support/fake_clock.h"
#include "tests/support/partners.h"
#include "tests/support/temp_folder.h"

namespace sluis::test {

// An organisation with only that part of a node that other nodes meet: a listener which answers a
// heartbeat with who was taken for the sender, and calls to others.
class PeerSide {
 public:
  explicit PeerSide(const std::string& id);
  ~PeerSide();

  const Organisation& organisation() const { return *organisation_; }
  // Takes this manifest into force; null for none.
  void Hold(std::shared_ptr<const partnership::SignedManifest> manifest);
  // Port of its listener, started at the first call.
  int port();
  // Closes the listener.
  void StopListening();
  // Asks that organisation, and returns the name under which this side was taken there.
  absl::StatusOr<std::string> Ask(const std::string& organisation);
  // Asks that organisation to evaluate; nobody here does: each says that it is not there.
  absl::Status AskToEvaluate(const std::string& organisation);
  // How often this side was asked to.
  int asked_to_evaluate() const { return asked_to_evaluate_; }
  exchange::GrpcPeers& peers() { return *peers_; }
  // Stands still from the start of this side, which is now.
  tests::FakeClock& clock() { return clock_; }
  // Key and certificate that this side presents.
  std::string KeyPem() const;
  std::string CertificatePem() const;

 private:
  tests::TempFolder folder_;
  tests::FakeClock clock_{storage::SystemClock().NowUs()};
  std::optional<Organisation> organisation_;
  std::optional<core::TermsInForce> terms_;
  rpc::Metrics metrics_;
  std::atomic<int> asked_to_evaluate_ = 0;
  std::optional<exchange::GrpcPeers> peers_;
  std::unique_ptr<rpc::PeerListener> listener_;
};

}  // namespace sluis::test

#endif  // SLUIS_TESTS_INTEGRATION_PEER_WORLD_H_
