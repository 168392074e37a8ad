// A name that is taken comes out as words of a to z, within bounds, and comes out the same again.
// Every word has a sound.
#include <cstdint>
#include <string>

#include "server/identity/name_text.h"
#include "server/identity/skeleton.h"
#include "tests/support/require.h"

using namespace sluis::identity;  // NOLINT: a fuzz target is one function

using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string written(reinterpret_cast<const char*>(data), size);
  const auto words = NormaliseName(written);
  if (!words.ok()) {
    Require(!words.status().message().empty());
    Require(words.status().code() == absl::StatusCode::kInvalidArgument);
    return 0;
  }
  Require(size <= kMaxNameBytes && words->size() <= kMaxNameWords);
  for (const WipedText& word : *words) {
    Require(!word.empty());
    for (const char c : word) Require(c >= 'a' && c <= 'z');
    const WipedText sound = Skeleton(View(word));
    Require(!sound.empty() && sound.size() <= 2 * word.size());
  }
  const WipedText joined = Joined(*words);
  // Ligatures make words longer, so what came out may be too long to go in again.
  if (joined.size() > kMaxNameBytes) return 0;
  const auto again = NormaliseName(View(joined));
  Require(again.ok() && Joined(*again) == joined);
  return 0;
}
