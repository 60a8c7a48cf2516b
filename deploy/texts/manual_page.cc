#include "deploy/texts/manual_page.h"

#include "base/version.h"

namespace cromwell::texts {
namespace {

// A line that begins with a dot or a quote is a request to roff.
std::string roff(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_begins = c == '\n';
  }
  return out;
}

// As a page's title is written.
std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string flag_line(const FlagHelp& flag) {
  std::string line;
  for (const std::string& name : flag.names) {
    line += (line.empty() ? "" : ", ") + ("\\fB" + roff(name) + "\\fR");
  }
  if (!flag.value.empty()) line += " \\fI" + roff(flag.value) + "\\fR";
  return ".TP\n" + line + "\n" + roff(flag.text) + "\n";
}

std::string synopsis(const CommandHelp& command, const std::string& path) {
  std::string line = "\\fB" + roff(path) + "\\fR";
  if (!command.commands.empty()) line += " \\fICOMMAND\\fR";
  line += " [\\fIOPTIONS\\fR]";
  for (const std::string& positional : command.positionals)
    line += " \\fI" + roff(positional) + "\\fR";
  return line;
}

void add_commands(const CommandHelp& command, const std::string& path, std::string& out) {
  for (const CommandHelp& child : command.commands) {
    const std::string longer = path + " " + child.name;
    out += ".SS \"" + roff(child.name) + "\"\n" + synopsis(child, longer) + "\n";
    if (!child.text.empty()) out += ".PP\n" + roff(child.text) + "\n";
    for (const FlagHelp& flag : child.flags) out += flag_line(flag);
    add_commands(child, longer, out);
  }
}

}  // namespace

std::string manual_page(const CommandHelp& program, const ManualPage& page) {
  const std::string section = std::to_string(page.section);
  std::string out = ".TH " + upper(program.name) + " " + section + " \"\" \"Cromwell " +
                    base::kVersion + "\"\n.SH NAME\n" + program.name + " \\- " +
                    roff(page.summary) + "\n.SH SYNOPSIS\n" + synopsis(program, program.name) +
                    "\n.SH DESCRIPTION\n" + roff(program.text) + "\n.SH OPTIONS\n";
  for (const FlagHelp& flag : program.flags) out += flag_line(flag);
  if (!program.commands.empty()) {
    out += ".SH COMMANDS\n";
    add_commands(program, program.name, out);
  }
  return out + page.sections + ".SH SEE ALSO\n" + page.see_also + "\n";
}

}  // namespace cromwell::texts
