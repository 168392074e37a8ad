#include "server/core/executor.h"

#include <future>
#include <utility>

#include "server/core/call_context.h"
#include "server/core/lazy_snapshot.h"
#include "server/core/peer_act.h"
#include "server/core/refusal.h"

namespace sluis::core {
namespace {

constexpr char kNodeUser[] = "node";

std::shared_ptr<const authn::Caller> CallerNamed(std::string user_id,
                                                 const crypto::Hash& certificate_digest) {
  auto caller = std::make_shared<authn::Caller>();
  caller->user_id = std::move(user_id);
  caller->certificate_digest = certificate_digest;
  return caller;
}

void TakeCaller(const std::shared_ptr<const KnownCaller>& known, Call& call) {
  call.caller = std::shared_ptr<const authn::Caller>(known, &known->caller);
  call.registered = std::shared_ptr<const authn::Registered>(known, &known->registered);
}

// Whose refusals are counted together.
std::string CountedAs(const Call& call) {
  // No user id holds a slash.
  if (!call.peer.empty()) return "peer/" + call.peer;
  return call.caller->user_id + std::string(crypto::View(call.caller->certificate_digest));
}

}  // namespace

struct Executor::Attempt {
  bool as_node = false;
  // The organisation whose node calls; empty otherwise.
  std::string peer = {};
  absl::StatusOr<authn::CertificateFacts> facts = absl::UnauthenticatedError("no certificate");
  std::shared_ptr<UseCase> use_case;
  Finish finish;
  int number = 0;
  // When it came, of a use case that takes turns; 0 otherwise.
  uint64_t came_us = 0;
  // Of a use case that takes turns: let go of with this, once it was answered, or at the gate.
  Turns::Turn turn = nullptr;
  // Where nothing was decided nothing is logged. What a user asks for always is.
  bool AnsweredAtOnce(const Plan& plan) const {
    return plan.effects.empty() && (as_node || !peer.empty());
  }
  // Refusals gathered into one entry instead of a use case.
  std::optional<RefusalGate::Gathered> gathered;
  // Whether the refused parts of its plans get entries of their own; nothing before there were any.
  std::optional<bool> parts_within_limit;
};

// By whom calls that wait for a turn are counted: nobody keeps another one from waiting too.
std::string Executor::WaitsAs(const Attempt& attempt) {
  if (attempt.as_node) return std::string(kNodeUser);
  if (!attempt.peer.empty()) return "peer/" + attempt.peer;
  if (!attempt.facts.ok()) return {};
  return "person/" + std::string(crypto::View(attempt.facts->certificate_digest));
}

// Counts a submission on its way. Its last owner is the ledger, which lets go of it after it was
// answered, or unanswered when it stops.
struct Executor::OnItsWay {
  explicit OnItsWay(Executor& owner) : executor(owner) {
    std::lock_guard lock(executor.mutex_);
    ++executor.on_their_way_;
  }
  ~OnItsWay() {
    // Under the lock: whoever waits for the last one destroys the executor next.
    std::lock_guard lock(executor.mutex_);
    --executor.on_their_way_;
    if (executor.stopping_) executor.wake_.notify_all();
  }
  OnItsWay(const OnItsWay&) = delete;
  OnItsWay& operator=(const OnItsWay&) = delete;

