// Each text is wrong in one place, marked with @@ just before it. The refusal must name exactly
// that line and column, the offending word and, where there is one, the nearest valid word.
#include <gtest/gtest.h>

#include <string>

#include "tests/policies/small_packs.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

struct WrongPack {
  const char* name;
  std::string text;
  const char* message;
};

void PrintTo(const WrongPack& wrong, std::ostream* out) { *out << wrong.name; }

constexpr std::string_view kMark = "@@";

// A pack with this header line in place of the good one.
std::string Header(std::string_view header) { return "sluis: 1\n" + std::string(header) + "\n"; }

std::string Rule(std::string_view rest) {
  return SmallPack("rules:\n  - " + std::string(rest) + "\n");
}

std::string Permit(std::string_view rest) {
  return Rule("{id: P-X, effect: permit, grants: [], because: {nl: x}, " + std::string(rest) + "}");
}

std::string Require(std::string_view obligations) {
  return Rule("{id: R-X, effect: require, because: {nl: x}, obligations: " +
              std::string(obligations) + "}");
}

std::string Vocabulary(std::string_view line) {
  return "sluis: 1\npack: {id: small, layer: statutory, version: 1, valid: {from: 2026-01-01, "
         "until: 2026-12-31}}\nvocab:\n  " +
         std::string(line) + "\n";
}

std::string Attribute(std::string_view line) {
  return Vocabulary(
      "role: {values: {cook: {mode: calm}, drummer: }}\n  mode: [calm]\nattributes:\n"
      "  role: {type: role, source: mandate}\n  " +
      std::string(line));
}

std::string Invariant(std::string_view rest) {
  return SmallPack(
      "rules: [{id: P-X, effect: permit, grants: [text], because: {nl: x}}]\ninvariants:\n  - " +
      std::string(rest) + "\n");
}

std::string PackTest(std::string_view rest) {
  return SmallPack(
      "rules: [{id: P-X, effect: permit, when: {secret: false}, grants: [text, place], "
      "obligations: {retention: P9D, fields: {place: {generalise: town}}}, because: {nl: x}}]\n"
      "base: {colour: red, secret: false, days: 1, role: cook}\ntests:\n  - " +
      std::string(rest) + "\n");
}

