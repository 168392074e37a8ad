// An answer that is read has one encoding. Whatever a holder signs, it is right only when a proof
// holds that nobody here can make; and what blames it is always under its own signature.
#include "server/evaluation/judge.h"
#include "server/evaluation/limits.h"
#include "tests/fuzz/server/evaluation/evaluation_world.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using fuzz::Require;

namespace {

// About one element, the generator.
evaluation::Request RequestOf(const fuzz::EvaluationWorld& world) {
  evaluation::Request out;
  out.digest = crypto::Hash{1};
  out.body.set_partnership(world.package.partnership);
  out.body.set_key_id(std::string(crypto::View(world.package.key_id)));
  out.body.set_generation(world.package.generation);
  out.body.add_persons()->set_elements(
      std::string(crypto::View(crypto::oprf::Element::Generator().encoding())));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::EvaluationWorld world;
  static const evaluation::Request request = RequestOf(world);
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto envelope = evaluation::ReadAnswerEnvelope(input);
  if (envelope.ok()) {
    if (const auto answer = evaluation::ReadAnswer(*envelope); answer.ok()) {
      Require(input.size() <= evaluation::kMaxAnswerBytes);
      Require(answer->Serialise() == input);
    }
  }
  const evaluation::AnswerVerdict unsigned_one =
      evaluation::JudgeAnswer(request, world.package, 2, world.keys.at(2), input);
  Require(!evaluation::Blames(unsigned_one));
  // The body as that holder would sign it, for this request and key.
  peer::v1::EvaluationAnswer body;
  if (!body.ParseFromArray(data, static_cast<int>(size))) return 0;
  body.set_request_digest(std::string(crypto::View(request.digest)));
  // Its key id and generation as they come, or right, so that both sides are gone through.
  if (size % 2 == 0) {
    body.set_key_id(std::string(crypto::View(world.package.key_id)));
    body.set_generation(world.package.generation);
  }
  const std::string bytes = evaluation::SignAnswer(body, world.identity).Serialise();
  const evaluation::AnswerVerdict verdict =
      evaluation::JudgeAnswer(request, world.package, 2, world.keys.at(2), bytes);
  Require(verdict != evaluation::AnswerVerdict::kRight);
  Require(verdict != evaluation::AnswerVerdict::kUnsigned);
  if (body.version() != evaluation::kVersion) Require(!evaluation::Blames(verdict));
  return 0;
}
