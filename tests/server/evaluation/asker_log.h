// A log of somebody who asks, in memory: entries with their parts, and proofs of them.
#ifndef SLUIS_TESTS_SERVER_EVALUATION_ASKER_LOG_H_
#define SLUIS_TESTS_SERVER_EVALUATION_ASKER_LOG_H_

#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/signature.h"
#include "server/evaluation/opening.h"
#include "server/evaluation/question.h"
#include "sluis/peer/v1/evaluation.pb.h"
#include "tests/support/seeded_random.h"

namespace sluis::evaluation::test {

class AskerLog {
 public:
  AskerLog(const crypto::SigningKey& key, tests::SeededRandom& random)
      : key_(key), random_(random) {}

  static const char* Origin() { return "lid-1.example/log"; }
  crypto::VerifierKey LogKey() const;

  // The leaf hash of an entry with these parts, or about this question.
  crypto::Hash Append(const std::string& subject, const std::string& counterpart);
  crypto::Hash Append(const Question& question);

  crypto::TreeHead Head() const;
  // Of these entries, by leaf hash, from the head that is known.
  peer::v1::EvaluationProofs Prove(const std::vector<crypto::Hash>& leaf_hashes,
                                   uint64_t known_size = 0) const;
  // What the privacy officer opens.
  Opening Open(const crypto::Hash& leaf_hash) const;
  // As if its key were destroyed.
  void EraseSubject(const crypto::Hash& leaf_hash);

 private:
  struct Entry {
    std::string leaf;
    std::string subject_salt, subject, counterpart_salt, counterpart;
    bool erased = false;
  };

  size_t Find(const crypto::Hash& leaf_hash) const;

  const crypto::SigningKey& key_;
  tests::SeededRandom& random_;
  std::vector<Entry> entries_;
};

}  // namespace sluis::evaluation::test

#endif  // SLUIS_TESTS_SERVER_EVALUATION_ASKER_LOG_H_
