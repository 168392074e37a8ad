#include "client/lib/call_failure.h"

#include <memory>
#include <utility>

namespace sluis::client {
namespace {

struct Meaning {
  Exit exit;
  const char* key;
};

Meaning MeaningOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return {Exit::kUnreachable, "call.unavailable"};
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return {Exit::kUnreachable, "call.too_late"};
    case absl::StatusCode::kResourceExhausted:
      return {Exit::kUnreachable, "call.busy"};
    case absl::StatusCode::kUnauthenticated:
      return {Exit::kNotPermitted, "call.unknown_user"};
    case absl::StatusCode::kPermissionDenied:
      return {Exit::kNotPermitted, "call.no_right"};
    case absl::StatusCode::kUnimplemented:
      return {Exit::kInternal, "call.older_node"};
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return {Exit::kUsage, "call.wrong_input"};
    case absl::StatusCode::kNotFound:
      return {Exit::kRefused, "call.not_found"};
    case absl::StatusCode::kAlreadyExists:
      return {Exit::kRefused, "call.already_there"};
    case absl::StatusCode::kAborted:
      return {Exit::kRefused, "call.changed"};
    case absl::StatusCode::kFailedPrecondition:
      return {Exit::kRefused, "call.not_in_this_state"};
    default:
      return {Exit::kInternal, "call.internal"};
  }
}

}  // namespace

Failure FailureOfCall(absl::StatusCode code, const std::string& text, const std::string& details,
                      const std::string& address) {
  const Meaning meaning = MeaningOf(code);
  Failure failure{meaning.exit, {meaning.key, {{"address", address}, {"text", text}}}, nullptr};
  if (details.empty()) return failure;
  auto refusal = std::make_shared<node::v1::RefusalDetail>();
  if (!refusal->ParseFromString(details) || refusal->code().empty()) return failure;
  // A rule that denies says why; that is another thing than having no right to ask at all.
  if (code == absl::StatusCode::kPermissionDenied && refusal->code() == "denied") {
    failure.exit = Exit::kRefused;
    failure.message = {"call.denied", {}};
  }
  failure.refusal = std::move(refusal);
  return failure;
}

std::string BecauseOf(const node::v1::RefusalDetail& refusal, std::string_view language) {
  const node::v1::RefusalText* chosen = nullptr;
  for (const node::v1::RefusalText& text : refusal.because()) {
    if (text.language() == language) return text.text();
    if (chosen == nullptr) chosen = &text;
  }
  return chosen == nullptr ? "" : chosen->text();
}

}  // namespace sluis::client
