// How an evaluation ends at its asker: acts of the node, after holders answered.
//
// Guarantee: no element is given out before the end is durable (EndEvaluation fills in what
// Combined::Release asks for); the answers that were put together lie sealed under the key of the
// subject part of the entry that began it, so that they are destroyed with match keys and blinds;
// what a holder signed wrongly is kept as long, and its digest in the entry that names it. Elements
// lie sealed under the key of who their record is about and die with it; what was asked about one
// person is never kept for another. Source: docs/formats.md, rows A, W and n.
#ifndef SLUIS_SERVER_CORE_END_EVALUATION_H_
#define SLUIS_SERVER_CORE_END_EVALUATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "server/core/asked_evaluation.h"
#include "server/core/use_case.h"
#include "server/evaluation/asker.h"
#include "server/evaluation/kept_element.h"

namespace sluis::core {

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
  // `logged` is filled in when it is durable.
  EndEvaluation(EvaluationEnding ending, crypto::Random& random,
                std::shared_ptr<std::optional<evaluation::LoggedDurably>> logged)
      : ending_(std::move(ending)), random_(random), logged_(std::move(logged)) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  // Adds the row of the answers; nothing when their key is destroyed already.
  absl::Status AddAnswers(const View& view, Effect& effect) const;

  const EvaluationEnding ending_;
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
  // Id of the key under which it lay who that is, when it was asked.
  std::string identity_key;
  std::vector<evaluation::KeptElement> elements;
};

// What one evaluation gave.
struct GivenElements {
  evaluation::RequestId request_id{};
  std::vector<RecordElements> records;
};

// Keeps elements with their records, one effect for each; replaces those of the same key and kind.
// Of a record that is there no more, was taken back or is about somebody else by now nothing is
// kept, with an entry; FAILED_PRECONDITION when that is so of all. `kept`: ids of the others,
// filled in when the call is answered OK.
class KeepElements : public UseCase {
 public:
  KeepElements(GivenElements given, crypto::Random& random,
               std::shared_ptr<std::vector<std::string>> kept)
      : given_(std::move(given)), random_(random), kept_(std::move(kept)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const GivenElements given_;
  crypto::Random& random_;
  const std::shared_ptr<std::vector<std::string>> kept_;
};

// An element of a record. NOT_FOUND, DATA_LOSS.
absl::StatusOr<evaluation::KeptElement> ReadElement(const View& view, const std::string& record,
                                                    const std::string& row_key);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_END_EVALUATION_H_
