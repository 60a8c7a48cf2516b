// Every numeric field of every request that /openapi.json describes, with numbers that break
// programs: it is refused with the field's path, or taken; nothing else happens.
#include <set>

#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

constexpr const char* kNumbers[] = {"-9223372036854775808", "-1",    "0",     "1",   "2147483648",
                                    "9223372036854775808",  "1e308", "\"1\"", "null"};

struct Field {
  std::string path;  // as an error names it: "selection.start_line"
  JsonIn::json_pointer at;
};

bool has_type(const JsonIn& schema, const char* type) {
  const JsonIn types = schema.value("type", JsonIn());
  if (!types.is_array()) return types == type;
  return std::find(types.begin(), types.end(), type) != types.end();
}

class Numbers : public ServiceTest {
 protected:
  const JsonIn& resolved(const JsonIn& schema) const {
    if (!schema.contains("$ref")) return schema;
    return document_.at(JsonIn::json_pointer(schema["$ref"].get<std::string>().substr(1)));
  }

  void collect(const JsonIn& given, const std::string& path, const JsonIn::json_pointer& at,
               std::vector<Field>& fields) const {
    const JsonIn& schema = resolved(given);
    if (has_type(schema, "integer") || has_type(schema, "number"))
      fields.push_back({.path = path, .at = at});
    for (const JsonIn& choice : schema.value("anyOf", JsonIn::array())) {
      collect(choice, path, at, fields);
    }
    if (schema.contains("items")) {
      collect(schema["items"], path + "[0]", at / std::size_t{0}, fields);
    }
    const JsonIn members = schema.value("properties", JsonIn::object());
    for (const auto& [name, member] : members.items()) {
      collect(member, path.empty() ? name : path + "." + name, at / name, fields);
    }
  }
};

TEST_F(Numbers, AreTakenOrRefusedByNameInEachFieldOfEachBody) {
  start({.max_running = 4, .max_queued = 8});
  int requests = 0;
  for (const Route& route : routes()) {
    if (route.request.empty()) continue;
    JsonIn example = parse_or_null(route.example);
    if (example.contains("file")) example["file"] = "main.py";
    example.erase("selection");
    for (const char* cap : {"max_tokens", "n_predict"}) {
      if (example.contains(cap) || route.path == "/v1/edit") example[cap] = 1;
    }
    std::vector<Field> fields;
    collect(document_["components"]["schemas"][std::string(route.request)], "",
            JsonIn::json_pointer(), fields);
    for (const Field& field : fields) {
      for (const char* number : kNumbers) {
        JsonIn body = example;
        try {
          body[field.at] = JsonIn::parse(number);
        } catch (const JsonIn::exception&) {
          continue;  // the example has a text where this schema has a list
        }
        const HttpResponse response = post(std::string(route.path), body.dump());
        ++requests;
        EXPECT_LT(response.status, 500) << route.path << " " << body << " " << response.body;
        if (std::string(number) == "\"1\"" && response.status == 400 &&
            route.dialect != Dialect::kOllama) {
          const std::string param = parse_or_null(response.body)["error"].value("param", "");
          EXPECT_EQ(param.substr(0, param.find_first_of(".[")),
                    field.path.substr(0, field.path.find_first_of(".[")))
              << route.path << " " << body << " " << response.body;
        }
      }
    }
  }
  EXPECT_GT(requests, 1500);
}

TEST_F(Numbers, AreTakenOrRefusedInEachFieldOfEachQuery) {
  start();
  for (const Route& route : routes()) {
    if (route.query.empty()) continue;
    const JsonIn& schema = document_["components"]["schemas"][std::string(route.query)];
    for (const auto& [name, field] : schema["properties"].items()) {
      for (const char* number : kNumbers) {
        const HttpResponse response =
            get(std::string(route.path), "file=main.py&query=a&" + name + "=" + number);
        EXPECT_LT(response.status, 500) << route.path << " " << name << "=" << number;
      }
    }
  }
}

}  // namespace
}  // namespace cromwell::api
