#include "crypto/threshold.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "tests/crypto/oprf_values.h"

namespace sluis::crypto::oprf {
namespace {

using test::HexOf;
using test::SharedKey;

constexpr std::array<BytesView, 2> kInputs = {"somebody", "somebody else"};

Answer AnswerOf(const SharedKey& key, MemberIndex holder, const Request& request) {
  return BlindEvaluate(key.ShareOf(holder), key.VerificationKeyOf(holder), request.blinded(),
                       SystemRandom())
      .value();
}

std::vector<VerifiedAnswer> Verified(const SharedKey& key, const std::vector<MemberIndex>& holders,
                                     const Request& request) {
  std::vector<VerifiedAnswer> out;
  for (const MemberIndex holder : holders) {
    out.push_back(
        VerifyAnswer(request, holder, key.VerificationKeyOf(holder), AnswerOf(key, holder, request))
            .value());
  }
  return out;
}

Request NewRequest() { return Request::Of(kInputs, SystemRandom()).value(); }

// The key times each hashed input, as whoever had the whole key would compute it.
std::vector<std::string> Expected(const SharedKey& key) {
  std::vector<std::string> out;
  for (const BytesView input : kInputs) {
    out.push_back(HexOf(internal::BlindWith(Mode::kVoprf, input, key.key).value()));
  }
  return out;
}

std::vector<std::string> Hex(const std::vector<SecretElement>& elements) {
  std::vector<std::string> out;
  for (const SecretElement& element : elements) out.push_back(HexOf(element));
  return out;
}

TEST(Threshold, AnyEnoughHoldersGiveTheSameResult) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<MemberIndex> members = {1, 2, 5, 300, 65535};
    const auto threshold = *rc::gen::inRange<size_t>(1, members.size() + 1);
    const SharedKey key(members, threshold);
    std::vector<MemberIndex> asked = members;
    for (size_t i = asked.size(); i-- > 1;) {
      std::swap(asked[i], asked[*rc::gen::inRange<size_t>(0, i + 1)]);
    }
    asked.resize(*rc::gen::inRange<size_t>(threshold, members.size() + 1));
    Request request = NewRequest();
    const std::vector<VerifiedAnswer> answers = Verified(key, asked, request);
    RC_ASSERT(Hex(Combine(std::move(request), threshold, answers).value()) == Expected(key));
  }));
}

// Some quorums are added up and others multiplied: all give the same.
TEST(Threshold, EveryQuorumOfThreeOfSevenGivesTheSameResult) {
  const SharedKey key({1, 2, 3, 4, 5, 6, 7}, 3);
  const std::vector<std::string> expected = Expected(key);
  for (MemberIndex i = 1; i <= 7; ++i) {
    for (MemberIndex j = 1; j < i; ++j) {
      for (MemberIndex k = 1; k < j; ++k) {
        Request request = NewRequest();
        const std::vector<VerifiedAnswer> answers = Verified(key, {j, i, k}, request);
        EXPECT_EQ(Hex(Combine(std::move(request), 3, answers).value()), expected);
      }
    }
  }
}

