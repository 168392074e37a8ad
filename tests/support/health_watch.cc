#include "tests/support/health_watch.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <vector>

namespace sluis::test {

// The messages are two fields at most, so that no generated code is needed: an empty request names
// the whole server, and an answer is field 1 with 1 (serving) or 2 (not serving).
struct HealthWatch::Call {
  std::shared_ptr<grpc::Channel> channel;
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader;
};

HealthWatch::HealthWatch(const client::Endpoint& endpoint, int seconds)
    : call_(std::make_unique<Call>()) {
  call_->channel = client::OpenChannel(endpoint);
  call_->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
  const grpc::internal::RpcMethod method("/grpc.health.v1.Health/Watch",
                                         grpc::internal::RpcMethod::SERVER_STREAMING);
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  call_->reader.reset(grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(
      call_->channel.get(), method, &call_->context, request));
}

HealthWatch::~HealthWatch() {
  Cancel();
  grpc::ByteBuffer rest;
  while (call_->reader->Read(&rest)) {
  }
  call_->reader->Finish();
}

std::string HealthWatch::Next() {
  grpc::ByteBuffer answer;
  if (!call_->reader->Read(&answer)) return "ended";
  std::vector<grpc::Slice> slices;
  answer.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes == "\x08\x01" ? "serving" : "not serving";
}

void HealthWatch::Cancel() { call_->context.TryCancel(); }

}  // namespace sluis::test
