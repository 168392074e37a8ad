#include "server/core/status_lists.h"

#include "crypto/hash.h"
#include "server/core/peer_act.h"
#include "server/envelope/receipt_proof.h"
#include "server/envelope/user_signature.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

constexpr std::string_view kKindStatus = "mandate-status";

absl::Status Unreadable() {
  return absl::DataLossError(
      "the list of revoked mandates of a partner cannot be read; run the node's doctor");
}

absl::Status Done(std::span<const ledger::Logged>) { return absl::OkStatus(); }

// Another list of the number that is held. No organisation id holds a zero byte.
std::string OtherStatusKey(std::string_view organisation) {
  return PartnerStatusKey(organisation) + std::string(1, '\0');
}

// The entry about a list, and a member: who handed it over, or whose two lists differ.
void Name(const Call& call, const std::string& organisation,
          const record::v1::SignedMandateStatus& list, Entry& entry) {
  const std::string digest(crypto::View(crypto::Sha256(list.status())));
  entry.act.set_object_digest(digest);
  record::v1::CounterpartPart part;
  part.set_side(std::string(envelope::kSideReceiver));
  part.set_kind(std::string(kKindStatus));
  part.set_peer(organisation);
  part.set_partnership(call.terms->partnership);
  part.set_message_digest(digest);
  entry.counterpart = part.SerializeAsString();
}

}  // namespace

std::string PartnerStatusKey(std::string_view organisation) {
  return ledger::RowKey(ledger::Table::kPartnerStatus, organisation);
}

absl::StatusOr<bool> ListsDiffer(const View& view, std::string_view organisation) {
  const absl::StatusOr<uint64_t> stamp = view.StampOf(OtherStatusKey(organisation));
  if (!stamp.ok()) return stamp.status();
  return *stamp != ledger::kAbsent;
}

absl::StatusOr<record::v1::MandateStatus> ReadPartnerStatus(View& view,
                                                            std::string_view organisation) {
  const std::string key = PartnerStatusKey(organisation);
  absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), key);
  if (!row.ok()) return row.status();
  view.Require({key, row->stamp});
  record::v1::MandateStatus status;
  status.set_organisation(std::string(organisation));
  if (row->stamp == ledger::kAbsent) return status;
  record::v1::SignedMandateStatus held;
  if (!held.ParseFromString(row->value) || !status.ParseFromString(held.status()) ||
      status.organisation() != organisation) {
    return Unreadable();
  }
  return status;
}

std::vector<crypto::PublicKey> MandateKeysOf(const partnership::Member& member,
                                             std::string_view day) {
  std::vector<crypto::PublicKey> keys;
  for (const partnership::Key* key : member.KeysFor(crypto::KeyPurpose::kMandate, day)) {
    keys.push_back(key->public_key);
  }
  return keys;
}

crypto::Hash JudgedBy(const record::v1::SignedMandateStatus& status, const Terms& terms,
                      std::string_view day) {
  std::string heard = status.status() + status.signature();
  crypto::AppendU64(heard, terms.stamp);
  heard.push_back(terms.may_exchange ? 1 : 0);
  heard += day;
  return crypto::Sha256(heard);
}

absl::StatusOr<std::vector<HeldStatus>> HeldStatuses(const View& view) {
  const std::string prefix = ledger::RowKey(ledger::Table::kPartnerStatus, "");
  std::vector<HeldStatus> held;
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        const absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
        HeldStatus one;
        record::v1::MandateStatus status;
        if (!row.ok() || !one.list.ParseFromString(row->value) ||
            !status.ParseFromString(one.list.status()) ||
            status.organisation() != key.substr(prefix.size())) {
          return true;
        }
        one.organisation = status.organisation();
        one.number = status.number();
        held.push_back(std::move(one));
        return true;
      });
  if (!scanned.ok()) return scanned;
  return held;
}

std::optional<std::string> OrganisationOf(const record::v1::SignedMandateStatus& status) {
  record::v1::MandateStatus said;
  if (!said.ParseFromString(status.status()) || said.organisation().empty()) return std::nullopt;
  return said.organisation();
}

const Method& PutPartnerStatus::method() const {
  static const Method& method = MethodNamed("PeerService.Heartbeat");
  return method;
}

absl::StatusOr<Plan> PutPartnerStatus::Decide(const Call& call, View& view) {
  const partnership::Manifest& manifest = call.terms->manifest->manifest;
  const partnership::Member* member = manifest.Find(organisation_);
  if (member == nullptr || sender_ != call.peer || organisation_ == call.terms->organisation) {
    return RefusePeer(call, absl::StatusCode::kPermissionDenied, "no_partner");
  }
  envelope::UserSignatureVerifier verifier(manifest.partnership, organisation_,
                                           MandateKeysOf(*member, call.today), call.signatures);
  const absl::StatusOr<record::v1::MandateStatus> status = verifier.Status(status_);
  if (!status.ok()) return RefusePeer(call, absl::StatusCode::kPermissionDenied, "signature");
  const absl::StatusOr<record::v1::MandateStatus> held = ReadPartnerStatus(view, organisation_);
  if (!held.ok()) return held.status();
  Plan plan;
  plan.reply = Done;
  if (status->number() == held->number() &&
      status->SerializeAsString() != held->SerializeAsString()) {
    plan = RefusePeer(call, absl::StatusCode::kPermissionDenied, "status_differs");
    Name(call, organisation_, status_, plan.effects[0].entry);
    const absl::StatusOr<bool> known = ListsDiffer(view, organisation_);
    if (!known.ok()) return known.status();
    if (!*known) {
      plan.effects[0].rows.push_back({OtherStatusKey(organisation_), status_.SerializeAsString()});
    }
    return plan;
  }
  if (status->number() <= held->number()) return plan;

  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  Name(call, sender_, status_, effect.entry);
  effect.rows.push_back({PartnerStatusKey(organisation_), status_.SerializeAsString()});
  const absl::StatusOr<bool> differed = ListsDiffer(view, organisation_);
  if (!differed.ok()) return differed.status();
  if (*differed) effect.rows.push_back({OtherStatusKey(organisation_), std::nullopt});
  return plan;
}

}  // namespace sluis::core