std::vector<WrongPack> WrongPacks() {
  return {
      // YAML.
      {"Empty", "@@", "the file is empty"},
      {"Anchor", Header("pack: @@&a {id: x}"), "an anchor is not allowed"},
      {"Alias", SmallPack("rules: @@*a"), "not valid YAML"},
      {"Tag", Header("pack: @@!!str x"), "a tag is not allowed"},
      {"MergeKey", Header("pack: {@@<<: {a: b}}"), "a merge key is not allowed"},
      {"RepeatedKey", "sluis: 1\n@@sluis: 1\n", "already given: \"sluis\""},
      {"NotUtf8", "sluis: 1\npack: @@\xff\n", "not plain UTF-8"},
      {"ControlCharacter", "sluis: @@\x01\n", "not plain UTF-8"},
      {"TwoDocuments", "@@sluis: 1\n---\nsluis: 1\n", "more than one document"},
      {"KeyNotAWord", "? @@[a]\n: b\n", "a key must be a single word"},
      {"LongText", "sluis: @@" + std::string(1001, 'x'), "longer than 1000 bytes"},
      {"TooDeep", "[[[[[[[[[[[[@@[1]]]]]]]]]]]]]", "deeper than 12"},
      // Header.
      {"NotAMapping", "@@- a\n", "must be a mapping"},
      {"UnknownSection", SmallPack("@@ruls: []"), "\"ruls\" (nearest: \"rules\")"},
      {"LanguageVersion", "sluis: @@2\n", "not a whole number from 1 to 1: \"2\""},
      {"MissingHeader", "@@sluis: 1\n", "the key \"pack\" is missing"},
      {"UnknownHeaderKey", Header("pack: {@@ids: x}"), "\"ids\" (nearest: \"id\")"},
      {"BadId", Header("pack: {id: @@Small Pack}"), "must start with a-z"},
      {"UnknownLayer", Header("pack: {id: a, layer: @@statutary}"),
       "\"statutary\" (nearest: \"statutory\")"},
      {"BadVersion", Header("pack: {id: a, layer: node, version: @@01}"), "not a whole number"},
      {"StatutoryExtends",
       Header("pack: {id: a, layer: statutory, version: 1, extends: [{id: @@b, version: 1}]}"),
       "extends nothing: \"b\""},
      {"NoSuchDay",
       Header("pack: {id: a, layer: node, version: 1, valid: {from: @@2026-02-30, until: "
              "2026-12-31}}"),
       "not an existing day"},
      {"DaysReversed",
       Header("pack: {id: a, layer: node, version: 1, valid: {from: 2026-02-02, until: "
              "@@2026-02-01}}"),
       "lies before the first"},
      // Declarations.
      {"ReservedValue", Vocabulary("colour: [red, @@none]"), "meaning of its own"},
      {"RepeatedValue", Vocabulary("colour: [red, @@red]"), "already named: \"red\""},
      {"BadValueName", Vocabulary("colour: [@@Red]"), "must start with a-z"},
      {"EmptyVocabulary", Vocabulary("colour: @@[]"), "at least one word"},
      {"VocabularyKey", Vocabulary("colour: {@@value: [red]}"), "\"value\" (nearest: \"values\")"},
      {"CitationDays",
       Vocabulary("basis: {values: {law: {citations: [{cite: x, from: 2026-01-02, "
                  "until: @@2026-01-01}]}}}"),
       "lies before the first"},
      {"UnknownType", Attribute("shape: {type: @@rol, source: node}"),
       "\"rol\" (nearest: \"role\")"},
      {"UnknownSource", Attribute("shape: {type: bool, source: @@legder}"),
       "\"legder\" (nearest: \"ledger\")"},
      {"SourceSideMissing", Attribute("shape: {type: bool, source: @@{local: node}}"),
       "the key \"release\" is missing"},
      {"NoSource", Attribute("shape: @@{type: bool}"), "the key \"source\" is missing"},
      {"IntegerRange", Attribute("shape: {type: {int: [5, @@4]}, source: node}"),
       "not a whole number from 5"},
      {"RepeatedAttribute",
       Attribute("m: {type: mode, source: node}\n  n: {type: bool, source: "
                 "node, optional: @@maybe}"),
       "not true or false: \"maybe\""},
      {"DerivedFromUnknown",
       Attribute("m: {type: mode, source: node, derived: {from: @@rol, property: mode}}"),
       "\"rol\" (nearest: \"role\")"},
      {"DerivedPropertyMissing",
       Attribute("m: {type: mode, source: node, derived: {from: role, property: @@mode}}"),
       "value \"drummer\" does not declare exactly one known value"},
      {"RepeatedField", Vocabulary("a: [b]\nfields: [text, @@text]"), "already declared: \"text\""},
      // Rules.
      {"UnknownEffect", Rule("{id: F-X, effect: @@forbit}"), "\"forbit\" (nearest: \"forbid\")"},
      {"NoEffect", Rule("@@{id: F-X}"), "the key \"effect\" is missing"},
      {"UnknownRuleKey", Rule("{id: F-X, effect: forbid, @@wen: {}}"),
       "\"wen\" (nearest: \"when\")"},
      {"BadRuleId", Rule("{id: @@f-x, effect: forbid}"), "must start with A-Z"},
      {"RepeatedRuleId",
       Rule("{id: F-X, effect: forbid, because: {nl: x}}\n  - {id: @@F-X, effect: forbid, because: "
            "{nl: x}}"),
       "already used: \"F-X\""},
      {"NoBecause", Rule("@@{id: F-X, effect: forbid}"), "the key \"because\" is missing"},
      {"NoDutch", Rule("{id: F-X, effect: forbid, because: @@{en: x}}"),
       "the key \"nl\" is missing"},
      {"UnknownAttribute", Permit("when: {@@color: red}"), "\"color\" (nearest: \"colour\")"},
      {"UnknownValue", Permit("when: {colour: @@gren}"), "\"gren\" (nearest: \"green\")"},
      {"NoneNotOptional", Permit("when: {role: @@none}"), "not a value of attribute role"},
      {"TestedTwice", Permit("who: {role: cook}, when: {@@role: drummer}"), "already tested"},
      {"NothingPasses", Permit("when: {colour: {not_in: @@[red, green, blue]}}"),
       "nothing is left"},
      {"EmptyTest", Permit("when: {colour: @@[]}"), "at least one word"},
      {"RangeOfWords", Permit("when: {colour: @@{min: 1}}"), "only a whole number"},
      {"RangeReversed", Permit("when: {days: {min: 5, max: @@4}}"), "not a whole number from 5"},
      {"RangeOutside", Permit("when: {days: {max: @@101}}"), "not a whole number from 0 to 100"},
      {"IntegerList", Permit("when: {days: [@@1, 2]}"), "one value or min and max"},
      {"UnknownTestKey", Permit("when: {colour: {@@notin: [red]}}"), "(nearest: \"not_in\")"},
      {"UnknownField", Rule("{id: P-X, effect: permit, grants: [@@txt], because: {nl: x}}"),
       "\"txt\" (nearest: \"text\")"},
      {"ForbidGrants", Rule("{id: F-X, effect: forbid, grants: @@[text], because: {nl: x}}"),
       "only a permit grants"},
      {"RequireGrants",
       Rule("{id: R-X, effect: require, obligations: {}, grants: @@[], because: {nl: x}}"),
       "only a permit grants"},
      {"ForbidObliges",
       Rule("{id: F-X, effect: forbid, obligations: @@{log: full}, because: {nl: x}}"),
       "a forbid has no obligations"},
      {"RequireNothing", Rule("@@{id: R-X, effect: require, because: {nl: x}}"),
       "the key \"obligations\" is missing"},
      // Obligations.
      {"UnknownObligation", Require("{@@retain: P9D}"), "unknown key in obligations: \"retain\""},
      {"BadDays", Require("{retention: @@90}"), "not a number of days"},
      {"BadDelay", Require("{cooling_off: @@PT0H}"), "not a delay"},
      {"UnknownStep", Require("{fields: {place: {generalise: @@twon}}}"),
       "\"twon\" (nearest: \"town\")"},
      {"UnknownTreatment", Require("{fields: {place: @@removed}}"), "(nearest: \"remove\")"},
      {"UnknownTreatedField", Require("{fields: {@@plaice: remove}}"), "(nearest: \"place\")"},
      {"SmallK", Require("{k_anonymity: {k: @@1, over: quarter}}"), "from 2 to 1000"},
      {"UnknownApprover", Require("{approval: {role: @@kook, count: 1}}"), "(nearest: \"cook\")"},
      {"UnknownLabel", Require("{onward: {tlp_max: @@gren}}"), "(nearest: \"green\")"},
      {"UnknownParty", Require("{notify: {@@contributer: P1D}}"), "(nearest: \"contributor\")"},
      {"NoEvidenceFalse", Require("{no_evidence: @@false}"), "can only be true"},
      {"UnknownLogDepth", Require("{log: @@ful}"), "(nearest: \"full\")"},
      // Invariants.
      {"InvariantBroken", Invariant("{id: @@I-X, never: {field: text, where: {secret: true}}}"),
       "permit P-X breaks it for colour=red, secret=true"},
      {"AlwaysBroken", Invariant("{id: @@I-X, always: {obligation: log}}"), "permit P-X breaks it"},
      {"InvariantEmpty", Invariant("@@{id: I-X}"), "either never or always"},
      {"InvariantBoth", Invariant("{id: I-X, never: @@{field: text, decision: permit}}"),
       "a field, a decision or an approver"},
      {"InvariantDecision", Invariant("{id: I-X, never: {decision: @@deny}}"), "\"deny\""},
      {"InvariantField", Invariant("{id: I-X, never: {field: @@txt}}"), "(nearest: \"text\")"},
      {"InvariantObligation", Invariant("{id: I-X, always: {obligation: @@lgo}}"),
       "(nearest: \"log\")"},
      // Tests.
      {"TestOutcome", PackTest("{name: t, given: base, expect: {decision: @@deny}}"),
       "test \"t\": expected deny, got permit by [P-X]"},
      {"TestRules", PackTest("{name: t, given: base, expect: {decision: permit, rules: @@[]}}"),
       "expected rules [], got [P-X]"},
      {"TestGranted",
       PackTest("{name: t, given: base, expect: {decision: permit, granted: @@[text]}}"),
       "expected granted [text], got [place, text]"},
      {"TestRemoved",
       PackTest("{name: t, given: base, expect: {decision: permit, removed: @@[text]}}"),
       "expected removed [text], got []"},
      {"TestGeneralised",
       PackTest(
           "{name: t, given: base, expect: {decision: permit, generalised: {@@place: street}}}"),
       "expected place as street, got \"town\""},
      {"TestRetention",
       PackTest("{name: t, given: base, expect: {decision: permit, retention: @@P8D}}"),
       "expected P8D, got P9D"},
      {"TestObligations",
       PackTest("{name: t, given: base, expect: {decision: permit, obligations: @@[log]}}"),
       "expected obligations [log], got [fields, fields=place:generalise=town, retention, "
       "retention=P9D]"},
      {"TestRefused", SmallPack("tests:\n  - {name: t, given: base, expect: {decision: @@deny}}\n"),
       "got refused by [] (attribute \"colour\" is missing)"},
      {"TestValue", PackTest("{name: t, given: base, with: {colour: @@rde}, expect: {}}"),
       "not a value of attribute colour: \"rde\""},
      {"TestGiven", PackTest("{name: t, given: @@bse, expect: {}}"), "only be given the base"},
  };
}

