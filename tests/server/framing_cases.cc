#include "tests/server/framing_cases.h"

namespace cromwell::server {

using namespace std::string_literals;

std::string with_line(const std::string& line) {
  return "GET /a HTTP/1.1\r\nHost: localhost\r\n" + line + "\r\n\r\n";
}

std::string post(const std::string& fields, const std::string& body, const std::string& version) {
  return "POST /a " + version + "\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
         fields + "\r\n" + body;
}

std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

std::string request_line(const std::string& line) { return line + "\r\nHost: localhost\r\n\r\n"; }

std::string repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

namespace {

std::vector<FramingCase> known_cases() {
  return {
      // Sound requests: the one that follows is answered as well.
      {"plain get", with_line("A: b"), 200},
      {"tab and obs-text in a value", with_line("A: b\tc \xC3\xA9"), 200},
      {"empty value", with_line("A:"), 200},
      {"no space after the colon", with_line("A:b"), 200},
      {"spaces around a value", with_line("A: \t b \t "), 200},
      {"content length", post("Content-Length: 2\r\n", "{}"), 200},
      {"content length 0", post("Content-Length: 0\r\n", ""), 200},
      {"content length with leading zeros", post("Content-Length: 0002\r\n", "{}"), 200},
      {"get with a body", "GET /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 200},
      {"chunked", chunked("2\r\n{}\r\n0\r\n\r\n"), 200},
      {"chunked in capitals", post("Transfer-Encoding: CHUNKED\r\n", "2\r\n{}\r\n0\r\n\r\n"), 200},
      {"chunk size in hex", chunked("A\r\n0123456789\r\n0\r\n\r\n"), 200},
      {"chunk size with zeros", chunked("0002\r\n{}\r\n0\r\n\r\n"), 200},
      {"chunk extension", chunked("2;a=b\r\n{}\r\n0\r\n\r\n"), 200},
      {"trailer", chunked("2\r\n{}\r\n0\r\nA: b\r\n\r\n"), 200},
      {"trailer that looks like framing", chunked("2\r\n{}\r\n0\r\nHost: evil\r\n\r\n"), 200},
      {"one empty line before", "\r\nGET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 200},
      {"query", request_line("GET /a?b=%20&c HTTP/1.1"), 200},
      {"options *", request_line("OPTIONS * HTTP/1.1"), 200},
      {"unknown method", request_line("BREW /a HTTP/1.1"), 200},
      {"1.0 kept alive", "GET /a HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
       200},

      // Host
      {"no host", "GET /a HTTP/1.1\r\nA: b\r\n\r\n", 400},
      {"no host in 1.0", "GET /a HTTP/1.0\r\n\r\n", 400},
      {"two hosts", with_line("Host: localhost"), 400},
      {"two hosts, one evil", with_line("host: evil.example"), 400},
      {"host list", "GET /a HTTP/1.1\r\nHost: localhost, evil\r\n\r\n", 400},
      {"host with user", "GET /a HTTP/1.1\r\nHost: a@localhost\r\n\r\n", 400},
      {"host with path", "GET /a HTTP/1.1\r\nHost: localhost/evil\r\n\r\n", 400},
      {"space before host's colon", "GET /a HTTP/1.1\r\nHost : localhost\r\n\r\n", 400},

      // Transfer-Encoding: what Beast 1.81 lets through
      {"xchunked", post("Transfer-Encoding: xchunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400},
      {"identity", post("Transfer-Encoding: identity\r\n", "{}"), 400},
      {"chunked twice in a list",
       post("Transfer-Encoding: chunked, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", "{}"), 400},
      {"identity, chunked", post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"), 400},
      {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
      {"two transfer encodings",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"xchunked beside chunked",
       post("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"empty transfer encoding", post("Transfer-Encoding:\r\n", "{}"), 400},
      {"quoted chunked", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400},
      {"chunked with a comma", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"), 400},
      {"chunked with a parameter", post("Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n"), 400},
      {"chunked after a vertical tab",
       post("Transfer-Encoding: \x0B"
            "chunked\r\n",
            "0\r\n\r\n"),
       400},
      {"chunked with NUL", post("Transfer-Encoding: chunked\0\r\n"s, "0\r\n\r\n"), 400},
      {"chunked with a CR", post("Transfer-Encoding: chunked\r\r\n", "0\r\n\r\n"), 400},
      {"space before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
      {"tab before the colon", post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"), 400},
      {"folded transfer encoding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked in 1.0", post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n", "HTTP/1.0"),
       400},
      {"chunked in 1.0, kept alive",
       post("Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "HTTP/1.0"),
       400},
      {"length then chunked",
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked then length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
      {"identity and length", post("Transfer-Encoding: identity\r\nContent-Length: 2\r\n", "{}"),
       400},

      // Content-Length
      {"two equal lengths", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), 400},
      {"two different lengths", post("Content-Length: 2\r\nContent-Length: 0\r\n", "{}"), 400},
      {"list of equal lengths", post("Content-Length: 2, 2\r\n", "{}"), 400},
      {"list of lengths", post("Content-Length: 0, 2\r\n", "{}"), 400},
      {"length with plus", post("Content-Length: +2\r\n", "{}"), 400},
      {"length with minus", post("Content-Length: -1\r\n", "{}"), 400},
      {"length with a space", post("Content-Length: 1 2\r\n", "{}"), 400},
      {"hexadecimal length", post("Content-Length: 0x2\r\n", "{}"), 400},
      {"length with a fraction", post("Content-Length: 2.0\r\n", "{}"), 400},
      {"length with an exponent", post("Content-Length: 2e0\r\n", "{}"), 400},
      {"empty length", post("Content-Length:\r\n", "{}"), 400},
      {"length of letters", post("Content-Length: two\r\n", "{}"), 400},
      {"length with a comma", post("Content-Length: 2,\r\n", "{}"), 400},
      {"quoted length", post("Content-Length: \"2\"\r\n", "{}"), 400},
      {"length with NUL", post("Content-Length: 2\0\r\n"s, "{}"), 400},
      {"length past 64 bits", post("Content-Length: 18446744073709551618\r\n", "{}"), 400},
      {"length of forty digits", post("Content-Length: " + repeat("9", 40) + "\r\n", ""), 400},
      {"length in full-width digits", post("Content-Length: \xEF\xBC\x92\r\n", "{}"), 400},
      {"space before length's colon", post("Content-Length : 2\r\n", "{}"), 400},
      {"folded length", post("Content-Length: 2\r\n 0\r\n", "{}"), 400},
      {"length just over the limit", post("Content-Length: 8388609\r\n", ""), 413},
      {"length of 63 bits", post("Content-Length: 9223372036854775807\r\n", ""), 413},

      // Lines
      {"folded field", with_line("A: b\r\n c"), 400},
      {"folded with a tab", with_line("A: b\r\n\tc"), 400},
      {"first field folded", "GET /a HTTP/1.1\r\n Host: localhost\r\n\r\n", 400},
      {"bare LF after the request line", "GET /a HTTP/1.1\nHost: localhost\r\n\r\n", 400},
      {"bare LF after a field", "GET /a HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n", 400},
      {"bare LF throughout", "GET /a HTTP/1.1\nHost: localhost\n\n", 400},
      {"bare LF at the end", "GET /a HTTP/1.1\r\nHost: localhost\r\n\n", 400},
      {"bare CR in a value", with_line("A: b\rc"), 400},
      {"bare CR as a line's end", "GET /a HTTP/1.1\rHost: localhost\r\n\r\n", 400},
      {"CR CR LF", with_line("A: b\r"), 400},
      {"NUL in a value", with_line("A: b\0c"s), 400},
      {"NUL in a name", with_line("A\0: b"s), 400},
      {"escape in a value", with_line("A: \x1B[2J"), 400},
      {"DEL in a value", with_line("A: \x7F"), 400},
      {"no colon", with_line("Abc"), 400},
      {"empty name", with_line(": b"), 400},
      {"space in a name", with_line("A b: c"), 400},
      {"space after a name", with_line("A : c"), 400},
      {"obs-text in a name", with_line("\xC3\xA9: b"), 400},
      {"bracket in a name", with_line("A[]: b"), 400},
      {"two origins", with_line("Origin: a\r\nOrigin: b"), 400},
      {"two content types", post("Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}"), 400},
      {"two authorizations", with_line("Authorization: a\r\nAuthorization: b"), 400},
      {"two sec-fetch-sites", with_line("Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site"), 400},

      // Request line
      {"no target", request_line("GET HTTP/1.1"), 400},
      {"empty target", request_line("GET  HTTP/1.1"), 400},
      {"no version", request_line("GET /a"), 400},
      {"two spaces", request_line("GET /a  HTTP/1.1"), 400},
      {"space in the target", request_line("GET /a b HTTP/1.1"), 400},
      {"space after the version", request_line("GET /a HTTP/1.1 "), 400},
      {"tab instead of space", request_line("GET\t/a HTTP/1.1"), 400},
      {"space at the front", request_line(" GET /a HTTP/1.1"), 400},
      {"lower-case version", request_line("GET /a http/1.1"), 400},
      {"version without minor", request_line("GET /a HTTP/1"), 400},
      {"version of two digits", request_line("GET /a HTTP/1.10"), 400},
      {"version of letters", request_line("GET /a HTTP/x.y"), 400},
      {"version 2.0", request_line("GET /a HTTP/2.0"), 505},
      {"version 1.2", request_line("GET /a HTTP/1.2"), 505},
      {"version 0.9", request_line("GET /a HTTP/0.9"), 505},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"TLS", "\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03"s, 400},
      {"method with a colon", request_line("GE:T /a HTTP/1.1"), 400},
      {"method of 33 letters", request_line(repeat("A", 33) + " /a HTTP/1.1"), 400},
      {"absolute target", request_line("GET http://localhost/a HTTP/1.1"), 400},
      {"authority target", request_line("CONNECT localhost:1 HTTP/1.1"), 400},
      {"get *", request_line("GET * HTTP/1.1"), 400},
      {"target without slash", request_line("GET a HTTP/1.1"), 400},
      {"fragment in the target", request_line("GET /a#b HTTP/1.1"), 400},
      {"NUL in the target", request_line("GET /a\0 HTTP/1.1"s), 400},
      {"raw UTF-8 in the target", request_line("GET /\xC3\xA9 HTTP/1.1"), 400},
      {"escaped NUL", request_line("GET /a%00 HTTP/1.1"), 400},
      {"escaped line feed", request_line("GET /a%0d%0aA:b HTTP/1.1"), 400},
      {"broken escape", request_line("GET /a%2 HTTP/1.1"), 400},
      {"escape of no hex", request_line("GET /a%zz HTTP/1.1"), 400},
      {"escaped broken UTF-8", request_line("GET /%ff HTTP/1.1"), 400},
      {"three empty lines before", "\r\n\r\n\r\nGET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"target of 13000 bytes", request_line("GET /" + repeat("a", 13000) + " HTTP/1.1"), 414},
      {"target of 20000 bytes", request_line("GET /" + repeat("a", 20000) + " HTTP/1.1"), 414},
      {"a field of 20000 bytes", with_line("A: " + repeat("b", 20000)), 431},
      {"101 fields", with_line(repeat("A: b\r\n", 99) + "A: b"), 431},
      {"10,000 fields", with_line(repeat("A: b\r\n", 9999) + "A: b"), 431},

      // Chunks
      {"chunk size with 0x", chunked("0x2\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk size with plus", chunked("+2\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk size with minus", chunked("-2\r\n{}\r\n0\r\n\r\n"), 400},
      {"empty chunk size", chunked("\r\n{}\r\n0\r\n\r\n"), 400},
      {"space before the chunk size", chunked(" 2\r\n{}\r\n0\r\n\r\n"), 400},
      {"space after the chunk size", chunked("2 \r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk size past 64 bits", chunked("10000000000000002\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk over the limit", chunked("800001\r\n"), 413},
      {"chunk of 64 bits", chunked("ffffffffffffffff\r\n"), 413},
      {"chunk size of letters", chunked("xyz\r\n{}\r\n0\r\n\r\n"), 400},
      {"bare LF after the chunk size", chunked("2\n{}\r\n0\r\n\r\n"), 400},
      {"bare CR after the chunk size", chunked("2\r{}\r\n0\r\n\r\n"), 400},
      {"chunk longer than its size", chunked("2\r\n{}}\r\n0\r\n\r\n"), 400},
      {"no CR LF after the chunk", chunked("2\r\n{}0\r\n\r\n"), 400},
      {"LF only after the chunk", chunked("2\r\n{}\n0\r\n\r\n"), 400},
      {"extension of 300 bytes", chunked("2;a=" + repeat("b", 300) + "\r\n{}\r\n0\r\n\r\n"), 400},
      {"extension of 60,000 bytes", chunked("2;a=" + repeat("b", 60000) + "\r\n{}\r\n0\r\n\r\n"),
       400},
      {"extension with a bare LF", chunked("2;a=\"b\nc\"\r\n{}\r\n0\r\n\r\n"), 400},
      {"extension with a bare CR", chunked("2;a=\"b\rc\"\r\n{}\r\n0\r\n\r\n"), 400},
      {"extension with NUL", chunked("2;a=\"\0\"\r\n{}\r\n0\r\n\r\n"s), 400},
      {"extension over a line's end", chunked("2;a=\"\r\n{}\r\n0\r\n\r\n\"\r\n"), 400},
      {"extension of the last chunk with LF", chunked("2\r\n{}\r\n0;a=\"\n\"\r\n\r\n"), 400},
      {"17,000 chunks", chunked(repeat("1\r\na\r\n", 17000) + "0\r\n\r\n"), 400},
      {"trailers of 60,000 bytes", chunked("0\r\nA: " + repeat("b", 60000) + "\r\n\r\n"), 400},
      {"trailer with a second length", chunked("0\r\nContent-Length: 9\r\n\r\n"), 400},
      {"trailer with a second coding", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400},
      {"trailer without a colon", chunked("0\r\nabc\r\n\r\n"), 400},

      // Expectations
      {"unknown expectation", post("Expect: the-moon\r\nContent-Length: 2\r\n", "{}"), 417},
  };
}

}  // namespace

const std::vector<FramingCase>& framing_cases() {
  static const std::vector<FramingCase> cases = [] {
    std::vector<FramingCase> all = known_cases();
    for (auto part : {control_character_cases(), field_cases(), body_cases(), connection_cases()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return cases;
}

}  // namespace cromwell::server
