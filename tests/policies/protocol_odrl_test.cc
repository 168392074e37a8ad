// The agreement in ODRL: well formed by the information model, and deciding as the packs do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "policies/evaluate.h"
#include "policies/given_values.h"
#include "policies/protocol_exports.h"
#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr std::string_view kProfile = "urn:sluis:odrl-profile:1";
const char* const kRuleKinds[] = {"permission", "prohibition", "obligation"};

std::string Ours(const std::string& name) { return std::string(kProfile) + ":" + name; }

class ProtocolOdrlTest : public testing::Test {
 protected:
  // Once for all tests, which only ask: with a sanitizer the sum takes seconds.
  static void SetUpTestSuite() {
    auto packs = LoadFiles({kStatutoryPack, kPartnershipPack});
    ASSERT_TRUE(packs.ok()) << packs.status();
    packs_.emplace(*std::move(packs));
    rules_.emplace(*RuleSpace::Of(*packs_));
    flows_.emplace(*DisclosureFlows::Of(*rules_));
  }

  void SetUp() override {
    const ProtocolReading reading = ReadProtocol("p.yaml", ExampleProtocolText());
    ASSERT_TRUE(reading.protocol.has_value());
    odrl_ = Json::parse(ProtocolOdrl(*reading.protocol, *rules_, *flows_));
  }

  std::vector<Json> All() const {
    std::vector<Json> rules;
    for (const char* kind : kRuleKinds) {
      for (const Json& rule : odrl_[kind]) rules.push_back(rule);
    }
    return rules;
  }
  Json RuleOf(const std::string& id) const {
    for (const Json& one : All()) {
      if (one["uid"] == Ours("rule:" + id)) return one;
    }
    return {};
  }

  static inline std::optional<PackSet> packs_;
  static inline std::optional<RuleSpace> rules_;
  static inline std::optional<DisclosureFlows> flows_;
  Json odrl_;
};

void ExpectConstraint(const Json& constraint) {
  const std::set<std::string> operators = {"eq", "isAnyOf", "lteq", "gteq"};
  const std::set<std::string> operands = {"purpose", "dateTime", "elapsedTime"};
  const std::string left = constraint.at("leftOperand");
  EXPECT_TRUE(operands.contains(left) || left.starts_with(Ours("operand:"))) << left;
  EXPECT_TRUE(operators.contains(constraint.at("operator"))) << constraint;
  EXPECT_FALSE(constraint.at("rightOperand").empty()) << constraint;
}

void ExpectConstraints(const Json& rule) {
  for (const Json& constraint : rule.at("constraint")) {
    if (!constraint.contains("or")) {
      ExpectConstraint(constraint);
      continue;
    }
    EXPECT_EQ(constraint["@type"], "LogicalConstraint");
    EXPECT_FALSE(constraint.contains("leftOperand"));
    EXPECT_GE(constraint["or"]["@list"].size(), 2U);
    for (const Json& one : constraint["or"]["@list"]) ExpectConstraint(one);
  }
}

void ExpectDuty(const Json& duty) {
  EXPECT_EQ(duty.at("@type"), "Duty");
  EXPECT_EQ(duty.at("target"), Json::array({"urn:sluis:record"}));
  ASSERT_EQ(duty.at("action").size(), 1U);
  const std::string action = duty["action"][0].at("rdf:value").at("@id");
  EXPECT_TRUE(action == "odrl:delete" || action == "odrl:inform" ||
              action.starts_with(Ours("duty:")))
      << action;
  ExpectConstraint(duty["action"][0].at("refinement").at(0));
}

