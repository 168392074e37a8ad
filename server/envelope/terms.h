// What a sender states about a record so that the recipient can decide without reading it.
//
// Guarantee: terms that ReadTerms returns are in their one encoding, within the bounds of
// terms.proto, and do not contradict themselves: an attribute that repeats a mark agrees with it.
// Not guaranteed: that words are in the packs' vocabulary, that every attribute a pack wants is
// there (the decision refuses without), or that any of it is true (CompareContent, after the key).
// Thread-safety: pure. Errors: Refuse(kMalformed), Refuse(kBinding) for a contradiction.
// Source: proto/sluis/peer/v1/terms.proto, docs/formats.md.
#ifndef SLUIS_SERVER_ENVELOPE_TERMS_H_
#define SLUIS_SERVER_ENVELOPE_TERMS_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "server/envelope/case_token.h"
#include "sluis/peer/v1/terms.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::envelope {

inline constexpr size_t kMaxTermsBytes = 48 << 10;
inline constexpr size_t kCaseTokenBytes = 32;
inline constexpr size_t kTermsSaltBytes = 32;

absl::StatusOr<peer::v1::Terms> ReadTerms(crypto::BytesView terms);

// SHA-256(lp("sluis/terms/v1") || terms), over the bytes as they travel.
crypto::Hash TermsDigest(crypto::BytesView terms);

// The value of an attribute; nothing when the terms do not state it.
std::optional<std::string_view> AttributeOf(const peer::v1::Terms& terms, std::string_view name);

// Whether the form of conditions holds, in terms and in a receipt.
bool AreConditions(const peer::v1::Conditions& conditions);

// Whether `accepted` is `offered` or stricter: no mark taken off, TLP not lower, not kept longer,
// not passed on further, no field more, each reduction and each obligation still there or replaced
// by another of its kind. How strict an obligation of the same kind is stays for the rules to say:
// only its presence is judged here.
bool AtLeastAsStrict(const peer::v1::Conditions& accepted, const peer::v1::Conditions& offered);

// Words of the vocabulary, as attributes carry them; empty for a value that is not stated.
std::string_view TlpWord(record::v1::Tlp tlp);
std::string_view OnlifeWord(record::v1::Onlife onlife);
std::string_view SourceModeWord(record::v1::SourceMode mode);
std::string_view AgreesWord(record::v1::ClientAgrees agrees);
std::string_view AssertionWord(record::v1::Assertion assertion);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_TERMS_H_
