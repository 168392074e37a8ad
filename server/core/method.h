#ifndef SLUIS_SERVER_CORE_METHOD_H_
#define SLUIS_SERVER_CORE_METHOD_H_

#include <string>
#include <string_view>
#include <vector>

#include "sluis/node/v1/annotations.pb.h"

namespace sluis::core {

// A method of the API with the class that its annotation gives it.
struct Method {
  // Service and method, for example "SignalService.RecordSignal".
  std::string name;
  node::v1::MethodClass method_class = node::v1::METHOD_CLASS_UNSPECIFIED;
};

// The method of that name in sluis.node.v1. Its class is UNSPECIFIED when there is no such method
// or no annotation; such a method is refused by the executor. Thread-safe; the result lives as long
// as the process.
const Method& MethodNamed(std::string_view name);

// All methods of the services of sluis.node.v1 and sluis.peer.v1, for the test that none lacks a
// class.
std::vector<Method> AllMethods();

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_METHOD_H_
