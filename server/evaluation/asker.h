// One request as its asker sees it: from the logged question to the element of each match key.
//
//   Question, logged ─► Begin ─► request(), Next() ─► send to each ─► Take / Lost ─► Next() …
//   until kReady ─► Combine ─► its end, logged ─► Combined::Release
//   or kFailed, and nothing more comes ─► Failed, logged
//
// It has no channel, disk or clock: who drives it sends request() to the holders that Next() names,
// at once and in parallel, hands in what comes, and says of whom nothing came in time.
//
// Guarantee: only answers whose proof holds against the pinned package are put together, exactly as
// many as are needed, of different holders. Nobody is asked before the question is logged, and no
// element is given out before the end is. A holder that answered wrongly is named with what it
// signed, and another one is asked in its place. Answers that come late still count. Not
// guaranteed: that it ends: fewer right answers may exist than are needed (kFailed). Thread-safety:
// one thread. Ownership: blinds and results lie in locked, wiped memory. Errors: kInvalidArgument
// for what does not fit the question, never naming content; kFailedPrecondition before kReady.
#ifndef SLUIS_SERVER_EVALUATION_ASKER_H_
#define SLUIS_SERVER_EVALUATION_ASKER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/group.h"
#include "crypto/signature.h"
#include "crypto/threshold.h"
#include "server/evaluation/judge.h"
#include "server/evaluation/logged_durably.h"
#include "server/evaluation/message.h"
#include "server/evaluation/question.h"
#include "server/keys/package.h"

namespace sluis::evaluation {

// What a request says besides the question.
struct Asking {
  std::string asker;  // organisation
  std::string basis;
  std::string case_token;  // 32 bytes, for the partnership as recipient
  peer::v1::UserSignature user;
};

// A holder that answered wrongly.
struct WrongHolder {
  MemberIndex holder;
  AnswerVerdict verdict;
  std::string evidence;  // the signed answer; with the request it convinces anybody (JudgeAnswer)
};

// Answers that were put together. What came of them is given out once the end is logged; dropped
// before that, nobody has seen it.
class Combined {
 public:
  // In the order of the question: one element for each match key of each person.
  using Elements = std::vector<std::vector<crypto::oprf::SecretElement>>;

  // The entry at the end, with whose answers were put together.
  ToLog Log() const;
  void FillSubject(record::v1::SubjectPart& subject) const;
  const std::vector<record::v1::EvaluationEnd>& answers() const { return answers_; }
  // The same answers as they were signed, to be kept sealed under the key of the subject part of
  // the entry that began it, and destroyed with it.
  const std::vector<std::string>& signed_answers() const { return signed_answers_; }

  // kFailedPrecondition when it is not this end that was logged.
  absl::StatusOr<Elements> Release(const LoggedDurably& logged) &&;

 private:
  friend class Asker;
  Combined() = default;

  AskedEntry entry_;
  std::string case_ref_;
  Elements elements_;
  std::vector<record::v1::EvaluationEnd> answers_;
  std::vector<std::string> signed_answers_;
};

class Asker {
 public:
  enum class Standing { kAsking, kReady, kFailed };

  // `spare`: how many more holders than needed are asked at a time, at least 1 where there are
  // that many; it saves waiting for the slowest.
  // kFailedPrecondition when it is not this question that was logged.
  static absl::StatusOr<Asker> Begin(Question question, const LoggedDurably& logged,
                                     std::shared_ptr<const keys::Package> package, HolderKeys keys,
                                     const Asking& asking, const crypto::SigningKey& identity,
                                     size_t spare = 1);

  // The same signed bytes for every holder.
  const std::string& request() const { return request_bytes_; }
  const crypto::Hash& request_digest() const { return request_.digest; }

  // Whom to ask now, each holder once. Begins at a holder that the random request id names, so that
  // all get their part.
  std::vector<MemberIndex> Next();
  AnswerVerdict Take(MemberIndex holder, crypto::BytesView signed_answer);
  // Nothing came in time, or the holder cannot be reached.
  void Lost(MemberIndex holder);

  Standing standing() const;
  const std::vector<WrongHolder>& wrong() const { return wrong_; }
  // What holders that did not want to answer said.
  const std::map<MemberIndex, peer::v1::EvaluationRefusal>& refusals() const { return refusals_; }

  // Once, when kReady. Also kInvalidArgument for a result that is the identity.
  absl::StatusOr<Combined> Combine() &&;
  // The end of one that came to nothing, to be logged.
  ToLog Failed() const;

 private:
  enum class State { kIdle, kAsked, kLost, kDone };
  struct Right {
    crypto::oprf::VerifiedAnswer answer;
    crypto::Hash digest;
    std::string signed_answer;
  };

  Asker(Question question, std::shared_ptr<const keys::Package> package, HolderKeys keys,
        Request request, size_t spare);
  size_t Count(State state) const;

  Question question_;
  std::shared_ptr<const keys::Package> package_;
  HolderKeys keys_;
  Request request_;
  std::string request_bytes_;
  size_t spare_;
  std::vector<MemberIndex> order_;
  std::map<MemberIndex, State> states_;
  std::vector<Right> right_;
  std::vector<WrongHolder> wrong_;
  std::map<MemberIndex, peer::v1::EvaluationRefusal> refusals_;
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_ASKER_H_
