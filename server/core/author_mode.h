// What of who wrote a record, and of how it came, the rules may know.
#ifndef SLUIS_SERVER_CORE_AUTHOR_MODE_H_
#define SLUIS_SERVER_CORE_AUTHOR_MODE_H_

#include <string>
#include <string_view>

#include "policies/attribute.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

// The mode of a role as the packs declare it (attribute actor.mode); empty for a role they do not
// know and under packs without that attribute.
std::string ModeOf(const policies::Schema& schema, std::string_view role);

// The mode under which the record was written: as kept with it, else that of the role kept with it.
// "helping" when neither says it, since that is what rules guard most.
std::string AuthorMode(const policies::Schema& schema, const record::v1::RecordBody& body);

// The mode to keep when somebody writes in `role` over what was written under `before` (empty for a
// first version): what was once written in a helping role stays so.
std::string ModeAfter(const policies::Schema& schema, std::string_view before,
                      std::string_view role);

// What the basis under which a received record came lifts (attribute basis.lifts). Empty for a
// record that was written here; the narrowest, between_helpers, when it is not known.
std::string ReceivedUnder(const policies::Schema& schema, const record::v1::RecordBody& body);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_AUTHOR_MODE_H_
