// The mandate under which a person signs for one partnership: a file that whoever holds the mandate
// key makes, kept in the person's profile as PARTNERSHIP.mandate (0600).
//
// The file is a serialised SignedMandate with a partnership and a pseudonym and without a user id:
// what partners read must not hold the name by which the own node knows the person.
//
// Guarantee: what is read names one organisation, one partnership and a pseudonym of 16 bytes.
// Not guaranteed: the signature of the mandate key, which the own node and the partners verify with
// the manifest; the file itself needs no secrecy but links a person to a pseudonym.
// Thread-safety: the file system's. Errors: a Failure with Exit::kUsage. Source: mandate.proto.
#ifndef SLUIS_CLIENT_LIB_PARTNERSHIP_MANDATE_H_
#define SLUIS_CLIENT_LIB_PARTNERSHIP_MANDATE_H_

#include <cstdint>
#include <string>

#include "client/lib/message.h"
#include "client/lib/profile.h"
#include "crypto/signature.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::client {

struct PartnershipMandate {
  // As it was signed; the digest is over these bytes.
  record::v1::SignedMandate signed_mandate;
  // What it says.
  record::v1::Mandate mandate;
};

// Reads a file of at most 8 KiB.
Result<PartnershipMandate> ReadPartnershipMandate(const std::string& path);
// The same for its bytes; `path` is for the text of a refusal only.
Result<PartnershipMandate> ParsePartnershipMandate(const std::string& bytes,
                                                   const std::string& path);

// Where the profile keeps the one for this partnership.
std::string MandatePath(const Profile& profile, const std::string& partnership);

// Puts it into the profile, in the place of an earlier one, after checking that it is for that
// organisation and that signing key.
Step InstallMandate(const PartnershipMandate& mandate, const Profile& profile,
                    const crypto::PublicKey& signing_key);

// The one in the profile, in force at this moment and with this role; `now_s` in seconds since the
// epoch, UTC. The failure says what to ask of whom.
Result<PartnershipMandate> MandateFor(const Profile& profile, const std::string& partnership,
                                      const std::string& role, int64_t now_s);

// The pseudonym of the mandate in this file, to be that of `next`: an earlier one of the same
// organisation, partnership and signing key, signed by this mandate key. Any other person's is
// refused, because partners would take two people for one.
Result<std::string> PseudonymToKeep(const std::string& path, const record::v1::Mandate& next,
                                    const crypto::PublicKey& mandate_key);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_PARTNERSHIP_MANDATE_H_
