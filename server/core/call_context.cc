#include "server/core/call_context.h"

#include <string>
#include <string_view>

#include "server/core/signal_check.h"
#include "server/core/terms.h"

namespace sluis::core {
namespace {

constexpr size_t kMaxWord = 64;

// A word of the caller is written down only when the packs know it as a value of that attribute.
std::string KnownWord(const Terms& terms, std::string_view attribute, const std::string& word) {
  if (word.size() > kMaxWord) return {};
  const auto id = terms.packs.FindAttribute(attribute);
  if (!id || !terms.packs.FindValue(*id, word)) return {};
  return word;
}

Refusal BadContext(const char* code, const char* what) {
  return {absl::StatusCode::kInvalidArgument, code, what, ""};
}

}  // namespace

void TakeContext(const node::v1::RequestContext& context, Call& call) {
  call.role = KnownWord(*call.terms, "actor.role", context.role());
  call.purpose = KnownWord(*call.terms, "purpose", context.purpose());
  call.basis = KnownWord(*call.terms, "basis", context.basis());
  if (IsCaseRef(context.case_ref())) call.case_ref = context.case_ref();
}

std::optional<Refusal> LackOfContext(const Call& call) {
  if (call.role.empty()) return BadContext("no_role", "name a role of your mandate");
  if (call.purpose.empty()) return BadContext("no_purpose", "name a purpose of the rule pack");
  if (call.basis.empty()) return BadContext("no_basis", "name a legal basis of the rule pack");
  if (call.case_ref.empty() && call.method->method_class == node::v1::METHOD_CLASS_DATA) {
    return BadContext(
        "no_case_ref",
        "give a case reference of 3 to 32 characters [A-Z0-9-] without a national register "
        "number, or INTAKE");
  }
  return std::nullopt;
}

}  // namespace sluis::core
