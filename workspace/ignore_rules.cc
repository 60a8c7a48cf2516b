#include "workspace/ignore_rules.h"

#include <algorithm>
#include <utility>

#include "workspace/wildmatch.h"

namespace cromwell::workspace {
namespace {

constexpr std::size_t kMaxPatternBytes = 4096;  // a longer line matches no path

// Without trailing spaces, but for those after a backslash.
std::string_view trim_end(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) ++i;
    if (line[i] != ' ' || (i > 0 && line[i - 1] == '\\')) end = i + 1;
  }
  return line.substr(0, end);
}

}  // namespace

IgnorePatterns IgnorePatterns::parse(std::string_view text) {
  IgnorePatterns result;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#' || line.size() > kMaxPatternBytes) continue;
    line = trim_end(line);
    Pattern pattern;
    pattern.negated = line.starts_with('!');
    if (pattern.negated) line.remove_prefix(1);
    pattern.folders_only = line.ends_with('/');
    if (pattern.folders_only) line.remove_suffix(1);
    pattern.base_name = line.find('/') == std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) continue;
    pattern.glob = line;
    pattern.literal = std::min(line.find_first_of("*?[\\"), line.size());
    result.patterns_.push_back(std::move(pattern));
  }
  return result;
}

// As git does it, the literal start is compared first and the rest matched alone: so "a**" means
// "a", then any depth.
bool IgnorePatterns::matches(const Pattern& pattern, std::string_view path) {
  std::string_view text = pattern.base_name ? path.substr(path.rfind('/') + 1) : path;
  const std::string_view glob = pattern.glob;
  const std::size_t literal =
      pattern.base_name && pattern.literal < glob.size() ? 0 : pattern.literal;
  if (!text.starts_with(glob.substr(0, literal))) return false;
  text.remove_prefix(literal);
  return literal == glob.size() ? text.empty() : wildmatch(glob.substr(literal), text);
}

IgnorePatterns::Verdict IgnorePatterns::judge(std::string_view path, bool is_folder) const {
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    if (pattern->folders_only && !is_folder) continue;
    if (matches(*pattern, path)) return pattern->negated ? Verdict::kKept : Verdict::kIgnored;
  }
  return Verdict::kUnsaid;
}

std::shared_ptr<const IgnoreRules> IgnoreRules::of_root(const Files& files,
                                                        std::string_view exclude,
                                                        std::string_view user_excludes) {
  auto rules = std::make_shared<IgnoreRules>();
  for (const std::string_view text :
       {user_excludes, exclude, files.git_ignore, files.cromwell_ignore}) {
    rules->lists_.push_back(IgnorePatterns::parse(text));
  }
  return rules;
}

std::shared_ptr<const IgnoreRules> IgnoreRules::of_folder(std::shared_ptr<const IgnoreRules> parent,
                                                          std::string_view name,
                                                          const Files& files) {
  auto rules = std::make_shared<IgnoreRules>();
  rules->parent_ = std::move(parent);
  rules->name_ = name;
  for (const std::string_view text : {files.git_ignore, files.cromwell_ignore}) {
    if (!text.empty()) rules->lists_.push_back(IgnorePatterns::parse(text));
  }
  return rules;
}

bool IgnoreRules::ignores(std::string_view name, bool is_folder) const {
  std::string path(name);
  for (const IgnoreRules* rules = this; rules != nullptr; rules = rules->parent_.get()) {
    for (auto list = rules->lists_.rbegin(); list != rules->lists_.rend(); ++list) {
      const auto verdict = list->judge(path, is_folder);
      if (verdict != IgnorePatterns::Verdict::kUnsaid) {
        return verdict == IgnorePatterns::Verdict::kIgnored;
      }
    }
    if (rules->parent_) path = rules->name_ + "/" + path;
  }
  return false;
}

}  // namespace cromwell::workspace
