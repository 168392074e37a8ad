// What a dealer, a recipient or a complainer may send: it parses to one form or not at all, and
// nothing that nobody proved blames a dealer whose share is right. What is dealt is the same in
// each process, so that a finding can be run again.
#include "crypto/dealing.h"
#include "crypto/encrypted_share.h"
#include "tests/fuzz/crypto/input.h"
#include "tests/support/seeded_random.h"

using namespace sluis::crypto;        // NOLINT: a fuzz target is one function
using namespace sluis::crypto::oprf;  // NOLINT
using fuzz::Input;
using fuzz::Require;

namespace {

// Dealer 1 deals to recipient 2.
struct Dealt {
  sluis::tests::SeededRandom random{1};
  const SecretScalar key = SecretScalar::Random(random);
  const ShareAddress address{Hash{1}, 1, 2, MultiplyGenerator(key)};
  const Polynomial polynomial = Polynomial::Random(SecretScalar::Random(random), 2, random).value();
  const Commitments commitments = polynomial.Commit();
  const Bytes encrypted{
      View(EncryptShare(address, polynomial.ShareOf(2).value(), random)->Serialize())};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Dealt dealt;
  const BytesView input = Input(data, size);
  for (const size_t threshold : {size / kElementSize, size_t{2}}) {
    const auto commitments = ParseCommitments(input, threshold);
    if (!commitments.ok()) continue;
    Require(commitments->size() == threshold && SerializeCommitments(*commitments) == input);
    // A fuzzer reads the public key off a comparison, and commitments to it are the key's own.
    const bool to_the_key = VerificationKey(*commitments, 2).value() == dealt.address.recipient_key;
    Require(VerifyShare(*commitments, 2, dealt.key).ok() == to_the_key);
  }
  const auto possession = ProofOfPossession::Deserialize(input);
  if (possession.ok()) {
    Require(View(possession->Serialize()) == input);
    Require(!VerifyPossession("", dealt.address.recipient_key, *possession).ok());
  }
  const auto share = EncryptedShare::Deserialize(input);
  if (share.ok()) {
    Require(View(share->Serialize()) == input);
    const auto opened = DecryptShare(dealt.address, dealt.key, *share);
    Require(opened.ok() &&
            VerifyShare(dealt.commitments, 2, *opened).ok() == (input == dealt.encrypted));
  }
  const auto complaint = Complaint::Deserialize(input);
  Require(!complaint.ok() || View(complaint->Serialize()) == input);
  Require(Judge(dealt.address, dealt.commitments, dealt.encrypted, input).value() ==
          Fault::kComplainer);
  // A share that nobody dealt, with a complaint that proves nothing.
  Require(Judge(dealt.address, dealt.commitments, input, "").value() ==
          (share.ok() ? Fault::kComplainer : Fault::kDealer));
  return 0;
}
