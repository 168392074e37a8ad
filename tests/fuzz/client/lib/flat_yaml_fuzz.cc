#include "client/lib/flat_yaml.h"
#include "client/lib/signal_form.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis::client;  // NOLINT(google-build-using-namespace)
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto yaml = ReadFlatYaml(
      text, "form.yaml", [](std::string_view key) { return FindFormField(key) != nullptr; });
  if (!yaml.ok()) return 0;
  sluis::record::v1::Signal signal;
  FillSignal(Form(yaml->begin(), yaml->end()), {"2025-11-21", true}, &signal);
  return 0;
}
