// Families of the framing table: each control character at each place, and fields, bodies and
// connections as RFC 9112 has them.
#include <cstdio>

#include "tests/server/framing_cases.h"

namespace cromwell::server {
namespace {

using namespace std::string_literals;

std::string host(const std::string& value) {
  return "GET /a HTTP/1.1\r\nHost:" + value + "\r\n\r\n";
}

// With no Content-Type that a POST would need.
std::string bodied(const std::string& method, const std::string& fields, const std::string& body,
                   const std::string& path = "/a") {
  return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

}  // namespace

// Sections 2.2, 3 and 5.5: no control character has a place in a header, but for a tab in a value.
std::vector<FramingCase> control_character_cases() {
  std::vector<FramingCase> cases;
  for (int code = 0; code <= 0x20; ++code) {
    const char c = code == 0x20 ? '\x7F' : static_cast<char>(code);
    char name[16];
    std::snprintf(name, sizeof name, "0x%02X", static_cast<unsigned char>(c));
    const std::string text(1, c);
    const auto add = [&](const char* where, std::string request, int status = 400) {
      cases.push_back({std::string(name) + " in " + where, std::move(request), status});
    };
    add("a method", request_line("GE" + text + "T /a HTTP/1.1"));
    add("a target", request_line("GET /a" + text + "b HTTP/1.1"));
    add("a version", request_line("GET /a HTTP/" + text + "1.1"));
    add("a field's name", with_line("A" + text + "b: c"));
    add("a field's value", with_line("A: b" + text + "c"), c == '\t' ? 200 : 400);
    add("the host", host(" local" + text + "host"));
    add("a length", post("Content-Length: 2" + text + "0\r\n", "{}"));
    add("a chunk's size", chunked("2" + text + "0\r\n{}\r\n0\r\n\r\n"));
  }
  return cases;
}

std::vector<FramingCase> field_cases() {
  return {
      // Section 3
      {"lower-case method", request_line("get /a HTTP/1.1"), 200},
      {"method of odd token characters", request_line("M-!#$%&'*+.^_`|~ /a HTTP/1.1"), 200},
      {"two slashes", request_line("GET //a HTTP/1.1"), 200},
      {"dots in the path", request_line("GET /../../a HTTP/1.1"), 200},
      {"question mark in the query", request_line("GET /a?b?c HTTP/1.1"), 200},
      {"empty query", request_line("GET /a? HTTP/1.1"), 200},
      {"options of a path", request_line("OPTIONS /a HTTP/1.1"), 200},
      {"query alone", request_line("GET ?a HTTP/1.1"), 400},
      {"backslash path", request_line("GET \\a HTTP/1.1"), 400},
      {"https target", request_line("GET https://localhost/a HTTP/1.1"), 400},
      {"version with a leading zero", request_line("GET /a HTTP/01.1"), 400},
      {"version of three parts", request_line("GET /a HTTP/1.1.1"), 400},
      {"version with a space", request_line("GET /a HTTP /1.1"), 400},
      {"another protocol", request_line("GET /a HTTPS/1.1"), 400},
      {"version with a sign", request_line("GET /a HTTP/+1.1"), 400},
      {"version 1.9", request_line("GET /a HTTP/1.9"), 505},
      {"version 3.0", request_line("GET /a HTTP/3.0"), 505},
      {"version alone", request_line("HTTP/1.1"), 400},
      {"only spaces", "   \r\nHost: localhost\r\n\r\n", 400},
      {"line feed before", "\nGET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"tab before", "\tGET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"a response", "HTTP/1.1 200 OK\r\nHost: localhost\r\n\r\n", 400},

      // Sections 3.2 and 5: Host
      {"host without a space", host("localhost"), 200},
      {"host after a tab", host("\tlocalhost"), 200},
      {"host in capitals", host(" LOCALHOST"), 200},
      {"host with a port", host(" localhost:8411"), 200},
      {"host with an empty port", host(" localhost:"), 200},
      {"host of IPv4", host(" 127.0.0.1:1"), 200},
      {"host of IPv6", host(" [::1]:1"), 200},
      {"host in two cases", "GET /a HTTP/1.1\r\nhOsT: localhost\r\n\r\n", 200},
      {"empty host", host(""), 403},
      {"host of spaces", host("   "), 403},
      {"another host", host(" evil.example"), 403},
      {"host with two ports", host(" localhost:80:80"), 403},
      {"host with an open bracket", host(" [::1"), 403},
      {"host that ends in a dot", host(" localhost."), 403},
      {"host with a space", host(" local host"), 400},
      {"host with a hash", host(" localhost#"), 400},
      {"host with a question mark", host(" localhost?a"), 400},
      {"host with a backslash", host(" localhost\\a"), 400},
      {"host with an escape", host(" local%68ost"), 400},
      {"host with a scheme", host(" http://localhost"), 400},
      {"host of obs-text",
       host(" l\xF6"
            "calhost"),
       400},
      {"host and an empty host", host(" localhost\r\nHost:"), 400},
      {"host thrice", host(" localhost\r\nHost: localhost\r\nHost: localhost"), 400},

      // Section 5: fields
      {"a long name", with_line(repeat("n", 1000) + ": v"), 200},
      {"commas in a value", with_line("A: b, c,,d"), 200},
      {"the same field twice", with_line("A: b\r\nA: c"), 200},
      {"quotes in a value", with_line("A: \"b"), 200},
      {"colon in a value", with_line("A: b: c"), 200},
      {"separator in a name", with_line("A;b: c"), 400},
      {"equals sign in a name", with_line("A=b: c"), 400},
      {"slash in a name", with_line("A/b: c"), 400},
      {"at sign in a name", with_line("A@b: c"), 400},
      {"quote in a name", with_line("\"A\": b"), 400},
      {"parenthesis in a name", with_line("A(b): c"), 400},
      {"folded by spaces only", with_line("A: b\r\n   \r\nC: d"), 400},
      {"space line before the fields", "GET /a HTTP/1.1\r\n \r\nHost: localhost\r\n\r\n", 400},
      {"two expectations", with_line("Expect: 100-continue\r\nExpect: 100-continue"), 400},
      {"two codings of content",
       post("Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"
            "Content-Length: 2\r\n",
            "{}"),
       400},
      {"gzip content", post("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "{}"), 415},
  };
}

std::vector<FramingCase> body_cases() {
  const std::string end = "\r\n{}\r\n0\r\n\r\n";
  return {
      // Section 6
      {"length with a tab after", post("Content-Length: 2\t\r\n", "{}"), 200},
      {"length in capitals", post("CONTENT-LENGTH:2\r\n", "{}"), 200},
      {"nineteen digits", post("Content-Length: 0000000000000000002\r\n", "{}"), 200},
      {"twenty digits", post("Content-Length: 00000000000000000002\r\n", "{}"), 400},
      {"length with a parameter", post("Content-Length: 2;a\r\n", "{}"), 400},
      {"octal-looking length", post("Content-Length: 0o2\r\n", "{}"), 400},
      {"length with an underscore", post("Content-Length: 1_0\r\n", "0123456789"), 400},
      {"two lengths, one empty", post("Content-Length: 2\r\nContent-Length:\r\n", "{}"), 400},
      {"coding in mixed case", post("transfer-ENCODING: Chunked\r\n", "2" + end), 200},
      {"coding after a tab", post("Transfer-Encoding:\tchunked \r\n", "2" + end), 200},
      {"coding with a tab inside", post("Transfer-Encoding: chun\tked\r\n", "2" + end), 400},
      {"coding trailers", post("Transfer-Encoding: trailers\r\n", "2" + end), 400},
      {"coding with a dot", post("Transfer-Encoding: chunked.\r\n", "2" + end), 400},
      {"coding in brackets", post("Transfer-Encoding: [chunked]\r\n", "2" + end), 400},
      {"coding of obs-text", post("Transfer-Encoding: chunke\xE4\r\n", "2" + end), 400},
      {"coding and length in 1.0",
       post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "{}", "HTTP/1.0"), 400},
      {"coding and length 0",
       post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "2" + end), 400},
      {"coding named by Connection",
       post("Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n", "2" + end), 200},
      {"a name that is only like the coding's",
       post("Transfer_Encoding: chunked\r\nContent-Length: 2\r\n", "{}"), 200},
      {"TE", post("TE: chunked\r\nContent-Length: 2\r\n", "{}"), 200},
      {"get in chunks", bodied("GET", "Transfer-Encoding: chunked\r\n", "2" + end), 200},
      {"delete with a body", bodied("DELETE", "Content-Length: 2\r\n", "{}"), 200},
      {"options with a body", bodied("OPTIONS", "Content-Length: 2\r\n", "{}"), 200},
      {"a body that looks like a request",
       post("Content-Length: 24\r\n", "GET /smuggled HTTP/1.1\r\n"), 200},
      {"post without a type", bodied("POST", "Content-Length: 2\r\n", "{}", "/v1/edit"), 415},
      {"post without a type to nowhere", bodied("POST", "Content-Length: 2\r\n", "{}"), 200},
      {"put without a type", bodied("PUT", "Content-Length: 2\r\n", "{}"), 200},
      {"post of text",
       bodied("POST", "Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}", "/v1/edit"), 415},

      // Section 7
      {"two chunks", chunked("1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"), 200},
      {"small letters of hex", chunked("a\r\n0123456789\r\n0\r\n\r\n"), 200},
      {"no chunk but the last", chunked("0\r\n\r\n"), 200},
      {"a last chunk of many zeros", chunked("2\r\n{}\r\n0000\r\n\r\n"), 200},
      {"a chunk that holds the end of chunks", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), 200},
      {"extension without a value", chunked("2;a" + end), 200},
      {"extension of the last chunk", chunked("2\r\n{}\r\n0;a=b\r\n\r\n"), 200},
      {"quoted extension", chunked("2;a=\"b;c\"" + end), 200},
      {"two extensions", chunked("2;a=b;c=d" + end), 200},
      {"two trailers", chunked("2\r\n{}\r\n0\r\nA: b\r\nC: d\r\n\r\n"), 200},
      {"chunk size g", chunked("g" + end), 400},
      {"chunk size 2g", chunked("2g" + end), 400},
      {"chunk size with a fraction", chunked("2.0" + end), 400},
      {"chunk size with a comma", chunked("2,2" + end), 400},
      {"chunk size in full-width digits", chunked("\xEF\xBC\x92" + end), 400},
      {"chunk size 0x0", chunked("0x0\r\n\r\n"), 400},
      {"chunk size minus zero", chunked("-0\r\n\r\n"), 400},
      {"chunk size plus zero", chunked("+0\r\n\r\n"), 400},
      {"space before the last chunk", chunked(" 0\r\n\r\n"), 400},
      {"chunk size of 65 bits", chunked("1ffffffffffffffff\r\n"), 400},
      {"chunk size of 63 bits", chunked("7fffffffffffffff\r\n"), 413},
      {"empty line before the chunks", chunked("\r\n2" + end), 400},
      {"empty line between chunks", chunked("2\r\n{}\r\n\r\n0\r\n\r\n"), 400},
      {"chunk shorter than its size", chunked("3\r\n{}\r\n0\r\n\r\n"), 400},
      {"extension without a size", chunked(";a=b" + end), 400},
      {"trailer with a space before its colon", chunked("0\r\nA : b\r\n\r\n"), 400},
      {"trailer without a name", chunked("0\r\n: b\r\n\r\n"), 400},
      {"trailer with NUL", chunked("0\r\nA: b\0\r\n\r\n"s), 400},
  };
}

// Sections 9 and 11
std::vector<FramingCase> connection_cases() {
  const std::string get10 = "GET /a HTTP/1.0\r\nHost: localhost\r\n";
  return {
      {"close", with_line("Connection: close"), 200, true},
      {"close in capitals", with_line("Connection: CLOSE"), 200, true},
      {"close in a list", with_line("Connection: foo, close"), 200, true},
      {"close before keep-alive", with_line("Connection: close, keep-alive"), 200, true},
      {"close after a body", post("Connection: close\r\nContent-Length: 2\r\n", "{}"), 200, true},
      {"1.0", get10 + "\r\n", 200, true},
      {"1.0 with close", get10 + "Connection: close\r\n\r\n", 200, true},
      {"1.0 with a body", post("Content-Length: 2\r\n", "{}", "HTTP/1.0"), 200, true},
      {"keep-alive", with_line("Connection: keep-alive"), 200},
      {"an unknown connection option", with_line("Connection: foo"), 200},
      {"upgrade to h2c",
       with_line("Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                 "HTTP2-Settings: AAMAAABkAAQAAP__"),
       200},
      {"upgrade to websocket", with_line("Connection: Upgrade\r\nUpgrade: websocket"), 200},
      {"proxy-connection, to be on the safe side", with_line("Proxy-Connection: close"), 200, true},
      {"a response split in the target",
       request_line("GET /a%0d%0aContent-Length:%200%0d%0a%0d%0aHTTP/1.1%20200 HTTP/1.1"), 400},
      {"a request split in the target", request_line("GET /a%0aHost:%20evil HTTP/1.1"), 400},
  };
}

}  // namespace cromwell::server
