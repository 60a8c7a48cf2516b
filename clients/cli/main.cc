// cromwell: what a person types. Talks to the daemon over HTTP, or runs the engine in its own
// process where a model is given.
#include "clients/cli/command_line.h"

int main(int argc, char** argv) { return cromwell::cli::run(argc, argv); }
