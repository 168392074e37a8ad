#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "server/core/accept_partner_log.h"
#include "server/core/act_on_task.h"
#include "server/core/amend_signal.h"
#include "server/core/ask_evaluation.h"
#include "server/core/cancel_ceremony.h"
#include "server/core/ceremony_view.h"
#include "server/core/close_review.h"
#include "server/core/erase_signal.h"
#include "server/core/export_compelled.h"
#include "server/core/export_log.h"
#include "server/core/hand_over_tasks.h"
#include "server/core/hold_signal.h"
#include "server/core/import_signals.h"
#include "server/core/list_received.h"
#include "server/core/list_sent.h"
#include "server/core/list_signals.h"
#include "server/core/list_tasks.h"
#include "server/core/method.h"
#include "server/core/node_acts.h"
#include "server/core/open_identity.h"
#include "server/core/open_signal.h"
#include "server/core/open_task.h"
#include "server/core/preview_share.h"
#include "server/core/query_log.h"
#include "server/core/record_signal.h"
#include "server/core/register_mandates.h"
#include "server/core/register_users.h"
#include "server/core/review_openings.h"
#include "server/core/share_signal.h"
#include "server/core/start_ceremony.h"
#include "server/core/view.h"
#include "server/core/watch_tasks.h"
#include "server/core/withdraw_share.h"
#include "server/core/withdraw_signal.h"
#include "server/ledger/row.h"
#include "tests/support/core_harness.h"
#include "tests/support/sharing_node.h"
#include "tests/support/use_case_box.h"

