#include "crypto/openssl_lifetime.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <cstdlib>

namespace sluis::crypto {
namespace {

// Runs after the exit handlers that are registered later: those of OpenSSL, if it has any.
void SayWhetherOpensslIsThere() {
  std::_Exit(OPENSSL_init_crypto(OPENSSL_INIT_ADD_ALL_DIGESTS, nullptr) == 1 ? 7 : 8);
}

[[noreturn]] void EndWithOpenssl(bool kept) {
  std::atexit(SayWhetherOpensslIsThere);
  if (kept && !KeepOpensslToTheEnd()) std::_Exit(9);
  OPENSSL_init_crypto(OPENSSL_INIT_ADD_ALL_DIGESTS, nullptr);
  std::exit(0);
}

// A thread of gRPC that ended while OpenSSL had freed everything left memory behind, and the
// command line ended with the exit code of the leak instead of its own.
TEST(OpensslLifetimeTest, IsThereForThreadsThatOutliveTheExitHandlers) {
  // A process in which nothing used OpenSSL before.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(EndWithOpenssl(true), testing::ExitedWithCode(7), "");
  EXPECT_EXIT(EndWithOpenssl(false), testing::ExitedWithCode(8), "");
}

}  // namespace
}  // namespace sluis::crypto
