// The parameters of a ceremony, and who takes part in it under a manifest.
//
// Guarantee: a Parameters value was read from bytes of one encoding that obey every bound of
// ceremony.proto; its id is their digest, so whoever signs for the id has signed for every word of
// them, the threshold included. A Roster exists only for parameters that the manifest allows:
// same partnership and manifest, a committee that CheckCommittee takes, and a key of each
// participant that was valid on their day. The package before is whole and consistent, exactly as
// many of its holders deal as a reshare or roll takes, no index passes to another organisation, and
// a factor is used for the one package that it was made for.
// Not guaranteed: that anybody agreed: a participant does by announcing; that the package before is
// the one in use: who holds it compares; nor that the epoch of a new key follows the one before.
// Thread-safety: values; functions are pure. Errors: kInvalidArgument for form,
// kFailedPrecondition for what the manifest does not allow, with what to change.
#ifndef SLUIS_SERVER_KEYS_PARAMETERS_H_
#define SLUIS_SERVER_KEYS_PARAMETERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"
#include "server/keys/committee.h"
#include "server/keys/package.h"
#include "server/partnership/manifest.h"
#include "sluis/peer/v1/ceremony.pb.h"

namespace sluis::keys {

inline constexpr uint32_t kCeremonyVersion = 1;
inline constexpr size_t kMaxParametersBytes = 44 << 10;

struct Parameters {
  peer::v1::CeremonyKind kind = peer::v1::CEREMONY_KIND_UNSPECIFIED;
  std::string partnership;
  std::string purpose;
  uint32_t epoch = 0;
  size_t threshold = 0;
  std::vector<Seat> holders;         // afterwards, sorted by index
  std::vector<MemberIndex> dealers;  // ascending; in a generation all holders
  std::optional<Package> previous;   // whose key is shared anew, rolled, or to be rolled
  std::optional<Package> factor;     // by which it is rolled
  crypto::Hash manifest_digest{};
  std::string day;
  uint64_t announce_until_s = 0;
  uint64_t round_seconds = 0;
  std::optional<crypto::Hash> restarts;
  std::string bytes;  // as announced
  crypto::Hash id{};  // of the ceremony

  // Whether dealers draw their constants, rather than deal what they hold.
  bool Draws() const;
  bool Deals(MemberIndex member) const;
  bool Holds(MemberIndex member) const;
};

absl::StatusOr<Parameters> ReadParameters(crypto::BytesView bytes);
// The same from a draft, of which holders may stand in any order.
absl::StatusOr<Parameters> MakeParameters(peer::v1::CeremonyParameters draft);

// One who takes part.
struct Participant {
  MemberIndex index;
  std::string organisation;
  std::vector<crypto::PublicKey> keys;  // identity keys valid on the day of the parameters
};

class Roster {
 public:
  static absl::StatusOr<Roster> Of(const Parameters& parameters,
                                   const partnership::Manifest& manifest);

  // Dealers and holders, sorted by index.
  const std::vector<Participant>& participants() const { return participants_; }
  std::vector<MemberIndex> Indexes() const;
  // Null when there is none.
  const Participant* Find(std::string_view organisation) const;
  const Participant* Find(MemberIndex index) const;

 private:
  std::vector<Participant> participants_;
};

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_PARAMETERS_H_
