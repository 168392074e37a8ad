#include "server/exchange/evaluation_asking.h"

#include <optional>
#include <set>
#include <utility>

namespace sluis::exchange {

using evaluation::Asker;
using evaluation::MemberIndex;

class EvaluationAsking::UnderWay {
 public:
  explicit UnderWay(EvaluationAsking& asking) : asking_(asking) {}
  ~UnderWay() {
    const std::lock_guard lock(asking_.mutex_);
    // Under the lock: whoever waits for the last one destroys it next.
    if (--asking_.under_way_ == 0) asking_.none_.notify_all();
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  EvaluationAsking& asking_;
};

// One question on its way to the holders. Keeps itself alive while a call is out.
class EvaluationAsking::Round : public std::enable_shared_from_this<Round> {
 public:
  Round(const EvaluationAskingParts& parts, std::shared_ptr<UnderWay> under_way,
        core::BegunEvaluation begun, Done done)
      : parts_(parts),
        under_way_(std::move(under_way)),
        done_(std::move(done)),
        request_id_(begun.draft.question->request_id()),
        package_(begun.draft.package),
        records_(std::move(begun.draft.records)),
        kinds_(std::move(begun.draft.kinds)),
        identity_keys_(std::move(begun.identity_keys)),
        basis_(begun.asking.basis),
        began_(begun.index),
        leaf_hash_(begun.logged.leaf_hash()) {
    absl::StatusOr<Asker> asker =
        Asker::Begin(*std::move(begun.draft.question), begun.logged, package_,
                     std::move(begun.keys), begun.asking, parts_.identity);
    if (asker.ok()) {
      asker_.emplace(*std::move(asker));
    } else {
      fault_ = asker.status();
    }
  }

  void Go(bool stopped) {
    if (stopped) return done_(absl::UnavailableError("the node is stopping"));
    if (!asker_) return done_(fault_);
    Step();
  }

 private:
  // Whom to ask now, or the end. Calls nobody under the lock: answers may come before a call is
  // over.
  void Step() {
    std::vector<MemberIndex> next;
    std::optional<Asker> ended;
    std::vector<evaluation::WrongHolder> wrong;
    {
      const std::lock_guard lock(mutex_);
      if (!asker_) return;
      while (wrong_.size() < asker_->wrong().size()) {
        wrong.push_back(asker_->wrong()[wrong_.size()]);
        wrong_.push_back(package_->Find(wrong.back().holder)->organisation);
      }
      if (asker_->standing() == Asker::Standing::kAsking) {
        next = asker_->Next();
      } else {
        ended = std::move(asker_);
        asker_.reset();
      }
    }
    for (evaluation::WrongHolder& one : wrong) Note(std::move(one));
    for (const MemberIndex holder : next) AskOne(holder);
    if (ended) End(*std::move(ended));
  }

  void AskOne(MemberIndex holder) {
    peer::v1::EvaluateRequest request;
    {
      const std::lock_guard lock(mutex_);
      if (!asker_) return;
      request.set_signed_request(asker_->request());
    }
    const std::string& organisation = package_->Find(holder)->organisation;
    const auto take = [self = shared_from_this(),
                       holder](absl::StatusOr<peer::v1::EvaluateResponse> answer) {
      {
        const std::lock_guard lock(self->mutex_);
        if (!self->asker_) return;
        if (answer.ok()) {
          self->answered_.insert(holder);
          self->asker_->Take(holder, answer->signed_answer());
        } else {
          self->asker_->Lost(holder);
        }
      }
      self->Step();
    };
    if (organisation == parts_.organisation) {
      parts_.desk.EvaluateOwn(request, take);
    } else {
      parts_.peers.Evaluate(organisation, std::move(request), take);
    }
  }

  void Note(evaluation::WrongHolder wrong) {
    const std::string& organisation = package_->Find(wrong.holder)->organisation;
    parts_.executor.RunAsNode(
        std::make_shared<core::NoteWrongAnswer>(request_id_, organisation, std::move(wrong)),
        [self = shared_from_this()](const absl::Status& status) {
          if (!status.ok()) self->parts_.fault(status);
        });
  }

