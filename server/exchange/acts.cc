#include "server/exchange/acts.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/core/cancel_received.h"
#include "server/core/close_sent.h"
#include "server/core/collect_offers.h"
#include "server/core/release_keys.h"
#include "server/core/store_keys.h"
#include "server/core/take_erasures.h"

namespace sluis::exchange {

std::map<peer::v1::EnvelopeKind, InboundParts::Act> ActsOf(core::PartnerHeads& heads,
                                                           crypto::Random& random) {
  const auto close = [](std::string sender, std::vector<core::PeerLeaf> leaves) {
    return std::make_shared<core::CloseSent>(std::move(sender), std::move(leaves));
  };
  const auto refused = std::make_shared<core::RefusedOffers>();
  return {{peer::v1::ENVELOPE_KIND_OFFER,
           [&random, refused](std::string sender, std::vector<core::PeerLeaf> leaves) {
             return std::make_shared<core::CollectOffers>(std::move(sender), std::move(leaves),
                                                          random, refused);
           }},
          {peer::v1::ENVELOPE_KIND_RECEIPT,
           [&heads](std::string sender, std::vector<core::PeerLeaf> leaves) {
             return std::make_shared<core::ReleaseKeys>(std::move(sender), std::move(leaves),
                                                        heads);
           }},
          {peer::v1::ENVELOPE_KIND_KEY,
           [&random](std::string sender, std::vector<core::PeerLeaf> leaves) {
             return std::make_shared<core::StoreKeys>(std::move(sender), std::move(leaves), random);
           }},
          {peer::v1::ENVELOPE_KIND_CANCEL,
           [](std::string sender, std::vector<core::PeerLeaf> leaves) {
             return std::make_shared<core::CancelReceived>(std::move(sender), std::move(leaves));
           }},
          {peer::v1::ENVELOPE_KIND_ERASURE,
           [](std::string sender, std::vector<core::PeerLeaf> leaves) {
             return std::make_shared<core::TakeErasures>(std::move(sender), std::move(leaves));
           }},
          {peer::v1::ENVELOPE_KIND_OPENED, close},
          {peer::v1::ENVELOPE_KIND_UNOPENABLE, close},
          {peer::v1::ENVELOPE_KIND_REFUSAL, close}};
}

}  // namespace sluis::exchange
