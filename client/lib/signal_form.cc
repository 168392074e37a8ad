#include "client/lib/signal_form.h"

#include <algorithm>
#include <array>

#include "client/lib/form_words.h"
#include "client/lib/text.h"

namespace sluis::client {
namespace {

using record::v1::AgeBand;
using record::v1::Assertion;
using record::v1::Signal;
using record::v1::SignalContent;
using record::v1::SignalMarks;
using record::v1::SubjectKind;

constexpr size_t kMaxStatements = 8;
constexpr size_t kMaxFactors = 8;

constexpr FormField kFields[] = {
    {{"datum", true}},
    {{"wijk"}},
    {{"over", true}, false, false, "persoon|plaats"},
    {{"verwijzing"}},
    {{"leeftijd"}, false, false, "onbekend|onder 12|12-15|16-17|18-24|25-39|40-64|65+"},
    {{"minderjarig"}, false, false, "ja|nee"},
    {{"categorie", true}},
    {{"onlife", true}, false, false, "online|offline|beide|nog niet bekeken"},
    {{"bronwijze", true}, false, false, "tegengekomen|opgezocht"},
    {{"opdracht"}},
    {{"feit"}, true, true},
    {{"inschatting"}, true, true},
    {{"van_horen_zeggen"}, true, true},
    {{"risico"}, true},
    {{"bescherming"}, true},
    {{"andere_uitleg"}},
    {{"positief"}},
    {{"grens", true}, false, false, "geen|geweld|systematische vijandigheid|ontmenselijking"},
    {{"kanaal", true}, false, false, "telefoon|overleg|papier|eigen vaststelling"},
    {{"inbrenger"}},
    {{"tlp", true}, false, false, "clear|green|amber|amber+strict|red"},
    {{"beroepsgeheim"}, false, false, "ja|nee"},
    {{"beroepsgeheim_reden"}},
    {{"geen_bewijs"}, false, false, "ja|nee"},
    {{"niet_doorgeven"}, false, false, "ja|nee"},
    {{"cliënt_ingelicht", false, "client_ingelicht"}, false, false, "ja|nee|uitgesteld"},
    {{"cliënt_ingelicht_reden", false, "client_ingelicht_reden"}},
    {{"cliënt_akkoord", false, "client_akkoord"}, false, false, "ja|nee|niet gevraagd"},
};

constexpr auto kColumns = [] {
  std::array<Column, std::size(kFields)> columns{};
  for (size_t i = 0; i < columns.size(); ++i) columns[i] = kFields[i].column;
  return columns;
}();

bool IsReference(std::string_view text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '.' || c == '_' || c == '-';
         });
}

// Empty, or as a node takes it.
bool IsMandate(std::string_view text) {
  return text.empty() || (text.size() >= 3 && std::all_of(text.begin(), text.end(), [](char c) {
                            return c == '/' || IsReference(std::string_view(&c, 1));
                          }));
}

bool IsVocabularyId(std::string_view text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
         });
}

// Adult and child bands say what `minderjarig` must be; unknown says nothing.
std::optional<bool> MinorBy(AgeBand band) {
  if (band == record::v1::AGE_BAND_UNKNOWN) return std::nullopt;
  return band <= record::v1::AGE_BAND_16_TO_17;
}

class Filler {
 public:
  Filler(const Form& form, const FormOptions& options, Signal* signal)
      : form_(form),
        options_(options),
        content_(*signal->mutable_content()),
        marks_(*signal->mutable_marks()) {}

  std::vector<Remark> Run() {
    for (const auto& [name, values] : form_) {
      if (FindFormField(name) == nullptr) Bad(name, "field.unknown");
    }
    Observation();
    Subject();
    Statements();
    Marks();
    return std::move(remarks_);
  }

 private:
  void Bad(std::string_view field, std::string key, Args args = {}) {
    remarks_.push_back({0, 0, std::string(field), {std::move(key), std::move(args)}});
  }

