#ifndef SLUIS_TESTS_SUPPORT_USE_CASE_BOX_H_
#define SLUIS_TESTS_SUPPORT_USE_CASE_BOX_H_

#include <memory>
#include <utility>

#include "server/core/use_case.h"

namespace sluis::tests {

// A use case together with the request and the response that it refers to.
template <typename UseCase, typename Request, typename Response>
struct Box {
  template <typename... More>
  explicit Box(Request asked, More&... more)
      : request(std::move(asked)), use_case(request, response, more...) {}

  Request request;
  Response response;
  UseCase use_case;
};

// The use case of a box; keeps the whole box alive.
template <typename UseCase, typename Response, typename Request, typename... More>
std::shared_ptr<core::UseCase> Boxed(Request request, More&... more) {
  auto box = std::make_shared<Box<UseCase, Request, Response>>(std::move(request), more...);
  return std::shared_ptr<core::UseCase>(box, &box->use_case);
}

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_USE_CASE_BOX_H_
