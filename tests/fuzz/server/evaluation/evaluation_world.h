// One key of three holders, one of whom may say anything under its own signature.
#ifndef SLUIS_TESTS_FUZZ_SERVER_EVALUATION_EVALUATION_WORLD_H_
#define SLUIS_TESTS_FUZZ_SERVER_EVALUATION_EVALUATION_WORLD_H_

#include <string>

#include "crypto/dealing.h"
#include "crypto/hash.h"
#include "crypto/signature.h"
#include "server/evaluation/judge.h"
#include "server/keys/package.h"
#include "tests/support/require.h"
#include "tests/support/seeded_random.h"

namespace sluis::fuzz {

using sluis::tests::Require;

struct EvaluationWorld {
  EvaluationWorld() {
    tests::SeededRandom random(7);
    keys::PackageDraft draft;
    draft.partnership = "livc-r.vaartland.example";
    draft.purpose = "casusoverleg-458ter";
    draft.epoch = 1;
    for (keys::MemberIndex i = 1; i <= 3; ++i) {
      draft.holders.push_back({i, "lid-" + std::to_string(i) + ".example"});
    }
    draft.commitments =
        crypto::oprf::Polynomial::Random(crypto::oprf::SecretScalar::Random(random), 2, random)
            .value()
            .Commit();
    package = keys::MakePackage(std::move(draft)).value();
    for (keys::MemberIndex i = 1; i <= 3; ++i) keys[i] = {identity.public_key()};
  }

  // All three with one key: what is said is what matters here.
  crypto::SigningKey identity =
      crypto::SigningKey::FromSeed(crypto::HmacSha256Secret("fuzz", {"identity"}));
  keys::Package package;
  evaluation::HolderKeys keys;
};

}  // namespace sluis::fuzz

#endif  // SLUIS_TESTS_FUZZ_SERVER_EVALUATION_EVALUATION_WORLD_H_
