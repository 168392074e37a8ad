#include "server/evaluation/stated_period.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crypto/hash.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

std::string Statement(std::string_view bytes) {
  return crypto::Lp("sluis/evaluation-period-asked/v1") + std::string(bytes);
}

bool IsPeriod(const peer::v1::EvaluationPeriod& body) {
  if (body.version() != kVersion || !authn::IsOrganisationId(body.partnership()) ||
      !authn::IsOrganisationId(body.asker()) || !envelope::IsHash(body.key_id()) ||
      body.first_day() > body.last_day() || body.last_day() - body.first_day() >= kMaxPeriodDays ||
      body.last_day() > kLastDay || body.lists_size() == 0) {
    return false;
  }
  for (int i = 0; i < body.lists_size(); ++i) {
    const peer::v1::ListedDay& list = body.lists(i);
    if (list.holder() == 0 || list.holder() > 65535 || list.day() < body.first_day() ||
        list.day() > body.last_day() || !envelope::IsHash(list.list_digest())) {
      return false;
    }
    if (i == 0) continue;
    const peer::v1::ListedDay& before = body.lists(i - 1);
    if (std::tuple(before.holder(), before.day()) >= std::tuple(list.holder(), list.day())) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string StatedPeriod::Serialise() const {
  peer::v1::SignedEvaluationPeriod out;
  out.set_period(bytes);
  out.set_signature(signature);
  return out.SerializeAsString();
}

bool StatedPeriod::SignedBy(std::span<const crypto::PublicKey> keys) const {
  const std::string statement = Statement(bytes);
  return std::any_of(keys.begin(), keys.end(), [&](const crypto::PublicKey& key) {
    return crypto::Verify(key, statement, signature);
  });
}

absl::StatusOr<StatedPeriod> ReadStatedPeriod(crypto::BytesView signed_period) {
  peer::v1::SignedEvaluationPeriod proto;
  StatedPeriod out;
  if (!envelope::ReadCanonical(signed_period, kMaxStatedPeriodBytes, proto) ||
      proto.signature().size() != envelope::kSignatureBytes ||
      !envelope::ReadCanonical(proto.period(), kMaxStatedPeriodBytes, out.body) ||
      !IsPeriod(out.body)) {
    return absl::InvalidArgumentError(
        "the lists for which nonces are asked are not of the form agreed; name each list once, by "
        "holder and day");
  }
  out.bytes = std::move(*proto.mutable_period());
  out.signature = std::move(*proto.mutable_signature());
  out.digest = PeriodDigest(out.body);
  return out;
}

StatedPeriod SignStatedPeriod(const peer::v1::EvaluationPeriod& body,
                              const crypto::SigningKey& identity) {
  StatedPeriod out;
  out.body = body;
  out.bytes = body.SerializeAsString();
  out.signature = std::string(crypto::View(identity.Sign(Statement(out.bytes))));
  out.digest = PeriodDigest(body);
  return out;
}

crypto::Hash PeriodDigest(const peer::v1::EvaluationPeriod& body) {
  crypto::Bytes bytes = crypto::Lp("sluis/evaluation-period/v1");
  crypto::AppendLp(bytes, body.partnership());
  crypto::AppendLp(bytes, body.asker());
  bytes.append(body.key_id());
  crypto::AppendU32(bytes, body.first_day());
  crypto::AppendU32(bytes, body.last_day());
  for (const peer::v1::ListedDay& list : body.lists()) {
    crypto::AppendU16(bytes, static_cast<uint16_t>(list.holder()));
    crypto::AppendU32(bytes, list.day());
    bytes.append(list.list_digest());
  }
  return crypto::Sha256(bytes);
}

}  // namespace sluis::evaluation
