#include "server/core/ceremony_draft.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "server/core/ceremony_day.h"
#include "server/core/ceremony_fate.h"
#include "server/core/ceremony_rows.h"
#include "server/core/key_succession.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint32_t kDefaultHours = 168;
constexpr uint32_t kMostHours = 720;
constexpr uint64_t kDefaultRound = 600;
constexpr size_t kNonceBytes = 16;
constexpr int kMostIndex = 65535;

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

absl::Status NoKey() {
  return CeremonyRefusal(
      "no_key", "there is no key for this purpose here: look at `keys status`, or generate one");
}

// The highest index that anybody had in a ceremony about the key that this node knows of.
absl::StatusOr<int> LastIndex(const View& view, const keys::Package& package) {
  int last = 0;
  const absl::Status visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    peer::v1::CeremonyParameters parameters;
    if (!parameters.ParseFromString(one.row.parameters()) ||
        parameters.partnership() != package.partnership ||
        parameters.purpose() != package.purpose || parameters.epoch() != package.epoch) {
      return true;
    }
    for (const auto& seat : parameters.holders()) {
      last = std::max(last, static_cast<int>(seat.index()));
    }
    return true;
  });
  if (!visited.ok()) return visited;
  for (const keys::KeyHolder& one : package.holders) last = std::max<int>(last, one.index);
  return last;
}

// Who is to hold it afterwards, with the index of before where there is one. A new one gets an
// index that nobody had, also not who left: what both know would lie on one place.
absl::StatusOr<std::vector<keys::Seat>> SeatsOf(
    const View& view, const google::protobuf::RepeatedPtrField<std::string>& asked,
    const partnership::Manifest& manifest, const std::optional<keys::Package>& previous) {
  std::set<std::string> names(asked.begin(), asked.end());
  if (static_cast<int>(names.size()) != asked.size()) {
    return absl::InvalidArgumentError("holders: name each organisation once");
  }
  if (names.empty() && previous) {
    for (const keys::KeyHolder& one : previous->holders) names.insert(one.organisation);
  }
  if (names.empty()) {
    for (const partnership::Member& one : manifest.members) names.insert(one.organisation);
  }
  std::map<std::string, int> before;
  int last = 0;
  if (previous) {
    for (const keys::KeyHolder& one : previous->holders) before[one.organisation] = one.index;
    const absl::StatusOr<int> highest = LastIndex(view, *previous);
    if (!highest.ok()) return highest.status();
    last = *highest;
  }
  std::vector<keys::Seat> seats;
  for (const std::string& name : names) {
    if (manifest.Find(name) == nullptr) {
      return absl::FailedPreconditionError(
          "holders: an organisation is no member of the partnership: name members of the manifest "
          "in force, or bring one into force that lists it");
    }
    const auto found = before.find(name);
    const int index = found == before.end() ? ++last : found->second;
    if (index > kMostIndex) {
      return absl::FailedPreconditionError(
          "there is no place left in the sharing of this key: generate a new one");
    }
    seats.push_back({static_cast<keys::MemberIndex>(index), name});
  }
  return seats;
}

// As many of the holders of before as must deal: those who leave first, then the others, by index;
// of them those that the manifest still lists, and not this node when it lost its share.
absl::StatusOr<std::vector<keys::MemberIndex>> DealersOf(
    const Call& call, const View& view,
    const google::protobuf::RepeatedPtrField<std::string>& asked, const keys::Package& previous,
    const std::vector<keys::Seat>& seats, size_t needed) {
  const partnership::Manifest& manifest = call.terms->manifest->manifest;
  const bool has_share = OpenKeyShare(view, previous).ok();
  std::vector<keys::MemberIndex> dealers;
  if (!asked.empty()) {
    for (const std::string& name : asked) {
      const auto found = std::find_if(previous.holders.begin(), previous.holders.end(),
                                      [&](const auto& one) { return one.organisation == name; });
      if (found == previous.holders.end()) {
        return absl::FailedPreconditionError(
            "dealers: an organisation holds no share of this key: name holders of now");
      }
      dealers.push_back(found->index);
    }
  } else {
    const auto leaves = [&](const keys::KeyHolder& one) {
      return std::none_of(seats.begin(), seats.end(), [&](const keys::Seat& seat) {
        return seat.organisation == one.organisation;
      });
    };
    for (const bool leaving : {true, false}) {
      for (const keys::KeyHolder& one : previous.holders) {
        if (dealers.size() == needed || leaves(one) != leaving ||
            manifest.Find(one.organisation) == nullptr ||
            (!has_share && one.organisation == call.terms->organisation)) {
          continue;
        }
        dealers.push_back(one.index);
      }
    }
  }
  if (dealers.size() != needed) {
    return absl::FailedPreconditionError(
        "exactly as many holders of now must deal as the key needs (" + std::to_string(needed) +
        "): name that many, or generate a new key when fewer are left");
  }
  std::sort(dealers.begin(), dealers.end());
  return dealers;
}

