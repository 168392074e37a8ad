#include "server/envelope/offered_identity.h"

#include <string>
#include <string_view>
#include <utility>

#include "server/envelope/fault.h"
#include "server/envelope/leaf.h"
#include "server/envelope/padded_seal.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::envelope {
namespace {

constexpr std::string_view kLabel = "sluis/offered-identity/v1";
// Of every person one length: the longest names and all numbers fit in one step.
constexpr Padding kPadding{1280, kMaxOfferedIdentityBytes};

}  // namespace

absl::StatusOr<crypto::Bytes> SealOfferedIdentity(const crypto::DataKey& key,
                                                  const peer::v1::Binding& offer,
                                                  const record::v1::SubjectIdentity& identity,
                                                  const FieldSalt& salt, crypto::Random& random) {
  peer::v1::OfferedIdentity part;
  *part.mutable_identity() = identity;
  part.set_salt(std::string(crypto::View(salt)));
  return SealPadded(key, PartBinding(kLabel, offer), part, kPadding, random);
}

absl::StatusOr<record::v1::SubjectIdentity> OpenOfferedIdentity(const crypto::DataKey& key,
                                                                const peer::v1::Offer& offer) {
  peer::v1::OfferedIdentity part;
  const absl::Status opened =
      OpenPadded(key, PartBinding(kLabel, offer.binding()), offer.identity(), kPadding, part);
  if (!opened.ok()) return opened;
  const auto exchange = crypto::ToFixed<kExchangeIdBytes>(offer.binding().exchange_id());
  const auto salt = crypto::ToFixed<32>(part.salt());
  if (!exchange.ok() || !salt.ok() ||
      !IsCommittedTo(offer.fields(), *exchange, kIdentityField, *salt,
                     IdentityValue(part.identity()))) {
    return Refuse(Fault::kFields);
  }
  return std::move(*part.mutable_identity());
}

}  // namespace sluis::envelope
