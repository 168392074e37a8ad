// A signal that is shared, corrected and shared again as its correction, between two nodes; for
// tests.
#ifndef SLUIS_TESTS_SERVER_EXCHANGE_CORRECTION_PAIR_H_
#define SLUIS_TESTS_SERVER_EXCHANGE_CORRECTION_PAIR_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/core/list_received.h"
#include "tests/support/linked_pair.h"

namespace sluis::tests {

class CorrectionPair : public LinkedPair {
 protected:
  absl::Status Amend(uint32_t version) {
    record::v1::Signal signal = PersonSignal();
    signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
    signal.mutable_content()->mutable_statements(0)->set_text("Bij nader inzien was het anders.");
    return welfare_.h.Amend(welfare_.jan, record_, version, signal);
  }
  // Shares the record as it is now, as a correction of that exchange.
  absl::Status Correct(const std::string& earlier, std::string* id = nullptr) {
    const auto preview = welfare_.Preview(record_);
    if (!preview.ok()) return preview.status();
    node::v1::ShareSignalRequest request = welfare_.Signed(record_, *preview);
    request.set_corrects(earlier);
    if (id != nullptr) *id = request.exchange_id();
    return welfare_.Share(request);
  }
  node::v1::SentSummary Summary(const std::string& id) {
    const auto listed = welfare_.Sent();
    for (const node::v1::SentSummary& sent : listed->sent()) {
      if (sent.exchange_id() == id) return sent;
    }
    return {};
  }
  node::v1::ReceivedSummary SummaryThere(const std::string& id) {
    node::v1::ListReceivedRequest request;
    node::v1::ListReceivedResponse response;
    *request.mutable_context() = Intake();
    EXPECT_EQ(city_.h.Run(reader_, std::make_shared<core::ListReceived>(request, response)),
              absl::OkStatus());
    for (const node::v1::ReceivedSummary& received : response.received()) {
      if (received.exchange_id() == id) return received;
    }
    return {};
  }

  Person reader_ = city_.h.Admit("els", {"maatschappelijk-werker"});
  const std::string record_ = welfare_.Recorded();
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_EXCHANGE_CORRECTION_PAIR_H_
