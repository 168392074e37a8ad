#include "client/lib/to_json.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>

#include "crypto/bytes.h"

namespace sluis::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;
using Json = nlohmann::ordered_json;

// RecordState -> RECORD_STATE_
std::string PrefixOf(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out.push_back('_');
    out.push_back(upper || c < 'a' ? c : static_cast<char>(c - 'a' + 'A'));
  }
  return out + "_";
}

// One value: of a field at `index`, or of a field that is not repeated when `index` is negative.
Json Value(const google::protobuf::Message& message, const FieldDescriptor& field, int index) {
  const Reflection& of = *message.GetReflection();
  const bool single = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return single ? of.GetBool(message, &field) : of.GetRepeatedBool(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      return single ? of.GetInt32(message, &field) : of.GetRepeatedInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return single ? of.GetInt64(message, &field) : of.GetRepeatedInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return single ? of.GetUInt32(message, &field) : of.GetRepeatedUInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return single ? of.GetUInt64(message, &field) : of.GetRepeatedUInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return single ? of.GetDouble(message, &field) : of.GetRepeatedDouble(message, &field, index);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return single ? of.GetFloat(message, &field) : of.GetRepeatedFloat(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWord(single ? *of.GetEnum(message, &field)
                             : *of.GetRepeatedEnum(message, &field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ToJson(single ? of.GetMessage(message, &field)
                           : of.GetRepeatedMessage(message, &field, index));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          single ? of.GetString(message, &field) : of.GetRepeatedString(message, &field, index);
      return field.type() == FieldDescriptor::TYPE_BYTES ? crypto::HexEncode(text) : text;
    }
  }
  return nullptr;
}

}  // namespace

std::string EnumWord(const google::protobuf::EnumValueDescriptor& value) {
  std::string word = value.name();
  const std::string prefix = PrefixOf(value.type()->name());
  if (word.starts_with(prefix)) word.erase(0, prefix.size());
  std::transform(word.begin(), word.end(), word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return word;
}

Json ToJson(const google::protobuf::Message& message) {
  Json out = Json::object();
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  const Reflection& of = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_repeated()) {
      Json list = Json::array();
      for (int at = 0; at < of.FieldSize(message, &field); ++at) {
        list.push_back(Value(message, field, at));
      }
      out[field.name()] = std::move(list);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
               !of.HasField(message, &field)) {
      out[field.name()] = nullptr;
    } else {
      out[field.name()] = Value(message, field, -1);
    }
  }
  return out;
}

}  // namespace sluis::client
