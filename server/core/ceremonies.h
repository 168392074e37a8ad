// The machines of the ceremonies that a node takes part in, kept between messages.
//
// A machine that was made anew for each message would judge all of them again each time: with
// thirty members that is minutes. So the one that a plan left behind is kept once that plan is
// durable, with the digest of everything that made it what it is (the chain of the row). One whose
// plan was never written down is gone with it, and the next one is made from the rows. Acts that
// take machines go one after another (UseCase::takes_turns), so that this is seldom.
//
// Guarantee: Take gives the machine that the rows of this view make, and no other. Thread-safe; a
// machine that is taken belongs to who took it, and another one at the same time is made anew. What
// is remembered is bounded. Ownership: borrows the identity key and the random source. Errors:
// DATA_LOSS for rows that cannot be read or do not make a machine.
#ifndef SLUIS_SERVER_CORE_CEREMONIES_H_
#define SLUIS_SERVER_CORE_CEREMONIES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/signature.h"
#include "server/core/ceremony_rows.h"
#include "server/core/view.h"
#include "server/keys/ceremony.h"
#include "server/partnership/manifest.h"

namespace sluis::core {

// What a ceremony is about, read from its row.
struct AgreedTerms {
  keys::Parameters parameters;
  partnership::SignedManifest manifest;
};
absl::StatusOr<AgreedTerms> AgreedTermsOf(const record::v1::StoredCeremony& row);

// The same with who takes part.
struct KnownTerms {
  AgreedTerms agreed;
  keys::Roster roster;
};

// How much of one partner is judged at the price of multiplications, in 24 hours of the node's
// clock: announcements of ceremonies that are not known here, whose packages have to be computed
// again. Each may become a proposal too, so this bounds how many come and go.
inline constexpr int kMostJudgedADay = 32;
// How long what somebody asked for and was not here is not looked for again.
inline constexpr uint64_t kAskedAgainSeconds = 600;

// Whether a machine stands behind the row: it runs, or it ended in the last round and may still
// complete.
bool HasMachine(const record::v1::StoredCeremony& row);

class Ceremonies {
 public:
  // Both must outlive this.
  Ceremonies(std::string organisation, const crypto::SigningKey& identity, crypto::Random& random)
      : organisation_(std::move(organisation)), identity_(identity), random_(random) {}

  absl::StatusOr<keys::Ceremony> Take(const View& view, const CeremonyRow& ceremony);
  // Back as it was taken: nothing changed.
  void Give(const CeremonyRow& ceremony, keys::Ceremony machine);
  // Gives it back as that row leaves it, for the answer of the plan that writes the row: from then
  // on it is what the rows make. To be called at most once; this must outlive it.
  std::function<void()> GiveBack(const CeremonyRow& ceremony, keys::Ceremony machine);

  // One that is over here: its machine goes, with the secrets in it.
  void Drop(const std::string& ceremony);

  // How many machines were made from rows.
  uint64_t made() const;

  // What was agreed to, without reading packages again each time.
  absl::StatusOr<std::shared_ptr<const KnownTerms>> TermsOf(const CeremonyRow& ceremony);

  // Whether one more announcement of an unknown ceremony may be judged for that partner now.
  bool MayJudge(const std::string& partner, uint64_t now_us);
  // Whether this was looked for in vain a while ago; `mark` says who asked for what.
  bool IsKnownMissing(const std::string& ceremony, const std::string& mark, uint64_t now_us) const;
  void NoteMissing(const std::string& ceremony, const std::string& mark, uint64_t now_us);

  // What this node brings to a ceremony: its key, the seed, and the shares that it deals.
  absl::StatusOr<keys::Ceremony::Own> OwnFor(const View& view, const keys::Parameters& parameters,
                                             crypto::Secret<32> seed, bool pinned) const;

  // Whether time alone changes a ceremony by now, as far as is known without reading rows.
  bool IsDue(uint64_t now_us) const;
  // What a look through the rows found, in seconds by ceremony: when time alone changes it.
  void NoteDue(const std::map<std::string, uint64_t>& due_s, uint64_t now_us);
  // Whether the upkeep may look through the rows: when something has become due since it last did,
  // and otherwise not more often than needed.
  bool IsTimeToLook(uint64_t now_us);

  const std::string& organisation() const { return organisation_; }
  const crypto::SigningKey& identity() const { return identity_; }
  crypto::Random& random() const { return random_; }

 private:
  struct Kept {
    std::string chain;
    keys::Ceremony machine;
  };
  void Keep(const std::string& ceremony, Kept kept);
  void NoteDueLocked(const std::string& ceremony, uint64_t due_s);

  const std::string organisation_;
  const crypto::SigningKey& identity_;
  crypto::Random& random_;
  mutable std::mutex mutex_;
  std::map<std::string, Kept> kept_;       // by ceremony
  std::map<std::string, uint64_t> due_s_;  // by ceremony; of those with a machine
  std::map<std::string, std::shared_ptr<const KnownTerms>> terms_;  // by ceremony
  struct Judged {
    uint64_t since_us = 0;
    int count = 0;
  };
  std::map<std::string, Judged> judged_;                                // by partner
  std::map<std::pair<std::string, std::string>, uint64_t> missing_us_;  // by ceremony and mark
  uint64_t looked_us_ = 0;
  uint64_t made_ = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONIES_H_