// Fewer than are needed are refused; and if they pretend that fewer were needed, each set of them
// gets something else, and none the result.
TEST(Threshold, OneHolderTooFewDeterminesNothing) {
  const SharedKey key({1, 2, 3, 4}, 3);
  std::set<std::string> seen = {Expected(key)[0]};
  for (const std::vector<MemberIndex>& two :
       std::vector<std::vector<MemberIndex>>{{1, 2}, {1, 3}, {1, 4}, {2, 3}, {2, 4}, {3, 4}}) {
    Request request = NewRequest();
    const std::vector<VerifiedAnswer> answers = Verified(key, two, request);
    EXPECT_EQ(Combine(Request::With(kInputs, test::CloneOf(request.blinds())).value(), 3, answers)
                  .status()
                  .code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(seen.insert(Hex(Combine(std::move(request), 2, answers).value())[0]).second);
  }
  EXPECT_EQ(seen.size(), 7u);
}

TEST(Threshold, ATamperedAnswerIsRefusedAndNamesItsHolder) {
  const SharedKey key({1, 2, 3}, 2);
  const Request request = NewRequest();
  const SecretScalar known = SecretScalar::Random(SystemRandom());
  const auto code = [&](MemberIndex holder, const Answer& answer) {
    return VerifyAnswer(request, holder, key.VerificationKeyOf(holder), answer).status().code();
  };
  for (const MemberIndex holder : key.members) {
    const Answer honest = AnswerOf(key, holder, request);
    ASSERT_EQ(code(holder, honest), absl::StatusCode::kOk);
    Answer answer = honest;
    for (size_t i = 0; i < kInputs.size(); ++i) {
      answer.evaluated[i] = request.blinded()[i];  // key 1
    }
    EXPECT_EQ(code(holder, answer), absl::StatusCode::kDataLoss);
    // A key that everybody knows, with a proof that it was used.
    answer =
        BlindEvaluate(known, MultiplyGenerator(known), request.blinded(), SystemRandom()).value();
    EXPECT_EQ(code(holder, answer), absl::StatusCode::kDataLoss);
    answer = honest;
    std::swap(answer.evaluated[0], answer.evaluated[1]);
    EXPECT_EQ(code(holder, answer), absl::StatusCode::kDataLoss);
    answer = honest;
    answer.proof = Proof{};
    EXPECT_EQ(code(holder, answer), absl::StatusCode::kDataLoss);
    answer = honest;
    answer.proof = AnswerOf(key, holder, NewRequest()).proof;  // of another batch
    EXPECT_EQ(code(holder, answer), absl::StatusCode::kDataLoss);
    answer = honest;
    answer.evaluated.pop_back();
    EXPECT_EQ(code(holder, answer), absl::StatusCode::kInvalidArgument);
    answer = honest;
    answer.evaluated[1][31] |= 0x80;
    EXPECT_EQ(code(holder, answer), absl::StatusCode::kInvalidArgument);
    answer = honest;
    answer.evaluated[1] = Encoding{};
    EXPECT_EQ(code(holder, answer), absl::StatusCode::kInvalidArgument);
    // Another holder's answer under this one's name.
    const auto other = static_cast<MemberIndex>(holder % 3 + 1);
    EXPECT_EQ(code(holder, AnswerOf(key, other, request)), absl::StatusCode::kDataLoss);
  }
}

TEST(Threshold, AnswersOfAnotherGenerationOfTheKeyAreRefused) {
  const SharedKey key({1, 2, 3}, 2);
  const SharedKey later({1, 2, 3}, 2);
  const Request request = NewRequest();
  EXPECT_EQ(VerifyAnswer(request, 1, later.VerificationKeyOf(1), AnswerOf(key, 1, request))
                .status()
                .code(),
            absl::StatusCode::kDataLoss);
}

TEST(Threshold, WrongQuorumsAreRefused) {
  const SharedKey key({1, 2, 3}, 2);
  Request request = NewRequest();
  const auto refused = [&](size_t threshold, const std::vector<VerifiedAnswer>& answers) {
    Request same = Request::With(kInputs, test::CloneOf(request.blinds())).value();
    return Combine(std::move(same), threshold, answers).status().code() ==
           absl::StatusCode::kInvalidArgument;
  };
  const std::vector<VerifiedAnswer> two = Verified(key, {1, 2}, request);
  EXPECT_FALSE(refused(2, two));
  EXPECT_TRUE(refused(0, two));
  EXPECT_TRUE(refused(3, two));
  EXPECT_TRUE(refused(2, Verified(key, {1, 1}, request))) << "one holder twice";
  EXPECT_TRUE(refused(2, {}));
  EXPECT_TRUE(refused(2, Verified(key, {1, 2}, NewRequest()))) << "of another request";
  EXPECT_FALSE(VerifyAnswer(request, 0, key.VerificationKeyOf(1), AnswerOf(key, 1, request)).ok());
  EXPECT_FALSE(VerifyAnswer(request, 1, Element(), AnswerOf(key, 1, request)).ok());
}

TEST(Threshold, RequestsAreBounded) {
  EXPECT_FALSE(Request::Of({}, SystemRandom()).ok());
  const std::vector<BytesView> many(kMaxBatch + 1, "x");
  EXPECT_FALSE(Request::Of(many, SystemRandom()).ok());
  EXPECT_FALSE(Request::With(kInputs, {}).ok());
  EXPECT_FALSE(Request::OfElements({}, SystemRandom()).ok());
  const std::array<BytesView, 1> long_one = {many[0]};
  EXPECT_TRUE(Request::Of(long_one, SystemRandom()).ok());
}

// What a holder sees of one person in two requests, or twice in one, has nothing in common.
TEST(Threshold, BlindsServeOnce) {
  const std::array<BytesView, 3> same = {"somebody", "somebody", "somebody"};
  std::set<Encoding> seen;
  for (int i = 0; i < 5; ++i) {
    const Request request = Request::Of(same, SystemRandom()).value();
    for (const Encoding& encoding : request.blinded()) {
      EXPECT_TRUE(seen.insert(encoding).second);
    }
  }
}

TEST(Threshold, KeysHaveNamesOfTheirOwn) {
  const Element key = Element::Generator();
  const Hash id = KeyId("demo", "A", 1, key).value();
  EXPECT_NE(KeyId("dem", "oA", 1, key).value(), id);
  EXPECT_NE(KeyId("demo", "B", 1, key).value(), id);
  EXPECT_NE(KeyId("demo", "A", 2, key).value(), id);
  EXPECT_NE(KeyId("demo", "A", 1, key + key).value(), id);
  EXPECT_FALSE(KeyId(Bytes(65536, 'p'), "A", 1, key).ok());
  EXPECT_FALSE(KeyId("demo", Bytes(65536, 'p'), 1, key).ok());
}

}  // namespace
}  // namespace sluis::crypto::oprf
