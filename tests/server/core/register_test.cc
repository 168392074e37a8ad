#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "server/core/node_acts.h"
#include "server/core/register_mandates.h"
#include "server/core/register_users.h"
#include "server/core/view.h"
#include "server/ledger/row.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Person;

class RegisterTest : public ::testing::Test {
 protected:
  record::v1::MandateStatus Status(uint64_t number, std::vector<std::string> revoked) {
    record::v1::MandateStatus status;
    status.set_organisation(h_.options.organisation);
    status.set_number(number);
    std::sort(revoked.begin(), revoked.end());
    for (auto& id : revoked) status.add_revoked(id);
    return status;
  }
  std::string Put(uint64_t number, std::vector<std::string> revoked) {
    return CodeOf(h_.PutStatus(h_.administrator, Status(number, std::move(revoked))));
  }
  std::string Add(const record::v1::Mandate& mandate) {
    return CodeOf(h_.AddMandate(h_.administrator, tests::SignMandate(mandate, h_.mandate_key)));
  }
  node::v1::ListMandatesResponse Mandates(const std::string& user_id = "") {
    node::v1::ListMandatesRequest request;
    node::v1::ListMandatesResponse response;
    request.set_user_id(user_id);
    EXPECT_EQ(
        h_.Run(h_.administrator, std::make_shared<ListMandates>(request, response, h_.verifier)),
        absl::OkStatus());
    return response;
  }
  std::vector<std::string> Users() {
    node::v1::ListUsersRequest request;
    node::v1::ListUsersResponse response;
    EXPECT_EQ(h_.Run(h_.administrator, std::make_shared<ListUsers>(request, response)),
              absl::OkStatus());
    std::vector<std::string> users;
    for (const auto& user : response.users()) {
      users.push_back(user.user_id() + (user.administrator() ? "*" : "") +
                      (user.state() == record::v1::USER_STATE_ACTIVE ? "" : "-"));
    }
    return users;
  }

  // Users and mandates page by page: how many each page held, and all names.
  template <typename UseCase, typename Request, typename Response, typename Rows, typename... More>
  std::vector<int> PagesOf(Request request, Rows rows, More&... more) {
    std::vector<int> sizes;
    do {
      Response response;
      EXPECT_EQ(h_.Run(h_.administrator, std::make_shared<UseCase>(request, response, more...)),
                absl::OkStatus());
      sizes.push_back(rows(response));
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty() && sizes.size() < 10);
    return sizes;
  }

  CoreHarness h_;
  Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const std::string a_ = std::string(16, 'a'), b_ = std::string(16, 'b');
};

TEST_F(RegisterTest, UsersComeAndGo) {
  EXPECT_THAT(Users(), ElementsAre("beheer*", "jan"));
  ASSERT_EQ(h_.RevokeUser(h_.administrator, "jan"), absl::OkStatus());
  EXPECT_EQ(h_.Last().act.reason(), "uit dienst");
  EXPECT_THAT(Users(), ElementsAre("beheer*", "jan-"));
  EXPECT_EQ(CodeOf(h_.RevokeUser(h_.administrator, "jan")), "not_found");
  EXPECT_EQ(CodeOf(h_.RevokeUser(h_.administrator, "niemand")), "not_found");
  EXPECT_EQ(CodeOf(h_.RevokeUser(h_.administrator, "")), "not_found");
  ASSERT_EQ(h_.AddUser(h_.administrator, jan_), absl::OkStatus());
  EXPECT_THAT(Users(), ElementsAre("beheer*", "jan"));
}

TEST_F(RegisterTest, BadRequestIsRefused) {
  Person wrong = h_.Make("nieuw");
  wrong.request.set_user_id("anders");
  EXPECT_EQ(CodeOf(h_.AddUser(h_.administrator, wrong)), "bad_request");
  EXPECT_EQ(h_.Last().all_bytes.find("anders"), std::string::npos);
}

TEST_F(RegisterTest, TheLastAdministratorStays) {
  EXPECT_EQ(CodeOf(h_.RevokeUser(h_.administrator, "beheer")), "last_administrator");
  const Person tweede = h_.Admit("tweede", {}, true);
  ASSERT_EQ(h_.RevokeUser(h_.administrator, "beheer"), absl::OkStatus());
  EXPECT_EQ(CodeOf(h_.RevokeUser(tweede, "tweede")), "last_administrator")
      << "a revoked one does not count";
}

