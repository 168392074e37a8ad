#include "server/evaluation/holder.h"

#include <algorithm>
#include <utility>

#include "crypto/disclose.h"
#include "crypto/hash.h"
#include "crypto/oprf.h"
#include "server/envelope/fault.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using peer::v1::EvaluationRefusal;

peer::v1::EvaluationRefusal RefusalFor(Room room) {
  switch (room) {
    case Room::kQuota:
      return peer::v1::EVALUATION_REFUSAL_QUOTA;
    case Room::kUnproven:
      return peer::v1::EVALUATION_REFUSAL_UNPROVEN;
    case Room::kUsed:
    case Room::kFree:
      break;
  }
  return peer::v1::EVALUATION_REFUSAL_USED;
}

// Canonical, none the identity, none twice.
bool AreElements(std::vector<oprf::Encoding> elements) {
  for (const oprf::Encoding& one : elements) {
    if (!oprf::Element::Deserialize(crypto::View(one)).ok()) return false;
  }
  std::sort(elements.begin(), elements.end());
  return std::adjacent_find(elements.begin(), elements.end()) == elements.end();
}

HeldRow RowFor(const Request& request, std::string pseudonym, uint64_t taken_at_s) {
  const peer::v1::EvaluationRequest& body = request.body;
  HeldRow row;
  row.set_version(kVersion);
  row.set_asker(body.asker());
  row.set_key_id(body.key_id());
  row.set_generation(body.generation());
  row.set_request_id(body.request_id());
  row.set_request_digest(std::string(crypto::View(request.digest)));
  row.set_leaf_hash(body.leaf_hash());
  row.set_case_token(body.case_token());
  row.set_pseudonym(std::move(pseudonym));
  row.set_blinded_digest(std::string(crypto::View(BlindedDigest(body.persons()))));
  row.set_taken_at_s(taken_at_s);
  row.set_proof(record::v1::EVALUATION_PROOF_STATE_OPEN);
  row.set_signed_request(request.Serialise());
  return row;
}

// Whether the entry says exactly what was evaluated.
bool Says(const ProvenEntry& entry, const HeldRow& row, const std::string& partnership) {
  return entry.says && entry.says->partnership == partnership &&
         crypto::View(entry.says->request_id) == crypto::BytesView(row.request_id()) &&
         crypto::View(entry.says->key_id) == crypto::BytesView(row.key_id()) &&
         entry.says->count == row.count() &&
         crypto::View(entry.says->blinded_digest) == crypto::BytesView(row.blinded_digest());
}

}  // namespace

ToLog Admission::Log() const {
  return {StepOf({"evaluate", crypto::View(request_.digest)}),
          HolderPart(request_, row_.count(), kOutcomeEvaluated),
          {StoredFormOf(row_)}};
}

ToLog Refusal::Log() const {
  ToLog out;
  if (!request) return out;
  // Whatever can be counted of what may be out of form.
  size_t bytes = 0;
  for (const auto& person : request->body.persons()) bytes += person.elements().size();
  crypto::Bytes why;
  crypto::AppendU16(why, static_cast<uint16_t>(ground));
  out.step = StepOf({"refuse", crypto::View(request->digest), why});
  out.counterpart =
      HolderPart(*request, static_cast<uint32_t>(bytes / oprf::kElementSize), kOutcomeRefused);
  return out;
}

ToLog RowChanges::Log() const {
  crypto::Bytes all;
  ToLog out;
  out.counterpart = part_;
  for (const HeldRow& row : rows_) {
    out.rows.push_back(StoredFormOf(row));
    crypto::AppendLp(all, out.rows.back().key);
    crypto::AppendLp(all, out.rows.back().bytes);
  }
  out.step = StepOf({"change", part_.SerializeAsString(), all});
  return out;
}

absl::StatusOr<Holder> Holder::Make(Own own, std::shared_ptr<Book> book,
                                    std::span<const std::string> lists,
                                    std::span<const std::string> reveals) {
  if (book == nullptr || own.package == nullptr || own.package->Find(own.index) == nullptr ||
      own.package->use != record::v1::KEY_USE_TAGS) {
    return absl::InvalidArgumentError(
        "a holder needs the book of its node, the package of a key for tags and its own index in "
        "it; give all three");
  }
  Holder out(std::move(own), std::move(book));
  if (absl::Status taken = out.TakeLists(lists); !taken.ok()) return taken;
  for (const std::string& bytes : reveals) {
    absl::StatusOr<record::v1::HeldReveal> reveal = ReadHeldReveal(bytes);
    if (!reveal.ok()) return reveal.status();
    if (reveal->key_id() != crypto::View(out.own_.package->key_id)) {
      return absl::InvalidArgumentError(
          "a row of reveals is about another key; give each holder the rows of its own key");
    }
    out.reveals_.push_back(*std::move(reveal));
  }
  return out;
}

