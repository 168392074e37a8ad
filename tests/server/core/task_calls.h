#ifndef SLUIS_TESTS_SERVER_CORE_TASK_CALLS_H_
#define SLUIS_TESTS_SERVER_CORE_TASK_CALLS_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/core/act_on_task.h"
#include "server/core/hand_over_tasks.h"
#include "server/core/keep_tasks.h"
#include "server/core/list_tasks.h"
#include "server/core/open_task.h"
#include "tests/support/core_harness.h"

namespace sluis::tests {

inline constexpr char kWorker[] = "maatschappelijk-werker";
inline constexpr char kManager[] = "casemanager";
inline constexpr char kOfficer[] = "privacy-officer";

// Acts on tasks of one node, each the code of its refusal or "ok".
class TaskCalls {
 public:
  explicit TaskCalls(CoreHarness& harness) : h_(harness) {}

  static node::v1::RequestContext As(const std::string& role) {
    return role == kOfficer ? Oversight() : Intake(role);
  }

  std::vector<node::v1::TaskSummary> List(const Person& who, const std::string& role,
                                          bool mine = false) {
    node::v1::ListTasksRequest request;
    *request.mutable_context() = As(role);
    request.set_mine(mine);
    const node::v1::ListTasksResponse response = Page(who, request);
    return {response.tasks().begin(), response.tasks().end()};
  }
  node::v1::ListTasksResponse Page(const Person& who, const node::v1::ListTasksRequest& request) {
    node::v1::ListTasksResponse response;
    EXPECT_EQ(h_.Run(who, std::make_shared<core::ListTasks>(request, response)), absl::OkStatus());
    return response;
  }
  node::v1::CountTasksResponse Count(const Person& who, const std::string& role) {
    node::v1::CountTasksRequest request;
    node::v1::CountTasksResponse response;
    *request.mutable_context() = As(role);
    EXPECT_EQ(h_.Run(who, std::make_shared<core::CountTasks>(request, response)), absl::OkStatus());
    return response;
  }
  std::string Open(const Person& who, const std::string& role,
                   const node::v1::OpenTaskRequest& asked) {
    node::v1::OpenTaskRequest request = asked;
    *request.mutable_context() = As(role);
    opened = {};
    return CodeOf(h_.Run(who, std::make_shared<core::OpenTask>(request, opened, h_.random)));
  }
  // A task for `role`: its id.
  std::string Opened(const Person& who, const std::string& role, uint32_t working_days = 5,
                     const std::string& record_id = "") {
    node::v1::OpenTaskRequest request;
    request.set_kind(record::v1::TASK_KIND_FOLLOW_UP);
    request.set_role(role);
    request.set_working_days(working_days);
    request.set_record_id(record_id);
    EXPECT_EQ(Open(who, role, request), "ok");
    return opened.task_id();
  }
  std::string Claim(const Person& who, const std::string& role, const std::string& id) {
    node::v1::ClaimTaskRequest request;
    node::v1::ClaimTaskResponse response;
    *request.mutable_context() = As(role);
    request.set_task_id(id);
    return CodeOf(h_.Run(who, std::make_shared<core::ClaimTask>(request, response)));
  }
  std::string Release(const Person& who, const std::string& role, const std::string& id) {
    node::v1::ReleaseTaskRequest request;
    node::v1::ReleaseTaskResponse response;
    *request.mutable_context() = As(role);
    request.set_task_id(id);
    return CodeOf(h_.Run(who, std::make_shared<core::ReleaseTask>(request, response)));
  }
  std::string End(const Person& who, const std::string& role, const std::string& id,
                  record::v1::TaskOutcome outcome = record::v1::TASK_OUTCOME_DONE) {
    node::v1::EndTaskRequest request;
    node::v1::EndTaskResponse response;
    *request.mutable_context() = As(role);
    request.set_task_id(id);
    request.set_outcome(outcome);
    return CodeOf(h_.Run(who, std::make_shared<core::EndTask>(request, response)));
  }
  std::string HandOver(const Person& who, const std::string& role,
                       const std::vector<std::string>& ids, const std::string& to) {
    node::v1::HandOverTasksRequest request;
    *request.mutable_context() = As(role);
    for (const std::string& id : ids) request.add_task_ids(id);
    request.set_to(to);
    handed_over = {};
    return CodeOf(
        h_.Run(who, std::make_shared<core::HandOverTasks>(request, handed_over, h_.verifier)));
  }
  std::string Away(const Person& who, const std::string& role, const std::string& from,
                   const std::string& until, const std::string& deputy) {
    node::v1::SetAbsenceRequest request;
    node::v1::SetAbsenceResponse response;
    *request.mutable_context() = As(role);
    request.set_from_day(from);
    request.set_until_day(until);
    request.set_deputy(deputy);
    return CodeOf(
        h_.Run(who, std::make_shared<core::SetAbsence>(request, response, h_.verifier, h_.random)));
  }
  // One round of the upkeep: what its entries say.
  std::vector<std::string> Keep() {
    const uint64_t before = h_.size();
    EXPECT_EQ(
        h_.executor->RunAsNodeAndWait(std::make_shared<core::KeepTasks>(h_.verifier, h_.random)),
        absl::OkStatus());
    std::vector<std::string> said;
    for (const tests::Opened& entry : h_.Entries(before)) {
      EXPECT_EQ(entry.act.method(), "Node.KeepTasks");
      said.push_back(entry.act.reason());
    }
    return said;
  }

  node::v1::OpenTaskResponse opened;
  node::v1::HandOverTasksResponse handed_over;

 private:
  CoreHarness& h_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_CORE_TASK_CALLS_H_
