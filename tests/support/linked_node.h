#ifndef SLUIS_TESTS_SUPPORT_LINKED_NODE_H_
#define SLUIS_TESTS_SUPPORT_LINKED_NODE_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "crypto/secret.h"
#include "server/core/ceremonies.h"
#include "server/core/evaluations.h"
#include "server/evaluation/book.h"
#include "server/exchange/acknowledgements.h"
#include "server/exchange/evaluation_desk.h"
#include "server/exchange/inbound.h"
#include "server/exchange/known_heads.h"
#include "server/exchange/outbound.h"
#include "server/storage/store.h"
#include "tests/support/exchange_node.h"
#include "tests/support/in_process_peers.h"

namespace sluis::tests {

// What links a node without sockets to others: everything that a daemon wires around its core, on a
// network in this process. Nothing happens by itself: Round and Tick are called by the test.
class LinkedNode {
 public:
  // Both must outlive this.
  LinkedNode(ExchangeNode& node, InProcessNetwork& network);
  ~LinkedNode();

  // A checkpoint over what was logged, and one envelope to every partner that is owed something.
  absl::Status Round();
  // The links as a new process would make them; what was remembered in memory is gone.
  void Restart();

  // What arrived and was not believed, by fault.
  const std::vector<envelope::Fault>& parked() const { return parked_; }
  const std::vector<absl::Status>& faults() const { return faults_; }
  exchange::KnownHeads& heads() { return heads_; }
  exchange::Acknowledgements& acknowledgements() { return acknowledgements_; }
  core::Ceremonies& ceremonies() { return *ceremonies_; }
  exchange::Outbound& outbound() { return *outbound_; }
  exchange::EvaluationDesk& desk() { return *desk_; }
  core::Evaluations& evaluations() { return *evaluations_; }
  // Members that sent what is no request.
  size_t no_requests() const { return no_requests_; }
  // What the desk could not read or do.
  size_t desk_faults() const { return desk_faults_; }

  // How much is evaluated for one partner, from the next Restart on.
  evaluation::Caps caps;

 private:
  ExchangeNode& node_;
  InProcessNetwork& network_;
  const std::string organisation_;
  std::unique_ptr<storage::Store> witness_;
  std::unique_ptr<storage::Store> derived_;
  exchange::KnownHeads heads_;
  exchange::Acknowledgements acknowledgements_;
  std::unique_ptr<exchange::Peers> peers_;
  std::vector<envelope::Fault> parked_;
  std::vector<absl::Status> faults_;
  const crypto::Secret<32> tag_key_;
  std::unique_ptr<core::Ceremonies> ceremonies_;
  std::unique_ptr<exchange::Inbound> inbound_;
  std::unique_ptr<exchange::Outbound> outbound_;
  std::atomic<size_t> no_requests_ = 0;
  std::atomic<size_t> desk_faults_ = 0;
  crypto::Secret<32> nonces_;
  std::unique_ptr<core::Evaluations> evaluations_;
  std::unique_ptr<exchange::EvaluationDesk> desk_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_LINKED_NODE_H_
