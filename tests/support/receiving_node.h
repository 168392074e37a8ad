#ifndef SLUIS_TESTS_SUPPORT_RECEIVING_NODE_H_
#define SLUIS_TESTS_SUPPORT_RECEIVING_NODE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/core/given_receipts.h"
#include "server/core/peer_act.h"
#include "server/core/received_exchange.h"
#include "server/core/terms.h"
#include "server/core/view.h"
#include "sluis/record/v1/exchange.pb.h"
#include "tests/support/core_harness.h"
#include "tests/support/exchange_world.h"

namespace sluis::tests {

// The recipient of an ExchangeWorld as a node without sockets and disks, in an active partnership
// whose packs are those that it has in force. What the world offers is a referral to help, which
// these packs let it take.
struct ReceivingNode {
  explicit ReceivingNode(HarnessOptions options = {});

  // Brings changed terms into force without an entry, as no node does.
  void Change(const std::function<void(core::Terms&)>& edit);
  // Runs one call of the sender's node, or of another one, to its end.
  absl::Status RunAsPeer(std::shared_ptr<core::UseCase> use_case,
                         const std::string& organisation = "lindervaart.example");
  // Reads the store as it is now.
  void Look(const std::function<void(const core::View&)>& use) const;

  // An envelope of such leaves, as its use case takes it.
  std::vector<core::PeerLeaf> Leaves(peer::v1::EnvelopeKind kind, std::vector<std::string> leaves);

  // The sender's list of revoked mandates of that number, with one revoked or none.
  absl::Status PutStatus(uint64_t number, const std::string& revoked = {});
  // A second one like it.
  static MadeOffer CopyOf(const MadeOffer& offer);
  absl::Status Collect(std::span<const MadeOffer> offers);
  // Its keys, wrapped for the one-time key of the rows, as its sender would send them.
  // They name the receipts that were given, unless told otherwise.
  absl::Status SendKeys(std::span<const MadeOffer> offers, bool under_given_receipts = true);
  // The row of a received exchange, and the word of what is owed for it; "nothing" without a row.
  std::optional<core::ReceivedRow> Received(const std::string& exchange_id) const;
  std::string OwedFor(const std::string& exchange_id) const;
  record::v1::CounterpartPart CounterpartOf(uint64_t index) const;

  static node::v1::RequestContext Context(const std::string& role) { return Intake(role); }

  // Receipts that it gave, by exchange id.
  struct Given final : core::GivenReceipts {
    absl::StatusOr<std::optional<crypto::Hash>> DigestOf(
        const envelope::ExchangeId& exchange) const override;
    std::map<envelope::ExchangeId, crypto::Hash> digests;
  };

  ExchangeWorld world;
  CoreHarness h;
  Given given;
  crypto::Secret<32> tag_key;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_RECEIVING_NODE_H_
