// What is hashed for a person: a match key, bound to partnership and purpose.
//
//   input = "PSN1" || u16 length || kind || u16 length || partnership || u16 length || purpose ||
//           u16 length || identifier
//
// The epoch is not in it: what one epoch made must be what the next one makes. Without the purpose
// two purposes could be joined by asking for each other's elements.
//
// Guarantee: different (kind, partnership, purpose, identifier) give different inputs. Identifiers
// and inputs are wiped when they are dropped. Not guaranteed: that an identifier is canonical; who
// makes it normalises it. Wiped bytes lie in ordinary memory, which may have been paged out.
// Thread-safety: pure; a Wiped belongs to one thread. Errors: kInvalidArgument, naming neither.
#ifndef SLUIS_SERVER_EVALUATION_INPUT_H_
#define SLUIS_SERVER_EVALUATION_INPUT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {

// Bytes about a person: moved, never copied by accident, zeroed at the end.
class Wiped {
 public:
  Wiped() : bytes_(std::make_unique<crypto::Bytes>()) {}
  // Takes the bytes over; what the caller still holds is the caller's to wipe.
  explicit Wiped(crypto::BytesView bytes) : bytes_(std::make_unique<crypto::Bytes>(bytes)) {}
  ~Wiped() { Drop(); }
  Wiped(Wiped&& other) noexcept = default;
  Wiped& operator=(Wiped&& other) noexcept {
    if (this != &other) {
      Drop();
      bytes_ = std::move(other.bytes_);
    }
    return *this;
  }

  crypto::BytesView view() const { return bytes_ ? crypto::BytesView(*bytes_) : ""; }

 private:
  void Drop() {
    if (bytes_) crypto::Wipe(*bytes_);
  }

  std::unique_ptr<crypto::Bytes> bytes_;  // moving leaves no copy behind
};

struct MatchKey {
  std::string kind;  // "nrn", "name"
  Wiped identifier;
};
// 1 to kMaxKeysPerPerson match keys.
using Person = std::vector<MatchKey>;

absl::StatusOr<Wiped> InputOf(std::string_view partnership, std::string_view purpose,
                              std::string_view kind, crypto::BytesView identifier);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_INPUT_H_
