#include "server/envelope/leaf.h"

#include <algorithm>
#include <type_traits>

#include "crypto/hash.h"
#include "server/authn/identity.h"
#include "server/authn/mandate.h"
#include "server/envelope/canonical.h"
#include "server/envelope/fault.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/form.h"
#include "server/envelope/terms.h"
#include "server/storage/clock.h"

namespace sluis::envelope {
namespace {

using peer::v1::Binding;
using peer::v1::Cancel;
using peer::v1::CeremonyLetter;
using peer::v1::EnvelopeKind;
using peer::v1::Erasure;
using peer::v1::Key;
using peer::v1::Notice;
using peer::v1::Offer;
using peer::v1::Opened;
using peer::v1::Receipt;
using peer::v1::Refusal;
using peer::v1::Unopenable;

constexpr std::string_view kLeafLabel = "sluis/leaf/v1";
constexpr std::string_view kLetterLabel = "sluis/ceremony-letter/v1";
constexpr size_t kMaxStatementBytes = 1024;
constexpr int kMaxFields = 32;
constexpr size_t kMaxFieldName = 64;
constexpr int kMaxInclusion = 63;
constexpr int kMaxConsistency = 126;

bool IsBinding(const Binding& binding, EnvelopeKind kind) {
  return binding.kind() == kind && authn::IsOrganisationId(binding.partnership()) &&
         authn::IsOrganisationId(binding.sender()) &&
         authn::IsOrganisationId(binding.recipient()) && binding.sender() != binding.recipient() &&
         IsExchangeId(binding.exchange_id()) && IsHash(binding.terms_digest()) &&
         ArePacks(binding.packs()) && IsHash(binding.key_commitment()) &&
         IsHash(binding.ciphertext_digest());
}

// About no record: the exchange id follows from the rest.
bool IsLetter(const CeremonyLetter& letter) {
  const Binding& binding = letter.binding();
  Binding named;
  named.set_kind(peer::v1::ENVELOPE_KIND_CEREMONY);
  named.set_partnership(binding.partnership());
  named.set_sender(binding.sender());
  named.set_recipient(binding.recipient());
  named.set_exchange_id(std::string(crypto::View(LetterId(binding.recipient(), letter.message()))));
  return binding.SerializeAsString() == named.SerializeAsString() &&
         authn::IsOrganisationId(binding.partnership()) &&
         authn::IsOrganisationId(binding.sender()) &&
         authn::IsOrganisationId(binding.recipient()) && binding.sender() != binding.recipient() &&
         !letter.message().empty() && letter.message().size() <= kMaxLetterMessageBytes;
}

bool IsUserSignature(const peer::v1::UserSignature& user) {
  const auto& statement = user.statement();
  const auto& mandate = user.mandate();
  return !statement.statement().empty() && statement.statement().size() <= kMaxStatementBytes &&
         statement.signature().size() == kSignatureBytes && !mandate.mandate().empty() &&
         mandate.mandate().size() <= authn::kMaxSignedMandateBytes &&
         mandate.signature().size() == kSignatureBytes && user.mandate_status_number() > 0 &&
         user.item() < 256 && AreHashes(user.path(), kMaxShortPath);
}

bool AreFields(const Repeated<peer::v1::FieldCommitment>& fields) {
  return !fields.empty() && fields.size() <= kMaxFields &&
         std::all_of(fields.begin(), fields.end(),
                     [](const auto& f) { return IsCode(f.name()) && IsHash(f.commitment()); }) &&
         std::adjacent_find(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
           return a.name() >= b.name();
         }) == fields.end();
}

bool HasForm(const Offer& offer) {
  return IsUserSignature(offer.user()) && AreFields(offer.fields()) &&
         !offer.ciphertext().empty() && offer.ciphertext().size() <= kMaxCiphertextBytes &&
         offer.identity().size() <= kMaxOfferedIdentityBytes &&
         offer.seen_root().size() == (offer.seen_size() == 0 ? 0 : kHashBytes) &&
         IsHash(offer.intent_leaf_hash());
}

bool HasForm(const Receipt& receipt) {
  return IsHash(receipt.offer_digest()) && AreConditions(receipt.accepted()) &&
         receipt.log_leaf().size() == kLogLeafBytes && IsHash(receipt.counterpart_salt()) &&
         !receipt.counterpart().empty() && receipt.counterpart().size() <= kMaxCounterpartBytes &&
         AreHashes(receipt.inclusion(), kMaxInclusion) &&
         AreHashes(receipt.consistency(), kMaxConsistency) && !receipt.checkpoint().empty() &&
         receipt.checkpoint().size() <= kMaxCheckpointBytes && IsHash(receipt.sealing_key());
}

bool HasForm(const Key& key) {
  return IsHash(key.offer_digest()) && IsHash(key.receipt_digest()) &&
         IsHash(key.encapsulation()) &&
         key.sealed_wrapping_key().size() == kSealedWrappingKeyBytes &&
         key.wrapped_key().size() == kWrappedKeyBytes &&
         (key.wrapped_identity_key().empty() ||
          key.wrapped_identity_key().size() == kWrappedKeyBytes);
}

bool HasForm(const Opened& opened) {
  return IsHash(opened.offer_digest()) && IsHash(opened.receipt_digest()) &&
         IsHash(opened.key_digest());
}

bool HasForm(const Unopenable& unopenable) {
  return IsHash(unopenable.offer_digest()) && IsHash(unopenable.receipt_digest()) &&
         IsHash(unopenable.key_digest()) &&
         unopenable.reason() != peer::v1::UNOPENABLE_REASON_UNSPECIFIED &&
         peer::v1::UnopenableReason_IsValid(unopenable.reason());
}

bool HasForm(const Cancel& cancel) {
  const bool by_person = cancel.reason() == peer::v1::CANCEL_REASON_WITHDRAWN;
  return IsHash(cancel.offer_digest()) && cancel.reason() != peer::v1::CANCEL_REASON_UNSPECIFIED &&
         peer::v1::CancelReason_IsValid(cancel.reason()) && cancel.has_user() == by_person &&
         (!by_person || IsUserSignature(cancel.user()));
}

bool HasForm(const Erasure& erasure) {
  if (!IsHash(erasure.offer_digest())) return false;
  const bool by_person = erasure.reason() == peer::v1::ERASURE_REASON_PERSON;
  switch (erasure.step()) {
    case peer::v1::ERASURE_STEP_ASKED:
      return erasure.day().empty() && erasure.asked_digest().empty() &&
             (by_person || erasure.reason() == peer::v1::ERASURE_REASON_NODE) &&
             erasure.has_user() == by_person && (!by_person || IsUserSignature(erasure.user()));
    case peer::v1::ERASURE_STEP_DONE:
    case peer::v1::ERASURE_STEP_HELD:
      return storage::IsDay(erasure.day()) && IsHash(erasure.asked_digest()) &&
             erasure.reason() == peer::v1::ERASURE_REASON_UNSPECIFIED && !erasure.has_user();
    default:
      return false;
  }
}

bool HasForm(const Refusal& refusal) {
  return IsKnownKind(refusal.refused_kind()) &&
         refusal.refused_kind() != peer::v1::ENVELOPE_KIND_REFUSAL &&
         refusal.refused_kind() != peer::v1::ENVELOPE_KIND_CEREMONY &&
         IsHash(refusal.refused_digest()) &&
         refusal.reason() != peer::v1::REFUSAL_REASON_UNSPECIFIED &&
         peer::v1::RefusalReason_IsValid(refusal.reason()) && refusal.manifest_version() > 0;
}

bool CanTravel(const std::string& field) {
  const auto fields = TravellingFields();
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

bool HasForm(const Notice& notice) {
  return IsHash(notice.offer_digest()) && notice.handed_over_at_s() > 0 &&
         !notice.scope().empty() && AreSortedCodes(notice.scope(), kMaxFields, kMaxFieldName) &&
         std::all_of(notice.scope().begin(), notice.scope().end(), CanTravel);
}

absl::Status CheckOwnBytes(const Offer& offer, peer::v1::Terms* read) {
  absl::StatusOr<peer::v1::Terms> terms = ReadTerms(offer.terms());
  if (!terms.ok()) return terms.status();
  const bool apart = NamesIdentity(terms->conditions().fields());
  if (read != nullptr) *read = *std::move(terms);
  const bool agrees =
      apart == !offer.identity().empty() &&
      offer.binding().terms_digest() == crypto::View(TermsDigest(offer.terms())) &&
      offer.binding().ciphertext_digest() == crypto::View(crypto::Sha256(offer.ciphertext()));
  return agrees ? absl::OkStatus() : Refuse(Fault::kBinding);
}

template <typename Message>
absl::StatusOr<Leaf> Read(EnvelopeKind kind, crypto::BytesView bytes,
                          [[maybe_unused]] peer::v1::Terms* terms) {
  Message message;
  if (!ReadCanonical(bytes, kMaxLeafBytes, message)) return Refuse(Fault::kMalformed);
  // Told apart from other faults of form, because a leaf of another kind is somebody's doing.
  if (message.binding().kind() != kind) return Refuse(Fault::kBinding);
  if constexpr (std::is_same_v<Message, CeremonyLetter>) {
    if (!IsLetter(message)) return Refuse(Fault::kMalformed);
    return Leaf(std::move(message));
  } else {
    if (!IsBinding(message.binding(), kind) || !HasForm(message)) return Refuse(Fault::kMalformed);
  }
  if constexpr (std::is_same_v<Message, Offer>) {
    if (absl::Status own = CheckOwnBytes(message, terms); !own.ok()) return own;
  }
  return Leaf(std::move(message));
}

enum class Way { kSame, kTurned, kEither };

Way WayOf(const Leaf& leaf) {
  switch (BindingOf(leaf).kind()) {
    case peer::v1::ENVELOPE_KIND_RECEIPT:
    case peer::v1::ENVELOPE_KIND_OPENED:
    case peer::v1::ENVELOPE_KIND_UNOPENABLE:
    case peer::v1::ENVELOPE_KIND_NOTICE:
      return Way::kTurned;
    case peer::v1::ENVELOPE_KIND_ERASURE:
      return std::get<Erasure>(leaf).step() == peer::v1::ERASURE_STEP_ASKED ? Way::kSame
                                                                            : Way::kTurned;
    case peer::v1::ENVELOPE_KIND_REFUSAL:
      return Way::kEither;
    default:
      return Way::kSame;
  }
}

}  // namespace

bool IsKnownKind(EnvelopeKind kind) {
  return kind >= peer::v1::ENVELOPE_KIND_OFFER && kind <= peer::v1::ENVELOPE_KIND_CEREMONY;
}

ExchangeId LetterId(std::string_view recipient, std::string_view message) {
  const crypto::Hash digest =
      crypto::Sha256({crypto::Lp(kLetterLabel), crypto::Lp(recipient), message});
  ExchangeId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

bool CrossesSuspension(EnvelopeKind kind) {
  return kind == peer::v1::ENVELOPE_KIND_CANCEL || kind == peer::v1::ENVELOPE_KIND_ERASURE ||
         kind == peer::v1::ENVELOPE_KIND_NOTICE;
}

absl::StatusOr<Leaf> ReadLeaf(EnvelopeKind kind, crypto::BytesView bytes, peer::v1::Terms* terms) {
  if (terms != nullptr) terms->Clear();
  if (bytes.size() > kMaxLeafBytes) return Refuse(Fault::kTooLarge);
  switch (kind) {
    case peer::v1::ENVELOPE_KIND_OFFER:
      return Read<Offer>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_RECEIPT:
      return Read<Receipt>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_KEY:
      return Read<Key>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_OPENED:
      return Read<Opened>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_UNOPENABLE:
      return Read<Unopenable>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_CANCEL:
      return Read<Cancel>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_ERASURE:
      return Read<Erasure>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_REFUSAL:
      return Read<Refusal>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_NOTICE:
      return Read<Notice>(kind, bytes, terms);
    case peer::v1::ENVELOPE_KIND_CEREMONY:
      return Read<CeremonyLetter>(kind, bytes, terms);
    default:
      return Refuse(Fault::kKind);
  }
}

const Binding& BindingOf(const Leaf& leaf) {
  return std::visit([](const auto& message) -> const Binding& { return message.binding(); }, leaf);
}

crypto::Hash LeafDigest(crypto::BytesView leaf) {
  return crypto::Sha256({crypto::Lp(kLeafLabel), leaf});
}

absl::Status CheckAnswers(const Leaf& answer, const Binding& offer) {
  const Binding& binding = BindingOf(answer);
  const bool same_way =
      binding.sender() == offer.sender() && binding.recipient() == offer.recipient();
  const bool turned =
      binding.sender() == offer.recipient() && binding.recipient() == offer.sender();
  const Way way = WayOf(answer);
  const bool parties_hold = (same_way && way != Way::kTurned) || (turned && way != Way::kSame);
  Binding expected = offer;
  expected.set_kind(binding.kind());
  expected.set_sender(binding.sender());
  expected.set_recipient(binding.recipient());
  // Compared as a whole, so that a field that joins later cannot be forgotten here.
  return parties_hold && expected.SerializeAsString() == binding.SerializeAsString()
             ? absl::OkStatus()
             : Refuse(Fault::kOtherExchange);
}

}  // namespace sluis::envelope
