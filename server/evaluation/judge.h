// What a holder's answer is worth, as the asker judges it and as anybody else can who is shown it.
//
// Guarantee: kRight only when an identity key of the holder signed it, for this request, under the
// index, key and sharing of the pinned package, and the proof shows that exactly the share behind
// the pinned verification key was used for the whole batch. Whatever else the answer says of keys
// is not looked at. A fault that Blames() is its holder's doing: its signature stands under it, and
// no holder that keeps to the agreement signs it, whatever request it is shown and whatever package
// it is held against. A refusal, and what is of a version not known here, blame nobody. Not
// guaranteed: that two packages of one key and one generation are the same: pin it. Thread-safety:
// pure.
#ifndef SLUIS_SERVER_EVALUATION_JUDGE_H_
#define SLUIS_SERVER_EVALUATION_JUDGE_H_

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/signature.h"
#include "crypto/threshold.h"
#include "server/evaluation/message.h"
#include "server/keys/package.h"

namespace sluis::evaluation {

using keys::MemberIndex;

// Identity keys of each holder that are valid today, from the manifest.
using HolderKeys = std::map<MemberIndex, std::vector<crypto::PublicKey>>;

enum class AnswerVerdict {
  kRight,
  kRefusal,
  // Nobody's doing that could be shown: bytes on the way, an answer to something else or under a
  // package that the request does not name, or a version not known here.
  kUnreadable,
  kUnsigned,
  kOtherVersion,
  kOtherRequest,
  // The holder's doing.
  kMalformed,  // signed, and not of the form agreed
  kIndex,      // under another holder's index
  kKey,        // under another key or sharing than was asked for
  kCount,      // more or fewer elements than were asked for
  kElements,   // what is no element, or the identity
  kProof,      // the share of the package was not used
};

// Whether the signed bytes are evidence against the holder.
bool Blames(AnswerVerdict verdict);
// A fixed word, for example "proof".
std::string_view VerdictName(AnswerVerdict verdict);

struct JudgedAnswer {
  AnswerVerdict verdict = AnswerVerdict::kUnreadable;
  std::optional<Answer> answer;                    // once it is of form
  std::optional<crypto::oprf::Answer> evaluation;  // of kRight
};

// Everything but the proof: kRight then says only that all the rest is.
JudgedAnswer CheckForm(const Request& request, size_t count, const keys::Package& package,
                       MemberIndex holder, std::span<const crypto::PublicKey> keys,
                       crypto::BytesView signed_answer);

// Everything, for who has neither blinds nor the answers of others.
AnswerVerdict JudgeAnswer(const Request& request, const keys::Package& package, MemberIndex holder,
                          std::span<const crypto::PublicKey> keys, crypto::BytesView signed_answer);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_JUDGE_H_