std::optional<EvaluationRefusal> Holder::JudgeCaller(const Request& request,
                                                     std::string_view caller,
                                                     const Partners& partners, uint64_t now_us,
                                                     std::string* pseudonym) const {
  const peer::v1::EvaluationRequest& body = request.body;
  const std::optional<AskerFacts> facts = partners.Find(body.asker());
  if (body.asker() != caller || body.partnership() != own_.package->partnership || !facts ||
      !request.SignedBy(facts->identity_keys)) {
    return peer::v1::EVALUATION_REFUSAL_REFUSED;
  }
  if (body.key_id() != crypto::View(own_.package->key_id) ||
      body.generation() != own_.package->generation ||
      (own_.open_until_s != 0 && now_us / kUsPerSecond > own_.open_until_s)) {
    return peer::v1::EVALUATION_REFUSAL_UPDATE;
  }
  const auto statement = envelope::ReadStatement(body.user().statement().statement());
  if (!statement.ok() || body.purpose() != own_.package->purpose ||
      statement->purpose() != body.purpose() || statement->basis() != body.basis() ||
      !partners.Entitled({body.asker(), statement->role(), body.purpose(), body.basis()})) {
    return peer::v1::EVALUATION_REFUSAL_REFUSED;
  }
  const envelope::StatementItem item =
      ItemOf(crypto::ToFixed<16>(body.request_id()).value(), body.case_token(),
             own_.package->key_id, BlindedDigest(body.persons()));
  envelope::UserSignatureVerifier verifier(body.partnership(), body.asker(), facts->mandate_keys);
  const absl::StatusOr<envelope::VerifiedPerson> person = verifier.Verify(
      body.user(), {body.partnership(), body.asker(), body.partnership(), kAction, item},
      facts->status, now_us);
  if (!person.ok()) {
    return envelope::FaultOf(person.status()) == envelope::Fault::kStatusBehind
               ? peer::v1::EVALUATION_REFUSAL_LATER
               : peer::v1::EVALUATION_REFUSAL_REFUSED;
  }
  *pseudonym = person->pseudonym;
  return std::nullopt;
}

std::variant<Admission, Refusal> Holder::Admit(crypto::BytesView signed_request,
                                               std::string_view caller, const Partners& partners,
                                               uint64_t now_us) {
  absl::StatusOr<Request> request = ReadRequest(signed_request);
  if (!request.ok()) return Refusal{peer::v1::EVALUATION_REFUSAL_MALFORMED, std::nullopt};
  const auto refuse = [&](EvaluationRefusal ground) { return Refusal{ground, *request}; };
  std::string pseudonym;
  if (const auto ground = JudgeCaller(*request, caller, partners, now_us, &pseudonym)) {
    return refuse(*ground);
  }
  const uint64_t taken_at_s = book_->TimeFor(now_us / kUsPerSecond);
  HeldRow row = RowFor(*request, std::move(pseudonym), taken_at_s);
  if (!book_->IsNew(row)) return refuse(peer::v1::EVALUATION_REFUSAL_USED);
  auto blinded = ElementsOf(request->body.persons());
  if (!blinded.ok() || !AreElements(*blinded)) {
    return refuse(peer::v1::EVALUATION_REFUSAL_MALFORMED);
  }
  row.set_count(static_cast<uint32_t>(blinded->size()));
  if (const Room room = book_->RoomFor(row); room != Room::kFree) return refuse(RefusalFor(room));
  book_->Put(row);
  book_->BeginLogging(request->digest, row);
  return Admission(*std::move(request), *std::move(blinded), std::move(row));
}

void Holder::Abandon(Admission admission) {
  book_->Remove(admission.row_);
  book_->EndLogging(admission.request_digest());
}

absl::StatusOr<std::string> Holder::Answer(Admission admission, const LoggedDurably& logged,
                                           const HolderSecrets& secrets) const {
  if (absl::Status checked = CheckLogged(logged, admission.Log()); !checked.ok()) return checked;
  const oprf::Element& verification_key = own_.package->Find(own_.index)->verification_key;
  const bool is_ours = crypto::Disclose(static_cast<int>(
      crypto::ConstantTimeEqual(crypto::View(oprf::MultiplyGenerator(secrets.share).encoding()),
                                crypto::View(verification_key.encoding()))));
  if (!is_ours) {
    return absl::FailedPreconditionError(
        "the share kept here is not the one of the package; have the key shared anew");
  }
  const absl::StatusOr<oprf::Evaluation> evaluation =
      oprf::BlindEvaluate(secrets.share, verification_key, admission.blinded_, secrets.random);
  if (!evaluation.ok()) return evaluation.status();
  peer::v1::EvaluationAnswer body;
  body.set_version(kVersion);
  body.set_partnership(own_.package->partnership);
  body.set_request_digest(std::string(crypto::View(admission.request_digest())));
  body.set_key_id(std::string(crypto::View(own_.package->key_id)));
  body.set_generation(own_.package->generation);
  body.set_holder(own_.index);
  for (const oprf::Encoding& one : evaluation->evaluated) {
    body.mutable_evaluated()->append(crypto::View(one));
  }
  body.set_proof(std::string(crypto::View(evaluation->proof.Serialize())));
  return SignAnswer(body, secrets.identity).Serialise();
}

