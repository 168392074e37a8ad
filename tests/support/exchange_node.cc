#include "tests/support/exchange_node.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "crypto/note.h"
#include "server/core/held_manifest.h"
#include "tests/support/protocol_between.h"

namespace sluis::tests {
namespace {

void ReplaceKey(record::v1::Member& statement, crypto::KeyPurpose purpose,
                const crypto::PublicKey& key) {
  for (record::v1::MemberKey& stated : *statement.mutable_keys()) {
    if (stated.purpose() == crypto::KeyPurposeName(purpose)) {
      stated.set_public_key(std::string(crypto::View(key)));
    }
  }
  SortKeys(statement);
}

}  // namespace

ExchangeNode::ExchangeNode(std::vector<OtherMember> others, HarnessOptions options)
    : h(std::move(options)), own_(MakeTestMember(h.options.organisation, h.random)) {
  own_.statement.set_kind(h.options.kind);
  own_.statement.set_secrecy_regime(h.options.secrecy_regime);
  ReplaceKey(own_.statement, crypto::KeyPurpose::kMandate, h.mandate_key.public_key());
  const auto log_key = crypto::VerifierKey::Parse(h.ledger->verifier_key());
  if (!log_key.ok()) std::abort();
  ReplaceKey(own_.statement, crypto::KeyPurpose::kLog, log_key->public_key());
  for (const OtherMember& other : others) {
    TestMember& made = others_.emplace_back(MakeTestMember(other.organisation, h.random));
    made.statement.set_kind(other.kind);
  }
}

void ExchangeNode::Join(record::v1::PartnershipState state) {
  std::vector<const TestMember*> members = {&own_};
  for (const TestMember& other : others_) {
    const TestMember* member = &other;
    for (const ExchangeNode* real : real_) {
      if (real->own().statement.organisation() == other.statement.organisation()) {
        member = &real->own();
      }
    }
    members.push_back(member);
  }
  partnership::Draft draft = DraftOf(members);
  draft.state = state;
  const auto packs = h.MakeTerms()->packs.digests();
  draft.statutory_pack = packs.statutory;
  draft.partnership_pack = *packs.partnership;
  const auto made = partnership::MakeManifest(draft, manifest_ ? &manifest_->manifest : nullptr);
  if (!made.ok()) std::abort();
  manifest_ = std::make_shared<const partnership::SignedManifest>(SignedBy(*made, members));
  Put(TermsWithManifest());
}

void ExchangeNode::Follow(const ExchangeNode& other) {
  manifest_ = other.manifest_;
  Put(TermsWithManifest());
}

std::shared_ptr<core::Terms> ExchangeNode::TermsWithManifest() const {
  auto terms = h.MakeTerms();
  core::TakeManifest(manifest_, *terms);
  terms->may_exchange = terms->exercise || terms->active();
  if (terms->active()) terms->protocol = ProtocolBetween(manifest_->manifest, terms->packs);
  return terms;
}

void ExchangeNode::Put(std::shared_ptr<core::Terms> terms) {
  EXPECT_EQ(h.PutTerms(std::move(terms)), absl::OkStatus());
}

const partnership::Member& ExchangeNode::member(const std::string& organisation) const {
  const partnership::Member* found = manifest().Find(organisation);
  if (found == nullptr) std::abort();
  return *found;
}

}  // namespace sluis::tests