  void End(Asker asker) {
    core::EvaluationEnding ending;
    ending.request_id = request_id_;
    ending.purpose = package_->purpose;
    ending.basis = basis_;
    ending.began = began_;
    ending.key_id = package_->key_id;
    {
      const std::lock_guard lock(mutex_);
      for (const MemberIndex holder : answered_) {
        ending.holders.push_back(package_->Find(holder)->organisation);
      }
    }
    const evaluation::ToLog failed = asker.Failed();
    absl::StatusOr<evaluation::Combined> combined = std::move(asker).Combine();
    if (combined.ok()) {
      ending.to_log = combined->Log();
      combined->FillSubject(ending.subject);
      ending.signed_answers = combined->signed_answers();
    } else {
      ending.to_log = failed;
    }
    auto logged = std::make_shared<std::optional<evaluation::LoggedDurably>>();
    auto result = std::make_shared<absl::StatusOr<evaluation::Combined>>(std::move(combined));
    parts_.executor.RunAsNode(
        std::make_shared<core::EndEvaluation>(std::move(ending), parts_.tools.random, logged),
        [self = shared_from_this(), logged, result](const absl::Status& status) {
          if (!status.ok()) return self->done_(status);
          self->Finish(std::move(*result), **logged);
        });
  }

  void Finish(absl::StatusOr<evaluation::Combined> combined,
              const evaluation::LoggedDurably& logged) {
    if (!combined.ok()) {
      return done_(absl::UnavailableError(
          "fewer holders of the key answered rightly than are needed; ask again later"));
    }
    absl::StatusOr<evaluation::Combined::Elements> elements =
        (*std::move(combined)).Release(logged);
    if (!elements.ok()) return done_(elements.status());
    Evaluated out;
    out.leaf_hash = leaf_hash_;
    out.given.request_id = request_id_;
    {
      const std::lock_guard lock(mutex_);
      out.wrong = wrong_;
    }
    for (size_t i = 0; i < elements->size(); ++i) {
      core::RecordElements& one = out.given.records.emplace_back();
      one.record = records_[i];
      one.identity_key = identity_keys_[i];
      for (size_t k = 0; k < (*elements)[i].size(); ++k) {
        one.elements.push_back({package_->partnership, package_->purpose, package_->key_id,
                                kinds_[i][k], std::move((*elements)[i][k])});
      }
    }
    done_(std::move(out));
  }

  const EvaluationAskingParts& parts_;
  const std::shared_ptr<UnderWay> under_way_;
  const Done done_;
  const evaluation::RequestId request_id_;
  const std::shared_ptr<const keys::Package> package_;
  const std::vector<std::string> records_;
  const std::vector<std::vector<identity::KeyKind>> kinds_;
  const std::vector<std::string> identity_keys_;
  const std::string basis_;
  const uint64_t began_;
  const crypto::Hash leaf_hash_;
  absl::Status fault_;

  std::mutex mutex_;
  // Null once it has come to its end.
  std::optional<Asker> asker_;
  // Those that were noted.
  std::vector<std::string> wrong_;
  // Who has answered: whoever else was asked may take the request yet.
  std::set<MemberIndex> answered_;
};

std::shared_ptr<EvaluationAsking::UnderWay> EvaluationAsking::Begin() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return nullptr;
    ++under_way_;
  }
  return std::make_shared<UnderWay>(*this);
}

void EvaluationAsking::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  none_.wait(lock, [this] { return under_way_ == 0; });
}

void EvaluationAsking::Ask(const absl::StatusOr<authn::CertificateFacts>& facts,
                           core::BeginEvaluation::Request request, Done done) {
  std::shared_ptr<UnderWay> under_way = Begin();
  if (under_way == nullptr) return done(absl::UnavailableError("the node is stopping"));
  auto begun = std::make_shared<std::optional<core::BegunEvaluation>>();
  parts_.executor.Run(
      facts, std::make_shared<core::BeginEvaluation>(std::move(request), parts_.tools, begun),
      [this, begun, under_way, done = std::move(done)](absl::Status status) {
        if (!status.ok()) return done(std::move(status));
        auto round = std::make_shared<Round>(parts_, under_way, std::move(**begun), done);
        // Not on this thread: it is the sequencer's.
        parts_.desk.Do([round = std::move(round)](bool stopped) { round->Go(stopped); });
      });
}

}  // namespace sluis::exchange
