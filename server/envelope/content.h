// The content of a record as it travels: sealed under a fresh data key until the receipt is given,
// then held against what the terms and the person said.
//
// Guarantee: SealContent hides the length to 256 bytes and ties the ciphertext to the exchange, its
// parties and its terms; KeyCommitment admits one key only. JudgeContent finds every difference
// between the content and what its terms and commitments promise that can be found without asking
// the sender. Not guaranteed: that the content is true, or that the stated age of the record is.
// Thread-safety: pure; the Random given must suit the thread. Errors: Refuse of the fault named.
// Source: docs/formats.md, "Content that travels".
#ifndef SLUIS_SERVER_ENVELOPE_CONTENT_H_
#define SLUIS_SERVER_ENVELOPE_CONTENT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::envelope {

inline constexpr int kMaxShareTags = 8;

// HMAC-SHA256(data key, lp("sluis/key-commitment/v1") || exchange id[16]).
crypto::Hash KeyCommitment(const crypto::DataKey& key, crypto::BytesView exchange_id);

// What ties a ciphertext to its exchange: lp("sluis/content/v1") || lp(partnership) || lp(sender)
// || lp(recipient) || exchange id[16] || terms digest[32]. Of an Offer's binding.
crypto::Bytes ContentBinding(const peer::v1::Binding& offer);

// kTooLarge when it would not fit an Offer.
absl::StatusOr<crypto::Bytes> SealContent(const crypto::DataKey& key,
                                          const peer::v1::Binding& offer,
                                          const peer::v1::OfferedContent& content,
                                          crypto::Random& random);

// kKeyCommitment when the key is not the one promised; kCiphertext when it does not open or does
// not hold an OfferedContent.
absl::StatusOr<peer::v1::OfferedContent> OpenContent(const crypto::DataKey& key,
                                                     const peer::v1::Offer& offer);

// kFields: a field that the person did not sign, or not with this value. kTerms: a field that the
// conditions do not name, a date not generalised as stated, tags that are not of form or of a
// place, or an attribute of the terms that the content contradicts: category, weakest assertion,
// onlife, subject kind, minority, the client's answer. Attributes of fields that do not travel
// cannot be judged.
absl::Status JudgeContent(const peer::v1::OfferedContent& content, const peer::v1::Offer& offer,
                          const peer::v1::Terms& terms);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_CONTENT_H_
