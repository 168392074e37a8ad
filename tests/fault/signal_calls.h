#ifndef SLUIS_TESTS_FAULT_SIGNAL_CALLS_H_
#define SLUIS_TESTS_FAULT_SIGNAL_CALLS_H_

#include <memory>
#include <string>

#include "server/core/amend_signal.h"
#include "server/core/erase_signal.h"
#include "server/core/hold_signal.h"
#include "server/core/open_signal.h"
#include "server/core/record_signal.h"
#include "tests/fault/node_core.h"

namespace sluis::fault {

// One call with its request and response, which live as long as anyone still holds the use case: a
// crash may take a call away before its answer.
template <typename Request, typename Response, typename UseCaseType>
struct HeldCall {
  template <typename... More>
  explicit HeldCall(Request asked, More&... more)
      : request(std::move(asked)), use_case(request, response, more...) {}

  static std::shared_ptr<core::UseCase> UseCaseOf(const std::shared_ptr<HeldCall>& call) {
    return {call, &call->use_case};
  }

  const Request request;
  Response response;
  UseCaseType use_case;
};

using RecordCall =
    HeldCall<node::v1::RecordSignalRequest, node::v1::RecordSignalResponse, core::RecordSignal>;
using OpenCall =
    HeldCall<node::v1::OpenSignalRequest, node::v1::OpenSignalResponse, core::OpenSignal>;
using AmendCall =
    HeldCall<node::v1::AmendSignalRequest, node::v1::AmendSignalResponse, core::AmendSignal>;
using EraseCall =
    HeldCall<node::v1::EraseSignalRequest, node::v1::EraseSignalResponse, core::EraseSignal>;
using HoldCall =
    HeldCall<node::v1::HoldSignalRequest, node::v1::HoldSignalResponse, core::HoldSignal>;

// One call from beginning to end. A call that the ledger's end took away is an INTERNAL error.
absl::StatusOr<std::string> Record(NodeCore& node, const test::Person& person,
                                   const record::v1::Signal& signal);
absl::StatusOr<record::v1::SignalView> Open(NodeCore& node, const test::Person& person,
                                            const std::string& record_id);
absl::Status Amend(NodeCore& node, const test::Person& person, const std::string& record_id,
                   uint32_t version, const record::v1::Signal& signal);
absl::Status Erase(NodeCore& node, const test::Person& person, const std::string& record_id);
// As a privacy officer; a hold is looked at again within a month.
absl::Status Hold(NodeCore& node, const test::Person& person, const std::string& record_id,
                  bool held, const std::string& reason);

// A signal about a person with this as its first statement.
record::v1::Signal SignalWith(const std::string& text);

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_SIGNAL_CALLS_H_
