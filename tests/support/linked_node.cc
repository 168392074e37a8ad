#include "tests/support/linked_node.h"

#include <future>
#include <utility>

#include "server/exchange/acts.h"
#include "server/storage/memory_store.h"

namespace sluis::tests {

LinkedNode::LinkedNode(ExchangeNode& node, InProcessNetwork& network)
    : node_(node),
      network_(network),
      organisation_(node.h.options.organisation),
      witness_(storage::NewMemoryStore()),
      derived_(storage::NewMemoryStore()),
      heads_(*witness_),
      acknowledgements_(*derived_, *witness_),
      peers_(network.PeersOf(organisation_)) {
  // As a key file would keep it.
  node_.h.random.Fill(nonces_.mutable_span());
  Restart();
}

LinkedNode::~LinkedNode() {
  network_.Remove(organisation_);
  outbound_->Stop();
  desk_->Stop();
}

void LinkedNode::Restart() {
  if (outbound_) outbound_->Stop();
  desk_.reset();
  evaluations_ = std::make_unique<core::Evaluations>(organisation_, caps);
  desk_ = std::make_unique<exchange::EvaluationDesk>(
      exchange::EvaluationDeskParts{.executor = *node_.h.executor,
                                    .evaluations = *evaluations_,
                                    .heads = heads_,
                                    .identity = node_.own().identity(),
                                    .nonces = nonces_,
                                    .random = node_.h.random,
                                    .parked = [this](const std::string&) { ++no_requests_; },
                                    .fault = [this](const absl::Status&) { ++desk_faults_; }});
  ceremonies_ =
      std::make_unique<core::Ceremonies>(organisation_, node_.own().identity(), node_.h.random);
  inbound_ = std::make_unique<exchange::Inbound>(exchange::InboundParts{
      .organisation = organisation_,
      .protocol = {},
      .terms = node_.h.terms,
      .executor = *node_.h.executor,
      .clock = node_.h.clock,
      .parked = [this](const std::string&, envelope::Fault fault) { parked_.push_back(fault); },
      .fault = [this](const absl::Status& status) { faults_.push_back(status); },
      .acts = exchange::ActsOf(heads_, acknowledgements_, *ceremonies_, node_.h.random, tag_key_)});
  outbound_ = std::make_unique<exchange::Outbound>(exchange::OutboundParts{
      .organisation = organisation_,
      .ledger = *node_.h.ledger,
      .terms = node_.h.terms,
      .executor = *node_.h.executor,
      .peers = *peers_,
      .acknowledgements = acknowledgements_,
      .keys = {node_.own().identity(), node_.own().keys.at(crypto::KeyPurpose::kReceipt)},
      .clock = node_.h.clock,
      .random = node_.h.random,
      .fault = [this](const absl::Status& status) { faults_.push_back(status); }});
  exchange::PeerAnswers answers;
  answers.deliver = [this](const std::string& sender, const peer::v1::DeliverRequest& request,
                           std::function<void(absl::Status)> done) {
    // To its end before it comes back: the test goes step by step.
    std::promise<absl::Status> ended;
    inbound_->Deliver(sender, request,
                      [&ended](absl::Status status) { ended.set_value(std::move(status)); });
    done(ended.get_future().get());
  };
  answers.evaluate = [this](const auto& sender, const auto& request, auto done) {
    desk_->Evaluate(sender, request, std::move(done));
  };
  answers.prove_evaluations = [this](const auto& sender, const auto& request, auto done) {
    desk_->Prove(sender, request, std::move(done));
  };
  answers.give_evaluation_list = [this](const auto& sender, const auto& request, auto done) {
    desk_->GiveList(sender, request, std::move(done));
  };
  answers.reveal_evaluation_nonces = [this](const auto& sender, const auto& request, auto done) {
    desk_->Reveal(sender, request, std::move(done));
  };
  network_.Put(organisation_, std::move(answers));
}

absl::Status LinkedNode::Round() {
  node_.h.ledger->Tick();
  return outbound_->Round();
}

}  // namespace sluis::tests
