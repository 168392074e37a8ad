#include "server/core/share_signal.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/core/outbox.h"
#include "server/core/person_statement.h"
#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "server/core/set_aside_head.h"
#include "server/core/share_draft.h"
#include "server/core/shared_identity.h"
#include "server/core/task_rows.h"
#include "server/core/task_sources.h"
#include "server/envelope/content.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/form.h"
#include "server/envelope/leaf.h"
#include "server/envelope/offered_identity.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/terms.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr std::string_view kKindIntent = "intent";
constexpr int kMaxSalts = 32;
constexpr size_t kMaxKindBytes = 64;

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

Refusal BadRequest(const char* what, const char* field) {
  return {absl::StatusCode::kInvalidArgument, "bad_request", what, field};
}

Refusal Changed() {
  return {absl::StatusCode::kAborted, "changed_since_preview",
          "the signal or the rules changed since the preview; look at it again and sign that",
          "version"};
}

// What the person's machine drew, read.
struct Drawn {
  envelope::ExchangeId exchange{};
  std::vector<envelope::FieldSalt> salts;
};

std::variant<Drawn, Refusal> ReadDrawn(const node::v1::ShareSignalRequest& request) {
  Drawn drawn;
  const auto exchange = crypto::ToFixed<envelope::kExchangeIdBytes>(request.exchange_id());
  if (!exchange.ok()) return BadRequest("draw an exchange id of 16 random bytes", "exchange_id");
  drawn.exchange = *exchange;
  if (!envelope::AreSortedCodes(request.tag_kinds(), envelope::kMaxShareTags, kMaxKindBytes)) {
    return BadRequest("name kinds of tags as previewed, sorted, each once", "tag_kinds");
  }
  if (request.salts_size() > kMaxSalts) return BadRequest("draw one salt per field", "salts");
  for (const std::string& bytes : request.salts()) {
    const auto salt = crypto::ToFixed<32>(bytes);
    if (!salt.ok()) return BadRequest("draw salts of 32 random bytes", "salts");
    drawn.salts.push_back(*salt);
  }
  return drawn;
}

// What the person committed to, made again from the content as it would travel now.
std::vector<peer::v1::FieldCommitment> Commitments(const ShareDraft& draft, const Drawn& drawn) {
  std::vector<peer::v1::FieldCommitment> fields;
  for (size_t i = 0; i < drawn.salts.size(); ++i) {
    const std::string& name = draft.terms.conditions().fields(static_cast<int>(i));
    const std::string value =
        draft.identity != nullptr && name == envelope::kIdentityField
            ? envelope::IdentityValue(draft.identity->identity)
            : envelope::FieldValue(draft.content, name).value_or(std::string());
    peer::v1::FieldCommitment& field = fields.emplace_back();
    field.set_name(name);
    field.set_commitment(
        Text(envelope::FieldCommitmentOf(drawn.exchange, name, drawn.salts[i], value)));
  }
  return fields;
}

void AddPack(const char* layer, const crypto::Hash& digest, peer::v1::Binding& binding) {
  record::v1::PackDigest& pack = *binding.add_packs();
  pack.set_layer(layer);
  pack.set_digest(Text(digest));
}

// The Offer without its ciphertext and what follows from that.
peer::v1::Offer BeginOffer(const Call& call, const ShareDraft& draft,
                           const envelope::ExchangeId& exchange) {
  peer::v1::Offer offer;
  peer::v1::Binding& binding = *offer.mutable_binding();
  offer.set_terms(draft.terms.SerializeAsString());
  binding.set_kind(peer::v1::ENVELOPE_KIND_OFFER);
  binding.set_partnership(call.terms->partnership);
  binding.set_sender(call.terms->organisation);
  binding.set_recipient(draft.recipient->organisation);
  binding.set_exchange_id(std::string(crypto::View(exchange)));
  binding.set_terms_digest(Text(envelope::TermsDigest(offer.terms())));
  const partnership::Manifest& manifest = call.terms->manifest->manifest;
  AddPack("statutory", manifest.statutory_pack, binding);
  AddPack("partnership", manifest.partnership_pack, binding);
  binding.set_exercise(call.terms->exercise);
  return offer;
}

// The salt of who it is about lies with that and nowhere else: with it and the commitment, which
// stays, a person could be guessed.
struct Salts {
  std::vector<envelope::FieldSalt> content;
  envelope::FieldSalt identity{};
};

Salts SaltsOf(const ShareDraft& draft, const Drawn& drawn) {
  Salts salts;
  for (size_t i = 0; i < drawn.salts.size(); ++i) {
    const std::string& name = draft.terms.conditions().fields(static_cast<int>(i));
    if (draft.identity != nullptr && name == envelope::kIdentityField) {
      salts.identity = drawn.salts[i];
    } else {
      salts.content.push_back(drawn.salts[i]);
    }
  }
  return salts;
}

