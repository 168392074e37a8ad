#include "server/core/signal_check.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "server/storage/clock.h"

namespace sluis::core {
namespace {

using record::v1::Signal;
using record::v1::SignalContent;

std::optional<SignalProblem> Problem(std::string field, std::string what) {
  return SignalProblem{std::move(field), std::move(what)};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The digits of a run of `text` in which digits may be parted by one of " .-/"; calls `visit` per
// run.
void VisitDigitRuns(std::string_view text, const std::function<void(const std::string&)>& visit) {
  std::string run;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : '\0';
    if (IsDigit(c)) {
      run.push_back(c);
      continue;
    }
    const bool separator = c == ' ' || c == '.' || c == '-' || c == '/';
    if (separator && !run.empty() && i + 1 < text.size() && IsDigit(text[i + 1])) continue;
    if (!run.empty()) visit(run);
    run.clear();
  }
}

// A Belgian national register number: 11 digits of which the last two are 97 minus the first nine
// modulo 97, with a 2 in front for births from 2000 on. It begins with a day of birth; a bis number
// has 20 or 40 added to the month, an unknown month or day is 00.
bool IsRegisterNumber(const std::string& digits) {
  if (digits.size() != 11) return false;
  const int month = std::stoi(digits.substr(2, 2));
  if (month >= 60 || month % 20 > 12 || std::stoi(digits.substr(4, 2)) > 31) return false;
  const uint64_t body = std::stoull(digits.substr(0, 9));
  const uint64_t check = std::stoull(digits.substr(9));
  return check == 97 - body % 97 || check == 97 - (2'000'000'000ull + body) % 97;
}

// Length in bytes of what people put between the digits of one number; 0 for anything else.
size_t SeparatorAt(std::string_view text) {
  if (std::string_view(" .-/_:,;\n").find(text[0]) != std::string_view::npos) return 1;
  for (const std::string_view wide :
       {"\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\x93",
        "\xe2\x80\x94", "\xe2\x88\x92"}) {
    if (text.starts_with(wide)) return wide.size();
  }
  return 0;
}

// Whether the last groups of digits make up one register number.
bool EndsInRegisterNumber(const std::vector<std::string_view>& groups) {
  std::string digits;
  for (auto group = groups.rbegin(); group != groups.rend() && digits.size() < 11; ++group) {
    digits.insert(0, *group);
  }
  return IsRegisterNumber(digits);
}

bool HoldsContact(std::string_view text) {
  if (text.find('@') != std::string_view::npos || text.find("http") != std::string_view::npos ||
      text.find("www.") != std::string_view::npos) {
    return true;
  }
  bool found = false;
  VisitDigitRuns(text, [&](const std::string& run) { found = found || run.size() >= 8; });
  return found;
}

bool IsSubjectRef(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  });
}

bool IsMandateReference(std::string_view text) {
  return text.size() >= 3 && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                  c == '_' || c == '/' || c == '-';
         });
}

std::optional<SignalProblem> CheckTexts(const SignalContent& content) {
  if (content.statements_size() < 1 || content.statements_size() > 8) {
    return Problem("statements", "give 1 to 8 statements");
  }
  for (const record::v1::Statement& statement : content.statements()) {
    if (!record::v1::Assertion_IsValid(statement.assertion()) || statement.assertion() == 0) {
      return Problem("statements",
                     "say of each statement whether it is fact, assessment or hearsay");
    }
    if (!IsText(statement.text(), 1, 2000)) {
      return Problem("statements", "write 1 to 2,000 characters per statement");
    }
  }
  const auto check_list = [](const auto& list) {
    return list.size() <= 8 && std::all_of(list.begin(), list.end(), [](const std::string& text) {
             return IsText(text, 1, 500);
           });
  };
  if (!check_list(content.risk_factors())) {
    return Problem("risk_factors", "give at most 8 of 1 to 500 characters");
  }
  if (!check_list(content.protective_factors())) {
    return Problem("protective_factors", "give at most 8 of 1 to 500 characters");
  }
  if (!IsText(content.alternative_explanation(), 0, 1000)) {
    return Problem("alternative_explanation", "write at most 1,000 characters");
  }
  if (!IsText(content.positive_development(), 0, 1000)) {
    return Problem("positive_development", "write at most 1,000 characters");
  }
  if (!IsText(content.place(), 0, 120)) return Problem("place", "write at most 120 characters");
  if (!IsText(content.contributor(), 0, 200)) {
    return Problem("contributor", "write at most 200 characters");
  }
  if (!IsText(content.client_informed_ground(), 0, 500)) {
    return Problem("client_informed_ground", "write at most 500 characters");
  }
  return std::nullopt;
}

