// Limits: every limit of the transport, by name. One table, so that a person can read what a client
// may cost; tests/server hits each of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cromwell::server {

struct Limits {
  // Size of a request.
  std::size_t header_bytes = 16U << 10;      // request line and fields: 431
  std::size_t header_fields = 100;           // 431
  std::size_t target_bytes = 12U << 10;      // 414
  std::uint64_t body_bytes = 8U << 20;       // 413
  std::size_t chunks = 16U << 10;            // of one chunked body: 400
  std::size_t chunk_extension_bytes = 256;   // of one chunk: 400
  std::size_t chunk_overhead_bytes = 4096;   // a chunk's header line, or the trailers: 400
  std::size_t read_ahead_bytes = 16U << 10;  // pipelined bytes taken while an answer is pending

  // Time.
  std::chrono::milliseconds header_time{5'000};  // first byte of a request to its empty line: 408
  std::chrono::milliseconds body_time{30'000};   // 408
  std::chrono::milliseconds idle_time{60'000};   // between requests; then closed
  std::chrono::milliseconds write_time{30'000};  // no byte taken by the client; then closed
  std::chrono::milliseconds linger_time{2'000};  // after an early refusal, so that it is read
  std::chrono::milliseconds keep_alive_comment{15'000};  // silence of a stream before a comment

  // What a client that does not read may hold.
  std::size_t stream_backlog_bytes = 64U << 10;  // held longer than the grace: cut off
  std::chrono::milliseconds stream_backlog_grace{1'000};
  std::size_t stream_burst_bytes = 16U << 20;  // held at once: cut off
  int send_buffer_bytes = 64 << 10;            // of the kernel, for each connection

  std::size_t connections = 10'000;       // one more: 503
  std::size_t refusing_connections = 64;  // being told 503 at one time; more are just closed
};

}  // namespace cromwell::server
