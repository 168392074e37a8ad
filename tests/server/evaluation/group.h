// A group of holders, somebody who asks them, and what they say of it afterwards.
#ifndef SLUIS_TESTS_SERVER_EVALUATION_GROUP_H_
#define SLUIS_TESTS_SERVER_EVALUATION_GROUP_H_

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "server/evaluation/sample.h"
#include "tests/server/evaluation/holders.h"

namespace sluis::evaluation::test {

inline constexpr uint64_t kNow_s = kNowUs / kUsPerSecond;
inline const uint32_t kToday = DayOf(kNow_s);
inline constexpr uint64_t kTomorrowUs = kNowUs + kSecondsPerDay * kUsPerSecond;

inline Caps Wide() {
  Caps caps;
  caps.per_case = 2000;
  caps.per_person_day = 2000;
  caps.per_asker_day = 2000;
  caps.unproven = 2000;
  return caps;
}

struct Group {
  explicit Group(size_t n = 5, size_t t = 3)
      : world(n, t), holders(world, Wide()), log(world.keys.at(1).log, world.random) {
    for (const auto& [index, keys] : world.keys) {
      world.random.Fill(nonces[index].mutable_span());
    }
  }
  ListSecrets SecretsOf(MemberIndex holder) const {
    return {world.keys.at(holder).identity, nonces.at(holder)};
  }

  // Asks only those.
  crypto::Hash AskOf(Question question, const crypto::Hash& leaf,
                     const std::vector<MemberIndex>& whom,
                     std::string_view case_ref = "C-2026-014") {
    const Asking asking = world.AskingFor(question, leaf, case_ref);
    const Asker asker = Asker::Begin(std::move(question), world.package, world.Keys(), asking,
                                     world.keys.at(1).identity)
                            .value();
    for (const MemberIndex holder : whom) {
      EXPECT_EQ(holders.Ground(holder, asker.request()), std::nullopt);
    }
    return asker.request_digest();
  }
  crypto::Hash AskAbout(const std::string& person) {
    Question question = world.Ask(People({person}));
    const crypto::Hash leaf = log.Append(question);
    leaves[AskOf(std::move(question), leaf, {1, 2, 3})] = leaf;
    return leaf;
  }
  void ProveAll(const std::vector<crypto::Hash>& entries) {
    for (const auto& [index, keys] : world.keys) {
      const auto taken = holders.At(index).TakeProofs(
          NameOf(1), log.Prove(entries).SerializeAsString(), log.LogKey(), std::nullopt);
      EXPECT_TRUE(taken.ok()) << taken.status();
    }
  }
  std::string ListOf(MemberIndex holder, uint32_t day) {
    return holders.At(holder).ListOf(NameOf(1), day, kTomorrowUs, SecretsOf(holder)).value().list;
  }
  std::vector<std::string> Lists(const std::vector<MemberIndex>& whom) {
    std::vector<std::string> out;
    for (const MemberIndex holder : whom) out.push_back(ListOf(holder, kToday));
    return out;
  }
  absl::StatusOr<Period> Gather(const std::vector<std::string>& lists) {
    return Period::Gather(*world.package, world.Keys(), {NameOf(1), kToday, kToday}, Wide(), lists);
  }
  Period All() { return Gather(Lists({1, 2, 3, 4, 5})).value(); }
  absl::StatusOr<Holder::Revealed> Reveal(MemberIndex holder, const Period& period) {
    return holders.At(holder).Reveal(period, SecretsOf(holder));
  }
  std::vector<std::string> Reveals(const Period& period) {
    std::vector<std::string> out;
    for (const MemberIndex holder : period.holders()) {
      out.push_back(Reveal(holder, period).value().reveal);
    }
    return out;
  }
  // What this holder signs instead of its list.
  template <typename Change>
  std::string Changed(MemberIndex holder, Change change) {
    peer::v1::EvaluationList body = ReadDayList(ListOf(holder, kToday))->body;
    change(body);
    return SignDayList(body, world.keys.at(holder).identity).Serialise();
  }

  World world;
  std::map<MemberIndex, crypto::Secret<32>> nonces;
  Holders holders;
  AskerLog log;
  std::map<crypto::Hash, crypto::Hash> leaves;  // of requests
};

}  // namespace sluis::evaluation::test

#endif  // SLUIS_TESTS_SERVER_EVALUATION_GROUP_H_
