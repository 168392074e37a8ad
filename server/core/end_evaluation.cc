#include "server/core/end_evaluation.h"

#include "crypto/hash.h"
#include "crypto/sealing.h"
#include "server/core/owed_proofs.h"
#include "server/core/refusal.h"
#include "server/evaluation/judge.h"
#include "server/evaluation/parts.h"
#include "server/ledger/reader.h"
#include "server/ledger/sealed_parts.h"
#include "sluis/record/v1/evaluation.pb.h"

namespace sluis::core {
namespace {

constexpr std::string_view kAnswersLabel = "sluis/evaluation-answers/v1";
constexpr std::string_view kElementLabel = "sluis/kept-element/v1";
constexpr std::string_view kKindWrong = "evaluation-answer";

Method NodeMethod(const char* name) { return {name, node::v1::METHOD_CLASS_UNSPECIFIED}; }

std::string SealingData(std::string_view label, std::string_view row_key) {
  std::string data = crypto::Lp(label);
  data += row_key;
  return data;
}

absl::Status Done(std::span<const ledger::Logged>) { return absl::OkStatus(); }

}  // namespace

std::string EvaluationAnswersKey(const evaluation::RequestId& id) {
  return ledger::RowKey(ledger::Table::kEvaluationAnswers, crypto::View(id));
}

std::string WrongAnswerKey(const evaluation::RequestId& id, evaluation::MemberIndex holder) {
  std::string rest(crypto::View(id));
  crypto::AppendU16(rest, holder);
  return ledger::RowKey(ledger::Table::kWrongAnswer, rest);
}

std::string ElementKey(std::string_view record, const evaluation::KeptElement& kept) {
  return ledger::RowKey(ledger::Table::kElement, evaluation::KeptKeyOf(record, kept));
}

const Method& EndEvaluation::method() const {
  static const Method& method = *new Method(NodeMethod("Node.EndEvaluation"));
  return method;
}

absl::StatusOr<std::optional<ledger::RowWrite>> EndEvaluation::AnswersRow(const View& view) const {
  if (ending_.signed_answers.empty()) return std::nullopt;
  const ledger::LogReader reader(origin_, view.snapshot(), view.keyring());
  const absl::StatusOr<ledger::StoredEntry> entry = reader.Entry(ending_.began);
  if (!entry.ok()) return entry.status();
  const absl::StatusOr<ledger::SealedParts> parts = ledger::ParseSealedParts(entry->sealed);
  if (!parts.ok()) return absl::DataLossError(parts.status().message());
  const absl::StatusOr<ledger::RecordKeys> keys =
      view.keyring().Unwrap(view.snapshot(), parts->subject);
  // The officer has closed the review already: there is nothing to keep them for.
  if (absl::IsNotFound(keys.status())) return std::nullopt;
  if (!keys.ok()) return keys.status();
  record::v1::EvaluationAnswers plain;
  for (const std::string& answer : ending_.signed_answers) plain.add_signed_answers(answer);
  const std::string key = EvaluationAnswersKey(ending_.request_id);
  record::v1::HeldAnswers row;
  row.set_version(1);
  row.set_bucket(parts->subject.bucket);
  row.set_key_id(std::string(crypto::View(parts->subject.key_id)));
  row.set_sealed(crypto::Seal(keys->subject, SealingData(kAnswersLabel, key),
                              plain.SerializeAsString(), random_));
  return ledger::RowWrite{key, row.SerializeAsString()};
}

absl::StatusOr<Plan> EndEvaluation::Decide(const Call& call, View& view) {
  logged_->reset();
  absl::StatusOr<std::optional<ledger::RowWrite>> answers = AnswersRow(view);
  if (!answers.ok()) return answers.status();
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_purpose(ending_.purpose);
  effect.entry.act.set_basis(ending_.basis);
  effect.entry.subject = ending_.subject;
  if (*answers) effect.rows.push_back(**std::move(answers));
  for (const std::string& holder : ending_.holders) {
    effect.rows.push_back(EndedProof(holder, ending_.key_id, ending_.request_id, ending_.began));
  }
  StepWrite& step = effect.step.emplace();
  step.to_log = ending_.to_log;
  plan.reply = [ticket = step.ticket,
                logged_durably = logged_](std::span<const ledger::Logged> logged) {
    const absl::StatusOr<evaluation::LoggedDurably> durable = (*ticket)->Durable(logged[0]);
    if (durable.ok()) logged_durably->emplace(*durable);
    return durable.status();
  };
  return plan;
}

absl::StatusOr<std::vector<std::string>> ReadEvaluationAnswers(const View& view,
                                                               const evaluation::RequestId& id) {
  const std::string key = EvaluationAnswersKey(id);
  const absl::StatusOr<ledger::Row> stored = ledger::ReadRow(view.snapshot(), key);
  if (!stored.ok()) return stored.status();
  if (stored->stamp == ledger::kAbsent) return absl::NotFoundError("no answers are kept of it");
  const auto unreadable = [] {
    return absl::DataLossError("kept answers of holders cannot be read; run the node's doctor");
  };
  record::v1::HeldAnswers row;
  if (!row.ParseFromString(stored->value) || row.version() != 1) return unreadable();
  const auto key_id = crypto::ToFixed<16>(row.key_id());
  if (!key_id.ok()) return unreadable();
  const absl::StatusOr<ledger::RecordKeys> keys =
      view.keyring().Unwrap(view.snapshot(), {row.bucket(), *key_id});
  if (!keys.ok()) return keys.status();
  absl::StatusOr<crypto::Bytes> plain =
      crypto::Open(keys->subject, SealingData(kAnswersLabel, key), row.sealed());
  record::v1::EvaluationAnswers answers;
  if (!plain.ok() || !answers.ParseFromString(*plain)) return unreadable();
  return std::vector<std::string>(answers.signed_answers().begin(), answers.signed_answers().end());
}

const Method& NoteWrongAnswer::method() const {
  static const Method& method = *new Method(NodeMethod("Node.NoteWrongAnswer"));
  return method;
}

absl::StatusOr<Plan> NoteWrongAnswer::Decide(const Call& call, View&) {
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  record::v1::CounterpartPart part;
  part.set_exchange_id(std::string(crypto::View(request_id_)));
  part.set_side(std::string(evaluation::kSideAsker));
  part.set_kind(std::string(kKindWrong));
  part.set_peer(organisation_);
  part.set_partnership(call.terms->partnership);
  part.set_message_digest(std::string(crypto::View(crypto::Sha256(wrong_.evidence))));
  part.set_outcome(std::string(evaluation::VerdictName(wrong_.verdict)));
  effect.entry.counterpart = part.SerializeAsString();
  effect.rows.push_back({WrongAnswerKey(request_id_, wrong_.holder), wrong_.evidence});
  plan.reply = Done;
  return plan;
}

const Method& KeepElements::method() const {
  static const Method& method = *new Method(NodeMethod("Node.KeepElements"));
  return method;
}

absl::StatusOr<Plan> KeepElements::Decide(const Call& call, View& view) {
  Plan plan;
  for (const RecordElements& one : records_) {
    absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(one.record);
    if (absl::IsNotFound(record.status())) {
      return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "no_record",
                                "the record is there no more; nothing is kept of it", ""});
    }
    if (!record.ok()) return record.status();
    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    AddSubject(**record, effect.entry);
    effect.preconditions.push_back({RecordKey(one.record), (*record)->stamp});
    for (const evaluation::KeptElement& kept : one.elements) {
      const std::string key = ElementKey(one.record, kept);
      const identity::WipedText plain = evaluation::PlainFormOf(kept);
      effect.rows.push_back(
          {key, crypto::Seal((*record)->keys.data, SealingData(kElementLabel, key),
                             crypto::BytesView(plain.data(), plain.size()), random_)});
    }
    effect.about = *std::move(record);
  }
  plan.reply = Done;
  return plan;
}

absl::StatusOr<evaluation::KeptElement> ReadElement(const View& view, const std::string& record,
                                                    const std::string& row_key) {
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> opened = view.OpenRecord(record);
  if (!opened.ok()) return opened.status();
  const absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), row_key);
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("nothing stands for it here");
  absl::StatusOr<crypto::Bytes> plain =
      crypto::Open((*opened)->keys.data, SealingData(kElementLabel, row_key), row->value);
  if (!plain.ok()) return absl::DataLossError("what stands for a person cannot be opened");
  absl::StatusOr<evaluation::KeptElement> kept = evaluation::ReadKeptElement(*plain);
  crypto::Wipe(*plain);
  if (!kept.ok()) return absl::DataLossError(kept.status().message());
  return kept;
}

}  // namespace sluis::core
