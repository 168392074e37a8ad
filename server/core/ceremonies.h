// The machines of the ceremonies that a node takes part in, kept between messages.
//
// A machine that was made anew for each message would judge all of them again each time: with
// thirty members that is minutes. So the one that a plan left behind is kept, with the digest of
// everything that made it what it is (the chain of the row). A plan that was never written down
// leaves a machine that no row names: it is dropped, and the next one is made from the rows.
//
// Guarantee: Take gives the machine that the rows of this view make, and no other. Thread-safe; a
// machine that is taken belongs to who took it, and another one at the same time is made anew.
// Ownership: borrows the identity key and the random source. Errors: DATA_LOSS for rows that cannot
// be read or do not make a machine.
#ifndef SLUIS_SERVER_CORE_CEREMONIES_H_
#define SLUIS_SERVER_CORE_CEREMONIES_H_

#include <cstdint>
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

// Whether a machine stands behind the row: it runs, or it ended in the last round and may still
// complete.
bool HasMachine(const record::v1::StoredCeremony& row);

class Ceremonies {
 public:
  // Both must outlive this.
  Ceremonies(std::string organisation, const crypto::SigningKey& identity, crypto::Random& random)
      : organisation_(std::move(organisation)), identity_(identity), random_(random) {}

  absl::StatusOr<keys::Ceremony> Take(const View& view, const CeremonyRow& ceremony);
  // As it stands at the chain of that row.
  void Give(const CeremonyRow& ceremony, keys::Ceremony machine);

  // One that is over here: its machine goes, with the secrets in it.
  void Drop(const std::string& ceremony);

  // What this node brings to a ceremony: its key, the seed, and the shares that it deals.
  absl::StatusOr<keys::Ceremony::Own> OwnFor(const View& view, const keys::Parameters& parameters,
                                             crypto::Secret<32> seed, bool pinned) const;

  // Whether the upkeep may look through the rows again: not more often than needed.
  bool IsTimeToLook(uint64_t now_us);

  const std::string& organisation() const { return organisation_; }
  const crypto::SigningKey& identity() const { return identity_; }
  crypto::Random& random() const { return random_; }

 private:
  struct Kept {
    std::string chain;
    keys::Ceremony machine;
  };

  const std::string organisation_;
  const crypto::SigningKey& identity_;
  crypto::Random& random_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;  // by ceremony
  uint64_t looked_us_ = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONIES_H_
