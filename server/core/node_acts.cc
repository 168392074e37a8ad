#include "server/core/node_acts.h"

#include <map>
#include <set>

#include "crypto/hash.h"
#include "server/authn/user_request.h"
#include "server/core/erase_shares.h"
#include "server/core/erasure.h"
#include "server/core/held_manifest.h"
#include "server/core/refusal.h"
#include "server/core/register_users.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"
#include "sluis/record/v1/ledger.pb.h"

namespace sluis::core {
namespace {

// Acts that no API method asks for.
const Method& NodeMethod(const char* name) {
  static const auto& methods = *new std::map<std::string, Method, std::less<>>{
      {"Node.RecordTerms", {"Node.RecordTerms", node::v1::METHOD_CLASS_ADMIN}},
      {"Node.RegisterFirstAdministrator",
       {"Node.RegisterFirstAdministrator", node::v1::METHOD_CLASS_ADMIN}},
      {"Node.ErasePastRetention", {"Node.ErasePastRetention", node::v1::METHOD_CLASS_DATA}},
      {"Node.ForgetImports", {"Node.ForgetImports", node::v1::METHOD_CLASS_ADMIN}},
      {"Node.EraseAgain", {"Node.EraseAgain", node::v1::METHOD_CLASS_ADMIN}},
      {"Node.RecordRestore", {"Node.RecordRestore", node::v1::METHOD_CLASS_ADMIN}}};
  return methods.find(name)->second;
}

absl::Status Done(std::span<const ledger::Logged>) { return absl::OkStatus(); }

// Adds that the node erases a record by itself, and what that does to its exchanges.
absl::StatusOr<ErasedShares> AddErasedByNode(const Call& call, const View& view,
                                             const Erasable& record, Plan& plan) {
  const size_t at = plan.effects.size();
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
  AddErasure(call, record, effect);
  return AddErasedShares(call, view, record.row.record_id(), {}, plan, at);
}

// Records whose keys are among these.
absl::StatusOr<std::vector<std::string>> RecordsUnder(const View& view,
                                                      const std::set<std::string_view>& keys) {
  std::vector<std::string> records;
  const absl::Status visited =
      view.VisitRecordsNewestFirst({}, [&](std::string_view, std::string_view record_id) {
        const auto row = view.ReadRecordRow(record_id);
        if (row.ok() && keys.contains(row->key_id())) records.emplace_back(record_id);
        return true;
      });
  if (!visited.ok()) return visited;
  return records;
}

}  // namespace

std::string TermsRowOf(const Terms& terms) {
  record::v1::TermsRow row;
  row.set_configuration_digest(std::string(crypto::View(terms.configuration_digest)));
  row.set_effective_pack_digest(std::string(crypto::View(terms.packs.digests().effective)));
  row.set_manifest_version(terms.manifest_version);
  if (terms.manifest) {
    row.set_manifest_digest(std::string(crypto::View(terms.manifest->manifest.digest)));
  }
  if (terms.protocol) {
    row.set_protocol_digest(std::string(crypto::View(terms.protocol->protocol().digest)));
    const crypto::Hash& signatures = terms.protocol->signatures_digest();
    if (signatures != crypto::Hash{}) {
      row.set_protocol_signatures_digest(std::string(crypto::View(signatures)));
    }
  }
  return row.SerializeAsString();
}

absl::StatusOr<bool> TermsRecorded(const View& view, const Terms& terms) {
  absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), TermsKey());
  if (!row.ok()) return row.status();
  return row->stamp != ledger::kAbsent && row->value == TermsRowOf(terms);
}

const Method& RecordTerms::method() const { return NodeMethod("Node.RecordTerms"); }

absl::StatusOr<Plan> RecordTerms::Decide(const Call& call, View& view) {
  absl::StatusOr<uint64_t> stamp = view.StampOf(TermsKey());
  if (!stamp.ok()) return stamp.status();
  Plan plan;
  // An entry speaks under the terms that it brings into force.
  const auto add = [&](const std::shared_ptr<const Terms>& terms, const std::string& row) {
    Call under_new_terms = call;
    under_new_terms.terms = terms;
    Effect& effect = plan.effects.emplace_back();
    effect.entry =
        EntryOf(under_new_terms, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    effect.entry.act.set_object_digest(std::string(crypto::View(crypto::Sha256(row))));
  };
  for (const auto& manifest : between_) {
    auto step = std::make_shared<Terms>(*terms_);
    TakeManifest(manifest, *step);
    const std::string row = TermsRowOf(*step);
    add(std::move(step), row);
  }
  const std::string row = TermsRowOf(*terms_);
  add(terms_, row);
  // In the last one alone: every effect is held to the stamp of the terms in memory, which would
  // not stand any more after one that wrote this row.
  Effect& effect = plan.effects.back();
  effect.preconditions.push_back({TermsKey(), *stamp});
  effect.rows.push_back({TermsKey(), row});
  absl::Status manifest = AddManifest(view, *terms_, between_, effect);
  if (!manifest.ok()) return manifest;
  plan.reply = Done;
  return plan;
}

const Method& RegisterFirstAdministrator::method() const {
  return NodeMethod("Node.RegisterFirstAdministrator");
}

absl::StatusOr<Plan> RegisterFirstAdministrator::Decide(const Call& call, View& view) {
  absl::StatusOr<record::v1::User> user = authn::VerifyUserRequest(request_);
  if (!user.ok()) return user.status();
  bool anyone = false;
  absl::Status visited = view.VisitUsers([&anyone](const record::v1::User&) {
    anyone = true;
    return false;
  });
  if (!visited.ok()) return visited;
  if (anyone) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_first",
                              "this node has users already; an administrator adds the next", ""});
  }
  Plan plan;
  plan.effects.push_back(RegistrationOf(call, *std::move(user), true, ledger::kAbsent));
  plan.reply = Done;
  return plan;
}

