#include "client/cli/request_context.h"

#include <utility>

#include "client/lib/text.h"
#include "crypto/bytes.h"

namespace sluis::cli {

void AddContext(Command& command, ContextOptions* options) {
  command.Text("--role", &options->role)
      .Text("--purpose", &options->purpose)
      .Text("--basis", &options->basis)
      .Text("--case", &options->case_ref)
      .UsesProfile()
      .AnswersJson();
}

Result<node::v1::RequestContext> ContextOf(Shell& shell, const ContextOptions& options,
                                           CaseRef case_ref) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return profile.failure();
  const auto or_else = [](const std::string& given, const std::string& otherwise) {
    return given.empty() ? otherwise : given;
  };
  node::v1::RequestContext context;
  context.set_role(or_else(options.role, profile->role));
  context.set_purpose(or_else(options.purpose, profile->purpose));
  context.set_basis(or_else(options.basis, profile->basis));
  context.set_case_ref(options.case_ref);
  const std::pair<const char*, bool> missing[] = {
      {"--role", context.role().empty()},
      {"--purpose", context.purpose().empty()},
      {"--basis", context.basis().empty()},
      {"--case", context.case_ref().empty() && case_ref == CaseRef::kRequired}};
  for (const auto& [option, is_missing] : missing) {
    if (!is_missing) continue;
    const bool is_case = std::string_view(option) == "--case";
    return Failure{Exit::kUsage,
                   {is_case ? "context.no_case" : "context.missing", {{"option", option}}},
                   nullptr};
  }
  return context;
}

Result<std::string> IdOf(const std::string& text, size_t bytes) {
  absl::StatusOr<crypto::Bytes> id = crypto::HexDecode(text);
  if (!id.ok() || id->size() != bytes) {
    return Failure{
        Exit::kUsage, {"id.bad", {{"id", text}, {"digits", std::to_string(2 * bytes)}}}, nullptr};
  }
  return *std::move(id);
}

Result<std::string> DayOf(const std::string& text, const std::string& option) {
  if (text.empty()) return text;
  const std::optional<std::string> day = client::ParseDay(text);
  if (!day) return Failure{Exit::kUsage, {"option.bad_day", {{"option", option}}}, nullptr};
  return *day;
}

}  // namespace sluis::cli
