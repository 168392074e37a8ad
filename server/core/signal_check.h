#ifndef SLUIS_SERVER_CORE_SIGNAL_CHECK_H_
#define SLUIS_SERVER_CORE_SIGNAL_CHECK_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

// What is wrong with a signal: the name of the field, and what to do. Never the value.
struct SignalProblem {
  std::string field;
  std::string what;
};

struct SignalLimits {
  // Whether the organisation has a secrecy regime: unmarking then needs a reason.
  bool secrecy_regime = false;
  // Today in legal time, YYYY-MM-DD.
  std::string today;
  // Whether the pack's vocabulary has this category.
  std::function<bool(std::string_view)> has_category;
};

// The first problem, or nothing. Checks every field that proto/sluis/record/v1/signal.proto calls
// required, every length, that a place has no person's fields, and that no text holds a national
// register number.
std::optional<SignalProblem> CheckSignal(const record::v1::Signal& signal,
                                         const SignalLimits& limits);

// Names of fields whose text may make someone recognisable: a house number in the place, a
// telephone number, an e-mail or web address in a text. A hint to the author, not a refusal; it
// finds patterns, not names.
std::vector<std::string> RecognisableFields(const record::v1::SignalContent& content);

// Whether `text` holds a Belgian national register number, however its digits are parted. Two in a
// hundred other numbers of 11 digits that begin like a day of birth look the same.
bool HoldsRegisterNumber(std::string_view text);

// Whether `text` is a case reference: 3 to 32 characters [A-Z0-9-] that hold no national register
// number, because entries of lists keep it after an erasure; INTAKE is one.
bool IsCaseRef(std::string_view text);

// Whether `text` has `least` to `most` characters, is UTF-8 and has no control character but line
// feed.
bool IsText(std::string_view text, size_t least, size_t most);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SIGNAL_CHECK_H_
