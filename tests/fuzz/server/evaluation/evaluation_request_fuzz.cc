// A request that is read is within its bounds and has one encoding; its elements are counted or
// refused; and the entry that it must rest on follows from it.

#include "server/evaluation/limits.h"
#include "server/evaluation/message.h"
#include "server/evaluation/parts.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto request = evaluation::ReadRequest(input);
  if (!request.ok()) return 0;
  Require(input.size() <= evaluation::kMaxRequestBytes);
  Require(request->Serialise() == input);
  Require(!request->SignedBy({}));
  const auto elements = evaluation::ElementsOf(request->body.persons());
  if (!elements.ok()) return 0;
  Require(!elements->empty() && elements->size() <= evaluation::kMaxElements);
  Require(request->body.persons_size() <= static_cast<int>(evaluation::kMaxPersons));
  // What a holder logs of it says what the asker's own entry must say.
  const auto count = static_cast<uint32_t>(elements->size());
  const evaluation::AskedEntry entry = evaluation::EntryOf(request->body, count);
  const std::string part =
      evaluation::AskerPart(entry, evaluation::kOutcomeAsked).SerializeAsString();
  Require(evaluation::ReadAskerPart(part) == entry);
  return 0;
}