// The newest ceremony of that purpose that ended, or the one named.
absl::StatusOr<std::optional<CeremonyRow>> EndedOne(const View& view,
                                                    const node::v1::StartCeremonyRequest& request) {
  std::optional<CeremonyRow> found;
  if (!request.ceremony().empty()) {
    absl::StatusOr<CeremonyRow> named = ReadCeremony(view, request.ceremony());
    if (absl::IsNotFound(named.status())) {
      return absl::FailedPreconditionError("there is no such ceremony here: look at `keys status`");
    }
    if (!named.ok()) return named.status();
    if (named->row.state() != record::v1::CEREMONY_STATE_ENDED) {
      return absl::FailedPreconditionError(
          "only a ceremony that ended can be started again: look at `keys status`");
    }
    found = *std::move(named);
    return found;
  }
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    if (one.row.state() != record::v1::CEREMONY_STATE_ENDED) return true;
    const absl::StatusOr<keys::Parameters> parameters = keys::ReadParameters(one.row.parameters());
    if (!parameters.ok()) {
      fault = parameters.status();
      return false;
    }
    if (parameters->purpose != request.purpose() ||
        (found && found->row.ended_s() >= one.row.ended_s())) {
      return true;
    }
    // Nor is one that somebody ended on purpose, unless it is named.
    if (WasCancelled(one.row)) return true;
    // One that another key or sharing has overtaken is not what anybody wants made again.
    const absl::StatusOr<bool> follows = MayFollowPinned(view, *parameters);
    if (follows.ok()) found = one;
    if (!follows.ok() && !absl::IsFailedPrecondition(follows.status())) fault = follows.status();
    return fault.ok();
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return absl::DataLossError("a ceremony cannot be read; run the node's doctor");
  return found;
}

// What was asked for, or else as many as now where there is a key: fewer only when somebody says
// so, as far as there are holders.
uint32_t ThresholdFor(uint32_t asked, size_t now, size_t holders) {
  if (asked != 0) return asked;
  return static_cast<uint32_t>(std::max(keys::LeastThreshold(holders), std::min(now, holders)));
}

void AddSeats(const std::vector<keys::Seat>& seats, peer::v1::CeremonyParameters& draft) {
  draft.clear_holders();
  for (const keys::Seat& seat : seats) {
    peer::v1::CeremonySeat& added = *draft.add_holders();
    added.set_index(seat.index);
    added.set_organisation(seat.organisation);
  }
}

// What every draft says of this moment.
absl::Status AddNow(const Call& call, const node::v1::StartCeremonyRequest& request,
                    crypto::Random& random, peer::v1::CeremonyParameters& draft) {
  const uint32_t hours = request.announce_hours() == 0 ? kDefaultHours : request.announce_hours();
  if (hours > kMostHours) {
    return absl::InvalidArgumentError("announce_hours: give 1 to 720 hours for agreeing");
  }
  draft.set_version(keys::kCeremonyVersion);
  draft.set_partnership(call.terms->partnership);
  draft.set_manifest_digest(Text(call.terms->manifest->manifest.digest));
  draft.set_day(call.today);
  draft.set_announce_until_s(call.now_us / kSecondUs + hours * 3600ull);
  const uint64_t round = request.round_seconds() == 0 ? kDefaultRound : request.round_seconds();
  if (round < kLeastRoundSeconds || round > 604'800) {
    return absl::InvalidArgumentError("round_seconds: give " + std::to_string(kLeastRoundSeconds) +
                                      " to 604800 seconds for a round");
  }
  draft.set_round_seconds(static_cast<uint32_t>(round));
  std::string nonce(kNonceBytes, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(nonce.data()), nonce.size()});
  draft.set_nonce(nonce);
  return absl::OkStatus();
}

