// A person asks the holders of a key about persons, in two calls: one that shows the question, and
// one that brings the signature under it.
//
//   DraftEvaluation ─► kept in memory, shown with match keys and blinds
//   the client computes the list anew, and the person signs
//   BeginEvaluation ─► the entry with match keys and blinds is durable ─► BegunEvaluation
//   exchange/evaluation_asking asks the holders ─► end_evaluation.h
//
// Guarantee: nothing leaves the node here; who begins has logged what it asks, and is refused by
// the same rules as every holder applies (asker_in_force.h), before anybody is asked. Both are
// calls of class DATA. Errors of the references are faults of the node. Source: docs/formats.md,
// "Evaluation".
#ifndef SLUIS_SERVER_CORE_ASK_EVALUATION_H_
#define SLUIS_SERVER_CORE_ASK_EVALUATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/evaluation_drafts.h"
#include "server/core/evaluations.h"
#include "server/core/persons_of.h"
#include "server/core/use_case.h"
#include "server/evaluation/asker.h"
#include "sluis/node/v1/context.pb.h"
#include "sluis/record/v1/identity.pb.h"
#include "sluis/record/v1/mandate.pb.h"
#include "sluis/record/v1/statement.pb.h"

namespace sluis::core {

// All must outlive the calls. A call without them is refused: the node has no keys for partners.
struct AskTools {
  Evaluations& evaluations;
  EvaluationDrafts& drafts;
  const PersonsOf& persons;
  crypto::Random& random;
  // Of this node, for blinds and nothing else.
  const crypto::Secret<32>& hedge;
  // Makes the tokens by which partners see a case.
  const crypto::Secret<32>& case_key;
};

// What is shown before it is signed.
struct DraftedEvaluation {
  evaluation::RequestId request_id{};
  // What the person signs, for the partnership as audience and the action "evaluate".
  envelope::StatementItem item;
  crypto::Hash key_id{};
  crypto::Hash blinded_digest{};
  uint32_t count = 0;
  std::string case_token;
  // Case, records, match keys and blinds, as they are logged: who signs computes the list anew
  // (evaluation/hidden_subject.h).
  record::v1::SubjectPart subject;
  // Who it is about, in the order of the records.
  std::vector<record::v1::SubjectIdentity> persons;
  std::shared_ptr<const keys::Package> package;
  // One for each record: where it stands that its person was looked up.
  std::vector<node::v1::LogReceipt> receipts;

  // Zeroes subject and persons, and drops them.
  void Wipe();
};

class DraftEvaluation : public UseCase {
 public:
  // `drafted` is filled in when the call is answered OK; wipe its subject and persons after use.
  DraftEvaluation(node::v1::RequestContext context, std::vector<std::string> records,
                  std::optional<AskTools> tools, std::shared_ptr<DraftedEvaluation> drafted)
      : context_(std::move(context)),
        records_(std::move(records)),
        tools_(std::move(tools)),
        drafted_(std::move(drafted)) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &context_; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::RequestContext context_;
  const std::vector<std::string> records_;
  const std::optional<AskTools> tools_;
  const std::shared_ptr<DraftedEvaluation> drafted_;
};

// A question that is logged and may be asked.
struct BegunEvaluation {
  EvaluationDraft draft;
  evaluation::LoggedDurably logged;
  // Index of its entry.
  uint64_t index = 0;
  evaluation::HolderKeys keys;
  evaluation::Asking asking;
  // Id of the key under which it lies who each record is about: what is computed is for no other
  // person.
  std::vector<std::string> identity_keys;
};

class BeginEvaluation : public UseCase {
 public:
  struct Request {
    node::v1::RequestContext context;
    evaluation::RequestId request_id{};
    record::v1::SignedUserStatement statement;
    record::v1::SignedMandate mandate;
  };
  // `begun` is filled in when the call is answered OK.
  BeginEvaluation(Request request, std::optional<AskTools> tools,
                  std::shared_ptr<std::optional<BegunEvaluation>> begun)
      : request_(std::move(request)), tools_(std::move(tools)), begun_(std::move(begun)) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const Request request_;
  const std::optional<AskTools> tools_;
  const std::shared_ptr<std::optional<BegunEvaluation>> begun_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ASK_EVALUATION_H_
