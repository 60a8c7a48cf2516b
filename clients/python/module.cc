// cromwell._engine: InProcess and Answer for Python (clients/python/cromwell/_engine.pyi). Whoever
// waits here has let go of the interpreter's lock, and no thread of ours ever takes it: what a
// caller wants to be told is called by the thread that reads.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/error_status.h"
#include "clients/python/in_process.h"

namespace cromwell::python {
namespace {

namespace py = pybind11;

// How long a Ctrl-C may go unnoticed where nothing comes that would wake who waits. A condition
// variable is not woken by a signal.
constexpr std::chrono::milliseconds kSignalInterval{20};

struct EngineFailure {
  base::Error error;
};

[[noreturn]] void fail(base::ErrorCode code, std::string message) {
  throw EngineFailure{{.code = code, .message = std::move(message)}};
}

// What an engine's answers share with it.
struct Owner {
  const pid_t process = ::getpid();
  // How many threads wait for an answer. One that asks for the interpreter's lock when the
  // interpreter has ended is torn out of its stack (before Python 3.14), which C++ does not
  // survive.
  std::atomic<int> waiting{0};

  // A child of fork() has none of the threads that would be woken or waited for.
  bool is_here() const { return process == ::getpid(); }
  void expect_here() const {
    if (is_here()) return;
    fail(base::ErrorCode::kUnavailable,
         "the engine belongs to another process: after a fork, open a new one");
  }
};
constexpr std::chrono::milliseconds kLastReaders{1'000};

// Called without the lock, when what they wait for has ended.
void let_readers_leave(const std::atomic<int>& waiting) {
  const auto end = std::chrono::steady_clock::now() + kLastReaders;
  while (waiting > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// Runs `wait` without the interpreter's lock until it has an answer; Python's signal handlers may
// end it by an exception.
template <class Wait>
auto wait_for(std::atomic<int>& waiting, Wait wait) {
  struct Count {
    std::atomic<int>& count;
    explicit Count(std::atomic<int>& all) : count(all) { ++count; }
    ~Count() { --count; }
  } const counted(waiting);
  while (true) {
    {
      const py::gil_scoped_release unlocked;
      if (auto answer = wait(kSignalInterval)) return answer;
    }
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
}

class PyAnswer {
 public:
  PyAnswer(std::shared_ptr<Answer> answer, std::shared_ptr<Owner> owner)
      : answer_(std::move(answer)), owner_(std::move(owner)) {}
  PyAnswer(PyAnswer&&) = default;
  ~PyAnswer() {
    if (answer_ != nullptr) close();
  }

  int status() const {
    owner_->expect_here();
    return wait_for(owner_->waiting,
                    [this](std::chrono::milliseconds wait) { return answer_->wait_status(wait); });
  }

  // Empty at the end.
  py::bytes read() const {
    owner_->expect_here();
    std::string chunk;
    const auto progress = wait_for(owner_->waiting, [&](std::chrono::milliseconds wait) {
      const Answer::Progress now = answer_->take(chunk, wait);
      return now == Answer::Progress::kPending ? std::nullopt : std::optional(now);
    });
    if (progress == Answer::Progress::kBroken) {
      fail(base::ErrorCode::kCancelled, "the answer was cut short");
    }
    return chunk;
  }

  void close() const {
    if (!owner_->is_here()) return;
    const py::gil_scoped_release unlocked;
    answer_->abandon();
  }

 private:
  std::shared_ptr<Answer> answer_;
  std::shared_ptr<Owner> owner_;
};

class PyEngine {
 public:
  explicit PyEngine(const InProcessOptions& options) {
    const py::gil_scoped_release unlocked;
    auto opened = InProcess::open(options);
    if (!opened) throw EngineFailure{std::move(opened).error()};
    engine_ = std::move(*opened);
  }
  ~PyEngine() { close(); }
  PyEngine(const PyEngine&) = delete;
  PyEngine& operator=(const PyEngine&) = delete;

  PyAnswer send(std::string method, std::string path, std::string query, api::HeaderList headers,
                std::string body) {
    const py::gil_scoped_release unlocked;
    const auto engine = current();
    return PyAnswer(engine->send({.method = std::move(method),
                                  .path = std::move(path),
                                  .query = std::move(query),
                                  .headers = std::move(headers),
                                  .body = std::move(body)}),
                    owner_);
  }

  // Whoever sends meanwhile holds the engine until it has sent.
  void close() {
    if (!owner_->is_here()) {
      new std::shared_ptr(std::move(engine_));  // not taken down: it would wait for ever
      return;
    }
    std::shared_ptr<InProcess> engine;
    const py::gil_scoped_release unlocked;
    {
      const std::scoped_lock lock(mutex_);
      engine.swap(engine_);
    }
    engine.reset();
    let_readers_leave(owner_->waiting);
  }

 private:
  std::shared_ptr<InProcess> current() {
    owner_->expect_here();
    const std::scoped_lock lock(mutex_);
    if (engine_ == nullptr) fail(base::ErrorCode::kUnavailable, "the engine is closed");
    return engine_;
  }

  const std::shared_ptr<Owner> owner_ = std::make_shared<Owner>();
  std::mutex mutex_;
  std::shared_ptr<InProcess> engine_;  // guarded by mutex_; none: closed
};

// EngineError(message, code, status), code and status as on the wire.
void add_engine_error(py::module_& exports) {
  static PyObject* const type = PyErr_NewExceptionWithDoc(
      "cromwell._engine.EngineError",
      "EngineError(message, code, status): no engine, or no answer of it.", nullptr, nullptr);
  exports.add_object("EngineError", py::reinterpret_borrow<py::object>(type));
  py::register_local_exception_translator([](std::exception_ptr thrown) {
    if (thrown == nullptr) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const EngineFailure& failure) {
      const api::ErrorStatus& status = api::error_status(failure.error.code);
      const py::tuple arguments = py::make_tuple(failure.error.message, std::string(status.code),
                                                 static_cast<int>(status.status));
      PyErr_SetObject(type, arguments.ptr());
    }
  });
}

std::unique_ptr<PyEngine> open_engine(std::string model, std::string tokenizer,
                                      std::string chat_template, std::vector<std::string> roots,
                                      std::string state_folder, std::vector<std::string> loras,
                                      int threads, int context, std::size_t kv_memory_bytes) {
  return std::make_unique<PyEngine>(InProcessOptions{.model = std::move(model),
                                                     .tokenizer = std::move(tokenizer),
                                                     .chat_template = std::move(chat_template),
                                                     .roots = std::move(roots),
                                                     .state_folder = std::move(state_folder),
                                                     .loras = std::move(loras),
                                                     .threads = threads,
                                                     .context = context,
                                                     .kv_memory_bytes = kv_memory_bytes});
}

}  // namespace

void define(py::module_& exports) {
  exports.doc() = "The endpoints of cromwelld in this process.";
  add_engine_error(exports);
  py::class_<PyAnswer>(exports, "Answer", "One answer; one thread at a time reads it.")
      .def("status", &PyAnswer::status, "Waits for the HTTP status.")
      .def("read", &PyAnswer::read, "Waits for the next bytes; empty at the end.")
      .def("close", &PyAnswer::close, "Ends what is being generated; any thread, idempotent.");
  py::class_<PyEngine>(exports, "Engine", "A resident model and the endpoints over it.")
      .def(py::init(&open_engine), py::kw_only(), py::arg("model"), py::arg("tokenizer"),
           py::arg("chat_template"), py::arg("roots"), py::arg("state_folder"), py::arg("loras"),
           py::arg("threads"), py::arg("context"), py::arg("kv_memory_bytes"))
      .def("send", &PyEngine::send, py::arg("method"), py::arg("path"), py::arg("query"),
           py::arg("headers"), py::arg("body"), "One request; returns at once.")
      .def("close", &PyEngine::close, "Ends what runs; any thread, idempotent.");
}

}  // namespace cromwell::python

PYBIND11_MODULE(_engine, exports) { cromwell::python::define(exports); }