// Which rule of CheckCommittee they break, for people who are told in their own language.
std::string CommitteeWord(const std::vector<keys::Seat>& seats, size_t threshold,
                          const partnership::Manifest& manifest) {
  if (seats.size() < keys::kMinHolders) return "too_few_holders";
  std::set<std::string> hosts;
  for (const keys::Seat& seat : seats) {
    const partnership::Member* member = manifest.Find(seat.organisation);
    if (member == nullptr) return "no_ceremony";
    hosts.insert(member->host);
  }
  if (hosts.size() < keys::kMinHosts) return "too_few_hosts";
  if (threshold < keys::LeastThreshold(seats.size()) || threshold > seats.size()) {
    return "low_threshold";
  }
  return "crowded_host";
}

absl::StatusOr<peer::v1::CeremonyParameters> Generation(
    const Call& call, const View& view, const node::v1::StartCeremonyRequest& request) {
  peer::v1::CeremonyParameters draft;
  draft.set_kind(peer::v1::CEREMONY_KIND_GENERATION);
  draft.set_purpose(request.purpose());
  // A fresh key never has the epoch of one that is there: what was made by that stays told apart.
  const absl::StatusOr<PinnedKey> newest =
      NewestPinnedKey(view, call.terms->partnership, request.purpose());
  if (!newest.ok() && !absl::IsNotFound(newest.status())) return newest.status();
  draft.set_epoch(newest.ok() ? newest->package.epoch + 1 : 1);
  const auto seats = SeatsOf(view, request.holders(), call.terms->manifest->manifest, std::nullopt);
  if (!seats.ok()) return seats.status();
  AddSeats(*seats, draft);
  draft.set_threshold(request.threshold() == 0
                          ? static_cast<uint32_t>(keys::LeastThreshold(seats->size()))
                          : request.threshold());
  return draft;
}

absl::StatusOr<peer::v1::CeremonyParameters> Reshare(
    const Call& call, const View& view, const node::v1::StartCeremonyRequest& request) {
  const absl::StatusOr<PinnedKey> newest =
      NewestPinnedKey(view, call.terms->partnership, request.purpose());
  if (absl::IsNotFound(newest.status())) return NoKey();
  if (!newest.ok()) return newest.status();
  const partnership::Manifest& manifest = call.terms->manifest->manifest;
  const keys::Package& previous = newest->package;
  const auto seats = SeatsOf(view, request.holders(), manifest, previous);
  if (!seats.ok()) return seats.status();
  const auto dealers =
      DealersOf(call, view, request.dealers(), previous, *seats, previous.threshold);
  if (!dealers.ok()) return dealers.status();
  peer::v1::CeremonyParameters draft;
  draft.set_kind(peer::v1::CEREMONY_KIND_RESHARE);
  draft.set_purpose(previous.purpose);
  draft.set_epoch(previous.epoch);
  AddSeats(*seats, draft);
  draft.set_threshold(ThresholdFor(request.threshold(), previous.threshold, seats->size()));
  draft.set_previous_package(previous.bytes);
  for (const keys::MemberIndex dealer : *dealers) draft.add_dealers(dealer);
  return draft;
}

// The factor first; the roll itself once that is there.
absl::StatusOr<peer::v1::CeremonyParameters> Roll(const Call& call, const View& view,
                                                  const node::v1::StartCeremonyRequest& request) {
  const absl::StatusOr<PinnedKey> newest =
      NewestPinnedKey(view, call.terms->partnership, request.purpose());
  if (absl::IsNotFound(newest.status())) return NoKey();
  if (!newest.ok()) return newest.status();
  const keys::Package& previous = newest->package;
  if (!request.holders().empty() || request.threshold() != 0) {
    return absl::InvalidArgumentError(
        "holders: a roll keeps holders and threshold: share the key anew first to change them");
  }
  std::vector<keys::Seat> seats;
  for (const keys::KeyHolder& one : previous.holders) {
    seats.push_back({one.index, one.organisation});
  }
  peer::v1::CeremonyParameters draft;
  draft.set_purpose(previous.purpose);
  draft.set_epoch(previous.epoch + 1);
  draft.set_threshold(static_cast<uint32_t>(previous.threshold));
  AddSeats(seats, draft);
  draft.set_previous_package(previous.bytes);
  const absl::StatusOr<PinnedKey> factor = ReadPinnedKey(
      view, previous.partnership, previous.purpose, record::v1::KEY_USE_ROLL, previous.epoch + 1);
  if (!factor.ok() && !absl::IsNotFound(factor.status())) return factor.status();
  if (!factor.ok() || factor->package.previous_digest != previous.digest) {
    draft.set_kind(peer::v1::CEREMONY_KIND_FACTOR);
    return draft;
  }
  const auto dealers =
      DealersOf(call, view, request.dealers(), previous, seats, 2 * previous.threshold - 1);
  if (!dealers.ok()) return dealers.status();
  draft.set_kind(peer::v1::CEREMONY_KIND_ROLL);
  draft.set_factor_package(factor->package.bytes);
  for (const keys::MemberIndex dealer : *dealers) draft.add_dealers(dealer);
  return draft;
}

