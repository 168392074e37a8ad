#include "tests/support/in_process_peers.h"

namespace sluis::tests {

class InProcessPeers final : public exchange::Peers {
 public:
  InProcessPeers(InProcessNetwork& network, std::string organisation)
      : network_(network), organisation_(std::move(organisation)) {}

  void Heartbeat(const std::string& organisation, peer::v1::HeartbeatRequest request,
                 Done<peer::v1::HeartbeatResponse> done) override {
    const auto answers = network_.Find(organisation_, organisation);
    done(answers.ok() ? answers->heartbeat(organisation_, request)
                      : absl::StatusOr<peer::v1::HeartbeatResponse>(answers.status()));
  }
  void Deliver(const std::string& organisation, peer::v1::DeliverRequest request,
               Done<peer::v1::DeliverResponse> done) override {
    const auto answers = network_.Find(organisation_, organisation);
    if (!answers.ok()) return done(answers.status());
    if (!answers->deliver) return done(absl::UnimplementedError("takes no envelopes"));
    answers->deliver(organisation_, request, [done = std::move(done)](const absl::Status& status) {
      if (status.ok()) {
        done(peer::v1::DeliverResponse());
      } else {
        done(status);
      }
    });
  }
  void Evaluate(const std::string& organisation, peer::v1::EvaluateRequest request,
                Done<peer::v1::EvaluateResponse> done) override {
    const auto answers = network_.Find(organisation_, organisation);
    if (!answers.ok()) return done(answers.status());
    if (!answers->evaluate) return done(absl::UnimplementedError("holds no keys"));
    answers->evaluate(organisation_, request, std::move(done));
  }
  void ProveEvaluations(const std::string& organisation, peer::v1::ProveEvaluationsRequest request,
                        Done<peer::v1::ProveEvaluationsResponse> done) override {
    const auto answers = network_.Find(organisation_, organisation);
    if (!answers.ok()) return done(answers.status());
    if (!answers->prove_evaluations) return done(absl::UnimplementedError("holds no keys"));
    answers->prove_evaluations(organisation_, request, std::move(done));
  }
  void GiveEvaluationList(const std::string& organisation,
                          peer::v1::GiveEvaluationListRequest request,
                          Done<peer::v1::GiveEvaluationListResponse> done) override {
    const auto answers = network_.Find(organisation_, organisation);
    if (!answers.ok()) return done(answers.status());
    if (!answers->give_evaluation_list) return done(absl::UnimplementedError("holds no keys"));
    answers->give_evaluation_list(organisation_, request, std::move(done));
  }
  void RevealEvaluationNonces(const std::string& organisation,
                              peer::v1::RevealEvaluationNoncesRequest request,
                              Done<peer::v1::RevealEvaluationNoncesResponse> done) override {
    const auto answers = network_.Find(organisation_, organisation);
    if (!answers.ok()) return done(answers.status());
    if (!answers->reveal_evaluation_nonces) return done(absl::UnimplementedError("holds no keys"));
    answers->reveal_evaluation_nonces(organisation_, request, std::move(done));
  }

 private:
  InProcessNetwork& network_;
  const std::string organisation_;
};

void InProcessNetwork::Put(const std::string& organisation, exchange::PeerAnswers answers) {
  std::lock_guard lock(mutex_);
  nodes_[organisation] = std::move(answers);
}

exchange::PeerAnswers InProcessNetwork::AnswersOf(const std::string& organisation) {
  std::lock_guard lock(mutex_);
  return nodes_[organisation];
}

void InProcessNetwork::Remove(const std::string& organisation) {
  std::lock_guard lock(mutex_);
  nodes_.erase(organisation);
}

void InProcessNetwork::Cut(const std::string& from, const std::string& to) {
  Answer(from, to, absl::UnavailableError("cut"));
}

void InProcessNetwork::Mend(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  forced_.erase({from, to});
}

void InProcessNetwork::Answer(const std::string& from, const std::string& to, absl::Status status) {
  std::lock_guard lock(mutex_);
  forced_[{from, to}] = std::move(status);
}

std::unique_ptr<exchange::Peers> InProcessNetwork::PeersOf(const std::string& organisation) {
  return std::make_unique<InProcessPeers>(*this, organisation);
}

absl::StatusOr<exchange::PeerAnswers> InProcessNetwork::Find(const std::string& from,
                                                             const std::string& to) {
  std::lock_guard lock(mutex_);
  if (const auto forced = forced_.find({from, to}); forced != forced_.end()) return forced->second;
  const auto found = nodes_.find(to);
  if (found == nodes_.end()) return absl::UnavailableError("not there");
  return found->second;
}

}  // namespace sluis::tests
