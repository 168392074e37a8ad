#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "server/envelope/envelope.h"
#include "server/envelope/record_proof.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using peer::v1::EnvelopeKind;

std::string Judged(crypto::BytesView bytes, const JudgedBy& judged_by) {
  const auto envelope = ReadEnvelope(bytes);
  return envelope.ok() ? Word(VerifyEnvelope(*envelope, judged_by)) : Word(envelope);
}

std::string JudgedProof(crypto::BytesView bytes, const JudgedBy& judged_by) {
  const auto proof = ReadRecordProof(bytes);
  return proof.ok() ? Word(VerifyRecordProof(*proof, judged_by)) : Word(proof);
}

EnvelopeKind AnyKind() {
  return static_cast<EnvelopeKind>(
      *rc::gen::inRange<int>(peer::v1::ENVELOPE_KIND_OFFER, peer::v1::ENVELOPE_KIND_NOTICE + 1));
}

// Made once: the properties are about bytes, not about how they came to be.
tests::ExchangeWorld& World() {
  static tests::ExchangeWorld& world = *new tests::ExchangeWorld(2);
  return world;
}

RC_GTEST_PROP(EnvelopeProperty, AnySingleBitFlippedIsRefused, ()) {
  const EnvelopeKind kind = AnyKind();
  const auto count = *rc::gen::inRange<size_t>(1, 5);
  std::string bytes = World().Made(kind, count).Message().SerializeAsString();
  const JudgedBy judged_by = World().Judge(kind);
  RC_ASSERT(Judged(bytes, judged_by) == "ok");
  for (int i = 0; i < 40; ++i) {
    const auto bit = *rc::gen::inRange<size_t>(0, bytes.size() * 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    const std::string word = Judged(bytes, judged_by);
    RC_ASSERT(word != "ok");
    RC_ASSERT(word != "other");
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
}

RC_GTEST_PROP(EnvelopeProperty, AnyTruncationIsRefused, ()) {
  const EnvelopeKind kind = AnyKind();
  const std::string bytes = World().Made(kind, 2).Message().SerializeAsString();
  const auto length = *rc::gen::inRange<size_t>(0, bytes.size());
  RC_ASSERT(Judged(bytes.substr(0, length), World().Judge(kind)) != "ok");
}

RC_GTEST_PROP(EnvelopeProperty, EachRecordIsProvableAloneAndAnyBitFlippedIsRefused, ()) {
  const EnvelopeKind kind = AnyKind();
  const auto count = *rc::gen::inRange<size_t>(1, 9);
  const Envelope envelope = World().Made(kind, count);
  const JudgedBy judged_by = World().Judge(kind);
  const auto proofs = ProveRecords(envelope);
  RC_ASSERT(proofs.size() == count);
  for (size_t i = 0; i < count; ++i) {
    RC_ASSERT(proofs[i].leaf_bytes == envelope.leaf_bytes[i]);
    RC_ASSERT(JudgedProof(proofs[i].Serialise(), judged_by) == "ok");
  }
  std::string bytes = proofs[*rc::gen::inRange<size_t>(0, count)].Serialise();
  for (int i = 0; i < 40; ++i) {
    const auto bit = *rc::gen::inRange<size_t>(0, bytes.size() * 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    RC_ASSERT(JudgedProof(bytes, judged_by) != "ok");
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
}

// Every bit of one small envelope, so that no place is left to chance.
TEST(EnvelopeBits, EachOneCounts) {
  const auto kind = peer::v1::ENVELOPE_KIND_OPENED;
  std::string bytes = World().Made(kind, 1).Message().SerializeAsString();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_NE(Judged(bytes, World().Judge(kind)), "ok") << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
}

}  // namespace
}  // namespace sluis::envelope
