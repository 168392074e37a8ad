#include "server/keys/parameters.h"

#include <algorithm>
#include <utility>

#include "crypto/hash.h"
#include "crypto/key_file.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"

namespace sluis::keys {
namespace {

constexpr std::string_view kLabel = "sluis/ceremony-parameters/v1";
constexpr size_t kNonceBytes = 16;
constexpr uint64_t kMaxTime = 7'258'118'400;
constexpr uint32_t kMinSeconds = 10;
constexpr uint32_t kMaxSeconds = 7 * 24 * 3600;

absl::Status Wrong(std::string_view field, std::string_view must) {
  return absl::InvalidArgumentError("parameters of a ceremony: " + std::string(field) + " must " +
                                    std::string(must));
}

absl::Status ReadHolders(const peer::v1::CeremonyParameters& proto, Parameters* out) {
  if (proto.holders_size() > static_cast<int>(kMaxHolders))
    return Wrong("holders", "be at most 64");
  for (const peer::v1::CeremonySeat& seat : proto.holders()) {
    if (seat.index() == 0 || seat.index() > 65535) {
      return Wrong("holders", "have indexes from 1 to 65535");
    }
    const auto index = static_cast<MemberIndex>(seat.index());
    if (!out->holders.empty() && out->holders.back().index >= index) {
      return Wrong("holders", "be sorted by index, each once");
    }
    if (!authn::IsOrganisationId(seat.organisation())) {
      return Wrong("holders", "be organisation ids");
    }
    out->holders.push_back({index, seat.organisation()});
  }
  return absl::OkStatus();
}

absl::Status ReadWhat(const peer::v1::CeremonyParameters& proto, Parameters* out) {
  if (proto.version() != kCeremonyVersion) {
    return Wrong("version", "be 1; bring all nodes to the same version");
  }
  if (proto.kind() != peer::v1::CEREMONY_KIND_GENERATION) {
    return Wrong("kind", "be generation; bring all nodes to the same version");
  }
  if (!authn::IsOrganisationId(proto.partnership())) {
    return Wrong("partnership", "be the id of a partnership");
  }
  if (!envelope::IsCode(proto.purpose())) {
    return Wrong("purpose", "have 1 to 64 printable characters without space");
  }
  if (proto.epoch() == 0) return Wrong("epoch", "be 1 or more");
  out->kind = proto.kind();
  out->partnership = proto.partnership();
  out->purpose = proto.purpose();
  out->epoch = proto.epoch();
  out->threshold = proto.threshold();
  return absl::OkStatus();
}

absl::Status ReadWhen(const peer::v1::CeremonyParameters& proto, Parameters* out) {
  const absl::StatusOr<crypto::Hash> manifest = crypto::ToFixed<32>(proto.manifest_digest());
  if (!manifest.ok()) return Wrong("manifest_digest", "have 32 bytes");
  if (!crypto::IsDay(proto.day())) return Wrong("day", "be a day as YYYY-MM-DD");
  if (proto.announce_until_s() == 0 || proto.announce_until_s() > kMaxTime) {
    return Wrong("announce_until_s", "be a time before the year 2200");
  }
  if (proto.round_seconds() < kMinSeconds || proto.round_seconds() > kMaxSeconds) {
    return Wrong("round_seconds", "be 10 seconds to 7 days");
  }
  if (proto.nonce().size() != kNonceBytes) return Wrong("nonce", "have 16 bytes");
  if (!proto.restarts().empty()) {
    const absl::StatusOr<crypto::Hash> restarts = crypto::ToFixed<32>(proto.restarts());
    if (!restarts.ok()) return Wrong("restarts", "be empty or have 32 bytes");
    out->restarts = *restarts;
  }
  out->manifest_digest = *manifest;
  out->day = proto.day();
  out->announce_until_s = proto.announce_until_s();
  out->round_seconds = proto.round_seconds();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Parameters> ReadParameters(crypto::BytesView bytes) {
  peer::v1::CeremonyParameters proto;
  if (!envelope::ReadCanonical(bytes, kMaxParametersBytes, proto)) {
    return Wrong("bytes", "be those of parameters and nothing else");
  }
  Parameters out;
  if (absl::Status status = ReadWhat(proto, &out); !status.ok()) return status;
  if (absl::Status status = ReadHolders(proto, &out); !status.ok()) return status;
  if (absl::Status status = ReadWhen(proto, &out); !status.ok()) return status;
  out.bytes = bytes;
  out.id = crypto::Sha256({crypto::Lp(kLabel), bytes});
  return out;
}

absl::StatusOr<Parameters> MakeParameters(peer::v1::CeremonyParameters draft) {
  std::sort(draft.mutable_holders()->begin(), draft.mutable_holders()->end(),
            [](const auto& a, const auto& b) { return a.index() < b.index(); });
  return ReadParameters(draft.SerializeAsString());
}

absl::StatusOr<Roster> Roster::Of(const Parameters& parameters,
                                  const partnership::Manifest& manifest) {
  if (parameters.partnership != manifest.partnership ||
      parameters.manifest_digest != manifest.digest) {
    return absl::FailedPreconditionError(
        "the ceremony is for another manifest than the one in force: install the newest manifest "
        "everywhere, then start it again");
  }
  if (absl::Status status = CheckCommittee(parameters.holders, parameters.threshold, manifest);
      !status.ok()) {
    return status;
  }
  Roster out;
  for (const Seat& seat : parameters.holders) {
    const partnership::Member* member = manifest.Find(seat.organisation);
    Participant next{seat.index, seat.organisation, {}};
    for (const partnership::Key* key :
         member->KeysFor(crypto::KeyPurpose::kIdentity, parameters.day)) {
      next.keys.push_back(key->public_key);
    }
    if (next.keys.empty()) {
      return absl::FailedPreconditionError(
          "a holder has no identity key that is valid on the day of the ceremony: have it renew "
          "its keys in the manifest first");
    }
    out.participants_.push_back(std::move(next));
  }
  return out;
}

std::vector<MemberIndex> Roster::Indexes() const {
  std::vector<MemberIndex> out;
  for (const Participant& one : participants_) out.push_back(one.index);
  return out;
}

const Participant* Roster::Find(std::string_view organisation) const {
  const auto found = std::find_if(participants_.begin(), participants_.end(), [&](const auto& one) {
    return one.organisation == organisation;
  });
  return found == participants_.end() ? nullptr : &*found;
}

const Participant* Roster::Find(MemberIndex index) const {
  const auto found = std::find_if(participants_.begin(), participants_.end(),
                                  [&](const auto& one) { return one.index == index; });
  return found == participants_.end() ? nullptr : &*found;
}

}  // namespace sluis::keys
