// Members of a made-up partnership that hold a key together, and people who ask.
#ifndef SLUIS_TESTS_SERVER_EVALUATION_WORLD_H_
#define SLUIS_TESTS_SERVER_EVALUATION_WORLD_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/dealing.h"
#include "server/evaluation/asker.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/period.h"
#include "server/keys/package.h"
#include "sluis/record/v1/mandate.pb.h"
#include "tests/server/evaluation/asker_log.h"
#include "tests/support/seeded_random.h"

namespace sluis::evaluation::test {

inline constexpr char kPartnership[] = "livc-r.vaartland.example";
inline constexpr char kPurpose[] = "casusoverleg-458ter";
inline constexpr char kBasis[] = "vl-livc-2021";
inline constexpr uint64_t kNowUs = 1'791'183'600'000'000;
inline constexpr MemberIndex kAsker = 1;

std::string NameOf(MemberIndex index);

// A source whose bytes are always the same.
class StuckRandom final : public crypto::Random {
 public:
  void Fill(std::span<uint8_t> out) override { std::fill(out.begin(), out.end(), uint8_t{0x5a}); }
};

// The match key of somebody of this name (K2), whatever is in it: two names are two match keys.
identity::CrossNodeInput NameKey(std::string_view name, const char* purpose = kPurpose,
                                 const char* partnership = kPartnership);
// A national number.
identity::CrossNodeInput NumberKey(std::string_view digits, const char* purpose = kPurpose,
                                   const char* partnership = kPartnership);
// Somebody with every match key that may cross: three numbers, K2, and K3 with a grant for the
// case. `letters` long are surname and given name.
Person EveryKeyOf(int number, std::string_view case_ref = "C-2026-014", size_t letters = 8);

// One match key for each person.
std::vector<Person> People(const std::vector<std::string>& names, const char* purpose = kPurpose);

struct MemberKeys {
  crypto::SigningKey identity;
  crypto::SigningKey mandate;
  crypto::SigningKey log;
};

struct World {
  World(size_t members, size_t threshold, uint64_t seed = 1, const char* purpose = kPurpose);

  // The key is shared anew among these, by the dealers of whom as many as are needed: shares change
  // and the key does not. Who is new gets keys of its own.
  void Reshare(const std::vector<MemberIndex>& members, size_t threshold);
  // The package in force on all days.
  std::vector<Sharing> Sharings() const { return {{*package}}; }

  Question Ask(std::vector<Person> persons, std::string_view case_ref = "C-2026-014");
  // Signed by the person who asks, for the asker; INTAKE has a token as well.
  Asking AskingFor(const Question& question, std::string_view case_ref = "C-2026-014") const;
  // What a node signs that says its question rests on this entry, whether it does or not.
  std::string RequestOn(const crypto::Hash& leaf_hash, const Question& question,
                        std::string_view case_ref = "C-2026-014") const;
  // Of the asker.
  AskerLog& Log();
  peer::v1::UserSignature Signature(const envelope::StatementItem& item,
                                    const record::v1::UserStatement& statement) const;
  record::v1::UserStatement Statement() const;
  std::string CaseToken(std::string_view case_ref) const;

  Asker Begin(std::vector<Person> persons, size_t spare = 1);
  HolderKeys Keys() const;

  // What an honest holder says to a request, without looking at anything but the elements.
  peer::v1::EvaluationAnswer Answer(MemberIndex holder, crypto::BytesView signed_request);
  std::string Signed(MemberIndex holder, const peer::v1::EvaluationAnswer& answer) const;
  std::string Honest(MemberIndex holder, crypto::BytesView signed_request);

  // The element that all holders together give to the match key of a name.
  crypto::oprf::Element ElementOf(const char* purpose, std::string_view name) const;

  tests::SeededRandom random;
  crypto::Secret<32> hedge;
  crypto::Secret<32> case_key;
  std::map<MemberIndex, MemberKeys> keys;
  crypto::oprf::SecretScalar secret;
  std::map<MemberIndex, crypto::oprf::SecretScalar> shares;
  std::shared_ptr<const keys::Package> package;
  crypto::SigningKey person;
  record::v1::SignedMandate mandate;
  record::v1::MandateStatus status;

 private:
  std::unique_ptr<AskerLog> log_;
};

// Asks each holder that Next() names, as long as there is something to do.
template <typename Answerer>
void Drive(Asker& asker, Answerer answer) {
  for (;;) {
    const std::vector<MemberIndex> next = asker.Next();
    if (next.empty()) return;
    for (const MemberIndex holder : next) asker.Take(holder, answer(holder));
  }
}

}  // namespace sluis::evaluation::test

#endif  // SLUIS_TESTS_SERVER_EVALUATION_WORLD_H_
