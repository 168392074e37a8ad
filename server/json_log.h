#ifndef SLUIS_SERVER_JSON_LOG_H_
#define SLUIS_SERVER_JSON_LOG_H_

#include <spdlog/formatter.h>

#include <memory>

namespace sluis::server {

// Formats each message of the operator log as one line of JSON: time (UTC, milliseconds), level,
// message. Whatever the message holds, the line stays one line and valid JSON: quotes and control
// characters are escaped, bytes that are not UTF-8 replaced. Not thread-safe by itself: spdlog
// gives each sink its own and locks it.
class JsonLogFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override;
  std::unique_ptr<spdlog::formatter> clone() const override;
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_JSON_LOG_H_
