#ifndef SLUIS_SERVER_RPC_REVIEW_SERVICE_H_
#define SLUIS_SERVER_RPC_REVIEW_SERVICE_H_

#include <optional>

#include "server/core/close_review.h"
#include "server/core/review_openings.h"
#include "server/exchange/review_asking.h"
#include "server/rpc/calls.h"
#include "sluis/node/v1/review.grpc.pb.h"

namespace sluis::rpc {

// What carries out reviews. Empty while the node has no keys for partners.
struct ReviewParts {
  exchange::ReviewAsking* asking = nullptr;
  std::optional<core::ReviewTools> tools = {};
};

// Translates ReviewService to use cases. Thread-safe.
class ReviewService final : public node::v1::ReviewService::CallbackService {
 public:
  // `calls` and what the parts refer to must outlive this.
  ReviewService(Calls& calls, ReviewParts parts) : calls_(calls), parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* GetReviews(grpc::CallbackServerContext* context,
                                       const node::v1::GetReviewsRequest* request,
                                       node::v1::GetReviewsResponse* response) override;
  grpc::ServerUnaryReactor* CollectLists(grpc::CallbackServerContext* context,
                                         const node::v1::CollectListsRequest* request,
                                         node::v1::CollectListsResponse* response) override;
  grpc::ServerUnaryReactor* DrawSample(grpc::CallbackServerContext* context,
                                       const node::v1::DrawSampleRequest* request,
                                       node::v1::DrawSampleResponse* response) override;
  grpc::ServerUnaryReactor* OpenSample(grpc::CallbackServerContext* context,
                                       const node::v1::OpenSampleRequest* request,
                                       node::v1::OpenSampleResponse* response) override;
  grpc::ServerUnaryReactor* CloseReview(grpc::CallbackServerContext* context,
                                        const node::v1::CloseReviewRequest* request,
                                        node::v1::CloseReviewResponse* response) override;

 private:
  Calls& calls_;
  const ReviewParts parts_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_REVIEW_SERVICE_H_
