// A YAML file of plain keys, the form of the small files that people keep and edit here.
//
// Guarantee: one map of scalars, lists of scalars where allowed, every key known and there once; at
// most 256 KiB; nesting is refused. Thread-safety: pure. Errors: a Failure with
// Exit::kUsage that names path and line.
#ifndef SLUIS_CLIENT_LIB_FLAT_YAML_H_
#define SLUIS_CLIENT_LIB_FLAT_YAML_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/lib/message.h"

namespace sluis::client {

using FlatYaml = std::map<std::string, std::vector<std::string>, std::less<>>;

// `path` is for the messages. `known` says whether a key may be there.
Result<FlatYaml> ReadFlatYaml(const std::string& text, const std::string& path,
                              const std::function<bool(std::string_view)>& known);

// Keys in the order given; a single value as a scalar, several as a list, none left out.
std::string WriteFlatYaml(
    const std::vector<std::pair<std::string, std::vector<std::string>>>& keys);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_FLAT_YAML_H_