namespace sluis::core {
namespace {

using namespace node::v1;  // NOLINT: requests and responses of every method are named below
using tests::Boxed;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;

// What a caller might write anywhere in a request, and what no entry of a refusal may repeat.
constexpr char kFreeText[] = "Jan Janssens woont Dorpsstraat 5";

using Make = std::function<std::shared_ptr<UseCase>(CoreHarness&, const RequestContext&)>;

record::v1::Signal TalkativeSignal() {
  record::v1::Signal signal = tests::PersonSignal();
  signal.mutable_content()->mutable_statements(0)->set_text(kFreeText);
  return signal;
}

template <typename Request>
Request OfPeriod(const RequestContext& context) {
  Request request;
  *request.mutable_context() = context;
  request.mutable_period()->set_purpose("casusoverleg-458ter");
  request.mutable_period()->set_first_day(20000);
  request.mutable_period()->set_last_day(20001);
  return request;
}

template <typename Request>
Request About(const RequestContext& context, const std::string& record_id) {
  Request request;
  *request.mutable_context() = context;
  request.set_record_id(record_id);
  return request;
}

const crypto::Secret<32>& CaseKey() {
  static const auto& key = *new crypto::Secret<32>();
  return key;
}

// One row per DATA and AUDIT method that is not about tasks. Everything but the context is
// well-formed.
const std::map<std::string, Make>& RecordMethods() {
  static const std::string id(16, 'i');
  static const auto& methods =
      *new std::map<std::string,
                    Make>{{"SignalService.RecordSignal",
                           [](CoreHarness& h, const RequestContext& context) {
                             RecordSignalRequest request;
                             *request.mutable_context() = context;
                             *request.mutable_signal() = TalkativeSignal();
                             request.mutable_identity()->set_surname("Janssens");
                             return Boxed<RecordSignal, RecordSignalResponse>(request, h.random);
                           }},
                          {"SignalService.ImportSignals",
                           [](CoreHarness& h, const RequestContext& context) {
                             ImportSignalsRequest request;
                             *request.mutable_context() = context;
                             *request.add_rows()->mutable_signal() = TalkativeSignal();
                             return Boxed<ImportSignals, ImportSignalsResponse>(request, h.random);
                           }},
                          {"SignalService.AmendSignal",
                           [](CoreHarness&, const RequestContext& context) {
                             auto request = About<AmendSignalRequest>(context, id);
                             request.set_version(1);
                             *request.mutable_signal() = TalkativeSignal();
                             request.set_reason(kFreeText);
                             return Boxed<AmendSignal, AmendSignalResponse>(request);
                           }},
                          {"SignalService.ListSignals",
                           [](CoreHarness&, const RequestContext& context) {
                             ListSignalsRequest request;
                             *request.mutable_context() = context;
                             return Boxed<ListSignals, ListSignalsResponse>(request);
                           }},
                          {"ExchangeService.ListReceived",
                           [](CoreHarness&, const RequestContext& context) {
                             ListReceivedRequest request;
                             *request.mutable_context() = context;
                             return Boxed<ListReceived, ListReceivedResponse>(request);
                           }},
                          {"SignalService.OpenSignal",
                           [](CoreHarness&, const RequestContext& context) {
                             return Boxed<OpenSignal, OpenSignalResponse>(
                                 About<OpenSignalRequest>(context, id));
                           }},
                          {"SignalService.OpenIdentity",
                           [](CoreHarness&, const RequestContext& context) {
                             return Boxed<OpenIdentity, OpenIdentityResponse>(
                                 About<OpenIdentityRequest>(context, id));
                           }},
                          {"SignalService.WithdrawSignal",
                           [](CoreHarness&, const RequestContext& context) {
                             auto request = About<WithdrawSignalRequest>(context, id);
                             request.set_reason(kFreeText);
                             return Boxed<WithdrawSignal, WithdrawSignalResponse>(request);
                           }},
                          {"SignalService.EraseSignal",
                           [](CoreHarness&, const RequestContext& context) {
                             auto request = About<EraseSignalRequest>(context, id);
                             request.set_reason(kFreeText);
                             return Boxed<EraseSignal, EraseSignalResponse>(request);
                           }},
                          {"SignalService.HoldSignal",
                           [](CoreHarness&, const RequestContext& context) {
                             auto request = About<HoldSignalRequest>(context, id);
                             request.set_held(true);
                             request.set_review_on("2026-12-01");
                             request.set_reason(kFreeText);
                             return Boxed<HoldSignal, HoldSignalResponse>(request);
                           }},
                          {"SignalService.ExportCompelled",
                           [](CoreHarness& h, const RequestContext& context) {
                             auto request = About<ExportCompelledRequest>(context, id);
                             request.set_reference(kFreeText);
                             request.set_authority(kFreeText);
                             request.add_scope(kFreeText);
                             return Boxed<ExportCompelled, ExportCompelledResponse>(request,
                                                                                    h.random);
                           }},
                          {"EvaluationService.DraftEvaluation",
                           [](CoreHarness&, const RequestContext& context) {
                             return std::make_shared<DraftEvaluation>(
                                 context, std::vector{id}, std::nullopt,
                                 std::make_shared<DraftedEvaluation>());
                           }},
                          {"EvaluationService.Evaluate",
                           [](CoreHarness&, const RequestContext& context) {
                             BeginEvaluation::Request request{context, {}, {}, {}};
                             return std::make_shared<BeginEvaluation>(
                                 request, std::nullopt,
                                 std::make_shared<std::optional<BegunEvaluation>>());
                           }},
                          {"ReviewService.GetReviews",
                           [](CoreHarness&, const RequestContext& context) {
                             GetReviewsRequest request;
                             *request.mutable_context() = context;
                             return Boxed<GetReviews, GetReviewsResponse>(request);
                           }},
                          {"ReviewService.CollectLists",
                           [](CoreHarness&, const RequestContext& context) {
                             return std::make_shared<CollectLists>(
                                 OfPeriod<CollectListsRequest>(context),
                                 std::make_shared<ReviewTask>());
                           }},
                          {"ReviewService.DrawSample",
                           [](CoreHarness&, const RequestContext& context) {
                             static const evaluation::Caps& caps = *new evaluation::Caps();
                             return std::make_shared<DrawSample>(
                                 OfPeriod<DrawSampleRequest>(context), caps,
                                 std::make_shared<ReviewTask>());
                           }},
                          {"ReviewService.OpenSample",
                           [](CoreHarness&, const RequestContext& context) {
                             auto request = OfPeriod<OpenSampleRequest>(context);
                             request.set_reason(kFreeText);
                             request.set_decision_ref("B-2026-1");
                             return std::make_shared<OpenSample>(
                                 request, std::nullopt, std::make_shared<OpenSampleResponse>());
                           }},
                          {"ReviewService.CloseReview",
                           [](CoreHarness&, const RequestContext& context) {
                             return std::make_shared<CloseReview>(
                                 OfPeriod<CloseReviewRequest>(context),
                                 std::make_shared<ReviewTask>());
                           }},
                          {"ExchangeService.PreviewShare",
                           [](CoreHarness&, const RequestContext& context) {
                             auto request = About<PreviewShareRequest>(context, id);
                             request.set_recipient(kFreeText);
                             return Boxed<PreviewShare, PreviewShareResponse>(request, CaseKey());
                           }},
                          {"ExchangeService.ShareSignal",
                           [](CoreHarness& h, const RequestContext& context) {
                             static tests::FakeHeads& heads = *new tests::FakeHeads();
                             auto request = About<ShareSignalRequest>(context, id);
                             request.set_exchange_id(id);
                             request.set_recipient(kFreeText);
                             ShareTools tools{h.random, CaseKey(), heads};
                             return Boxed<ShareSignal, ShareSignalResponse>(request, tools);
                           }},
                          {"ExchangeService.WithdrawShare",
                           [](CoreHarness&, const RequestContext& context) {
                             WithdrawShareRequest request;
                             *request.mutable_context() = context;
                             request.set_exchange_id(id);
                             request.set_reason(kFreeText);
                             return Boxed<WithdrawShare, WithdrawShareResponse>(request);
                           }},
                          {"ExchangeService.ListSent",
                           [](CoreHarness&, const RequestContext& context) {
                             ListSentRequest request;
                             *request.mutable_context() = context;
                             return Boxed<ListSent, ListSentResponse>(request);
                           }},
                          {"LogService.QueryLog",
                           [](CoreHarness& h, const RequestContext& context) {
                             QueryLogRequest request;
                             *request.mutable_context() = context;
                             request.set_reason(kFreeText);
                             return Boxed<QueryLog, QueryLogResponse>(request, h.ledger->origin());
                           }},
                          {"LogService.ExportLog",
                           [](CoreHarness& h, const RequestContext& context) {
                             struct Holder {
                               Holder(ExportLogRequest asked, const ledger::Ledger& ledger)
                                   : request(std::move(asked)),
                                     checkpoint(ledger.checkpoint()),
                                     act(request, ledger.origin(), checkpoint) {}
                               ExportLogRequest request;
                               ledger::ShownCheckpoint checkpoint;
                               ExportLog act;
                             };
                             ExportLogRequest request;
                             *request.mutable_context() = context;
                             request.set_reason(kFreeText);
                             auto holder = std::make_shared<Holder>(request, *h.ledger);
                             return std::shared_ptr<UseCase>(holder, &holder->act);
                           }}};
  return methods;
}

template <typename Act, typename Response, typename Request, typename... More>
std::shared_ptr<UseCase> OnTasks(Request request, const RequestContext& context, More&... more) {
  *request.mutable_context() = context;
  return Boxed<Act, Response>(std::move(request), more...);
}

// The same of tasks.
std::map<std::string, Make> TaskMethods() {
  static const std::string id(16, 'i');
  return {{"TaskService.ListTasks",
           [](CoreHarness&, const RequestContext& context) {
             return OnTasks<ListTasks, ListTasksResponse>(ListTasksRequest(), context);
           }},
          {"TaskService.CountTasks",
           [](CoreHarness&, const RequestContext& context) {
             return OnTasks<CountTasks, CountTasksResponse>(CountTasksRequest(), context);
           }},
          {"TaskService.WatchTasks",
           [](CoreHarness&, const RequestContext& context) {
             struct Holder {
               explicit Holder(const RequestContext& asked) { *request.mutable_context() = asked; }
               WatchTasksRequest request;
               WatchPlaces places;
               std::shared_ptr<void> place;
               WatchTasks act{request, places, place};
             };
             auto holder = std::make_shared<Holder>(context);
             return std::shared_ptr<UseCase>(holder, &holder->act);
           }},
          {"TaskService.OpenTask",
           [](CoreHarness& h, const RequestContext& context) {
             OpenTaskRequest request;
             request.set_kind(record::v1::TASK_KIND_CHECK);
             request.set_role("casemanager");
             return OnTasks<OpenTask, OpenTaskResponse>(request, context, h.random);
           }},
          {"TaskService.ClaimTask",
           [](CoreHarness&, const RequestContext& context) {
             ClaimTaskRequest request;
             request.set_task_id(id);
             return OnTasks<ClaimTask, ClaimTaskResponse>(request, context);
           }},
          {"TaskService.ReleaseTask",
           [](CoreHarness&, const RequestContext& context) {
             ReleaseTaskRequest request;
             request.set_task_id(id);
             return OnTasks<ReleaseTask, ReleaseTaskResponse>(request, context);
           }},
          {"TaskService.EndTask",
           [](CoreHarness&, const RequestContext& context) {
             EndTaskRequest request;
             request.set_task_id(id);
             request.set_outcome(record::v1::TASK_OUTCOME_DONE);
             return OnTasks<EndTask, EndTaskResponse>(request, context);
           }},
          {"TaskService.HandOverTasks",
           [](CoreHarness& h, const RequestContext& context) {
             HandOverTasksRequest request;
             request.add_task_ids(id);
             request.set_to(kFreeText);
             return OnTasks<HandOverTasks, HandOverTasksResponse>(request, context, h.verifier);
           }},
          {"TaskService.SetAbsence", [](CoreHarness& h, const RequestContext& context) {
             return OnTasks<SetAbsence, SetAbsenceResponse>(SetAbsenceRequest(), context,
                                                            h.verifier, h.random);
           }}};
}

const std::map<std::string, Make>& ContextMethods() {
  static const auto& methods = *[] {
    auto* all = new std::map<std::string, Make>(TaskMethods());
    all->insert(RecordMethods().begin(), RecordMethods().end());
    return all;
  }();
  return methods;
}

const std::map<std::string, Make>& AdminMethods() {
  static const auto& methods = *new std::map<std::string, Make>{
      {"RegisterService.AddUser",
       [](CoreHarness& h, const RequestContext&) {
         AddUserRequest request;
         *request.mutable_request() = h.Make("nieuw").request;
         return Boxed<AddUser, AddUserResponse>(request);
       }},
      {"RegisterService.ListUsers",
       [](CoreHarness&, const RequestContext&) {
         return Boxed<ListUsers, ListUsersResponse>(ListUsersRequest());
       }},
      {"RegisterService.RevokeUser",
       [](CoreHarness&, const RequestContext&) {
         RevokeUserRequest request;
         request.set_user_id("jan");
         request.set_reason(kFreeText);
         return Boxed<RevokeUser, RevokeUserResponse>(request);
       }},
      {"RegisterService.AddMandate",
       [](CoreHarness& h, const RequestContext&) {
         AddMandateRequest request;
         *request.mutable_mandate() =
             tests::SignMandate(h.Mandate(h.administrator, {"beheerder"}), h.mandate_key);
         return Boxed<AddMandate, AddMandateResponse>(request, h.verifier);
       }},
      {"RegisterService.ListMandates",
       [](CoreHarness& h, const RequestContext&) {
         return Boxed<ListMandates, ListMandatesResponse>(ListMandatesRequest(), h.verifier);
       }},
      {"RegisterService.PutMandateStatus",
       [](CoreHarness& h, const RequestContext&) {
         record::v1::MandateStatus status;
         status.set_organisation(h.options.organisation);
         status.set_number(1);
         PutMandateStatusRequest request;
         *request.mutable_status() = tests::SignStatus(status, h.mandate_key);
         return Boxed<PutMandateStatus, PutMandateStatusResponse>(request, h.verifier);
       }},
      {"KeyService.GetKeys",
       [](CoreHarness&, const RequestContext&) {
         struct Holder {
           GetKeysResponse response;
           GetKeys act{response};
         };
         auto holder = std::make_shared<Holder>();
         return std::shared_ptr<UseCase>(holder, &holder->act);
       }},
      {"KeyService.StartCeremony",
       [](CoreHarness&, const RequestContext&) {
         static Ceremonies* none = nullptr;
         return Boxed<StartCeremony, StartCeremonyResponse>(StartCeremonyRequest(), none);
       }},
      {"KeyService.AgreeCeremony",
       [](CoreHarness&, const RequestContext&) {
         static Ceremonies* none = nullptr;
         return Boxed<AgreeCeremony, AgreeCeremonyResponse>(AgreeCeremonyRequest(), none);
       }},
      {"KeyService.CancelCeremony",
       [](CoreHarness&, const RequestContext&) {
         static Ceremonies* none = nullptr;
         return Boxed<CancelCeremony, CancelCeremonyResponse>(CancelCeremonyRequest(), none);
       }},
      {"RegisterService.AcceptPartnerLog",
       [](CoreHarness&, const RequestContext&) {
         static const tests::FakeHeads& heads = *new tests::FakeHeads();
         AcceptPartnerLogRequest request;
         request.set_partner("lindervaart.example");
         request.set_known_size(1);
         request.set_reason(kFreeText);
         return Boxed<AcceptPartnerLog, AcceptPartnerLogResponse>(request, heads);
       }},
      {"RegisterService.CreateBackup", [](CoreHarness&, const RequestContext&) {
         struct Holder {
           CreateBackupResponse response;
           RecordBackup act{response};
         };
         auto holder = std::make_shared<Holder>();
         return std::shared_ptr<UseCase>(holder, &holder->act);
       }}};
  return methods;
}

// What needs a task that is there, and claimed: tasks_test.
bool NeedsTask(const std::string& method) {
  return method == "TaskService.ClaimTask" || method == "TaskService.ReleaseTask" ||
         method == "TaskService.EndTask" || method == "TaskService.HandOverTasks";
}
bool NeedsContext(const std::string& method) { return ContextMethods().contains(method); }
bool IsData(const std::string& method) {
  return MethodNamed(method).method_class == METHOD_CLASS_DATA;
}
// A context that the rules permit for this method.
RequestContext Permitted(const std::string& method) {
  if (method == "SignalService.HoldSignal" || !IsData(method)) return tests::Oversight();
  RequestContext context = tests::Intake();
  if (method == "SignalService.ExportCompelled") {
    context.set_purpose("gerechtelijk-bevel");
    context.set_basis("be-gerechtelijk-bevel");
  }
  return context;
}

class MethodTable : public ::testing::Test {
 protected:
  // Runs the call and checks that it was refused with this code in exactly one entry that repeats
  // nothing of what the caller wrote. Returns the entry.
  Opened ExpectRefused(const std::string& method,
                       const absl::StatusOr<authn::CertificateFacts>& facts,
                       std::shared_ptr<UseCase> use_case, const std::string& code) {
    const uint64_t before = h_.size();
    const absl::Status status = h_.Run(facts, std::move(use_case));
    EXPECT_EQ(CodeOf(status), code) << method;
    const std::vector<Opened> entries = h_.Entries(before);
    EXPECT_EQ(entries.size(), 1u) << method;
    if (entries.size() != 1) return {};
    const Opened& entry = entries[0];
    EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_REFUSAL) << method;
    EXPECT_EQ(entry.act.refusal(), code) << method;
    EXPECT_EQ(entry.act.method(), method);
    EXPECT_EQ(entry.act.count(), 1u);
    EXPECT_EQ(entry.act.reason(), "") << method;
    EXPECT_EQ(entry.act.exact_time_us(), h_.clock.NowUs());
    EXPECT_EQ(entry.act.pack_digests_size(), 3);
    for (const char* text : {kFreeText, "Janssens", "dossier-1", "Vaartwijk", "straathoekwerker"}) {
      EXPECT_EQ(entry.all_bytes.find(text), std::string::npos) << method << ": " << text;
    }
    EXPECT_EQ(tests::DetailOf(status).log_receipt().leaf_hash(), crypto::View(entry.leaf_hash));
    return entry;
  }
  std::shared_ptr<UseCase> CallOf(const std::string& method, const RequestContext& context = {}) {
    return NeedsContext(method) ? ContextMethods().at(method)(h_, context)
                                : AdminMethods().at(method)(h_, context);
  }
  std::vector<std::string> All() {
    std::vector<std::string> names;
    for (const auto& [name, make] : ContextMethods()) names.push_back(name);
    for (const auto& [name, make] : AdminMethods()) names.push_back(name);
    return names;
  }

