#include "api/workspace_wire.h"

#include "api/limits.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

constexpr const char* kWorkspace =
    "Absolute folder: a root of the daemon or beneath one. Default: the first root.";
constexpr const char* kFile = "Path of the file, relative to the workspace.";

JsonOut kind_schema() {
  return schema::one_of_texts(
      {"function", "method", "class", "enum", "type", "module", "variable", "macro"});
}

JsonOut index_json(const workspace::IndexState& state) {
  JsonOut object;
  object["files"] = state.files;
  object["symbols"] = state.symbols;
  object["waiting"] = state.waiting;
  object["listed"] = state.listed;
  object["searchable"] = state.searchable;
  object["ready"] = state.ready;
  object["complete"] = state.complete;
  return object;
}

JsonOut index_schema() {
  return schema::object({{"files", schema::integer()},
                         {"symbols", schema::integer()},
                         {"waiting", schema::integer("files that are still to be parsed")},
                         {"listed", schema::boolean("the names of all files are known")},
                         {"searchable", schema::boolean("a file that waits is parsed when one asks "
                                                        "for a name that stands in it")},
                         {"ready", schema::boolean("all files were parsed once")},
                         {"complete", schema::boolean("no limit of the index was reached")}});
}

void put_lines(JsonOut& object, workspace::LineRange lines) {
  object["start_line"] = lines.first;
  object["end_line"] = lines.last;
}

}  // namespace

const FieldTable<FileQuery>& file_fields() {
  static const auto table =
      FieldTable<FileQuery>()
          .text("file", &FileQuery::file, {1, kMaxPathBytes}, kFile)
          .required()
          .text("workspace", &FileQuery::workspace, {0, kMaxPathBytes}, kWorkspace)
          .absolute_path();
  return table;
}

const FieldTable<FilesQuery>& files_fields() {
  static const auto table =
      FieldTable<FilesQuery>()
          .text("query", &FilesQuery::query, {0, kMaxQueryTextBytes},
                "A part of the path, in either case. Names that begin with it come first.")
          .integer<int>("limit", &FilesQuery::limit, {1, kMaxFoundFiles}, "At most so many.")
          .text("workspace", &FilesQuery::workspace, {0, kMaxPathBytes}, kWorkspace)
          .absolute_path();
  return table;
}

const FieldTable<SymbolsQuery>& symbols_fields() {
  static const auto table =
      FieldTable<SymbolsQuery>()
          .text("query", &SymbolsQuery::query, {1, kMaxNameBytes},
                "A part of the name, in either case. Equal names come first. While files wait to "
                "be parsed, those are that hold this very name.")
          .required()
          .integer<int>("limit", &SymbolsQuery::limit, {1, kMaxFoundSymbols}, "At most so many.")
          .text("workspace", &SymbolsQuery::workspace, {0, kMaxPathBytes}, kWorkspace)
          .absolute_path();
  return table;
}

const FieldTable<ContextQuery>& context_query_fields() {
  const auto of_context = [](auto edit::ContextRequest::* member) {
    return [member](ContextQuery& query) -> auto& { return query.context.*member; };
  };
  static const auto table =
      FieldTable<ContextQuery>()
          .text("file", of_context(&edit::ContextRequest::file), {1, kMaxPathBytes}, kFile)
          .required()
          .text("workspace", of_context(&edit::ContextRequest::workspace), {0, kMaxPathBytes},
                kWorkspace)
          .absolute_path()
          .integer<int>("start_line", &ContextQuery::start_line, {1, kMaxInt},
                        "The first line that may change; with end_line.")
          .integer<int>("end_line", &ContextQuery::end_line, {1, kMaxInt},
                        "The last line that may change.")
          .text("instruction", of_context(&edit::ContextRequest::instruction),
                {0, kMaxQueryTextBytes}, "What is to be changed, in words.")
          .integer<int>(
              "budget", [](ContextQuery& query) -> auto& { return query.context.context.budget; },
              {0, kMaxInt}, "Tokens at most. Default: the model's.");
  return table;
}

JsonOut files_json(const std::string& folder, const std::vector<std::string>& roots,
                   const std::vector<std::string>& files, const workspace::IndexState& state) {
  JsonOut answer;
  answer["workspace"] = folder;
  answer["roots"] = roots;
  answer["files"] = files;
  answer["index"] = index_json(state);
  return answer;
}

JsonOut file_json(const workspace::Snapshot& snapshot) {
  JsonOut answer;
  answer["workspace"] = snapshot.workspace;
  answer["file"] = snapshot.file;
  answer["sha256"] = snapshot.sha256;
  answer["encoding"] = workspace::encoding_name(snapshot.text.encoding());
  answer["lines"] = snapshot.text.line_count();
  answer["text"] = snapshot.text.text({1, snapshot.text.line_count()});
  return answer;
}