// The same again, among the same, with a new nonce and a new time.
absl::StatusOr<peer::v1::CeremonyParameters> Recovery(
    const Call& call, const View& view, const node::v1::StartCeremonyRequest& request) {
  const absl::StatusOr<std::optional<CeremonyRow>> ended = EndedOne(view, request);
  if (!ended.ok()) return ended.status();
  if (!*ended) {
    // A share that is lost: the same holders, all with new shares.
    return Reshare(call, view, request);
  }
  peer::v1::CeremonyParameters draft;
  if (!draft.ParseFromString((*ended)->row.parameters())) {
    return absl::DataLossError("a ceremony cannot be read; run the node's doctor");
  }
  draft.set_restarts((*ended)->id);
  if (!request.holders().empty()) {
    std::optional<keys::Package> previous;
    if (!draft.previous_package().empty()) {
      absl::StatusOr<keys::Package> read = keys::ReadPackage(draft.previous_package());
      if (!read.ok()) return read.status();
      previous = *std::move(read);
    }
    const auto seats = SeatsOf(view, request.holders(), call.terms->manifest->manifest, previous);
    if (!seats.ok()) return seats.status();
    AddSeats(*seats, draft);
    draft.set_threshold(ThresholdFor(request.threshold(), draft.threshold(), seats->size()));
  }
  if (!request.dealers().empty() && !draft.previous_package().empty()) {
    const absl::StatusOr<keys::Package> previous = keys::ReadPackage(draft.previous_package());
    if (!previous.ok()) return previous.status();
    const auto dealers = DealersOf(call, view, request.dealers(), *previous, {},
                                   static_cast<size_t>(draft.dealers_size()));
    if (!dealers.ok()) return dealers.status();
    draft.clear_dealers();
    for (const keys::MemberIndex dealer : *dealers) draft.add_dealers(dealer);
  }
  return draft;
}

}  // namespace

absl::Status CeremonyRefusal(const std::string& word, const std::string& message) {
  absl::Status status = absl::FailedPreconditionError(message);
  status.SetPayload(kCeremonyCode, absl::Cord(word));
  return status;
}

absl::StatusOr<keys::Parameters> DraftCeremony(const Call& call, const View& view,
                                               const node::v1::StartCeremonyRequest& request,
                                               crypto::Random& random) {
  if (call.terms->manifest == nullptr) {
    return absl::FailedPreconditionError(
        "this node is in no partnership: bring a manifest into force first");
  }
  absl::StatusOr<peer::v1::CeremonyParameters> draft =
      absl::InvalidArgumentError("kind: name generation, reshare, roll or recover");
  if (request.kind() == "generation") draft = Generation(call, view, request);
  if (request.kind() == "reshare") draft = Reshare(call, view, request);
  if (request.kind() == "roll") draft = Roll(call, view, request);
  if (request.kind() == "recover") draft = Recovery(call, view, request);
  if (!draft.ok()) return draft.status();
  if (absl::Status now = AddNow(call, request, random, *draft); !now.ok()) return now;
  std::vector<keys::Seat> seats;
  for (const peer::v1::CeremonySeat& seat : draft->holders()) {
    seats.push_back({static_cast<keys::MemberIndex>(seat.index()), seat.organisation()});
  }
  const partnership::Manifest& manifest = call.terms->manifest->manifest;
  // Before the form: who asks for too few is told which, and not that a number is out of bounds.
  if (absl::Status committee = keys::CheckCommittee(seats, draft->threshold(), manifest);
      !committee.ok()) {
    return CeremonyRefusal(CommitteeWord(seats, draft->threshold(), manifest),
                           std::string(committee.message()));
  }
  absl::StatusOr<keys::Parameters> parameters = keys::MakeParameters(*std::move(draft));
  if (!parameters.ok()) return parameters.status();
  if (const auto roster = keys::Roster::Of(*parameters, manifest); !roster.ok()) {
    return roster.status();
  }
  return parameters;
}

}  // namespace sluis::core
