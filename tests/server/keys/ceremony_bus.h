// Members of a made-up partnership that hold a ceremony over a network that does what a test says.
#ifndef SLUIS_TESTS_SERVER_KEYS_CEREMONY_BUS_H_
#define SLUIS_TESTS_SERVER_KEYS_CEREMONY_BUS_H_

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/keys/ceremony.h"
#include "tests/support/seeded_random.h"

namespace sluis::keys::test {

class Bus;

// Members 1 to n, `lid-<index>.example`, each on a host of its own, with an identity key.
struct World {
  explicit World(size_t members, uint64_t seed = 1);

  peer::v1::CeremonyParameters Draft(size_t threshold = 0) const;  // 0: the least
  // Of the key that `before` made, among `holders`.
  peer::v1::CeremonyParameters ReshareDraft(const std::vector<MemberIndex>& dealers,
                                            const std::vector<MemberIndex>& holders,
                                            size_t threshold = 0) const;
  // A factor for that key, and the key rolled by the factor that `factor` made.
  peer::v1::CeremonyParameters FactorDraft() const;
  peer::v1::CeremonyParameters RollDraft(const std::vector<MemberIndex>& dealers,
                                         const std::vector<MemberIndex>& holders) const;
  crypto::Secret<32> SeedOf(MemberIndex index) const;

  partnership::Manifest manifest;
  std::map<MemberIndex, crypto::SigningKey> keys;
  uint64_t seed;
  // Where members have the shares that they deal in a reshare. Borrows.
  const Bus* before = nullptr;
  const Bus* factor = nullptr;
};

std::string NameOf(MemberIndex index);

inline constexpr uint64_t kBegin_s = 1'000'000;

// In the place of a message: the recipient is stopped, and made anew from what it kept.
inline constexpr char kRestart[] = "";

struct Delivery {
  MemberIndex from;
  MemberIndex to;
  std::string message;
};

class Bus {
 public:
  // What becomes of a message on its way; as it is when there is no such function.
  using Way = std::function<std::vector<Delivery>(const Delivery&)>;

  Bus(const World& world, const Parameters& parameters, Way way = nullptr);

  // Delivers in order until nothing is on its way.
  void Settle();
  // The same in an order, with copies, delays and restarts that `random` chooses.
  void SettleInDisorder(tests::SeededRandom& random);
  // Lets so many seconds pass, in steps of a quarter of a round, delivering after each.
  void Pass(uint64_t seconds);

  // Stops a member and makes it anew from what it kept.
  void Restart(MemberIndex index);
  // Delivers one message as if somebody carried it there; the status of its refusal.
  absl::Status Carry(MemberIndex to, const std::string& message);
  // Puts a message on its way.
  void Send(Delivery delivery) { queue_.push_back(std::move(delivery)); }

  const Ceremony& At(MemberIndex index) const { return *members_.at(index).ceremony; }
  std::vector<MemberIndex> indexes() const;
  // Every message that a member sent, as it sent it, by round.
  const std::vector<std::string>& SentBy(MemberIndex index) const {
    return members_.at(index).sent;
  }
  uint64_t now_s() const { return now_s_; }

 private:
  struct Member {
    std::optional<Ceremony> ceremony;
    uint64_t begun_s = 0;
    std::vector<Event> events;
    std::vector<std::string> sent;
  };

  bool Knows(MemberIndex index) const { return members_.contains(index); }
  Ceremony::Own OwnOf(MemberIndex index) const;
  void Take(MemberIndex index, const Step& step, Event event);
  void Deliver(const Delivery& delivery);

  const World& world_;
  Parameters parameters_;
  Way way_;
  uint64_t now_s_ = kBegin_s;
  std::map<MemberIndex, Member> members_;
  std::deque<Delivery> queue_;
};

// The message again with its body changed, signed by its sender.
template <typename Body, typename Change>
std::string Changed(const World& world, const std::string& message, Change change);
// The same from bytes to bytes.
std::string ChangedBytes(const World& world, const std::string& message,
                         const std::function<std::string(std::string)>& change);

Round RoundOf(const std::string& message);

template <typename Body, typename Change>
std::string Changed(const World& world, const std::string& message, Change change) {
  return ChangedBytes(world, message, [&](const std::string& bytes) {
    Body body;
    if (!body.ParseFromString(bytes)) throw std::runtime_error("not a body of that round");
    change(body);
    return body.SerializeAsString();
  });
}

}  // namespace sluis::keys::test

#endif  // SLUIS_TESTS_SERVER_KEYS_CEREMONY_BUS_H_
