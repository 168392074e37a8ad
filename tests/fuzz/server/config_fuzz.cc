// Any text is either a whole configuration or a refusal that names the file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = sluis::server::ParseConfig("/etc/sluis/sluisd.yaml", text);
  if (config.ok()) {
    if (config->organisation.empty() || config->kind.empty() || config->data_folder.empty() ||
        config->tick_ms < 10 || !sluis::server::CheckReload(*config, *config).ok()) {
      std::abort();
    }
    return 0;
  }
  const std::string message(config.status().message());
  if (!message.starts_with("/etc/sluis/sluisd.yaml")) std::abort();
  return 0;
}