absl::StatusOr<std::vector<std::string>> RecordsPastRetention(const View& view,
                                                              const std::string& today,
                                                              size_t most) {
  std::vector<std::string> due;
  absl::Status fault = absl::OkStatus();
  absl::Status visited =
      view.VisitRecordsNewestFirst({}, [&](std::string_view, std::string_view record_id) {
        absl::StatusOr<record::v1::StoredRecord> row = view.ReadRecordRow(record_id);
        // One row that cannot be read must not keep the others past their day.
        if (!row.ok()) {
          if (!absl::IsNotFound(row.status())) fault = row.status();
          return true;
        }
        if (row->retention_until() >= today || row->has_hold() ||
            row->state() == record::v1::RECORD_STATE_ERASED) {
          return true;
        }
        // Where the keys went with an erasure that was applied again, nothing is left to erase.
        absl::Status opened = view.OpenRecord(record_id).status();
        if (absl::IsNotFound(opened)) return true;
        // What cannot be erased is told when nothing else is due, and takes nobody's place.
        if (!opened.ok()) opened = FindErasable(view, record_id).status();
        if (!opened.ok()) {
          fault = std::move(opened);
          return true;
        }
        due.emplace_back(record_id);
        return due.size() < most;
      });
  if (!visited.ok()) return visited;
  if (due.empty() && !fault.ok()) return fault;
  return due;
}

const Method& ErasePastRetention::method() const { return NodeMethod("Node.ErasePastRetention"); }

absl::StatusOr<Plan> ErasePastRetention::Decide(const Call& call, View& view) {
  absl::StatusOr<Erasable> record = FindErasable(view, record_id_);
  if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
  // A row that stands alone says nothing by leaving its day out.
  if (!record.ok() || record->row.has_hold() || record->row.retention_until() >= call.today ||
      (!record->opened && !storage::IsDay(record->row.retention_until()))) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "the record is not due for erasure", ""});
  }
  Plan plan;
  const absl::StatusOr<ErasedShares> shares = AddErasedByNode(call, view, *record, plan);
  if (!shares.ok()) return shares.status();
  plan.reply = [shares = *shares](std::span<const ledger::Logged>) { return shares.status(); };
  return plan;
}

const Method& ForgetImports::method() const { return NodeMethod("Node.ForgetImports"); }

absl::StatusOr<Plan> ForgetImports::Decide(const Call& call, View&) {
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  for (const std::string& key : keys_) effect.rows.push_back({key, std::nullopt});
  plan.reply = Done;
  return plan;
}

const Method& EraseAgain::method() const { return NodeMethod("Node.EraseAgain"); }

absl::StatusOr<Plan> EraseAgain::Decide(const Call& call, View& view) {
  Plan plan;
  std::set<std::string_view> left;
  for (const ledger::KeyRef& key : keys_) left.insert(crypto::View(key.key_id));
  const absl::StatusOr<std::vector<std::string>> records = RecordsUnder(view, left);
  if (!records.ok()) return records.status();
  for (const std::string& id : *records) {
    const absl::StatusOr<Erasable> record = FindErasable(view, id);
    if (!record.ok()) continue;
    left.erase(crypto::View(record->key.key_id));
    if (plan.effects.size() >= kMostAgain) continue;
    if (record->identity) left.erase(crypto::View(record->identity->key_id));
    if (record->one_time) left.erase(crypto::View(record->one_time->key_id));
    const absl::Status added = AddErasedByNode(call, view, *record, plan).status();
    if (!added.ok()) return added;
  }
  std::vector<ledger::KeyRef> rest;
  for (const ledger::KeyRef& key : keys_) {
    if (left.contains(crypto::View(key.key_id))) rest.push_back(key);
  }
  if (!rest.empty()) {
    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
    effect.erase = std::move(rest);
  }
  plan.reply = Done;
  return plan;
}

const Method& RecordRestore::method() const { return NodeMethod("Node.RecordRestore"); }

absl::StatusOr<Plan> RecordRestore::Decide(const Call& call, View&) {
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_reason("checkpoint size " + std::to_string(checkpoint_.size) +
                              ", made at us " + std::to_string(checkpoint_.made_at_us));
  effect.entry.act.set_object_digest(std::string(crypto::View(crypto::Sha256(checkpoint_.note))));
  plan.reply = Done;
  return plan;
}

const Method& RecordBackup::method() const {
  static const Method& method = MethodNamed("RegisterService.CreateBackup");
  return method;
}

absl::StatusOr<Plan> RecordBackup::Decide(const Call& call, View&) {
  Plan plan;
  plan.effects.emplace_back().entry =
      EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  plan.reply = [this](std::span<const ledger::Logged> logged) {
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
