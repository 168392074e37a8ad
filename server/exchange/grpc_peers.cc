#include "server/exchange/grpc_peers.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/exchange/line_watch.h"
#include "server/exchange/peer_channel.h"
#include "sluis/peer/v1/holder.grpc.pb.h"
#include "sluis/peer/v1/peer.grpc.pb.h"

namespace sluis::exchange {
namespace {

using peer::v1::HolderService;
using peer::v1::PeerService;

constexpr std::chrono::seconds kHeartbeatTime{8};
constexpr std::chrono::seconds kDeliverTime{30};
// Somebody waits for it.
constexpr std::chrono::seconds kEvaluateTime{10};
constexpr std::chrono::seconds kReadAgain{5};
constexpr std::streamsize kMaxFileBytes = 64 << 10;

// One address of one member.
struct Line {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<PeerService::Stub> stub;
  std::unique_ptr<HolderService::Stub> holder;
};
template <typename Service>
using Stub = typename Service::StubInterface::async_interface;
template <typename Service>
Stub<Service>* StubOf(const Line& line) {
  if constexpr (std::is_same_v<Service, HolderService>) {
    return line.holder->async();
  } else {
    return line.stub->async();
  }
}
using Lines = std::vector<std::shared_ptr<Line>>;

absl::Status Stopping() { return absl::CancelledError("the node is stopping"); }

// Knows what is under way, so that it can be ended and waited for.
class UnderWay {
 public:
  bool Begin() {
    std::lock_guard lock(mutex_);
    if (stopped_) return false;
    ++asks_;
    return true;
  }
  void End() {
    std::lock_guard lock(mutex_);
    if (--asks_ == 0) none_.notify_all();
  }
  // A context between Enter and Leave is cancelled when all is to end.
  bool Enter(grpc::ClientContext* context) {
    std::lock_guard lock(mutex_);
    if (!stopped_) contexts_.insert(context);
    return !stopped_;
  }
  void Leave(grpc::ClientContext* context) {
    std::lock_guard lock(mutex_);
    contexts_.erase(context);
  }
  void StopAndWait() {
    std::unique_lock lock(mutex_);
    stopped_ = true;
    for (grpc::ClientContext* context : contexts_) context->TryCancel();
    none_.wait(lock, [this] { return asks_ == 0; });
  }
  bool stopped() {
    std::lock_guard lock(mutex_);
    return stopped_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  bool stopped_ = false;
  size_t asks_ = 0;
  std::set<grpc::ClientContext*> contexts_;
};

// Whether who did not answer at one address is asked at the next: what counts at the other side
// although nobody heard its answer goes out once, over a line that is there.
enum class Times : uint8_t { kMany, kOnce };

// One ask: address after address until one answers. Keeps itself alive while a call is out.
template <typename Service, typename Request, typename Answer>
class Ask : public std::enable_shared_from_this<Ask<Service, Request, Answer>> {
 public:
  using Method = void (Stub<Service>::*)(grpc::ClientContext*, const Request*, Answer*,
                                         std::function<void(grpc::Status)>);

  Ask(UnderWay& under_way, Method method, Lines lines, Request request, Peers::Done<Answer> done,
      std::chrono::seconds time, LineWatch* once)
      : under_way_(under_way),
        method_(method),
        lines_(std::move(lines)),
        request_(std::move(request)),
        done_(std::move(done)),
        once_(once),
        until_(std::chrono::system_clock::now() + time) {}

  void Next() {
    const auto now = std::chrono::system_clock::now();
    const auto its_time = now + (until_ - now) / static_cast<int64_t>(lines_.size() - at_);
    if (once_ == nullptr) return Send(its_time);
    once_->WhenConnected(lines_[at_]->channel, its_time,
                         [self = this->shared_from_this()](bool connected) {
                           if (connected) return self->Send(self->until_);
                           if (self->under_way_.stopped()) return self->Finish(Stopping());
                           if (++self->at_ < self->lines_.size()) return self->Next();
                           self->Finish(absl::UnavailableError("none of its addresses answers"));
                         });
  }

