// The sources of other people that this machine has, in the languages that we read: what no check
// may find a fault in. Tests of parsers, which hold what is wrong on purpose, are left out.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>

#include "workspace/language.h"

namespace cromwell::tests {

struct SoundSource {
  std::string path, text;
  workspace::Language language;
};

inline bool is_sound(const std::string& path) {
  for (const char* part : {"/lib2to3/tests/", "/test/", "/tests/", "/bad", "/testdata/",
                           "/node-gyp/gyp/", "/templates/"}) {
    if (path.find(part) != std::string::npos) return false;
  }
  return true;
}

// Every `step`th file. The folder of the campaign's sources is there once it has run.
inline void for_each_sound_source(int step, const std::function<void(const SoundSource&)>& visit) {
  namespace fs = std::filesystem;
  const char* home = std::getenv("HOME");
  const std::string cache = std::string(home == nullptr ? "" : home) + "/.cache/cromwell/campaign";
  int number = 0;
  for (const std::string& root :
       {std::string("/usr/lib/python3.11"), std::string("/usr/include"),
        std::string("/usr/local/lib/python3.11"), std::string("/usr/lib/node_modules"), cache}) {
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(root, error);
         !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      const std::string path = it->path().string();
      if (!it->is_regular_file(error) || !is_sound(path) || ++number % step != 0) continue;
      std::ostringstream bytes;
      bytes << std::ifstream(path, std::ios::binary).rdbuf();
      const std::string text = bytes.str();
      const workspace::Language language = workspace::language_of(path, text);
      if (language.grammar == workspace::Grammar::kNone || text.size() > 1'000'000) continue;
      visit({path, text, language});
    }
  }
}

}  // namespace cromwell::tests
