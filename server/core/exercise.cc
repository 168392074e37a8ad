#include "server/core/exercise.h"

#include "server/core/asked_evaluation.h"
#include "server/core/erasure.h"
#include "server/core/outbox.h"
#include "server/core/quarantine.h"
#include "server/core/received_exchange.h"
#include "server/core/refusal.h"
#include "server/core/sealing_key.h"
#include "server/core/sent_exchange.h"
#include "server/core/task_rows.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

constexpr std::string_view kKindExercise = "exercise";
constexpr std::string_view kErased = "erased";

// The one-time key by which an exchange would be opened, with its row: all exchanges that it is for
// go likewise.
absl::Status AddOneTimeKey(const Call& call, const View& view, const std::string& public_key,
                           Effect& effect) {
  const absl::StatusOr<HeldSealingKey> held = ReadSealingKey(view, public_key);
  if (absl::IsNotFound(held.status())) return absl::OkStatus();
  if (!held.ok()) return held.status();
  effect.rows.push_back({SealingKeyKey(public_key), std::nullopt});
  const absl::Status there = view.keyring().Unwrap(view.snapshot(), held->ref).status();
  if (absl::IsNotFound(there)) return absl::OkStatus();
  if (!there.ok()) return there;
  effect.erase.push_back(held->ref);
  effect.entry.act.set_erased_everywhere_on(
      storage::AddDays(call.today, call.terms->key_copy_days + 1));
  return absl::OkStatus();
}

// Everything that is kept of an exchange of that id; false when there is none.
absl::StatusOr<bool> AddExchange(const Call& call, const View& view, const std::string& id,
                                 Effect& effect) {
  const absl::StatusOr<SentRow> sent = ReadSent(view, id);
  if (sent.ok()) {
    const record::v1::SentExchange& row = sent->row;
    effect.entry.counterpart =
        SenderPart(row, call.terms->partnership, kKindExercise, row.offer_digest(), kErased);
    effect.preconditions.push_back({SentKey(id), sent->stamp});
    for (std::string key :
         {SentKey(id), SentOfKey(row.record_id(), id), OutboxKey(row.recipient(), id)}) {
      effect.rows.push_back({std::move(key), std::nullopt});
    }
    return true;
  }
  if (!absl::IsNotFound(sent.status())) return sent.status();
  const absl::StatusOr<ReceivedRow> received = ReadReceived(view, id);
  if (absl::IsNotFound(received.status())) return false;
  if (!received.ok()) return received.status();
  const record::v1::ReceivedExchange& row = received->row;
  effect.entry.counterpart =
      ReceiverPart(row, call.terms->partnership, kKindExercise, row.offer_digest(), kErased);
  effect.preconditions.push_back({ReceivedKey(id), received->stamp});
  for (std::string key : {ReceivedKey(id), ReceivedOrderKey(row.received_at_us(), id),
                          OutboxKey(row.sender(), id), QuarantineKey(call.today, row)}) {
    effect.rows.push_back({std::move(key), std::nullopt});
  }
  const absl::Status one_time = AddOneTimeKey(call, view, row.sealing_key(), effect);
  if (!one_time.ok()) return one_time;
  return true;
}

// A Notice, an evaluation that was begun here, a task, an exchange or a record, whichever has that
// id. What went with an erasure that was applied again leaves the mark only.
absl::Status AddMarked(const Call& call, const View& view, const std::string& id, Effect& effect) {
  const absl::StatusOr<ledger::Row> mark = ledger::ReadRow(view.snapshot(), ExerciseKey(id));
  if (!mark.ok()) return mark.status();
  if (!mark->value.empty()) {
    for (std::string key : {OutboxKey(mark->value, id), ExerciseKey(id)}) {
      effect.rows.push_back({std::move(key), std::nullopt});
    }
    return absl::OkStatus();
  }
  const absl::StatusOr<AskedRow> asked = ReadAsked(view, id);
  if (!asked.ok() && !absl::IsNotFound(asked.status())) return asked.status();
  if (asked.ok()) {
    // On no condition: it may go with a record of the same plan.
    const absl::StatusOr<Forgotten> forgotten = ForgottenOf(view, id, *asked);
    if (!forgotten.ok()) return forgotten.status();
    effect.entry.counterpart = AboutRequest(call, id, kKindPersons, kErased);
    AddForgotten(call, *forgotten, effect);
    effect.rows.push_back({ExerciseKey(id), std::nullopt});
    return absl::OkStatus();
  }
  const absl::StatusOr<TaskRow> task = ReadTask(view, id);
  if (task.ok()) {
    DropTask(*task, effect);
    return absl::OkStatus();
  }
  if (!absl::IsNotFound(task.status())) return task.status();
  const absl::StatusOr<bool> exchange = AddExchange(call, view, id, effect);
  if (!exchange.ok()) return exchange.status();
  if (!*exchange) {
    absl::StatusOr<Erasable> record = FindErasable(view, id);
    if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
    if (record.ok()) {
      record->exchange.reset();  // it has a mark of its own
      AddErasure(call, *record, effect);
      return absl::OkStatus();
    }
  }
  effect.rows.push_back({ExerciseKey(id), std::nullopt});
  return absl::OkStatus();
}

}  // namespace

const Method& EraseExercise::method() const {
  static const Method& method = *new Method{"Node.EraseExercise", node::v1::METHOD_CLASS_DATA};
  return method;
}

absl::StatusOr<Plan> EraseExercise::Decide(const Call& call, View& view) {
  if (!call.terms->active()) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "the partnership is not active; nothing of an exercise ends", ""});
  }
  Plan plan;
  absl::Status fault = absl::OkStatus();
  for (const std::string& id : ids_) {
    Effect effect;
    effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
    const absl::Status added = AddMarked(call, view, id, effect);
    if (added.ok()) plan.effects.push_back(std::move(effect));
    fault.Update(added);
  }
  if (plan.effects.empty()) return fault;
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

}  // namespace sluis::core