class WrongPackTest : public ::testing::TestWithParam<WrongPack> {};

TEST_P(WrongPackTest, IsRefusedAtItsPlace) {
  std::string text = GetParam().text;
  const std::size_t mark = text.find(kMark);
  ASSERT_NE(mark, std::string::npos);
  ASSERT_EQ(text.find(kMark, mark + 1), std::string::npos);
  text.erase(mark, kMark.size());
  const std::string before = text.substr(0, mark);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string place =
      "wrong.yaml:" + std::to_string(line) + ":" + std::to_string(mark - line_start + 1) + ": ";

  const absl::StatusOr<PackSet> packs = LoadTexts({{"wrong.yaml", text}});
  ASSERT_FALSE(packs.ok());
  EXPECT_EQ(packs.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message(packs.status().message());
  EXPECT_EQ(message.substr(0, place.size()), place) << message;
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(Table, WrongPackTest, ::testing::ValuesIn(WrongPacks()),
                         [](const auto& wrong) { return std::string(wrong.param.name); });

// What the texts above are built from is right.
TEST(WrongPackBase, IsRight) {
  for (const std::string& text :
       {SmallPack(""), Permit("when: {colour: red}"), Require("{retention: P9D}"),
        Invariant("{id: I-X, never: {field: place}}"),
        PackTest("{name: t, given: base, expect: {decision: permit, rules: [P-X], includes: [P-X], "
                 "granted: [text, place], removed: [], generalised: {place: town}, retention: P9D, "
                 "obligations: [retention]}}")}) {
    const auto packs = LoadTexts({{"right.yaml", text}});
    EXPECT_TRUE(packs.ok()) << packs.status() << "\n" << text;
  }
}

std::string LoadError(std::initializer_list<std::pair<std::string_view, std::string>> files) {
  const auto packs = LoadTexts(files);
  return packs.ok() ? "ok" : std::string(packs.status().message());
}

TEST(WrongLayers, ANodeOnlyNarrows) {
  const std::string permit = LowerPack(
      "node", "small", "rules:\n  - {id: P-N, effect: permit, grants: [text], because: {nl: x}}\n");
  EXPECT_EQ(LoadError({{"small.yaml", SmallPack("")}, {"node.yaml", permit}}),
            "node.yaml:4:23: a node pack may only forbid or require: \"permit\"");
  for (const char* section : {"vocab: {}", "attributes: {}", "fields: []"}) {
    const std::string error = LoadError(
        {{"small.yaml", SmallPack("")}, {"node.yaml", LowerPack("node", "small", section)}});
    EXPECT_EQ(error.substr(0, 37), "node.yaml:3:1: unknown key in a node ") << error;
  }
}

TEST(WrongLayers, OnePerLayerInOrder) {
  const std::string statutory = SmallPack("");
  const std::string partnership = LowerPack("partnership", "small", "");
  const std::string node = LowerPack("node", "partnership", "");
  const std::string early_node = LowerPack("node", "small", "");
  EXPECT_EQ(LoadError({{"s", statutory}, {"p", partnership}, {"n", node}}), "ok");
  EXPECT_EQ(LoadError({{"s", statutory}, {"n", early_node}}), "ok");
  EXPECT_NE(LoadError({}).find("give one statutory pack first"), std::string::npos);
  EXPECT_NE(LoadError({{"p", partnership}}).find("give one statutory pack first"),
            std::string::npos);
  EXPECT_NE(LoadError({{"s", statutory}, {"s2", statutory}}).find("s2:2:7: packs: one per layer"),
            std::string::npos);
  EXPECT_NE(LoadError({{"s", statutory}, {"n", node}}).find("n:2:58: version 1 of this pack"),
            std::string::npos)
      << LoadError({{"s", statutory}, {"n", node}});
}

TEST(WrongLayers, OnlyOpenVocabulariesGrow) {
  EXPECT_EQ(LoadError({{"s", SmallPack("")},
                       {"p", LowerPack("partnership", "small", "vocab: {colour: [pink]}\n")}}),
            "p:3:9: this vocabulary is closed by a higher layer: \"colour\"");
  EXPECT_EQ(
      LoadError({{"s", SmallPack("")},
                 {"p", LowerPack("partnership", "small", "vocab: {role: {values: [cook]}}\n")}}),
      "p:3:25: this value is already declared: \"cook\"");
}

TEST(WrongLayers, ABasisMustBeInForce) {
  const auto with = [](std::string_view citations, std::string_view why,
                       std::string_view optional = "") {
    return LoadError(
        {{"s", SmallPack("")},
         {"p", LowerPack("partnership", "small",
                         "vocab: {basis: {values: {law: {citations: " + std::string(citations) +
                             "}}}}\nattributes: {basis: {type: basis, source: caller" +
                             std::string(optional) + "}}\nrules:\n  - {id: P-X, effect: permit, " +
                             std::string(why) + "grants: [], because: {nl: x}}\n")}});
  };
  EXPECT_EQ(with("[{cite: a}]", "why: {basis: law}, "), "ok");
  EXPECT_EQ(
      with("[{cite: a, until: 2026-06-30}, {cite: b, from: 2026-07-01}]", "why: {basis: law}, "),
      "ok");
  EXPECT_EQ(
      with("[{cite: a, until: 2026-06-30}, {cite: b, from: 2026-07-02}]", "why: {basis: law}, "),
      "p:6:5: legal basis \"law\" is not in force on every day of this pack");
  EXPECT_EQ(with("[]", "why: {basis: law}, "),
            "p:6:5: legal basis \"law\" is not in force on every day of this pack");
  EXPECT_EQ(with("[{cite: a}]", "why: {basis: [law, none]}, ", ", optional: true"),
            "p:6:5: a permit cannot rest on no legal basis: take none out of its test of basis");
  EXPECT_EQ(with("[{cite: a}]", "why: {basis: {not_in: [none]}}, ", ", optional: true"), "ok");
  EXPECT_EQ(with("[{cite: a}]", ""),
            "p:6:5: this permit names no legal basis: test basis under why");
}

TEST(WrongLayers, ACitationIsAWordOfBasisOrNorm) {
  const auto citing = [](std::string_view cite) {
    return LoadError(
        {{"s", SmallPack("")},
         {"p", LowerPack("partnership", "small",
                         "vocab: {basis: {values: {law: {citations: [{cite: a}]}}}, norm: {values: "
                         "{ruling: {citations: [{cite: b}]}}}}\nrules:\n  - {id: F-X, effect: "
                         "forbid, because: {nl: x, cite: " +
                             std::string(cite) + "}}\n")}});
  };
  EXPECT_EQ(citing("[law, ruling]"), "ok");
  EXPECT_EQ(citing("ruling"), "ok");
  EXPECT_EQ(citing("\"protocol, art. 4\""), "ok");
  const std::string unknown = "p:5:54: not a word of basis or norm that can be cited: ";
  EXPECT_EQ(citing("rulin"), unknown + "\"rulin\" (nearest: \"ruling\")");
  EXPECT_EQ(citing("[lawe]"),
            "p:5:55: not a word of basis or norm that can be cited: \"lawe\" "
            "(nearest: \"law\")");
  EXPECT_EQ(citing("[law, law]"), "p:5:60: this word is already named: \"law\"");
  EXPECT_EQ(citing("[]"), "p:5:54: cite must name at least one word");
}

// A statutory pack with bases of which one waits, and a partnership that says this of them.
std::string Adding(const std::string& values) {
  const std::string upper =
      "sluis: 1\npack: {id: law, layer: statutory, version: 1, valid: {from: 2026-01-01, until: "
      "2026-12-31}}\nvocab:\n  lifted: [nothing, all]\n  basis: {open: true, values: {law: {lifts: "
      "all, citations: [{cite: a}]}, waiting: {lifts: all, citations: []}}}\nattributes:\n  basis: "
      "{type: basis, source: caller}\n  basis.lifts: {type: lifted, source: caller, derived: "
      "{from: "
      "basis, property: lifts}}\nfields: [text]\n";
  const std::string permit =
      "rules: [{id: P-W, effect: permit, why: {basis: waiting}, grants: [text], because: {nl: "
      "x}}]\n";
  return LoadError({{"s", upper},
                    {"p", LowerPack("partnership", "law",
                                    "vocab: {basis: {values: {" + values + "}}}\n" + permit)}});
}

TEST(WrongPack, ABasisThatLiftsIsOfTheStatutoryLayer) {
  EXPECT_EQ(Adding("own: {lifts: all, citations: [{cite: b}]}"),
            "p:3:39: only the statutory layer says that a legal basis lifts professional secrecy: "
            "say \"lifts: nothing\" here, or rest on a basis of that layer: \"all\"");
  EXPECT_EQ(Adding("own: {lifts: nothing, citations: [{cite: b}]}"),
            "p:4:9: legal basis \"waiting\" is not in force on every day of this pack");
}

TEST(WrongPack, ABasisThatWaitsIsGivenItsTextAndNothingElse) {
  EXPECT_EQ(Adding("waiting: {citations: [{cite: b}]}"), "ok");
  EXPECT_EQ(Adding("waiting: {citations: [{cite: b, until: 2026-12-30}]}"),
            "p:4:9: legal basis \"waiting\" is not in force on every day of this pack");
  EXPECT_EQ(Adding("waiting: {lifts: nothing, citations: [{cite: b}]}"),
            "p:3:36: unknown key in a value that waits for its text: \"lifts\"");
  EXPECT_EQ(Adding("law: {citations: [{cite: b}]}"),
            "p:3:26: this value is already declared: \"law\"");
}

TEST(WrongPack, ANormSaysSomething) {
  const auto norm = [](const std::string& value) {
    return LoadError({{"p",
                       "sluis: 1\npack: {id: p, layer: statutory, version: 1, valid: {from: "
                       "2026-01-01, until: 2026-12-31}}\nvocab: {norm: {values: {ruling: " +
                           value + "}}}\nattributes: {a: {type: bool, source: node}}\n"}});
  };
  EXPECT_EQ(norm("{citations: [{cite: a}]}"), "ok");
  EXPECT_EQ(norm("{citations: []}"),
            "p:3:25: a norm needs at least one citation, this one has none: \"ruling\"");
  EXPECT_EQ(norm("{}"),
            "p:3:25: a norm needs at least one citation, this one has none: \"ruling\"");
}

TEST(Bounds, AreRefused) {
  EXPECT_NE(LoadError({{"big", std::string(kPackBounds.kibibytes * 1024 + 1, '#')}})
                .find("larger than 4096 KiB"),
            std::string::npos);
  std::string many_values = "[";
  for (std::size_t i = 0; i < kPackBounds.nodes + 1; ++i) many_values += "a,";
  EXPECT_NE(LoadError({{"many", many_values + "a]"}}).find("more than 400000 values"),
            std::string::npos);
  std::string many_keys;
  for (std::size_t i = 0; i <= kMaxYamlEntries; ++i) many_keys += "k" + std::to_string(i) + ": a\n";
  EXPECT_NE(LoadError({{"keys", many_keys}}).find("more than 1000 keys"), std::string::npos);
  // Deeper than the parser below us allows.
  EXPECT_NE(LoadError({{"deep", std::string(100'000, '[')}}), "ok");

  std::string values = "x0";
  for (int i = 1; i < 60; ++i) values += ", x" + std::to_string(i);
  EXPECT_EQ(LoadError({{"v", Vocabulary("colour: [" + values + "]")}}), "ok");
  EXPECT_NE(LoadError({{"v", Vocabulary("colour: [" + values + ", y]")}}).find("at most 60 values"),
            std::string::npos);

  std::string attributes;
  for (int i = 0; i < 60; ++i) {
    attributes += "\n  a" + std::to_string(i) + ": {type: bool, source: node}";
  }
  EXPECT_EQ(LoadError({{"a", Vocabulary("c: [d]\nattributes:" + attributes)}}), "ok");
  EXPECT_NE(LoadError({{"a", Vocabulary("c: [d]\nattributes:" + attributes +
                                        "\n  b: {type: bool, source: node}")}})
                .find("at most 60 attributes"),
            std::string::npos);

  std::string rules = "rules:\n";
  for (int i = 0; i <= 10'000; ++i) {
    rules += "- {id: F-" + std::to_string(i) + ", effect: forbid, because: {nl: x}}\n";
  }
  EXPECT_NE(LoadError({{"r", SmallPack(rules)}}).find("rules holds more than 10000 items"),
            std::string::npos);
}

}  // namespace
}  // namespace sluis::policies
