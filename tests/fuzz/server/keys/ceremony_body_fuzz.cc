// A body that is read is within its bounds and has one encoding. The first byte chooses which.

#include "server/keys/bodies.h"
#include "server/keys/message.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function

namespace {

using sluis::tests::Require;

template <typename Body>
void Check(const std::optional<Body>& body, crypto::BytesView bytes, size_t max) {
  if (!body) return;
  Require(bytes.size() <= max);
  Require(body->SerializeAsString() == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const crypto::BytesView bytes = crypto::View(std::span(data, size)).substr(1);
  switch (data[0] % 8) {
    case 0:
      Check(keys::ReadAnnounce(bytes), bytes, keys::kMaxBodyBytes);
      break;
    case 1:
      Check(keys::ReadCommit(bytes), bytes, keys::kMaxBodyBytes);
      break;
    case 2:
      Check(keys::ReadDeal(bytes), bytes, keys::kMaxBodyBytes);
      break;
    case 3:
      Check(keys::ReadDealing(bytes), bytes, keys::kMaxBodyBytes);
      break;
    case 4:
      Check(keys::ReadVerdict(bytes), bytes, keys::kMaxBodyBytes);
      break;
    case 5:
      Check(keys::ReadConfirm(bytes), bytes, keys::kMaxBodyBytes);
      break;
    case 6:
      Check(keys::ReadMissing(bytes), bytes, keys::kMaxBodyBytes);
      break;
    default:
      Check(keys::ReadAbort(bytes), bytes, keys::kMaxAbortBytes);
  }
  return 0;
}
