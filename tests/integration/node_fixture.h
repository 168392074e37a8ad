#ifndef SLUIS_TESTS_INTEGRATION_NODE_FIXTURE_H_
#define SLUIS_TESTS_INTEGRATION_NODE_FIXTURE_H_

#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/lib/calls.h"
#include "tests/support/node_process.h"
#include "tests/support/organisation.h"
#include "tests/support/temp_folder.h"

namespace sluis::test {

// An organisation with its real daemon and one person who may record signals.
class NodeTest : public ::testing::Test {
 protected:
  NodeTest() { person_.emplace(organisation_.MakePerson("noor.w")); }

  // What health says on loopback: "503 disk_low" and the like; empty when nothing answers.
  std::string Health() {
    httplib::Client http("127.0.0.1", node_->loopback_port());
    const auto answer = http.Get("/healthz");
    return answer ? std::to_string(answer->status) + " " + answer->body : "";
  }
  client::Calls CallsOf(const Person& person) {
    return client::Calls(organisation_.EndpointOf(person, node_->port()));
  }
  void Start(const std::vector<std::string>& options = {}) {
    node_ = std::make_unique<NodeProcess>(organisation_.config_file(), std::vector<std::string>(),
                                          options);
    ASSERT_TRUE(node_->started()) << node_->Errors();
  }
  void StartWithPeople() {
    Start();
    organisation_.Admit(node_->port(), *person_, {"maatschappelijk-werker"});
  }
  client::Result<node::v1::RecordSignalResponse> Record() {
    node::v1::RecordSignalRequest request;
    *request.mutable_context() = Intake();
    *request.mutable_signal() = PersonSignal();
    return CallsOf(*person_).Do(request);
  }
  // Where the entry of an answer stands in the log, once a checkpoint covers it.
  template <typename Response>
  std::optional<uint64_t> IndexOf(const client::Result<Response>& answered) {
    if (!answered.ok()) return std::nullopt;
    client::Calls calls = CallsOf(*person_);
    node::v1::GetProofRequest request;
    request.set_leaf_hash(answered->log_receipt().leaf_hash());
    std::string proof;
    const bool covered = Eventually([&] {
      const auto answer = calls.Do(request);
      if (answer.ok()) proof = answer->proof();
      return answer.ok();
    });
    // Second line of a tlog-proof: "index N".
    const size_t at = proof.find("\nindex ");
    if (!covered || at == std::string::npos) return std::nullopt;
    return std::stoull(proof.substr(at + 7));
  }
  // Asks again and again until the daemon has done what a signal asked of it. Never waits for a
  // time to pass; the bound only ends a hang.
  template <typename Condition>
  bool Eventually(Condition condition) {
    // By the clock, not by turns: how long a turn takes is up to whoever else uses the machine.
    const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > last) return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::string Export() {
    const Person officer = organisation_.MakePerson("dpo");
    organisation_.Admit(node_->port(), officer, {"privacy-officer"});
    node::v1::ExportLogRequest request;
    *request.mutable_context() = Oversight();
    request.set_reason("nazicht door de proef");
    std::string bytes;
    const auto failed = CallsOf(officer).Export(request, [&bytes](const auto& piece) {
      bytes += piece.data();
      return client::Step();
    });
    EXPECT_FALSE(failed.has_value());
    return bytes;
  }

  tests::TempFolder folder_;
  Organisation organisation_{folder_.path()};
  std::optional<Person> person_;
  std::unique_ptr<NodeProcess> node_;
};

}  // namespace sluis::test

#endif  // SLUIS_TESTS_INTEGRATION_NODE_FIXTURE_H_