TEST_F(ProtocolOdrlTest, IsWellFormedByTheInformationModel) {
  EXPECT_EQ(odrl_["@type"], "Agreement");
  EXPECT_EQ(odrl_["uid"], "urn:sluis:protocol:prot-vaartland-2026-01:1");
  EXPECT_EQ(odrl_["profile"], std::string(kProfile));
  EXPECT_EQ(odrl_["conflict"], "prohibit");
  for (const char* role : {"assigner", "assignee"}) {
    const Json& party = odrl_[role];
    ASSERT_TRUE(party.is_object()) << "an agreement has one";
    EXPECT_EQ(party["@type"], "PartyCollection");
    EXPECT_EQ(party["uid"], "urn:sluis:protocol:prot-vaartland-2026-01:1:parties");
    ASSERT_EQ(party["@reverse"]["partOf"].size(), 5U);
    EXPECT_EQ(party["@reverse"]["partOf"][0]["uid"], "spiffe://lindervaart.example");
  }
  std::set<std::string> uids;
  for (const Json& rule : All()) {
    EXPECT_TRUE(uids.insert(rule.at("uid")).second) << rule["uid"];
    EXPECT_FALSE(rule.at("target").empty() || rule.at("action").empty()) << rule["uid"];
    ExpectConstraints(rule);
    for (const Json& duty : rule.value("duty", Json::array())) {
      EXPECT_TRUE(uids.insert(duty.at("uid")).second) << duty["uid"];
      ExpectDuty(duty);
    }
  }
  for (const Json& duty : odrl_["obligation"]) ExpectDuty(duty);
}

// A prohibition that names other assets or actions than the permissions takes nothing away from
// them for whoever compares names.
TEST_F(ProtocolOdrlTest, WhatIsForbiddenIsWhatIsPermitted) {
  std::set<Json> assets;
  std::set<Json> actions;
  for (const Json& permission : odrl_["permission"]) {
    EXPECT_EQ(permission["@type"], "Permission");
    EXPECT_EQ(permission["target"][0], "urn:sluis:record");
    assets.insert(permission["target"].begin(), permission["target"].end());
    actions.insert(permission["action"].begin(), permission["action"].end());
  }
  EXPECT_TRUE(assets.contains("urn:sluis:field:statements"));
  EXPECT_TRUE(actions.contains(Ours("action:share")));
  ASSERT_FALSE(odrl_["prohibition"].empty());
  for (const Json& prohibition : odrl_["prohibition"]) {
    EXPECT_EQ(prohibition["@type"], "Prohibition");
    EXPECT_EQ(std::set<Json>(prohibition["target"].begin(), prohibition["target"].end()), assets);
    for (const Json& action : prohibition["action"]) EXPECT_TRUE(actions.contains(action));
  }
}

TEST_F(ProtocolOdrlTest, SaysWhatTheRulesSay) {
  std::set<std::string> ids;
  for (const Json& rule : All()) {
    const std::string name = std::string(rule["uid"]).substr(Ours("rule:").size());
    ids.insert(name.substr(0, name.find(':')));
  }
  for (const Rule& rule : packs_->rules()) {
    // About acts that no permission of an exchange names.
    const std::set<std::string> unmet = {"F-BEVEL-DOEL",   "F-BEVEL-GEHEIM",      "F-IN-BEWARING",
                                         "F-GEHEIM-LEZEN", "F-GEHEIM-LEZEN-DOEL", "R-BEVEL",
                                         "R-STATISTIEK"};
    bool local = unmet.contains(rule.id);
    for (const ValueTest& test : rule.tests) {
      local = local || (packs_->schema().attributes[test.attribute].name == "side" &&
                        test.values == 1 && !test.none);
    }
    EXPECT_EQ(ids.contains(rule.id), !local) << rule.id;
  }
  const Json help = RuleOf("P-HULP");
  EXPECT_EQ(help["action"], Json::array({Ours("action:refer"), Ours("action:share")}));
  const Json& erase = help["duty"][0]["action"][0];
  EXPECT_EQ(erase["rdf:value"]["@id"], "odrl:delete");
  EXPECT_EQ(erase["refinement"][0]["rightOperand"]["@value"], "P180D");
  EXPECT_THAT(help["constraint"].dump(), HasSubstr("urn:sluis:purpose:doorverwijzing-hulp"));
  // What a test leaves out is not there, what it names is.
  EXPECT_THAT(help["constraint"].dump(), Not(HasSubstr("fenomeen")));
  EXPECT_THAT(help["constraint"].dump(), HasSubstr("gezinscontext"));
  EXPECT_THAT(RuleOf("P-CONTACTPUNT")["constraint"].dump(), HasSubstr("730"));
  const Json cooling = RuleOf("R-BEDENKTIJD:cooling_off");
  EXPECT_EQ(cooling["action"][0]["rdf:value"]["@id"], Ours("duty:cooling_off"));
  EXPECT_EQ(cooling["action"][0]["refinement"][0]["rightOperand"], "cooling_off=PT4H");
  EXPECT_THAT(cooling["constraint"].dump(), HasSubstr(Ours("action:share")));
}

