#include "crypto/openssl_lifetime.h"

#include <openssl/crypto.h>

namespace sluis::crypto {

bool KeepOpensslToTheEnd() { return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr) == 1; }

}  // namespace sluis::crypto
