#ifndef SLUIS_TESTS_SERVER_EXCHANGE_EVALUATION_WORLD_H_
#define SLUIS_TESTS_SERVER_EXCHANGE_EVALUATION_WORLD_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "server/evaluation/message.h"
#include "server/evaluation/opening.h"
#include "server/evaluation/question.h"
#include "server/keys/package.h"
#include "tests/server/exchange/key_world.h"

namespace sluis::tests {

// What is changed of a request before node and person sign.
struct RequestEdits {
  std::function<void(peer::v1::EvaluationRequest&)> request = {};
  std::function<void(record::v1::UserStatement&)> statement = {};
  // Whose node signs; the asker's own otherwise.
  std::optional<size_t> signer = {};
};

// Real cores that hold a key together, of which the first one asks: without a ceremony, without
// sockets. Holder `at` has the index `at` + 1.
class EvaluationWorld {
 public:
  static constexpr char kKeyPurpose[] = "casusoverleg-458ter";
  static constexpr char kBasis[] = "vl-livc-2021";
  static constexpr char kRole[] = "maatschappelijk-werker";
  static constexpr char kCase[] = "C-2026-014";

  explicit EvaluationWorld(size_t holders = 5, size_t threshold = 3);

  KeyWorld& nodes() { return nodes_; }
  ExchangeNode& node(size_t at) { return nodes_.node(at); }
  const keys::Package& package() const { return *package_; }

  // What somebody of this number is known by.
  identity::CrossNodeInput KeyOf(int number) const;
  evaluation::Question Ask(const std::vector<int>& people, std::string_view case_ref = kCase);
  std::string CaseToken(std::string_view case_ref) const;

  // Signed by node and person, on an entry of this leaf hash whether there is one or not.
  std::string Request(const evaluation::Question& question, const crypto::Hash& leaf_hash,
                      std::string_view case_ref = kCase, const RequestEdits& edits = {});
  // The same on an entry that nobody has.
  std::string Request(const std::vector<int>& people, std::string_view case_ref = kCase) {
    const evaluation::Question question = Ask(people, case_ref);
    return Request(question, random_.Array<32>(), case_ref);
  }

  // What that holder says, over the network; of itself when the asker asks itself.
  absl::StatusOr<std::string> Answer(size_t holder, const std::string& request, size_t asker = 0);
  // Why it does not answer; nothing when it does, rightly. What is no signed answer fails the test.
  std::optional<peer::v1::EvaluationRefusal> Ground(size_t holder, const std::string& request);
  // Over the network; to itself when the asker is the holder.
  absl::StatusOr<peer::v1::ProveEvaluationsResponse> Prove(
      size_t holder, const peer::v1::EvaluationProofs& proofs);
  // Of the asker's log, under a head that it signs now, from the one that is known.
  peer::v1::EvaluationProofs ProofsOf(const std::vector<crypto::Hash>& leaf_hashes,
                                      uint64_t known_size = 0);
  // Logs a question at the asker and gives the leaf hash.
  crypto::Hash Log(const evaluation::Question& question);
  // What the asker's privacy officer opens of that entry, proven from the head of now, which goes
  // into `heads`.
  evaluation::Opening Open(const crypto::Hash& leaf_hash, std::vector<crypto::TreeHead>& heads);
  // Destroys the key of the subject part of that entry of the asker.
  void Destroy(const crypto::Hash& leaf_hash);

  // What all holders together make of the match key of that person.
  crypto::oprf::Element ElementOf(int number) const;
  // Rows of requests that the holder keeps.
  std::vector<evaluation::HeldRow> Held(size_t holder);
  // Entries with a counterpart part about an evaluation, of this outcome.
  std::vector<Opened> Entries(size_t holder, std::string_view outcome);
  // Pins that package at the holder, until that second; 0 for no end. As made in the state in which
  // the partnership is now, or in another one.
  void Repin(size_t holder, const keys::Package& package, uint64_t stops_s = 0, bool of_now = true);
  // As if an exercise that is over had made the key.
  void Unpin(size_t holder);
  // From now on the key is shared otherwise, and that holder knows it.
  void ShareAnew(size_t holder);
  // What the upkeep of the holder does.
  absl::Status Forget(size_t holder);
  // Begins again with these caps, from its rows.
  void Restart(size_t holder, const evaluation::Caps& caps);

  Person& person() { return person_; }
  const record::v1::SignedMandate& mandate() const { return mandate_; }
  const crypto::Secret<32>& case_key() const { return case_key_; }
  const crypto::Secret<32>& hedge() const { return hedge_; }
  // Of the person who asks, for an hour from now.
  record::v1::UserStatement Statement();
  SeededRandom& random() { return random_; }

 private:
  peer::v1::UserSignature Signature(const envelope::StatementItem& item,
                                    const record::v1::UserStatement& statement) const;
  void MakeKey(uint32_t generation, std::optional<crypto::Hash> previous);
  void GiveShare(size_t holder);
  void MakePerson();

  const size_t threshold_;
  SeededRandom random_{41};
  KeyWorld nodes_;
  crypto::Secret<32> hedge_;
  crypto::Secret<32> case_key_;
  crypto::oprf::SecretScalar secret_;
  std::vector<crypto::oprf::SecretScalar> shares_;
  std::shared_ptr<const keys::Package> package_;
  Person person_;
  record::v1::SignedMandate mandate_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_EXCHANGE_EVALUATION_WORLD_H_
