// Runs what handles match keys, blinds, shares and elements with all of these marked as undefined
// memory, as tests/crypto/constant_time_check.cc does for what lies below: under valgrind every
// jump and address that depends on one is an error. With the argument `leak` it does what must be
// found.
#include <valgrind/memcheck.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "crypto/dealing.h"
#include "crypto/oprf.h"
#include "server/evaluation/hidden_subject.h"
#include "server/evaluation/question.h"
#include "server/evaluation/tags.h"
#include "server/identity/person_keys.h"
#include "tests/server/evaluation/holders.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;

constexpr char kPartnership[] = "livc-r.vaartland.example";
constexpr char kPurpose[] = "hulp";

void Hide(crypto::BytesView bytes) { VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size()); }
void Publish(crypto::BytesView bytes) { VALGRIND_MAKE_MEM_DEFINED(bytes.data(), bytes.size()); }

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "evaluation_constant_time_check: %s is wrong\n", what);
  std::exit(1);
}

// Request ids may be seen, all else that is drawn may not.
class HiddenRandom final : public crypto::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    crypto::SystemRandom().Fill(out);
    if (out.size() != 16) Hide(crypto::View(out));
  }
};

keys::Package PackageOf(const oprf::Polynomial& polynomial) {
  keys::PackageDraft draft;
  draft.partnership = kPartnership;
  draft.purpose = kPurpose;
  draft.epoch = 1;
  for (keys::MemberIndex i = 1; i <= 3; ++i) {
    draft.holders.push_back({i, "lid-" + std::to_string(i) + ".example"});
  }
  draft.commitments = polynomial.Commit();
  return keys::MakePackage(std::move(draft)).value();
}

std::vector<Person> People() {
  std::vector<Person> out;
  for (const char* surname : {"Janssen", "Peeters"}) {
    const identity::Person person =
        identity::Person::From({.surname = surname, .given = "Lien", .born = "1985-07-30"}).value();
    identity::PersonKeys keys =
        identity::KeysOf(person, identity::KeyScope::Of(kPartnership, kPurpose).value(),
                         identity::KeyKinds::None().With(identity::KeyKind::kNameAndDate));
    identity::CrossNodeInput hidden = identity::CrossNodeInput::Of(std::move(keys.free.at(0)));
    Hide(hidden.expose());
    out.emplace_back().push_back(std::move(hidden));
  }
  return out;
}

void CheckBlindPath() {
  const oprf::Polynomial polynomial =
      oprf::Polynomial::Random(oprf::SecretScalar::Random(crypto::SystemRandom()), 2,
                               crypto::SystemRandom())
          .value();
  const keys::Package package = PackageOf(polynomial);
  HiddenRandom random;
  crypto::Secret<32> hedge;
  random.Fill(hedge.mutable_span());
  const absl::StatusOr<Question> question = Question::Of(package, "C-1", People(), {random, hedge});
  Require(question.ok(), "a question");
  record::v1::SubjectPart subject;
  question->FillSubject(subject);
  Require(subject.evaluated_size() == 2, "a subject part");
  const std::string sealed = subject.SerializeAsString();
  Require(sealed.size() > 100, "a serialised subject part");
  WipeSubject(subject);
  for (const peer::v1::BlindedPerson& person : question->blinded()) Publish(person.elements());
  Require(ElementsOf(question->blinded()).ok(), "a blinded list");
}

// The elements that were hidden, which a question shows to its asker only. What is sent is public.
template <auto kMember>
struct ShownByQuestion {
  friend const oprf::Request& HiddenIn(const Question& question) { return question.*kMember; }
};
const oprf::Request& HiddenIn(const Question& question);
template struct ShownByQuestion<&Question::hidden_>;

// From blinds, shares and answers to elements: Holder::Answer and Asker::Combine.
void CheckAnswers() {
  test::World world(3, 2);
  test::Holders holders(world);
  HiddenRandom random;
  crypto::Secret<32> hedge;
  random.Fill(hedge.mutable_span());
  Question question =
      Question::Of(*world.package, "C-1", test::People({"een", "twee"}), {random, hedge}).value();
  for (const oprf::Encoding& one : HiddenIn(question).blinded()) Publish(crypto::View(one));
  for (const peer::v1::BlindedPerson& person : question.blinded()) Publish(person.elements());
  Publish(crypto::View(question.entry().blinded_digest));
  const LoggedDurably logged = world.Log().Log(question.Log());
  const Asking asking = world.AskingFor(question);
  Asker asker = Asker::Begin(std::move(question), logged, world.package, world.Keys(), asking,
                             world.keys.at(test::kAsker).identity)
                    .value();
  for (const MemberIndex index : asker.Next()) {
    auto verdict = holders.At(index).Admit(asker.request(), test::NameOf(test::kAsker),
                                           holders.partners, test::kNowUs);
    auto& admission = std::get<Admission>(verdict);
    const LoggedDurably entry = holders.Log(admission.Log());
    const oprf::SecretScalar share = world.shares.at(index).Clone();
    Hide(crypto::View(share.bytes().expose()));
    const absl::StatusOr<std::string> answer = holders.At(index).Answer(
        std::move(admission), entry, {share, world.keys.at(index).identity, random});
    Require(answer.ok(), "an answer");
    Publish(*answer);
    Require(asker.Take(index, *answer) == AnswerVerdict::kRight, "a right answer");
  }
  const absl::StatusOr<Combined> combined = std::move(asker).Combine();
  Require(combined.ok() && combined->answers().size() == 2, "what was combined");
}

// What who opens an entry computes anew: match keys and blinds to the blinded list.
void CheckOpened() {
  test::World world(3, 2);
  const Question question = world.Ask(test::People({"een", "twee"}));
  record::v1::SubjectPart subject;
  question.FillSubject(subject);
  const std::string plain = subject.SerializeAsString();
  const std::string sealed(plain.data(), plain.size());
  for (const record::v1::EvaluatedPerson& person : subject.evaluated()) {
    for (const record::v1::EvaluatedInput& input : person.inputs()) {
      for (const std::string* secret : {&input.identifier(), &input.blind()}) {
        Hide(std::string_view(sealed).substr(plain.find(*secret), secret->size()));
      }
    }
  }
  Require(
      CheckSubject(test::kPartnership, test::kPurpose, sealed, 2, question.entry().blinded_digest),
      "an opened entry");
}

void CheckTags() {
  crypto::FixedBytes<32> bytes = oprf::Element::Generator().encoding();
  Hide(crypto::View(bytes));
  const auto element =
      oprf::SecretElement::Deserialize(crypto::Secret<32>::FromBytes(bytes)).value();
  const crypto::Hash key_id{};
  const Tag tag = ShareTag(element, key_id, "lid-2.example");
  const Tag token = MatchToken(element, key_id, "lid-1.example", "lid-2.example", 20731);
  Publish(crypto::View(tag));
  Publish(crypto::View(token));
  Require(tag != token, "a tag");
}

// A jump on one bit of a match key.
void Leak() {
  const std::vector<Person> people = People();
  volatile int counted = 0;
  if ((people[0][0].identifier()[0] & 1) != 0) counted = counted + 1;
}

int Run(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "leak") {
    Leak();
    return 0;
  }
  CheckBlindPath();
  CheckAnswers();
  CheckOpened();
  CheckTags();
  return 0;
}

}  // namespace
}  // namespace sluis::evaluation

int main(int argc, char** argv) { return sluis::evaluation::Run(argc, argv); }
