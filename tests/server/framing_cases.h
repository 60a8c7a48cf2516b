// The table of requests whose framing two readers may understand differently, by the sections of
// RFC 9112, and what is to be answered to each.
#pragma once

#include <string>
#include <vector>

namespace cromwell::server {

struct FramingCase {
  std::string name;
  std::string request;
  int status = 200;
  bool closes = false;  // sound, and the last request of its connection
};

const std::vector<FramingCase>& framing_cases();

// Parts of such requests.
std::string with_line(const std::string& line);     // a GET with one more field
std::string request_line(const std::string& line);  // a GET with this first line
// A POST with these fields and this body.
std::string post(const std::string& fields, const std::string& body,
                 const std::string& version = "HTTP/1.1");
std::string chunked(const std::string& body);
std::string repeat(const std::string& text, int times);

// The further parts of the table.
std::vector<FramingCase> control_character_cases();
std::vector<FramingCase> field_cases();
std::vector<FramingCase> body_cases();
std::vector<FramingCase> connection_cases();

}  // namespace cromwell::server
