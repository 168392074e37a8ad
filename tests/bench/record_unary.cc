#include "tests/bench/record_unary.h"

#include <unistd.h>

#include <filesystem>
#include <memory>

#include "server/config.h"
#include "server/node.h"
#include "server/rpc/credentials.h"
#include "tests/bench/load.h"
#include "tests/support/organisation.h"

namespace sluis::bench {
namespace {

constexpr uint64_t kCalls = 40'000;
constexpr size_t kAnswerBytes = 80;

// Writes what the load client reads, and says how it is run.
Work Load(int port, const std::string& method, const std::string& folder,
          const LoadIdentity& identity, const std::string& request) {
  WriteLoadFolder(folder, identity, {&request, 1});
  return [=] { return RunLoad(port, method, folder, kCalls); };
}

}  // namespace

absl::StatusOr<Result> RecordUnary() {
  const std::string root =
      (std::filesystem::temp_directory_path() / ("sluis-bench-" + std::to_string(::getpid())))
          .string();
  test::OrganisationOptions options;
  options.tick_ms = 1000;
  const test::Organisation organisation(root, options);
  absl::StatusOr<server::Config> config = server::ReadConfig(organisation.config_file());
  if (!config.ok()) return config.status();
  absl::StatusOr<std::unique_ptr<server::Node>> node =
      server::Node::Start(*std::move(config), storage::SystemClock(), crypto::SystemRandom());
  if (!node.ok()) return node.status();
  const test::Person person = organisation.MakePerson("bench");
  organisation.Admit((*node)->user_port(), person, {"maatschappelijk-werker"});

  node::v1::RecordSignalRequest record;
  *record.mutable_context() = test::Intake();
  *record.mutable_signal() = test::PersonSignal();
  const std::string request = record.SerializeAsString();

  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
      rpc::ListenerCredentials(root + "/tls");
  if (!credentials.ok()) return credentials.status();
  const EchoServer echo(*credentials, kAnswerBytes);

  const LoadIdentity identity{organisation.ca().certificate_pem, person.certificate_pem,
                              person.tls_key_pem};
  const Side measured{.work =
                          Load((*node)->user_port(), "/sluis.node.v1.SignalService/RecordSignal",
                               root + "/load-record", identity, request)};
  const Side baseline{.work = Load(echo.port(), kEchoMethod, root + "/load-echo", identity,
                                   EchoRequestOf(request.size()))};
  absl::StatusOr<Result> result = Compare("record_unary", "records/s", measured, baseline);
  node->reset();
  std::filesystem::remove_all(root);
  if (result.ok()) JudgeEcho(kLeastEcho, *result);
  return result;
}

}  // namespace sluis::bench
