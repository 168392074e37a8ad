#include "server/rpc/review_service.h"

#include <functional>
#include <memory>
#include <utility>

namespace sluis::rpc {
namespace {

using exchange::ReviewAsking;
using exchange::ReviewStepped;

// Without keys for partners there is no key to review: the step says so itself.
const evaluation::Caps& NoCaps() {
  static const evaluation::Caps& caps = *new evaluation::Caps();
  return caps;
}

template <typename Response>
ReviewAsking::Done Filling(Response& response, std::function<void(const absl::Status&)> done) {
  return [&response, done = std::move(done)](absl::StatusOr<ReviewStepped> stepped) {
    if (stepped.ok()) {
      *response.mutable_log_receipt() = std::move(stepped->receipt);
      *response.mutable_review() = std::move(stepped->review);
    }
    done(stepped.status());
  };
}

}  // namespace

grpc::ServerUnaryReactor* ReviewService::GetReviews(grpc::CallbackServerContext* context,
                                                    const node::v1::GetReviewsRequest* request,
                                                    node::v1::GetReviewsResponse* response) {
  return calls_.Unary(context, std::make_shared<core::GetReviews>(*request, *response));
}

grpc::ServerUnaryReactor* ReviewService::CollectLists(grpc::CallbackServerContext* context,
                                                      const node::v1::CollectListsRequest* request,
                                                      node::v1::CollectListsResponse* response) {
  if (parts_.asking == nullptr) {
    return calls_.Unary(context, std::make_shared<core::CollectLists>(
                                     *request, std::make_shared<core::ReviewTask>()));
  }
  return calls_.Unary(context, core::MethodNamed("ReviewService.CollectLists"),
                      [this, request, response](const auto& facts, auto done) {
                        parts_.asking->Collect(facts, *request,
                                               Filling(*response, std::move(done)));
                      });
}

grpc::ServerUnaryReactor* ReviewService::DrawSample(grpc::CallbackServerContext* context,
                                                    const node::v1::DrawSampleRequest* request,
                                                    node::v1::DrawSampleResponse* response) {
  if (parts_.asking == nullptr) {
    return calls_.Unary(context, std::make_shared<core::DrawSample>(
                                     *request, NoCaps(), std::make_shared<core::ReviewTask>()));
  }
  return calls_.Unary(context, core::MethodNamed("ReviewService.DrawSample"),
                      [this, request, response](const auto& facts, auto done) {
                        parts_.asking->Draw(facts, *request, Filling(*response, std::move(done)));
                      });
}

grpc::ServerUnaryReactor* ReviewService::OpenSample(grpc::CallbackServerContext* context,
                                                    const node::v1::OpenSampleRequest* request,
                                                    node::v1::OpenSampleResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  auto opened = std::make_shared<node::v1::OpenSampleResponse>();
  calls_.Run(context, std::make_shared<core::OpenSample>(*request, parts_.tools, opened),
             [reactor, opened, response](const grpc::Status& status) {
               if (status.ok()) *response = std::move(*opened);
               reactor->Finish(status);
             });
  return reactor;
}

grpc::ServerUnaryReactor* ReviewService::CloseReview(grpc::CallbackServerContext* context,
                                                     const node::v1::CloseReviewRequest* request,
                                                     node::v1::CloseReviewResponse* response) {
  if (parts_.asking == nullptr) {
    return calls_.Unary(context, std::make_shared<core::CloseReview>(
                                     *request, std::make_shared<core::ReviewTask>()));
  }
  return calls_.Unary(context, core::MethodNamed("ReviewService.CloseReview"),
                      [this, request, response](const auto& facts, auto done) {
                        parts_.asking->Close(facts, *request, Filling(*response, std::move(done)));
                      });
}

}  // namespace sluis::rpc
