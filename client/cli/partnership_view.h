// A partnership as people read it before they sign, and as programs read it.
//
// Guarantee: everything a manifest holds is shown or stands behind a fingerprint that is shown.
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_PARTNERSHIP_VIEW_H_
#define SLUIS_CLIENT_CLI_PARTNERSHIP_VIEW_H_

#include <string>
#include <vector>

#include "client/cli/shell.h"
#include "client/lib/partnership_files.h"
#include "server/partnership/manifest.h"

namespace sluis::cli {

// "oefening"
std::string StateText(const Shell& shell, record::v1::PartnershipState state);
// "exercise"
std::string StateWord(record::v1::PartnershipState state);

// Lines ended by LF. `packs` names the rules where their files are at hand; may be null. `missing`
// are the organisations that have not signed; null when nobody was to have signed yet, or when who
// signed cannot be told without the manifest before.
std::string ManifestLines(const Shell& shell, const partnership::Manifest& manifest,
                          const client::PackPair* packs, const std::vector<std::string>* missing);
std::string MemberLines(const Shell& shell, const partnership::Member& member);

// What `next` changes, one line each, ended by LF; says so when nothing but the version changes.
std::string ChangeLines(const Shell& shell, const partnership::Manifest& held,
                        const partnership::Manifest& next);

Json MemberJson(const partnership::Member& member);
Json ManifestJson(const partnership::Manifest& manifest, const std::vector<std::string>* missing);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_PARTNERSHIP_VIEW_H_
