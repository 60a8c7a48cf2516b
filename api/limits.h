// Every limit on what a request may hold, in one table. Not here: limits on bytes and time of a
// connection (server/), on files (workspace/), on queues and sessions (engine/).
#pragma once

#include <cstddef>
#include <limits>

namespace cromwell::api {

inline constexpr int kMaxJsonDepth = 64;
inline constexpr std::size_t kMaxJsonValues = 1U << 19;  // bounds the memory of a parsed body
inline constexpr std::size_t kMaxParseMessageBytes = 200;

// A larger body is parsed and tokenized on the file pool, so that the thread that serves sockets
// is never busy for more than about a millisecond.
inline constexpr std::size_t kInlineBodyBytes = 64U << 10;

inline constexpr std::size_t kMaxInstructionBytes = 64U << 10;
inline constexpr std::size_t kMaxPathBytes = 4095;       // PATH_MAX without its end
inline constexpr std::size_t kMaxQueryTextBytes = 2048;  // beside two paths in a request's target
inline constexpr std::size_t kMaxContentBytes = 4U << 20;
inline constexpr std::size_t kMaxPromptBytes = 4U << 20;
inline constexpr std::size_t kMaxPromptTokens = 1U << 18;
inline constexpr std::size_t kMaxMessages = 1024;
inline constexpr std::size_t kMaxTools = 128;  // and calls of one message
inline constexpr std::size_t kMaxToolNameBytes = 128;
inline constexpr std::size_t kMaxStops = 16;
inline constexpr std::size_t kMaxStopBytes = 256;
inline constexpr std::size_t kMaxSessionBytes = 128;
inline constexpr std::size_t kMaxNameBytes = 256;  // model, user, protocol
inline constexpr std::size_t kMaxContextPaths = 64;
inline constexpr std::size_t kMaxEditFiles = 64;       // of one edit, as EditStoreLimits
inline constexpr std::size_t kMaxInputExtra = 1024;    // /infill
inline constexpr std::size_t kMaxResponseFields = 64;  // /infill, /completion
inline constexpr std::size_t kMaxSamplers = 64;
inline constexpr int kMaxFoundSymbols = 1000;
inline constexpr std::size_t kSymbolQuestionFiles = 256;  // that are parsed for one question
inline constexpr int kSymbolQuestionMs = 200;
inline constexpr std::size_t kLeastQuestionBytes = 3;  // of a shorter query nothing is parsed
inline constexpr int kMaxFoundFiles = 1000;
inline constexpr std::size_t kMaxEditIdBytes = 64;
inline constexpr int kMaxListedEdits = 1000;
inline constexpr std::size_t kMaxIdempotencyKeyBytes = 255;
inline constexpr std::size_t kSha256HexBytes = 64;
inline constexpr int kMaxLogprobs = 20;
inline constexpr int kMaxInt = std::numeric_limits<int>::max();

inline constexpr double kMaxTemperature = 100;
inline constexpr double kMinRepetitionPenalty = 0.01;
inline constexpr double kMaxRepetitionPenalty = 100;
inline constexpr double kMaxOpenAiPenalty = 2;  // frequency and presence
inline constexpr double kMaxLogitBias = 100;
inline constexpr std::size_t kMaxLogitBiases = 1024;
inline constexpr double kMaxSigmas = 1000;
inline constexpr double kMaxDryMultiplier = 100;
inline constexpr double kMaxDryBase = 100;
inline constexpr std::size_t kMaxBreakers = 64;
inline constexpr int kFormThreads = 2;
inline constexpr int kMaxPendingForms = 64;  // forms that are made or wait for it; more are 429
inline constexpr std::size_t kMaxGuidedChoices = 1024;
inline constexpr std::size_t kMaxGuidedChoiceBytes = 4096;
inline constexpr int kMaxChoices = 16;  // n, candidates
inline constexpr int kMaxRetries = 4;
inline constexpr double kMaxMirostatTau = 100;

inline constexpr int kRetryQueueFullSeconds = 1;
inline constexpr int kRetryUnavailableSeconds = 5;

}  // namespace cromwell::api