std::optional<SignalProblem> CheckSubject(const SignalContent& content) {
  if (content.subject_kind() == record::v1::SUBJECT_KIND_PERSON) {
    if (!IsSubjectRef(content.subject_ref())) {
      return Problem("subject_ref", "give a local reference of 1 to 64 characters [A-Za-z0-9._-]");
    }
    if (content.age_band() == 0 || !record::v1::AgeBand_IsValid(content.age_band())) {
      return Problem("age_band", "choose an age band, or unknown");
    }
    const bool under_18 = content.age_band() >= record::v1::AGE_BAND_UNDER_12 &&
                          content.age_band() <= record::v1::AGE_BAND_16_TO_17;
    const bool adult = content.age_band() >= record::v1::AGE_BAND_18_TO_24;
    if ((under_18 && !content.minor()) || (adult && content.minor())) {
      return Problem("minor", "make the minor mark and the age band agree");
    }
    if (content.client_informed() == 0 ||
        !record::v1::ClientInformed_IsValid(content.client_informed())) {
      return Problem("client_informed", "say whether the client was told");
    }
    const bool deferred = content.client_informed() == record::v1::CLIENT_INFORMED_DEFERRED;
    if (deferred != !content.client_informed_ground().empty()) {
      return Problem("client_informed_ground", "give a ground exactly when informing is deferred");
    }
    if (content.client_agrees() == 0 ||
        !record::v1::ClientAgrees_IsValid(content.client_agrees())) {
      return Problem("client_agrees", "say whether the client agrees, or was not asked");
    }
    return std::nullopt;
  }
  if (content.subject_kind() != record::v1::SUBJECT_KIND_PLACE) {
    return Problem("subject_kind", "say whether it is about a person or a place");
  }
  if (!content.subject_ref().empty()) return Problem("subject_ref", "leave empty for a place");
  if (content.age_band() != 0) return Problem("age_band", "leave empty for a place");
  if (content.minor()) return Problem("minor", "leave off for a place");
  if (content.client_informed() != 0) return Problem("client_informed", "leave empty for a place");
  if (content.client_agrees() != 0) return Problem("client_agrees", "leave empty for a place");
  if (!content.client_informed_ground().empty()) {
    return Problem("client_informed_ground", "leave empty for a place");
  }
  if (content.place().empty()) return Problem("place", "name the neighbourhood");
  return std::nullopt;
}

template <typename Enum, typename Valid>
bool Chosen(Enum value, Valid valid) {
  return value != 0 && valid(value);
}

std::optional<SignalProblem> CheckChoices(const SignalContent& content) {
  if (!Chosen(content.onlife(), record::v1::Onlife_IsValid)) {
    return Problem("onlife", "choose online, offline, both or not yet looked at");
  }
  if (!Chosen(content.source_mode(), record::v1::SourceMode_IsValid)) {
    return Problem("source_mode", "choose encountered or looked for");
  }
  if (!content.mandate_reference().empty()) {
    if (content.source_mode() != record::v1::SOURCE_MODE_LOOKED_FOR) {
      return Problem("mandate_reference", "leave empty for what was come across");
    }
    if (!IsMandateReference(content.mandate_reference())) {
      return Problem("mandate_reference", "give a reference of 3 to 64 characters [A-Za-z0-9._/-]");
    }
  }
  if (!Chosen(content.channel(), record::v1::Channel_IsValid)) {
    return Problem("channel", "choose phone, meeting, paper or own observation");
  }
  if (!Chosen(content.normative_border(), record::v1::NormativeBorder_IsValid)) {
    return Problem("normative_border", "name the border, or say that none is named");
  }
  return std::nullopt;
}

}  // namespace

