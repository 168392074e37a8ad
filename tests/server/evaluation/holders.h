// The holders of a world's key as machines, with a ledger that can fail.
#ifndef SLUIS_TESTS_SERVER_EVALUATION_HOLDERS_H_
#define SLUIS_TESTS_SERVER_EVALUATION_HOLDERS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/evaluation/holder.h"
#include "tests/server/evaluation/asker_log.h"
#include "tests/server/evaluation/world.h"

namespace sluis::evaluation::test {

// Manifest and rules of a world.
class WorldPartners final : public Partners {
 public:
  explicit WorldPartners(const World& world) : world_(world) {}
  std::optional<AskerFacts> Find(std::string_view organisation) const override;
  bool Entitled(const Claim& claim) const override;

  bool member = true;
  std::string entitled_purpose = kPurpose;

 private:
  const World& world_;
};

class Holders {
 public:
  explicit Holders(World& world, Caps caps = {});

  Holder& At(MemberIndex index) { return holders_.at(index); }
  Book& BookOf(MemberIndex index) { return *books_.at(index); }
  // Why the holder does not take it; nothing when it does, and has then answered.
  std::optional<peer::v1::EvaluationRefusal> Ground(MemberIndex index,
                                                    const std::string& signed_request);
  // The signed answer or refusal.
  std::string Answer(MemberIndex index, const std::string& signed_request);
  // By the sequencer of a ledger that they share.
  LoggedDurably Log(const ToLog& to_log) { return ledger_.Log(to_log); }
  // Logs and takes what the asker's log proves.
  absl::StatusOr<TakenProofs> TakeProofs(MemberIndex index,
                                         const peer::v1::EvaluationProofs& proofs,
                                         const std::optional<crypto::TreeHead>& known);
  // Stops a holder and makes it anew from its rows.
  void Restart(MemberIndex index);
  // Those of the package in force take the place of the ones before, with the same books; who holds
  // no share any more keeps its machine.
  void FollowReshare(uint32_t since_day);

  WorldPartners partners;
  uint64_t now_us = kNowUs;
  bool disk_fails = false;

 private:
  World& world_;
  Caps caps_;
  AskerLog ledger_;
  std::map<MemberIndex, std::shared_ptr<Book>> books_;
  std::map<MemberIndex, Holder> holders_;
};

// A question about these, logged and asked of holders; what Combine gave, or its refusals.
struct Asked {
  struct Given {
    Combined::Elements persons;
  };
  std::optional<Given> result;
  std::map<MemberIndex, peer::v1::EvaluationRefusal> refusals;
  std::string request;
  crypto::Hash leaf_hash{};
};
Asked AskAll(World& world, AskerLog& log, Holders& holders, std::vector<Person> persons,
             std::string_view case_ref = "C-2026-014");

}  // namespace sluis::evaluation::test

#endif  // SLUIS_TESTS_SERVER_EVALUATION_HOLDERS_H_
