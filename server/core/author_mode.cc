#include "server/core/author_mode.h"

#include <optional>

namespace sluis::core {
namespace {

constexpr std::string_view kHelping = "helping";
constexpr std::string_view kBetweenHelpers = "between_helpers";

// The word that a derived attribute has when the one it follows from has this word; empty for none.
std::string DerivedWord(const policies::Schema& schema, std::string_view derived,
                        std::string_view word) {
  const std::optional<policies::AttributeId> id = schema.FindAttribute(derived);
  if (!id || !schema.attributes[*id].derivation) return "";
  const policies::Derivation& derivation = *schema.attributes[*id].derivation;
  const std::optional<policies::ValueId> base =
      schema.FindValue(schema.attributes[derivation.base], word);
  if (!base || *base < 0) return "";
  return schema.ValueName(schema.attributes[*id],
                          derivation.value_of.at(static_cast<size_t>(*base)));
}

}  // namespace

std::string ModeOf(const policies::Schema& schema, std::string_view role) {
  return DerivedWord(schema, "actor.mode", role);
}

std::string AuthorMode(const policies::Schema& schema, const record::v1::RecordBody& body) {
  if (!body.author_mode().empty()) return body.author_mode();
  std::string mode = ModeOf(schema, body.recorded_role());
  return mode.empty() ? std::string(kHelping) : mode;
}

std::string ModeAfter(const policies::Schema& schema, std::string_view before,
                      std::string_view role) {
  const std::string now = ModeOf(schema, role);
  return before.empty() || now == kHelping ? now : std::string(before);
}

std::string ReceivedUnder(const policies::Schema& schema, const record::v1::RecordBody& body) {
  if (!body.has_received()) return "";
  std::string lifts = DerivedWord(schema, "basis.lifts", body.received().basis());
  return lifts.empty() ? std::string(kBetweenHelpers) : lifts;
}

}  // namespace sluis::core
