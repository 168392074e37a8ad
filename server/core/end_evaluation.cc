#include "server/core/end_evaluation.h"

#include "crypto/hash.h"
#include "crypto/sealing.h"
#include "server/core/open_identity.h"
#include "server/core/owed_proofs.h"
#include "server/core/refusal.h"
#include "server/evaluation/judge.h"
#include "server/evaluation/parts.h"
#include "sluis/record/v1/evaluation.pb.h"

namespace sluis::core {
namespace {

constexpr std::string_view kAnswersLabel = "sluis/evaluation-answers/v1";
constexpr std::string_view kElementLabel = "sluis/kept-element/v1";
constexpr std::string_view kKindWrong = "evaluation-answer";
constexpr std::string_view kOutcomeKept = "kept";
constexpr std::string_view kOutcomeDropped = "dropped";

Method NodeMethod(const char* name) { return {name, node::v1::METHOD_CLASS_UNSPECIFIED}; }

std::string SealingData(std::string_view label, std::string_view row_key) {
  std::string data = crypto::Lp(label);
  data += row_key;
  return data;
}

absl::Status Done(std::span<const ledger::Logged>) { return absl::OkStatus(); }

// The key under which it lies who the record is about; nothing when that is another one than it was
// or the record may be used no more.
absl::StatusOr<std::optional<crypto::DataKey>> KeyOfPerson(const View& view,
                                                           const record::v1::StoredRecord& row,
                                                           std::string_view identity_key) {
  if (row.state() != record::v1::RECORD_STATE_OPEN || identity_key.empty() ||
      row.identity().key_id() != identity_key) {
    return std::nullopt;
  }
  return ReadKeyOfIdentity(view, row);
}

}  // namespace

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

absl::Status EndEvaluation::AddAnswers(const View& view, Effect& effect) const {
  if (ending_.signed_answers.empty()) return absl::OkStatus();
  const std::string_view id = crypto::View(ending_.request_id);
  const absl::StatusOr<AskedRow> asked = ReadAsked(view, id);
  // Whom it is about is gone already: there is nothing to keep them for.
  if (absl::IsNotFound(asked.status())) return absl::OkStatus();
  if (!asked.ok()) return asked.status();
  const absl::StatusOr<std::optional<ledger::KeyRef>> ref = SubjectKeyOf(view, asked->index());
  if (!ref.ok()) return ref.status();
  if (!*ref) return absl::OkStatus();
  const absl::StatusOr<ledger::RecordKeys> keys = view.keyring().Unwrap(view.snapshot(), **ref);
  if (absl::IsNotFound(keys.status())) return absl::OkStatus();
  if (!keys.ok()) return keys.status();
  record::v1::EvaluationAnswers plain;
  for (const std::string& answer : ending_.signed_answers) plain.add_signed_answers(answer);
  const std::string key = EvaluationAnswersKey(id);
  record::v1::HeldAnswers row;
  row.set_version(1);
  row.set_bucket((*ref)->bucket);
  row.set_key_id(std::string(crypto::View((*ref)->key_id)));
  row.set_sealed(crypto::Seal(keys->subject, SealingData(kAnswersLabel, key),
                              plain.SerializeAsString(), random_));
  effect.rows.push_back({key, row.SerializeAsString()});
  effect.preconditions.push_back({AskedKey(id), asked->stamp});
  return absl::OkStatus();
}

absl::StatusOr<Plan> EndEvaluation::Decide(const Call& call, View& view) {
  logged_->reset();
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_purpose(ending_.purpose);
  effect.entry.act.set_basis(ending_.basis);
  effect.entry.subject = ending_.subject;
  if (absl::Status added = AddAnswers(view, effect); !added.ok()) return added;
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
  const std::string key = EvaluationAnswersKey(crypto::View(id));
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

absl::StatusOr<Plan> NoteWrongAnswer::Decide(const Call& call, View& view) {
  const std::string_view id = crypto::View(request_id_);
  const absl::StatusOr<AskedRow> asked = ReadAsked(view, id);
  if (!asked.ok() && !absl::IsNotFound(asked.status())) return asked.status();
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
  if (asked.ok()) {
    effect.rows.push_back({WrongAnswerKey(request_id_, wrong_.holder), wrong_.evidence});
    effect.preconditions.push_back({AskedKey(id), asked->stamp});
  }
  plan.reply = Done;
  return plan;
}

const Method& KeepElements::method() const {
  static const Method& method = *new Method(NodeMethod("Node.KeepElements"));
  return method;
}

absl::StatusOr<Plan> KeepElements::Decide(const Call& call, View& view) {
  const std::string counterpart =
      AboutRequest(call, crypto::View(given_.request_id), kKindElements, kOutcomeKept);
  const Refusal changed{absl::StatusCode::kFailedPrecondition, "changed_since_asked",
                        "the signal is there no more, was taken back or is about somebody else by "
                        "now; nothing is kept of it",
                        ""};
  kept_->clear();
  Plan plan;
  std::vector<std::string> kept;
  for (const RecordElements& one : given_.records) {
    absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(one.record);
    if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
    absl::StatusOr<std::optional<crypto::DataKey>> key =
        record.ok() ? KeyOfPerson(view, (*record)->row, one.identity_key) : std::nullopt;
    if (!key.ok()) return key.status();
    if (!key->has_value()) {
      plan.refused_parts.push_back(plan.effects.size());
      Effect& refused = plan.effects.emplace_back(RefusalPlan(call, changed).effects[0]);
      refused.entry.counterpart =
          AboutRequest(call, crypto::View(given_.request_id), kKindElements, kOutcomeDropped);
      if (!record.ok()) continue;
      AddSubject(**record, refused.entry);
      refused.about = *std::move(record);
      continue;
    }
    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    effect.entry.counterpart = counterpart;
    AddSubject(**record, effect.entry);
    effect.preconditions.push_back({RecordKey(one.record), (*record)->stamp});
    NotePerson(one.record, effect);
    for (const evaluation::KeptElement& element : one.elements) {
      const std::string row_key = ElementKey(one.record, element);
      const identity::WipedText plain = evaluation::PlainFormOf(element);
      effect.rows.push_back(
          {row_key, crypto::Seal(**key, SealingData(kElementLabel, row_key),
                                 crypto::BytesView(plain.data(), plain.size()), random_)});
    }
    kept.push_back(one.record);
    effect.about = *std::move(record);
  }
  plan.refusal = kept.empty();
  plan.reply = [changed, kept, out = kept_](std::span<const ledger::Logged>) {
    if (kept.empty()) return RefusalStatus(changed, DetailOf(changed));
    *out = kept;
    return absl::OkStatus();
  };
  return plan;
}

absl::StatusOr<evaluation::KeptElement> ReadElement(const View& view, const std::string& record,
                                                    const std::string& row_key) {
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> opened = view.OpenRecord(record);
  if (!opened.ok()) return opened.status();
  const absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), row_key);
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("nothing stands for it here");
  const absl::StatusOr<std::optional<crypto::DataKey>> key =
      ReadKeyOfIdentity(view, (*opened)->row);
  if (!key.ok()) return key.status();
  if (!key->has_value()) return absl::NotFoundError("nobody is known whom it stood for");
  absl::StatusOr<crypto::Bytes> plain =
      crypto::Open(**key, SealingData(kElementLabel, row_key), row->value);
  if (!plain.ok()) return absl::DataLossError("what stands for a person cannot be opened");
  absl::StatusOr<evaluation::KeptElement> kept = evaluation::ReadKeptElement(*plain);
  crypto::Wipe(*plain);
  if (!kept.ok()) return absl::DataLossError(kept.status().message());
  return kept;
}

}  // namespace sluis::core
