#include "server/rpc/task_watch.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/list_tasks.h"
#include "server/core/task_rows.h"
#include "server/core/view.h"
#include "server/rpc/status_map.h"

namespace sluis::rpc {
namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(250);

}  // namespace

// One stream. Whatever it is told comes under the mutex of the watch, until it was removed, which
// it is before it goes.
class TaskWatch::Stream final : public grpc::ServerWriteReactor<node::v1::WatchTasksResponse> {
 public:
  Stream(TaskWatch& watch, grpc::CallbackServerContext* context,
         node::v1::WatchTasksRequest request)
      : watch_(watch),
        request_(std::move(request)),
        facts_(watch.calls_.certificates().FactsOf(*context->auth_context())) {}

  void Start(grpc::CallbackServerContext* context) {
    watch_.calls_.Run(context, std::make_shared<core::WatchTasks>(request_, watch_.places_, place_),
                      [this](const grpc::Status& status) {
                        if (status.ok()) return watch_.Add(this);
                        Finish(status);
                      });
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(watch_.mutex_);
    writing_ = false;
    if (!ok) End(grpc::Status(grpc::StatusCode::CANCELLED, "the reader went away"));
  }
  void OnCancel() override {
    std::lock_guard lock(watch_.mutex_);
    cancelled_ = true;
    if (added_) End(grpc::Status(grpc::StatusCode::CANCELLED, "the reader went away"));
  }
  void OnDone() override {
    watch_.Remove(this);
    delete this;
  }

  // The rest under the mutex of the watch.
  void Added() {
    added_ = true;
    if (cancelled_) End(grpc::Status(grpc::StatusCode::CANCELLED, "the reader went away"));
  }
  // Whether the log has grown since it was last shown something, and it can be shown more.
  bool Wants(uint64_t size) const { return !writing_ && seen_size_ != size; }
  void Show(const node::v1::CountTasksResponse& counted, uint64_t size) {
    seen_size_ = size;
    node::v1::WatchTasksResponse shown;
    shown.set_open(counted.open());
    shown.set_unclaimed(counted.unclaimed());
    shown.set_mine(counted.mine());
    shown.set_late(counted.late());
    std::string bytes = shown.SerializeAsString();
    if (last_ == bytes) return;
    last_ = std::move(bytes);
    response_ = std::move(shown);
    writing_ = true;
    StartWrite(&response_);
  }
  void End(const grpc::Status& status) {
    if (std::exchange(ended_, true)) return;
    place_.reset();
    Finish(status);
  }
  bool ended() const { return ended_; }
  const absl::StatusOr<authn::CertificateFacts>& facts() const { return facts_; }
  const std::string& role() const { return request_.context().role(); }

 private:
  TaskWatch& watch_;
  const node::v1::WatchTasksRequest request_;
  const absl::StatusOr<authn::CertificateFacts> facts_;
  std::shared_ptr<void> place_;
  node::v1::WatchTasksResponse response_;
  // Size of the log when it was last looked at for this one.
  std::optional<uint64_t> seen_size_;
  // As it was last shown; nothing before the first.
  std::optional<std::string> last_;
  bool added_ = false;
  bool cancelled_ = false;
  bool writing_ = false;
  bool ended_ = false;
};

TaskWatch::TaskWatch(Calls& calls, ledger::Ledger& ledger, core::TermsInForce& terms,
                     authn::MandateVerifier& verifier, storage::Clock& clock)
    : calls_(calls),
      ledger_(ledger),
      terms_(terms),
      verifier_(verifier),
      clock_(clock),
      worker_([this] { Work(); }) {}

grpc::ServerWriteReactor<node::v1::WatchTasksResponse>* TaskWatch::Begin(
    grpc::CallbackServerContext* context, const node::v1::WatchTasksRequest& request) {
  auto* stream = new Stream(*this, context, request);
  stream->Start(context);
  return stream;
}

void TaskWatch::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    TakeArrivals();
    for (Stream* stream : streams_) {
      stream->End(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the node stops"));
    }
  }
  wake_.notify_all();
  if (worker_.joinable()) worker_.join();
}

// The caller may be the sequencer, which waits for no look: the worker takes the stream in.
void TaskWatch::Add(Stream* stream) {
  {
    std::lock_guard lock(arrivals_mutex_);
    if (!closed_) {
      arrived_.push_back(stream);
      begun_ = true;
      wake_.notify_all();
      return;
    }
  }
  std::lock_guard lock(mutex_);
  TakeIn(stream);
}

void TaskWatch::TakeIn(Stream* stream) {
  streams_.insert(stream);
  stream->Added();
  if (stopping_) stream->End(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the node stops"));
}

void TaskWatch::TakeArrivals() {
  std::vector<Stream*> arrived;
  {
    std::lock_guard lock(arrivals_mutex_);
    arrived.swap(arrived_);
    closed_ = stopping_;
  }
  for (Stream* stream : arrived) TakeIn(stream);
}

void TaskWatch::Remove(Stream* stream) {
  std::lock_guard lock(mutex_);
  streams_.erase(stream);
}

void TaskWatch::Look() {
  const uint64_t size = ledger_.size();
  const auto snapshot = ledger_.store().NewSnapshot();
  std::optional<std::vector<record::v1::StoredTask>> tasks;
  for (Stream* stream : streams_) {
    if (stream->ended()) continue;
    core::View view(*snapshot, ledger_.keyring());
    const absl::StatusOr<core::Call> call =
        stream->facts().ok() ? core::WatchingNow(*stream->facts(), stream->role(), terms_.Get(),
                                                 verifier_, clock_.NowUs(), view)
                             : absl::StatusOr<core::Call>(stream->facts().status());
    if (!call.ok()) {
      Calls::LogFault("TaskService.WatchTasks", call.status());
      stream->End(ToGrpc(call.status()));
      continue;
    }
    if (!stream->Wants(size)) continue;
    if (!tasks) {
      absl::StatusOr<std::vector<record::v1::StoredTask>> all = core::AllTasks(view);
      if (!all.ok()) {
        Calls::LogFault("TaskService.WatchTasks", all.status());
        stream->End(ToGrpc(all.status()));
        continue;
      }
      tasks = *std::move(all);
    }
    stream->Show(core::CountOf(*call, *tasks), size);
  }
}

void TaskWatch::Work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kBetweenLooks, [this] { return stopping_ || begun_; });
    begun_ = false;
    TakeArrivals();
    if (!stopping_ && !streams_.empty()) Look();
  }
}

}  // namespace sluis::rpc
