#ifndef SLUIS_SERVER_CORE_FACTS_H_
#define SLUIS_SERVER_CORE_FACTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/attribute.h"
#include "server/core/call.h"
#include "server/core/question.h"
#include "server/partnership/manifest.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::core {

// Everything that one request to the rules can be made of, on one of the three sides. A view of
// what its maker holds: pointers are borrowed and live as long as the asking.
struct Facts {
  const Call& call;
  std::string_view action;
  policies::Side side = policies::Side::kLocal;
  // The stored record, on the sides local and release; empty on the side accept.
  const RecordFacts& record;
  // The role in use, out of the mandate of the caller or of the person who signed.
  std::string_view role;
  // The other organisation, as the manifest in force describes it; null on the side local.
  const partnership::Member* partner = nullptr;
  // Role addressed at the recipient, said by the caller; side release only, empty for none.
  std::string_view recipient_role = {};
  // What the sender signed; side accept only.
  const peer::v1::Terms* offered = nullptr;
  // Asked for once exchange goes on, while it is suspended at this node alone.
  bool once_resumed = false;
};

// Whether this node alone exchanges nothing, although the manifest that all signed lets it: what a
// person corrects meanwhile may be written down.
inline bool SuspendedHere(const Terms& terms) {
  return terms.manifest && !terms.may_exchange && (terms.exercise || terms.active());
}

// One attribute of a request: its value, where that was really taken from, and its number in the
// packs in force, which a word that they do not know lacks.
struct GivenAttribute {
  policies::AttributeId attribute = 0;
  policies::Source source = policies::Source::kNode;
  std::optional<policies::ValueId> number = {};
  std::string value;
};

// What the rules are asked, in the order of the pack. Pure.
std::vector<GivenAttribute> Gather(const Facts& facts);

// What the rules say to that; `given` is what Gather made of these facts.
Answer Evaluate(const Facts& facts, std::vector<GivenAttribute> given);

// What the rules say, before it is known whether this node can carry it out. Each attribute comes
// from where docs/attributes.md says it comes from on that side; what nobody supplies stays
// missing, and a request that lacks something is refused. Pure; refuses when the packs are not
// valid today.
Answer Evaluate(const Facts& facts);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_FACTS_H_