// Registering someone again without the right to administer must not leave a node that nobody can
// administer.
TEST_F(RegisterTest, TheLastAdministratorCannotStepDownByRegisteringAgain) {
  EXPECT_EQ(CodeOf(h_.AddUser(h_.administrator, h_.administrator, false)), "last_administrator");
  EXPECT_THAT(Users(), ElementsAre("beheer*", "jan"));
  EXPECT_EQ(CodeOf(h_.AddUser(h_.administrator, h_.administrator, true)), "ok");
  h_.Admit("tweede", {}, true);
  EXPECT_EQ(CodeOf(h_.AddUser(h_.administrator, h_.administrator, false)), "ok");
}

TEST_F(RegisterTest, NewKeysNeedNewMandates) {
  ASSERT_TRUE(h_.Record(jan_, tests::PersonSignal()).status.ok());
  const Person again = h_.Make("jan");
  ASSERT_EQ(h_.AddUser(h_.administrator, again), absl::OkStatus());
  EXPECT_EQ(CodeOf(h_.Record(jan_, tests::PersonSignal()).status), "unknown_user");
  EXPECT_EQ(CodeOf(h_.Record(again, tests::PersonSignal()).status), "role_not_held");
  ASSERT_EQ(Add(h_.Mandate(again, {"maatschappelijk-werker"})), "ok");
  EXPECT_TRUE(h_.Record(again, tests::PersonSignal()).status.ok());
}

TEST_F(RegisterTest, FirstAdministratorOnlyOfAnEmptyNode) {
  const Person second = h_.Make("tweede");
  const absl::Status status =
      h_.executor->RunAsNodeAndWait(std::make_shared<RegisterFirstAdministrator>(second.request));
  EXPECT_EQ(CodeOf(status), "not_first");
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_THAT(Users(), ElementsAre("beheer*", "jan"));
}

TEST_F(RegisterTest, MandateTable) {
  const Person stranger = h_.Make("vreemde");
  EXPECT_EQ(Add(h_.Mandate(stranger, {"maatschappelijk-werker"})), "bad_mandate");
  const Person other_key = h_.Make("jan");
  EXPECT_EQ(Add(h_.Mandate(other_key, {"maatschappelijk-werker"})), "bad_mandate");
  EXPECT_EQ(Add(h_.Mandate(jan_, {"information-officer"})), "bad_mandate") << "kind";
  EXPECT_EQ(Add(h_.Mandate(jan_, {"casemanager", "burgemeester"})), "bad_mandate") << "one of two";
  EXPECT_EQ(Add(h_.Mandate(jan_, {"held"})), "bad_mandate") << "no such role";
  EXPECT_EQ(
      CodeOf(h_.AddMandate(h_.administrator, tests::SignMandate(h_.Mandate(jan_, {"casemanager"}),
                                                                jan_.signing_key))),
      "bad_mandate");
  EXPECT_EQ(Mandates("jan").mandates_size(), 1) << "no refusal stored anything";
  EXPECT_EQ(Add(h_.Mandate(jan_, {"casemanager"})), "ok");
  EXPECT_EQ(Mandates("jan").mandates_size(), 2);
  EXPECT_EQ(Mandates("ja").mandates_size(), 0) << "a name that begins alike";
  ASSERT_EQ(h_.RevokeUser(h_.administrator, "jan"), absl::OkStatus());
  EXPECT_EQ(Add(h_.Mandate(jan_, {"casemanager"})), "bad_mandate");
}

TEST_F(RegisterTest, SixtyMandatesAreEnoughUntilSomeExpire) {
  for (int i = 1; i < 60; ++i) ASSERT_EQ(Add(h_.Mandate(jan_, {"casemanager"})), "ok") << i;
  EXPECT_EQ(Add(h_.Mandate(jan_, {"casemanager"})), "bad_mandate");
  h_.clock.Advance(std::chrono::hours(24 * 40));
  // All are expired now; without room for a new one this person could never work again.
  ASSERT_EQ(Add(h_.Mandate(jan_, {"maatschappelijk-werker"})), "ok");
  EXPECT_EQ(Mandates("jan").mandates_size(), 1);
  EXPECT_TRUE(h_.Record(jan_, tests::PersonSignal()).status.ok());
}

TEST_F(RegisterTest, StatusListsOnlyGrow) {
  EXPECT_EQ(Mandates().status_number(), 0u);
  EXPECT_FALSE(Mandates().has_status());
  EXPECT_EQ(Put(5, {a_}), "ok");
  EXPECT_EQ(Put(5, {a_}), "bad_mandate") << "the same number";
  EXPECT_EQ(Put(4, {a_, b_}), "bad_mandate") << "a lower number";
  EXPECT_EQ(Put(6, {}), "bad_mandate") << "forgets";
  EXPECT_EQ(Put(6, {b_}), "bad_mandate") << "forgets one and adds another";
  EXPECT_EQ(Mandates().status_number(), 5u);
  EXPECT_EQ(Put(6, {a_}), "ok");
  EXPECT_EQ(Put(9, {a_, b_}), "ok");
  EXPECT_EQ(Mandates().status_number(), 9u);
  // The whole list, so that whoever makes the next one can name all that it names.
  record::v1::MandateStatus newest;
  ASSERT_TRUE(newest.ParseFromString(Mandates().status().status()));
  EXPECT_THAT(newest.revoked(), ::testing::ElementsAre(a_, b_));
  auto foreign = Status(10, {a_, b_});
  foreign.set_organisation("politie.example");
  EXPECT_EQ(CodeOf(h_.PutStatus(h_.administrator, foreign)), "bad_mandate");
}

