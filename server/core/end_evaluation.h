// How an evaluation ends at its asker: acts of the node, after holders answered.
//
// Guarantee: no element is given out before the end is durable (EndEvaluation fills in what
// Combined::Release asks for); the answers that were put together lie sealed under the key of the
// subject part of the entry that began it, so that they are destroyed with match keys and blinds;
// what a holder signed wrongly is kept with the entry that names it. Elements lie sealed under the
// data key of their record and die with it. Source: docs/formats.md, rows A, W and n.
#ifndef SLUIS_SERVER_CORE_END_EVALUATION_H_
#define SLUIS_SERVER_CORE_END_EVALUATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "server/core/use_case.h"
#include "server/evaluation/asker.h"
#include "server/evaluation/kept_element.h"

namespace sluis::core {

std::string EvaluationAnswersKey(const evaluation::RequestId& id);
std::string WrongAnswerKey(const evaluation::RequestId& id, evaluation::MemberIndex holder);
std::string ElementKey(std::string_view record, const evaluation::KeptElement& kept);

// One that came to an end, either way.
struct EvaluationEnding {
  evaluation::RequestId request_id{};
  std::string purpose;
  std::string basis;
  // Index of the entry that began it.
  uint64_t began = 0;
  // Holders of its key that answered: from now on that entry is proven to them.
  crypto::Hash key_id{};
  std::vector<std::string> holders;
  evaluation::ToLog to_log;
  // Both empty when it came to nothing.
  record::v1::SubjectPart subject;
  std::vector<std::string> signed_answers;
};

class EndEvaluation : public UseCase {
 public:
  // `origin`: of this node's log. `logged` is filled in when it is durable.
  EndEvaluation(EvaluationEnding ending, std::string origin, crypto::Random& random,
                std::shared_ptr<std::optional<evaluation::LoggedDurably>> logged)
      : ending_(std::move(ending)),
        origin_(std::move(origin)),
        random_(random),
        logged_(std::move(logged)) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  // The row of the answers; nothing when their key is destroyed already.
  absl::StatusOr<std::optional<ledger::RowWrite>> AnswersRow(const View& view) const;

  const EvaluationEnding ending_;
  const std::string origin_;
  crypto::Random& random_;
  const std::shared_ptr<std::optional<evaluation::LoggedDurably>> logged_;
};

// The answers that were put together, as the holders signed them, for who opens the entry that
// began it. NOT_FOUND when there are none, or when the subject part of that entry was destroyed;
// DATA_LOSS.
absl::StatusOr<std::vector<std::string>> ReadEvaluationAnswers(const View& view,
                                                               const evaluation::RequestId& id);

// Names a holder that answered wrongly, and keeps what it signed.
class NoteWrongAnswer : public UseCase {
 public:
  NoteWrongAnswer(const evaluation::RequestId& request_id, std::string organisation,
                  evaluation::WrongHolder wrong)
      : request_id_(request_id), organisation_(std::move(organisation)), wrong_(std::move(wrong)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const evaluation::RequestId request_id_;
  const std::string organisation_;
  const evaluation::WrongHolder wrong_;
};

// What stands for the persons of one record.
struct RecordElements {
  std::string record;
  std::vector<evaluation::KeptElement> elements;
};

// Keeps elements with their records, one effect for each; replaces those of the same key and kind.
// FAILED_PRECONDITION, with an entry, when a record is there no more.
class KeepElements : public UseCase {
 public:
  KeepElements(std::vector<RecordElements> records, crypto::Random& random)
      : records_(std::move(records)), random_(random) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::vector<RecordElements> records_;
  crypto::Random& random_;
};

// An element of a record. NOT_FOUND, DATA_LOSS.
absl::StatusOr<evaluation::KeptElement> ReadElement(const View& view, const std::string& record,
                                                    const std::string& row_key);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_END_EVALUATION_H_
