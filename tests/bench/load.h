// Calls over mutual TLS as many users or nodes make them at the same time, and an echo of the same
// sizes to hold them against.
//
// The load comes from a process of its own (sluis_load) with 4 channels and 64 calls outstanding,
// so that its work is not counted as the server's.
#ifndef SLUIS_TESTS_BENCH_LOAD_H_
#define SLUIS_TESTS_BENCH_LOAD_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/bench.h"

namespace grpc {
class Server;
class ServerCredentials;
}  // namespace grpc

namespace sluis::bench {

inline constexpr char kEchoMethod[] = "/sluis.bench.v1.EchoService/Echo";

// Answers every call with so many bytes until it goes.
class EchoServer {
 public:
  EchoServer(const std::shared_ptr<grpc::ServerCredentials>& credentials, size_t answer_bytes);
  ~EchoServer();

  int port() const { return port_; }

 private:
  class Service;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

// Who calls, and whose certificates it believes; PEM.
struct LoadIdentity {
  std::string ca;
  std::string certificate;
  std::string key;
};

// Makes the folder that the load client reads: the identity, and the serialised requests, which it
// sends in turn and over again.
void WriteLoadFolder(const std::string& folder, const LoadIdentity& identity,
                     std::span<const std::string> requests);

// The request that makes an echo of `bytes` bytes, serialised.
std::string EchoRequestOf(size_t bytes);

// Makes `calls` calls, beside one before the clock runs; all must be answered OK.
absl::StatusOr<uint64_t> RunLoad(int port, const std::string& method, const std::string& folder,
                                 uint64_t calls);

// Marks a result whose echo was slower than on a quiet two-core machine: it says nothing.
void JudgeEcho(double least_echo, Result& result);

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_LOAD_H_
