#include "server/envelope/record_proof.h"

#include <gtest/gtest.h>

#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

class RecordProofTest : public ::testing::Test {
 protected:
  static constexpr auto kKind = peer::v1::ENVELOPE_KIND_CANCEL;

  tests::ExchangeWorld world_{3};
  const Envelope envelope_ = world_.Made(kKind, 5);
};

TEST_F(RecordProofTest, StrangerVerifiesEachAlone) {
  for (const RecordProof& proof : ProveRecords(envelope_)) {
    const auto read = ReadRecordProof(proof.Serialise());
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->Serialise(), proof.Serialise());
    EXPECT_EQ(Word(VerifyRecordProof(*read, {world_.manifest, tests::kExchangeDay, std::nullopt})),
              "ok");
  }
}

TEST_F(RecordProofTest, TermsOfAnOfferComeWithIt) {
  for (const RecordProof& proof : ProveRecords(world_.Made(peer::v1::ENVELOPE_KIND_OFFER, 3))) {
    const std::string& stated = std::get<peer::v1::Offer>(proof.leaf).terms();
    EXPECT_EQ(proof.terms.SerializeAsString(), stated);
    EXPECT_EQ(ReadRecordProof(proof.Serialise())->terms.SerializeAsString(), stated);
  }
  for (const RecordProof& proof : ProveRecords(envelope_)) {
    EXPECT_EQ(proof.terms.SerializeAsString(), "");
  }
}

TEST_F(RecordProofTest, PartsOfTwoProofsDoNotMix) {
  const auto proofs = ProveRecords(envelope_);
  const JudgedBy judged_by = world_.Judge(kKind);
  RecordProof mixed = proofs[0];
  mixed.leaf_bytes = proofs[1].leaf_bytes;
  EXPECT_EQ(Word(VerifyRecordProof(mixed, judged_by)), "root");
  mixed = proofs[0];
  mixed.index = 1;
  EXPECT_EQ(Word(VerifyRecordProof(mixed, judged_by)), "root");
  mixed = proofs[0];
  mixed.path = proofs[2].path;
  EXPECT_EQ(Word(VerifyRecordProof(mixed, judged_by)), "root");
  mixed = proofs[0];
  mixed.path.pop_back();
  EXPECT_EQ(Word(VerifyRecordProof(mixed, judged_by)), "root");
  mixed = proofs[0];
  mixed.head = world_.Made(kKind, 5).head;
  EXPECT_EQ(Word(VerifyRecordProof(mixed, judged_by)), "root");
}

TEST_F(RecordProofTest, BoundsAndForm) {
  RecordProof proof = ProveRecords(envelope_)[0];
  EXPECT_EQ(Word(ReadRecordProof(std::string(kMaxRecordProofBytes + 1, 'x'))), "too_large");
  EXPECT_EQ(Word(ReadRecordProof("")), "malformed");
  proof.index = 5;
  EXPECT_EQ(Word(ReadRecordProof(proof.Serialise())), "count");
  proof.index = 0;
  proof.path.resize(9);
  EXPECT_EQ(Word(ReadRecordProof(proof.Serialise())), "malformed");
}

TEST_F(RecordProofTest, OfAReceiptNeedsBothSignatures) {
  const auto kind = peer::v1::ENVELOPE_KIND_RECEIPT;
  RecordProof proof = ProveRecords(world_.Made(kind, 2))[1];
  EXPECT_EQ(Word(VerifyRecordProof(proof, world_.Judge(kind))), "ok");
  proof.head.receipt_signature[0] ^= 1;
  EXPECT_EQ(Word(VerifyRecordProof(proof, world_.Judge(kind))), "receipt_signature");
  proof.head.receipt_signature.clear();
  EXPECT_EQ(Word(ReadRecordProof(proof.Serialise())), "receipt_signature");
}

}  // namespace
}  // namespace sluis::envelope
