#include "tests/server/exchange/key_world.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>
#include <utility>

#include "server/core/cancel_ceremony.h"
#include "server/core/ceremony_upkeep.h"
#include "server/core/ceremony_view.h"
#include "server/core/key_secret.h"
#include "server/core/start_ceremony.h"
#include "server/envelope/envelope.h"
#include "server/keys/message.h"

namespace sluis::tests {
namespace {

constexpr uint64_t kRoundSeconds = 240;

peer::v1::DeliverRequest Altered(const peer::v1::DeliverRequest& request,
                                 const crypto::SigningKey& identity, peer::v1::CeremonyRound round,
                                 const std::function<std::string(const std::string&)>& change) {
  auto envelope = envelope::ReadEnvelope(request.envelope());
  if (!envelope.ok() || envelope->head.head.kind() != peer::v1::ENVELOPE_KIND_CEREMONY) {
    return request;
  }
  std::vector<std::string> leaves;
  for (const envelope::Leaf& leaf : envelope->leaves) {
    auto letter = std::get<peer::v1::CeremonyLetter>(leaf);
    auto message = keys::ReadMessage(letter.message());
    if (message.ok() && message->head.round() == round &&
        message->head.sender() == envelope->head.head.sender()) {
      const auto ceremony = crypto::ToFixed<32>(message->head.ceremony());
      letter.set_message(
          keys::SignMessage({message->head.partnership(), *ceremony, message->head.session()},
                            round, message->head.sender(), change(message->body), identity)
              .Serialise());
      letter.mutable_binding()->set_exchange_id(std::string(
          crypto::View(envelope::LetterId(letter.binding().recipient(), letter.message()))));
    }
    leaves.push_back(letter.SerializeAsString());
  }
  const auto& head = envelope->head.head;
  const auto made =
      envelope::MakeEnvelope({head.kind(), head.partnership(), head.manifest_version(),
                              head.sender(), head.recipient(), leaves},
                             {identity, identity});
  peer::v1::DeliverRequest altered;
  *altered.mutable_envelope() = made.value();
  return altered;
}

}  // namespace

std::string KeyWorld::NameOf(size_t at) { return "lid-" + std::to_string(at + 1) + ".example"; }

KeyWorld::KeyWorld(size_t count, const std::vector<std::string>& hosts) {
  for (size_t at = 0; at < count; ++at) {
    std::vector<OtherMember> others;
    for (size_t other = 0; other < count; ++other) {
      if (other != at) others.push_back({NameOf(other), "welfare"});
    }
    nodes_.push_back(std::make_unique<ExchangeNode>(
        others, HarnessOptions{.organisation = NameOf(at), .kind = "welfare", .seed = 100 + at}));
    nodes_.back()->RunOn(hosts.empty() ? "Rekencentrum " + std::to_string(at) : hosts[at]);
  }
  for (size_t at = 1; at < count; ++at) nodes_[0]->With(*nodes_[at]);
  nodes_[0]->Join();
  for (size_t at = 1; at < count; ++at) nodes_[at]->Follow(*nodes_[0]);
  for (auto& node : nodes_) links_.push_back(std::make_unique<LinkedNode>(*node, network_));
}

absl::StatusOr<node::v1::CeremonyView> KeyWorld::Start(size_t at,
                                                       node::v1::StartCeremonyRequest request) {
  node::v1::StartCeremonyResponse response;
  absl::Status status = node(at).h.Run(
      node(at).h.administrator,
      std::make_shared<core::StartCeremony>(request, response, &link(at).ceremonies()));
  if (!status.ok()) return status;
  return response.ceremony();
}

absl::Status KeyWorld::Agree(size_t at, const std::string& ceremony) {
  node::v1::AgreeCeremonyRequest request;
  node::v1::AgreeCeremonyResponse response;
  request.set_ceremony(ceremony);
  return node(at).h.Run(node(at).h.administrator, std::make_shared<core::AgreeCeremony>(
                                                      request, response, &link(at).ceremonies()));
}

absl::StatusOr<node::v1::CeremonyView> KeyWorld::Cancel(size_t at, const std::string& ceremony) {
  node::v1::CancelCeremonyRequest request;
  node::v1::CancelCeremonyResponse response;
  request.set_ceremony(ceremony);
  absl::Status status = node(at).h.Run(
      node(at).h.administrator,
      std::make_shared<core::CancelCeremony>(request, response, &link(at).ceremonies()));
  if (!status.ok()) return status;
  return response.ceremony();
}

node::v1::GetKeysResponse KeyWorld::Keys(size_t at) {
  node::v1::GetKeysResponse response;
  EXPECT_EQ(node(at).h.Run(node(at).h.administrator, std::make_shared<core::GetKeys>(response)),
            absl::OkStatus());
  return response;
}

node::v1::StartCeremonyRequest KeyWorld::Generation(const std::vector<size_t>& holders) {
  node::v1::StartCeremonyRequest request;
  request.set_kind("generation");
  request.set_purpose(kPurpose);
  request.set_round_seconds(kRoundSeconds);
  request.set_announce_hours(1);
  for (const size_t holder : holders) request.add_holders(NameOf(holder));
  return request;
}

std::string KeyWorld::Agreed(const node::v1::StartCeremonyRequest& request, size_t at) {
  const auto started = Start(at, request);
  EXPECT_TRUE(started.ok()) << started.status();
  if (!started.ok()) return {};
  Round();
  for (size_t other = 0; other < size(); ++other) {
    if (other == at) continue;
    for (const node::v1::KeySeat& seat : started->seats()) {
      if (seat.organisation() == NameOf(other)) {
        EXPECT_EQ(Agree(other, started->id()), absl::OkStatus()) << other;
      }
    }
  }
  return started->id();
}

void KeyWorld::Round() {
  // Messages keep their order by the microsecond, so the clocks must not stand still.
  for (auto& node : nodes_) node->h.clock.Advance(std::chrono::milliseconds(1));
  for (auto& link : links_) {
    const absl::Status sent = link->Round();
    EXPECT_TRUE(sent.ok()) << sent;
  }
}

void KeyWorld::SendFrom(size_t at) {
  node(at).h.clock.Advance(std::chrono::milliseconds(1));
  const absl::Status sent = link(at).Round();
  EXPECT_TRUE(sent.ok()) << sent;
}

uint64_t KeyWorld::Entries() {
  uint64_t entries = 0;
  for (auto& node : nodes_) entries += node->h.size();
  return entries;
}

bool KeyWorld::Settle() {
  for (int round = 0, quiet = 0; round < 100; ++round) {
    const uint64_t before = Entries();
    Round();
    quiet = Entries() == before ? quiet + 1 : 0;
    if (quiet == 2) return true;
  }
  return false;
}

void KeyWorld::Pass(uint64_t seconds) {
  for (uint64_t passed = 0; passed < seconds; passed += kRoundSeconds / 4) {
    for (size_t at = 0; at < size(); ++at) {
      node(at).h.clock.Advance(std::chrono::seconds(kRoundSeconds / 4));
      EXPECT_EQ(core::KeepKeys(*node(at).h.ledger, *node(at).h.executor, *node(at).h.terms.Get(),
                               node(at).h.clock.NowUs(), link(at).ceremonies(), [] {}),
                absl::OkStatus());
    }
    EXPECT_TRUE(Settle());
  }
}

void KeyWorld::Isolate(size_t at, bool cut) {
  for (size_t other = 0; other < size(); ++other) {
    if (other == at) continue;
    if (cut) {
      network_.Cut(NameOf(at), NameOf(other));
      network_.Cut(NameOf(other), NameOf(at));
    } else {
      network_.Mend(NameOf(at), NameOf(other));
      network_.Mend(NameOf(other), NameOf(at));
    }
  }
}

void KeyWorld::Spoil(size_t at, const std::string& row) {
  const uint64_t stamp =
      With(at, [&](const core::View& view) { return view.StampOf(row).value_or(0); });
  ASSERT_NE(stamp, 0u);
  node(at).h.PutRow(row, stamp, "niet te lezen");
}

void KeyWorld::ChangeTerms(size_t at, const std::function<void(core::Terms&)>& change) {
  auto terms = std::make_shared<core::Terms>(*node(at).h.terms.Get());
  change(*terms);
  node(at).h.terms.Set(std::move(terms));
}

void KeyWorld::ChangeManifest(size_t at,
                              const std::function<void(partnership::Manifest&)>& change) {
  ChangeTerms(at, [&](core::Terms& terms) {
    auto manifest = std::make_shared<partnership::SignedManifest>(*terms.manifest);
    change(manifest->manifest);
    // Every one is another than those before.
    ++manifest->manifest.digest[0];
    terms.manifest = std::move(manifest);
  });
}

void KeyWorld::Remove(size_t at, size_t member) {
  ChangeTerms(at, [&](core::Terms& terms) {
    auto manifest = std::make_shared<partnership::SignedManifest>(*terms.manifest);
    std::erase_if(manifest->manifest.members,
                  [&](const auto& one) { return one.organisation == NameOf(member); });
    terms.manifest = std::move(manifest);
  });
}

absl::Status KeyWorld::Keep(size_t at, core::Ceremonies* ceremonies) {
  return core::KeepKeys(*node(at).h.ledger, *node(at).h.executor, *node(at).h.terms.Get(),
                        node(at).h.clock.NowUs(),
                        ceremonies == nullptr ? link(at).ceremonies() : *ceremonies, [] {});
}

record::v1::StoredCeremony KeyWorld::Ceremony(size_t at, const std::string& id) {
  return With(at, [&](const core::View& view) {
    const auto found = core::ReadCeremony(view, id);
    return found.ok() ? found->row : record::v1::StoredCeremony();
  });
}

absl::StatusOr<core::PinnedKey> KeyWorld::Pinned(size_t at, uint32_t epoch,
                                                 record::v1::KeyUse use) {
  return With(at, [&](const core::View& view) {
    return core::ReadPinnedKey(view, node(at).manifest().partnership, kPurpose, use, epoch);
  });
}

absl::StatusOr<std::string> KeyWorld::ShareOf(size_t at, const keys::Package& package) {
  return With(at, [&](const core::View& view) -> absl::StatusOr<std::string> {
    const auto share = core::OpenKeyShare(view, package);
    if (!share.ok()) return share.status();
    const auto bytes = share->bytes().expose();
    return std::string(bytes.begin(), bytes.end());
  });
}

absl::StatusOr<std::string> KeyWorld::SeedOf(size_t at, const std::string& ceremony) {
  return With(at, [&](const core::View& view) -> absl::StatusOr<std::string> {
    const auto seed =
        core::OpenKeySecret(view, core::KeySecretKey(core::KeySecretKind::kSeed, ceremony));
    if (!seed.ok()) return seed.status();
    const auto bytes = seed->expose();
    return std::string(bytes.begin(), bytes.end());
  });
}

bool KeyWorld::Stores(size_t at, const std::string& bytes) {
  bool found = node(at).h.disk->Holds(bytes);
  const auto snapshot = node(at).h.ledger->store().NewSnapshot();
  EXPECT_TRUE(snapshot
                  ->Scan(std::string(), std::string(64, '\xff'),
                         [&](std::string_view key, std::string_view value) {
                           found = found || key.find(bytes) != std::string_view::npos ||
                                   value.find(bytes) != std::string_view::npos;
                           return !found;
                         })
                  .ok());
  return found;
}

bool KeyWorld::AllStand(const std::string& id, record::v1::CeremonyState state) {
  for (size_t at = 0; at < size(); ++at) {
    const record::v1::StoredCeremony row = Ceremony(at, id);
    if (row.state() != state && row.state() != record::v1::CEREMONY_STATE_UNSPECIFIED) return false;
  }
  return true;
}

void KeyWorld::Cheat(size_t from, peer::v1::CeremonyRound round,
                     const std::function<std::string(const std::string&)>& change) {
  for (size_t to = 0; to < size(); ++to) {
    if (to == from) continue;
    exchange::PeerAnswers honest = network_.AnswersOf(NameOf(to));
    exchange::PeerAnswers altered = honest;
    altered.deliver = [this, from, round, change, deliver = honest.deliver](
                          const std::string& sender, const peer::v1::DeliverRequest& request,
                          std::function<void(absl::Status)> done) {
      if (sender != NameOf(from)) return deliver(sender, request, std::move(done));
      deliver(sender, Altered(request, node(from).own().identity(), round, change),
              std::move(done));
    };
    network_.Put(NameOf(to), std::move(altered));
  }
}

absl::Status KeyWorld::Carry(size_t from, size_t to, const std::vector<std::string>& messages) {
  std::vector<std::string> leaves;
  for (const std::string& message : messages) {
    peer::v1::CeremonyLetter letter;
    auto& binding = *letter.mutable_binding();
    binding.set_kind(peer::v1::ENVELOPE_KIND_CEREMONY);
    binding.set_partnership(node(from).manifest().partnership);
    binding.set_sender(NameOf(from));
    binding.set_recipient(NameOf(to));
    binding.set_exchange_id(std::string(crypto::View(envelope::LetterId(NameOf(to), message))));
    letter.set_message(message);
    leaves.push_back(letter.SerializeAsString());
  }
  const crypto::SigningKey& identity = node(from).own().identity();
  peer::v1::DeliverRequest request;
  *request.mutable_envelope() =
      envelope::MakeEnvelope({peer::v1::ENVELOPE_KIND_CEREMONY, node(from).manifest().partnership,
                              node(from).manifest().version, NameOf(from), NameOf(to), leaves},
                             {identity, identity})
          .value();
  absl::Status answered = absl::UnknownError("no answer");
  network_.AnswersOf(NameOf(to)).deliver(NameOf(from), request, [&](absl::Status status) {
    answered = std::move(status);
  });
  return answered;
}

HeldBack::HeldBack(KeyWorld& world, size_t to)
    : honest_(world.network().AnswersOf(KeyWorld::NameOf(to))) {
  exchange::PeerAnswers holding = honest_;
  holding.deliver = [this](const std::string& sender, const peer::v1::DeliverRequest& request,
                           const std::function<void(absl::Status)>& done) {
    held_.push_back({sender, request});
    done(absl::OkStatus());
  };
  world.network().Put(KeyWorld::NameOf(to), std::move(holding));
}

std::vector<absl::Status> HeldBack::HandOver(const std::function<void()>& beside) {
  const std::vector<One> held = std::exchange(held_, {});
  std::vector<absl::Status> answers(held.size());
  std::latch together(static_cast<std::ptrdiff_t>(held.size()) + 1);
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    together.arrive_and_wait();
    beside();
  });
  for (size_t i = 0; i < held.size(); ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      honest_.deliver(held[i].sender, held[i].request,
                      [&answers, i](absl::Status status) { answers[i] = std::move(status); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  return answers;
}

}  // namespace sluis::tests
