// The one branch that may depend on a secret. For crypto/ and server/evaluation, which runs under
// the same check.
//
// Guarantee: Disclose answers what it was given, and does so by a jump, so that what follows no
// longer depends on the secret as a checker of data flow sees it. Whoever calls it decides that
// this one bit, mostly "refused", may be known from the time taken. The check of constant time
// excuses this function and, inside libsodium, the test whether a result is valid; nothing else.
// Thread-safety: pure.
#ifndef SLUIS_CRYPTO_DISCLOSE_H_
#define SLUIS_CRYPTO_DISCLOSE_H_

namespace sluis::crypto {

bool Disclose(int bit);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_DISCLOSE_H_
