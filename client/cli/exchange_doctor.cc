#include "client/cli/exchange_doctor.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "client/cli/signal_view.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_mandate.h"
#include "client/lib/signing.h"
#include "client/lib/text.h"
#include "server/partnership/manifest.h"

namespace sluis::cli {
namespace {

constexpr uint64_t kSecond = 1000000;
constexpr uint64_t kFresh = 60 * kSecond;  // six heartbeats
constexpr uint64_t kClockWarning = 30;
constexpr uint64_t kClockFault = 300;
constexpr uint64_t kHour = 3600 * kSecond;
constexpr uint64_t kDay = 24 * 3600 * kSecond;
constexpr int64_t kDaySeconds = 24 * 3600;

struct Trouble {
  std::string_view code;
  const char* standing;
  const char* diagnosis;
  // A fault is for this side to put right.
  Weight weight;
};
constexpr Trouble kTroubles[] = {
    {"", "exchange.well", "doctor.partner_fine", Weight::kFine},
    {"no_address", "exchange.no_address", "doctor.partner_no_address", Weight::kWarning},
    {"unreachable", "exchange.unreachable", "doctor.partner_unreachable", Weight::kWarning},
    {"refused", "exchange.refused", "doctor.partner_refused", Weight::kFault},
    {"update_here", "exchange.update_here", "doctor.partner_update_here", Weight::kFault},
    {"update_there", "exchange.update_there", "doctor.partner_update_there", Weight::kWarning},
    {"log_behind", "exchange.log_behind", "doctor.partner_log_behind", Weight::kFault},
    {"lists_differ", "exchange.lists_differ", "doctor.partner_lists_differ", Weight::kWarning},
    {"manifest_older_here", "exchange.manifest_older_here", "doctor.partner_manifest_older_here",
     Weight::kFault},
    {"manifest_older_there", "exchange.manifest_older_there", "doctor.partner_manifest_older_there",
     Weight::kWarning},
    {"manifest_differs", "exchange.manifest_differs", "doctor.partner_manifest_differs",
     Weight::kFault},
};

const Trouble* Find(std::string_view code) {
  for (const Trouble& trouble : kTroubles) {
    if (trouble.code == code) return &trouble;
  }
  return nullptr;
}

bool Fresh(uint64_t at_us, uint64_t now_us) {
  return at_us != 0 && (at_us >= now_us || now_us - at_us <= kFresh);
}

// Whether partners have an address to reach this node at. One that only dials out is heard of all
// the same, so that nothing is missing when nobody reaches it.
bool CanBeReached(const node::v1::GetExchangeResponse& exchange, const std::string& own) {
  const auto held = partnership::ReadSignedManifest(exchange.signed_manifest());
  if (!held.ok()) return true;
  const partnership::Member* member = held->manifest.Find(own);
  return member == nullptr || !member->addresses.empty();
}

// The last second of that day.
int64_t EndOf(const std::string& day) {
  // Half a day beyond its end is on the next one, however long summer time makes it.
  return client::DayBegin(client::LegalDay(client::DayBegin(day) + kDaySeconds * 3 / 2)) - 1;
}

// Until when the member has a key of that purpose without a day between: a successor counts.
int64_t CoveredUntil(const partnership::Member& member, crypto::KeyPurpose purpose, int64_t now_s) {
  int64_t until = 0;
  bool further = true;
  while (further) {
    further = false;
    for (const partnership::Key& key : member.keys) {
      if (key.purpose != purpose) continue;
      const int64_t end = EndOf(key.not_after);
      // What has ended already tells since when; of what holds, each must begin where one ends.
      const bool joins = client::DayBegin(key.not_before) <= std::max(until, now_s) + 1;
      if (end > until && joins) {
        until = end;
        further = true;
      }
    }
  }
  return until;
}

// What this side sent and got no answer to.
void ExamineOwed(const node::v1::PeerState& peer, uint64_t now_us, const Args& args,
                 std::vector<Diagnosis>* out) {
  if (peer.erasures_overdue() > 0) {
    Args counted = args;
    counted.emplace_back("count", std::to_string(peer.erasures_overdue()));
    out->push_back({Weight::kFault, {"doctor.partner_erasures_overdue", std::move(counted)}});
  }
  if (peer.corrections_overdue() > 0) {
    Args counted = args;
    counted.emplace_back("count", std::to_string(peer.corrections_overdue()));
    out->push_back({Weight::kFault, {"doctor.partner_corrections_overdue", std::move(counted)}});
  }
  if (WaitsLong(peer, now_us)) {
    Args counted = args;
    counted.emplace_back("count", std::to_string(peer.outstanding()));
    counted.emplace_back(
        "since", client::LegalMinute(static_cast<int64_t>(peer.outstanding_since_us() / kSecond)));
    const bool days = now_us - peer.outstanding_since_us() > kDay;
    out->push_back(
        {days ? Weight::kFault : Weight::kWarning, {"doctor.partner_waits", std::move(counted)}});
  }
}

// What can still be done about a former member: the node sends nothing to who is not in the
// manifest, and does not know what was settled without it.
Diagnosis FormerMember(const node::v1::PeerState& peer) {
  return {Weight::kFault,
          {"doctor.partner_former",
           {{"organisation", Harmless(peer.organisation())},
            {"count", std::to_string(peer.outstanding())},
            {"overdue", std::to_string(peer.erasures_overdue())}}}};
}

// What of it was not believed here.
void ExamineBelief(const node::v1::PeerState& peer, const Args& args, std::vector<Diagnosis>* out) {
  if (peer.contradictions() > 0) {
    Args counted = args;
    counted.emplace_back("count", std::to_string(peer.contradictions()));
    counted.emplace_back("organisation", Harmless(peer.organisation()));
    counted.emplace_back("size", std::to_string(peer.known_log_size()));
    out->push_back({Weight::kFault, {"doctor.partner_contradictions", std::move(counted)}});
  }
  if (peer.parked() > 0) {
    Args counted = args;
    counted.emplace_back("count", std::to_string(peer.parked()));
    out->push_back({Weight::kWarning, {"doctor.partner_not_believed", std::move(counted)}});
  }
}

}  // namespace

std::string StandingKey(std::string_view trouble) {
  const Trouble* found = Find(trouble);
  return found == nullptr ? "exchange.unknown" : found->standing;
}

bool WaitsLong(const node::v1::PeerState& peer, uint64_t now_us) {
  const uint64_t since = peer.outstanding_since_us();
  return peer.outstanding() > 0 && since != 0 && since < now_us && now_us - since > kHour;
}

std::vector<MemberEnd> EndsOfMember(std::string_view signed_manifest, std::string_view organisation,
                                    int64_t now_s) {
  const auto held = partnership::ReadSignedManifest(signed_manifest);
  if (!held.ok()) return {};
  const partnership::Member* member = held->manifest.Find(organisation);
  if (member == nullptr) return {};
  std::vector<MemberEnd> out;
  // The log key is known by the node itself, also outside a partnership.
  for (const auto purpose : {crypto::KeyPurpose::kIdentity, crypto::KeyPurpose::kReceipt,
                             crypto::KeyPurpose::kWitness, crypto::KeyPurpose::kMandate}) {
    out.push_back({purpose, CoveredUntil(*member, purpose, now_s)});
  }
  return out;
}

std::vector<Diagnosis> ExamineExchange(const node::v1::GetExchangeResponse& exchange,
                                       const node::v1::GetStatusResponse& status) {
  std::vector<Diagnosis> out;
  if (exchange.partnership().empty()) return out;
  const bool can_be_reached = CanBeReached(exchange, status.organisation());
  for (const node::v1::PeerState& peer : exchange.peers()) {
    if (peer.former()) {
      out.push_back(FormerMember(peer));
      continue;
    }
    const Args args{{"name", Harmless(peer.name())},
                    {"own", Harmless(status.organisation())},
                    {"here", std::to_string(exchange.manifest_version())},
                    {"there", std::to_string(peer.manifest_version())}};
    const size_t before = out.size();
    const Trouble* trouble = Find(peer.trouble());
    if (trouble == nullptr) {
      out.push_back({Weight::kWarning, {"doctor.partner_unknown", args}});
    } else if (trouble->weight != Weight::kFine) {
      out.push_back({trouble->weight, {trouble->diagnosis, args}});
    }
    const bool reached = Fresh(peer.reached_at_us(), status.now_us());
    if (peer.trouble().empty() && !reached && !Fresh(peer.heard_at_us(), status.now_us())) {
      out.push_back({Weight::kWarning, {"doctor.partner_unreachable", args}});
    }
    if (reached && can_be_reached && !Fresh(peer.heard_at_us(), status.now_us())) {
      out.push_back({Weight::kWarning, {"doctor.partner_not_heard", args}});
    }
    const int64_t ahead = peer.clock_ahead_s();
    const uint64_t apart =
        ahead < 0 ? ~static_cast<uint64_t>(ahead) + 1 : static_cast<uint64_t>(ahead);
    if (peer.reached_at_us() != 0 && apart > kClockWarning) {
      Args clock = args;
      clock.emplace_back("seconds", std::to_string(apart));
      out.push_back({apart > kClockFault ? Weight::kFault : Weight::kWarning,
                     {"doctor.partner_clock", std::move(clock)}});
    }
    ExamineOwed(peer, status.now_us(), args, &out);
    ExamineBelief(peer, args, &out);
    if (out.size() == before) out.push_back({Weight::kFine, {"doctor.partner_fine", args}});
  }
  return out;
}

std::vector<Diagnosis> ExamineSigning(Shell& shell, const client::Profile& profile,
                                      const node::v1::GetExchangeResponse& exchange) {
  std::vector<Diagnosis> out;
  for (const MemberEnd& end :
       EndsOfMember(exchange.signed_manifest(), profile.organisation, shell.now_s())) {
    const std::string purpose(crypto::KeyPurposeName(end.purpose));
    const bool mandate = end.purpose == crypto::KeyPurpose::kMandate;
    out.push_back(
        ExamineEnd(end.not_after_s, shell.now_s(),
                   {shell.Text("doctor.key." + purpose),
                    shell.Text(mandate ? "doctor.remedy_mandate_key" : "doctor.remedy_member_key",
                               {{"file", purpose + ".key"}})}));
  }
  // The name comes from the node: it must not lead out of the folder.
  if (!client::IsOrganisationId(exchange.partnership())) return out;
  const std::string path = client::MandatePath(profile, exchange.partnership());
  if (!client::Exists(path)) return out;
  const auto mandate = client::ReadPartnershipMandate(path);
  if (!mandate.ok()) {
    out.push_back({Weight::kFault, mandate.failure().message});
    return out;
  }
  const Args args{{"partnership", exchange.partnership()}};
  out.push_back(ExamineEnd(static_cast<int64_t>(mandate->mandate.not_after_s()), shell.now_s(),
                           {shell.Text("doctor.partnership_mandate", args),
                            shell.Text("doctor.remedy_partnership_mandate", args)}));
  return out;
}

}  // namespace sluis::cli
