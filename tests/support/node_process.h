#ifndef SLUIS_TESTS_SUPPORT_NODE_PROCESS_H_
#define SLUIS_TESTS_SUPPORT_NODE_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace sluis::test {

// The real daemon as a child process of the test. Ends it when destroyed.
class NodeProcess {
 public:
  // Starts `sluisd --config FILE` with these options, optionally under another command (`prefix`,
  // such as strace with its options), and waits until it says where it listens. `started` is false
  // when it ended instead.
  explicit NodeProcess(const std::string& config_file, std::vector<std::string> prefix = {},
                       const std::vector<std::string>& options = {});
  ~NodeProcess();
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  bool started() const { return loopback_port_ != 0; }
  int port() const { return port_; }
  // 0 when it did not listen for partners at its start.
  int peer_port() const { return peer_port_; }
  int loopback_port() const { return loopback_port_; }
  pid_t pid() const { return pid_; }

  // Sends a signal, and waits for the end unless it is SIGHUP. Returns the exit code, or minus the
  // signal that ended it.
  int Signal(int signal);
  // Waits for the end by itself.
  int Wait();
  // What it wrote on standard error so far.
  std::string Errors() const;

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  int port_ = 0;
  int peer_port_ = 0;
  int loopback_port_ = 0;
  std::string error_file_;
};

}  // namespace sluis::test

#endif  // SLUIS_TESTS_SUPPORT_NODE_PROCESS_H_
