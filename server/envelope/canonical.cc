#include "server/envelope/canonical.h"

#include <string>

#include "crypto/secret.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/stubs/logging.h"
#include "server/envelope/canonical_secret.h"

namespace sluis::envelope {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Only looks: Message::DiscardUnknownFields gives each message inside, however small, a set of its
// own to clear, which costs as much as parsing.
bool HasUnknownFields(const Message& message) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (reflection->HasField(message, field) &&
          HasUnknownFields(reflection->GetMessage(message, field))) {
        return true;
      }
      continue;
    }
    const int count = reflection->FieldSize(message, field);
    for (int j = 0; j < count; ++j) {
      if (HasUnknownFields(reflection->GetRepeatedMessage(message, field, j))) return true;
    }
  }
  return false;
}

// `again`: what it is encoded to, which must be the same bytes.
bool Read(crypto::BytesView bytes, size_t max, google::protobuf::Message& out, std::string& again) {
  // The first bound also keeps the length inside the int that Protobuf counts with.
  if (bytes.size() > max || max > (size_t{1} << 30)) return false;
  {
    // Text that is no UTF-8 would otherwise write a line to the error stream for each attempt.
    const google::protobuf::LogSilencer silent;
    if (!out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
  }
  // Unknown fields would be written back as they came and so pass the comparison.
  if (HasUnknownFields(out) || out.ByteSizeLong() != bytes.size()) return false;
  again.resize(bytes.size());
  out.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(again.data()));
  return true;
}

}  // namespace

bool ReadCanonical(crypto::BytesView bytes, size_t max, google::protobuf::Message& out) {
  thread_local std::string again;
  return Read(bytes, max, out, again) && again == bytes;
}

bool ReadCanonicalSecret(crypto::BytesView bytes, size_t max, google::protobuf::Message& out) {
  std::string again;
  const bool reads = Read(bytes, max, out, again) && crypto::ConstantTimeEqual(again, bytes);
  crypto::Wipe(again);
  return reads;
}

}  // namespace sluis::envelope
