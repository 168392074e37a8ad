#ifndef SLUIS_SERVER_RPC_USER_LISTENER_H_
#define SLUIS_SERVER_RPC_USER_LISTENER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/authn/mandate.h"
#include "server/core/ceremonies.h"
#include "server/core/executor.h"
#include "server/core/share_signal.h"
#include "server/ledger/leaf_index.h"
#include "server/ledger/ledger.h"
#include "server/rpc/evaluation_service.h"
#include "server/rpc/review_service.h"
#include "server/storage/clock.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/register.pb.h"
#include "sluis/node/v1/status.pb.h"

namespace sluis::rpc {

class Metrics;

// What the listener of the own users needs. All references must outlive the listener.
struct UserListenerParts {
  // Address with a port; 0 lets the system choose.
  std::string address;
  // Folder with tls.crt, tls.key, ca.crt.
  std::string certificate_folder;
  std::string organisation;
  core::Executor& executor;
  ledger::Ledger& ledger;
  ledger::LeafIndex& index;
  core::TermsInForce& terms;
  authn::MandateVerifier& verifier;
  storage::Clock& clock;
  crypto::Random& random;
  Metrics& metrics;
  std::function<absl::Status(node::v1::CreateBackupResponse&)> backup;
  std::function<void(node::v1::GetStatusResponse&)> status;
  std::function<void(node::v1::GetExchangeResponse&)> exchange;
  core::ShareTools share_tools;
  // Null while the node has no keys for partners.
  core::Ceremonies* ceremonies = nullptr;
  EvaluationParts evaluation = {};
  ReviewParts review = {};
  // Whether the partnership is in exercise.
  std::function<bool()> exercise;
};

// The gRPC listener of the own users: mutual TLS 1.3 against the own CA, bounded messages,
// connections of limited age so that rotated certificates take effect, and the standard health
// service.
class UserListener {
 public:
  // UNAVAILABLE when the address cannot be bound; errors of ListenerCredentials.
  static absl::StatusOr<std::unique_ptr<UserListener>> Start(UserListenerParts parts);
  ~UserListener();

  int port() const;
  // What the standard health service says.
  void SetServing(bool serving);
  // Takes no new calls and waits for those in progress, at most a few seconds.
  void Shutdown();

 private:
  struct Impl;
  explicit UserListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_USER_LISTENER_H_
