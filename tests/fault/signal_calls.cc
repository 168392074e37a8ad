#include "tests/fault/signal_calls.h"

#include "server/storage/clock.h"

namespace sluis::fault {
namespace {

template <typename CallType>
absl::Status RunNow(NodeCore& node, const test::Person& person,
                    const std::shared_ptr<CallType>& call) {
  return node.RunAndWait(FactsOf(person), CallType::UseCaseOf(call))
      .value_or(absl::InternalError("the ledger died meanwhile"));
}

}  // namespace

absl::StatusOr<std::string> Record(NodeCore& node, const test::Person& person,
                                   const record::v1::Signal& signal) {
  node::v1::RecordSignalRequest request;
  *request.mutable_context() = test::Intake();
  *request.mutable_signal() = signal;
  auto call = std::make_shared<RecordCall>(std::move(request), node.random());
  if (absl::Status status = RunNow(node, person, call); !status.ok()) return status;
  return call->response.record_id();
}

absl::StatusOr<record::v1::SignalView> Open(NodeCore& node, const test::Person& person,
                                            const std::string& record_id) {
  node::v1::OpenSignalRequest request;
  *request.mutable_context() = test::Intake();
  request.set_record_id(record_id);
  auto call = std::make_shared<OpenCall>(std::move(request));
  if (absl::Status status = RunNow(node, person, call); !status.ok()) return status;
  return call->response.view();
}

absl::Status Amend(NodeCore& node, const test::Person& person, const std::string& record_id,
                   uint32_t version, const record::v1::Signal& signal) {
  node::v1::AmendSignalRequest request;
  *request.mutable_context() = test::Intake();
  request.set_record_id(record_id);
  request.set_version(version);
  *request.mutable_signal() = signal;
  request.set_reason("nagelezen");
  return RunNow(node, person, std::make_shared<AmendCall>(std::move(request)));
}

absl::Status Erase(NodeCore& node, const test::Person& person, const std::string& record_id) {
  node::v1::EraseSignalRequest request;
  *request.mutable_context() = test::Intake();
  request.set_record_id(record_id);
  request.set_reason("op vraag van de betrokkene");
  return RunNow(node, person, std::make_shared<EraseCall>(std::move(request)));
}

absl::Status Hold(NodeCore& node, const test::Person& person, const std::string& record_id,
                  bool held, const std::string& reason) {
  node::v1::HoldSignalRequest request;
  *request.mutable_context() = test::Oversight();
  request.mutable_context()->set_case_ref("TOEZICHT-1");
  request.set_record_id(record_id);
  request.set_held(held);
  request.set_reason(reason);
  const std::string today = storage::LegalDay(storage::SystemClock().NowUs());
  if (held) request.set_review_on(storage::AddDays(today, 30));
  return RunNow(node, person, std::make_shared<HoldCall>(std::move(request)));
}

record::v1::Signal SignalWith(const std::string& text) {
  record::v1::Signal signal = test::PersonSignal();
  signal.mutable_content()->mutable_statements(0)->set_text(text);
  return signal;
}

}  // namespace sluis::fault
