#ifndef SLUIS_SERVER_CORE_REGISTER_MANDATES_H_
#define SLUIS_SERVER_CORE_REGISTER_MANDATES_H_

#include "server/authn/mandate.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/register.pb.h"

namespace sluis::core {

// AddMandate: stores a mandate that the mandate key has signed. Refused for a user who is not
// registered, for another signing key than the registered one, and for a role that this kind of
// organisation may not give.
class AddMandate : public UseCase {
 public:
  AddMandate(const node::v1::AddMandateRequest& request, node::v1::AddMandateResponse& response,
             authn::MandateVerifier& verifier)
      : request_(request), response_(response), verifier_(verifier) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::AddMandateRequest& request_;
  node::v1::AddMandateResponse& response_;
  authn::MandateVerifier& verifier_;
};

// ListMandates: the mandates stored, with what is still valid.
class ListMandates : public UseCase {
 public:
  ListMandates(const node::v1::ListMandatesRequest& request,
               node::v1::ListMandatesResponse& response, authn::MandateVerifier& verifier)
      : request_(request), response_(response), verifier_(verifier) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ListMandatesRequest& request_;
  node::v1::ListMandatesResponse& response_;
  authn::MandateVerifier& verifier_;
};

// PutMandateStatus: stores a newer list of revoked mandates. A number that is not higher is
// refused, and so is a list that forgets a revocation.
class PutMandateStatus : public UseCase {
 public:
  PutMandateStatus(const node::v1::PutMandateStatusRequest& request,
                   node::v1::PutMandateStatusResponse& response, authn::MandateVerifier& verifier)
      : request_(request), response_(response), verifier_(verifier) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::PutMandateStatusRequest& request_;
  node::v1::PutMandateStatusResponse& response_;
  authn::MandateVerifier& verifier_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_REGISTER_MANDATES_H_
