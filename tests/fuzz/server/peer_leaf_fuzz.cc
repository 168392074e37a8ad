#include <cstdlib>
#include <string>

#include "server/authn/peer_leaf.h"
#include "tests/support/leaf.h"

namespace {

constexpr int64_t kNow = 1'790'000'000;
constexpr char kOrganisation[] = "lindervaart.example";

// A manifest of one member, whose CA signed none of the inputs.
const sluis::partnership::Manifest& TheManifest() {
  static const auto& manifest = *[] {
    auto* made = new sluis::partnership::Manifest();
    sluis::partnership::Member& member = made->members.emplace_back();
    member.organisation = kOrganisation;
    member.ca_certificate =
        sluis::tests::MakeTestCa("Sluis CA", kNow - 1000, kNow + 1000).certificate_der;
    return made;
  }();
  return manifest;
}

}  // namespace

// Nothing that was not signed by the pinned CA is ever taken, whatever it says of itself: as the
// certificate itself, and as the CA that the manifest pins.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const uint64_t now_us = uint64_t{kNow} * 1'000'000;
  if (sluis::authn::VerifyPeerLeaf(input, TheManifest(), now_us).ok()) std::abort();
  static const std::string leaf = [] {
    const auto ca = sluis::tests::MakeTestCa("Sluis CA", kNow - 1000, kNow + 1000);
    sluis::tests::LeafForm form;
    form.uris = {std::string("spiffe://") + kOrganisation + "/node"};
    form.from_s = kNow - 100;
    form.until_s = kNow + 100;
    return sluis::tests::MakeLeaf(ca, form).certificate_pem;
  }();
  sluis::partnership::Manifest manifest = TheManifest();
  manifest.members[0].ca_certificate = input;
  if (sluis::authn::VerifyPeerLeaf(leaf, manifest, now_us).ok()) std::abort();
  return 0;
}
