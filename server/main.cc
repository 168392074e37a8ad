// sluisd: the daemon of one node. Only wires: configuration, hardening, signals, exit codes.

#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "crypto/bytes.h"
#include "crypto/openssl_lifetime.h"
#include "crypto/secret.h"
#include "server/config.h"
#include "server/json_log.h"
#include "server/node.h"
#include "server/rpc/tls_version.h"

namespace {

// Exit codes; docs/cli.md and deploy/runbook.md name them too. 70 is the ledger's own, after a
// write error.
constexpr int kStopped = 0;
constexpr int kBadConfiguration = 2;
constexpr int kCannotStart = 3;
constexpr int kDidNotServe = 4;

void UseStructuredLog() {
  auto logger = spdlog::stderr_logger_mt("sluisd");
  logger->set_formatter(std::make_unique<sluis::server::JsonLogFormatter>());
  spdlog::set_default_logger(std::move(logger));
}

// Keys live in this process: no core file, no debugger of the same user, no readable files.
void Harden() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  umask(0077);
}

// OpenSSL reads its configuration once, at its first use in a process, and gRPC 1.51 takes "TLS 1.3
// only" from nowhere else: start again with the right variable when it is not set.
void UseOpensslConfiguration(const std::string& path, char** argv) {
  const char* set = std::getenv("OPENSSL_CONF");
  if (set != nullptr && path == set) return;
  setenv("OPENSSL_CONF", path.c_str(), 1);
  execv("/proc/self/exe", argv);
  std::perror("sluisd: cannot start again with OPENSSL_CONF");
  std::exit(kCannotStart);
}

int Fail(int code, const absl::Status& status) {
  std::fprintf(stderr, "sluisd: %s\n", std::string(status.message()).c_str());
  return code;
}

void Reload(sluis::server::Node& node, const std::string& file) {
  absl::StatusOr<sluis::server::Config> next = sluis::server::ReadConfig(file);
  const sluis::crypto::Hash digest = next.ok() ? next->digest : sluis::crypto::Hash{};
  absl::Status status = next.ok() ? node.Reload(*std::move(next)) : next.status();
  if (status.ok()) {
    // The entry of the terms and GetStatus say the same digest: so the line can be held to them.
    spdlog::info("configuration reloaded, digest {}",
                 sluis::crypto::HexEncode(sluis::crypto::View(digest)));
  } else {
    spdlog::error("configuration not reloaded, the earlier one stays in force: {}",
                  std::string(status.message()));
  }
}

int Run(const std::string& file, bool rebuild_index) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  absl::StatusOr<sluis::server::Config> config = sluis::server::ReadConfig(file);
  if (!config.ok()) return Fail(kBadConfiguration, config.status());
  absl::StatusOr<std::unique_ptr<sluis::server::Node>> node = sluis::server::Node::Start(
      *std::move(config), sluis::storage::SystemClock(), sluis::crypto::SystemRandom());
  if (!node.ok()) return Fail(kCannotStart, node.status());
  if (rebuild_index) {
    absl::Status status = (*node)->RebuildIndex();
    if (!status.ok()) return Fail(kCannotStart, status);
  }
  // For whoever gave it port 0. The line of the loopback endpoint is always the last.
  std::printf("listening %d\n", (*node)->user_port());
  if (const int port = (*node)->peer_port(); port != 0) std::printf("peers %d\n", port);
  std::printf("loopback %d\n", (*node)->loopback_port());
  static_cast<void>(std::fflush(stdout));
  spdlog::info("started");
  if (!sluis::crypto::SecretMemoryLocked()) {
    spdlog::warn("the memory that holds keys may be swapped out: raise LimitMEMLOCK");
  }

  int received = 0;
  while (sigwait(&signals, &received) == 0 && received == SIGHUP) Reload(**node, file);
  spdlog::info("draining");
  const std::string not_serving = (*node)->not_serving();
  node->reset();
  if (!not_serving.empty()) {
    std::fprintf(stderr, "sluisd: did not serve: %s\n", not_serving.c_str());
    return kDidNotServe;
  }
  spdlog::info("stopped");
  return kStopped;
}

}  // namespace

int main(int argc, char** argv) {
  if (!sluis::crypto::KeepOpensslToTheEnd()) {
    return Fail(kCannotStart, absl::InternalError("OpenSSL cannot be initialised; reinstall it"));
  }
  CLI::App app(
      "sluisd runs the node of one organisation.\n"
      "Example: sluisd --config /etc/sluis/sluisd.yaml\n"
      "SIGHUP reloads the configuration whole or not at all; SIGTERM drains and stops.\n"
      "Exit codes: 0 stopped, 2 wrong configuration, 3 cannot start, 4 ran but did not "
      "serve, 70 stopped by a write error");
  std::string file = "/etc/sluis/sluisd.yaml";
  bool check = false;
  bool rebuild_index = false;
  app.add_option("--config", file, "configuration file")->capture_default_str();
  app.add_flag("--check", check, "check the configuration and end");
  app.add_flag("--rebuild-index", rebuild_index, "read the whole log into the index first");
  app.set_version_flag("--version", SLUIS_VERSION);
  CLI11_PARSE(app, argc, argv);

  absl::StatusOr<sluis::server::Config> config = sluis::server::ReadConfig(file);
  if (!config.ok()) return Fail(kBadConfiguration, config.status());
  if (check) return kStopped;
  UseOpensslConfiguration(config->openssl_conf, argv);
  if (absl::Status only = sluis::rpc::CheckTls13Only(); !only.ok()) {
    return Fail(kBadConfiguration, only);
  }
  Harden();
  UseStructuredLog();
  return Run(file, rebuild_index);
}
