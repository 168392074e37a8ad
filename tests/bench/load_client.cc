// sluis_load: a bounded number of unary calls over mutual TLS to one server on this machine, kept
// outstanding all the time. A process of its own, so that its work is not counted as the server's.
// Used by sluis_bench only.
//
// usage: sluis_load PORT METHOD FOLDER CALLS
//   FOLDER holds ca.pem, cert.pem, key.pem and requests.bin: serialised requests, each behind its
//   length (u32, big-endian), which the calls send in turn and over again.
// Prints the seconds that CALLS calls took, or the first error.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr int kChannels = 4;
constexpr int kOutstanding = 64;
constexpr int kMaxCalls = 1'000'000;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<grpc::Channel> Connect(const std::string& port, const std::string& folder,
                                       int number) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(folder + "/ca.pem");
  options.pem_cert_chain = ReadFile(folder + "/cert.pem");
  options.pem_private_key = ReadFile(folder + "/key.pem");
  grpc::ChannelArguments arguments;
  // A differing argument gives each channel a connection of its own.
  arguments.SetInt("sluis.load.channel", number);
  return grpc::CreateCustomChannel("127.0.0.1:" + port, grpc::SslCredentials(options), arguments);
}

std::vector<grpc::ByteBuffer> ReadRequests(const std::string& path) {
  const std::string bytes = ReadFile(path);
  std::vector<grpc::ByteBuffer> requests;
  for (size_t at = 0; at + 4 <= bytes.size();) {
    size_t length = 0;
    for (int i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(bytes[at++]);
    if (length > bytes.size() - at) return {};
    const grpc::Slice slice(bytes.data() + at, length);
    requests.emplace_back(&slice, 1);
    at += length;
  }
  return requests;
}

struct Call {
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer answer;
  grpc::Status status;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const std::string method = argv[2];
  const std::string folder = argv[3];
  const int calls = std::atoi(argv[4]);
  if (calls < 1 || calls > kMaxCalls) return 2;

  const std::vector<grpc::ByteBuffer> requests = ReadRequests(folder + "/requests.bin");
  if (requests.empty()) return 2;
  size_t next = 0;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (int i = 0; i < kChannels; ++i) {
    stubs.push_back(std::make_unique<grpc::GenericStub>(Connect(argv[1], folder, i)));
  }
  grpc::CompletionQueue queue;
  std::vector<Call> slots(kOutstanding);
  const auto start = [&](size_t slot) {
    Call& call = slots[slot];
    call.context = std::make_unique<grpc::ClientContext>();
    call.context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    call.answer.Clear();
    call.reader = stubs[slot % kChannels]->PrepareUnaryCall(
        call.context.get(), method, requests[next++ % requests.size()], &queue);
    call.reader->StartCall();
    call.reader->Finish(&call.answer, &call.status, reinterpret_cast<void*>(slot));
  };

  // One call first, so that handshakes are not measured.
  start(0);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!slots[0].status.ok()) {
    std::fprintf(stderr, "sluis_load: %s\n", slots[0].status.error_message().c_str());
    return 1;
  }
  const auto begin = std::chrono::steady_clock::now();
  int started = 0;
  for (; started < kOutstanding && started < calls; ++started) start(static_cast<size_t>(started));
  for (int done = 0; done < calls; ++done) {
    queue.Next(&tag, &ok);
    const auto slot = reinterpret_cast<size_t>(tag);
    if (!slots[slot].status.ok()) {
      std::fprintf(stderr, "sluis_load: %s\n", slots[slot].status.error_message().c_str());
      return 1;
    }
    if (started < calls) {
      start(slot);
      ++started;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.6f\n", took.count());
  return 0;
}
