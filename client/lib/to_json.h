// A message as JSON for programs: snake_case names, identifiers in hexadecimal, words for values.
//
// Guarantee: every field is there, empty ones included, so that a script need not ask; an
// enumerated value is its name without the prefix, in lower case. Messages nested as bytes stay
// bytes. Thread-safety: pure.
#ifndef SLUIS_CLIENT_LIB_TO_JSON_H_
#define SLUIS_CLIENT_LIB_TO_JSON_H_

#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>

namespace sluis::client {

nlohmann::ordered_json ToJson(const google::protobuf::Message& message);

// The word of an enumerated value: RECORD_STATE_OPEN of RecordState is "open".
std::string EnumWord(const google::protobuf::EnumValueDescriptor& value);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_TO_JSON_H_
