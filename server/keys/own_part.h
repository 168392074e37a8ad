// What one participant says in a ceremony, and the secrets from which it says it: one-time key,
// polynomial, the shares dealt to it and, at the end, its share of the key.
//
// Guarantee: everything said is a function of the seed and of what the board shows, so a part made
// again from the same seed says the same again. A share that does not fit its dealer's commitments
// is complained about and never used. Not guaranteed: that the board is right: judge.h judges.
// Thread-safety: as any value. Ownership: all secrets lie in locked, wiped memory and go with the
// part; the share outlives it by TakeShare alone. Errors: kInternal for what cannot happen with a
// board that was judged.
#ifndef SLUIS_SERVER_KEYS_OWN_PART_H_
#define SLUIS_SERVER_KEYS_OWN_PART_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/dealing.h"
#include "crypto/scalar.h"
#include "server/keys/ceremony_seed.h"
#include "server/keys/judge.h"

namespace sluis::keys {

class OwnPart {
 public:
  // The shares that it deals, in a roll their product; nothing where it deals none.
  struct Shares {
    std::optional<crypto::oprf::SecretScalar> previous;
    std::optional<crypto::oprf::SecretScalar> factor;
  };
  OwnPart(MemberIndex self, crypto::Secret<32> seed, Shares held, const Parameters& parameters);

  // The bodies of its messages, each once the round before is complete on the board; in this order.
  // Confirm is for holders only.
  absl::StatusOr<std::string> Announce(const Board& board);
  absl::StatusOr<std::string> Commit(const Board& board);
  absl::StatusOr<std::string> Deal(const Board& board);
  absl::StatusOr<std::string> Verdict(const Board& board);
  absl::StatusOr<std::string> Confirm(const Board& board);

  // Its share of the key in the package, after Confirm.
  crypto::oprf::SecretScalar TakeShare() { return *std::move(share_); }

 private:
  absl::StatusOr<std::string> Dealing(const Board& board) const;
  crypto::oprf::SecretScalar Constant(crypto::Random& random) const;
  // What shows that the constant is the right one; empty where it shows itself.
  absl::StatusOr<std::string> ConstantProof(const Board& board,
                                            const crypto::oprf::SecretScalar& constant,
                                            const crypto::oprf::Element& element,
                                            crypto::Random& random) const;
  // Keeps the share of that dealer, or adds a complaint.
  absl::Status Open(const Board& board, MemberIndex dealer, peer::v1::CeremonyVerdict* verdict);

  MemberIndex self_;
  CeremonySeed seed_;
  crypto::oprf::SecretScalar share_key_;
  Shares held_;
  std::string dealing_;  // what the commit committed to; empty when it deals nothing
  std::vector<crypto::oprf::SecretScalar> shares_;
  std::optional<crypto::oprf::SecretScalar> share_;
};

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_OWN_PART_H_
