#ifndef SLUIS_TESTS_SUPPORT_TERMS_UNDER_H_
#define SLUIS_TESTS_SUPPORT_TERMS_UNDER_H_

#include <memory>
#include <string>
#include <utility>

#include "server/core/terms.h"
#include "tests/support/partnership_packs.h"

namespace sluis::tests {

// Terms of one organisation with the shipped packs and this manifest (may be null), for what reads
// nothing else of them.
inline std::shared_ptr<core::Terms> TermsUnder(
    const std::string& organisation, std::shared_ptr<const partnership::SignedManifest> manifest) {
  auto terms = std::make_shared<core::Terms>(PartnershipPacks());
  terms->organisation = organisation;
  terms->manifest = std::move(manifest);
  return terms;
}

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_TERMS_UNDER_H_
