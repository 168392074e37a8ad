#include "server/evaluation/opening.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/merkle.h"
#include "server/envelope/case_token.h"
#include "server/evaluation/hidden_subject.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/message.h"
#include "server/evaluation/parts.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"

namespace sluis::evaluation {
namespace {

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
    case OpeningVerdict::kErased:
      return "erased";
  }
  return "unknown";
}

std::optional<OpeningVerdict> OpeningNamed(std::string_view word) {
  for (const OpeningVerdict verdict :
       {OpeningVerdict::kMatches, OpeningVerdict::kUnopenable, OpeningVerdict::kOtherEntry,
        OpeningVerdict::kNotInLog, OpeningVerdict::kOtherRequest, OpeningVerdict::kOtherPersons,
        OpeningVerdict::kOtherCase, OpeningVerdict::kErased}) {
    if (OpeningName(verdict) == word) return verdict;
  }
  return std::nullopt;
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
      (!opening.subject_erased &&
       !Commits(*leaf, ledger::Part::kSubject, context.origin, opening.subject_salt,
                identity::View(opening.subject)))) {
    return OpeningVerdict::kUnopenable;
  }
  const std::optional<AskedEntry> says = ReadAskerPart(opening.counterpart);
  if (!says || says->partnership != context.partnership || says->key_id != context.key_id ||
      crypto::View(says->request_id) != crypto::BytesView(item.request_id()) ||
      says->count != item.count() ||
      crypto::View(says->blinded_digest) != crypto::BytesView(item.blinded_digest())) {
    return OpeningVerdict::kOtherRequest;
  }
  if (opening.subject_erased) return OpeningVerdict::kErased;
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
