#ifndef SLUIS_TESTS_SUPPORT_TEMP_FOLDER_H_
#define SLUIS_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace sluis::tests {

// A fresh, empty folder (mode 0700) that is removed with everything in it when this goes. Two never
// share a path, also across processes. Ends the process when none can be made.
class TempFolder {
 public:
  TempFolder() {
    const char* base = std::getenv("TMPDIR");
    std::string name = std::string(base != nullptr ? base : "/tmp") + "/sluis-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_TEMP_FOLDER_H_
