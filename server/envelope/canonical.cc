#include "server/envelope/canonical.h"

#include <string>

#include "google/protobuf/stubs/logging.h"

namespace sluis::envelope {

bool ReadCanonical(crypto::BytesView bytes, size_t max, google::protobuf::Message& out) {
  // The first bound also keeps the length inside the int that Protobuf counts with.
  if (bytes.size() > max || max > (size_t{1} << 30)) return false;
  {
    // Text that is no UTF-8 would otherwise write a line to the error stream for each attempt.
    const google::protobuf::LogSilencer silent;
    if (!out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
  }
  // Unknown fields would be written back as they came and so pass the comparison.
  out.DiscardUnknownFields();
  if (out.ByteSizeLong() != bytes.size()) return false;
  thread_local std::string again;
  again.resize(bytes.size());
  out.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(again.data()));
  return again == bytes;
}

}  // namespace sluis::envelope
