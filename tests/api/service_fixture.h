// A whole Service on a scripted model: real engine, tokenizer, workspace and store in a folder
// that goes with the test. Answers are checked against /openapi.json on the way.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/routes.h"
#include "api/service.h"
#include "base/file_system.h"
#include "edit/edit_service.h"
#include "engine/engine.h"
#include "engine/session_store.h"
#include "tests/api/fake_responder.h"
#include "tests/api/schema_check.h"
#include "tests/fakes/cheap_columns.h"
#include "tests/fakes/scripted_model.h"
#include "tests/fakes/small_tokenizer.h"
#include "tests/fakes/temp_folder.h"
#include "tokenizer/chat_template.h"
#include "workspace/edit_store.h"
#include "workspace/workspace.h"

namespace cromwell::api {

using Ids = std::vector<engine::TokenId>;

class ServiceTest : public ::testing::Test {
 protected:
  static constexpr int kContext = 4096;

  // The model fails from its pass number `pass` on.
  void fail_at_pass(int pass) {
    model_->on_forward([passes = 0, pass](const model::Batch&) mutable -> base::Result<> {
      if (++passes < pass) return {};
      return base::Error{base::ErrorCode::kUnavailable, "the file went away"};
    });
  }

  // Called in a test's beginning, after the model was scripted.
  void start(engine::EngineOptions options = {}) {
    options.pass_times = fakes::kCheapColumns;
    folder_.write("root/main.py", "a = 1\nb = 2\n");
    engine_ = std::make_unique<engine::Engine>(std::move(model_), tokenizer_, options);
    auto chat = tokenizer::ChatTemplate::recognise(chat_template_, *tokenizer_);
    ASSERT_TRUE(chat) << chat.error().message;
    auto workspace = workspace::Workspace::open({folder_.str("root")});
    ASSERT_TRUE(workspace) << workspace.error().message;
    auto store =
        workspace::EditStore::open(folder_.str("state"), *workspace, base::posix_file_system());
    ASSERT_TRUE(store) << store.error().message;
    auto index = workspace::FileIndex::open(folder_.str("root"));
    ASSERT_TRUE(index) << index.error().message;
    index_ = *index;
    edits_ = std::make_unique<edit::EditService>(
        *engine_, tokenizer_, *chat, *workspace, *store,
        edit::EditServiceOptions{.context_length = kContext}, edit::Indexes{index_});
    auto sessions = engine::SessionStore::open(folder_.str("sessions"), files_);
    ASSERT_TRUE(sessions) << sessions.error().message;
    sessions_ = std::move(*sessions);
    service_ = std::make_unique<Service>(ServiceParts{.engine = *engine_,
                                                      .edits = *edits_,
                                                      .sessions = *sessions_,
                                                      .tokenizer = tokenizer_,
                                                      .chat_template = *chat,
                                                      .workspace = *workspace,
                                                      .indexes = {index_},
                                                      .model_name = "scripted",
                                                      .model = facts_,
                                                      .adapters = adapters_,
                                                      .version = "1.2.3",
                                                      .context_length = kContext,
                                                      .slots = options.max_running,
                                                      .tcp_without_token = true,
                                                      .streams = stream_limits_,
                                                      .page = page_});
    document_ = parse_or_null(get("/openapi.json").body);
  }

  void TearDown() override {
    service_.reset();
    sessions_.reset();
    edits_.reset();
    engine_.reset();
    for (const auto& responder : responders_) {
      EXPECT_EQ(responder->misuse(), "");
      EXPECT_LE(responder.use_count(), 1) << "a handler keeps its responder";
    }
  }

  // --- the model
  std::unique_ptr<fakes::ScriptedModel> model_with_adapters(int adapters) const {
    return std::make_unique<fakes::ScriptedModel>(
        fakes::ScriptedModelOptions{.vocab_size = tokenizer_->vocab_size(),
                                    .context_length = kContext,
                                    .pages = 512,
                                    .adapters = adapters});
  }
  Ids ids(const std::string& text) const { return tokenizer_->encode(text).ids; }
  engine::TokenId end_of_text() const { return *tokenizer_->vocabulary().eos; }
  // After `text` the model says `answer` and ends.
  void script(const Ids& after, const std::string& answer) {
    Ids said = ids(answer);
    said.push_back(end_of_text());
    model_->script(after, said);
  }
  // The same where an edit's answer begins.
  void script_edit(const std::string& answer) { script(ids("```python\n"), answer + "```"); }

  // --- requests
  std::shared_ptr<FakeResponder> send(HttpRequest request) {
    auto responder = std::make_shared<FakeResponder>();
    responders_.push_back(responder);
    service_->handle(std::move(request), responder);
    return responder;
  }
  std::shared_ptr<FakeResponder> begin(const std::string& path, const std::string& body,
                                       HeaderList headers = {}) {
    return send({.method = "POST", .path = path, .headers = std::move(headers), .body = body});
  }
  HttpResponse get(const std::string& path, const std::string& query = {}) {
    return send({.method = "GET", .path = path, .query = query})->wait();
  }
  HttpResponse remove(const std::string& path) {
    return send({.method = "DELETE", .path = path})->wait();
  }
  HttpResponse post(const std::string& path, const std::string& body) {
    return begin(path, body)->wait();
  }
  // A POST that must succeed, and whose answer must be as described.
  JsonIn post_ok(const std::string& path, const std::string& body) {
    return checked(find_route("POST", path), post(path, body));
  }
  JsonIn get_ok(const std::string& path, const std::string& query = {}) {
    return checked(find_route("GET", path), get(path, query));
  }
  std::vector<SseEvent> stream(const std::string& path, const std::string& body) {
    const HttpResponse response = post(path, body);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type, "text/event-stream");
    return parse_sse(response.body);
  }
  // An answer that must be this error, in the described shape.
  JsonIn expect_error(const HttpResponse& response, int status, const std::string& code) {
    const JsonIn body = parse_or_null(response.body);
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(fault(body, "Error"), "") << response.body;
    const JsonIn error =
        body.is_object() ? body.value("error", JsonIn::object()) : JsonIn::object();
    EXPECT_EQ(error.value("code", ""), code) << response.body;
    return error;
  }
  std::string fault(const JsonIn& value, const std::string& schema) const {
    return SchemaCheck(document_).check_named(value, schema);
  }

  JsonIn checked(const RouteMatch& match, const HttpResponse& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    const JsonIn body = parse_or_null(response.body);
    EXPECT_NE(match.route, nullptr);
    if (match.route != nullptr) {
      EXPECT_EQ(fault(body, std::string(match.route->answer)), "") << response.body;
    }
    return body;
  }

  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_ = fakes::small_tokenizer();
  const ModelFacts facts_{.architecture = "llama",
                          .quantization = "Q4_0",
                          .parameters = 1'261'800'000,
                          .bytes = 700'000'000};
  std::string chat_template_ = "chatml";
  StreamLimits stream_limits_;
  std::vector<PageFile> page_;
  tests::TempFolder folder_;
  std::vector<engine::Adapter> adapters_;
  std::unique_ptr<fakes::ScriptedModel> model_ = model_with_adapters(0);
  std::shared_ptr<workspace::FileIndex> index_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<edit::EditService> edits_;
  std::shared_ptr<base::FileSystem> files_ = base::posix_file_system();
  std::unique_ptr<engine::SessionStore> sessions_;
  std::unique_ptr<Service> service_;
  std::vector<std::shared_ptr<FakeResponder>> responders_;
  JsonIn document_;
};

}  // namespace cromwell::api
