// A signal from bytes, and the same bytes as a text around a national register number. What is
// accepted holds no such number in any text and is accepted again; no surroundings hide one.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "server/core/signal_check.h"
#include "tests/support/require.h"

namespace {

using namespace sluis;  // NOLINT(google-build-using-namespace)

using sluis::tests::Require;

// A well-formed number as people write it, of nobody: its parts come from the input.
std::string RegisterNumber(uint32_t seed, bool parted) {
  const unsigned year = seed % 100, month = seed / 100 % 12 + 1, day = seed / 1200 % 28 + 1;
  const unsigned order = seed / 33600 % 998 + 1;
  const uint64_t body = ((uint64_t{year} * 100 + month) * 100 + day) * 1000 + order;
  const auto check = static_cast<unsigned>(97 - body % 97);
  char text[32];
  std::snprintf(text, sizeof text, parted ? "%02u.%02u.%02u-%03u.%02u" : "%02u%02u%02u%03u%02u",
                year, month, day, order, check);
  return text;
}

void CheckScanner(std::string_view text, uint32_t seed) {
  const bool digits = text.find_first_of("0123456789") != std::string_view::npos;
  Require(digits || !core::HoldsRegisterNumber(text));
  const size_t at = text.empty() ? 0 : seed % (text.size() + 1);
  std::string around(text.substr(0, at));
  around += "x" + RegisterNumber(seed, seed % 2 == 0) + "x";
  around += text.substr(at);
  Require(core::HoldsRegisterNumber(around));
  Require(!core::IsCaseRef("X" + RegisterNumber(seed, false)));
}

void CheckAccepted(const record::v1::Signal& signal) {
  const auto good = [](const std::string& text) {
    Require(!core::HoldsRegisterNumber(text) && core::IsText(text, 0, 2000));
  };
  const record::v1::SignalContent& content = signal.content();
  for (const auto& statement : content.statements()) good(statement.text());
  for (const auto& text : content.risk_factors()) good(text);
  for (const auto& text : content.protective_factors()) good(text);
  for (const std::string* text :
       {&content.alternative_explanation(), &content.positive_development(), &content.place(),
        &content.contributor(), &content.client_informed_ground(), &content.subject_ref()}) {
    good(*text);
  }
  good(signal.marks().secret_unmarked_reason());
  if (content.subject_kind() == record::v1::SUBJECT_KIND_PLACE) {
    Require(content.subject_ref().empty() && content.age_band() == 0 && !content.minor());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  const uint32_t seed = uint32_t{data[0]} << 24 | uint32_t{data[1]} << 16 | uint32_t{data[2]} << 8 |
                        uint32_t{data[3]};
  const std::string bytes(reinterpret_cast<const char*>(data + 4), size - 4);
  CheckScanner(bytes, seed);

  record::v1::Signal signal;
  if (!signal.ParseFromString(bytes)) return 0;
  const core::SignalLimits limits{.secrecy_regime = seed % 2 == 1,
                                  .today = "2026-11-22",
                                  .has_category = [](std::string_view word) {
                                    return word == "gedrag-online" || word == "fenomeen";
                                  }};
  const std::vector<std::string> fields = core::RecognisableFields(signal.content());
  Require(std::find(fields.begin(), fields.end(), "") == fields.end());
  if (const auto problem = core::CheckSignal(signal, limits)) {
    Require(!problem->field.empty() && !problem->what.empty());
    return 0;
  }
  CheckAccepted(signal);
  record::v1::Signal again;
  Require(again.ParseFromString(signal.SerializeAsString()));
  Require(!core::CheckSignal(again, limits).has_value());
  return 0;
}
