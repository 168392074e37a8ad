#ifndef SLUIS_SERVER_EXCHANGE_PEER_CHANNEL_H_
#define SLUIS_SERVER_EXCHANGE_PEER_CHANNEL_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "server/partnership/manifest.h"
#include "server/storage/clock.h"

namespace grpc {
class Channel;
class Status;
}  // namespace grpc

namespace sluis::exchange {

// The own certificate and its key, as a connection presents them.
struct OwnCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

// A channel to that member at one of its addresses. It trusts the one CA that `manifest` pins for
// it, and nothing is sent to who does not pass authn::VerifyPeerLeaf as that very organisation, by
// the machine's clock and by `clock`, which must outlive the channel. Connects when first used; a
// connection is never shared with another channel.
std::shared_ptr<grpc::Channel> OpenPeerChannel(
    const std::string& address, const std::string& organisation,
    std::shared_ptr<const partnership::SignedManifest> manifest, const OwnCertificate& own,
    const storage::Clock& clock);

// What a call over such a channel came to, in the codes of Peers. Text and detail of a peer are
// bounded; codes that only this side may give are taken from it as UNKNOWN.
absl::Status StatusOfPeerCall(const grpc::Status& status);

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_PEER_CHANNEL_H_