absl::Status SealInto(const ShareDraft& draft, const SealedShare& share, crypto::Random& random,
                      peer::v1::Offer& offer) {
  const crypto::DataKey& key = share.key;
  peer::v1::Binding& binding = *offer.mutable_binding();
  binding.set_key_commitment(Text(envelope::KeyCommitment(key, binding.exchange_id())));
  peer::v1::OfferedContent content;
  *content.mutable_content() = draft.content;
  for (const envelope::FieldSalt& salt : share.salts) content.add_salts(Text(salt));
  for (const peer::v1::ShareTag& tag : draft.tags.tags) *content.add_tags() = tag;
  absl::StatusOr<crypto::Bytes> ciphertext = envelope::SealContent(key, binding, content, random);
  if (!ciphertext.ok()) return ciphertext.status();
  offer.set_ciphertext(*std::move(ciphertext));
  binding.set_ciphertext_digest(Text(crypto::Sha256(offer.ciphertext())));
  return absl::OkStatus();
}

// Who it is about, where it goes along: sealed under a key of its own, which the row keeps.
absl::Status SealIdentityInto(const ShareDraft& draft, const Salts& salts, crypto::Random& random,
                              peer::v1::Offer& offer, record::v1::SentExchange& row) {
  if (draft.identity == nullptr) return absl::OkStatus();
  const crypto::DataKey key = crypto::NewDataKey(random);
  absl::StatusOr<crypto::Bytes> sealed = envelope::SealOfferedIdentity(
      key, offer.binding(), draft.identity->identity, salts.identity, random);
  if (!sealed.ok()) return sealed.status();
  offer.set_identity(*std::move(sealed));
  row.set_sealed_identity_key(
      SealIdentityKey(draft.identity->key, offer.binding().exchange_id(), key, random));
  return absl::OkStatus();
}

record::v1::ShareContext ContextOf(const Call& call, const node::v1::ShareSignalRequest& request,
                                   const record::v1::UserStatement& statement) {
  record::v1::ShareContext context;
  context.set_user_id(call.caller->user_id);
  context.set_role(call.role);
  context.set_purpose(call.purpose);
  context.set_basis(call.basis);
  context.set_case_ref(call.case_ref);
  context.set_recipient_role(request.recipient_role());
  context.set_mandate_digest(statement.mandate_digest());
  return context;
}

void AddNewRows(const ShareDraft& draft, const record::v1::SentExchange& row, Effect& effect) {
  const std::string& id = row.exchange_id();
  RequireUnused(row.recipient(), id, effect);
  effect.rows.push_back({SentKey(id), row.SerializeAsString()});
  effect.rows.push_back({SentOfKey(draft.act.record->row.record_id(), id), std::string()});
  record::v1::OwedMessage owed;
  owed.set_kind(peer::v1::ENVELOPE_KIND_OFFER);
  owed.set_not_before_us(row.due_at_us());
  owed.set_case_token(draft.terms.case_token());
  effect.rows.push_back({OutboxKey(row.recipient(), id), owed.SerializeAsString()});
  if (row.exercise()) effect.rows.push_back({ExerciseKey(id), std::string()});
}

// Leaves those that the person named, as they were shown them. False when one of them is there no
// more.
bool KeepNamed(const envelope::Repeated<std::string>& named, ShareDraft& draft) {
  std::vector<peer::v1::ShareTag>& tags = draft.tags.tags;
  std::erase_if(tags, [&](const peer::v1::ShareTag& tag) {
    return std::find(named.begin(), named.end(), tag.kind()) == named.end();
  });
  if (tags.empty()) draft.tags.rests_on.clear();
  return tags.size() == static_cast<size_t>(named.size());
}

// The rules ask that the contributor be told: whoever shares in this role sees to it.
void AddTelling(const Call& call, const record::v1::SentExchange& row, crypto::Random& random,
                Effect& effect) {
  if (row.tell_contributor_until().empty()) return;
  record::v1::StoredTask task = NewTask(call, record::v1::TASK_KIND_TELL_CONTRIBUTOR, call.role,
                                        TellingDay(row.tell_contributor_until()), random);
  task.set_record_id(row.record_id());
  task.set_source(row.exchange_id());
  AddTask(task, effect);
}

}  // namespace

const Method& ShareSignal::method() const {
  static const Method& method = MethodNamed("ExchangeService.ShareSignal");
  return method;
}

