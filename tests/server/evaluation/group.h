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
      : world(n, t), holders(world, Wide()), log(world.Log()) {
    for (const auto& [index, keys] : world.keys) {
      world.random.Fill(nonces[index].mutable_span());
    }
  }
  ListSecrets SecretsOf(MemberIndex holder) const {
    return {world.keys.at(holder).identity, nonces.at(holder)};
  }

  // Asks only those.
  crypto::Hash AskOf(const Question& question, const crypto::Hash& leaf,
                     const std::vector<MemberIndex>& whom,
                     std::string_view case_ref = "C-2026-014") {
    const std::string request = world.RequestOn(leaf, question, case_ref);
    for (const MemberIndex holder : whom) {
      EXPECT_EQ(holders.Ground(holder, request), std::nullopt);
    }
    return ReadRequest(request)->digest;
  }
  crypto::Hash AskAbout(const std::string& person) {
    const Question question = world.Ask(People({person}));
    const crypto::Hash leaf = log.Log(question).leaf_hash();
    leaves[AskOf(question, leaf, {1, 2, 3})] = leaf;
    return leaf;
  }
  void ProveAll(const std::vector<crypto::Hash>& entries) {
    for (const auto& [index, keys] : world.keys) {
      const auto taken = holders.TakeProofs(index, log.Prove(entries), std::nullopt);
      EXPECT_TRUE(taken.ok()) << taken.status();
    }
  }
  std::string ListOf(MemberIndex holder, uint32_t day) {
    return ListFor(holders.At(holder), holder, NameOf(1), day, kTomorrowUs).value();
  }
  // The one that it keeps, or one that is logged.
  absl::StatusOr<std::string> ListFor(Holder& holder, MemberIndex index, const std::string& asker,
                                      uint32_t day, uint64_t now_us) {
    if (const auto kept = holder.KeptList(asker, day)) return *kept;
    absl::StatusOr<Listing> listing =
        holder.PrepareList(asker, day, now_us, log.Head(), SecretsOf(index));
    if (!listing.ok()) return listing.status();
    const LoggedDurably logged = holders.Log(listing->Log());
    return holder.Give(*std::move(listing), logged);
  }
  std::vector<std::string> Lists(const std::vector<MemberIndex>& whom) {
    std::vector<std::string> out;
    for (const MemberIndex holder : whom) out.push_back(ListOf(holder, kToday));
    return out;
  }
  absl::StatusOr<Period> Gather(const std::vector<std::string>& lists) {
    return Period::Gather(world.Sharings(), world.Keys(), {NameOf(1), kToday, kToday}, Wide(),
                          lists);
  }
  Period All() { return Gather(Lists({1, 2, 3, 4, 5})).value(); }
  absl::StatusOr<std::string> Reveal(MemberIndex holder, const Period& period) {
    return RevealOf(holders.At(holder), period, SecretsOf(holder));
  }
  absl::StatusOr<std::string> RevealOf(Holder& holder, const Period& period,
                                       const ListSecrets& secrets) {
    absl::StatusOr<Revealing> revealing = holder.PrepareReveal(period, secrets);
    if (!revealing.ok()) return revealing.status();
    const LoggedDurably logged = holders.Log(revealing->Log());
    return holder.Give(*std::move(revealing), logged);
  }
  std::vector<std::string> Reveals(const Period& period) {
    std::vector<std::string> out;
    for (const MemberIndex holder : period.holders()) {
      out.push_back(Reveal(holder, period).value());
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
  AskerLog& log;
  std::map<crypto::Hash, crypto::Hash> leaves;  // of requests
};

}  // namespace sluis::evaluation::test

#endif  // SLUIS_TESTS_SERVER_EVALUATION_GROUP_H_
