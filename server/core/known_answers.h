// What the rules answered, so that who asks the same again under the same terms on the same day is
// told the same without asking them: of many records of a partnership most are alike in all that
// the rules read.
//
// Guarantee: an answer is given to none but the question it was made for, under the very terms
// and protocol and on the day that it was made for; `question` must hold whatever else deciding
// reads and the answer repeats. Other terms, or another day, begin anew. Of each partner and
// direction at most kMostOfOne answers are kept, of about kMostBytes together; then those of that
// one begin anew: who asks much displaces nobody else's. Thread-safe.
#ifndef SLUIS_SERVER_CORE_KNOWN_ANSWERS_H_
#define SLUIS_SERVER_CORE_KNOWN_ANSWERS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "policies/attribute.h"
#include "server/core/call.h"
#include "server/core/question.h"

namespace sluis::core {

class KnownAnswers {
 public:
  static constexpr size_t kMostOfOne = 64;
  static constexpr size_t kMostBytes = 512 << 10;

  // The answer to `question` under the terms and on the day of `call`, made by `ask` unless it is
  // known. `partner`: a member of the manifest of these terms. `ask` may run more than once for one
  // question, and on several threads.
  std::shared_ptr<const Answer> Of(const Call& call, policies::Side side,
                                   const std::string& partner, const std::string& question,
                                   const std::function<Answer()>& ask);

 private:
  using Place = std::pair<policies::Side, std::string>;
  struct Answers {
    absl::flat_hash_map<std::string, std::shared_ptr<const Answer>> by_question;
    size_t bytes = 0;
  };

  // Whether what is kept is of these terms and that day.
  bool IsOf(const Call& call) const;

  std::mutex mutex_;
  std::weak_ptr<const Terms> terms_;
  std::weak_ptr<const ProtocolInForce> protocol_;  // of these terms
  std::string day_;
  std::map<Place, Answers> answers_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_KNOWN_ANSWERS_H_
