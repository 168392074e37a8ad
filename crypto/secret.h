// Memory for keys: locked, kept out of core dumps, wiped when it goes.
//
// Guarantee: a Secret's bytes live only in a pooled slot of locked, undumpable memory and are
// zeroed on destruction and on move-assignment. Secrets cannot be copied by accident, compared with
// == or printed. Not guaranteed: registers, stack temporaries of the libraries called and the
// hypervisor's view of the memory; suspend to disk. When the process may not lock memory
// (RLIMIT_MEMLOCK) the slots are still wiped and undumpable but may be swapped:
// SecretMemoryLocked() then answers false, and the program says so. Thread-safety: the pool is; one
// Secret is like any value. Ownership: expose() borrows until the Secret is moved from or
// destroyed.
#ifndef SLUIS_CRYPTO_SECRET_H_
#define SLUIS_CRYPTO_SECRET_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace sluis::crypto {

// Prepares libsodium; whoever needs it calls it, any number of times, from any thread. Ends the
// process when the library cannot start, because no promise could be kept.
void Init();

// Zeroes memory in a way the compiler may not remove.
void Wipe(std::span<uint8_t> bytes);
void Wipe(Bytes& bytes);

// False once locking a page for secrets has failed.
bool SecretMemoryLocked();

namespace internal {
inline constexpr size_t kSecretSlotSize = 64;
uint8_t* AcquireSecretSlot();           // 64 zero bytes; ends the process when memory is exhausted
void ReleaseSecretSlot(uint8_t* slot);  // wipes
}  // namespace internal

template <size_t N>
class Secret {
  static_assert(N > 0 && N <= internal::kSecretSlotSize);

 public:
  // All zero, to be filled through mutable_span().
  Secret() : slot_(internal::AcquireSecretSlot()) {}
  ~Secret() { Release(); }
  Secret(Secret&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Release();
      slot_ = std::exchange(other.slot_, nullptr);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  // Takes the bytes over and wipes the source.
  static Secret FromBytes(std::span<uint8_t, N> source) {
    Secret out;
    std::memcpy(out.slot_, source.data(), N);
    Wipe(source);
    return out;
  }
  // The same; the source is wiped and emptied even when its length is not N (kInvalidArgument).
  static absl::StatusOr<Secret> FromBytes(Bytes&& source) {
    const bool fits = source.size() == N;
    Secret out;
    if (fits) std::memcpy(out.slot_, source.data(), N);
    Wipe(source);
    if (!fits) {
      return absl::InvalidArgumentError("expected a secret of exactly " + std::to_string(N) +
                                        " bytes");
    }
    return out;
  }

  // A second owner of the same bytes, where two must exist. Deliberately not a copy constructor.
  Secret Clone() const {
    Secret out;
    std::memcpy(out.slot_, Slot(), N);
    return out;
  }

  // Reading a moved-from Secret ends the process.
  std::span<const uint8_t, N> expose() const { return std::span<const uint8_t, N>(Slot(), N); }
  std::span<uint8_t, N> mutable_span() { return std::span<uint8_t, N>(Slot(), N); }

 private:
  uint8_t* Slot() const {
    if (slot_ == nullptr) std::abort();
    return slot_;
  }
  void Release() {
    if (slot_ != nullptr) internal::ReleaseSecretSlot(std::exchange(slot_, nullptr));
  }

  uint8_t* slot_;
};

// Secret bytes of any length, between guard pages. Each object costs several pages and system
// calls: for key files and the like, never per record.
class SecretBytes {
 public:
  explicit SecretBytes(size_t size);
  ~SecretBytes();
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  // Takes the bytes over, wipes and empties the source.
  static SecretBytes FromBytes(Bytes&& source);

  size_t size() const { return size_; }
  std::span<const uint8_t> expose() const { return {data_, size_}; }
  std::span<uint8_t> mutable_span() { return {data_, size_}; }

 private:
  uint8_t* data_;
  size_t size_;
};

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_SECRET_H_