bool HoldsRegisterNumber(std::string_view text) {
  constexpr int kMostSeparators = 4;
  // Groups of digits that belong to one number as far as can be seen.
  std::vector<std::string_view> groups;
  int separators = 0;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && IsDigit(text[end])) ++end;
    if (end > i) {
      groups.push_back(text.substr(i, end - i));
      if (groups.size() > 11) groups.erase(groups.begin());
      if (EndsInRegisterNumber(groups)) return true;
      separators = 0;
      i = end;
      continue;
    }
    const size_t separator = SeparatorAt(text.substr(i));
    if (separator == 0 || ++separators > kMostSeparators) groups.clear();
    i += std::max<size_t>(separator, 1);
  }
  return false;
}

bool IsText(std::string_view text, size_t least, size_t most) {
  size_t characters = 0;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length; ++characters) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, length, c);
    if (c < 0 || (c < 0x20 && c != '\n') || (c >= 0x7f && c <= 0x9f)) return false;
  }
  return characters >= least && characters <= most;
}

bool IsCaseRef(std::string_view text) {
  const auto allowed = [](char c) { return IsDigit(c) || (c >= 'A' && c <= 'Z') || c == '-'; };
  return text.size() >= 3 && text.size() <= 32 && std::all_of(text.begin(), text.end(), allowed) &&
         !HoldsRegisterNumber(text);
}

std::optional<SignalProblem> CheckSignal(const Signal& signal, const SignalLimits& limits) {
  const SignalContent& content = signal.content();
  if (auto problem = CheckTexts(content)) return problem;
  if (!limits.has_category(content.category())) {
    return Problem("category", "choose a category of the rule pack");
  }
  if (auto problem = CheckChoices(content)) return problem;
  if (!storage::IsDay(content.observed_on()) || content.observed_on() > limits.today) {
    return Problem("observed_on", "give a day as YYYY-MM-DD, not in the future");
  }
  if (auto problem = CheckSubject(content)) return problem;

  std::vector<std::pair<const char*, const std::string*>> texts = {
      {"place", &content.place()},
      {"alternative_explanation", &content.alternative_explanation()},
      {"positive_development", &content.positive_development()},
      {"subject_ref", &content.subject_ref()},
      {"mandate_reference", &content.mandate_reference()},
      {"client_informed_ground", &content.client_informed_ground()},
      {"secret_unmarked_reason", &signal.marks().secret_unmarked_reason()},
      {"contributor", &content.contributor()}};
  for (const auto& statement : content.statements())
    texts.push_back({"statements", &statement.text()});
  for (const auto& text : content.risk_factors()) texts.push_back({"risk_factors", &text});
  for (const auto& text : content.protective_factors())
    texts.push_back({"protective_factors", &text});
  for (const auto& [field, text] : texts) {
    if (HoldsRegisterNumber(*text)) {
      return Problem(field, "take the national register number out; it is never stored here");
    }
  }

  const record::v1::SignalMarks& marks = signal.marks();
  if (!Chosen(marks.tlp(), record::v1::Tlp_IsValid)) return Problem("tlp", "choose a TLP label");
  const bool unmarked = limits.secrecy_regime && !marks.secret();
  if (unmarked && !IsText(marks.secret_unmarked_reason(), 10, 500)) {
    return Problem("secret_unmarked_reason",
                   "say in 10 to 500 characters why secrecy is taken off");
  }
  if (!unmarked && !marks.secret_unmarked_reason().empty()) {
    return Problem("secret_unmarked_reason", "leave empty unless secrecy is taken off");
  }
  return std::nullopt;
}

std::vector<std::string> RecognisableFields(const SignalContent& content) {
  std::vector<std::string> fields;
  if (std::any_of(content.place().begin(), content.place().end(), IsDigit))
    fields.push_back("place");
  const auto any_contact = [](const auto& list) {
    return std::any_of(list.begin(), list.end(),
                       [](const auto& text) { return HoldsContact(text); });
  };
  if (std::any_of(content.statements().begin(), content.statements().end(),
                  [](const auto& statement) { return HoldsContact(statement.text()); })) {
    fields.push_back("statements");
  }
  if (any_contact(content.risk_factors())) fields.push_back("risk_factors");
  if (any_contact(content.protective_factors())) fields.push_back("protective_factors");
  if (HoldsContact(content.alternative_explanation())) fields.push_back("alternative_explanation");
  if (HoldsContact(content.positive_development())) fields.push_back("positive_development");
  return fields;
}

}  // namespace sluis::core
