// How long OpenSSL is there.
//
// By default OpenSSL frees what it holds in an exit handler. Threads of gRPC are not all joined by
// then; one that ends afterwards loses its memory, and one that still uses OpenSSL may crash the
// process at its very end (grpc/grpc#38539).
#ifndef SLUIS_CRYPTO_OPENSSL_LIFETIME_H_
#define SLUIS_CRYPTO_OPENSSL_LIFETIME_H_

namespace sluis::crypto {

// OpenSSL stays whole until the process is gone: the system takes its memory back. Only guaranteed
// when nothing of OpenSSL was used before, so it is the first thing that a program calls. Reads no
// configuration. Thread-safe. False when OpenSSL cannot be initialised.
bool KeepOpensslToTheEnd();

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_OPENSSL_LIFETIME_H_
