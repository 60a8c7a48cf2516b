// POST /v1/edit with `files`, and what /v1/edits says of such an edit.
#include <map>

#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

const std::string kNewPython = "a = 1\nb = 3\n";
const std::string kOldScript = "let b = 2;\n";
const std::string kNewScript = "let b = 3;\n";

class SeveralFiles : public ServiceTest {
 protected:
  void start_with(const std::string& python, const std::string& javascript) {
    script(ids("```python\n"), python + "```");
    script(ids("```javascript\n"), javascript + "```");
    start();
    folder_.write("root/more/b.js", kOldScript);
  }
  static std::string body(const std::string& more = {}) {
    return R"({"files": [{"file": "main.py"}, {"file": "more/b.js"}], "temperature": 0,
               "instruction": "make b three")" +
           more + "}";
  }
};

TEST_F(SeveralFiles, AreAnsweredWithADiffOfEach) {
  start_with(kNewPython, kNewScript);
  const JsonIn answer = post_ok("/v1/edit", body());
  EXPECT_FALSE(answer.contains("diff"));
  ASSERT_EQ(answer["diffs"].size(), 2U);
  EXPECT_EQ(answer["diffs"][0]["file"], "main.py");
  EXPECT_EQ(answer["diffs"][1]["file"], "more/b.js");
  EXPECT_EQ(answer["diffs"][1]["patch"],
            "--- a/more/b.js\n+++ b/more/b.js\n@@ -1 +1 @@\n-let b = 2;\n+let b = 3;\n");
  EXPECT_EQ(answer["diffs"][1]["validation"]["parses"], true);
  EXPECT_EQ(answer["file"], "main.py");
  ASSERT_EQ(answer["files"].size(), 2U);
  EXPECT_EQ(answer["files"][1]["region"].dump(), R"({"start_line":1,"end_line":1})");
  EXPECT_TRUE(answer["applied"].is_null());
}

TEST_F(SeveralFiles, AreStreamedWithADiffAndAnAppliedForEach) {
  start_with(kNewPython, kNewScript);
  std::string order;
  std::map<std::string, std::string> texts;
  for (const SseEvent& event : stream("/v1/edit", body(R"(, "stream": true, "apply": true)"))) {
    EXPECT_EQ(fault(event.data, "EditEvent_" + event.name), "") << event.name << event.data;
    if (event.name == "diff" || event.name == "applied") {
      order += event.name + " " + event.data["file"].get<std::string>() + "\n";
    }
    if (event.name == "token") {
      texts[event.data["file"].get<std::string>()] += event.data["text"].get<std::string>();
    }
  }
  EXPECT_EQ(order, "diff main.py\ndiff more/b.js\napplied main.py\napplied more/b.js\n");
  EXPECT_NE(texts["more/b.js"].find("let b = 3;"), std::string::npos);
  EXPECT_EQ(texts.size(), 2U);
}

TEST_F(SeveralFiles, AreOneEditInTheHistoryThatIsAppliedAndRevertedTogether) {
  start_with(kNewPython, kNewScript);
  const JsonIn applied = post_ok("/v1/edit", body(R"(, "apply": true)"))["applied"];
  EXPECT_EQ(applied["files"].size(), 2U);
  EXPECT_EQ(folder_.read("root/more/b.js"), kNewScript);
  const std::string path = "/v1/edits/" + applied["id"].get<std::string>();
  const JsonIn record = get_ok(path);
  EXPECT_EQ(record["state"], "applied");
  EXPECT_EQ(record["files"].size(), 2U);
  const auto patch = record["patch"].get<std::string>();
  EXPECT_NE(patch.find("+++ b/main.py"), std::string::npos);
  EXPECT_NE(patch.find("+++ b/more/b.js"), std::string::npos);
  EXPECT_EQ(post_ok(path + "/revert", "{}")["files"].size(), 2U);
  EXPECT_EQ(folder_.read("root/more/b.js"), kOldScript);
  EXPECT_EQ(folder_.read("root/main.py"), "a = 1\nb = 2\n");
}

TEST_F(SeveralFiles, ThatAreRefusedSayWhichAnswerWas) {
  start_with(kNewPython, "Here is the code.\n");
  const JsonIn error = expect_error(post("/v1/edit", body()), 422, "no_valid_edit");
  EXPECT_EQ(error["message"].get<std::string>().substr(0, 11), "more/b.js: ");
  EXPECT_EQ(error["detail"]["attempts"][0]["file"], "more/b.js");
  EXPECT_EQ(fault(error["detail"], "EditFailureDetail"), "");
}

TEST_F(SeveralFiles, AreRefusedByTheNameOfTheFieldThatIsWrong) {
  start_with(kNewPython, kNewScript);
  const auto param_of = [&](const std::string& files, int status = 400) {
    const HttpResponse response =
        post("/v1/edit", R"({"instruction": "change it", "files": )" + files + "}");
    EXPECT_EQ(response.status, status) << response.body;
    return parse_or_null(response.body)["error"].value("param", "");
  };
  EXPECT_EQ(param_of("[]"), "files");
  EXPECT_EQ(param_of(R"(["main.py"])"), "files[0]");
  EXPECT_EQ(param_of(R"([{"file": "main.py"}, {}])"), "files[1].file");
  EXPECT_EQ(param_of(R"([{"file": "main.py", "selection": {"start_line": 2, "end_line": 1}}])"),
            "files[0].selection.end_line");
  EXPECT_EQ(param_of(R"([{"file": "main.py", "base_sha256": "x"}])"), "files[0].base_sha256");
  EXPECT_EQ(param_of(R"([{"file": "main.py"}, {"file": "no.py"}])", 404).substr(0, 8), "files[1]");
  std::string many = "[";
  for (int i = 0; i < 65; ++i) many += R"({"file": "main.py"},)";
  many.back() = ']';
  EXPECT_EQ(param_of(many), "files");
  expect_error(post("/v1/edit", R"({"instruction": "change it"})"), 400, "invalid_request");
}

TEST_F(SeveralFiles, CannotBeUsedToWriteOutsideOfTheWorkspace) {
  start_with(kNewPython, kNewScript);
  folder_.write("outside.py", "a = 1\n");
  for (const char* outside : {"../outside.py", "/etc/passwd", "more/../../outside.py"}) {
    const HttpResponse response = post("/v1/edit", R"({"instruction": "change it", "apply": true,
                             "files": [{"file": "main.py"}, {"file": ")" +
                                                       std::string(outside) + R"("}]})");
    EXPECT_EQ(response.status, 403) << response.body;
  }
  EXPECT_EQ(folder_.read("outside.py"), "a = 1\n");
  EXPECT_EQ(folder_.read("root/main.py"), "a = 1\nb = 2\n");
}

}  // namespace
}  // namespace cromwell::api
