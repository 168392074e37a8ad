#include "server/core/open_identity.h"

#include <algorithm>
#include <utility>

#include "server/core/received_exchange.h"
#include "server/core/record_act.h"
#include "server/core/subject_identity.h"

namespace sluis::core {
bool GrantsIdentity(const policies::Decision& decision) {
  return std::any_of(decision.granted.begin(), decision.granted.end(),
                     [](const policies::GrantedField& field) {
                       return field.name == kIdentityField &&
                              field.treatment.kind == policies::Treatment::Kind::kKeep;
                     });
}

absl::StatusOr<std::optional<crypto::DataKey>> ReadKeyOfIdentity(
    const View& view, const record::v1::StoredRecord& row) {
  if (!row.has_identity()) return std::nullopt;
  const record::v1::SealedIdentity& sealed = row.identity();
  const absl::StatusOr<crypto::FixedBytes<16>> key_id = crypto::ToFixed<16>(sealed.key_id());
  if (!key_id.ok()) {
    return absl::DataLossError("a stored identity cannot be read; run the node's doctor");
  }
  absl::StatusOr<ledger::RecordKeys> keys =
      view.keyring().Unwrap(view.snapshot(), {sealed.bucket(), *key_id});
  // Destroyed since, by an erasure that was applied again after a restore.
  if (absl::IsNotFound(keys.status())) return std::nullopt;
  if (!keys.ok()) return keys.status();
  return std::move(keys->data);
}

absl::StatusOr<std::optional<OpenedIdentity>> ReadIdentity(const View& view,
                                                           const record::v1::StoredRecord& row) {
  absl::StatusOr<std::optional<crypto::DataKey>> key = ReadKeyOfIdentity(view, row);
  if (!key.ok()) return key.status();
  if (!key->has_value()) return std::nullopt;
  absl::StatusOr<record::v1::SubjectIdentity> identity =
      UnsealIdentity(**key, row.record_id(), row.identity().sealed());
  if (!identity.ok()) return identity.status();
  return OpenedIdentity{*std::move(identity), *std::move(*key)};
}

const Method& OpenIdentity::method() const {
  static const Method& method = MethodNamed("SignalService.OpenIdentity");
  return method;
}

absl::StatusOr<Plan> OpenIdentity::Decide(const Call& call, View& view) {
  const absl::StatusOr<std::string> record = RecordNamed(view, request_.record_id());
  if (!record.ok()) return record.status();
  auto asked = AskAbout(call, view, *record, "read");
  if (!asked.ok()) return asked.status();
  if (auto* refused = std::get_if<Plan>(&*asked)) return std::move(*refused);
  const RecordAct& act = std::get<RecordAct>(*asked);
  if (!GrantsIdentity(act.answer.decision)) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kPermissionDenied, "identity_not_granted",
                        "no rule lets you read who this is about; ask who wrote it down", ""},
                       record::v1::OUTCOME_DENIED);
  }
  if (act.record->row.state() != record::v1::RECORD_STATE_OPEN) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kFailedPrecondition, "withdrawn",
                        "the signal was taken back and is no longer read", ""});
  }
  absl::StatusOr<std::optional<OpenedIdentity>> identity = ReadIdentity(view, act.record->row);
  if (!identity.ok()) return identity.status();
  if (!identity->has_value()) {
    return RefuseAbout(
        call, act,
        {absl::StatusCode::kNotFound, "no_identity", "nobody wrote down who this is about", ""});
  }
  Plan plan;
  Effect& effect =
      plan.effects.emplace_back(EffectOf(call, act, record::v1::OPERATION_CONSULTATION));
  effect.entry.act.add_scope(kIdentityField);
  plan.reply = [this,
                person = std::move((*identity)->identity)](std::span<const ledger::Logged> logged) {
    *response_.mutable_identity() = person;
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
