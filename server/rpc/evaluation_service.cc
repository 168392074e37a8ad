#include "server/rpc/evaluation_service.h"

#include <string>
#include <utility>
#include <vector>

namespace sluis::rpc {
namespace {

// What was drafted, as its answer says it; the draft is wiped.
void Show(core::DraftedEvaluation& drafted, const std::vector<std::string>& records,
          node::v1::DraftEvaluationResponse& response) {
  response.set_request_id(std::string(crypto::View(drafted.request_id)));
  response.set_partnership(drafted.package->partnership);
  response.set_key_id(std::string(crypto::View(drafted.key_id)));
  response.set_epoch(drafted.package->epoch);
  response.set_threshold(static_cast<uint32_t>(drafted.package->threshold));
  for (const keys::KeyHolder& holder : drafted.package->holders) {
    response.add_holders(holder.organisation);
  }
  response.set_case_token(drafted.case_token);
  response.set_count(drafted.count);
  response.set_blinded_digest(std::string(crypto::View(drafted.blinded_digest)));
  *response.mutable_subject() = drafted.subject;
  for (size_t i = 0; i < records.size(); ++i) {
    node::v1::DraftedPerson& person = *response.add_persons();
    person.set_record_id(records[i]);
    *person.mutable_identity() = drafted.persons[i];
    *response.add_log_receipts() = drafted.receipts[i];
  }
  drafted.Wipe();
}

}  // namespace

grpc::ServerUnaryReactor* EvaluationService::DraftEvaluation(
    grpc::CallbackServerContext* context, const node::v1::DraftEvaluationRequest* request,
    node::v1::DraftEvaluationResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  std::vector<std::string> records(request->record_ids().begin(), request->record_ids().end());
  auto drafted = std::make_shared<core::DraftedEvaluation>();
  auto draft =
      std::make_shared<core::DraftEvaluation>(request->context(), records, parts_.tools, drafted);
  calls_.Run(
      context, std::move(draft),
      [reactor, drafted, records = std::move(records), response](const grpc::Status& status) {
        if (status.ok()) Show(*drafted, records, *response);
        reactor->Finish(status);
      });
  return reactor;
}

grpc::ServerUnaryReactor* EvaluationService::Evaluate(grpc::CallbackServerContext* context,
                                                      const node::v1::EvaluateRequest* request,
                                                      node::v1::EvaluateResponse* response) {
  core::BeginEvaluation::Request asked{
      request->context(), {}, request->statement(), request->mandate()};
  // One of another length names no draft.
  const auto id = crypto::ToFixed<std::tuple_size_v<evaluation::RequestId>>(request->request_id());
  if (id.ok()) asked.request_id = *id;
  if (!parts_.evaluate) {
    auto begun = std::make_shared<std::optional<core::BegunEvaluation>>();
    return calls_.Unary(
        context, std::make_shared<core::BeginEvaluation>(std::move(asked), parts_.tools, begun));
  }
  return calls_.Unary(context, core::MethodNamed("EvaluationService.Evaluate"),
                      [this, asked = std::move(asked), response](const auto& facts, auto done) {
                        parts_.evaluate(facts, asked, *response, std::move(done));
                      });
}

}  // namespace sluis::rpc
