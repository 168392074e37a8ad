#ifndef SLUIS_SERVER_RPC_OWN_USERS_H_
#define SLUIS_SERVER_RPC_OWN_USERS_H_

#include <grpcpp/server_context.h>

#include <string>

#include "absl/status/status.h"
#include "server/authn/caller.h"
#include "server/authn/mandate.h"
#include "server/core/view.h"
#include "server/ledger/ledger.h"
#include "server/rpc/calls.h"
#include "server/storage/clock.h"

namespace sluis::rpc {

// The check of health methods, which show no data and write no entry: whether the caller is a
// registered user of this organisation. Thread-safe. All must outlive this.
class OwnUsers {
 public:
  OwnUsers(Calls& calls, ledger::Ledger& ledger, authn::MandateVerifier& verifier,
           storage::Clock& clock, std::string organisation)
      : calls_(calls),
        ledger_(ledger),
        verifier_(verifier),
        clock_(clock),
        organisation_(std::move(organisation)) {}

  absl::Status Check(grpc::CallbackServerContext* context) {
    calls_.MarkExercise(context);
    const absl::Status status = CheckUncounted(context);
    if (!status.ok()) calls_.metrics().CountUnknownPeer();
    return status;
  }

 private:
  absl::Status CheckUncounted(grpc::CallbackServerContext* context) {
    auto facts = calls_.certificates().FactsOf(*context->auth_context());
    if (!facts.ok()) return facts.status();
    auto user = authn::ClaimedUser(*facts, organisation_);
    if (!user.ok()) return user.status();
    const auto snapshot = ledger_.store().NewSnapshot();
    core::View view(*snapshot, ledger_.keyring());
    auto registered = view.ReadRegistered(*user);
    if (!registered.ok()) return registered.status();
    return authn::Authenticate(*facts, *registered, verifier_, clock_.NowUs()).status();
  }

  Calls& calls_;
  ledger::Ledger& ledger_;
  authn::MandateVerifier& verifier_;
  storage::Clock& clock_;
  const std::string organisation_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_OWN_USERS_H_
