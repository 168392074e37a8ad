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
  if (proto.kind() == peer::v1::CEREMONY_KIND_UNSPECIFIED ||
      !peer::v1::CeremonyKind_IsValid(proto.kind())) {
    return Wrong("kind",
                 "be generation, reshare, factor or roll; bring all nodes to the same version");
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

// Nobody has the index of another organisation, and nobody another index than it had.
bool KeepIndexes(const Package& previous, const std::vector<Seat>& holders) {
  return std::all_of(holders.begin(), holders.end(), [&](const Seat& seat) {
    return std::all_of(previous.holders.begin(), previous.holders.end(), [&](const KeyHolder& old) {
      return (old.index == seat.index) == (old.organisation == seat.organisation);
    });
  });
}

absl::Status ReadPrevious(const peer::v1::CeremonyParameters& proto, Parameters* out) {
  absl::StatusOr<Package> previous = ReadPackage(proto.previous_package());
  if (!previous.ok() || previous->use != record::v1::KEY_USE_TAGS) {
    return Wrong("previous_package", "be a package of a key for tags");
  }
  const uint64_t epoch =
      uint64_t{previous->epoch} + (out->kind == peer::v1::CEREMONY_KIND_RESHARE ? 0 : 1);
  if (previous->partnership != out->partnership || previous->purpose != out->purpose ||
      epoch != out->epoch) {
    return Wrong("partnership, purpose and epoch",
                 "be those of the previous package, the epoch one more unless it is shared anew");
  }
  if (!KeepIndexes(*previous, out->holders)) {
    return Wrong("holders", "keep their indexes, and take nobody else's");
  }
  out->previous = *std::move(previous);
  return absl::OkStatus();
}

absl::Status ReadDealers(const peer::v1::CeremonyParameters& proto, size_t needed,
                         Parameters* out) {
  for (const uint32_t index : proto.dealers()) {
    if (index > 65535 || out->previous->Find(static_cast<MemberIndex>(index)) == nullptr ||
        (!out->dealers.empty() && out->dealers.back() >= index)) {
      return Wrong("dealers", "be holders of the previous package, ascending");
    }
    out->dealers.push_back(static_cast<MemberIndex>(index));
  }
  if (out->dealers.size() != needed) {
    return Wrong("dealers", "be exactly " + std::to_string(needed) + " for this package");
  }
  return absl::OkStatus();
}

// Products of shares lie on a polynomial of twice the degree, which that many determine.
absl::Status CheckRolls(const Package& previous) {
  if (2 * previous.threshold - 1 <= previous.holders.size()) return absl::OkStatus();
  return Wrong(
      "previous_package",
      "need fewer of its holders to be rolled: share it anew with a lower threshold or more "
      "holders first");
}

absl::Status ReadFactorHolders(Parameters* out) {
  const Package& previous = *out->previous;
  const bool same =
      out->threshold == previous.threshold &&
      std::equal(out->holders.begin(), out->holders.end(), previous.holders.begin(),
                 previous.holders.end(), [](const Seat& seat, const KeyHolder& holder) {
                   return seat.index == holder.index && seat.organisation == holder.organisation;
                 });
  if (!same) return Wrong("holders and threshold", "be those of the previous package for a factor");
  return CheckRolls(previous);
}

absl::Status ReadFactor(const peer::v1::CeremonyParameters& proto, Parameters* out) {
  absl::StatusOr<Package> factor = ReadPackage(proto.factor_package());
  if (!factor.ok() || factor->use != record::v1::KEY_USE_ROLL ||
      factor->previous_digest != out->previous->digest || factor->epoch != out->epoch) {
    return Wrong("factor_package", "be the package of a factor that was made for the previous one");
  }
  out->factor = *std::move(factor);
  return CheckRolls(*out->previous);
}

absl::Status ReadBefore(const peer::v1::CeremonyParameters& proto, Parameters* out) {
  const bool generation = out->kind == peer::v1::CEREMONY_KIND_GENERATION;
  const bool roll = out->kind == peer::v1::CEREMONY_KIND_ROLL;
  if ((generation && !proto.previous_package().empty()) ||
      (!roll && !proto.factor_package().empty()) || (out->Draws() && proto.dealers_size() != 0)) {
    return Wrong("previous_package, factor_package and dealers", "be empty where none is used");
  }
  if (!generation) {
    if (absl::Status status = ReadPrevious(proto, out); !status.ok()) return status;
  }
  if (out->Draws()) {
    for (const Seat& seat : out->holders) out->dealers.push_back(seat.index);
    return generation ? absl::OkStatus() : ReadFactorHolders(out);
  }
  if (roll) {
    if (absl::Status status = ReadFactor(proto, out); !status.ok()) return status;
  }
  const size_t threshold = out->previous->threshold;
  return ReadDealers(proto, roll ? 2 * threshold - 1 : threshold, out);
}

// Who takes part, before the manifest is asked: dealers who leave, and all holders.
std::vector<Seat> SeatsOf(const Parameters& parameters) {
  std::vector<Seat> out = parameters.holders;
  for (const MemberIndex dealer : parameters.dealers) {
    if (parameters.Holds(dealer)) continue;
    out.push_back({dealer, parameters.previous->Find(dealer)->organisation});
  }
  std::sort(out.begin(), out.end(), [](const Seat& a, const Seat& b) { return a.index < b.index; });
  return out;
}

}  // namespace

bool Parameters::Draws() const {
  return kind == peer::v1::CEREMONY_KIND_GENERATION || kind == peer::v1::CEREMONY_KIND_FACTOR;
}

bool Parameters::Deals(MemberIndex member) const {
  return std::binary_search(dealers.begin(), dealers.end(), member);
}

bool Parameters::Holds(MemberIndex member) const {
  return std::any_of(holders.begin(), holders.end(),
                     [&](const Seat& seat) { return seat.index == member; });
}

absl::StatusOr<Parameters> ReadParameters(crypto::BytesView bytes) {
  peer::v1::CeremonyParameters proto;
  if (!envelope::ReadCanonical(bytes, kMaxParametersBytes, proto)) {
    return Wrong("bytes", "be those of parameters and nothing else");
  }
  Parameters out;
  if (absl::Status status = ReadWhat(proto, &out); !status.ok()) return status;
  if (absl::Status status = ReadHolders(proto, &out); !status.ok()) return status;
  if (absl::Status status = ReadWhen(proto, &out); !status.ok()) return status;
  if (absl::Status status = ReadBefore(proto, &out); !status.ok()) return status;
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
  for (const Seat& seat : SeatsOf(parameters)) {
    const partnership::Member* member = manifest.Find(seat.organisation);
    if (member == nullptr) {
      return absl::FailedPreconditionError(
          "a holder that is to deal is no longer in the manifest: name another dealer");
    }
    Participant next{seat.index, seat.organisation, {}};
    for (const partnership::Key* key :
         member->KeysFor(crypto::KeyPurpose::kIdentity, parameters.day)) {
      next.keys.push_back(key->public_key);
    }
    if (next.keys.empty()) {
      return absl::FailedPreconditionError(
          "a participant has no identity key that is valid on the day of the ceremony: have it "
          "renew "
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
