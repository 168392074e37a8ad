#include "server/core/signal_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "server/core/record.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using record::v1::Signal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::PersonSignal;
using tests::PlaceSignal;

SignalLimits Limits(bool secrecy = false) {
  return {.secrecy_regime = secrecy, .today = "2026-10-05", .has_category = [](std::string_view c) {
            return c == "gedrag-online" || c == "fenomeen";
          }};
}

std::string FieldOf(const Signal& signal, bool secrecy = false) {
  const auto problem = CheckSignal(signal, Limits(secrecy));
  if (problem) {
    EXPECT_FALSE(problem->what.empty());
  }
  return problem ? problem->field : "";
}

struct Rule {
  const char* field;
  const char* what;
  void (*spoil)(Signal&);
  bool place = false;
  bool secrecy = false;
};

record::v1::SignalContent& C(Signal& signal) { return *signal.mutable_content(); }
record::v1::SignalMarks& M(Signal& signal) { return *signal.mutable_marks(); }
template <typename Enum>
Enum Unknown() {
  return static_cast<Enum>(99);
}

TEST(SignalCheck, EachRuleRefusesItsField) {
  using namespace record::v1;  // NOLINT: every enumeration of the signal
  const Rule rules[] = {
      {"statements", "none", [](Signal& s) { C(s).clear_statements(); }},
      {"statements", "nine",
       [](Signal& s) {
         while (C(s).statements_size() < 9) *C(s).add_statements() = C(s).statements(0);
       }},
      {"statements", "no kind", [](Signal& s) { C(s).mutable_statements(0)->clear_assertion(); }},
      {"statements", "unknown kind",
       [](Signal& s) { C(s).mutable_statements(0)->set_assertion(Unknown<Assertion>()); }},
      {"statements", "empty", [](Signal& s) { C(s).mutable_statements(0)->clear_text(); }},
      {"statements", "long",
       [](Signal& s) { C(s).mutable_statements(0)->set_text(std::string(2001, 'a')); }},
      {"statements", "control", [](Signal& s) { C(s).mutable_statements(0)->set_text("a\tb"); }},
      {"risk_factors", "nine",
       [](Signal& s) {
         while (C(s).risk_factors_size() < 9) C(s).add_risk_factors("x");
       }},
      {"risk_factors", "empty one", [](Signal& s) { C(s).add_risk_factors(""); }},
      {"risk_factors", "long", [](Signal& s) { C(s).add_risk_factors(std::string(501, 'a')); }},
      {"protective_factors", "nine",
       [](Signal& s) {
         while (C(s).protective_factors_size() < 9) C(s).add_protective_factors("x");
       }},
      {"protective_factors", "long",
       [](Signal& s) { C(s).add_protective_factors(std::string(501, 'a')); }},
      {"alternative_explanation", "long",
       [](Signal& s) { C(s).set_alternative_explanation(std::string(1001, 'a')); }},
      {"positive_development", "long",
       [](Signal& s) { C(s).set_positive_development(std::string(1001, 'a')); }},
      {"place", "long", [](Signal& s) { C(s).set_place(std::string(121, 'a')); }},
      {"contributor", "long", [](Signal& s) { C(s).set_contributor(std::string(201, 'a')); }},
      {"client_informed_ground", "long",
       [](Signal& s) { C(s).set_client_informed_ground(std::string(501, 'a')); }},
      {"category", "none", [](Signal& s) { C(s).clear_category(); }},
      {"category", "unknown", [](Signal& s) { C(s).set_category("ideologie"); }},
      {"onlife", "none", [](Signal& s) { C(s).clear_onlife(); }},
      {"onlife", "unknown", [](Signal& s) { C(s).set_onlife(Unknown<Onlife>()); }},
      {"source_mode", "none", [](Signal& s) { C(s).clear_source_mode(); }},
      {"source_mode", "unknown", [](Signal& s) { C(s).set_source_mode(Unknown<SourceMode>()); }},
      {"channel", "none", [](Signal& s) { C(s).clear_channel(); }},
      {"channel", "unknown", [](Signal& s) { C(s).set_channel(Unknown<Channel>()); }},
      {"normative_border", "none", [](Signal& s) { C(s).clear_normative_border(); }},
      {"normative_border", "unknown",
       [](Signal& s) { C(s).set_normative_border(Unknown<NormativeBorder>()); }},
      {"observed_on", "none", [](Signal& s) { C(s).clear_observed_on(); }},
      {"observed_on", "no day", [](Signal& s) { C(s).set_observed_on("gisteren"); }},
      {"observed_on", "no such day", [](Signal& s) { C(s).set_observed_on("2026-02-30"); }},
      {"observed_on", "tomorrow", [](Signal& s) { C(s).set_observed_on("2026-10-06"); }},
      {"observed_on", "with a time", [](Signal& s) { C(s).set_observed_on("2026-10-01T10"); }},
      {"subject_kind", "none", [](Signal& s) { C(s).clear_subject_kind(); }},
      {"subject_kind", "unknown", [](Signal& s) { C(s).set_subject_kind(Unknown<SubjectKind>()); }},
      {"mandate_reference", "of what was come across",
       [](Signal& s) { C(s).set_mandate_reference("OPDR-14"); }},
      {"mandate_reference", "short",
       [](Signal& s) {
         C(s).set_source_mode(SOURCE_MODE_LOOKED_FOR);
         C(s).set_mandate_reference("14");
       }},
      {"mandate_reference", "long",
       [](Signal& s) {
         C(s).set_source_mode(SOURCE_MODE_LOOKED_FOR);
         C(s).set_mandate_reference(std::string(65, 'a'));
       }},
      {"mandate_reference", "with a blank",
       [](Signal& s) {
         C(s).set_source_mode(SOURCE_MODE_LOOKED_FOR);
         C(s).set_mandate_reference("opdracht 14");
       }},
      {"subject_ref", "none", [](Signal& s) { C(s).clear_subject_ref(); }},
      {"subject_ref", "long", [](Signal& s) { C(s).set_subject_ref(std::string(65, 'a')); }},
      {"subject_ref", "a name", [](Signal& s) { C(s).set_subject_ref("Jan Janssens"); }},
      {"age_band", "none", [](Signal& s) { C(s).clear_age_band(); }},
      {"age_band", "unknown", [](Signal& s) { C(s).set_age_band(Unknown<AgeBand>()); }},
      {"minor", "adult", [](Signal& s) { C(s).set_minor(true); }},
      {"minor", "not marked", [](Signal& s) { C(s).set_age_band(AGE_BAND_12_TO_15); }},
      {"client_informed", "none", [](Signal& s) { C(s).clear_client_informed(); }},
      {"client_informed", "unknown",
       [](Signal& s) { C(s).set_client_informed(Unknown<ClientInformed>()); }},
      {"client_informed_ground", "missing",
       [](Signal& s) { C(s).set_client_informed(CLIENT_INFORMED_DEFERRED); }},
      {"client_informed_ground", "not asked",
       [](Signal& s) { C(s).set_client_informed_ground("onderzoek"); }},
      {"client_agrees", "none", [](Signal& s) { C(s).clear_client_agrees(); }},
      {"client_agrees", "unknown",
       [](Signal& s) { C(s).set_client_agrees(Unknown<ClientAgrees>()); }},
      {"subject_ref", "of a place", [](Signal& s) { C(s).set_subject_ref("x"); }, true},
      {"age_band", "of a place", [](Signal& s) { C(s).set_age_band(AGE_BAND_UNKNOWN); }, true},
      {"minor", "of a place", [](Signal& s) { C(s).set_minor(true); }, true},
      {"client_informed", "of a place",
       [](Signal& s) { C(s).set_client_informed(CLIENT_INFORMED_YES); }, true},
      {"client_agrees", "of a place", [](Signal& s) { C(s).set_client_agrees(CLIENT_AGREES_YES); },
       true},
      {"client_informed_ground", "of a place",
       [](Signal& s) { C(s).set_client_informed_ground("x"); }, true},
      {"place", "of a place", [](Signal& s) { C(s).clear_place(); }, true},
      {"tlp", "none", [](Signal& s) { M(s).clear_tlp(); }},
      {"tlp", "unknown", [](Signal& s) { M(s).set_tlp(Unknown<Tlp>()); }},
      {"secret_unmarked_reason", "missing", [](Signal&) {}, false, true},
      {"secret_unmarked_reason", "short",
       [](Signal& s) { M(s).set_secret_unmarked_reason("kort"); }, false, true},
      {"secret_unmarked_reason", "long",
       [](Signal& s) { M(s).set_secret_unmarked_reason(std::string(501, 'a')); }, false, true},
      {"secret_unmarked_reason", "marked all the same",
       [](Signal& s) {
         M(s).set_secret(true);
         M(s).set_secret_unmarked_reason("de cliënt vraagt het");
       },
       false, true},
      {"secret_unmarked_reason", "no regime",
       [](Signal& s) { M(s).set_secret_unmarked_reason("de cliënt vraagt het"); }},
  };
  ASSERT_EQ(FieldOf(PersonSignal()), "");
  ASSERT_EQ(FieldOf(PlaceSignal()), "");
  for (const Rule& rule : rules) {
    Signal signal = rule.place ? PlaceSignal() : PersonSignal();
    rule.spoil(signal);
    EXPECT_EQ(FieldOf(signal, rule.secrecy), rule.field) << rule.what;
  }
  EXPECT_EQ(FieldOf(Signal()), "statements");
}

