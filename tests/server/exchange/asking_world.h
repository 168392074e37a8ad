#ifndef SLUIS_TESTS_SERVER_EXCHANGE_ASKING_WORLD_H_
#define SLUIS_TESTS_SERVER_EXCHANGE_ASKING_WORLD_H_

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "server/core/amend_signal.h"
#include "server/core/ask_evaluation.h"
#include "server/core/end_evaluation.h"
#include "server/core/record.h"
#include "server/core/record_signal.h"
#include "server/core/refusal.h"
#include "server/evaluation/judge.h"
#include "server/exchange/evaluation_asking.h"
#include "server/ledger/sealed_row.h"
#include "tests/server/exchange/evaluation_world.h"

namespace sluis::tests {

// Persons by the name of a record, as a test gives them.
class NumberedPersons final : public core::PersonsOf {
 public:
  explicit NumberedPersons(const EvaluationWorld& world) : world_(world) {}
  absl::StatusOr<std::variant<std::vector<core::FoundPerson>, core::Plan>> Find(
      const core::Call& call, const core::View& view, const std::vector<std::string>& records,
      const identity::KeyScope&) const override {
    std::vector<core::FoundPerson> out;
    for (const std::string& record : records) {
      const auto found = numbers.find(record);
      if (found == numbers.end()) {
        return core::RefusalPlan(call, {absl::StatusCode::kNotFound, "bad_persons",
                                        "there is no such record", "record_ids"});
      }
      core::FoundPerson& person = out.emplace_back();
      person.keys.push_back(world_.KeyOf(found->second));
      person.looked_up.entry =
          core::EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
      const std::string row = core::RecordKey(record);
      const auto stamp = view.StampOf(row);
      if (!stamp.ok()) return stamp.status();
      person.looked_up.preconditions.push_back({row, *stamp});
    }
    return out;
  }
  std::map<std::string, int> numbers;

