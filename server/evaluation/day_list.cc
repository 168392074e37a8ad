#include "server/evaluation/day_list.h"

#include <algorithm>

#include "crypto/hash.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

using envelope::IsHash;

constexpr std::string_view kLabel = "sluis/evaluation-list/v1";

std::string Statement(std::string_view bytes) { return crypto::Lp(kLabel) + std::string(bytes); }

bool IsItem(const peer::v1::EvaluatedItem& item) {
  return IsHash(item.request_digest()) && envelope::IsExchangeId(item.request_id()) &&
         IsHash(item.leaf_hash()) && IsHash(item.case_token()) && item.count() >= 1 &&
         item.count() <= kMaxElements && IsHash(item.blinded_digest()) && item.generation() != 0;
}

bool IsList(const peer::v1::EvaluationList& body) {
  if (body.version() != kVersion || !authn::IsOrganisationId(body.partnership()) ||
      !authn::IsOrganisationId(body.asker()) || !IsHash(body.key_id()) || body.holder() == 0 ||
      body.holder() > 65535 || body.day() > kLastDay || body.since_day() > kLastDay ||
      body.items_size() > kMaxListItems || !IsHash(body.nonce_commitment()) ||
      (body.no_share() && body.items_size() != 0) ||
      body.no_share() != (body.day() < body.since_day()) ||
      (body.log_size() == 0 ? !body.log_root().empty() : !IsHash(body.log_root())) ||
      !std::all_of(body.items().begin(), body.items().end(), IsItem)) {
    return false;
  }
  for (int i = 1; i < body.items_size(); ++i) {
    if (body.items(i - 1).request_digest() >= body.items(i).request_digest()) return false;
  }
  return true;
}

// All have a fixed length or a length in front.
crypto::Bytes Where(std::string_view label, const peer::v1::EvaluationList& list) {
  crypto::Bytes out = crypto::Lp(label);
  crypto::AppendLp(out, list.partnership());
  crypto::AppendLp(out, list.asker());
  out.append(list.key_id());
  crypto::AppendU16(out, static_cast<uint16_t>(list.holder()));
  crypto::AppendU32(out, list.day());
  return out;
}

}  // namespace

crypto::Hash NonceFor(const crypto::Secret<32>& secret, const peer::v1::EvaluationList& list) {
  return crypto::HmacSha256(crypto::View(secret.expose()),
                            Where("sluis/evaluation-nonce/v1", list));
}

crypto::Hash NonceCommitment(const peer::v1::EvaluationList& list, crypto::BytesView nonce) {
  return crypto::Sha256({Where("sluis/evaluation-nonce-commitment/v1", list), nonce});
}

std::string DayList::Serialise() const {
  peer::v1::SignedEvaluationList out;
  out.set_list(bytes);
  out.set_signature(signature);
  return out.SerializeAsString();
}

bool DayList::SignedBy(std::span<const crypto::PublicKey> keys) const {
  const std::string statement = Statement(bytes);
  return std::any_of(keys.begin(), keys.end(), [&](const crypto::PublicKey& key) {
    return crypto::Verify(key, statement, signature);
  });
}

absl::StatusOr<DayList> ReadDayList(crypto::BytesView signed_list) {
  peer::v1::SignedEvaluationList proto;
  DayList out;
  if (!envelope::ReadCanonical(signed_list, kMaxListBytes, proto) ||
      proto.signature().size() != envelope::kSignatureBytes ||
      !envelope::ReadCanonical(proto.list(), kMaxListBytes, out.body) || !IsList(out.body)) {
    return absl::InvalidArgumentError(
        "a list of evaluations is not of the form agreed; ask the holder for it again");
  }
  out.bytes = std::move(*proto.mutable_list());
  out.signature = std::move(*proto.mutable_signature());
  out.digest = crypto::Sha256(Statement(out.bytes));
  return out;
}

DayList SignDayList(const peer::v1::EvaluationList& body, const crypto::SigningKey& identity) {
  DayList out;
  out.body = body;
  out.bytes = body.SerializeAsString();
  const std::string statement = Statement(out.bytes);
  out.signature = std::string(crypto::View(identity.Sign(statement)));
  out.digest = crypto::Sha256(statement);
  return out;
}

}  // namespace sluis::evaluation
