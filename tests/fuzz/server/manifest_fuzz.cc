// A manifest or a statement that is read has one encoding, and keeps what every rule promises.

#include "server/partnership/manifest.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function

namespace {

using sluis::tests::Require;

void CheckMember(const partnership::Member& member) {
  Require(member.organisation.size() >= 3 && member.organisation.size() <= 120);
  Require(member.addresses.size() <= 4);
  Require(member.keys.size() >= 5 && member.keys.size() <= 16);
  Require(member.ca_fingerprint().size() == 64);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto member = partnership::ReadSignedMember(input); member.ok()) CheckMember(*member);
  if (const auto read = partnership::ReadSignedManifest(input); read.ok()) {
    Require(input.size() <= partnership::kMaxSignedManifestBytes);
    Require(read->Serialise() == input);
    const partnership::Manifest& manifest = read->manifest;
    Require(manifest.members.size() >= 2 && manifest.members.size() <= partnership::kMaxMembers);
    for (const partnership::Member& member : manifest.members) {
      CheckMember(member);
      Require(manifest.Find(member.organisation) == &member);
    }
    Require(!partnership::CheckFollows(&manifest, manifest).ok());
    Require(partnership::MissingSignatures(*read, &manifest, "2026-06-01").size() <=
            manifest.members.size());
  }
  return 0;
}
