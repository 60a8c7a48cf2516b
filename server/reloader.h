// Reloader: reads the configuration again while the daemon runs, and changes what can be changed:
// token, hosts, origins, limits of the transport, log level, and fewer roots. All else is logged as
// needing a restart, and whatever is wrong with the new configuration leaves the old one in force.
// Main thread only.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"
#include "server/configuration.h"
#include "server/file_reader.h"
#include "server/server.h"

namespace cromwell::server {

struct ReloaderParts {
  Options options;  // those in force
  ConfigSources sources;
  FileReader& files;
  Server& server;
  std::size_t most_connections = 0;                 // that this process has descriptors for
  std::function<void(std::size_t root)> drop_root;  // by its number among the options' roots
};

class Reloader {
 public:
  explicit Reloader(ReloaderParts parts);

  void reload();

 private:
  base::Result<> try_reload();
  base::Result<AccessPolicy> read_access(const Options& wanted);
  void apply_roots(const Options& wanted);

  const ReloaderParts parts_;
  Options options_;  // as the last good configuration had them
};

}  // namespace cromwell::server
