#ifndef SLUIS_SERVER_AUTHN_PEER_LEAF_H_
#define SLUIS_SERVER_AUTHN_PEER_LEAF_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/partnership/manifest.h"

namespace sluis::authn {

// The certificate of a partner's node that holds at some moment.
struct PeerLeaf {
  std::string organisation;
  // First second of validity, and the first one after it, since the epoch, UTC.
  int64_t not_before_s = 0;
  int64_t not_after_s = 0;
};

// Verifies the certificate by which another node presents itself, either way of the connection.
//
// Guarantee of what it returns: the certificate (one PEM block of at most 64 KiB) holds exactly one
// URI, spiffe://<organisation>/node, of a member of this manifest; it was issued directly by the
// one CA that the manifest pins for that same organisation, is no CA itself, may serve as server
// and as client, and is valid at `now_us` (microseconds since the epoch, UTC), as is that CA.
// Certificates of other members' CAs never help. Not guaranteed: that whoever presents it holds its
// key (TLS proves that), or that the organisation is another than this one.
// UNAUTHENTICATED otherwise, with a text for the log of this node: a peer is told nothing of it.
// Thread-safe. Source: RFC 5280; "Identity" in the design of the exchange; SPIFFE ID.
absl::StatusOr<PeerLeaf> VerifyPeerLeaf(std::string_view pem, const partnership::Manifest& manifest,
                                        uint64_t now_us);

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_PEER_LEAF_H_
