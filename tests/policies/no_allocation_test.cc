// Deciding allocates nothing until the record of the decision is written: everything that Decide
// asks of the compiled rules before and for it, and Judge, which writes none. In a program of its
// own: it replaces what allocates.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "policies/compiled_rules.h"
#include "policies/evaluate.h"
#include "tests/support/generated_pack.h"

namespace {

std::atomic<bool> counting{false};
std::atomic<std::size_t> allocations{0};

void* Allocate(std::size_t size) {
  if (counting) ++allocations;
  // A size of 0 has an address as well.
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}

void* AllocateAligned(std::size_t size, std::align_val_t alignment) {
  if (counting) ++allocations;
  const auto step = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
  std::abort();
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return AllocateAligned(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return AllocateAligned(size, alignment);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace sluis::policies {
namespace {

// How often `act` asks for memory.
template <typename Act>
std::size_t Allocations(const Act& act) {
  allocations = 0;
  counting = true;
  act();
  counting = false;
  return allocations;
}

TEST(NoAllocation, TheCountSeesAllocations) {
  EXPECT_EQ(Allocations([] { delete new int(1); }), 1U);
  EXPECT_EQ(Allocations([] {}), 0U);
}

TEST(NoAllocation, MatchingRulesTakesNoMemory) {
  std::size_t permits = 0, denials = 0, taken = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Draw draw(seed);
    const auto packs = GeneratedPack(seed % 4 == 0 ? 130 : 12, draw);
    ASSERT_TRUE(packs.ok()) << packs.status();
    for (int i = 0; i < 30; ++i) {
      const Request request = GeneratedRequest(*packs, draw);
      const CompiledRules& rules = packs->compiled();
      const AttributeBits unknown = draw.Below(1 << packs->schema().attributes.size());
      std::size_t seen = 0;
      taken += Allocations([&] {
        const MatchingRules matching = rules.Match(request.values());
        seen += matching.permitted() ? rules.VisibleFields(matching) : 1;
        seen += rules.MatchWithout(request.values(), unknown).permitted() ? 1 : 0;
        seen += rules.NearestPermit(request.values()).value_or(0);
        const Verdict verdict = Judge(*packs, request);
        ++(verdict.outcome == Outcome::kPermit ? permits : denials);
      });
      // Used, so that nothing of it can be left out.
      EXPECT_LT(seen, ~std::size_t{0});
    }
  }
  EXPECT_EQ(taken, 0U);
  EXPECT_GT(permits, 100U);
  EXPECT_GT(denials, 100U);
}

}  // namespace
}  // namespace sluis::policies
