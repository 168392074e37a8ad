#include "server/core/release_again.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/authn/mandate.h"
#include "server/core/identity_kinds.h"
#include "server/core/release_question.h"
#include "server/core/share_draft.h"
#include "server/core/shared_identity.h"
#include "server/core/shared_tags.h"
#include "server/core/subject_identity.h"
#include "server/envelope/content.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/offered_identity.h"
#include "server/envelope/terms.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr char kExpired[] = "expired";
constexpr char kUpdate[] = "update";
constexpr char kRecord[] = "record";
constexpr char kPerson[] = "person";
constexpr char kRule[] = "rule";

absl::Status Unreadable() {
  return absl::DataLossError("a stored exchange cannot be read; run the node's doctor");
}

// Whether the Offer still says of the partnership what is in force.
bool OfferedUnder(const Terms& terms, const peer::v1::Binding& offer) {
  if (!terms.manifest || !terms.may_exchange || offer.partnership() != terms.partnership ||
      offer.exercise() != terms.exercise || offer.packs_size() != 2) {
    return false;
  }
  const partnership::Manifest& manifest = terms.manifest->manifest;
  return offer.packs(0).digest() == crypto::View(manifest.statutory_pack) &&
         offer.packs(1).digest() == crypto::View(manifest.partnership_pack) &&
         manifest.Find(offer.recipient()) != nullptr;
}

// Whether the person is still registered, and the mandate under which they signed still in force.
// It was verified when it was stored.
absl::StatusOr<bool> PersonStands(const Call& call, const View& view, const std::string& user_id,
                                  const peer::v1::UserSignature& signature) {
  absl::StatusOr<ledger::Row> user = ledger::ReadRow(view.snapshot(), UserKey(user_id));
  if (!user.ok()) return user.status();
  record::v1::User registered;
  if (user->stamp == ledger::kAbsent || !registered.ParseFromString(user->value) ||
      registered.state() != record::v1::USER_STATE_ACTIVE) {
    return false;
  }
  absl::StatusOr<std::optional<record::v1::SignedMandateStatus>> list = view.ReadMandateStatus();
  if (!list.ok()) return list.status();
  record::v1::Mandate mandate;
  record::v1::MandateStatus status;
  if (!mandate.ParseFromString(signature.mandate().mandate())) return Unreadable();
  if (*list && !status.ParseFromString((*list)->status())) return Unreadable();
  return mandate.signing_key() == registered.signing_key() &&
         authn::InForce(mandate, status, call.now_us);
}

// Whether this version of the record may still go.
bool RecordStands(const OpenedRecord& record, const record::v1::SentExchange& row) {
  return record.row.state() == record::v1::RECORD_STATE_OPEN &&
         record.row.version() == row.record_version() && !RefuseOnward(record.body);
}

// Why who it is about may not go, where that was offered: it is there no more, or what was sealed
// holds a number of a kind that is not used any more. Empty when it may.
absl::StatusOr<std::string> IdentityStoppedBy(const Call& call, const View& view,
                                              const OpenedRecord& record,
                                              const record::v1::SentExchange& row,
                                              const peer::v1::Offer& offer,
                                              const peer::v1::Terms& terms) {
  if (!envelope::NamesIdentity(terms.conditions().fields())) return std::string();
  const absl::StatusOr<crypto::DataKey> key = OpenIdentityKey(view, record.row, row);
  if (absl::IsNotFound(key.status())) return kRecord;
  if (!key.ok()) return key.status();
  absl::StatusOr<record::v1::SubjectIdentity> offered = envelope::OpenOfferedIdentity(*key, offer);
  if (!offered.ok()) return Unreadable();
  const bool unused = HoldsUnused(*offered, IdentityKindsOn(*call.terms, call.today));
  WipeIdentity(*offered);
  return unused ? kRule : std::string();
}

