#include "server/evaluation/opening.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/disclose.h"
#include "crypto/merkle.h"
#include "crypto/threshold.h"
#include "server/envelope/canonical_secret.h"
#include "server/envelope/case_token.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/message.h"
#include "server/evaluation/parts.h"
#include "server/identity/opened_input.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using Persons = google::protobuf::RepeatedPtrField<peer::v1::BlindedPerson>;

// What the match keys hide to; false when one is none.
bool Hide(std::string_view partnership, std::string_view purpose,
          const record::v1::SubjectPart& subject, Persons* out) {
  const absl::StatusOr<identity::KeyScope> scope = identity::KeyScope::Of(partnership, purpose);
  if (!scope.ok()) return false;
  for (const record::v1::EvaluatedPerson& person : subject.evaluated()) {
    std::string& elements = *out->Add()->mutable_elements();
    for (const record::v1::EvaluatedInput& one : person.inputs()) {
      const absl::StatusOr<identity::WipedText> input =
          identity::OpenedInput(one.kind(), *scope, one.identifier());
      auto bytes = crypto::Secret<oprf::kScalarSize>::FromBytes(crypto::Bytes(one.blind()));
      if (!input.ok() || !bytes.ok()) return false;
      auto blind = oprf::SecretScalar::Deserialize(*std::move(bytes));
      if (!blind.ok()) return false;
      std::vector<oprf::SecretScalar> blinds;
      blinds.push_back(*std::move(blind));
      const crypto::BytesView view = identity::View(*input);
      const auto hidden = oprf::Request::With(std::span(&view, 1), std::move(blinds));
      if (!hidden.ok()) return false;
      elements.append(crypto::View(hidden->blinded().front()));
    }
  }
  return true;
}

// A subject part, wiped at the end.
class OpenedSubject {
 public:
  explicit OpenedSubject(crypto::BytesView bytes)
      : reads_(crypto::Disclose(
            static_cast<int>(envelope::ReadCanonicalSecret(bytes, ledger::kMaxPartBytes, part_)))) {
  }
  ~OpenedSubject() {
    WipeSubject(part_);
    crypto::Wipe(*part_.mutable_case_ref());
  }
  OpenedSubject(const OpenedSubject&) = delete;
  OpenedSubject& operator=(const OpenedSubject&) = delete;

  std::string_view case_ref() const { return part_.case_ref(); }
  bool HidesTo(std::string_view partnership, std::string_view purpose, uint32_t count,
               const crypto::Hash& blinded_digest) const {
    Persons persons;
    if (!reads_ || !Hide(partnership, purpose, part_, &persons)) return false;
    const auto elements = ElementsOf(persons);
    return elements.ok() && elements->size() == count &&
           crypto::Disclose(static_cast<int>(crypto::ConstantTimeEqual(
               crypto::View(BlindedDigest(persons)), crypto::View(blinded_digest))));
  }

 private:
  record::v1::SubjectPart part_;
  bool reads_;
};

bool Commits(const ledger::Leaf& leaf, ledger::Part part, std::string_view origin,
             std::string_view salt, crypto::BytesView bytes) {
  const auto salted = crypto::ToFixed<32>(salt);
  return salted.ok() && ledger::Commitment(origin, part, *salted, bytes) ==
                            leaf.commitments[static_cast<size_t>(part) - 1];
}

bool IsInLog(const OpeningContext& context, const ledger::Leaf& leaf, const Opening& opening) {
  if (opening.inclusion.size() > kMaxInclusion) return false;
  return std::any_of(context.heads.begin(), context.heads.end(), [&](const crypto::TreeHead& head) {
    return head.size == opening.tree_size &&
           crypto::VerifyInclusion(opening.leaf, leaf.index, head, opening.inclusion).ok();
  });
}

}  // namespace

std::string_view OpeningName(OpeningVerdict verdict) {
  switch (verdict) {
    case OpeningVerdict::kMatches:
      return "matches";
    case OpeningVerdict::kUnopenable:
      return "unopenable";
    case OpeningVerdict::kOtherEntry:
      return "other_entry";
    case OpeningVerdict::kNotInLog:
      return "not_in_log";
    case OpeningVerdict::kOtherRequest:
      return "other_request";
    case OpeningVerdict::kOtherPersons:
      return "other_persons";
    case OpeningVerdict::kOtherCase:
      return "other_case";
  }
  return "unknown";
}

bool CheckSubject(std::string_view partnership, std::string_view purpose, crypto::BytesView subject,
                  uint32_t count, const crypto::Hash& blinded_digest) {
  return OpenedSubject(subject).HidesTo(partnership, purpose, count, blinded_digest);
}

OpeningVerdict CheckOpening(const OpeningContext& context, const peer::v1::EvaluatedItem& item,
                            const Opening& opening) {
  const absl::StatusOr<ledger::Leaf> leaf = ledger::DecodeLeaf(opening.leaf);
  if (!leaf.ok()) return OpeningVerdict::kUnopenable;
  if (crypto::View(crypto::LeafHash(opening.leaf)) != crypto::BytesView(item.leaf_hash())) {
    return OpeningVerdict::kOtherEntry;
  }
  if (!IsInLog(context, *leaf, opening)) return OpeningVerdict::kNotInLog;
  if (!Commits(*leaf, ledger::Part::kCounterpart, context.origin, opening.counterpart_salt,
               opening.counterpart) ||
      !Commits(*leaf, ledger::Part::kSubject, context.origin, opening.subject_salt,
               identity::View(opening.subject))) {
    return OpeningVerdict::kUnopenable;
  }
  const std::optional<AskedEntry> says = ReadAskerPart(opening.counterpart);
  if (!says || says->partnership != context.partnership || says->key_id != context.key_id ||
      crypto::View(says->request_id) != crypto::BytesView(item.request_id()) ||
      says->count != item.count() ||
      crypto::View(says->blinded_digest) != crypto::BytesView(item.blinded_digest())) {
    return OpeningVerdict::kOtherRequest;
  }
  const OpenedSubject subject(identity::View(opening.subject));
  if (!subject.HidesTo(context.partnership, context.purpose, says->count, says->blinded_digest)) {
    return OpeningVerdict::kOtherPersons;
  }
  // Every holder of the key is the recipient.
  const crypto::Hash token = envelope::CaseToken(context.case_key, context.partnership,
                                                 context.partnership, subject.case_ref());
  return crypto::View(token) == crypto::BytesView(item.case_token()) ? OpeningVerdict::kMatches
                                                                     : OpeningVerdict::kOtherCase;
}

}  // namespace sluis::evaluation
