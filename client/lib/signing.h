// What people and the mandate key sign, byte for byte.
//
//   mandate        lp("sluis/mandate/v1") || mandate
//   status list    lp("sluis/mandate-status/v1") || status
//   user request   lp("sluis/user-request/v1") || lp(user id) || lp(signing key) || lp(request,
//   DER)
//
// Guarantee: each statement begins with its own label, so that a signature for one cannot be shown
// for another. Not guaranteed: that what is signed makes sense; Check… functions say what they look
// at. Thread-safety: pure. Source: mandate.proto.
#ifndef SLUIS_CLIENT_LIB_SIGNING_H_
#define SLUIS_CLIENT_LIB_SIGNING_H_

#include <string>

#include "client/lib/message.h"
#include "crypto/key_file.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::client {

record::v1::SignedMandate SignMandate(const record::v1::Mandate& mandate,
                                      const crypto::SigningKey& mandate_key);
record::v1::SignedMandateStatus SignMandateStatus(const record::v1::MandateStatus& status,
                                                  const crypto::SigningKey& mandate_key);

record::v1::UserRequest SignUserRequest(const std::string& user_id,
                                        const std::string& certificate_request,
                                        const crypto::SigningKey& signing_key);
// Reads a request file of at most 16 KiB and checks the person's signature.
Result<record::v1::UserRequest> ReadUserRequest(const std::string& path);
// The same for its bytes; `path` is for the text of a refusal only.
Result<record::v1::UserRequest> ParseUserRequest(const std::string& bytes, const std::string& path);

// 2 to 32 characters [a-z0-9.-], starting with a letter.
bool IsUserId(std::string_view text);
// A lower-case host name of 3 to 120 characters.
bool IsOrganisationId(std::string_view text);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_SIGNING_H_
