#include "server/core/method.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <map>

#include "sluis/node/v1/evaluation.pb.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/keys.pb.h"
#include "sluis/node/v1/log.pb.h"
#include "sluis/node/v1/register.pb.h"
#include "sluis/node/v1/review.pb.h"
#include "sluis/node/v1/signals.pb.h"
#include "sluis/node/v1/status.pb.h"
#include "sluis/node/v1/tasks.pb.h"
#include "sluis/peer/v1/holder.pb.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::core {
namespace {

std::array<const google::protobuf::FileDescriptor*, 11> Files() {
  return {node::v1::RecordSignalRequest::descriptor()->file(),
          node::v1::AddUserRequest::descriptor()->file(),
          node::v1::QueryLogRequest::descriptor()->file(),
          node::v1::GetStatusRequest::descriptor()->file(),
          node::v1::GetExchangeRequest::descriptor()->file(),
          node::v1::GetKeysRequest::descriptor()->file(),
          node::v1::DraftEvaluationRequest::descriptor()->file(),
          node::v1::GetReviewsRequest::descriptor()->file(),
          node::v1::ListTasksRequest::descriptor()->file(),
          peer::v1::DeliverRequest::descriptor()->file(),
          peer::v1::EvaluateRequest::descriptor()->file()};
}

std::map<std::string, Method, std::less<>> BuildMethods() {
  std::map<std::string, Method, std::less<>> methods;
  for (const Method& method : AllMethods()) methods.emplace(method.name, method);
  return methods;
}

}  // namespace

std::vector<Method> AllMethods() {
  std::vector<Method> methods;
  for (const google::protobuf::FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      const google::protobuf::ServiceDescriptor* service = file->service(s);
      for (int m = 0; m < service->method_count(); ++m) {
        const google::protobuf::MethodDescriptor* method = service->method(m);
        methods.push_back({service->name() + "." + method->name(),
                           method->options().GetExtension(node::v1::method_class)});
      }
    }
  }
  return methods;
}

const Method& MethodNamed(std::string_view name) {
  static const auto& methods = *new std::map<std::string, Method, std::less<>>(BuildMethods());
  static const Method& unknown = *new Method();
  const auto found = methods.find(name);
  return found == methods.end() ? unknown : found->second;
}

}  // namespace sluis::core
