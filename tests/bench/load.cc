#include "tests/bench/load.h"

#include <echo.grpc.pb.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "crypto/bytes.h"
#include "tests/support/places.h"

namespace sluis::bench {

class EchoServer::Service final : public v1::EchoService::CallbackService {
 public:
  explicit Service(size_t answer_bytes) : answer_(answer_bytes, 'x') {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const v1::EchoRequest*,
                                 v1::EchoResponse* response) override {
    response->set_payload(answer_);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const std::string answer_;
};

EchoServer::EchoServer(const std::shared_ptr<grpc::ServerCredentials>& credentials,
                       size_t answer_bytes)
    : service_(std::make_unique<Service>(answer_bytes)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
}

EchoServer::~EchoServer() {
  if (server_) server_->Shutdown();
}

void WriteLoadFolder(const std::string& folder, const LoadIdentity& identity,
                     std::span<const std::string> requests) {
  std::filesystem::create_directories(folder);
  const auto write = [&folder](const char* name, const std::string& bytes) {
    std::ofstream(folder + "/" + name, std::ios::binary | std::ios::trunc) << bytes;
  };
  write("ca.pem", identity.ca);
  write("cert.pem", identity.certificate);
  write("key.pem", identity.key);
  std::string all;
  for (const std::string& request : requests) crypto::AppendLp(all, request);
  write("requests.bin", all);
}

std::string EchoRequestOf(size_t bytes) {
  v1::EchoRequest request;
  request.set_payload(std::string(bytes, 'x'));
  return request.SerializeAsString();
}

absl::StatusOr<uint64_t> RunLoad(int port, const std::string& method, const std::string& folder,
                                 uint64_t calls) {
  const std::string command = tests::InBuild("/bin/sluis_load ") + std::to_string(port) + " " +
                              method + " " + folder + " " + std::to_string(calls);
  std::FILE* output = ::popen(command.c_str(), "r");
  double seconds = 0;
  const bool read = output != nullptr && std::fscanf(output, "%lf", &seconds) == 1;
  if (output == nullptr || ::pclose(output) != 0 || !read) {
    return absl::InternalError("the load client failed: " + command);
  }
  return calls;
}

void JudgeEcho(double least_echo, Result& result) {
  if (result.baseline >= least_echo) return;
  result.invalid = "the echo reached " + std::to_string(std::lround(result.baseline)) +
                   "/s and needs " + std::to_string(std::lround(least_echo)) + "/s";
}

}  // namespace sluis::bench