  // The values that were given, tidied.
  std::vector<std::string> Values(std::string_view name) {
    std::vector<std::string> out;
    const auto at = form_.find(name);
    if (at == form_.end()) return out;
    for (const std::string& value : at->second) {
      if (!IsUtf8(value)) {
        Bad(name, "field.not_text");
        continue;
      }
      std::string tidy = Tidy(value);
      if (tidy.empty()) continue;
      if (HasControl(tidy)) {
        Bad(name, "field.control");
        continue;
      }
      out.push_back(std::move(tidy));
    }
    return out;
  }

  std::string One(std::string_view name, size_t max_length) {
    std::vector<std::string> values = Values(name);
    if (values.empty()) return "";
    if (values.size() > 1) Bad(name, "field.once");
    Limit(name, values.front(), max_length);
    return values.front();
  }

  void Limit(std::string_view name, const std::string& value, size_t max_length) {
    if (Length(value) > max_length) {
      Bad(name, "field.too_long", {{"max", std::to_string(max_length)}});
    }
  }

  void Required(std::string_view name, bool given) {
    const auto at = std::find_if(remarks_.begin(), remarks_.end(),
                                 [&](const Remark& remark) { return remark.field == name; });
    if (!given && at == remarks_.end()) Bad(name, "field.required");
  }

  // The value a word stands for; `fallback` when left open or wrong, which is then a remark.
  int Choice(std::string_view name, std::span<const Word> words, int fallback) {
    const std::string text = One(name, 64);
    if (text.empty()) return fallback;
    const std::optional<int> value = FindValue(words, text);
    if (value) return *value;
    std::string shown(FindFormField(name)->words);
    for (size_t at = shown.find('|'); at != std::string::npos; at = shown.find('|', at)) {
      shown.replace(at, 1, ", ");
    }
    Bad(name, "field.not_one_of", {{"words", shown}});
    return fallback;
  }

  template <typename Enum>
  Enum Enumerated(std::string_view name) {
    return static_cast<Enum>(Choice(name, WordsOf<Enum>(), 0));
  }

  template <typename Enum>
  Enum RequiredEnum(std::string_view name) {
    const Enum value = Enumerated<Enum>(name);
    Required(name, static_cast<int>(value) != 0);
    return value;
  }

  void Observation() {
    const std::string day = One("datum", 10);
    if (!day.empty()) {
      if (const auto parsed = ParseDay(day)) {
        content_.set_observed_on(*parsed);
        if (*parsed > options_.today) Bad("datum", "field.future");
      } else {
        Bad("datum", "field.bad_day");
      }
    }
    Required("datum", !day.empty());
    content_.set_place(One("wijk", 120));
    const std::string category = One("categorie", 64);
    if (!IsVocabularyId(category)) Bad("categorie", "field.bad_category");
    Required("categorie", !category.empty());
    content_.set_category(category);
    content_.set_onlife(RequiredEnum<record::v1::Onlife>("onlife"));
    content_.set_source_mode(RequiredEnum<record::v1::SourceMode>("bronwijze"));
    const std::string mandate = One("opdracht", 64);
    if (!IsMandate(mandate)) Bad("opdracht", "field.bad_mandate");
    if (!mandate.empty() && content_.source_mode() == record::v1::SOURCE_MODE_ENCOUNTERED) {
      Bad("opdracht", "field.only_looked_for");
    }
    content_.set_mandate_reference(mandate);
    content_.set_normative_border(RequiredEnum<record::v1::NormativeBorder>("grens"));
    content_.set_channel(RequiredEnum<record::v1::Channel>("kanaal"));
    content_.set_contributor(One("inbrenger", 200));
  }