absl::StatusOr<std::string> Holder::SignRefusal(const Refusal& refusal, const LoggedDurably& logged,
                                                const crypto::SigningKey& identity) const {
  if (!refusal.request) {
    return absl::InvalidArgumentError("what is no request is not answered; drop it");
  }
  if (absl::Status checked = CheckLogged(logged, refusal.Log()); !checked.ok()) return checked;
  peer::v1::EvaluationAnswer body;
  body.set_version(kVersion);
  body.set_partnership(own_.package->partnership);
  body.set_request_digest(std::string(crypto::View(refusal.request->digest)));
  // What was asked for, not what is in use here: it is a refusal of that.
  body.set_key_id(refusal.request->body.key_id());
  body.set_generation(refusal.request->body.generation());
  body.set_holder(own_.index);
  body.set_refusal(refusal.ground);
  return SignAnswer(body, identity).Serialise();
}

absl::StatusOr<TakenProofs> Holder::TakeProofs(const Book& book, const OfKey& of,
                                               const std::string& asker, crypto::BytesView proofs,
                                               const Partners& partners,
                                               const std::optional<crypto::TreeHead>& known) {
  const std::optional<AskerFacts> facts = partners.Find(asker);
  absl::StatusOr<ProvenEntries> proven = absl::PermissionDeniedError(
      "the log is of nobody who has one in this partnership; look at the manifest");
  for (const crypto::PublicKey& key : facts ? facts->log_keys : std::vector<crypto::PublicKey>{}) {
    const auto log_key = crypto::VerifierKey::Create(asker + "/log", key);
    if (!log_key.ok()) return log_key.status();
    proven = VerifyProofs(proofs, *log_key, known);
    if (proven.ok()) break;
  }
  if (!proven.ok()) return proven.status();
  const crypto::Hash digest = crypto::Sha256(proofs);
  TakenProofs out{proven->checkpoint,
                  proven->checkpoint_note,
                  RowChanges(ActPart({kKindProof, kOutcomeProven, of.partnership, asker,
                                      crypto::View(of.key_id), crypto::View(digest)}),
                             {}),
                  {}};
  for (const ProvenEntry& entry : proven->entries) {
    const HeldRow* held = book.FindByLeaf(asker, std::string(crypto::View(entry.leaf_hash)));
    if (held == nullptr || held->proof() != record::v1::EVALUATION_PROOF_STATE_OPEN ||
        held->key_id() != crypto::View(of.key_id)) {
      continue;
    }
    HeldRow row = *held;
    if (Says(entry, row, of.partnership)) {
      row.set_proof(record::v1::EVALUATION_PROOF_STATE_PROVEN);
      row.clear_signed_request();
    } else {
      row.set_proof(record::v1::EVALUATION_PROOF_STATE_DIFFERS);
      out.differing.push_back({row.signed_request(), entry.counterpart});
    }
    out.changes.rows_.push_back(std::move(row));
  }
  return out;
}

absl::Status Holder::Apply(Book& book, const RowChanges& changes, const LoggedDurably& logged) {
  if (absl::Status checked = CheckLogged(logged, changes.Log()); !checked.ok()) return checked;
  for (const HeldRow& row : changes.rows_) {
    const HeldRow* held = book.Find(row.asker(), row.key_id(), row.request_id());
    const bool settled = held == nullptr ||
                         held->proof() == record::v1::EVALUATION_PROOF_STATE_PROVEN ||
                         held->proof() == record::v1::EVALUATION_PROOF_STATE_SET_ASIDE;
    if (!settled) book.Put(row);
  }
  return absl::OkStatus();
}

absl::StatusOr<RowChanges> Holder::PrepareSetAside(const std::string& asker,
                                                   const RequestId& request_id) const {
  const HeldRow* held =
      book_->Find(asker, crypto::View(own_.package->key_id), crypto::View(request_id));
  if (held == nullptr || (held->proof() != record::v1::EVALUATION_PROOF_STATE_OPEN &&
                          held->proof() != record::v1::EVALUATION_PROOF_STATE_DIFFERS)) {
    return absl::NotFoundError(
        "no request of that id is held against this partner; look at the ones that are");
  }
  HeldRow row = *held;
  row.set_proof(record::v1::EVALUATION_PROOF_STATE_SET_ASIDE);
  return RowChanges(ActPart({kKindProof, kOutcomeSetAside, own_.package->partnership, asker,
                             crypto::View(own_.package->key_id), "", crypto::View(request_id)}),
                    {std::move(row)});
}

}  // namespace sluis::evaluation
