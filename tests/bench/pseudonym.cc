#include "tests/bench/pseudonym.h"

#include <array>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/dealing.h"
#include "crypto/group.h"
#include "crypto/random.h"
#include "crypto/threshold.h"

namespace sluis::bench {
namespace {

using namespace crypto::oprf;  // NOLINT: all of it is measured here

constexpr size_t kThreshold = 3;
constexpr size_t kHolders = 5;

// Any three of the five. Some combine at less cost than others, so each is asked as often.
constexpr std::array<std::array<MemberIndex, kThreshold>, 10> kQuorums = {{{1, 2, 3},
                                                                           {1, 2, 4},
                                                                           {1, 2, 5},
                                                                           {1, 3, 4},
                                                                           {1, 3, 5},
                                                                           {1, 4, 5},
                                                                           {2, 3, 4},
                                                                           {2, 3, 5},
                                                                           {2, 4, 5},
                                                                           {3, 4, 5}}};

// Batches in one round, which go on with the quorums where the last one stopped.
size_t BatchesOf(size_t size) { return size < 64 ? 2 * kQuorums.size() : 2; }

// One batch: what the client asks, and what the holders answer.
class Batch {
 public:
  explicit Batch(size_t size) {
    for (size_t i = 0; i < size; ++i) inputs_.push_back("PSN1 person " + std::to_string(i));
    views_.assign(inputs_.begin(), inputs_.end());
    const Polynomial polynomial = Polynomial::Random(SecretScalar::Random(crypto::SystemRandom()),
                                                     kThreshold, crypto::SystemRandom())
                                      .value();
    const Request request = Request::Of(views_, crypto::SystemRandom()).value();
    for (const SecretScalar& blind : request.blinds()) blinds_.push_back(blind.Clone());
    blinded_ = request.blinded();
    for (MemberIndex holder = 1; holder <= kHolders; ++holder) {
      shares_.push_back(polynomial.ShareOf(holder).value());
      keys_.push_back(MultiplyGenerator(shares_.back()));
      answers_.push_back(Evaluate(holder).value());
    }
  }

  absl::StatusOr<Answer> Evaluate(MemberIndex holder) const {
    return BlindEvaluate(shares_[holder - 1u], keys_[holder - 1u], blinded_,
                         crypto::SystemRandom());
  }

  // Everything a client does, from inputs to elements.
  absl::Status Ask(const std::array<MemberIndex, kThreshold>& quorum) const {
    std::vector<SecretScalar> blinds;
    blinds.reserve(blinds_.size());
    for (const SecretScalar& blind : blinds_) blinds.push_back(blind.Clone());
    absl::StatusOr<Request> request = Request::With(views_, std::move(blinds));
    if (!request.ok()) return request.status();
    std::vector<VerifiedAnswer> verified;
    for (const MemberIndex holder : quorum) {
      absl::StatusOr<VerifiedAnswer> answer =
          VerifyAnswer(*request, holder, keys_[holder - 1u], answers_[holder - 1u]);
      if (!answer.ok()) return answer.status();
      verified.push_back(*std::move(answer));
    }
    const auto elements = Combine(*std::move(request), kThreshold, verified);
    if (!elements.ok()) return elements.status();
    Keep(elements->data());
    return absl::OkStatus();
  }

  size_t size() const { return views_.size(); }

 private:
  std::vector<std::string> inputs_;
  std::vector<crypto::BytesView> views_;
  std::vector<SecretScalar> blinds_;
  std::vector<Encoding> blinded_;
  std::vector<SecretScalar> shares_;
  std::vector<Element> keys_;
  std::vector<Answer> answers_;
};

// So many multiplications of elements and of the generator.
void Multiplications(size_t of_elements, size_t of_generator) {
  static const SecretScalar scalar = SecretScalar::Random(crypto::SystemRandom());
  Element element = Element::Generator();
  for (size_t i = 0; i < of_elements; ++i) element = Multiply(scalar, element);
  for (size_t i = 0; i < of_generator; ++i) {
    const Element product = MultiplyGenerator(scalar);
    Keep(&product);
  }
  Keep(&element);
}

absl::StatusOr<uint64_t> AskAll(const Batch& batch, size_t batches) {
  thread_local size_t quorum = 0;
  for (size_t i = 0; i < batches; ++i) {
    const absl::Status asked = batch.Ask(kQuorums[quorum++ % kQuorums.size()]);
    if (!asked.ok()) return asked;
  }
  return batches * batch.size();
}

absl::StatusOr<Result> Client(const std::string& name, size_t size) {
  const Batch batch(size);
  const Work ask = [&] { return AskAll(batch, BatchesOf(size)); };
  const Work multiply = [&]() -> absl::StatusOr<uint64_t> {
    const size_t of_elements = size + kThreshold * (2 * size + 3) + kThreshold * size + size;
    for (size_t i = 0; i < BatchesOf(size); ++i) Multiplications(of_elements, kThreshold);
    return BatchesOf(size) * size;
  };
  return CompareCost(name, "elements/cpu-s", {ask}, {multiply});
}

absl::StatusOr<Result> Holder(const std::string& name, size_t size) {
  const Batch batch(size);
  const size_t batches = 512 / size;
  const Work evaluate = [&]() -> absl::StatusOr<uint64_t> {
    for (size_t i = 0; i < batches; ++i) {
      const absl::StatusOr<Answer> answer = batch.Evaluate(1);
      if (!answer.ok()) return answer.status();
      Keep(answer->evaluated.data());
    }
    return batches * size;
  };
  const Work multiply = [&]() -> absl::StatusOr<uint64_t> {
    for (size_t i = 0; i < batches; ++i) Multiplications(2 * size + 2, 1);
    return batches * size;
  };
  return CompareCost(name, "elements/cpu-s", {evaluate}, {multiply});
}

}  // namespace

absl::StatusOr<Result> PseudonymClientT3Of8() { return Client("pseudonym_client_t3_8", 8); }
absl::StatusOr<Result> PseudonymClientT3Of256() { return Client("pseudonym_client_t3_256", 256); }
absl::StatusOr<Result> PseudonymHolderOf8() { return Holder("pseudonym_holder_8", 8); }
absl::StatusOr<Result> PseudonymHolderOf256() { return Holder("pseudonym_holder_256", 256); }

absl::StatusOr<Result> PseudonymClientTwoCores() {
  const Batch batch(8);
  const auto ask = [&] { return AskAll(batch, 6 * kQuorums.size()); };
  const Work one = ask;
  const Work two = [&]() -> absl::StatusOr<uint64_t> {
    absl::StatusOr<uint64_t> theirs;
    std::thread other([&] { theirs = ask(); });
    const absl::StatusOr<uint64_t> mine = ask();
    other.join();
    if (!mine.ok()) return mine;
    if (!theirs.ok()) return theirs;
    return *mine + *theirs;
  };
  return Compare("pseudonym_client_2_cores", "elements/s", {two}, {one});
}

}  // namespace sluis::bench
