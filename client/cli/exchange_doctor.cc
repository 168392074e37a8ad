#include "client/cli/exchange_doctor.h"

#include <cstdint>
#include <utility>

#include "client/cli/signal_view.h"
#include "server/partnership/manifest.h"

namespace sluis::cli {
namespace {

constexpr uint64_t kSecond = 1000000;
constexpr uint64_t kFresh = 60 * kSecond;  // six heartbeats
constexpr uint64_t kClockWarning = 30;
constexpr uint64_t kClockFault = 300;

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

}  // namespace

std::string StandingKey(std::string_view trouble) {
  const Trouble* found = Find(trouble);
  return found == nullptr ? "exchange.unknown" : found->standing;
}

std::vector<Diagnosis> ExamineExchange(const node::v1::GetExchangeResponse& exchange,
                                       const node::v1::GetStatusResponse& status) {
  std::vector<Diagnosis> out;
  if (exchange.partnership().empty()) return out;
  const bool can_be_reached = CanBeReached(exchange, status.organisation());
  for (const node::v1::PeerState& peer : exchange.peers()) {
    const Args args{{"name", Harmless(peer.name())},
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
    if (out.size() == before) out.push_back({Weight::kFine, {"doctor.partner_fine", args}});
  }
  return out;
}

}  // namespace sluis::cli
