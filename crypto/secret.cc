#include "crypto/secret.h"

#include <sodium.h>
#include <sys/mman.h>

#include <atomic>
#include <mutex>
#include <vector>

namespace sluis::crypto {
namespace {

std::atomic<bool> memory_locked{true};

// A free list of slots over chunks that are locked once: a Secret costs a mutex, not a system call.
// The pool is never destroyed, so that secrets with static lifetime can still return their slot.
class SlotPool {
 public:
  static SlotPool& Get() {
    static auto* pool = new SlotPool;
    return *pool;
  }

  uint8_t* Acquire() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) Grow();
    uint8_t* slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void Release(uint8_t* slot) {
    sodium_memzero(slot, internal::kSecretSlotSize);
    const std::lock_guard lock(mutex_);
    free_.push_back(slot);  // never reallocates: Grow reserved room for every slot
  }

 private:
  static constexpr size_t kChunkSize = 16384;

  void Grow() {
    void* chunk =
        mmap(nullptr, kChunkSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED) std::abort();
    if (madvise(chunk, kChunkSize, MADV_DONTDUMP) != 0 || mlock(chunk, kChunkSize) != 0) {
      memory_locked = false;
    }
    total_ += kChunkSize / internal::kSecretSlotSize;
    free_.reserve(total_);
    for (size_t at = 0; at < kChunkSize; at += internal::kSecretSlotSize) {
      free_.push_back(static_cast<uint8_t*>(chunk) + at);
    }
  }

  std::mutex mutex_;
  std::vector<uint8_t*> free_;
  size_t total_ = 0;
};

}  // namespace

void Init() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

void Wipe(std::span<uint8_t> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

void Wipe(Bytes& bytes) {
  sodium_memzero(bytes.data(), bytes.size());
  bytes.clear();
}

bool SecretMemoryLocked() { return memory_locked; }

namespace internal {

uint8_t* AcquireSecretSlot() { return SlotPool::Get().Acquire(); }
void ReleaseSecretSlot(uint8_t* slot) { SlotPool::Get().Release(slot); }

}  // namespace internal

SecretBytes::SecretBytes(size_t size) : size_(size) {
  Init();
  data_ = static_cast<uint8_t*>(sodium_malloc(size));
  if (data_ == nullptr) std::abort();
  sodium_memzero(data_, size);
}

SecretBytes::~SecretBytes() { sodium_free(data_); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    sodium_free(data_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes SecretBytes::FromBytes(Bytes&& source) {
  SecretBytes out(source.size());
  std::memcpy(out.data_, source.data(), source.size());
  Wipe(source);
  return out;
}

}  // namespace sluis::crypto
