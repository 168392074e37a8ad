#include "tests/bench/record_unary.h"

#include <echo.grpc.pb.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "server/config.h"
#include "server/node.h"
#include "server/rpc/credentials.h"
#include "tests/support/organisation.h"
#include "tests/support/places.h"

namespace sluis::bench {
namespace {

constexpr uint64_t kCalls = 40'000;
constexpr size_t kAnswerBytes = 80;

class EchoService final : public v1::EchoService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const v1::EchoRequest*,
                                 v1::EchoResponse* response) override {
    response->set_payload(std::string(kAnswerBytes, 'x'));
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// What the load client reads: credentials and the request it repeats.
std::string LoadFolder(const std::string& folder, const test::Organisation& organisation,
                       const test::Person& person, const std::string& request) {
  std::filesystem::create_directories(folder);
  WriteFile(folder + "/ca.pem", organisation.ca().certificate_pem);
  WriteFile(folder + "/cert.pem", person.certificate_pem);
  WriteFile(folder + "/key.pem", person.tls_key_pem);
  WriteFile(folder + "/request.bin", request);
  return folder;
}

Work Load(int port, std::string method, std::string folder) {
  return [=]() -> absl::StatusOr<uint64_t> {
    const std::string command = tests::InBuild("/bin/sluis_load ") + std::to_string(port) + " " +
                                method + " " + folder + " " + std::to_string(kCalls);
    std::FILE* output = ::popen(command.c_str(), "r");
    double seconds = 0;
    const bool read = output != nullptr && std::fscanf(output, "%lf", &seconds) == 1;
    if (output == nullptr || ::pclose(output) != 0 || !read) {
      return absl::InternalError("the load client failed: " + command);
    }
    return kCalls;
  };
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
  v1::EchoRequest echo;
  echo.set_payload(std::string(record.ByteSizeLong(), 'x'));

  EchoService service;
  int echo_port = 0;
  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
      rpc::ListenerCredentials(root + "/tls");
  if (!credentials.ok()) return credentials.status();
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", *credentials, &echo_port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();

  const Side measured{
      .work = Load(
          (*node)->user_port(), "/sluis.node.v1.SignalService/RecordSignal",
          LoadFolder(root + "/load-record", organisation, person, record.SerializeAsString()))};
  const Side baseline{.work = Load(echo_port, "/sluis.bench.v1.EchoService/Echo",
                                   LoadFolder(root + "/load-echo", organisation, person,
                                              echo.SerializeAsString()))};
  absl::StatusOr<Result> result = Compare("record_unary", "records/s", measured, baseline);
  server->Shutdown();
  node->reset();
  std::filesystem::remove_all(root);
  if (result.ok() && result->baseline < kLeastEcho) {
    result->invalid = "the echo reached " + std::to_string(std::lround(result->baseline)) +
                      "/s and needs " + std::to_string(std::lround(kLeastEcho)) + "/s";
  }
  return result;
}

}  // namespace sluis::bench
