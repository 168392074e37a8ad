#include "crypto/secret.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>
#include <type_traits>
#include <vector>

#include "crypto/random.h"

namespace sluis::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Secret<32>>);
static_assert(!std::is_copy_assignable_v<Secret<32>>);
static_assert(std::is_nothrow_move_constructible_v<Secret<32>>);
static_assert(!std::is_copy_constructible_v<SecretBytes>);

template <typename T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};
template <typename T>
concept Printable = requires(std::ostream& out, const T& a) {
  out << a;
};
static_assert(!Comparable<Secret<32>> && !Printable<Secret<32>>);

// The flags of the mapping that holds `address`, as the kernel tells them.
std::string MappingFlags(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) {
      inside = wanted >= begin && wanted < end;
    } else if (inside && line.starts_with("VmFlags:")) {
      return line + " ";
    }
  }
  return "";
}

TEST(Secret, TakesBytesOverAndWipesTheSource) {
  FixedBytes<4> source = {1, 2, 3, 4};
  const Secret<4> secret = Secret<4>::FromBytes(source);
  EXPECT_EQ(HexEncode(View(secret.expose())), "01020304");
  EXPECT_EQ(source, FixedBytes<4>{});
}

TEST(Secret, RefusesAnotherLengthAndWipesItAllTheSame) {
  Bytes wrong = "abc";
  const char* data = wrong.data();
  EXPECT_FALSE(Secret<4>::FromBytes(std::move(wrong)).ok());
  EXPECT_EQ(std::string(data, 3), std::string(3, '\0'));
  Bytes right = "abcd";
  const absl::StatusOr<Secret<4>> secret = Secret<4>::FromBytes(std::move(right));
  ASSERT_TRUE(secret.ok());
  EXPECT_EQ(View(secret->expose()), "abcd");
}

TEST(Secret, IsZeroedWhenItGoes) {
  const uint8_t* slot = nullptr;
  {
    Secret<64> secret;
    SystemRandom().Fill(secret.mutable_span());
    slot = secret.expose().data();
    ASSERT_NE(View(secret.expose()), Bytes(64, '\0'));
  }
  // The pool never unmaps, so the place can still be looked at.
  EXPECT_EQ(BytesView(reinterpret_cast<const char*>(slot), 64), Bytes(64, '\0'));
}

TEST(Secret, IsZeroedWhenOverwrittenByAMove) {
  Secret<8> target;
  target.mutable_span()[0] = 1;
  const uint8_t* slot = target.expose().data();
  target = Secret<8>();
  EXPECT_EQ(*slot, 0);
}

TEST(Secret, MovesWithoutCopyingAndClonesOnRequest) {
  Secret<8> first;
  first.mutable_span()[0] = 9;
  const uint8_t* slot = first.expose().data();
  const Secret<8> second = std::move(first);
  EXPECT_EQ(second.expose().data(), slot);
  const Secret<8> third = second.Clone();
  EXPECT_NE(third.expose().data(), slot);
  EXPECT_EQ(third.expose()[0], 9);
}

TEST(SecretDeathTest, ReadingAMovedFromSecretEndsTheProcess) {
  Secret<8> first;
  const Secret<8> second = std::move(first);
  EXPECT_DEATH(first.expose(), "");
}

TEST(Secret, MemoryIsLockedAndKeptOutOfDumps) {
  const Secret<32> secret;
  const std::string flags = MappingFlags(secret.expose().data());
  EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // Sanitizers turn mlock into nothing, and say so.
  EXPECT_TRUE(SecretMemoryLocked());
  EXPECT_NE(flags.find(" lo "), std::string::npos) << flags;
#endif
}

TEST(Secret, ManyAtOnceFromSeveralThreadsStayApart) {
  const auto work = [](uint8_t mark) {
    std::vector<Secret<32>> mine;
    for (int i = 0; i < 1000; ++i) {
      EXPECT_EQ(mine.emplace_back().expose()[31], 0);
      for (uint8_t& byte : mine.back().mutable_span()) byte = mark;
    }
    for (const Secret<32>& secret : mine) {
      for (uint8_t byte : secret.expose()) ASSERT_EQ(byte, mark);
    }
  };
  std::thread one(work, uint8_t{1});
  std::thread two(work, uint8_t{2});
  one.join();
  two.join();
}

TEST(SecretBytes, HoldsAnyLengthAndWipesTheSource) {
  Bytes source(100, 'x');
  const char* data = source.data();
  SecretBytes secret = SecretBytes::FromBytes(std::move(source));
  EXPECT_EQ(data[0], '\0');
  EXPECT_EQ(View(secret.expose()), Bytes(100, 'x'));
  const SecretBytes moved = std::move(secret);
  EXPECT_EQ(moved.size(), 100u);
  EXPECT_EQ(SecretBytes(0).size(), 0u);
}

TEST(Random, FillsAndDiffers) {
  const auto a = SystemRandom().Array<32>();
  const auto b = SystemRandom().Array<32>();
  EXPECT_NE(a, b);
  EXPECT_NE(a, FixedBytes<32>{});
}

}  // namespace
}  // namespace sluis::crypto
