#include "server/exchange/acts.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/cancel_received.h"
#include "server/core/close_sent.h"
#include "server/core/collect_offers.h"
#include "server/core/release_keys.h"
#include "server/core/store_keys.h"
#include "server/core/take_erasures.h"
#include "server/core/take_letters.h"
#include "server/core/take_notices.h"

namespace sluis::exchange {

std::map<peer::v1::EnvelopeKind, InboundParts::Act> ActsOf(core::PartnerHeads& heads,
                                                           const core::GivenReceipts& receipts,
                                                           core::Ceremonies& ceremonies,
                                                           crypto::Random& random,
                                                           const crypto::Secret<32>& tag_key) {
  using Bridge = std::optional<core::HeadBridge>;
  const auto close = [](std::string sender, std::vector<core::PeerLeaf> leaves, const Bridge&) {
    return std::make_shared<core::CloseSent>(std::move(sender), std::move(leaves));
  };
  const auto quota = std::make_shared<core::OfferQuota>();
  return {{peer::v1::ENVELOPE_KIND_OFFER,
           [&random, quota](std::string sender, std::vector<core::PeerLeaf> leaves, const Bridge&) {
             return std::make_shared<core::CollectOffers>(std::move(sender), std::move(leaves),
                                                          random, quota);
           }},
          {peer::v1::ENVELOPE_KIND_RECEIPT,
           [&heads](std::string sender, std::vector<core::PeerLeaf> leaves, const Bridge& bridge) {
             return std::make_shared<core::ReleaseKeys>(std::move(sender), std::move(leaves), heads,
                                                        bridge);
           }},
          {peer::v1::ENVELOPE_KIND_KEY,
           [&random, &receipts, &tag_key](std::string sender, std::vector<core::PeerLeaf> leaves,
                                          const Bridge&) {
             return std::make_shared<core::StoreKeys>(std::move(sender), std::move(leaves), random,
                                                      receipts, tag_key);
           }},
          {peer::v1::ENVELOPE_KIND_CANCEL,
           [](std::string sender, std::vector<core::PeerLeaf> leaves, const Bridge&) {
             return std::make_shared<core::CancelReceived>(std::move(sender), std::move(leaves));
           }},
          {peer::v1::ENVELOPE_KIND_ERASURE,
           [quota](std::string sender, std::vector<core::PeerLeaf> leaves, const Bridge&) {
             return std::make_shared<core::TakeErasures>(std::move(sender), std::move(leaves),
                                                         quota);
           }},
          {peer::v1::ENVELOPE_KIND_NOTICE,
           [](std::string sender, std::vector<core::PeerLeaf> leaves, const Bridge&) {
             return std::make_shared<core::TakeNotices>(std::move(sender), std::move(leaves));
           }},
          {peer::v1::ENVELOPE_KIND_CEREMONY,
           [&ceremonies](std::string sender, std::vector<core::PeerLeaf> leaves, const Bridge&) {
             return std::make_shared<core::TakeLetters>(std::move(sender), std::move(leaves),
                                                        ceremonies);
           }},
          {peer::v1::ENVELOPE_KIND_OPENED, close},
          {peer::v1::ENVELOPE_KIND_UNOPENABLE, close},
          {peer::v1::ENVELOPE_KIND_REFUSAL, close}};
}

}  // namespace sluis::exchange