TEST(SignalCheck, SecrecyIsOnUnlessTakenOffWithAReason) {
  Signal signal = PersonSignal();
  signal.mutable_marks()->set_secret(true);
  EXPECT_EQ(FieldOf(signal, true), "");
  EXPECT_EQ(FieldOf(signal, false), "");
  signal.mutable_marks()->set_secret(false);
  signal.mutable_marks()->set_secret_unmarked_reason("de cliënt vraagt het zelf");
  EXPECT_EQ(FieldOf(signal, true), "");
}

TEST(SignalCheck, RegisterNumbersAreFoundHoweverTheyAreWritten) {
  // Made up: 97 minus the first nine digits modulo 97; for 2000 and later with a 2 in front.
  const char* const numbers[] = {
      "85073003328",
      "85.07.30-033.28",
      "85.07.30-033 28",
      "85 07 30 033 28",
      "85/07/30-033/28",
      "85-07-30-033-28",
      "850730-033-28",
      "850730 03328",
      "850730.033.28",
      "85.07.30 - 033.28",
      "85. 07. 30 - 033. 28",
      "85.07.30  033.28",
      "85.07.30–033.28",       // en dash
      "85.07.30\u00a0033.28",  // no-break space
      "85.07.30\n033.28",
      "85_07_30_033_28",
      "rijksregisternummer 85.07.30-033.28",
      "in 2025 85.07.30-033.28",
      "nr. 7 85073003328",
      "85.07.30-033.28 5 keer",
      "(85.07.30-033.28)",
      "RRN:85.07.30-033.28.",
  };
  for (const char* text : numbers) {
    Signal signal = PersonSignal();
    signal.mutable_content()->mutable_statements(0)->set_text(text);
    EXPECT_EQ(FieldOf(signal), "statements") << text;
  }
  // Born in 2000 or later: 2000000000 + 05 07 30 033 -> 97 - mod.
  const uint64_t body = 50'730'033;
  const auto check = [](uint64_t of) {
    const uint64_t rest = 97 - of % 97;
    return std::string(rest < 10 ? "0" : "") + std::to_string(rest);
  };
  for (const std::string& number :
       {"050730033" + check(2'000'000'000 + body), "050730033" + check(body)}) {
    Signal signal = PersonSignal();
    signal.mutable_content()->set_alternative_explanation("zie " + number);
    EXPECT_EQ(FieldOf(signal), "alternative_explanation") << number;
  }
  const std::pair<const char*, void (*)(Signal&)> everywhere[] = {
      {"place", [](Signal& s) { C(s).set_place("85.07.30-033.28"); }},
      {"contributor", [](Signal& s) { C(s).set_contributor("85.07.30-033.28"); }},
      {"subject_ref", [](Signal& s) { C(s).set_subject_ref("85.07.30-033.28"); }},
      {"mandate_reference",
       [](Signal& s) {
         C(s).set_source_mode(record::v1::SOURCE_MODE_LOOKED_FOR);
         C(s).set_mandate_reference("85.07.30-033.28");
       }},
      {"subject_ref", [](Signal& s) { C(s).set_subject_ref("RRN85073003328"); }},
      {"risk_factors", [](Signal& s) { C(s).add_risk_factors("85.07.30-033.28"); }},
      {"protective_factors", [](Signal& s) { C(s).add_protective_factors("85.07.30-033.28"); }},
      {"positive_development", [](Signal& s) { C(s).set_positive_development("85073003328"); }},
      {"client_informed_ground",
       [](Signal& s) {
         C(s).set_client_informed(record::v1::CLIENT_INFORMED_DEFERRED);
         C(s).set_client_informed_ground("85073003328");
       }},
      {"secret_unmarked_reason",
       [](Signal& s) { M(s).set_secret_unmarked_reason("zie 85.07.30-033.28"); }},
  };
  for (const auto& [field, put] : everywhere) {
    Signal signal = PersonSignal();
    put(signal);
    EXPECT_EQ(FieldOf(signal, std::string(field) == "secret_unmarked_reason"), field);
  }
}

TEST(SignalCheck, OtherNumbersAreNoRegisterNumbers) {
  for (const char* text :
       {"85073003329", "op 30.07.1985 om 14.30 u", "20 keer in 2025, 3 keer in 2026",
        "0475 12 34 56", "850730033", "123456789012345", "85.07.30-033"}) {
    Signal signal = PersonSignal();
    signal.mutable_content()->mutable_statements(0)->set_text(text);
    EXPECT_EQ(FieldOf(signal), "") << text;
  }
}

TEST(SignalCheck, RecognisableFields) {
  const auto fields = [](void (*change)(Signal&)) {
    Signal signal = PersonSignal();
    change(signal);
    return RecognisableFields(signal.content());
  };
  EXPECT_THAT(fields([](Signal&) {}), IsEmpty());
  EXPECT_THAT(fields([](Signal& s) { C(s).set_place("Dorpsstraat 5"); }), ElementsAre("place"));
  for (const char* text : {"bel 0475 12 34 56", "0475/12.34.56", "jan@example.org",
                           "zie https://example.org", "zie www.example.org", "+32 475 12 34 56"}) {
    Signal signal = PersonSignal();
    signal.mutable_content()->mutable_statements(0)->set_text(text);
    EXPECT_THAT(RecognisableFields(signal.content()), ElementsAre("statements")) << text;
    signal = PersonSignal();
    signal.mutable_content()->add_risk_factors(text);
    signal.mutable_content()->add_protective_factors(text);
    signal.mutable_content()->set_alternative_explanation(text);
    signal.mutable_content()->set_positive_development(text);
    EXPECT_THAT(RecognisableFields(signal.content()),
                ElementsAre("risk_factors", "protective_factors", "alternative_explanation",
                            "positive_development"))
        << text;
  }
  EXPECT_THAT(
      fields([](Signal& s) { C(s).mutable_statements(0)->set_text("3 keer in 2025, 14.30 u"); }),
      IsEmpty());
}

TEST(SignalCheck, TextIsCountedInCharactersAndIsUtf8) {
  using std::string_literals::operator""s;
  EXPECT_TRUE(IsText("", 0, 0));
  EXPECT_FALSE(IsText("", 1, 5));
  EXPECT_TRUE(IsText("abc", 3, 3));
  EXPECT_FALSE(IsText("abcd", 3, 3));
  EXPECT_TRUE(IsText("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 3, 3)) << "two, three and four bytes";
  EXPECT_FALSE(IsText("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 0, 2));
  EXPECT_TRUE(IsText("a\nb", 3, 3));
  for (const std::string& wrong :
       {"\xff"s, "\xc3"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "a\tb"s, "a\rb"s,
        "a\0b"s, "\x1b[31m"s, "\x7f"s, "\xc2\x85"s, "\xc2\x9b"s, "\xe2\x82"s}) {
    EXPECT_FALSE(IsText(wrong, 0, 100)) << testing::PrintToString(wrong);
  }
}

TEST(SignalCheck, CaseReferences) {
  for (const char* good : {"INTAKE", "ABC", "2026-0001", "---", "A1B2C3"}) {
    EXPECT_TRUE(IsCaseRef(good)) << good;
  }
  EXPECT_TRUE(IsCaseRef(std::string(32, 'A')));
  for (const char* wrong : {"", "AB", "abc", "A B", "A_B", "A/B", "\xc3\x89\xc3\x89"}) {
    EXPECT_FALSE(IsCaseRef(wrong)) << wrong;
  }
  EXPECT_FALSE(IsCaseRef(std::string(33, 'A')));
}

// It stood in the subject parts of lists, which no erasure closes.
TEST(SignalCheck, RegisterNumberWasACaseReference) {
  for (const char* wrong :
       {"85073003328", "85-07-30-033-28", "ZAAK-85073003328", "8507-30-03328X"}) {
    EXPECT_FALSE(IsCaseRef(wrong)) << wrong;
  }
  EXPECT_TRUE(IsCaseRef("85073003329")) << "its last two digits are not those of the others";
}

// A random signal that the rules of the form allow.
std::string RandomText(int least, int most) {
  static const std::vector<std::string> letters = {
      "a", "Z", " ", "\n", ".", "-", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "'", "\""};
  const int length = *rc::gen::inRange(least, most + 1);
  std::string text;
  for (int i = 0; i < length; ++i) text += *rc::gen::elementOf(letters);
  return text;
}

Signal RandomSignal() {
  const bool person = *rc::gen::arbitrary<bool>();
  Signal signal = person ? PersonSignal() : PlaceSignal();
  record::v1::SignalContent& content = C(signal);
  content.clear_statements();
  const int statements = *rc::gen::inRange(1, 9);
  for (int i = 0; i < statements; ++i) {
    auto& statement = *content.add_statements();
    statement.set_assertion(static_cast<record::v1::Assertion>(*rc::gen::inRange(1, 4)));
    statement.set_text(RandomText(1, 40));
  }
  content.clear_risk_factors();
  for (int i = *rc::gen::inRange(0, 9); i > 0; --i) content.add_risk_factors(RandomText(1, 20));
  content.set_alternative_explanation(RandomText(0, 30));
  content.set_onlife(static_cast<record::v1::Onlife>(*rc::gen::inRange(1, 5)));
  content.set_channel(static_cast<record::v1::Channel>(*rc::gen::inRange(1, 5)));
  content.set_normative_border(static_cast<record::v1::NormativeBorder>(*rc::gen::inRange(1, 5)));
  content.set_place(RandomText(1, 40));
  if (person) {
    const int band = *rc::gen::inRange(1, 9);
    content.set_age_band(static_cast<record::v1::AgeBand>(band));
    content.set_minor(band >= 2 && band <= 4);
    const int informed = *rc::gen::inRange(1, 4);
    content.set_client_informed(static_cast<record::v1::ClientInformed>(informed));
    if (informed == 3) content.set_client_informed_ground(RandomText(1, 30));
    content.set_client_agrees(static_cast<record::v1::ClientAgrees>(*rc::gen::inRange(1, 4)));
  }
  M(signal).set_tlp(static_cast<record::v1::Tlp>(*rc::gen::inRange(1, 6)));
  return signal;
}

TEST(SignalCheck, GoodSignalsAreTakenAndSurviveSealing) {
  tests::SeededRandom random(1);
  EXPECT_TRUE(rc::check([&] {
    const Signal signal = RandomSignal();
    RC_ASSERT(!CheckSignal(signal, Limits()).has_value());
    crypto::DataKey key;
    random.Fill(key.mutable_span());
    record::v1::StoredRecord row;
    row.set_record_id(std::string(16, 'r'));
    row.set_version(3);
    record::v1::RecordBody body;
    *body.mutable_signal() = signal;
    body.set_recorded_by("jan");
    row.set_sealed(SealBody(key, row, body, random));
    const auto opened = OpenBody(key, row);
    RC_ASSERT(opened.ok());
    RC_ASSERT(opened->SerializeAsString() == body.SerializeAsString());

    // Not as another version, not as another record, not under another key, not changed.
    record::v1::StoredRecord other = row;
    other.set_version(4);
    RC_ASSERT(!OpenBody(key, other).ok());
    other = row;
    other.set_record_id(std::string(16, 's'));
    RC_ASSERT(!OpenBody(key, other).ok());
    other = row;
    const auto at = *rc::gen::inRange<size_t>(0, row.sealed().size());
    other.mutable_sealed()->at(at) ^= 1;
    RC_ASSERT(!OpenBody(key, other).ok());
    crypto::DataKey wrong = key.Clone();
    wrong.mutable_span()[0] ^= 1;
    RC_ASSERT(!OpenBody(wrong, row).ok());
  }));
}

TEST(SignalCheck, ImportRowsMatchOnlyThemselves) {
  tests::SeededRandom random(1);
  crypto::DataKey key;
  random.Fill(key.mutable_span());
  const std::string id(16, 'r'), other(16, 's');
  const std::string sealed = SealImportRow(key, id, "row", random);
  EXPECT_TRUE(MatchesImportRow(key, id, sealed, "row"));
  EXPECT_FALSE(MatchesImportRow(key, id, sealed, "row "));
  EXPECT_FALSE(MatchesImportRow(key, other, sealed, "row"));
  EXPECT_FALSE(MatchesImportRow(key, id, sealed.substr(1), "row"));
  EXPECT_FALSE(MatchesImportRow(key, id, "", "row"));
  EXPECT_NE(sealed, SealImportRow(key, id, "row", random));
}

}  // namespace
}  // namespace sluis::core
