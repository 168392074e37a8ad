#ifndef SLUIS_TESTS_SUPPORT_SHARING_NODE_H_
#define SLUIS_TESTS_SUPPORT_SHARING_NODE_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "server/core/partner_heads.h"
#include "server/core/peer_act.h"
#include "server/core/sent_exchange.h"
#include "server/core/share_signal.h"
#include "server/envelope/user_signature.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/signals.pb.h"
#include "tests/support/exchange_node.h"

namespace sluis::tests {

inline constexpr char kCity[] = "lindervaart.example";
inline constexpr char kPolice[] = "pz-drie-sluizen.example";

// Heads in memory; refuses when told to.
class FakeHeads : public core::PartnerHeads {
 public:
  absl::StatusOr<std::optional<crypto::TreeHead>> Of(std::string_view origin) const override;
  absl::StatusOr<bool> WasReplaced(std::string_view origin,
                                   const crypto::TreeHead& head) const override;
  absl::StatusOr<bool> Take(const core::ShownHead& shown) override;
  absl::Status Contradict(const core::ShownHead& shown) override;

  std::map<std::string, crypto::TreeHead> heads;
  // Every head that was set aside, of any log, gave way since.
  bool replaced = false;
  absl::Status answer = absl::OkStatus();
  // What was shown and contradicts: the message that shows it.
  std::vector<std::string> evidence;
};

// A welfare organisation in exercise with a municipality and a police zone, and a social worker who
// passes signals on to help, as these packs allow.
struct SharingNode : ExchangeNode {
  explicit SharingNode(HarnessOptions options = {});

  // Brings a list of revoked mandates into force; the first one, empty, is there.
  void PutList(uint64_t number, const std::vector<std::string>& revoked);
  // A made-up signal that may be shared.
  std::string Recorded();
  absl::StatusOr<node::v1::PreviewShareResponse> Preview(const std::string& record_id,
                                                         const std::string& to = kCity);
  // The conditions that a preview has a person sign.
  static peer::v1::Conditions Conditions(const node::v1::PreviewShareResponse& preview);
  // What the person's machine makes of a preview: fresh exchange id and salts, signed.
  node::v1::ShareSignalRequest Signed(const std::string& record_id,
                                      const node::v1::PreviewShareResponse& preview,
                                      const std::string& to = kCity);
  // The statement, changed by `edit` before it is signed.
  using Edit = std::function<void(record::v1::UserStatement&)>;
  record::v1::SignedUserStatement Statement(const std::string& action, const std::string& audience,
                                            const envelope::StatementItem& item,
                                            const Edit& edit = {});
  absl::Status Share(const node::v1::ShareSignalRequest& request);
  // Preview, signature and share at once: the exchange id.
  std::string Shared(const std::string& record_id, const std::string& to = kCity);
  absl::Status Withdraw(const std::string& exchange_id, bool signed_by_person);
  // Erases a record; signed for every partner that may have it, or for none.
  absl::Status Erase(const std::string& record_id, bool signed_by_person = true);
  absl::StatusOr<node::v1::ListSentResponse> Sent(node::v1::ListSentRequest request = {});

  // Rows of an exchange as they stand; an owed message of kind 0 stands for none.
  core::SentRow Row(const std::string& exchange_id);
  record::v1::OwedMessage Owed(const std::string& exchange_id, const std::string& to = kCity);
  core::TravellingOffer Offer(const std::string& exchange_id);

  // Answers of the municipality as one envelope each, verified.
  std::vector<core::PeerLeaf> Receipt(const std::string& exchange_id);
  template <typename Answer>
  Answer AnswerTo(const std::string& exchange_id, peer::v1::EnvelopeKind kind);
  std::vector<core::PeerLeaf> Leaves(peer::v1::EnvelopeKind kind, std::string leaf);
  absl::Status RunAsPeer(std::shared_ptr<core::UseCase> use_case, const std::string& from = kCity);

  Person jan;
  record::v1::SignedMandate mandate;
  crypto::Secret<32> case_key;
  FakeHeads heads;
  node::v1::ShareSignalResponse shared;
  node::v1::WithdrawShareResponse withdrawn;
  node::v1::EraseSignalResponse erased;
};

template <typename Answer>
Answer SharingNode::AnswerTo(const std::string& exchange_id, peer::v1::EnvelopeKind kind) {
  Answer answer;
  *answer.mutable_binding() = Offer(exchange_id).offer.binding();
  answer.mutable_binding()->set_kind(kind);
  answer.mutable_binding()->set_sender(kCity);
  answer.mutable_binding()->set_recipient(h.options.organisation);
  return answer;
}

// The context in which these packs let a signal be passed on to help.
node::v1::RequestContext Helping();

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_SHARING_NODE_H_
