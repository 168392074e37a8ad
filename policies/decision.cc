#include "policies/decision.h"

#include <utility>

namespace sluis::policies {

Because NothingPermits() {
  return {"",
          "dit kan niet omdat geen enkele afspraak het toelaat",
          "this is not possible because no agreement permits it",
          "cela n'est pas possible car aucun accord ne le permet",
          {},
          ""};
}

Decision Refusal(const PackDigests& packs, std::string why) {
  Decision decision;
  decision.outcome = Outcome::kRefused;
  decision.refusal = std::move(why);
  decision.because.push_back({"",
                              "dit kan niet omdat de vraag niet volledig of niet geldig is",
                              "this is not possible because the request is incomplete or invalid",
                              "cela n'est pas possible car la demande est incomplète ou invalide",
                              {},
                              ""});
  decision.packs = packs;
  return decision;
}

Decision RefuseUnlessEnforceable(Decision decision, const ObligationKinds& known) {
  if (decision.outcome != Outcome::kPermit) return decision;
  for (const JoinedObligation& joined : decision.obligations) {
    const ObligationKind kind = KindOf(joined.obligation);
    if (known.Has(kind)) continue;
    return Refusal(decision.packs, "obligation \"" + std::string(ObligationName(kind)) +
                                       "\" cannot be carried out");
  }
  return decision;
}

}  // namespace sluis::policies