 private:
  void Send(std::chrono::system_clock::time_point deadline) {
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(deadline);
    if (!under_way_.Enter(context_.get())) return Finish(Stopping());
    (StubOf<Service>(*lines_[at_])->*method_)(
        context_.get(), &request_, &answer_,
        [self = this->shared_from_this()](const grpc::Status& status) { self->Answered(status); });
  }

  void Answered(const grpc::Status& status) {
    under_way_.Leave(context_.get());
    if (under_way_.stopped()) return Finish(Stopping());
    if (status.ok()) return Finish(std::move(answer_));
    const absl::Status failed = StatusOfPeerCall(status);
    const bool elsewhere = absl::IsUnavailable(failed) || absl::IsUnauthenticated(failed) ||
                           absl::IsDeadlineExceeded(failed);
    if (once_ != nullptr || !elsewhere || ++at_ == lines_.size()) return Finish(failed);
    answer_.Clear();
    Next();
  }
  void Finish(absl::StatusOr<Answer> answer) {
    done_(std::move(answer));
    under_way_.End();
  }

  UnderWay& under_way_;
  const Method method_;
  const Lines lines_;
  size_t at_ = 0;
  const Request request_;
  Answer answer_;
  const Peers::Done<Answer> done_;
  LineWatch* const once_;  // null when it may go out more than once
  const std::chrono::system_clock::time_point until_;
  std::unique_ptr<grpc::ClientContext> context_;
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<size_t>(kMaxFileBytes), '\0');
  file.read(text.data(), kMaxFileBytes);
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

}  // namespace

struct GrpcPeers::Impl {
  // What a member's channels were made of, and the channels.
  struct Route {
    crypto::Hash made_of{};
    Lines lines;
  };

  explicit Impl(GrpcPeersParts the_parts) : parts(std::move(the_parts)) {}

  void ReadOwn() {
    const auto now = parts.clock.Monotonic();
    if (read_at && now - *read_at < kReadAgain) return;
    read_at = now;
    OwnCertificate next{.certificate_pem = ReadFile(parts.certificate_folder + "/tls.crt"),
                        .key_pem = ReadFile(parts.certificate_folder + "/tls.key")};
    // In the midst of a renewal one of them may be away; the next look finds both.
    if (!next.certificate_pem.empty() && !next.key_pem.empty()) own = std::move(next);
  }

  absl::StatusOr<Lines> LinesTo(const std::string& organisation) {
    std::shared_ptr<const partnership::SignedManifest> manifest = parts.terms.Get()->manifest;
    std::lock_guard lock(mutex);
    if (manifest != routes_of) {
      routes_of = manifest;
      std::erase_if(routes, [&manifest](const auto& route) {
        return !manifest || manifest->manifest.Find(route.first) == nullptr;
      });
    }
    const partnership::Member* member = manifest ? manifest->manifest.Find(organisation) : nullptr;
    if (member == nullptr) return absl::NotFoundError("no member of the manifest in force");
    if (member->addresses.empty()) {
      return absl::FailedPreconditionError("the manifest has no address of this member");
    }
    ReadOwn();
    std::string parts_of;
    crypto::AppendLp(parts_of, own.certificate_pem);
    crypto::AppendLp(parts_of, crypto::View(crypto::Sha256(own.key_pem)));
    crypto::AppendLp(parts_of, member->ca_certificate);
    for (const std::string& address : member->addresses) crypto::AppendLp(parts_of, address);
    const crypto::Hash made_of = crypto::Sha256(parts_of);
    Route& route = routes[organisation];
    if (route.lines.empty() || route.made_of != made_of) {
      route.made_of = made_of;
      route.lines.clear();
      for (const std::string& address : member->addresses) {
        auto line = std::make_shared<Line>();
        line->channel = OpenPeerChannel(address, organisation, manifest, own, parts.clock);
        line->stub = PeerService::NewStub(line->channel);
        line->holder = HolderService::NewStub(line->channel);
        route.lines.push_back(std::move(line));
      }
    }
    return route.lines;
  }