 private:
  const EvaluationWorld& world_;
};

// A person of the first node asks the holders of the key, this node among them.
class AskingWorld : public ::testing::Test {
 protected:
  static node::v1::RequestContext Context(const std::string& case_ref = EvaluationWorld::kCase) {
    node::v1::RequestContext context;
    context.set_role(EvaluationWorld::kRole);
    context.set_purpose(EvaluationWorld::kKeyPurpose);
    context.set_basis(EvaluationWorld::kBasis);
    context.set_case_ref(case_ref);
    return context;
  }
  static record::v1::SubjectIdentity Named(int number) {
    record::v1::SubjectIdentity identity;
    identity.set_surname("Ouwelandse");
    identity.set_given("Lena");
    identity.set_born(std::to_string(1 + number % 28) + "/3/1985");
    return identity;
  }
  // A record that is about that person.
  std::string RecordOf(int number) {
    node::v1::RecordSignalRequest request;
    node::v1::RecordSignalResponse response;
    *request.mutable_context() = Intake();
    *request.mutable_signal() = PersonSignal(std::to_string(number));
    *request.mutable_identity() = Named(number);
    CoreHarness& h = world_.node(0).h;
    EXPECT_EQ(
        h.Run(world_.person(), std::make_shared<core::RecordSignal>(request, response, h.random)),
        absl::OkStatus());
    persons_.numbers[response.record_id()] = number;
    return response.record_id();
  }
  // As whoever wrote it corrects it.
  absl::Status Amend(const std::string& record,
                     const std::function<void(node::v1::AmendSignalRequest&)>& change) {
    node::v1::AmendSignalRequest request;
    node::v1::AmendSignalResponse response;
    *request.mutable_context() = Intake();
    request.set_record_id(record);
    request.set_version(1);
    *request.mutable_signal() = PersonSignal("7");
    request.set_reason("verbeterd");
    change(request);
    return world_.node(0).h.Run(world_.person(),
                                std::make_shared<core::AmendSignal>(request, response));
  }
  absl::Status Keep(core::GivenElements given) {
    kept_->clear();
    CoreHarness& h = world_.node(0).h;
    return h.executor->RunAsNodeAndWait(
        std::make_shared<core::KeepElements>(std::move(given), h.random, kept_));
  }
  absl::StatusOr<core::DraftedEvaluation> Draft(
      const std::vector<std::string>& records,
      const node::v1::RequestContext& context = Context()) {
    auto drafted = std::make_shared<core::DraftedEvaluation>();
    const absl::Status status = world_.node(0).h.Run(
        world_.person(),
        std::make_shared<core::DraftEvaluation>(context, records, tools_, drafted));
    if (!status.ok()) return status;
    return *drafted;
  }
  core::BeginEvaluation::Request Signed(
      const core::DraftedEvaluation& drafted,
      const std::function<void(record::v1::UserStatement&, envelope::StatementItem&)>& edit = {},
      const std::string& case_ref = EvaluationWorld::kCase) {
    record::v1::UserStatement statement = world_.Statement();
    envelope::StatementItem item = drafted.item;
    if (edit) edit(statement, item);
    return {Context(case_ref), drafted.request_id,
            envelope::SignStatement(envelope::StatementOver(statement, {item}).value(),
                                    world_.person().signing_key),
            world_.mandate()};
  }
  std::future<absl::StatusOr<exchange::Evaluated>> EvaluateLater(
      core::BeginEvaluation::Request request) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<exchange::Evaluated>>>();
    asking_.Ask(world_.person().facts, std::move(request),
                [promise](absl::StatusOr<exchange::Evaluated> answer) {
                  promise->set_value(std::move(answer));
                });
    return promise->get_future();
  }
  absl::StatusOr<exchange::Evaluated> Evaluate(core::BeginEvaluation::Request request) {
    return EvaluateLater(std::move(request)).get();
  }
  absl::StatusOr<exchange::Evaluated> EvaluateRecords(const std::vector<std::string>& records) {
    const auto drafted = Draft(records);
    if (!drafted.ok()) return drafted.status();
    return Evaluate(Signed(*drafted));
  }
  // As if its share were another one; it signs what comes of that.
  void MakeWrong(size_t holder) {
    const std::string name = KeyWorld::NameOf(holder);
    exchange::PeerAnswers answers = world_.nodes().network().AnswersOf(name);
    answers.evaluate = [this, holder, honest = answers.evaluate](
                           const std::string& sender, const peer::v1::EvaluateRequest& request,
                           exchange::Peers::Done<peer::v1::EvaluateResponse> done) {
      honest(sender, request,
             [this, holder,
              done = std::move(done)](absl::StatusOr<peer::v1::EvaluateResponse> answer) {
               if (!answer.ok()) return done(std::move(answer));
               peer::v1::EvaluationAnswer body =
                   evaluation::ReadAnswer(
                       evaluation::ReadAnswerEnvelope(answer->signed_answer()).value())
                       ->body;
               body.set_evaluated(std::string(crypto::View(
                   crypto::oprf::MultiplyGenerator(crypto::oprf::Scalar(7)).encoding())));
               answer->set_signed_answer(
                   evaluation::SignAnswer(body, world_.node(holder).own().identity()).Serialise());
               done(std::move(answer));
             });
    };
    world_.nodes().network().Put(name, std::move(answers));
  }
  size_t Rows(size_t at, ledger::Table table) {
    return world_.nodes().With(at, [table](const core::View& view) {
      size_t rows = 0;
      const std::string prefix = ledger::RowKey(table);
      EXPECT_TRUE(view.snapshot()
                      .Scan(prefix, storage::PrefixEnd(prefix),
                            [&rows](std::string_view, std::string_view) {
                              ++rows;
                              return true;
                            })
                      .ok());
      return rows;
    });
  }
  std::string ElementOf(int number) const {
    return std::string(crypto::View(world_.ElementOf(number).encoding()));
  }
  static std::string Bytes(const evaluation::KeptElement& kept) {
    return std::string(crypto::View(kept.element.bytes().expose()));
  }

  // Records of which the last Keep kept something.
  const std::shared_ptr<std::vector<std::string>> kept_ =
      std::make_shared<std::vector<std::string>>();
  EvaluationWorld world_;
  NumberedPersons persons_{world_};
  core::EvaluationDrafts drafts_;
  core::AskTools tools_{world_.nodes().link(0).evaluations(),
                        drafts_,
                        persons_,
                        world_.node(0).h.random,
                        world_.hedge(),
                        world_.case_key()};
  std::unique_ptr<exchange::Peers> peers_ = world_.nodes().network().PeersOf(KeyWorld::NameOf(0));
  exchange::EvaluationAsking asking_{{.organisation = KeyWorld::NameOf(0),
                                      .executor = *world_.node(0).h.executor,
                                      .peers = *peers_,
                                      .desk = world_.nodes().link(0).desk(),
                                      .tools = tools_,
                                      .identity = world_.node(0).own().identity()}};
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_EXCHANGE_ASKING_WORLD_H_
