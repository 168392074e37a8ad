#include "server/envelope/user_signature.h"

#include <algorithm>
#include <set>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/fault.h"
#include "server/envelope/leaf_tree.h"

namespace sluis::envelope {
namespace {

using record::v1::Mandate;
using record::v1::MandateStatus;
using record::v1::SignedUserStatement;
using record::v1::UserStatement;

constexpr std::string_view kStatementLabel = "sluis/user-statement/v1";
constexpr uint32_t kMaxItems = 256;
constexpr uint64_t kUsPerSecond = 1'000'000;

crypto::Bytes StatementMessage(std::string_view statement) {
  crypto::Bytes message = crypto::Lp(kStatementLabel);
  message += statement;
  return message;
}

std::vector<std::string> ItemBytes(const std::vector<StatementItem>& items) {
  std::vector<std::string> bytes;
  for (const StatementItem& item : items) bytes.push_back(item.Bytes());
  return bytes;
}

bool HasForm(const UserStatement& s) {
  return s.version() == kStatementVersion && authn::IsOrganisationId(s.partnership()) &&
         IsCode(s.action()) && authn::IsOrganisationId(s.organisation()) &&
         authn::IsOrganisationId(s.audience()) && s.organisation() != s.audience() &&
         (s.audience_role().empty() || IsCode(s.audience_role())) && IsCode(s.role()) &&
         IsCode(s.purpose()) && IsCode(s.basis()) && IsHash(s.mandate_digest()) &&
         s.signed_at_s() > 0 && s.expires_at_s() > s.signed_at_s() &&
         s.expires_at_s() - s.signed_at_s() <= kMaxStatementSeconds && s.count() >= 1 &&
         s.count() <= kMaxItems && IsHash(s.root());
}

bool Covers(const UserStatement& statement, const peer::v1::UserSignature& signature,
            const StatementItem& item) {
  crypto::TreeHead tree;
  tree.size = statement.count();
  std::copy_n(statement.root().begin(), kHashBytes, tree.root.begin());
  return AreHashes(signature.path(), kMaxShortPath) &&
         crypto::VerifyInclusion(item.Bytes(), signature.item(), tree, ToHashes(signature.path()))
             .ok();
}

bool IsAbout(const UserStatement& statement, const SignedAct& act) {
  return statement.partnership() == act.partnership && statement.action() == act.action &&
         statement.organisation() == act.organisation && statement.audience() == act.audience;
}

// Whether the mandate lets the person sign this, at both moments.
bool Allows(const Mandate& mandate, const UserStatement& statement, const MandateStatus& status,
            uint64_t now_us) {
  return std::find(mandate.roles().begin(), mandate.roles().end(), statement.role()) !=
             mandate.roles().end() &&
         authn::InForce(mandate, status, statement.signed_at_s() * kUsPerSecond) &&
         authn::InForce(mandate, status, now_us);
}

bool InWindow(const UserStatement& statement, uint64_t now_us) {
  const uint64_t now_s = now_us / kUsPerSecond;
  return statement.signed_at_s() <= now_s + kMaxSkewSeconds && now_s <= statement.expires_at_s();
}

}  // namespace

std::string StatementItem::Bytes() const {
  std::string bytes(crypto::View(exchange));
  crypto::AppendLp(bytes, case_token);
  bytes += crypto::View(fields_root);
  bytes += crypto::View(conditions);
  return bytes;
}

absl::StatusOr<std::string> StatementOver(UserStatement statement,
                                          const std::vector<StatementItem>& items) {
  std::set<ExchangeId> exchanges;
  for (const StatementItem& item : items) exchanges.insert(item.exchange);
  if (exchanges.size() != items.size()) {
    return absl::InvalidArgumentError("two items have the same exchange id; give each its own");
  }
  statement.set_version(kStatementVersion);
  statement.set_count(static_cast<uint32_t>(items.size()));
  statement.set_root(std::string(crypto::View(LeafTree(ItemBytes(items)).Root())));
  std::string bytes = statement.SerializeAsString();
  if (!ReadStatement(bytes).ok()) {
    return absl::InvalidArgumentError(
        "the statement is not of form; give 1 to 256 items, codes of the pack, and an expiry of at "
        "most 14 days");
  }
  return bytes;
}

SignedUserStatement SignStatement(std::string statement, const crypto::SigningKey& key) {
  SignedUserStatement signed_statement;
  signed_statement.set_signature(std::string(crypto::View(key.Sign(StatementMessage(statement)))));
  signed_statement.set_statement(std::move(statement));
  return signed_statement;
}

std::vector<peer::v1::UserSignature> SignaturesFor(const SignedUserStatement& statement,
                                                   const std::vector<StatementItem>& items,
                                                   const record::v1::SignedMandate& mandate,
                                                   uint64_t mandate_status_number) {
  LeafTree tree(ItemBytes(items));
  std::vector<peer::v1::UserSignature> signatures(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    peer::v1::UserSignature& signature = signatures[i];
    *signature.mutable_statement() = statement;
    *signature.mutable_mandate() = mandate;
    signature.set_mandate_status_number(mandate_status_number);
    signature.set_item(static_cast<uint32_t>(i));
    // Cannot fail: the tree has exactly these items.
    const std::vector<crypto::Hash> path = tree.Path(i).value();
    for (const crypto::Hash& hash : path) {
      signature.add_path(std::string(crypto::View(hash)));
    }
  }
  return signatures;
}

absl::StatusOr<UserStatement> ReadStatement(crypto::BytesView bytes) {
  UserStatement statement;
  if (!ReadCanonical(bytes, kMaxStatementBytes, statement) || !HasForm(statement)) {
    return Refuse(Fault::kStatement);
  }
  return statement;
}

UserSignatureVerifier::UserSignatureVerifier(std::string partnership, std::string organisation,
                                             const std::vector<crypto::PublicKey>& mandate_keys,
                                             std::shared_ptr<authn::VerifiedSignatures> verified)
    : partnership_(std::move(partnership)),
      organisation_(std::move(organisation)),
      verified_(verified ? std::move(verified) : std::make_shared<authn::VerifiedSignatures>()) {
  for (const crypto::PublicKey& key : mandate_keys) {
    mandates_.push_back(std::make_unique<authn::MandateVerifier>(organisation_, key, verified_));
  }
}

absl::StatusOr<Mandate> UserSignatureVerifier::VerifiedMandate(
    const record::v1::SignedMandate& signed_mandate) {
  for (const auto& verifier : mandates_) {
    if (auto mandate = verifier->Verify(signed_mandate); mandate.ok()) return mandate;
  }
  return Refuse(Fault::kMandate);
}

absl::StatusOr<MandateStatus> UserSignatureVerifier::Status(
    const record::v1::SignedMandateStatus& signed_status) {
  for (const auto& verifier : mandates_) {
    if (auto status = verifier->Verify(signed_status); status.ok()) return status;
  }
  return Refuse(Fault::kMandate);
}

bool UserSignatureVerifier::Signer::Signed(const peer::v1::UserSignature& signature) const {
  return signature.statement().signature() == statement_signature &&
         signature.mandate().mandate() == mandate_bytes &&
         signature.mandate().signature() == mandate_signature;
}

absl::Status UserSignatureVerifier::KeepStatement(const std::string& bytes) {
  if (statement_ && bytes == statement_bytes_) return absl::OkStatus();
  absl::StatusOr<UserStatement> statement = ReadStatement(bytes);
  if (!statement.ok()) return statement.status();
  signer_.reset();
  statement_bytes_ = bytes;
  statement_ = std::make_shared<const UserStatement>(*std::move(statement));
  return absl::OkStatus();
}

absl::Status UserSignatureVerifier::KeepSigner(const peer::v1::UserSignature& signature) {
  if (signer_ && signer_->Signed(signature)) return absl::OkStatus();
  absl::StatusOr<Mandate> mandate = VerifiedMandate(signature.mandate());
  if (!mandate.ok()) return mandate.status();
  // A mandate for the own node names a user; that name must never have left it.
  if (mandate->partnership() != partnership_ || !mandate->user_id().empty() ||
      statement_->mandate_digest() != crypto::View(authn::MandateDigest(signature.mandate()))) {
    return Refuse(Fault::kMandate);
  }
  const auto key = crypto::ToFixed<32>(mandate->signing_key());
  if (!key.ok() || !verified_->Holds(*key, StatementMessage(statement_bytes_),
                                     signature.statement().signature())) {
    return Refuse(Fault::kStatementKey);
  }
  signer_ = Signer{signature.statement().signature(), signature.mandate().mandate(),
                   signature.mandate().signature(), *std::move(mandate)};
  return absl::OkStatus();
}

absl::StatusOr<VerifiedPerson> UserSignatureVerifier::Verify(
    const peer::v1::UserSignature& signature, const SignedAct& act, const MandateStatus& status,
    uint64_t now_us) {
  absl::Status read = KeepStatement(signature.statement().statement());
  if (!read.ok()) return read;
  if (act.partnership != partnership_ || act.organisation != organisation_ ||
      !IsAbout(*statement_, act) || !Covers(*statement_, signature, act.item)) {
    return Refuse(Fault::kStatement);
  }
  absl::Status was_signed = KeepSigner(signature);
  if (!was_signed.ok()) return was_signed;
  if (!InWindow(*statement_, now_us)) return Refuse(Fault::kStatementWindow);
  // Before the list is asked, because an older one may not name a mandate revoked since.
  if (status.organisation() != organisation_ ||
      status.number() < signature.mandate_status_number()) {
    return Refuse(Fault::kStatusBehind);
  }
  if (!Allows(signer_->mandate, *statement_, status, now_us)) return Refuse(Fault::kMandate);
  return VerifiedPerson{statement_, signer_->mandate.pseudonym()};
}

}  // namespace sluis::envelope