  template <typename Service, typename Request, typename Answer>
  void Call(void (Stub<Service>::*method)(grpc::ClientContext*, const Request*, Answer*,
                                          std::function<void(grpc::Status)>),
            const std::string& organisation, Request request, Done<Answer> done,
            std::chrono::seconds time, Times times = Times::kMany) {
    absl::StatusOr<Lines> lines = LinesTo(organisation);
    if (!lines.ok()) return done(lines.status());
    if (!under_way.Begin()) return done(Stopping());
    std::make_shared<Ask<Service, Request, Answer>>(under_way, method, *std::move(lines),
                                                    std::move(request), std::move(done), time,
                                                    times == Times::kOnce ? &watch : nullptr)
        ->Next();
  }

  const GrpcPeersParts parts;
  std::mutex mutex;
  std::shared_ptr<const partnership::SignedManifest> routes_of;
  std::map<std::string, Route> routes;
  OwnCertificate own;
  std::optional<std::chrono::steady_clock::time_point> read_at;
  UnderWay under_way;
  LineWatch watch;
};

GrpcPeers::GrpcPeers(GrpcPeersParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
GrpcPeers::~GrpcPeers() { Stop(); }
void GrpcPeers::Stop() {
  impl_->under_way.StopAndWait();
  impl_->watch.Stop();
}

void GrpcPeers::Heartbeat(const std::string& organisation, peer::v1::HeartbeatRequest request,
                          Done<peer::v1::HeartbeatResponse> done) {
  impl_->Call<PeerService, peer::v1::HeartbeatRequest, peer::v1::HeartbeatResponse>(
      &Stub<PeerService>::Heartbeat, organisation, std::move(request), std::move(done),
      kHeartbeatTime);
}

void GrpcPeers::Deliver(const std::string& organisation, peer::v1::DeliverRequest request,
                        Done<peer::v1::DeliverResponse> done) {
  impl_->Call<PeerService, peer::v1::DeliverRequest, peer::v1::DeliverResponse>(
      &Stub<PeerService>::Deliver, organisation, std::move(request), std::move(done), kDeliverTime);
}

void GrpcPeers::Evaluate(const std::string& organisation, peer::v1::EvaluateRequest request,
                         Done<peer::v1::EvaluateResponse> done) {
  impl_->Call<HolderService, peer::v1::EvaluateRequest, peer::v1::EvaluateResponse>(
      &Stub<HolderService>::Evaluate, organisation, std::move(request), std::move(done),
      kEvaluateTime, Times::kOnce);
}

void GrpcPeers::ProveEvaluations(const std::string& organisation,
                                 peer::v1::ProveEvaluationsRequest request,
                                 Done<peer::v1::ProveEvaluationsResponse> done) {
  impl_->Call<HolderService, peer::v1::ProveEvaluationsRequest, peer::v1::ProveEvaluationsResponse>(
      &Stub<HolderService>::ProveEvaluations, organisation, std::move(request), std::move(done),
      kDeliverTime);
}

void GrpcPeers::GiveEvaluationList(const std::string& organisation,
                                   peer::v1::GiveEvaluationListRequest request,
                                   Done<peer::v1::GiveEvaluationListResponse> done) {
  impl_->Call<HolderService, peer::v1::GiveEvaluationListRequest,
              peer::v1::GiveEvaluationListResponse>(&Stub<HolderService>::GiveEvaluationList,
                                                    organisation, std::move(request),
                                                    std::move(done), kDeliverTime);
}

void GrpcPeers::RevealEvaluationNonces(const std::string& organisation,
                                       peer::v1::RevealEvaluationNoncesRequest request,
                                       Done<peer::v1::RevealEvaluationNoncesResponse> done) {
  impl_->Call<HolderService, peer::v1::RevealEvaluationNoncesRequest,
              peer::v1::RevealEvaluationNoncesResponse>(
      &Stub<HolderService>::RevealEvaluationNonces, organisation, std::move(request),
      std::move(done), kDeliverTime);
}

}  // namespace sluis::exchange
