#include "server/rpc/tls_version.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::rpc {
namespace {

// Whether a process under this configuration is found to speak TLS 1.3 only. A new process finds
// out: OpenSSL reads its configuration once, for whoever in a process uses it first.
bool OnlyUnder(const std::string& configuration) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("OPENSSL_CONF", configuration.c_str(), 1);
    ::execl("/proc/self/exe", "tls_version_test", "--gtest_also_run_disabled_tests",
            "--gtest_filter=TlsVersionTest.DISABLED_InANewProcess", nullptr);
    ::_exit(3);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Run by OnlyUnder.
TEST(TlsVersionTest, DISABLED_InANewProcess) {
  const absl::Status only = CheckTls13Only();
  std::_Exit(only.ok() ? 0 : only.code() == absl::StatusCode::kFailedPrecondition ? 1 : 2);
}

TEST(TlsVersionTest, TheShippedConfigurationLeavesOneVersion) {
  EXPECT_TRUE(OnlyUnder(tests::InSources("/deploy/openssl.cnf")));
}

// OpenSSL itself passes over a file that is not there.
TEST(TlsVersionTest, AMissingConfigurationIsRefused) {
  const tests::TempFolder folder;
  EXPECT_FALSE(OnlyUnder(folder.PathOf("missing.cnf")));
}

TEST(TlsVersionTest, AConfigurationThatLeavesAnOlderVersionIsRefused) {
  const tests::TempFolder folder;
  std::ofstream(folder.PathOf("older.cnf")) << "openssl_conf = all\n[all]\nssl_conf = ssl\n"
                                               "[ssl]\nsystem_default = tls\n"
                                               "[tls]\nMinProtocol = TLSv1.2\n";
  EXPECT_FALSE(OnlyUnder(folder.PathOf("older.cnf")));
}

}  // namespace
}  // namespace sluis::rpc
