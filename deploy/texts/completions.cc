#include "deploy/texts/completions.h"

namespace cromwell::texts {
namespace {

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

// In single quotes, as all three shells read them.
std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// --- bash: a command is known by its path, "" or "model pull-default".

std::string bash_values(const FlagHelp& flag) {
  switch (flag.kind) {
    case ValueKind::kFile:
      return "compgen -f -- \"$current\"";
    case ValueKind::kFolder:
      return "compgen -d -- \"$current\"";
    case ValueKind::kChoice:
      return "compgen -W " + shell_quoted(joined(flag.choices, " ")) + " -- \"$current\"";
    case ValueKind::kNone:
    case ValueKind::kAnything:
      break;
  }
  return "true";
}

struct BashParts {
  std::string paths;   // which words make a path longer
  std::string values;  // what follows a flag
  std::string words;   // what may stand at a path
};

void add_bash(const CommandHelp& command, const std::string& path, BashParts& parts) {
  std::vector<std::string> words;
  for (const FlagHelp& flag : command.flags) {
    words.insert(words.end(), flag.names.begin(), flag.names.end());
    if (flag.kind == ValueKind::kNone) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : flag.names) patterns.push_back(shell_quoted(path + " " + name));
    parts.values += "    " + joined(patterns, "|") + ")\n      mapfile -t COMPREPLY < <(" +
                    bash_values(flag) + ")\n      return ;;\n";
  }
  for (const CommandHelp& child : command.commands) {
    words.push_back(child.name);
    const std::string longer = path.empty() ? child.name : path + " " + child.name;
    parts.paths += "      " + shell_quoted(path + " " + child.name) +
                   ") path=" + shell_quoted(longer) + " ;;\n";
    add_bash(child, longer, parts);
  }
  parts.words +=
      "    " + shell_quoted(path) + ") words=" + shell_quoted(joined(words, " ")) + " ;;\n";
}

// --- zsh: one function for each command.

// Within an _arguments description, brackets and colons are its own.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const FlagHelp& flag) {
  switch (flag.kind) {
    case ValueKind::kFile:
      return "_files";
    case ValueKind::kFolder:
      return "_files -/";
    case ValueKind::kChoice:
      return "(" + joined(flag.choices, " ") + ")";
    case ValueKind::kNone:
    case ValueKind::kAnything:
      break;
  }
  return " ";
}

void add_zsh(const CommandHelp& command, const std::string& function, std::string& out) {
  std::string arguments;
  for (const FlagHelp& flag : command.flags) {
    for (const std::string& name : flag.names) {
      std::string spec = "*" + name + "[" + zsh_text(flag.text) + "]";
      if (flag.kind != ValueKind::kNone)
        spec += ":" + zsh_text(flag.value) + ":" + zsh_action(flag);
      arguments += " \\\n    " + shell_quoted(spec);
    }
  }
  if (command.commands.empty()) {
    out += function + "() {\n  _arguments" + arguments + " \\\n    '*:file:_files'\n}\n";
    return;
  }
  std::string names;
  std::string cases;
  for (const CommandHelp& child : command.commands) {
    names += "    " + shell_quoted(zsh_text(child.name) + ":" + child.text) + "\n";
    cases += "    " + shell_quoted(child.name) + ") " + function + "_" + child.name + " ;;\n";
  }
  out += function + "() {\n  local line state\n  local -a commands=(\n" + names +
         "  )\n  _arguments -C" + arguments +
         " \\\n    '1:command:->command' '*::argument:->rest'\n" +
         "  case $state in\n    command) _describe command commands ;;\n    rest)\n" +
         "      case $line[1] in\n" + cases + "      esac ;;\n  esac\n}\n";
  for (const CommandHelp& child : command.commands) {
    add_zsh(child, function + "_" + child.name, out);
  }
}

// --- fish: one line for each flag and command.

void add_fish(const CommandHelp& command, const std::string& program,
              const std::vector<std::string>& path, std::string& out) {
  std::vector<std::string> conditions;
  for (const std::string& word : path) conditions.push_back("__fish_seen_subcommand_from " + word);
  std::vector<std::string> children;
  for (const CommandHelp& child : command.commands) children.push_back(child.name);
  if (!children.empty()) {
    conditions.push_back("not __fish_seen_subcommand_from " + joined(children, " "));
  }
  std::string start = "complete -c " + program;
  if (!conditions.empty()) start += " -n " + shell_quoted(joined(conditions, "; and "));
  for (const CommandHelp& child : command.commands) {
    out += start + " -f -a " + child.name + " -d " + shell_quoted(child.text) + "\n";
  }
  for (const FlagHelp& flag : command.flags) {
    std::string line = start;
    for (const std::string& name : flag.names) {
      line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (flag.kind == ValueKind::kFile || flag.kind == ValueKind::kFolder) line += " -r -F";
    if (flag.kind == ValueKind::kAnything) line += " -x";
    if (flag.kind == ValueKind::kChoice)
      line += " -x -a " + shell_quoted(joined(flag.choices, " "));
    out += line + " -d " + shell_quoted(flag.text) + "\n";
  }
  for (const CommandHelp& child : command.commands) {
    std::vector<std::string> longer = path;
    longer.push_back(child.name);
    add_fish(child, program, longer, out);
  }
}

}  // namespace

std::string bash_completion(const CommandHelp& program) {
  BashParts parts;
  add_bash(program, "", parts);
  const std::string name = program.name;
  std::string out =
      "# bash completion for " + name + "\n_" + name + "() {\n" +
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local path='' word words=''\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$path $word\" in\n" +
      parts.paths + "      *) ;;\n    esac\n  done\n  case \"$path $previous\" in\n" +
      parts.values + "    *) ;;\n  esac\n  case \"$path\" in\n" + parts.words +
      "    *) ;;\n  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "  [ ${#COMPREPLY[@]} -gt 0 ] ||\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n}\n";
  return out + "complete -o filenames -F _" + name + " " + name + "\n";
}

std::string zsh_completion(const CommandHelp& program) {
  std::string functions;
  add_zsh(program, "_" + program.name, functions);
  return "#compdef " + program.name + "\n" + functions + "_" + program.name + " \"$@\"\n";
}

std::string fish_completion(const CommandHelp& program) {
  std::string out = "# fish completion for " + program.name + "\n";
  add_fish(program, program.name, {}, out);
  return out;
}

}  // namespace cromwell::texts
