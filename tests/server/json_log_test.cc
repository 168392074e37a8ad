#include "server/json_log.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace sluis::server {
namespace {

std::string LineOf(const std::string& message, spdlog::level::level_enum level) {
  std::ostringstream out;
  spdlog::logger logger("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  logger.set_formatter(std::make_unique<JsonLogFormatter>());
  logger.set_level(spdlog::level::trace);
  logger.log(level, "{}", message);
  return out.str();
}

// Whether `text` is `shape` with any digit for each 0. (std::regex does not compile under asan with
// g++ 12.)
bool HasShape(const std::string& text, const std::string& shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char have, char want) {
    return want == '0' ? have >= '0' && have <= '9' : have == want;
  });
}

// Messages quote file names and keys: a quote must not end the string.
TEST(JsonLogTest, EveryMessageIsOneLineOfJson) {
  using std::string_literals::operator""s;
  for (const std::string& message :
       {"started"s, ""s, "\"organisation\" cannot change"s, "back\\slash"s, "two\nlines\r\n"s,
        "\x1b[31mred\t\x01"s, "zero \0 byte"s, "caf\xc3\xa9 \xe2\x82\xac"s, "{\"a\":1}"s,
        "{} {0} %v %"s, std::string(10'000, '"')}) {
    const std::string line = LineOf(message, spdlog::level::warn);
    ASSERT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    ASSERT_EQ(line.back(), '\n');
    const auto json = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(json.is_object()) << line;
    EXPECT_EQ(json.size(), 3u);
    EXPECT_EQ(json["message"], message);
    EXPECT_EQ(json["level"], "warning");
    EXPECT_TRUE(HasShape(json["time"].get<std::string>(), "0000-00-00T00:00:00.000Z")) << line;
  }
}

TEST(JsonLogTest, BytesThatAreNoTextAreReplaced) {
  const std::string line = LineOf("path \xff\xfe", spdlog::level::err);
  const auto json = nlohmann::json::parse(line, nullptr, false);
  ASSERT_TRUE(json.is_object()) << line;
  EXPECT_EQ(json["level"], "error");
  EXPECT_EQ(json["message"].get<std::string>().substr(0, 5), "path ");
}

TEST(JsonLogTest, TimeIsThatOfTheMessage) {
  spdlog::details::log_msg message("test", spdlog::level::info, "x");
  message.time = spdlog::log_clock::time_point(std::chrono::milliseconds(1'791'183'600'007));
  spdlog::memory_buf_t out;
  JsonLogFormatter().clone()->format(message, out);
  EXPECT_EQ(std::string(out.data(), out.size()),
            "{\"time\":\"2026-10-05T07:00:00.007Z\",\"level\":\"info\",\"message\":\"x\"}\n");
}

}  // namespace
}  // namespace sluis::server
