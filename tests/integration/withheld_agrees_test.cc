// What replay says that a node had to refuse is what the node refuses: each obligation on each act.
#include <gtest/gtest.h>

#include "client/lib/withheld.h"
#include "server/core/carried_out.h"
#include "server/core/release_question.h"

namespace sluis::tests {
namespace {

using client::Withheld;
using client::WithheldBy;
using policies::Obligation;

std::vector<Obligation> Obligations() {
  policies::Onward none, consent, limited;
  none.none = true;
  consent.originator_consent = true;
  limited.tlp_max_rank = 1;
  limited.tlp_max = "green";
  return {policies::FieldTreatments{},
          policies::Retention{30},
          policies::KAnonymity{10, {"quarter"}},
          policies::Approval{{{{"burgemeester"}, 1}}},
          none,
          consent,
          limited,
          policies::NoEvidence{},
          policies::Notify{{{"contributor", 14}}},
          policies::Notify{{{"subject", 30}}},
          policies::Notify{{{"police", 30}}},
          policies::Notify{{{"contributor", 14}, {"subject", 30}}},
          policies::CoolingOff{4},
          policies::LogDepth{}};
}

policies::Decision Permit(const Obligation& obligation) {
  policies::Decision decision;
  decision.outcome = policies::Outcome::kPermit;
  decision.obligations.push_back({obligation, {"P-X"}});
  return decision;
}

Withheld Said(const Obligation& obligation, const std::map<std::string, std::string>& values) {
  return WithheldBy(Permit(obligation),
                    [&values](std::string_view name) -> std::optional<std::string> {
                      const auto found = values.find(std::string(name));
                      if (found == values.end()) return std::nullopt;
                      return found->second;
                    });
}

TEST(WithheldAgrees, OnTheOwnNode) {
  for (const char* action : {"record", "import", "amend", "read", "list", "withdraw", "erase",
                             "hold", "compel", "audit", "share", "match"}) {
    for (const Obligation& obligation : Obligations()) {
      const Withheld expected =
          core::CarriedOutHere(action, obligation) ? Withheld::kNo : Withheld::kYes;
      EXPECT_EQ(Said(obligation, {{"side", "local"},
                                  {"action", action},
                                  {"record.held", "false"},
                                  {"record.age_days", "0"}}),
                expected)
          << action << " " << policies::ObligationText(obligation);
    }
  }
}

// What no record and no terms could change is said outright; what they decide, perhaps.
TEST(WithheldAgrees, WhereItLeaves) {
  record::v1::Signal place, person, told;
  place.mutable_content()->set_subject_kind(record::v1::SUBJECT_KIND_PLACE);
  person.mutable_content()->set_subject_kind(record::v1::SUBJECT_KIND_PERSON);
  told = person;
  told.mutable_content()->set_client_informed(record::v1::CLIENT_INFORMED_YES);
  const auto carried_out = [](const record::v1::Signal& signal, const Obligation& obligation) {
    return core::CarriedOutAtRelease(obligation, {.record = {.signal = &signal}});
  };
  for (const Obligation& obligation : Obligations()) {
    const std::string text = policies::ObligationText(obligation);
    const bool of_person = carried_out(person, obligation);
    const bool of_told = carried_out(told, obligation);
    const std::map<std::string, std::string> values = {{"side", "release"}, {"action", "share"}};
    auto with = values;
    with["record.subject_kind"] = "person";
    EXPECT_EQ(Said(obligation, with), of_person != of_told ? Withheld::kPerhaps
                                      : of_person          ? Withheld::kNo
                                                           : Withheld::kYes)
        << text;
    with["record.subject_kind"] = "place";
    EXPECT_EQ(Said(obligation, with),
              carried_out(place, obligation) ? Withheld::kNo : Withheld::kYes)
        << text;
  }
}

TEST(WithheldAgrees, WhereItIsTaken) {
  peer::v1::Terms silent, telling;
  telling.mutable_conditions()->add_obligations("notify=contributor:P14D");
  for (const Obligation& obligation : Obligations()) {
    const bool without = core::CarriedOutAtAcceptance(obligation, {.terms = &silent});
    const bool with = core::CarriedOutAtAcceptance(obligation, {.terms = &telling});
    EXPECT_EQ(Said(obligation, {{"side", "accept"}, {"action", "share"}}), without != with
                                                                               ? Withheld::kPerhaps
                                                                           : with ? Withheld::kNo
                                                                                  : Withheld::kYes)
        << policies::ObligationText(obligation);
  }
}

}  // namespace
}  // namespace sluis::tests
