#ifndef SLUIS_TESTS_FAULT_FIVE_NODES_H_
#define SLUIS_TESTS_FAULT_FIVE_NODES_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/fault/exchange_person.h"
#include "tests/fault/mortal_node.h"
#include "tests/support/lossy_network.h"

namespace sluis::fault {

// The five organisations of a joint LIVC R, each with its node, its clock and a person who shares,
// in one active partnership on a network that can be unkind: real executors, ledgers and links to
// partners, on disks that crash. Nothing happens by itself; the same seed makes the same choices.
class FiveNodes {
 public:
  static constexpr size_t kCount = 5;
  // Two municipalities, two police zones, one welfare organisation.
  static constexpr size_t kLindervaart = 0, kZandrode = 1, kDrieSluizen = 2, kHeidezoom = 3,
                          kOverzet = 4;

  // Clocks differ by `skew` at most. Ends the process when a node does not come up.
  explicit FiveNodes(uint64_t seed, std::chrono::seconds skew = std::chrono::seconds(5));

  MortalNode& node(size_t at) { return *nodes_.at(at); }
  ExchangePerson& person(size_t at) { return *people_.at(at); }
  tests::LossyNetwork& network() { return network_; }
  const partnership::SignedManifest& manifest() const { return *manifest_; }
  // Whether the shipped packs let such a signal go from one to the other.
  static bool Permitted(About about, size_t from, size_t to);

  // For everybody.
  void Advance(std::chrono::microseconds by);
  // Every node that is open asks its partners, looks at its outbox and hands over what is owed,
  // until nothing is on its way and nobody has anything to send now; then it keeps house.
  void Exchange();
  // So often, `apart` from each other: what waits for an answer or was put aside comes again.
  void Exchange(int times, std::chrono::microseconds apart);
  // Shares with whoever may have it and lets its cooling-off time pass: the exchange id.
  std::string Shared(size_t from, size_t to, About about, const std::string& text);

 private:
  tests::LossyNetwork network_;
  std::vector<std::unique_ptr<MortalNode>> nodes_;
  std::vector<std::unique_ptr<ExchangePerson>> people_;
  std::shared_ptr<const partnership::SignedManifest> manifest_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_FIVE_NODES_H_
