#ifndef SLUIS_SERVER_RPC_CALLS_H_
#define SLUIS_SERVER_RPC_CALLS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <memory>
#include <string>

#include "server/authn/peer_certificate.h"
#include "server/core/executor.h"
#include "server/core/refusal.h"
#include "server/rpc/metrics.h"
#include "server/rpc/status_map.h"

namespace sluis::rpc {

// Metadata of an answer while the partnership is in exercise; its value says nothing more.
inline constexpr char kExerciseMetadata[] = "sluis-exercise";

// Hands calls of gRPC to the executor: certificate facts in, status out, nothing decided here.
// Thread-safe.
class Calls {
 public:
  // `exercise` says whether the partnership is in exercise. All must outlive this.
  Calls(core::Executor& executor, Metrics& metrics, std::function<bool()> exercise)
      : executor_(executor), metrics_(metrics), exercise_(std::move(exercise)) {}

  // While the partnership is in exercise every answer says so, refusals and streams too. Called
  // before anything is sent.
  void MarkExercise(grpc::CallbackServerContext* context) const {
    if (exercise_()) context->AddInitialMetadata(kExerciseMetadata, "1");
  }

  // One unary call: the reactor finishes once the executor has answered, on whatever thread that
  // is.
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context,
                                  std::shared_ptr<core::UseCase> use_case) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    Run(context, std::move(use_case),
        [reactor](const grpc::Status& status) { reactor->Finish(status); });
    return reactor;
  }

  // The same for calls that go on after their entry is durable.
  void Run(grpc::CallbackServerContext* context, std::shared_ptr<core::UseCase> use_case,
           std::function<void(const grpc::Status&)> finish) {
    const core::Method* method = &use_case->method();
    RunAs(
        context, *method,
        [this, use_case = std::move(use_case)](const auto& facts, auto done) mutable {
          executor_.Run(facts, std::move(use_case), std::move(done));
        },
        std::move(finish));
  }

  // A call that others carry out, who answer once, on whatever thread that is. The method outlives
  // the process.
  using Act = std::function<void(const absl::StatusOr<authn::CertificateFacts>&,
                                 std::function<void(const absl::Status&)>)>;
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const core::Method& method,
                                  const Act& act) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    RunAs(context, method, act, [reactor](const grpc::Status& status) { reactor->Finish(status); });
    return reactor;
  }

  // What the caller is told only in general stands in the log of the node.
  static void LogFault(const std::string& method, const absl::Status& answer) {
    if (absl::IsInternal(answer) || absl::IsDataLoss(answer) || absl::IsUnknown(answer)) {
      spdlog::error("{}: {}", method, std::string(answer.message()));
    }
  }

  authn::PeerCertificates& certificates() { return certificates_; }
  Metrics& metrics() { return metrics_; }

 private:
  void RunAs(grpc::CallbackServerContext* context, const core::Method& method, const Act& act,
             std::function<void(const grpc::Status&)> finish) {
    MarkExercise(context);
    act(certificates_.FactsOf(*context->auth_context()),
        [this, &method, finish = std::move(finish)](const absl::Status& answer) {
          const grpc::Status status = ToGrpc(answer);
          LogFault(method.name, answer);
          if (core::NamesNobody(answer)) metrics_.CountUnknownPeer();
          metrics_.CountCall(method.name, status.error_code());
          finish(status);
        });
  }

  core::Executor& executor_;
  Metrics& metrics_;
  const std::function<bool()> exercise_;
  authn::PeerCertificates certificates_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_CALLS_H_
