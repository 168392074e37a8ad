#ifndef SLUIS_TESTS_SERVER_EXCHANGE_KEY_WORLD_H_
#define SLUIS_TESTS_SERVER_EXCHANGE_KEY_WORLD_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/core/ceremony_rows.h"
#include "sluis/node/v1/keys.pb.h"
#include "tests/support/linked_node.h"

namespace sluis::tests {

// Real cores in one partnership that make keys together: without sockets, each on a host of its
// own, where nothing happens but what a test asks for.
class KeyWorld {
 public:
  explicit KeyWorld(size_t nodes, const std::vector<std::string>& hosts = {});

  static std::string NameOf(size_t at);
  size_t size() const { return nodes_.size(); }
  ExchangeNode& node(size_t at) { return *nodes_[at]; }
  LinkedNode& link(size_t at) { return *links_[at]; }
  InProcessNetwork& network() { return network_; }

  // As the administrator of that node; what was refused otherwise.
  absl::StatusOr<node::v1::CeremonyView> Start(size_t at, node::v1::StartCeremonyRequest request);
  absl::Status Agree(size_t at, const std::string& ceremony);
  absl::StatusOr<node::v1::CeremonyView> Cancel(size_t at, const std::string& ceremony);
  node::v1::GetKeysResponse Keys(size_t at);
  // That a generation of all, or of these, is asked for.
  static node::v1::StartCeremonyRequest Generation(const std::vector<size_t>& holders = {});
  // Started at the first of them, and agreed to by all who take part.
  std::string Agreed(const node::v1::StartCeremonyRequest& request, size_t at = 0);

  // Every node sends once.
  void Round();
  void SendFrom(size_t at);
  // Until nothing more changes; true when it came to that.
  bool Settle();
  // Lets seconds pass in steps of a quarter of a round, and all that is due happen.
  void Pass(uint64_t seconds);
  // What a process that ends and starts again keeps.
  void Restart(size_t at) { links_[at]->Restart(); }
  // Nobody reaches it and it reaches nobody, or again.
  void Isolate(size_t at, bool cut = true);

  // What the node has stored in that row can be read no more.
  void Spoil(size_t at, const std::string& row);
  // As the node `at` sees it, that member is in the partnership no more.
  void Remove(size_t at, size_t member);
  // As that node sees it, another manifest is in force, or other terms.
  void ChangeManifest(size_t at, const std::function<void(partnership::Manifest&)>& change);
  void ChangeTerms(size_t at, const std::function<void(core::Terms&)>& change);
  // What is due at that node, once, with these ceremonies or its own.
  absl::Status Keep(size_t at, core::Ceremonies* ceremonies = nullptr);

  // As the rows of that node say.
  record::v1::StoredCeremony Ceremony(size_t at, const std::string& id);
  absl::StatusOr<core::PinnedKey> Pinned(size_t at, uint32_t epoch = 1,
                                         record::v1::KeyUse use = record::v1::KEY_USE_TAGS);
  absl::StatusOr<std::string> ShareOf(size_t at, const keys::Package& package);
  absl::StatusOr<std::string> SeedOf(size_t at, const std::string& ceremony);
  // Whether any row that this node stores holds these bytes.
  bool Stores(size_t at, const std::string& bytes);
  bool AllStand(const std::string& id, record::v1::CeremonyState state);
  uint64_t Entries();

  // Makes what `from` says in that round another message, signed by it, for everybody it is for.
  void Cheat(size_t from, peer::v1::CeremonyRound round,
             const std::function<std::string(const std::string& body)>& change);

  // Brings these messages to `to` in one envelope of `from`.
  absl::Status Carry(size_t from, size_t to, const std::vector<std::string>& messages);

  template <typename Read>
  auto With(size_t at, const Read& read) {
    const auto snapshot = node(at).h.ledger->store().NewSnapshot();
    return read(core::View(*snapshot, node(at).h.ledger->keyring()));
  }

 private:
  InProcessNetwork network_;
  std::vector<std::unique_ptr<ExchangeNode>> nodes_;
  std::vector<std::unique_ptr<LinkedNode>> links_;
};

inline constexpr char kPurpose[] = "bestuurlijke-aanpak";

// What is sent to one node is taken from its sender and kept, to be handed over when a test says
// so.
class HeldBack {
 public:
  // `world` must outlive this.
  HeldBack(KeyWorld& world, size_t to);
  // Each on a thread of its own, all at the same time; how they were answered. `beside` runs with
  // them.
  std::vector<absl::Status> HandOver(const std::function<void()>& beside = [] {});

 private:
  struct One {
    std::string sender;
    peer::v1::DeliverRequest request;
  };
  exchange::PeerAnswers honest_;
  std::vector<One> held_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_EXCHANGE_KEY_WORLD_H_