absl::StatusOr<Plan> ShareSignal::Decide(const Call& call, View& view) {
  auto read = ReadDrawn(request_);
  if (auto* refusal = std::get_if<Refusal>(&read)) return RefusalPlan(call, std::move(*refusal));
  const Drawn& drawn = std::get<Drawn>(read);
  auto drafted = DraftShare(
      call, view,
      {request_.record_id(), request_.recipient(), request_.recipient_role(), request_.corrects()},
      tools_.case_key);
  if (!drafted.ok()) return drafted.status();
  if (auto* refused = std::get_if<Plan>(&*drafted)) return std::move(*refused);
  ShareDraft& draft = std::get<ShareDraft>(*drafted);
  const OpenedRecord& record = *draft.act.record;
  const auto refuse = [&](Refusal refusal) {
    return RefuseAbout(call, draft.act, std::move(refusal));
  };
  if (request_.version() != record.row.version() ||
      request_.salts_size() != draft.terms.conditions().fields_size() ||
      !KeepNamed(request_.tag_kinds(), draft)) {
    return refuse(Changed());
  }
  Effect effect = EffectOf(call, draft.act, record::v1::OPERATION_ADMINISTRATION);
  if (draft.earlier) effect.preconditions.push_back(*draft.earlier);
  if (!draft.tags.tags.empty()) effect.entry.act.add_scope(kTagsScope);
  effect.preconditions.insert(effect.preconditions.end(), draft.tags.rests_on.begin(),
                              draft.tags.rests_on.end());
  draft.terms.set_salt(Text(tools_.random.Array<envelope::kTermsSaltBytes>()));

  peer::v1::Offer offer = BeginOffer(call, draft, drawn.exchange);
  for (peer::v1::FieldCommitment& field : Commitments(draft, drawn)) {
    *offer.add_fields() = std::move(field);
  }
  auto verified = VerifyOwnStatement(
      call,
      {.statement = request_.statement(),
       .mandate = request_.mandate(),
       .action = "share",
       .audience = request_.recipient(),
       .audience_role = request_.recipient_role(),
       .item = {drawn.exchange, draft.terms.case_token(), envelope::FieldsRoot(offer.fields()),
                envelope::ConditionsDigest(draft.terms.conditions())},
       .place = request_.item(),
       .path = request_.path()});
  if (!verified.ok()) return verified.status();
  if (auto* refusal = std::get_if<Refusal>(&*verified)) return refuse(std::move(*refusal));
  OwnStatement& own = std::get<OwnStatement>(*verified);
  *offer.mutable_user() = std::move(own.signature);

  const absl::StatusOr<bool> used = IsUsed(view, request_.recipient(), request_.exchange_id());
  if (!used.ok()) return used.status();
  if (*used) {
    return refuse({absl::StatusCode::kAlreadyExists, "exchange_id_used",
                   "this exchange id was used before; draw another one and sign again",
                   "exchange_id"});
  }
  if (own.statement.expires_at_s() * kSecondUs <= draft.due_at_us) {
    return refuse({absl::StatusCode::kFailedPrecondition, "too_late",
                   "the signature ends before the cooling-off time is over; sign for longer",
                   "statement"});
  }
  record::v1::SentExchange row;
  Salts salts = SaltsOf(draft, drawn);
  const SealedShare share{crypto::NewDataKey(tools_.random), std::move(salts.content)};
  if (!SealInto(draft, share, tools_.random, offer).ok() ||
      !SealIdentityInto(draft, salts, tools_.random, offer, row).ok()) {
    return refuse({absl::StatusCode::kFailedPrecondition, "too_large",
                   "the signal is too long to be shared; shorten its texts", ""});
  }
  const auto seen = KnownHeadOf(view, tools_.heads, request_.recipient());
  if (!seen.ok()) return seen.status();
  if (*seen) {
    // Set aside meanwhile, it would ask the partner for a proof that it cannot give.
    const std::string aside = SetAsideKey(request_.recipient(), **seen);
    const absl::StatusOr<uint64_t> stamp = view.StampOf(aside);
    if (!stamp.ok()) return stamp.status();
    effect.preconditions.push_back({aside, *stamp});
    offer.set_seen_size((*seen)->size);
    offer.set_seen_root(Text((*seen)->root));
  }

  row.set_exchange_id(request_.exchange_id());
  row.set_recipient(request_.recipient());
  row.set_record_id(record.row.record_id());
  row.set_record_version(record.row.version());
  row.set_state(record::v1::SENT_STATE_COOLING_OFF);
  row.set_due_at_us(draft.due_at_us);
  row.set_expires_at_s(own.statement.expires_at_s());
  row.set_offer(offer.SerializeAsString());
  row.set_sealed_key(SealShare(record.keys.data, request_.exchange_id(), share, tools_.random));
  row.set_sealed_context(SealContext(record.keys.data, request_.exchange_id(),
                                     ContextOf(call, request_, own.statement), tools_.random));
  row.set_retention_until(draft.terms.conditions().retention_until());
  row.set_tell_contributor_until(draft.tell_contributor_until);
  for (const peer::v1::ShareTag& tag : draft.tags.tags) row.add_tag_kinds(tag.kind());
  row.set_exercise(call.terms->exercise);
  row.set_shared_at_us(call.now_us);

  effect.entry.counterpart =
      SenderPart(row, call.terms->partnership, kKindIntent, offer.binding().terms_digest());
  AddNewRows(draft, row, effect);
  AddTelling(call, row, tools_.random, effect);
  Plan plan;
  plan.effects.push_back(std::move(effect));
  plan.reply = [this, due_at_us = call.terms->may_exchange ? row.due_at_us() : 0,
                expires_at_s = row.expires_at_s()](std::span<const ledger::Logged> logged) {
    response_.set_due_at_us(due_at_us);
    response_.set_expires_at_s(expires_at_s);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
