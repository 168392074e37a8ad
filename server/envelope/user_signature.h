// What a person signs so that another node acts, and its verification at that node.
//
// One statement covers 1 to 256 exchanges with one audience. Its root is the RFC 6962 root over
//   item = exchange id[16] || lp(case token) || fields root[32]
// so that one signature stands under a batch and each exchange is provable alone.
//
// Guarantee: what UserSignatureVerifier returns was signed by the key in a mandate that the
// sender's organisation signed for this partnership, in force when it was signed and now, for that
// role; it covers exactly this exchange, case token and fields, this action and this audience; it
// is inside its window. The mandate names no user: a peer knows the person by pseudonym.
// Not guaranteed: that the exchange id is new. Receivers keep used ids until expiry plus skew.
// Thread-safety: the verifier is; the rest is pure. Errors: Refuse of the fault named.
// Source: proto/sluis/record/v1/statement.proto, docs/formats.md, "What a person signs".
#ifndef SLUIS_SERVER_ENVELOPE_USER_SIGNATURE_H_
#define SLUIS_SERVER_ENVELOPE_USER_SIGNATURE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"
#include "server/authn/mandate.h"
#include "server/authn/verified_signatures.h"
#include "server/envelope/form.h"
#include "sluis/peer/v1/terms.pb.h"
#include "sluis/record/v1/statement.pb.h"

namespace sluis::envelope {

inline constexpr uint32_t kStatementVersion = 1;
inline constexpr size_t kMaxStatementBytes = 1024;
// Longest time between signing and expiry: the delivery window.
inline constexpr uint64_t kMaxStatementSeconds = 14ull * 24 * 3600;
// How far the signer's clock may run ahead of this node's.
inline constexpr uint64_t kMaxSkewSeconds = 300;

// One exchange under a statement.
struct StatementItem {
  ExchangeId exchange{};
  std::string case_token;      // 32 bytes, or empty without a case
  crypto::Hash fields_root{};  // FieldsRoot; that of no fields for anything but a share
  // Of the conditions of a share (signed_conditions.h); zero where nothing is shared.
  crypto::Hash conditions{};

  std::string Bytes() const;
};

// The statement with the items filled in (count and root), serialised, to be signed by the person.
// INVALID_ARGUMENT unless 1 to 256 items of different exchanges and every other field of form.
absl::StatusOr<std::string> StatementOver(record::v1::UserStatement statement,
                                          const std::vector<StatementItem>& items);

// The statement signed.
record::v1::SignedUserStatement SignStatement(std::string statement, const crypto::SigningKey& key);

// The signature as it travels with each item, in order.
std::vector<peer::v1::UserSignature> SignaturesFor(const record::v1::SignedUserStatement& statement,
                                                   const std::vector<StatementItem>& items,
                                                   const record::v1::SignedMandate& mandate,
                                                   uint64_t mandate_status_number);

// The form only; kStatement.
absl::StatusOr<record::v1::UserStatement> ReadStatement(crypto::BytesView statement);

// What the message that carries the signature says by itself.
struct SignedAct {
  std::string_view partnership;
  std::string_view organisation;  // of the person: the sender
  std::string_view audience;      // the recipient
  std::string_view action;        // "share", "withdraw", "erase"
  StatementItem item;
};

// Who stands behind a message, from statement and mandate.
struct VerifiedPerson {
  std::shared_ptr<const record::v1::UserStatement> statement;  // shared by those it covers
  std::string pseudonym;  // 16 bytes, one per person and partnership
};

// Checks signatures of the people of one other member. Remembers what it verified, and keeps the
// statement and mandate that it read last, so that a batch under one statement costs one reading
// and one verification. Thread-safety: not; one call has its own.
class UserSignatureVerifier {
 public:
  // `mandate_keys`: those of that member valid today, from the manifest. `verified`: signatures
  // known to hold, shared by verifiers that live for one call each; null for a memory of its own.
  UserSignatureVerifier(std::string partnership, std::string organisation,
                        const std::vector<crypto::PublicKey>& mandate_keys,
                        std::shared_ptr<authn::VerifiedSignatures> verified = nullptr);

  // `status` is the newest list of revoked mandates of that member, verified before (Status).
  // kStatement: not of form, or about another partnership, organisation, audience, action or item;
  // kMandate: not signed for this partnership, with a user id in it, another digest than stated,
  // without the role, not in force at signing or now; kStatusBehind: the sender knows of a newer
  // list; kStatementKey; kStatementWindow.
  absl::StatusOr<VerifiedPerson> Verify(const peer::v1::UserSignature& signature,
                                        const SignedAct& act,
                                        const record::v1::MandateStatus& status, uint64_t now_us);

  // A list of revoked mandates, when a mandate key of that member signed it. kMandate otherwise.
  absl::StatusOr<record::v1::MandateStatus> Status(
      const record::v1::SignedMandateStatus& signed_status);

 private:
  // Who signed a statement under which mandate, whatever it is used for.
  struct Signer {
    std::string statement_signature;
    std::string mandate_bytes;
    std::string mandate_signature;
    record::v1::Mandate mandate;

    bool Signed(const peer::v1::UserSignature& signature) const;
  };

  absl::Status KeepStatement(const std::string& bytes);
  absl::Status KeepSigner(const peer::v1::UserSignature& signature);
  absl::StatusOr<record::v1::Mandate> VerifiedMandate(const record::v1::SignedMandate& mandate);

  const std::string partnership_;
  const std::string organisation_;
  const std::shared_ptr<authn::VerifiedSignatures> verified_;
  std::vector<std::unique_ptr<authn::MandateVerifier>> mandates_;

  // The statement read last, of form; and who signed it, once that held.
  std::string statement_bytes_;
  std::shared_ptr<const record::v1::UserStatement> statement_;
  std::optional<Signer> signer_;
};

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_USER_SIGNATURE_H_
