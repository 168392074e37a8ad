#include "tests/support/node_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include "tests/support/places.h"

namespace sluis::test {

NodeProcess::NodeProcess(const std::string& config_file, std::vector<std::string> prefix,
                         const std::vector<std::string>& options)
    : error_file_(config_file + ".stderr") {
  std::vector<std::string> command = std::move(prefix);
  command.insert(command.end(), {tests::InBuild("/bin/sluisd"), "--config", config_file});
  command.insert(command.end(), options.begin(), options.end());
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("node process: no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(pipe_ends[1], STDOUT_FILENO);
    const int errors = ::open(error_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(errors, STDERR_FILENO);
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(pipe_ends[1]);
  output_ = pipe_ends[0];
  // The daemon says its ports, that of the loopback endpoint last; at the end of its output it has
  // ended instead.
  std::FILE* lines = ::fdopen(::dup(output_), "r");
  char name[16];
  int port = 0;
  while (loopback_port_ == 0 && std::fscanf(lines, " %15s %d", name, &port) == 2) {
    const std::string_view which(name);
    (which == "listening" ? port_ : which == "peers" ? peer_port_ : loopback_port_) = port;
  }
  std::fclose(lines);
}

NodeProcess::~NodeProcess() {
  if (pid_ > 0) Signal(SIGKILL);
  ::close(output_);
}

int NodeProcess::Wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int NodeProcess::Signal(int signal) {
  ::kill(pid_, signal);
  return signal == SIGHUP ? 0 : Wait();
}

std::string NodeProcess::Errors() const {
  std::ifstream file(error_file_);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sluis::test
