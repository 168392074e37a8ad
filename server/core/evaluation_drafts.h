// Questions that a person was shown and has yet to sign: kept in memory, never on disk.
//
// Guarantee: a draft is given to the person who asked for it and to nobody else, once, for
// kLifeUs; while one call has it claimed no other one gets it, and what was claimed and not used
// comes back when its last owner lets go. Match keys and blinds lie in wiped memory. Bounded: of
// one person the oldest goes when there are more than kMostOfOne; of all together a new one is
// turned away at kMost. A process that ends takes all with it: nothing was asked. Thread-safe; a
// Claimed may outlive this.
#ifndef SLUIS_SERVER_CORE_EVALUATION_DRAFTS_H_
#define SLUIS_SERVER_CORE_EVALUATION_DRAFTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/evaluation/question.h"
#include "server/identity/key_kind.h"
#include "server/keys/package.h"
#include "server/ledger/effect.h"

namespace sluis::core {

struct EvaluationDraft {
  // Never empty once it is made.
  std::optional<evaluation::Question> question = {};
  std::shared_ptr<const keys::Package> package;
  std::string case_token;
  // Records of which the persons are, in the order of the question.
  std::vector<std::string> records;
  // Kinds of their match keys, likewise.
  std::vector<std::vector<identity::KeyKind>> kinds;
  // That none of the records changes before it is signed.
  std::vector<ledger::Precondition> rests_on;
};

class EvaluationDrafts {
 private:
  struct State;

 public:
  static constexpr size_t kMost = 256;
  static constexpr size_t kMostOfOne = 8;
  static constexpr uint64_t kLifeUs = 15ull * 60 * 1'000'000;

  EvaluationDrafts();

  class Claimed {
   public:
    ~Claimed();
    Claimed(const Claimed&) = delete;
    Claimed& operator=(const Claimed&) = delete;

    const EvaluationDraft& draft() const { return *draft_; }
    // Once; it does not come back.
    EvaluationDraft Use();

   private:
    friend class EvaluationDrafts;
    Claimed(std::shared_ptr<State> state, std::string user_id, uint64_t until_us,
            EvaluationDraft draft)
        : state_(std::move(state)),
          user_id_(std::move(user_id)),
          until_us_(until_us),
          draft_(std::move(draft)) {}

    const std::shared_ptr<State> state_;
    const std::string user_id_;
    const uint64_t until_us_;
    std::optional<EvaluationDraft> draft_;
  };

  // False when there are too many.
  bool Keep(std::string_view user_id, EvaluationDraft draft, uint64_t now_us);
  // Null when this person has none of that id that can be used now.
  std::shared_ptr<Claimed> Claim(std::string_view user_id, const evaluation::RequestId& id,
                                 uint64_t now_us);

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EVALUATION_DRAFTS_H_