// Whether the tags that go along may still: their kinds are used and cross, and their keys may be
// used for that purpose. They are read where they travel.
absl::StatusOr<bool> TagsStand(const Call& as_person, const View& view, const OpenedRecord& record,
                               const record::v1::SentExchange& row, const peer::v1::Offer& offer) {
  const auto& kinds = row.tag_kinds();
  if (kinds.empty()) return true;
  if (!std::all_of(kinds.begin(), kinds.end(),
                   [&as_person](const std::string& kind) { return MayCross(as_person, kind); })) {
    return false;
  }
  const absl::StatusOr<SealedShare> share = OpenShare(record.keys.data, row);
  if (!share.ok()) return share.status();
  const absl::StatusOr<peer::v1::OfferedContent> content = envelope::OpenContent(share->key, offer);
  if (!content.ok()) return Unreadable();
  const absl::StatusOr<std::vector<KeyForTags>> usable =
      KeysForTags(as_person, view, as_person.purpose);
  if (!usable.ok()) return usable.status();
  return std::all_of(content->tags().begin(), content->tags().end(), [&](const auto& tag) {
    return std::any_of(usable->begin(), usable->end(),
                       [&tag](const KeyForTags& key) { return key.key_id == tag.key_id(); });
  });
}

Call AsPerson(const Call& call, const record::v1::ShareContext& context) {
  Call as_person = call;
  as_person.role = context.role();
  as_person.purpose = context.purpose();
  as_person.basis = context.basis();
  as_person.case_ref = context.case_ref();
  return as_person;
}

}  // namespace

absl::StatusOr<bool> PeopleStanding::Stands(const Call& call, const View& view,
                                            const std::string& user_id,
                                            const peer::v1::UserSignature& signature) {
  const auto person = std::pair(user_id, signature.mandate().mandate());
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(person);
    if (found != known_.end()) return found->second;
  }
  const absl::StatusOr<bool> stands = PersonStands(call, view, user_id, signature);
  if (!stands.ok()) return stands;
  const std::lock_guard lock(mutex_);
  known_.emplace(person, *stands);
  return stands;
}

absl::StatusOr<ReleaseAgain> AskAgain(const Call& call, const View& view,
                                      const record::v1::SentExchange& row,
                                      const peer::v1::Offer& offer, PeopleStanding* people) {
  ReleaseAgain again;
  again.as_person = call;
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(row.record_id());
  if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
  if (!record.ok()) {
    again.stopped_by = kRecord;
    return again;
  }
  again.act.record = *std::move(record);
  const OpenedRecord& opened = *again.act.record;
  absl::StatusOr<record::v1::ShareContext> context = OpenContext(opened.keys.data, row);
  if (!context.ok()) return context.status();
  peer::v1::Terms terms;  // in their one encoding, as they were stored
  if (!terms.ParseFromString(offer.terms())) return Unreadable();
  again.as_person = AsPerson(call, *context);

  if (row.expires_at_s() * kSecondUs <= call.now_us) {
    again.stopped_by = kExpired;
  } else if (!OfferedUnder(*call.terms, offer.binding())) {
    again.stopped_by = kUpdate;
  } else if (!RecordStands(opened, row)) {
    again.stopped_by = kRecord;
  }
  if (!again.permitted()) return again;
  absl::StatusOr<std::string> identity = IdentityStoppedBy(call, view, opened, row, offer, terms);
  if (!identity.ok()) return identity.status();
  again.stopped_by = *std::move(identity);
  if (!again.permitted()) return again;
  const absl::StatusOr<bool> tags = TagsStand(again.as_person, view, opened, row, offer);
  if (!tags.ok()) return tags.status();
  if (!*tags) {
    again.stopped_by = kRule;
    return again;
  }
  PeopleStanding alone;
  absl::StatusOr<bool> person =
      (people != nullptr ? *people : alone).Stands(call, view, context->user_id(), offer.user());
  if (!person.ok()) return person.status();
  if (!*person) {
    again.stopped_by = kPerson;
    return again;
  }

  RecordFacts facts = FactsOf(call, opened);
  facts.author_is_caller = opened.body.recorded_by() == context->user_id();
  again.act.answer = AskRelease(again.as_person,
                                {.record = facts,
                                 .recipient = call.terms->manifest->manifest.Find(row.recipient()),
                                 .recipient_role = context->recipient_role()});
  const auto conditions = ConditionsOf(again.as_person, again.act);
  // What was signed and offered cannot be made stricter any more: the person shares it anew.
  if (!again.act.answer.permitted() || !conditions ||
      !envelope::AtLeastAsStrict(terms.conditions(), *conditions)) {
    again.stopped_by = kRule;
  }
  return again;
}

}  // namespace sluis::core