// All constraints of time there are, of one kind.
std::set<std::string> DaysOf(const Json& rule, const std::string& op) {
  std::set<std::string> days;
  for (const Json& constraint : rule.at("constraint")) {
    if (constraint.value("leftOperand", "") != "dateTime" || constraint["operator"] != op) continue;
    days.insert(constraint["rightOperand"]["@value"]);
  }
  return days;
}

// Nothing new is disclosed after the grace, although the text itself ends later.
TEST_F(ProtocolOdrlTest, StopsWhereNewDisclosuresStop) {
  ProtocolReading reading = ReadProtocol("p.yaml", ExampleProtocolText());
  ASSERT_TRUE(reading.protocol.has_value());
  Protocol& protocol = *reading.protocol;
  ASSERT_EQ(protocol.until.text, "2027-08-31");
  const struct {
    int32_t grace_days;
    const char* last;
  } cases[] = {{0, "2027-05-31"}, {60, "2027-07-30"}, {92, "2027-08-31"}, {200, "2027-08-31"}};
  for (const auto& one : cases) {
    protocol.grace_days = one.grace_days;
    odrl_ = Json::parse(ProtocolOdrl(protocol, *rules_, *flows_));
    for (const Json& rule : All()) {
      EXPECT_EQ(DaysOf(rule, "gteq"), std::set<std::string>{"2026-09-01"}) << rule["uid"];
      EXPECT_EQ(DaysOf(rule, "lteq"), std::set<std::string>{one.last}) << rule["uid"];
    }
  }
}

// Who approves is not who the record is about.
TEST_F(ProtocolOdrlTest, AnApprovalIsNoConsent) {
  EXPECT_THAT(odrl_.dump(), Not(HasSubstr("Consent\"")));
  EXPECT_THAT(RuleOf("P-FICHE").dump(), HasSubstr("\"" + Ours("duty:approval") + "\""));
}

TEST_F(ProtocolOdrlTest, EveryTermOfTheProfileIsDocumented) {
  const std::string page = ReadSourceFile("docs/odrl-profile.md");
  EXPECT_THAT(page, HasSubstr(kProfile));
  for (const char* term : {"`action:WORD`", "`operand:ATTRIBUTE`", "`operand:action`",
                           "`operand:terms`", "`rule:ID`", "`property:kind`"}) {
    EXPECT_THAT(page, HasSubstr(term));
  }
  // Two of the kinds are terms of ODRL itself.
  for (size_t i = 0; i < std::variant_size_v<Obligation>; ++i) {
    const std::string name(ObligationName(static_cast<ObligationKind>(i)));
    const std::string term = name == "retention" ? "odrl:delete"
                             : name == "notify"  ? "odrl:inform"
                                                 : "`duty:" + name + "`";
    EXPECT_THAT(page, HasSubstr(term));
  }
  const std::string text = odrl_.dump();
  const std::set<std::string> known = {"operand", "action", "duty", "rule", "property"};
  for (size_t at = text.find(kProfile); at != std::string::npos; at = text.find(kProfile, at + 1)) {
    const std::string rest = text.substr(at + kProfile.size(), 20);
    if (rest.starts_with("\"")) continue;
    EXPECT_TRUE(known.contains(rest.substr(1, rest.find(':', 1) - 1))) << rest;
  }
}

// A reader that knows nothing but the agreement: names are compared, constraints are evaluated.
class Reader {
 public:
  Reader(const Json& odrl, std::map<std::string, std::string> values, std::string action)
      : odrl_(odrl), values_(std::move(values)), action_(std::move(action)) {}

  bool Permits(const std::string& asset) const {
    return Any("permission", asset) && !Any("prohibition", asset);
  }

 private:
  bool Any(const char* kind, const std::string& asset) const {
    return std::any_of(odrl_[kind].begin(), odrl_[kind].end(), [&](const Json& rule) {
      const auto has = [](const Json& list, const std::string& one) {
        return std::find(list.begin(), list.end(), one) != list.end();
      };
      return has(rule["target"], asset) && has(rule["action"], action_) &&
             std::all_of(rule["constraint"].begin(), rule["constraint"].end(),
                         [this](const Json& one) { return Holds(one); });
    });
  }
  bool Holds(const Json& constraint) const {
    if (constraint.contains("or")) {
      const Json& list = constraint["or"]["@list"];
      return std::any_of(list.begin(), list.end(), [this](const Json& one) { return Holds(one); });
    }
    const std::string left = constraint["leftOperand"];
    if (left == "dateTime") return true;
    const std::string& value = values_.at(left);
    const Json& right = constraint["rightOperand"];
    if (constraint["operator"] == "eq") return right == value;
    if (constraint["operator"] == "isAnyOf") {
      return std::find(right.begin(), right.end(), value) != right.end();
    }
    if (value == kNoneWord) return false;
    return constraint["operator"] == "gteq" ? std::stoi(value) >= right.get<int>()
                                            : std::stoi(value) <= right.get<int>();
  }