TEST_F(RegisterTest, ListSaysWhatIsRevoked) {
  const record::v1::Mandate mandate = h_.Mandate(jan_, {"casemanager"});
  ASSERT_EQ(Add(mandate), "ok");
  ASSERT_EQ(Put(1, {mandate.mandate_id()}), "ok");
  int revoked = 0;
  const auto listed = Mandates("jan");
  for (const auto& row : listed.mandates()) revoked += row.revoked();
  EXPECT_EQ(listed.mandates_size(), 2);
  EXPECT_EQ(revoked, 1);
}

// A status list changed in the store is a fault of the node: it gives nobody a role, and it is not
// answered as if the caller had done something wrong.
TEST_F(RegisterTest, DamagedStatusListIsAFaultOfTheNode) {
  const auto forged = tests::SignStatus(Status(99, {}), jan_.signing_key);
  h_.store.Tamper(MandateStatusKey(), ledger::JoinRow(1, forged.SerializeAsString()));
  EXPECT_EQ(CodeOf(h_.Record(jan_, tests::PersonSignal()).status), "role_not_held");
  EXPECT_EQ(h_.PutStatus(h_.administrator, Status(100, {})).code(), absl::StatusCode::kDataLoss);
  node::v1::ListMandatesRequest request;
  node::v1::ListMandatesResponse response;
  EXPECT_EQ(h_.Run(h_.administrator, std::make_shared<ListMandates>(request, response, h_.verifier))
                .code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(response.mandates_size(), 0);
}

// A list ended silently after 1,000 users or 2,000 mandates.
TEST_F(RegisterTest, ListOfUsersGoesOnUntilTheLast) {
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(h_.AddUser(h_.administrator, h_.Make("nieuw-" + std::to_string(i))),
              absl::OkStatus());
  }
  const std::vector<std::string> all = Users();
  std::vector<std::string> seen;
  node::v1::ListUsersRequest request;
  request.set_page_size(2);
  const auto sizes = PagesOf<ListUsers, node::v1::ListUsersRequest, node::v1::ListUsersResponse>(
      request, [&seen](const node::v1::ListUsersResponse& page) {
        for (const auto& user : page.users()) seen.push_back(user.user_id());
        return page.users_size();
      });
  ASSERT_EQ(seen.size(), all.size());
  EXPECT_GT(sizes.size(), 2u);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_TRUE(all[i].starts_with(seen[i])) << all[i];

  node::v1::ListUsersResponse response;
  request.set_page_size(1001);
  EXPECT_EQ(CodeOf(h_.Run(h_.administrator, std::make_shared<ListUsers>(request, response))),
            "bad_request");
  request.set_page_size(2);
  request.set_page_token("x");
  EXPECT_EQ(CodeOf(h_.Run(h_.administrator, std::make_shared<ListUsers>(request, response))),
            "bad_page_token");
}

TEST_F(RegisterTest, ListOfMandatesGoesOnUntilTheLast) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(Add(h_.Mandate(jan_, {"casemanager"})), "ok");
    h_.Admit("nieuw-" + std::to_string(i), {"maatschappelijk-werker"});
  }
  for (const std::string& user : {std::string(), std::string("jan")}) {
    const int all = Mandates(user).mandates_size();
    std::set<std::string> seen;
    node::v1::ListMandatesRequest request;
    request.set_user_id(user);
    request.set_page_size(3);
    int rows = 0;
    for (const int size :
         PagesOf<ListMandates, node::v1::ListMandatesRequest, node::v1::ListMandatesResponse>(
             request,
             [&seen](const node::v1::ListMandatesResponse& page) {
               for (const auto& row : page.mandates()) seen.insert(row.mandate().mandate());
               return page.mandates_size();
             },
             h_.verifier)) {
      EXPECT_LE(size, 3);
      rows += size;
    }
    EXPECT_GT(all, 3);
    EXPECT_EQ(rows, all);
    EXPECT_EQ(seen.size(), static_cast<size_t>(all));
  }
}

}  // namespace
}  // namespace sluis::core
