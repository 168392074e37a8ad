#include "client/cli/keys_view.h"

#include <algorithm>
#include <string>

#include "client/cli/signal_view.h"
#include "client/lib/text.h"
#include "crypto/bytes.h"

namespace sluis::cli {
namespace {

std::string Moment(uint64_t at_s) { return client::LegalMinute(static_cast<int64_t>(at_s)); }

// The word of a fixed list; as it came when this command does not know it.
std::string Known(const Shell& shell, const std::string& group, const std::string& word) {
  const std::string key = group + word;
  return shell.catalogue().Has(key) ? shell.Text(key) : Harmless(word);
}

std::string HostOf(const Shell& shell, const node::v1::KeySeat& seat) {
  return seat.host().empty() ? shell.Text("keys.no_host") : Harmless(seat.host());
}

}  // namespace

void SayCeremony(Shell& shell, const node::v1::CeremonyView& ceremony) {
  shell.Say("keys.ceremony", {{"kind", Known(shell, "keys.kind.", ceremony.kind())},
                              {"purpose", Harmless(ceremony.purpose())},
                              {"epoch", std::to_string(ceremony.epoch())}});
  if (!ceremony.id().empty()) {
    shell.Say("keys.ceremony_id", {{"id", crypto::HexEncode(ceremony.id())}});
  }
  if (!ceremony.state().empty()) {
    shell.Say("keys.ceremony_state", {{"state", Known(shell, "keys.state.", ceremony.state())}});
  }
  int holders = 0;
  for (const node::v1::KeySeat& seat : ceremony.seats()) holders += seat.holds() ? 1 : 0;
  shell.Say("keys.needed", {{"threshold", std::to_string(ceremony.threshold())},
                            {"holders", std::to_string(holders)}});
  if (ceremony.threshold_before() > ceremony.threshold()) {
    shell.Say("keys.lowered", {{"before", std::to_string(ceremony.threshold_before())},
                               {"threshold", std::to_string(ceremony.threshold())}});
  }
  for (const node::v1::KeySeat& seat : ceremony.seats()) {
    shell.Say(seat.holds() ? "keys.seat" : "keys.seat_leaves",
              {{"organisation", Harmless(seat.organisation())}, {"host", HostOf(shell, seat)}});
  }
  if (ceremony.state() == "proposed" || ceremony.state().empty()) {
    shell.Say("keys.until", {{"until", Moment(ceremony.announce_until_s())},
                             {"round", std::to_string(ceremony.round_seconds())}});
  }
  if (!ceremony.proposed_by().empty()) {
    shell.Say("keys.proposed_by", {{"organisation", Harmless(ceremony.proposed_by())}});
  }
  for (const std::string& organisation : ceremony.awaited()) {
    shell.Say("keys.awaited", {{"round", Known(shell, "keys.round.", ceremony.round())},
                               {"organisation", Harmless(organisation)}});
  }
  if (!ceremony.reason().empty()) {
    shell.Say("keys.ended_because", {{"reason", Known(shell, "keys.reason.", ceremony.reason())}});
  }
  for (const node::v1::CeremonyFault& fault : ceremony.faults()) {
    shell.Say("keys.fault", {{"organisation", Harmless(fault.organisation())},
                             {"ground", Known(shell, "keys.ground.", fault.ground())},
                             {"round", Known(shell, "keys.round.", fault.round())}});
    for (const std::string& digest : fault.evidence_digests()) {
      shell.Say("keys.evidence", {{"digest", crypto::HexEncode(digest)}});
    }
  }
  if (ceremony.state() == "proposed") {
    shell.Say("keys.how_to_agree", {{"id", crypto::HexEncode(ceremony.id())}});
  }
  if (ceremony.state() == "ended") {
    shell.Say("keys.how_to_recover", {{"id", crypto::HexEncode(ceremony.id())}});
  }
}

bool IsTask(const node::v1::KeyState& key) {
  return key.stops_s() > 0 && key.stops_why() != "rolled";
}

void SayKey(Shell& shell, const node::v1::KeyState& key) {
  shell.Say(key.use() == "roll" ? "keys.factor" : "keys.key",
            {{"purpose", Harmless(key.purpose())},
             {"epoch", std::to_string(key.epoch())},
             {"generation", std::to_string(key.generation())},
             {"since", Moment(key.since_s())}});
  shell.Say("keys.package", {{"digest", crypto::HexEncode(key.package_digest())}});
  shell.Say("keys.needed", {{"threshold", std::to_string(key.threshold())},
                            {"holders", std::to_string(key.holders_size())}});
  for (const node::v1::KeySeat& seat : key.holders()) {
    shell.Say("keys.seat",
              {{"organisation", Harmless(seat.organisation())}, {"host", HostOf(shell, seat)}});
  }
  shell.Say("keys.share", {{"share", Known(shell, "keys.share.", key.share())}});
  if (key.old_share()) shell.Say("keys.old_share");
  if (key.stops_s() > 0) {
    shell.Say(key.stops_why() == "rolled"      ? "keys.stops_rolled"
              : key.stops_why() == "committee" ? "keys.stops_committee"
                                               : "keys.stops",
              {{"when", Moment(key.stops_s())}});
  }
  if (key.exercise()) shell.Say("keys.of_exercise");
}

bool NeedsSomebody(const node::v1::CeremonyView& ceremony) {
  // Nobody has to do anything about what somebody ended on purpose.
  const bool cancelled =
      std::any_of(ceremony.faults().begin(), ceremony.faults().end(),
                  [](const auto& fault) { return fault.ground() == "cancelled"; });
  return ceremony.state() == "proposed" || (ceremony.state() == "ended" && !cancelled);
}

bool NeedsSomebody(const node::v1::KeyState& key) { return key.share() == "lost" || IsTask(key); }

}  // namespace sluis::cli