JsonOut outline_json(const std::string& file, const workspace::Language& language,
                     const std::vector<workspace::Symbol>& symbols) {
  JsonOut answer;
  answer["file"] = file;
  answer["language"] = std::string(language.fence);
  answer["symbols"] = JsonOut::array();
  for (const workspace::Symbol& symbol : symbols) {
    JsonOut one;
    one["kind"] = workspace::symbol_kind_name(symbol.kind);
    one["name"] = symbol.name;
    one["container"] = symbol.container;
    put_lines(one, symbol.lines);
    one["signature"] = symbol.signature;
    answer["symbols"].push_back(std::move(one));
  }
  return answer;
}

JsonOut symbols_json(const std::vector<workspace::FoundSymbol>& symbols,
                     const workspace::IndexState& state) {
  JsonOut answer;
  answer["symbols"] = JsonOut::array();
  for (const workspace::FoundSymbol& found : symbols) {
    JsonOut one;
    one["file"] = found.file;
    one["kind"] = workspace::symbol_kind_name(found.symbol.kind);
    one["name"] = found.symbol.name;
    put_lines(one, found.symbol.lines);
    answer["symbols"].push_back(std::move(one));
  }
  answer["index"] = index_json(state);
  return answer;
}

JsonOut context_pieces_json(const std::vector<workspace::ContextPiece>& pieces) {
  JsonOut list = JsonOut::array();
  for (const workspace::ContextPiece& piece : pieces) {
    JsonOut one;
    one["file"] = piece.file;
    put_lines(one, piece.lines);
    one["why"] = piece.why;
    one["score"] = shortest(static_cast<float>(piece.score));
    one["tokens"] = piece.tokens;
    one["used"] = piece.used;
    list.push_back(std::move(one));
  }
  return list;
}

JsonOut context_json(const std::string& file, const edit::ContextReport& report,
                     const workspace::IndexState& state) {
  JsonOut answer;
  answer["workspace"] = report.workspace;
  answer["file"] = file;
  put_lines(answer["region"], report.region);
  answer["budget"] = report.budget_tokens;
  answer["pieces"] = context_pieces_json(report.pieces);
  answer["index"] = index_json(state);
  return answer;
}

JsonOut context_pieces_schema() {
  return schema::list(
      schema::object({{"file", schema::text()},
                      {"start_line", schema::integer()},
                      {"end_line", schema::integer()},
                      {"why", schema::text("added, outline, or defines NAME")},
                      {"score", schema::number("docs/context.md explains it")},
                      {"tokens", schema::integer("0: it was not read, for want of a budget")},
                      {"used", schema::boolean()}}),
      "best first");
}

void add_workspace_schemas(JsonOut& all) {
  all["FileQuery"] = file_fields().schema();
  all["FilesQuery"] = files_fields().schema();
  all["SymbolsQuery"] = symbols_fields().schema();
  all["ContextQuery"] = context_query_fields().schema();
  all["Outline"] = schema::object(
      {{"file", schema::text()},
       {"language", schema::text("empty if it is not known")},
       {"symbols", schema::list(schema::object({{"kind", kind_schema()},
                                                {"name", schema::text()},
                                                {"container", schema::text("what it stands in")},
                                                {"start_line", schema::integer()},
                                                {"end_line", schema::integer()},
                                                {"signature", schema::text()}}))}});
  all["Symbols"] =
      schema::object({{"symbols", schema::list(schema::object({{"file", schema::text()},
                                                               {"kind", kind_schema()},
                                                               {"name", schema::text()},
                                                               {"start_line", schema::integer()},
                                                               {"end_line", schema::integer()}}))},
                      {"index", index_schema()}});
  all["Files"] = schema::object({{"workspace", schema::text("absolute folder")},
                                 {"roots", schema::list(schema::text("absolute folder"))},
                                 {"files", schema::list(schema::text("relative to the workspace"))},
                                 {"index", index_schema()}});
  all["File"] = schema::object(
      {{"workspace", schema::text("absolute folder")},
       {"file", schema::text()},
       {"sha256", schema::text("of the bytes on disk")},
       {"encoding", schema::text("of the bytes on disk")},
       {"lines", schema::integer()},
       {"text", schema::text("in UTF-8, without a byte-order mark, each line ended by \\n")}});
  all["Context"] = schema::object({{"workspace", schema::text("absolute folder")},
                                   {"file", schema::text()},
                                   {"region", schema::object({{"start_line", schema::integer()},
                                                              {"end_line", schema::integer()}})},
                                   {"budget", schema::integer("tokens")},
                                   {"pieces", context_pieces_schema()},
                                   {"index", index_schema()}});
}

}  // namespace cromwell::api