  Executor& executor;
};

Executor::Executor(ledger::Ledger& ledger, TermsInForce& terms, authn::MandateVerifier& verifier,
                   storage::Clock& clock, crypto::Random& random, ExecutorOptions options)
    : ledger_(ledger),
      terms_(terms),
      verifier_(verifier),
      clock_(clock),
      options_(options),
      sealer_(ledger, random),
      pages_(random),
      gate_(options.refusals_per_minute),
      worker_([this] { Work(); }) {}

Executor::~Executor() {
  // Those may have to be planned again, which the worker does.
  turns_.Finish();
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  worker_.join();
}

void Executor::Run(const absl::StatusOr<authn::CertificateFacts>& facts,
                   std::shared_ptr<UseCase> use_case, Finish finish) {
  auto attempt = std::make_shared<Attempt>();
  attempt->facts = facts;
  attempt->use_case = std::move(use_case);
  attempt->finish = std::move(finish);
  Begin(std::move(attempt));
}

void Executor::RunAsNode(std::shared_ptr<UseCase> use_case, Finish finish) {
  auto attempt = std::make_shared<Attempt>();
  attempt->as_node = true;
  attempt->use_case = std::move(use_case);
  attempt->finish = std::move(finish);
  Begin(std::move(attempt));
}

absl::Status Executor::RunAsNodeAndWait(std::shared_ptr<UseCase> use_case) {
  std::promise<absl::Status> done;
  RunAsNode(std::move(use_case),
            [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

void Executor::RunAsPeer(std::string organisation, std::shared_ptr<UseCase> use_case,
                         Finish finish) {
  auto attempt = std::make_shared<Attempt>();
  attempt->peer = std::move(organisation);
  attempt->use_case = std::move(use_case);
  attempt->finish = std::move(finish);
  Begin(std::move(attempt));
}

void Executor::Begin(std::shared_ptr<Attempt> attempt) {
  if (!attempt->use_case->takes_turns()) return Start(std::move(attempt));
  attempt->came_us = clock_.NowUs();
  const bool waits = turns_.Take(WaitsAs(*attempt), [this, attempt](Turns::Turn turn) {
    attempt->turn = std::move(turn);
    Start(attempt);
  });
  if (waits) return;
  attempt->finish(absl::ResourceExhaustedError(
      "too many calls of this kind wait here at the same time; try again later"));
}

void Executor::Start(std::shared_ptr<Attempt> attempt) {
  ++attempt->number;
  // The first time a remembered caller will do: what is planned for one carries the rows that made
  // them known. A refusal carries none, and a plan that was turned down has outlived them: both
  // read the register.
  if (attempt->number == 1 && attempt->facts.ok() && !attempt->as_node) {
    const crypto::Hash& certificate = attempt->facts->certificate_digest;
    if (auto remembered = callers_.Find(certificate, clock_.NowUs())) {
      LazySnapshot snapshot(ledger_.store());
      View view(snapshot, ledger_.keyring());
      Call call;
      absl::StatusOr<Plan> plan = PlanCall(*attempt, view, call, std::move(remembered));
      if (plan.ok() && !plan->refusal) {
        if (!plan->refused_parts.empty()) {
          gate_.Gather(CountedAs(call), call.now_us, call, *plan, attempt->parts_within_limit);
        }
        Commit(std::move(attempt), *std::move(plan), view, call);
        return;
      }
      callers_.Forget(certificate);
    }
  }
  LazySnapshot snapshot(ledger_.store());
  View view(snapshot, ledger_.keyring());
  Call call;
  absl::StatusOr<Plan> plan = PlanCall(*attempt, view, call, nullptr);
  if (!plan.ok()) {
    attempt->finish(plan.status());
    return;
  }
  if (attempt->AnsweredAtOnce(*plan)) return attempt->finish(plan->reply({}));
  if (plan->refusal) {
    // What waits at the gate is answered by a reply that may still need its use case.
    attempt->finish = [use_case = attempt->use_case, finish = std::move(attempt->finish)](
                          absl::Status status) { finish(std::move(status)); };
    if (!gate_.Admit(CountedAs(call), call.now_us, call, *plan, attempt->finish)) return;
  } else if (!plan->refused_parts.empty()) {
    gate_.Gather(CountedAs(call), call.now_us, call, *plan, attempt->parts_within_limit);
  }
  Commit(std::move(attempt), *std::move(plan), view, call);
}

// Who calls, from certificate and register; the caller is remembered with the rows that say so.
absl::StatusOr<std::optional<Refusal>> Executor::Authenticate(const Attempt& attempt, View& view,
                                                              Call& call) {
  if (!attempt.facts.ok()) {
    return Refusal{absl::StatusCode::kUnauthenticated, kBadCertificate,
                   std::string(attempt.facts.status().message()), ""};
  }
  const authn::CertificateFacts& facts = *attempt.facts;
  call.caller = CallerNamed("", facts.certificate_digest);
  absl::StatusOr<std::string> user = authn::ClaimedUser(facts, call.terms->organisation);
  if (!user.ok()) {
    return Refusal{absl::StatusCode::kUnauthenticated, kBadCertificate,
                   std::string(user.status().message()), ""};
  }
  call.caller = CallerNamed(*user, facts.certificate_digest);
  absl::StatusOr<authn::Registered> registered = view.ReadRegistered(*user);
  if (!registered.ok()) return registered.status();
  absl::StatusOr<authn::Caller> caller =
      authn::Authenticate(facts, *registered, verifier_, call.now_us);
  if (!caller.ok()) {
    return Refusal{caller.status().code(),
                   authn::Expired(facts, call.now_us) ? "certificate_expired" : kUnknownUser,
                   std::string(caller.status().message()), ""};
  }
  auto known = std::make_shared<KnownCaller>();
  known->caller = *std::move(caller);
  known->registered = *std::move(registered);
  known->preconditions = view.preconditions();
  known->good_until_us = GoodUntil(known->caller, call.now_us);
  TakeCaller(known, call);
  callers_.Remember(std::move(known));
  return std::optional<Refusal>();
}

// Authenticate and decide. Everything that keeps a call from being planned is a refusal plan of its
// own.
absl::StatusOr<Plan> Executor::PlanCall(Attempt& attempt, View& view, Call& call,
                                        std::shared_ptr<const KnownCaller> remembered) {
  call.method = &attempt.use_case->method();
  call.terms = terms_.Get();
  call.pages = &pages_;
  call.signatures = signatures_;
  // What waited for others is as old as when it came: nobody is late because of them.
  call.now_us = attempt.came_us != 0 ? attempt.came_us : clock_.NowUs();
  call.today = storage::LegalDay(call.now_us);
  if (remembered) {
    for (const ledger::Precondition& precondition : remembered->preconditions) {
      view.Require(precondition);
    }
    TakeCaller(remembered, call);
  }
  // What an exercise left behind is gone for everybody but the node, which is erasing it.
  if (!attempt.as_node && call.terms->active()) view.HideRecordsOfExercise();
  const auto refuse = [&](Refusal refusal) { return RefusalPlan(call, std::move(refusal)); };

  if (const node::v1::RequestContext* context = attempt.use_case->context()) {
    TakeContext(*context, call);
  }
  if (attempt.as_node) {
    call.caller = CallerNamed(kNodeUser, {});
    return attempt.use_case->Decide(call, view);
  }
  if (!attempt.peer.empty()) {
    call.peer = attempt.peer;
    return PlanPeerCall(*attempt.use_case, call, view);
  }
  if (!remembered) {
    absl::StatusOr<std::optional<Refusal>> refused = Authenticate(attempt, view, call);
    if (!refused.ok()) return refused.status();
    if (*refused) return refuse(**std::move(refused));
  }

  switch (call.method->method_class) {
    case node::v1::METHOD_CLASS_ADMIN:
      if (!call.caller->administrator) {
        return refuse({absl::StatusCode::kPermissionDenied, "not_administrator",
                       "ask an administrator of your organisation", ""});
      }
      return attempt.use_case->Decide(call, view);
    case node::v1::METHOD_CLASS_DATA:
    case node::v1::METHOD_CLASS_AUDIT: {
      // Without their entry nobody could say later under which rules this was decided, and no
      // precondition would hold it to them.
      if (call.terms->stamp == ledger::kAbsent) {
        return TermsNotRecorded();
      }
      if (auto lacking = LackOfContext(call)) return refuse(*std::move(lacking));
      call.mandate = call.caller->MandateFor(call.role);
      if (call.mandate == nullptr ||
          !call.terms->packs.RoleAllowedAt(call.role, call.terms->kind)) {
        return refuse({absl::StatusCode::kPermissionDenied, "role_not_held",
                       "no mandate in force gives you this role; ask who issues mandates", ""});
      }
      return attempt.use_case->Decide(call, view);
    }
    default:
      return refuse({absl::StatusCode::kPermissionDenied, "no_class",
                     "this method is not open to people", ""});
  }
}

void Executor::Commit(std::shared_ptr<Attempt> attempt, Plan plan, const View& view,
                      const Call& call) {
  // Of the plan no more than its answer is kept: the rest is freed here, and not by the sequencer.
  absl::StatusOr<ledger::Submission> submission = sealer_.Seal(plan, view, call);
  if (!submission.ok()) {
    plan.reply = nullptr;
    attempt->finish(submission.status());
    return;
  }
  submission->done = [this, attempt, reply = std::move(plan.reply),
                      on_its_way = std::make_shared<OnItsWay>(*this)](
                         absl::Status status, std::vector<ledger::Logged> logged) mutable {
    Committed(attempt, std::exchange(reply, nullptr), std::move(status), logged);
  };
  ledger_.Submit(*std::move(submission));
}

void Executor::Committed(const std::shared_ptr<Attempt>& attempt, Reply reply, absl::Status status,
                         std::span<const ledger::Logged> logged) {
  if (status.ok()) {
    attempt->finish(reply(logged));
    return;
  }
  // Before anybody hears of it or plans again: what the plan holds back goes with its reply.
  reply = nullptr;
  if (status.code() != absl::StatusCode::kAborted) {
    attempt->finish(std::move(status));
    return;
  }
  // The state moved between decide and commit. Not on this thread: it is the sequencer's.
  {
    std::lock_guard lock(mutex_);
    again_.push_back(attempt);
  }
  wake_.notify_one();
}

void Executor::RunAgain(std::shared_ptr<Attempt> attempt) {
  if (attempt->gathered) {
    CommitGathered(std::move(attempt));
    return;
  }
  if (attempt->number < options_.attempts) {
    Start(std::move(attempt));
    return;
  }
  LazySnapshot snapshot(ledger_.store());
  View view(snapshot, ledger_.keyring());
  Call call;
  absl::StatusOr<Plan> plan = PlanCall(*attempt, view, call, nullptr);
  if (!plan.ok()) {
    attempt->finish(plan.status());
    return;
  }
  if (attempt->AnsweredAtOnce(*plan)) return attempt->finish(plan->reply({}));
  if (!plan->refusal) {
    plan = RefusalPlan(call, {absl::StatusCode::kAborted, "state_changed",
                              "others changed the same thing at the same time; try again", ""});
    plan->effects[0].entry.act.set_outcome(record::v1::OUTCOME_ABORTED);
  }
  Commit(std::move(attempt), *std::move(plan), view, call);
}

void Executor::FlushRefusals() {
  for (RefusalGate::Gathered& gathered : gate_.Take()) {
    auto attempt = std::make_shared<Attempt>();
    attempt->finish = [fail = gathered.fail](absl::Status status) {
      if (!status.ok()) fail(std::move(status));
    };
    attempt->gathered = std::move(gathered);
    CommitGathered(std::move(attempt));
  }
}

void Executor::CommitGathered(std::shared_ptr<Attempt> attempt) {
  const LazySnapshot snapshot(ledger_.store());
  const View view(snapshot, ledger_.keyring());
  Plan plan = attempt->gathered->plan();
  const Call call = attempt->gathered->call;
  Commit(std::move(attempt), std::move(plan), view, call);
}

void Executor::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait_for(lock, std::chrono::seconds(1),
                   [this] { return !again_.empty() || (stopping_ && on_their_way_ == 0); });
    while (!again_.empty()) {
      std::shared_ptr<Attempt> attempt = std::move(again_.front());
      again_.pop_front();
      lock.unlock();
      RunAgain(std::move(attempt));
      lock.lock();
    }
    lock.unlock();
    FlushRefusals();
    lock.lock();
    // What was flushed may come back to be planned again: only then is nothing left.
    if (stopping_ && again_.empty() && on_their_way_ == 0) return;
  }
}

}  // namespace sluis::core
