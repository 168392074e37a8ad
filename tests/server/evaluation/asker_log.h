// The log of somebody who asks: a real ledger with a store in memory, whose entries are proven,
// opened and destroyed as a node does it.
#ifndef SLUIS_TESTS_SERVER_EVALUATION_ASKER_LOG_H_
#define SLUIS_TESTS_SERVER_EVALUATION_ASKER_LOG_H_

#include <map>
#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/signature.h"
#include "server/evaluation/logged_durably.h"
#include "server/evaluation/opening.h"
#include "server/evaluation/question.h"
#include "sluis/peer/v1/evaluation.pb.h"
#include "tests/support/ledger_world.h"

namespace sluis::evaluation::test {

class AskerLog {
 public:
  // `key` signs heads.
  explicit AskerLog(const crypto::SigningKey& key, std::string origin = Origin());

  static const char* Origin() { return "lid-1.example/log"; }
  crypto::VerifierKey LogKey() const;

  // Takes a step to the ledger and comes back with what it is told.
  LoggedDurably Log(const ToLog& to_log, std::string subject = "");
  LoggedDurably Log(const Question& question);
  // An entry with these parts, whatever they say.
  crypto::Hash Append(const std::string& subject, const std::string& counterpart);

  crypto::TreeHead Head() const;
  // Of these entries, by leaf hash, from the head that is known.
  peer::v1::EvaluationProofs Prove(const std::vector<crypto::Hash>& leaf_hashes,
                                   uint64_t known_size = 0) const;
  // What the privacy officer opens, proven from the head of so many entries, 0 for the newest one.
  Opening Open(const crypto::Hash& leaf_hash, uint64_t tree_size = 0) const;
  // Destroys the key of the subject part.
  void EraseSubject(const crypto::Hash& leaf_hash);
  // All that the node has on its disk and opens with its keys: rows, and parts of entries.
  std::string Readable() const;

 private:
  uint64_t Find(const crypto::Hash& leaf_hash) const { return entries_.at(leaf_hash); }
  ledger::Logged Submit(ledger::Effect effect);

  const crypto::SigningKey& key_;
  std::string origin_;
  // Reading needs it as writing does.
  mutable tests::LedgerWorld world_;
  std::map<crypto::Hash, uint64_t> entries_;
};

}  // namespace sluis::evaluation::test

#endif  // SLUIS_TESTS_SERVER_EVALUATION_ASKER_LOG_H_
