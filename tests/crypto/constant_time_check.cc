// Runs what handles keys, shares, blinds and inputs with all of these marked as undefined memory.
// Under valgrind every jump and every address that depends on them is an error, so that the run
// fails; what the protocol publishes is marked as defined where it is published. Run alone it only
// checks that the results are right. With the argument `leak` it does what must be found.
#include <valgrind/memcheck.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "crypto/dealing.h"
#include "crypto/encrypted_share.h"
#include "crypto/oprf.h"
#include "crypto/threshold.h"

namespace sluis::crypto::oprf {
namespace {

// Everything of it is secret from here on. The pool that secrets live in is no allocation valgrind
// knows, so each is marked by itself.
template <size_t N>
void Hide(const Secret<N>& secret) {
  VALGRIND_MAKE_MEM_UNDEFINED(secret.expose().data(), N);
}

// Everybody may see it.
template <typename Published>
void Publish(const Published& value) {
  VALGRIND_MAKE_MEM_DEFINED(&value, sizeof(value));
}
void Publish(const std::vector<Encoding>& values) {
  VALGRIND_MAKE_MEM_DEFINED(values.data(), values.size() * sizeof(Encoding));
}
void Publish(const Commitments& values) {
  VALGRIND_MAKE_MEM_DEFINED(values.data(), values.size() * sizeof(Element));
}

// A source whose bytes are secret.
class HiddenRandom : public Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    SystemRandom().Fill(out);
    VALGRIND_MAKE_MEM_UNDEFINED(out.data(), out.size());
  }
};

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "constant_time_check: %s is wrong\n", what);
  std::exit(1);
}

SecretScalar NewSecret() {
  HiddenRandom random;
  return SecretScalar::Random(random);
}

Element PublicKeyOf(const SecretScalar& key) {
  const Element out = MultiplyGenerator(key);
  Publish(out);
  return out;
}

// An input of a person: the bytes are secret, their number is not.
struct Input {
  explicit Input(size_t size) : bytes(size, 'x') {
    VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size());
  }
  Bytes bytes;
};

void CheckStoredKeys() {
  const SecretScalar key = NewSecret();
  Require(SecretScalar::Deserialize(key.bytes().Clone()).ok(), "a stored share");
  Secret<kScalarSize> too_large;
  std::fill(too_large.mutable_span().begin(), too_large.mutable_span().end(), uint8_t{0xff});
  Hide(too_large);
  Require(!SecretScalar::Deserialize(std::move(too_large)).ok(), "a share above the order");
  Secret<32> seed;
  Hide(seed);
  Require(DeriveKeyPair(Mode::kVoprf, seed, "info").ok(), "a derived key");
}

void CheckOprf() {
  HiddenRandom random;
  const Input input(40);
  const SecretScalar key = NewSecret();
  Blinded blinded = Blind(Mode::kOprf, input.bytes, random).value();
  Publish(blinded.element);
  const Element evaluated = BlindEvaluate(key, blinded.element.encoding()).value();
  Publish(evaluated);
  Require(Finalize(input.bytes, blinded.blind, evaluated.encoding()).ok(), "finalize");
}

void CheckThreshold() {
  HiddenRandom random;
  const Input first(40);
  const Input second(41);
  const std::array<BytesView, 2> inputs = {first.bytes, second.bytes};
  Request request = Request::Of(inputs, random).value();
  Publish(request.blinded());
  const Polynomial polynomial = Polynomial::Random(NewSecret(), 2, random).value();
  std::vector<VerifiedAnswer> answers;
  for (const MemberIndex holder : {MemberIndex{1}, MemberIndex{3}}) {
    const SecretScalar share = polynomial.ShareOf(holder).value();
    const Element key = PublicKeyOf(share);
    Answer answer = BlindEvaluate(share, key, request.blinded(), random).value();
    Publish(answer.evaluated);
    Publish(answer.proof);
    answers.push_back(VerifyAnswer(request, holder, key, std::move(answer)).value());
  }
  const std::vector<SecretElement> elements = Combine(std::move(request), 2, answers).value();
  Request moved = Request::OfElements(elements, random).value();
  Require(moved.blinded().size() == 2, "a request for stored elements");
  Require(SecretElement::Deserialize(elements[0].bytes().Clone()).ok(), "a stored element");
}

void CheckDealing() {
  HiddenRandom random;
  const SecretScalar constant = NewSecret();
  const Polynomial polynomial = Polynomial::Random(constant.Clone(), 3, random).value();
  const Commitments commitments = polynomial.Commit();
  Publish(commitments);
  ProofOfPossession possession =
      ProvePossession("session", constant, commitments.front(), random).value();
  Publish(possession);
  Require(VerifyPossession("session", commitments.front(), possession).ok(), "possession");

  const SecretScalar key = NewSecret();
  const ShareAddress address{Hash{7}, 1, 2, PublicKeyOf(key)};
  const SecretScalar share = polynomial.ShareOf(2).value();
  const EncryptedShare encrypted = EncryptShare(address, share, random).value();
  Publish(encrypted);
  const SecretScalar opened = DecryptShare(address, key, encrypted).value();
  Require(VerifyShare(commitments, 2, opened).ok(), "an encrypted share");
  std::vector<SecretScalar> shares;
  shares.push_back(opened.Clone());
  shares.push_back(NewSecret());
  const std::array<Scalar, 2> factors = {Scalar(3), Scalar() - Scalar(2)};
  Require(SumOfShares(shares, factors).ok(), "a sum of shares");
  const Complaint complaint = MakeComplaint(address, key, encrypted, random).value();
  Publish(complaint);
  Require(Judge(address, commitments, View(encrypted.Serialize()), View(complaint.Serialize()))
                  .value() == Fault::kComplainer,
          "a verdict");
}

// A jump on one bit of a key.
void Leak() {
  const SecretScalar key = NewSecret();
  volatile int counted = 0;
  if ((key.bytes().expose()[0] & 1) != 0) counted = counted + 1;
}

int Run(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "leak") {
    Leak();
    return 0;
  }
  CheckStoredKeys();
  CheckOprf();
  CheckThreshold();
  CheckDealing();
  return 0;
}

}  // namespace
}  // namespace sluis::crypto::oprf

int main(int argc, char** argv) { return sluis::crypto::oprf::Run(argc, argv); }
