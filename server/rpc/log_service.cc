#include "server/rpc/log_service.h"

#include <memory>
#include <optional>

#include "server/core/export_log.h"
#include "server/core/log_proof.h"
#include "server/core/query_log.h"

namespace sluis::rpc {
namespace {

// Streams one export: the entry first, then piece by piece, each made on the pool. Deletes itself
// when done.
class ExportReactor final : public grpc::ServerWriteReactor<node::v1::ExportLogResponse> {
 public:
  ExportReactor(Calls& calls, grpc::CallbackServerContext* context,
                const node::v1::ExportLogRequest& request, ledger::Ledger& ledger, WorkPool& pool)
      : request_(request), ledger_(ledger), pool_(pool), checkpoint_(ledger.checkpoint()) {
    calls.Run(context, std::make_shared<core::ExportLog>(request_, ledger_.origin(), checkpoint_),
              [this](const grpc::Status& status) {
                if (!status.ok()) {
                  Finish(status);
                  return;
                }
                pool_.Post([this] { WriteNext(); });
              });
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the reader went away"));
      return;
    }
    pool_.Post([this] { WriteNext(); });
  }

  void OnDone() override { delete this; }

 private:
  void WriteNext() {
    if (!stream_ && request_.organisation().empty()) {
      stream_.emplace(ledger_, checkpoint_, request_.open(), request_.closed());
    } else if (!stream_) {
      stream_.emplace(ledger_, checkpoint_, request_.organisation());
    }
    absl::StatusOr<std::optional<std::string>> piece = stream_->Next();
    if (!piece.ok()) {
      Calls::LogFault("LogService.ExportLog", piece.status());
      Finish(ToGrpc(piece.status()));
      return;
    }
    if (!*piece) {
      Finish(grpc::Status::OK);
      return;
    }
    response_.set_data(**std::move(piece));
    response_.set_entries_done(stream_->entries_done());
    response_.set_entries_total(stream_->entries_total());
    StartWrite(&response_);
  }

  const node::v1::ExportLogRequest request_;
  ledger::Ledger& ledger_;
  WorkPool& pool_;
  // What the entry names and the export holds.
  const ledger::ShownCheckpoint checkpoint_;
  std::optional<core::ExportStream> stream_;
  node::v1::ExportLogResponse response_;
};

}  // namespace

grpc::ServerUnaryReactor* LogService::QueryLog(grpc::CallbackServerContext* context,
                                               const node::v1::QueryLogRequest* request,
                                               node::v1::QueryLogResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::QueryLog>(*request, *response, ledger_.origin()));
}

grpc::ServerWriteReactor<node::v1::ExportLogResponse>* LogService::ExportLog(
    grpc::CallbackServerContext* context, const node::v1::ExportLogRequest* request) {
  return new ExportReactor(calls_, context, *request, ledger_, pool_);
}

grpc::ServerUnaryReactor* LogService::GetProof(grpc::CallbackServerContext* context,
                                               const node::v1::GetProofRequest* request,
                                               node::v1::GetProofResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status = own_users_.Check(context);
  if (status.ok()) status = core::FillProof(*request, ledger_, index_, *response);
  Calls::LogFault("LogService.GetProof", status);
  reactor->Finish(ToGrpc(status));
  return reactor;
}

grpc::ServerUnaryReactor* LogService::GetCheckpoint(grpc::CallbackServerContext* context,
                                                    const node::v1::GetCheckpointRequest*,
                                                    node::v1::GetCheckpointResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status status = own_users_.Check(context);
  if (status.ok()) {
    response->set_checkpoint(ledger_.checkpoint().note);
    response->set_verifier_key(ledger_.verifier_key());
  }
  Calls::LogFault("LogService.GetCheckpoint", status);
  reactor->Finish(ToGrpc(status));
  return reactor;
}

}  // namespace sluis::rpc