  CoreHarness h_;
  Person jan_ = h_.Admit("jan", {"maatschappelijk-werker", "privacy-officer"});
};

TEST_F(MethodTable, EveryMethodHasAClassAndARow) {
  std::set<std::string> known;
  for (const Method& method : AllMethods()) {
    EXPECT_NE(method.method_class, METHOD_CLASS_UNSPECIFIED) << method.name;
    known.insert(method.name);
    switch (method.method_class) {
      case METHOD_CLASS_DATA:
      case METHOD_CLASS_AUDIT:
        EXPECT_TRUE(ContextMethods().contains(method.name)) << "no row: " << method.name;
        break;
      case METHOD_CLASS_ADMIN:
        EXPECT_TRUE(AdminMethods().contains(method.name)) << "no row: " << method.name;
        break;
      default:
        EXPECT_FALSE(ContextMethods().contains(method.name)) << method.name;
        EXPECT_FALSE(AdminMethods().contains(method.name)) << method.name;
    }
  }
  for (const std::string& name : All()) {
    EXPECT_TRUE(known.contains(name)) << name;
    EXPECT_EQ(CallOf(name)->method().name, name) << "the use case of another method";
    EXPECT_EQ(CallOf(name)->context() != nullptr, NeedsContext(name)) << name;
  }
}

TEST_F(MethodTable, WithoutAWordOfTheContextRefusedAndLogged) {
  const std::string drop = std::string("'; DROP ") + kFreeText;
  const std::tuple<const char*, std::function<void(RequestContext&)>> table[] = {
      {"no_role", [](RequestContext& c) { c.clear_role(); }},
      {"no_role", [&](RequestContext& c) { c.set_role(drop); }},
      {"no_role", [](RequestContext& c) { c.set_role("none"); }},
      {"no_role", [](RequestContext& c) { c.set_role("Privacy-officer"); }},
      {"no_role", [](RequestContext& c) { c.set_role(std::string(100'000, 'r')); }},
      {"no_purpose", [](RequestContext& c) { c.clear_purpose(); }},
      {"no_purpose", [&](RequestContext& c) { c.set_purpose(drop); }},
      {"no_purpose", [](RequestContext& c) { c.set_purpose("none"); }},
      {"no_basis", [](RequestContext& c) { c.clear_basis(); }},
      {"no_basis", [&](RequestContext& c) { c.set_basis(drop); }},
      {"no_role", [](RequestContext& c) { c.Clear(); }},
      {"role_not_held", [](RequestContext& c) { c.set_role("casemanager"); }},
      {"role_not_held", [](RequestContext& c) { c.set_role("information-officer"); }},
      {"role_not_held", [](RequestContext& c) { c.set_role("beheerder"); }},
  };
  for (const auto& [method, make] : ContextMethods()) {
    for (const auto& [code, spoil] : table) {
      RequestContext context = Permitted(method);
      spoil(context);
      const Opened entry = ExpectRefused(method, jan_.facts, make(h_, context), code);
      EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_REFUSED);
      EXPECT_EQ(entry.actor.user_id(), "jan");
      EXPECT_EQ(entry.actor.mandate_digest(), "") << "no mandate was found good for this";
    }
  }
}

TEST_F(MethodTable, CaseReferenceIsNeededWhereRecordsAreTouched) {
  for (const std::string& wrong :
       {std::string(), std::string("AB"), std::string("intake"), std::string("ZAAK 1"),
        std::string(kFreeText), std::string(33, 'A'), std::string("ZAAK-1\n"),
        std::string("ZAAK\0", 5), std::string("\xc3\x89\xc3\x89\xc3\x89"),
        std::string("85073003328"), std::string("ZAAK-85-0730-033-28")}) {
    for (const auto& [method, make] : ContextMethods()) {
      RequestContext context = Permitted(method);
      context.set_case_ref(wrong);
      if (IsData(method)) {
        const Opened entry = ExpectRefused(method, jan_.facts, make(h_, context), "no_case_ref");
        EXPECT_EQ(entry.subject.case_ref(), "");
      } else if (NeedsTask(method)) {
        EXPECT_EQ(CodeOf(h_.Run(jan_, make(h_, context))), "no_task") << method;
      } else if (method.starts_with("ReviewService.") && method != "ReviewService.GetReviews") {
        // It came as far as the rules, and there is no key to review.
        EXPECT_EQ(CodeOf(h_.Run(jan_, make(h_, context))), "no_key") << method;
      } else {
        EXPECT_EQ(h_.Run(jan_, make(h_, context)), absl::OkStatus()) << method;
      }
    }
  }
}

TEST_F(MethodTable, RoleOfAnotherKindOfOrganisationGivesNothing) {
  // A mandate that the key did sign, put into the register past the check of AddMandate.
  record::v1::Mandate mandate = h_.Mandate(jan_, {"information-officer", "burgemeester"});
  h_.store.Tamper(
      MandateKey("jan", mandate.mandate_id()),
      ledger::JoinRow(1, tests::SignMandate(mandate, h_.mandate_key).SerializeAsString()));
  for (const auto& [method, make] : ContextMethods()) {
    for (const char* role : {"information-officer", "burgemeester"}) {
      RequestContext context = Permitted(method);
      context.set_role(role);
      ExpectRefused(method, jan_.facts, make(h_, context), "role_not_held");
    }
  }
}

TEST_F(MethodTable, OnlyAdministratorsAdminister) {
  for (const auto& [method, make] : AdminMethods()) {
    const Opened entry = ExpectRefused(method, jan_.facts, make(h_, {}), "not_administrator");
    EXPECT_EQ(entry.actor.user_id(), "jan");
  }
  // And an administrator reads nothing by that.
  for (const auto& [method, make] : ContextMethods()) {
    ExpectRefused(method, h_.administrator.facts, make(h_, Permitted(method)), "role_not_held");
  }
}

TEST_F(MethodTable, EachAdminActIsOneEntry) {
  for (const auto& [method, make] : AdminMethods()) {
    // It needs a partner whose log is known: accept_partner_log_test.
    if (method == std::string_view("RegisterService.AcceptPartnerLog")) continue;
    // They need a partnership: ceremony_flow_test.
    if (method == std::string_view("KeyService.StartCeremony") ||
        method == std::string_view("KeyService.AgreeCeremony") ||
        method == std::string_view("KeyService.CancelCeremony")) {
      continue;
    }
    const uint64_t before = h_.size();
    EXPECT_EQ(h_.Run(h_.administrator, make(h_, {})), absl::OkStatus()) << method;
    ASSERT_EQ(h_.size(), before + 1) << method;
    const Opened entry = h_.Last();
    EXPECT_EQ(entry.act.method(), method);
    EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ADMINISTRATION);
    EXPECT_EQ(entry.actor.user_id(), "beheer");
  }
}

TEST_F(MethodTable, WhoIsNotAuthenticatedIsRefusedAndLogged) {
  const Person stranger = h_.Make("vreemde");
  const Person gone = h_.Admit("weg", {"maatschappelijk-werker"});
  ASSERT_EQ(h_.RevokeUser(h_.administrator, "weg"), absl::OkStatus());
  authn::CertificateFacts other_key = jan_.facts;
  other_key.key_digest[5] ^= 1;
  authn::CertificateFacts elsewhere = jan_.facts;
  elsewhere.uris = {"spiffe://politie.example/user/jan"};
  authn::CertificateFacts node = jan_.facts;
  node.uris = {"spiffe://caw-de-overzet.example/node"};
  authn::CertificateFacts two = jan_.facts;
  two.uris.push_back(two.uris[0]);
  authn::CertificateFacts expired = jan_.facts;
  expired.not_after_s = h_.clock.NowUs() / 1'000'000 - 1;
  // Other certificates, each with its own digest.
  uint8_t number = 0;
  for (authn::CertificateFacts* facts : {&other_key, &elsewhere, &node, &two, &expired}) {
    facts->certificate_digest[0] = ++number;
  }
  const std::tuple<const char*, const char*, absl::StatusOr<authn::CertificateFacts>, const char*>
      table[] = {
          {"no certificate", "bad_certificate", absl::UnauthenticatedError("no certificate"), ""},
          {"two URIs", "bad_certificate", two, ""},
          {"other organisation", "bad_certificate", elsewhere, ""},
          {"the node's own", "bad_certificate", node, ""},
          {"not registered", "unknown_user", stranger.facts, "vreemde"},
          {"revoked", "unknown_user", gone.facts, "weg"},
          {"other key", "unknown_user", other_key, "jan"},
          {"expired", "certificate_expired", expired, "jan"},
      };
  for (const auto& [name, code, facts, user] : table) {
    SCOPED_TRACE(name);
    for (const std::string& method : All()) {
      const Opened entry = ExpectRefused(
          method, facts,
          CallOf(method, NeedsContext(method) ? Permitted(method) : RequestContext()), code);
      EXPECT_EQ(entry.actor.user_id(), user);
    }
  }
}

TEST_F(MethodTable, RulesDenyWhatTheRoleMayNotDo) {
  for (const auto& [method, make] : ContextMethods()) {
    // Their role decides about tasks, and no rule.
    if (method.starts_with("TaskService.")) continue;
    RequestContext context = Permitted(method);
    // The other of the two: who supervises opens nothing, who opens does not supervise.
    const bool supervises = context.role() == "privacy-officer";
    context = supervises ? tests::Intake() : tests::Oversight();
    const bool about_one = method != "SignalService.ListSignals" &&
                           method != "ExchangeService.ListReceived" &&
                           method != "SignalService.RecordSignal" &&
                           method != "SignalService.ImportSignals" && IsData(method);
    if (about_one) continue;  // no such record: told before rules are asked
    if (method == "SignalService.ImportSignals") continue;  // answers row by row: import_test.cc
    const Opened entry = ExpectRefused(method, jan_.facts, make(h_, context), "denied");
    EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_DENIED);
    EXPECT_GT(entry.decision.attributes_size(), 20);
    EXPECT_NE(entry.actor.mandate_digest(), "");
  }
}

TEST_F(MethodTable, MethodsThatAreNotForPeopleAreClosed) {
  struct Odd : UseCase {
    explicit Odd(const Method& which) : which_(which) {}
    const Method& method() const override { return which_; }
    absl::StatusOr<Plan> Decide(const Call&, View&) override {
      ADD_FAILURE() << which_.name;
      return absl::InternalError("decided");
    }
    const Method which_;
  };
  int closed = 0;
  for (const Method& method : AllMethods()) {
    if (method.method_class == METHOD_CLASS_HEALTH || method.method_class == METHOD_CLASS_PEER) {
      ExpectRefused(method.name, jan_.facts, std::make_shared<Odd>(method), "no_class");
      ++closed;
    }
  }
  EXPECT_GE(closed, 3);
  ExpectRefused("", jan_.facts, std::make_shared<Odd>(MethodNamed("SignalService.Nothing")),
                "no_class");
}

TEST_F(MethodTable, MandateIsAskedAtEachCall) {
  const auto& make = ContextMethods().at("SignalService.ListSignals");
  const auto list = [&] { return CodeOf(h_.Run(jan_, make(h_, tests::Intake()))); };
  EXPECT_EQ(list(), "ok");
  h_.clock.Advance(std::chrono::hours(24 * 31));
  EXPECT_EQ(list(), "role_not_held") << "expired";
  record::v1::Mandate mandate = h_.Mandate(jan_, {"maatschappelijk-werker"});
  ASSERT_EQ(h_.AddMandate(h_.administrator, tests::SignMandate(mandate, h_.mandate_key)),
            absl::OkStatus());
  EXPECT_EQ(list(), "ok");
  record::v1::MandateStatus status;
  status.set_organisation(h_.options.organisation);
  status.set_number(1);
  status.add_revoked(mandate.mandate_id());
  ASSERT_EQ(h_.PutStatus(h_.administrator, status), absl::OkStatus());
  EXPECT_EQ(list(), "role_not_held") << "revoked";
}

TEST_F(MethodTable, MandateForgedByAnAdministratorGivesNoRole) {
  const crypto::SigningKey forger = crypto::SigningKey::Generate(h_.random);
  const Person mol = h_.Admit("mol", {}, true);
  const auto put = [&](const record::v1::SignedMandate& mandate, const std::string& id) {
    h_.store.Tamper(MandateKey("mol", id), ledger::JoinRow(1, mandate.SerializeAsString()));
  };
  const auto& list = ContextMethods().at("SignalService.ListSignals");
  // Signed by another key.
  record::v1::Mandate forged = h_.Mandate(mol, {"maatschappelijk-werker"});
  put(tests::SignMandate(forged, forger), forged.mandate_id());
  ExpectRefused("SignalService.ListSignals", mol.facts, list(h_, tests::Intake()), "role_not_held");
  // A good one of someone else, put under the administrator's name.
  const record::v1::Mandate of_jan = h_.Mandate(jan_, {"maatschappelijk-werker"});
  put(tests::SignMandate(of_jan, h_.mandate_key), of_jan.mandate_id());
  ExpectRefused("SignalService.ListSignals", mol.facts, list(h_, tests::Intake()), "role_not_held");
}

// An administrator copies a colleague's register row under their own name, with their own TLS key:
// the register must not let one name speak as another.
TEST_F(MethodTable, RegisterRowUnderAnotherNameIsNotRead) {
  const Person mol = h_.Admit("mol", {}, true);
  record::v1::User jan_with_key_of_mol;
  jan_with_key_of_mol.set_user_id("jan");
  jan_with_key_of_mol.set_signing_key(jan_.request.signing_key());
  jan_with_key_of_mol.set_tls_key_digest(std::string(crypto::View(mol.facts.key_digest)));
  jan_with_key_of_mol.set_state(record::v1::USER_STATE_ACTIVE);
  h_.store.Tamper(UserKey("mol"), ledger::JoinRow(1, jan_with_key_of_mol.SerializeAsString()));
  const record::v1::Mandate of_jan = h_.Mandate(jan_, {"maatschappelijk-werker"});
  h_.store.Tamper(
      MandateKey("mol", of_jan.mandate_id()),
      ledger::JoinRow(1, tests::SignMandate(of_jan, h_.mandate_key).SerializeAsString()));
  const auto& list = ContextMethods().at("SignalService.ListSignals");
  EXPECT_EQ(h_.Run(mol, list(h_, tests::Intake())).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace sluis::core