  const Json& odrl_;
  std::map<std::string, std::string> values_;
  std::string action_;
};

TEST_F(ProtocolOdrlTest, DecidesAsThePacksDo) {
  const Schema& schema = packs_->schema();
  const auto flows = flows_->Between({{"municipality", "welfare"},
                                      {"welfare", "municipality"},
                                      {"municipality", "police-zone"},
                                      {"police-zone", "municipality"}});
  ASSERT_TRUE(flows.ok());
  std::mt19937 random(20260901);
  const auto below = [&](int32_t limit) {
    return std::uniform_int_distribution<int32_t>(0, limit - 1)(random);
  };
  int permitted = 0;
  int denied = 0;
  for (int round = 0; round < 4000; ++round) {
    // A request that is permitted, with up to three of its values drawn anew.
    GivenValues values;
    const Flow& flow = (*flows)[static_cast<size_t>(below(static_cast<int32_t>(flows->size())))];
    std::istringstream pairs(flow.example);
    for (std::string pair; std::getline(pairs >> std::ws, pair, ',');) {
      const size_t equals = pair.find('=');
      const auto id = packs_->FindAttribute(pair.substr(0, equals));
      if (schema.attributes[*id].derivation) continue;
      values[*id] = *packs_->FindValue(*id, pair.substr(equals + 1));
    }
    for (int change = below(4); change > 0; --change) {
      const auto id =
          static_cast<AttributeId>(below(static_cast<int32_t>(schema.attributes.size())));
      const Attribute& attribute = schema.attributes[id];
      if (attribute.derivation || attribute.name == "side") continue;
      const int32_t none = attribute.optional ? below(4) : 1;
      values[id] = none == 0 ? kNone
                   : attribute.type == ValueType::kInteger
                       ? attribute.minimum + below(attribute.maximum - attribute.minimum + 1)
                   : attribute.type == ValueType::kBool
                       ? below(2)
                       : below(static_cast<int32_t>(
                             schema.vocabularies[attribute.vocabulary].values.size()));
    }
    const Request request = RequestFrom(*packs_, values);
    const Decision decision = Decide(*packs_, request);
    if (decision.outcome == Outcome::kRefused) continue;
    std::map<std::string, std::string> words;
    std::string action;
    for (size_t i = 0; i < schema.attributes.size(); ++i) {
      const Attribute& attribute = schema.attributes[i];
      const ValueId value = request.values()[i];
      const std::string word =
          value == kNone ? std::string(kNoneWord) : schema.ValueName(attribute, value);
      if (attribute.name == "action") action = Ours("action:" + word);
      if (attribute.name == "purpose") words["purpose"] = "urn:sluis:purpose:" + word;
      words[Ours("operand:" + attribute.name)] = word;
    }
    const Reader reader(odrl_, words, action);
    const bool permits = decision.outcome == Outcome::kPermit;
    ASSERT_EQ(reader.Permits("urn:sluis:record"), permits) << flow.example << " " << action;
    ++(permits ? permitted : denied);
    for (const GrantedField& field : decision.granted) {
      EXPECT_TRUE(reader.Permits("urn:sluis:field:" + field.name)) << field.name;
    }
    for (const Field& field : schema.fields) {
      const bool granted =
          std::any_of(decision.granted.begin(), decision.granted.end(),
                      [&](const GrantedField& one) { return one.name == field.name; }) ||
          std::find(decision.removed.begin(), decision.removed.end(), field.name) !=
              decision.removed.end();
      EXPECT_EQ(reader.Permits("urn:sluis:field:" + field.name), granted) << field.name;
    }
  }
  EXPECT_GT(permitted, 500);
  EXPECT_GT(denied, 500);
}

}  // namespace
}  // namespace sluis::policies