  void Subject() {
    content_.set_subject_kind(RequiredEnum<SubjectKind>("over"));
    if (content_.subject_kind() == record::v1::SUBJECT_KIND_PLACE) {
      for (const std::string_view name :
           {"verwijzing", "leeftijd", "minderjarig", "cliënt_ingelicht", "cliënt_ingelicht_reden",
            "cliënt_akkoord"}) {
        if (!Values(name).empty()) Bad(name, "field.only_person");
      }
      Required("wijk", !content_.place().empty());
      return;
    }
    if (content_.subject_kind() != record::v1::SUBJECT_KIND_PERSON) return;
    const std::string reference = One("verwijzing", 64);
    if (!IsReference(reference)) Bad("verwijzing", "field.bad_reference");
    Required("verwijzing", !reference.empty());
    content_.set_subject_ref(reference);
    Age();
    content_.set_client_informed(RequiredEnum<record::v1::ClientInformed>("cliënt_ingelicht"));
    const std::string ground = One("cliënt_ingelicht_reden", 500);
    const bool deferred = content_.client_informed() == record::v1::CLIENT_INFORMED_DEFERRED;
    if (deferred) Required("cliënt_ingelicht_reden", !ground.empty());
    if (!deferred && !ground.empty()) Bad("cliënt_ingelicht_reden", "field.only_deferred");
    content_.set_client_informed_ground(ground);
    content_.set_client_agrees(RequiredEnum<record::v1::ClientAgrees>("cliënt_akkoord"));
  }

  void Age() {
    const AgeBand band =
        static_cast<AgeBand>(Choice("leeftijd", WordsOf<AgeBand>(), record::v1::AGE_BAND_UNKNOWN));
    content_.set_age_band(band);
    const std::optional<bool> by_band = MinorBy(band);
    const int minor = Choice("minderjarig", YesNoWords(), -1);
    if (minor < 0) {
      Required("minderjarig", by_band.has_value());
      content_.set_minor(by_band.value_or(false));
      return;
    }
    if (by_band && *by_band != (minor == 1)) Bad("minderjarig", "field.minor_contradicts");
    content_.set_minor(minor == 1);
  }

  void Statements() {
    for (const auto& [name, assertion] :
         {std::pair{"feit", record::v1::ASSERTION_FACT},
          std::pair{"inschatting", record::v1::ASSERTION_ASSESSMENT},
          std::pair{"van_horen_zeggen", record::v1::ASSERTION_HEARSAY}}) {
      for (std::string& text : Values(name)) {
        Limit(name, text, 2000);
        record::v1::Statement* statement = content_.add_statements();
        statement->set_assertion(assertion);
        statement->set_text(std::move(text));
      }
    }
    const bool said = std::any_of(remarks_.begin(), remarks_.end(), [](const Remark& remark) {
      return FindFormField(remark.field) != nullptr && FindFormField(remark.field)->statement;
    });
    if (content_.statements().empty() && !said) Bad("feit", "field.no_statement");
    if (content_.statements().size() > static_cast<int>(kMaxStatements)) {
      Bad("feit", "field.too_many", {{"max", std::to_string(kMaxStatements)}});
    }
    Factors("risico", content_.mutable_risk_factors());
    Factors("bescherming", content_.mutable_protective_factors());
    content_.set_alternative_explanation(One("andere_uitleg", 1000));
    content_.set_positive_development(One("positief", 1000));
  }

  void Factors(std::string_view name, google::protobuf::RepeatedPtrField<std::string>* out) {
    for (std::string& text : Values(name)) {
      Limit(name, text, 500);
      out->Add(std::move(text));
    }
    if (out->size() > static_cast<int>(kMaxFactors)) {
      Bad(name, "field.too_many", {{"max", std::to_string(kMaxFactors)}});
    }
  }

  void Marks() {
    marks_.set_tlp(RequiredEnum<record::v1::Tlp>("tlp"));
    marks_.set_secret(Choice("beroepsgeheim", YesNoWords(), options_.secrecy_regime ? 1 : 0) == 1);
    const std::string reason = One("beroepsgeheim_reden", 500);
    const bool needed = options_.secrecy_regime && !marks_.secret();
    if (needed) Required("beroepsgeheim_reden", !reason.empty());
    if (marks_.secret() && !reason.empty()) Bad("beroepsgeheim_reden", "field.only_unmarked");
    if (!reason.empty() && Length(reason) < 10) {
      Bad("beroepsgeheim_reden", "field.too_short", {{"min", "10"}});
    }
    marks_.set_secret_unmarked_reason(reason);
    marks_.set_no_evidence(Choice("geen_bewijs", YesNoWords(), 0) == 1);
    marks_.set_no_onward(Choice("niet_doorgeven", YesNoWords(), 0) == 1);
  }

