// Salted commitments to the fields of a record, one by one: what a person previewed and signed, so
// that later decisions may take fields away but can neither add nor change one.
//
//   commitment = SHA-256(lp("sluis/field/v1") || exchange id[16] || lp(name) || salt[32] ||
//                        lp(value))
//   root       = RFC 6962 root over lp(name) || commitment[32], sorted by name
//
// `value` is the serialised SignalContent that holds this field and nothing else; that of
// `identity`, which is no part of the content, the serialised SubjectIdentity.
//
// Guarantee: whoever lacks the salt learns nothing about a field, also not by guessing; with the
// salt exactly one value fits. Not guaranteed: freshness of salts (draw them for each exchange).
// Thread-safety: pure. Source: docs/formats.md, "What a person signs".
#ifndef SLUIS_SERVER_ENVELOPE_FIELD_COMMITMENT_H_
#define SLUIS_SERVER_ENVELOPE_FIELD_COMMITMENT_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "server/envelope/form.h"
#include "sluis/peer/v1/terms.pb.h"
#include "sluis/record/v1/identity.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::envelope {

using FieldSalt = crypto::FixedBytes<32>;

// Names of the fields of the content that may travel, sorted: those of the packs without the
// reference to the person, the contributor and who wrote it down, which stay where they are; and
// the kind of subject, which always travels.
std::span<const std::string_view> TravellingFields();

// Who the record is about: the field that may travel and is no part of the content. It is sealed
// apart (offered_identity.h), and its salt lies there.
inline constexpr char kIdentityField[] = "identity";
bool NamesIdentity(const Repeated<std::string>& names);
std::string IdentityValue(const record::v1::SubjectIdentity& identity);

// The value of a field as it is committed to; nothing when no field of that name may travel. A
// field that is not filled in has an empty value.
std::optional<std::string> FieldValue(const record::v1::SignalContent& content,
                                      std::string_view name);

// `content` with these fields only, given in any order. Names that may not travel are left out.
record::v1::SignalContent OnlyFields(const record::v1::SignalContent& content,
                                     const Repeated<std::string>& names);

crypto::Hash FieldCommitmentOf(const ExchangeId& exchange, std::string_view name,
                               const FieldSalt& salt, std::string_view value);

// What is signed and what stays sealed, for the fields of a preview.
struct CommittedFields {
  std::vector<peer::v1::FieldCommitment> fields;  // sorted by name
  std::vector<FieldSalt> salts;                   // in the same order
};
// `names` sorted and unique; those that may not travel are left out, and `identity` is where none
// is given.
CommittedFields CommitFields(const ExchangeId& exchange, const record::v1::SignalContent& preview,
                             const std::vector<std::string>& names, crypto::Random& random,
                             const record::v1::SubjectIdentity* identity = nullptr);

// Whether the list has a commitment of that name to that value.
bool IsCommittedTo(const Repeated<peer::v1::FieldCommitment>& fields, const ExchangeId& exchange,
                   std::string_view name, const FieldSalt& salt, std::string_view value);

// Root over the list as it stands in an Offer.
crypto::Hash FieldsRoot(const Repeated<peer::v1::FieldCommitment>& fields);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_FIELD_COMMITMENT_H_
