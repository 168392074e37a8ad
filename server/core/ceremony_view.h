// Ceremonies and keys as people see them: what is agreed to, how it stands, and no secret.
//
// Thread-safety: pure.
#ifndef SLUIS_SERVER_CORE_CEREMONY_VIEW_H_
#define SLUIS_SERVER_CORE_CEREMONY_VIEW_H_

#include "server/core/ceremonies.h"
#include "server/core/ceremony_rows.h"
#include "server/core/use_case.h"
#include "server/keys/parameters.h"
#include "server/partnership/manifest.h"
#include "sluis/node/v1/keys.pb.h"

namespace sluis::core {

// Who takes part, on which hosts under the manifest given, and until when.
node::v1::CeremonyView ViewOf(const keys::Parameters& parameters,
                              const partnership::Manifest& manifest);
// The same with how it stands here.
node::v1::CeremonyView Described(const CeremonyRow& ceremony, const AgreedTerms& agreed);

// GetKeys: the keys pinned here and the ceremonies, with one entry.
class GetKeys : public UseCase {
 public:
  explicit GetKeys(node::v1::GetKeysResponse& response) : response_(response) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  node::v1::GetKeysResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONY_VIEW_H_