  const Form& form_;
  const FormOptions& options_;
  SignalContent& content_;
  SignalMarks& marks_;
  std::vector<Remark> remarks_;
};

}  // namespace

std::span<const FormField> FormFields() { return kFields; }

std::span<const Column> FormColumns() { return kColumns; }

const FormField* FindFormField(std::string_view name) {
  for (const FormField& field : kFields) {
    if (field.column.name == name || (!name.empty() && field.column.plain == name)) return &field;
  }
  return nullptr;
}

std::vector<Remark> FillSignal(const Form& form, const FormOptions& options, Signal* signal) {
  signal->Clear();
  // Names without accents stand for the full ones.
  Form named;
  for (const auto& [name, values] : form) {
    const FormField* field = FindFormField(name);
    std::vector<std::string>& target =
        named[field == nullptr ? name : std::string(field->column.name)];
    target.insert(target.end(), values.begin(), values.end());
  }
  std::vector<Remark> remarks = Filler(named, options, signal).Run();
  const auto place = [](const Remark& remark) {
    return std::find_if(std::begin(kFields), std::end(kFields),
                        [&](const FormField& field) { return field.column.name == remark.field; }) -
           std::begin(kFields);
  };
  std::stable_sort(remarks.begin(), remarks.end(),
                   [&](const Remark& a, const Remark& b) { return place(a) < place(b); });
  return remarks;
}

Form FormOf(const Signal& signal) {
  const SignalContent& content = signal.content();
  const SignalMarks& marks = signal.marks();
  const auto yes_no = [](bool value) { return std::string(value ? "ja" : "nee"); };
  Form form;
  const auto put = [&](std::string_view name, std::string value) {
    if (!value.empty()) form[std::string(name)].push_back(std::move(value));
  };
  put("datum", content.observed_on());
  put("wijk", content.place());
  put("over", WordOf(content.subject_kind()));
  put("verwijzing", content.subject_ref());
  put("leeftijd", WordOf(content.age_band()));
  if (content.subject_kind() == record::v1::SUBJECT_KIND_PERSON) {
    put("minderjarig", yes_no(content.minor()));
  }
  put("categorie", content.category());
  put("onlife", WordOf(content.onlife()));
  put("bronwijze", WordOf(content.source_mode()));
  put("opdracht", content.mandate_reference());
  for (const record::v1::Statement& statement : content.statements()) {
    std::string name = WordOf(statement.assertion());
    std::replace(name.begin(), name.end(), ' ', '_');
    put(name, statement.text());
  }
  for (const std::string& factor : content.risk_factors()) put("risico", factor);
  for (const std::string& factor : content.protective_factors()) put("bescherming", factor);
  put("andere_uitleg", content.alternative_explanation());
  put("positief", content.positive_development());
  put("grens", WordOf(content.normative_border()));
  put("kanaal", WordOf(content.channel()));
  put("inbrenger", content.contributor());
  put("tlp", WordOf(marks.tlp()));
  put("beroepsgeheim", yes_no(marks.secret()));
  put("beroepsgeheim_reden", marks.secret_unmarked_reason());
  put("geen_bewijs", yes_no(marks.no_evidence()));
  put("niet_doorgeven", yes_no(marks.no_onward()));
  put("cliënt_ingelicht", WordOf(content.client_informed()));
  put("cliënt_ingelicht_reden", content.client_informed_ground());
  put("cliënt_akkoord", WordOf(content.client_agrees()));
  return form;
}

}  // namespace sluis::client
