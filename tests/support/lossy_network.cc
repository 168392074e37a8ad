#include "tests/support/lossy_network.h"

#include <future>

namespace sluis::tests {

class LossyPeers final : public exchange::Peers {
 public:
  LossyPeers(LossyNetwork& network, std::string organisation)
      : network_(network), organisation_(std::move(organisation)) {}

  void Heartbeat(const std::string& organisation, peer::v1::HeartbeatRequest request,
                 Done<peer::v1::HeartbeatResponse> done) override {
    const auto found = network_.nodes_.find(organisation);
    if (found == network_.nodes_.end() || network_.cut_.contains({organisation_, organisation}) ||
        network_.Roll(network_.odds_.lost)) {
      return done(absl::UnavailableError("not reached"));
    }
    const auto& tap = network_.heartbeat_tap_;
    if (tap) tap(organisation_, organisation, request.SerializeAsString());
    auto answer = found->second.heartbeat(organisation_, request);
    if (tap && answer.ok()) tap(organisation, organisation_, answer->SerializeAsString());
    done(std::move(answer));
  }
  void Deliver(const std::string& organisation, peer::v1::DeliverRequest request,
               Done<peer::v1::DeliverResponse> done) override {
    network_.on_their_way_.push_back(
        {organisation_, organisation, std::move(request), std::move(done)});
  }
  void Evaluate(const std::string&, peer::v1::EvaluateRequest,
                Done<peer::v1::EvaluateResponse> done) override {
    done(absl::UnimplementedError("holds no keys"));
  }
  void ProveEvaluations(const std::string&, peer::v1::ProveEvaluationsRequest,
                        Done<peer::v1::ProveEvaluationsResponse> done) override {
    done(absl::UnimplementedError("holds no keys"));
  }
  void GiveEvaluationList(const std::string&, peer::v1::GiveEvaluationListRequest,
                          Done<peer::v1::GiveEvaluationListResponse> done) override {
    done(absl::UnimplementedError("holds no keys"));
  }
  void RevealEvaluationNonces(const std::string&, peer::v1::RevealEvaluationNoncesRequest,
                              Done<peer::v1::RevealEvaluationNoncesResponse> done) override {
    done(absl::UnimplementedError("holds no keys"));
  }

 private:
  LossyNetwork& network_;
  const std::string organisation_;
};

void LossyNetwork::Put(const std::string& organisation, exchange::PeerAnswers answers) {
  nodes_[organisation] = std::move(answers);
}

void LossyNetwork::Remove(const std::string& organisation) {
  nodes_.erase(organisation);
  for (Letter& letter : on_their_way_) {
    if (letter.from != organisation) continue;
    if (const Done done = std::exchange(letter.done, nullptr)) done(absl::CancelledError("gone"));
  }
}

std::unique_ptr<exchange::Peers> LossyNetwork::PeersOf(const std::string& organisation) {
  return std::make_unique<LossyPeers>(*this, organisation);
}

bool LossyNetwork::Step() {
  ++steps_;
  if (on_their_way_.empty()) return false;
  // Any of them, whatever was sent first.
  const size_t at = random_.Below(on_their_way_.size());
  if (on_their_way_[at].not_before > steps_ && odds_.longest_delay > 0) return true;
  std::swap(on_their_way_[at], on_their_way_.back());
  const Letter letter = std::move(on_their_way_.back());
  on_their_way_.pop_back();
  const auto answer = [&letter](const absl::Status& status) {
    if (!letter.done) return;
    if (!status.ok()) return letter.done(status);
    letter.done(peer::v1::DeliverResponse());
  };
  if (Roll(odds_.lost)) {
    answer(absl::UnavailableError("lost"));
  } else if (letter.done && Roll(odds_.late)) {
    ArriveLater(letter);
    answer(absl::DeadlineExceededError("late"));
  } else {
    if (Roll(odds_.doubled)) ArriveLater(letter);
    const absl::Status status = Arrive(letter);
    answer(Roll(odds_.answer_lost) ? absl::UnavailableError("answer lost") : status);
  }
  return true;
}

void LossyNetwork::ArriveLater(const Letter& letter) {
  on_their_way_.push_back({letter.from, letter.to, letter.request, nullptr,
                           steps_ + random_.Below(odds_.longest_delay + 1)});
}

absl::Status LossyNetwork::Arrive(const Letter& letter) {
  const auto found = nodes_.find(letter.to);
  if (found == nodes_.end() || cut_.contains({letter.from, letter.to})) {
    return absl::UnavailableError("not there");
  }
  if (tap_) tap_(letter.from, letter.to, letter.request);
  std::promise<absl::Status> answered;
  found->second.deliver(letter.from, letter.request, [&answered](absl::Status status) {
    answered.set_value(std::move(status));
  });
  return answered.get_future().get();
}

}  // namespace sluis::tests
